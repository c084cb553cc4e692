import { useTranslation } from 'react-i18next';
import type { BotsReport } from '../../api/contract/index.ts';
import { number } from '../lib/time.ts';
import { ButtonLink } from '../ui/button.tsx';
import { barAddresses, eventsAddress } from './address.ts';
import { Chart } from './chart.tsx';
import { Figures, ReportFrame } from './frame.tsx';
import type { ReportProps } from './page.tsx';
import { compared, dayLabel, percent } from './words.ts';

/** Ends of runs that each series counts. */
const ENDS = {
  completed: { outcome: 'completed' },
  handedOver: { outcome: 'stopped' },
  displaced: { outcome: 'displaced' },
  failed: { outcome: 'failed,looped,expired' },
};

/** What became of bots' runs. */
export function BotsPage({ address, set }: ReportProps) {
  const { t } = useTranslation();
  return (
    <ReportFrame<BotsReport>
      name="bots"
      address={address}
      set={set}
      pending={3}
      isEmpty={({ totals, previous }) => totals.started + totals.completed + previous.started === 0}
      emptyHint={t('analytics.bots.emptyHint')}
      emptyAction={
        <ButtonLink kind="primary" to="/bots">
          {t('analytics.bots.open')}
        </ButtonLink>
      }
    >
      {({ period, totals, previous, points, bots }, daysOf) => {
        const ended = totals.completed + totals.handedOver + totals.displaced + totals.failed + totals.restarted;
        const filters = { user: address.user };
        const worst = bots.toSorted((a, b) => b.failed - a.failed)[0];
        const outcomes = [
          { name: 'completed', label: t('analytics.bots.completed'), color: 'var(--ok-dot)' },
          { name: 'handedOver', label: t('analytics.bots.handedOver'), color: 'var(--accent)' },
          { name: 'displaced', label: t('analytics.bots.displaced'), color: 'var(--control-line)' },
          { name: 'failed', label: t('analytics.bots.failed'), color: 'var(--late-dot)' },
        ];
        return (
          <>
            <Figures
              items={[
                { label: t('analytics.bots.started'), value: number(totals.started), note: compared(totals.started, previous.started) },
                { label: t('analytics.bots.completed'), value: number(totals.completed), note: percent(totals.completed, ended) },
                { label: t('analytics.bots.handedOver'), value: number(totals.handedOver), note: percent(totals.handedOver, ended) },
                { label: t('analytics.bots.failed'), value: number(totals.failed), note: percent(totals.failed, ended) },
              ]}
            />
            <Chart
              title={t('analytics.bots.runs')}
              says={t('analytics.bots.runsSays', { count: totals.started, share: percent(totals.completed, ended) })}
              kind="bars"
              format={number}
              series={[{ name: 'started', label: t('analytics.bots.started'), color: 'var(--bot)' }]}
              rows={points.map((point) => ({
                label: dayLabel(point.day),
                to: eventsAddress({ type: 'bot_started', ...daysOf(point.day), ...filters }),
                values: { started: point.started },
              }))}
            />
            <Chart
              title={t('analytics.bots.ends')}
              says={t('analytics.bots.endsSays', { handedOver: percent(totals.handedOver, ended), failed: percent(totals.failed, ended) })}
              kind="stacked"
              format={number}
              series={outcomes}
              rows={points.map((point) => {
                const about = { type: 'bot_ended', ...daysOf(point.day), ...filters };
                return {
                  label: dayLabel(point.day),
                  to: eventsAddress(about),
                  bars: barAddresses(about, ENDS),
                  values: { completed: point.completed, handedOver: point.handedOver, displaced: point.displaced, failed: point.failed },
                };
              })}
            />
            <Chart
              title={t('analytics.bots.each')}
              says={
                worst === undefined || worst.failed === 0
                  ? t('analytics.bots.noneFailed')
                  : t('analytics.bots.worst', { name: worst.bot?.name ?? t('analytics.deleted'), count: worst.failed })
              }
              kind="stacked"
              format={number}
              series={outcomes}
              rows={bots.map((bot) => {
                const about = { type: 'bot_ended', bot: bot.bot?.id, fromDay: period.from, toDay: period.to, ...filters };
                return {
                  label: bot.bot?.name ?? t('analytics.deleted'),
                  to: eventsAddress(about),
                  bars: barAddresses(about, ENDS),
                  values: { completed: bot.completed, handedOver: bot.handedOver, displaced: bot.displaced, failed: bot.failed },
                };
              })}
            />
          </>
        );
      }}
    </ReportFrame>
  );
}
