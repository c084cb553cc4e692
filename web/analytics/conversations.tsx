import { useTranslation } from 'react-i18next';
import type { ConversationsReport } from '../../api/contract/index.ts';
import { number } from '../lib/time.ts';
import { barAddresses, eventsAddress } from './address.ts';
import { Chart, type Row } from './chart.tsx';
import { Figures, ReportFrame, ToChannels } from './frame.tsx';
import type { ReportProps } from './page.tsx';
import { compared, dayLabel } from './words.ts';

const OPENED = 'talk_created,talk_reopened';
/** What each series of a chart counts. */
const FLOW = { opened: { type: OPENED }, closed: { type: 'talk_closed' } };
const KINDS = { born: { type: 'talk_created' }, reopened: { type: 'talk_reopened' } };
const MESSAGES = {
  client: { type: 'incoming_chat_message' },
  user: { type: 'outgoing_chat_message', author: 'user' },
  bot: { type: 'outgoing_chat_message', author: 'bot' },
};

/** Conversations opened and closed, and the messages in them. */
export function ConversationsPage({ address, set }: ReportProps) {
  const { t } = useTranslation();
  return (
    <ReportFrame<ConversationsReport>
      name="conversations"
      address={address}
      set={set}
      pending={4}
      isEmpty={({ totals, previous }) => totals.opened + totals.closed + totals.clientMessages + previous.opened === 0}
      emptyHint={t('analytics.conversations.emptyHint')}
      emptyAction={<ToChannels />}
    >
      {({ period, totals, previous, points, channels }, daysOf) => {
        const filters = { channel: address.channel, user: address.user };
        const rows = (
          type: string,
          series: Record<string, Record<string, string>>,
          values: (point: (typeof points)[number]) => Row['values'],
        ): Row[] =>
          points.map((point) => {
            const about = { ...daysOf(point.day), ...filters };
            return {
              label: dayLabel(point.day),
              to: eventsAddress({ type, ...about }),
              bars: barAddresses(about, series),
              values: values(point),
            };
          });
        const busiest = points.toSorted((a, b) => b.clientMessages - a.clientMessages)[0];
        const first = channels[0];
        return (
          <>
            <Figures
              items={[
                { label: t('analytics.opened'), value: number(totals.opened), note: compared(totals.opened, previous.opened) },
                { label: t('analytics.closed'), value: number(totals.closed), note: compared(totals.closed, previous.closed) },
                {
                  label: t('analytics.fromClients'),
                  value: number(totals.clientMessages),
                  note: compared(totals.clientMessages, previous.clientMessages),
                },
                {
                  label: t('analytics.ours'),
                  value: number(totals.userMessages + totals.botMessages),
                  note: compared(totals.userMessages + totals.botMessages, previous.userMessages + previous.botMessages),
                },
              ]}
            />
            <Chart
              title={t('analytics.conversations.flow')}
              says={t(totals.opened > totals.closed ? 'analytics.conversations.grows' : 'analytics.conversations.shrinks', {
                opened: number(totals.opened),
                closed: number(totals.closed),
              })}
              kind="bars"
              format={number}
              series={[
                { name: 'opened', label: t('analytics.opened'), color: 'var(--accent)' },
                { name: 'closed', label: t('analytics.closed'), color: 'var(--control-line)' },
              ]}
              rows={rows(`${OPENED},talk_closed`, FLOW, ({ born, reopened, closed }) => ({ opened: born + reopened, closed }))}
            />
            <Chart
              title={t('analytics.conversations.kinds')}
              says={t('analytics.conversations.reopenedShare', { born: number(totals.born), reopened: number(totals.reopened) })}
              kind="stacked"
              format={number}
              series={[
                { name: 'born', label: t('analytics.born'), color: 'var(--accent)' },
                { name: 'reopened', label: t('analytics.reopened'), color: 'var(--accent-line)' },
              ]}
              rows={rows(OPENED, KINDS, ({ born, reopened }) => ({ born, reopened }))}
            />
            <Chart
              title={t('analytics.conversations.messages')}
              says={
                busiest === undefined || busiest.clientMessages === 0
                  ? t('analytics.conversations.noMessages')
                  : t('analytics.conversations.busiest', { day: dayLabel(busiest.day), count: busiest.clientMessages })
              }
              kind="stacked"
              format={number}
              series={[
                { name: 'client', label: t('analytics.fromClients'), color: 'var(--control-line)' },
                { name: 'user', label: t('analytics.fromUsers'), color: 'var(--accent)' },
                { name: 'bot', label: t('analytics.fromBots'), color: 'var(--bot)' },
              ]}
              rows={rows('incoming_chat_message,outgoing_chat_message', MESSAGES, ({ clientMessages, userMessages, botMessages }) => ({
                client: clientMessages,
                user: userMessages,
                bot: botMessages,
              }))}
            />
            <Chart
              title={t('analytics.conversations.channels')}
              says={
                first === undefined
                  ? t('analytics.conversations.noChannels')
                  : t('analytics.conversations.mostIn', { channel: first.channel?.name ?? t('analytics.deleted'), count: first.opened })
              }
              kind="bars"
              format={number}
              series={[
                { name: 'opened', label: t('analytics.opened'), color: 'var(--accent)' },
                { name: 'closed', label: t('analytics.closed'), color: 'var(--control-line)' },
              ]}
              rows={channels.map(({ channel, opened, closed }) => {
                const about = { fromDay: period.from, toDay: period.to, user: address.user, channel: channel?.id };
                return {
                  label: channel?.name ?? t('analytics.deleted'),
                  to: eventsAddress({ type: `${OPENED},talk_closed`, ...about }),
                  bars: barAddresses(about, FLOW),
                  values: { opened, closed },
                };
              })}
            />
          </>
        );
      }}
    </ReportFrame>
  );
}
