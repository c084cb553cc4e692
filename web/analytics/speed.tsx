import { useTranslation } from 'react-i18next';
import type { ResponsesReport } from '../../api/contract/index.ts';
import { barStartMs } from '../../domain/analytics/buckets.ts';
import { duration, number } from '../lib/time.ts';
import { eventsAddress } from './address.ts';
import { Chart } from './chart.tsx';
import { Figures, ReportFrame, ToChannels } from './frame.tsx';
import type { ReportProps } from './page.tsx';
import { compared, comparedSpeed, dayLabel, durationOrDash, percent } from './words.ts';

const FAST_MS = 300_000;

/** How fast clients are answered, and how often too late. */
export function SpeedPage({ address, set }: ReportProps) {
  const { t } = useTranslation();
  return (
    <ReportFrame<ResponsesReport>
      name="responses"
      address={address}
      set={set}
      pending={4}
      isEmpty={({ totals, previous }) => totals.first.count + totals.later.count + totals.missed + previous.first.count === 0}
      emptyHint={t('analytics.speed.emptyHint')}
      emptyAction={<ToChannels />}
    >
      {({ period, totals, previous, points, steps, channels }, daysOf) => {
        const filters = { channel: address.channel, user: address.user };
        const { first, later } = totals;
        const fast = steps.filter(({ toMs }) => toMs !== null && toMs <= FAST_MS).reduce((sum, { count }) => sum + count, 0);
        const slowest = channels[0];
        const answers = { type: 'outgoing_chat_message', answer: 'first' };
        return (
          <>
            <Figures
              items={[
                {
                  label: t('analytics.speed.median'),
                  value: durationOrDash(first.medianMs),
                  note: comparedSpeed(first.medianMs, previous.first.medianMs),
                },
                {
                  label: t('analytics.speed.p90'),
                  value: durationOrDash(first.p90Ms),
                  note: comparedSpeed(first.p90Ms, previous.first.p90Ms),
                },
                {
                  label: t('analytics.speed.working'),
                  value: durationOrDash(first.medianWorkingMs),
                  note: comparedSpeed(first.medianWorkingMs, previous.first.medianWorkingMs),
                },
                {
                  label: t('analytics.speed.later'),
                  value: durationOrDash(later.medianMs),
                  note: comparedSpeed(later.medianMs, previous.later.medianMs),
                },
                { label: t('analytics.missed'), value: number(totals.missed), note: compared(totals.missed, previous.missed) },
              ]}
            />
            <Chart
              title={t('analytics.speed.first')}
              says={
                first.medianMs === null
                  ? t('analytics.speed.nobody')
                  : t('analytics.speed.firstSays', {
                      value: duration(first.medianMs),
                      change: comparedSpeed(first.medianMs, previous.first.medianMs) || t('analytics.than.nothing'),
                    })
              }
              kind="lines"
              format={duration}
              durations
              series={[
                { name: 'median', label: t('analytics.speed.median'), color: 'var(--accent)' },
                { name: 'p90', label: t('analytics.speed.p90'), color: 'var(--control-line)' },
              ]}
              rows={points.map((point) => ({
                label: dayLabel(point.day),
                to: eventsAddress({ ...answers, ...daysOf(point.day), ...filters }),
                values: { median: point.medianMs, p90: point.p90Ms },
              }))}
            />
            <Chart
              title={t('analytics.speed.steps')}
              says={t('analytics.speed.stepsSays', { share: percent(fast, first.count) })}
              kind="bars"
              format={number}
              series={[{ name: 'count', label: t('analytics.answers'), color: 'var(--accent)' }]}
              rows={steps.map(({ fromMs, toMs, count }) => ({
                label:
                  toMs === null
                    ? t('analytics.speed.over', { value: duration(fromMs) })
                    : t('analytics.speed.upTo', { value: duration(toMs) }),
                to: eventsAddress({
                  ...answers,
                  waited: `${barStartMs(fromMs)}-${toMs === null ? '' : barStartMs(toMs)}`,
                  fromDay: period.from,
                  toDay: period.to,
                  ...filters,
                }),
                values: { count },
              }))}
            />
            <Chart
              title={t('analytics.speed.missed')}
              says={
                totals.missed === 0
                  ? t('analytics.speed.noneMissed')
                  : t('analytics.speed.missedSays', { count: totals.missed, change: compared(totals.missed, previous.missed) })
              }
              kind="bars"
              format={number}
              series={[{ name: 'missed', label: t('analytics.missed'), color: 'var(--late-dot)' }]}
              rows={points.map((point) => ({
                label: dayLabel(point.day),
                to: eventsAddress({ type: 'talk_missed_event', ...daysOf(point.day), ...filters }),
                values: { missed: point.missed },
              }))}
            />
            <Chart
              title={t('analytics.speed.channels')}
              says={
                slowest === undefined
                  ? t('analytics.speed.nobody')
                  : t('analytics.speed.slowest', {
                      channel: slowest.channel?.name ?? t('analytics.deleted'),
                      value: durationOrDash(slowest.first.medianMs),
                    })
              }
              kind="bars"
              format={duration}
              durations
              series={[
                { name: 'median', label: t('analytics.speed.median'), color: 'var(--accent)' },
                { name: 'working', label: t('analytics.speed.working'), color: 'var(--accent-line)' },
              ]}
              rows={channels.map(({ channel, first: own }) => ({
                label: channel?.name ?? t('analytics.deleted'),
                to: eventsAddress({ ...answers, fromDay: period.from, toDay: period.to, user: address.user, channel: channel?.id }),
                values: { median: own.medianMs, working: own.medianWorkingMs },
              }))}
            />
          </>
        );
      }}
    </ReportFrame>
  );
}
