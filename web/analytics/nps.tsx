import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { EventPage, NpsReport } from '../../api/contract/index.ts';
import { read } from '../data/live.ts';
import { number } from '../lib/time.ts';
import { Time } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { eventsAddress } from './address.ts';
import css from './analytics.module.css';
import { Chart, Section } from './chart.tsx';
import { Figures, ReportFrame } from './frame.tsx';
import type { ReportProps } from './page.tsx';
import { compared, dayLabel, percent } from './words.ts';

const colours = { promoter: 'var(--ok-dot)', passive: 'var(--control-line)', detractor: 'var(--late-dot)' };
const signed = (value: number) => (value > 0 ? `+${number(value)}` : number(value).replace('-', '−'));

/** Rates after conversations. */
export function NpsPage({ address, set }: ReportProps) {
  const { t } = useTranslation();
  return (
    <ReportFrame<NpsReport>
      name="nps"
      address={address}
      set={set}
      pending={3}
      isEmpty={({ totals, previous }) => totals.count + previous.count === 0}
      emptyHint={t('analytics.nps.emptyHint')}
      emptyAction={
        <ButtonLink kind="primary" to="/settings/chats">
          {t('analytics.nps.switchOn')}
        </ButtonLink>
      }
    >
      {({ period, totals, previous, points, distribution }, daysOf) => {
        const rated = { type: 'nps_rate_added', channel: address.channel, user: address.user };
        const change = totals.score === null || previous.score === null ? '' : compared(totals.score, previous.score);
        const lowest = distribution.findLast(({ kind }) => kind === 'detractor')?.rate ?? 6;
        return (
          <>
            <Figures
              items={[
                { label: 'NPS', value: totals.score === null ? '—' : signed(totals.score), note: change },
                { label: t('analytics.nps.rates'), value: number(totals.count), note: compared(totals.count, previous.count) },
                { label: t('analytics.nps.average'), value: totals.average === null ? '—' : number(totals.average), note: '' },
                { label: t('analytics.nps.promoters'), value: number(totals.promoters), note: percent(totals.promoters, totals.count) },
                { label: t('analytics.nps.detractors'), value: number(totals.detractors), note: percent(totals.detractors, totals.count) },
              ]}
            />
            <Chart
              title={t('analytics.nps.score')}
              says={
                totals.score === null
                  ? t('analytics.nps.none')
                  : t('analytics.nps.scoreSays', {
                      score: signed(totals.score),
                      count: totals.count,
                      change: change || t('analytics.than.nothing'),
                    })
              }
              kind="lines"
              ends={[-100, 100]}
              format={signed}
              series={[{ name: 'score', label: 'NPS', color: 'var(--accent)' }]}
              rows={points.map((point) => ({
                label: dayLabel(point.day),
                to: eventsAddress({
                  ...rated,
                  ...daysOf(point.day),
                }),
                values: { score: point.score },
              }))}
            />
            <Chart
              title={t('analytics.nps.distribution')}
              says={t('analytics.nps.distributionSays', {
                promoters: percent(totals.promoters, totals.count),
                detractors: percent(totals.detractors, totals.count),
              })}
              kind="bars"
              format={number}
              series={[{ name: 'count', label: t('analytics.nps.rates'), color: 'var(--control-line)' }]}
              colorOf={(row) => colours[distribution.find(({ rate }) => String(rate) === row.label)?.kind ?? 'passive']}
              rows={distribution.map(({ rate, count }) => ({
                label: String(rate),
                to: eventsAddress({ ...rated, rate: `${rate}-${rate}`, fromDay: period.from, toDay: period.to }),
                values: { count },
              }))}
            />
            <Detractors
              from={period.from}
              to={period.to}
              highest={lowest}
              count={totals.detractors}
              filters={{ channel: address.channel, user: address.user }}
            />
          </>
        );
      }}
    </ReportFrame>
  );
}

/** The conversations behind the low rates: what a head looks at first. */
function Detractors({
  from,
  to,
  highest,
  count,
  filters,
}: {
  from: string;
  to: string;
  highest: number;
  count: number;
  filters: { channel: string | undefined; user: string | undefined };
}) {
  const { t } = useTranslation();
  const asked = { type: 'nps_rate_added', rate: `0-${highest}`, fromDay: from, toDay: to, ...filters };
  const query = useQuery({
    queryKey: ['detractors', asked],
    queryFn: ({ signal }) => read<EventPage>('/api/events', { ...asked, limit: 10 }, signal),
  });
  return (
    <Section title={t('analytics.nps.low')} says={count === 0 ? t('analytics.nps.noneLow') : t('analytics.nps.lowSays', { count })}>
      <ul className={css.lowRates}>
        {query.data?.items.map((event) => (
          <li key={event.id}>
            <strong>{String((event.after[0] as { nps?: { rate?: number } } | undefined)?.nps?.rate ?? '')}</strong>
            <Link to={`/inbox/${event.conversationNumber ?? ''}`}>
              #{event.conversationNumber} {event.contactName}
            </Link>
            <Time at={event.at} className={css.note} />
          </li>
        ))}
      </ul>
      {count > 10 && <Link to={eventsAddress(asked)}>{t('analytics.showAll')}</Link>}
    </Section>
  );
}
