import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ManagersReport } from '../../api/contract/index.ts';
import { duration, number } from '../lib/time.ts';
import pageCss from '../ui/page.module.css';
import { eventsAddress } from './address.ts';
import css from './analytics.module.css';
import { Chart, Section } from './chart.tsx';
import { ReportFrame, ToChannels } from './frame.tsx';
import type { ReportProps } from './page.tsx';
import { durationOrDash } from './words.ts';

/** Managers side by side. */
export function ManagersPage({ address, set }: ReportProps) {
  const { t } = useTranslation();
  return (
    <ReportFrame<ManagersReport>
      name="managers"
      address={address}
      set={set}
      pending={3}
      isEmpty={({ managers }) => managers.every(({ answered, closed, messages, missed }) => answered + closed + messages + missed === 0)}
      emptyHint={t('analytics.managers.emptyHint')}
      emptyAction={<ToChannels />}
    >
      {({ period, managers }) => {
        const span = { fromDay: period.from, toDay: period.to, channel: address.channel };
        const nameOf = (user: (typeof managers)[number]['user']) => user?.name ?? t('analytics.managers.other');
        const author = (user: (typeof managers)[number]['user']) => `user:${user?.id ?? 0}`;
        const most = managers[0];
        const timed = managers
          .filter(({ medianFirstMs }) => medianFirstMs !== null)
          .toSorted((a, b) => a.medianFirstMs! - b.medianFirstMs!);
        const fastest = timed[0];
        return (
          <>
            <div className={css.wide}>
              <Section title={t('analytics.managers.table')} says={t('analytics.managers.tableSays')}>
                <div className={css.tableBox}>
                  <table className={pageCss.table}>
                    <thead>
                      <tr>
                        <th scope="col">{t('analytics.managers.name')}</th>
                        {(['answered', 'median', 'working', 'closed', 'messages', 'missed', 'rate'] as const).map((name) => (
                          <th key={name} scope="col" data-number>
                            {t(`analytics.managers.${name}`)}
                          </th>
                        ))}
                      </tr>
                    </thead>
                    <tbody>
                      {managers.map((manager) => (
                        <tr key={manager.user?.id ?? 0}>
                          <th scope="row">{nameOf(manager.user)}</th>
                          <td data-number>
                            <Link
                              to={eventsAddress({ type: 'outgoing_chat_message', answer: 'any', author: author(manager.user), ...span })}
                            >
                              {number(manager.answered)}
                            </Link>
                          </td>
                          <td data-number>{durationOrDash(manager.medianFirstMs)}</td>
                          <td data-number>{durationOrDash(manager.medianFirstWorkingMs)}</td>
                          <td data-number>
                            <Link to={eventsAddress({ type: 'talk_closed', author: author(manager.user), ...span })}>
                              {number(manager.closed)}
                            </Link>
                          </td>
                          <td data-number>
                            <Link to={eventsAddress({ type: 'outgoing_chat_message', author: author(manager.user), ...span })}>
                              {number(manager.messages)}
                            </Link>
                          </td>
                          <td data-number data-state={manager.missed > 0 ? 'late' : undefined}>
                            <Link to={eventsAddress({ type: 'talk_missed_event', user: manager.user?.id ?? 0, ...span })}>
                              {number(manager.missed)}
                            </Link>
                          </td>
                          <td data-number>
                            {manager.averageRate === null ? (
                              '—'
                            ) : (
                              <Link to={eventsAddress({ type: 'nps_rate_added', user: manager.user?.id ?? 0, ...span })}>
                                {number(manager.averageRate)} ({number(manager.rates)})
                              </Link>
                            )}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </Section>
            </div>
            <Chart
              title={t('analytics.managers.answers')}
              says={
                most === undefined || most.answered === 0
                  ? t('analytics.speed.nobody')
                  : t('analytics.managers.most', { name: nameOf(most.user), count: most.answered })
              }
              kind="bars"
              format={number}
              series={[
                { name: 'answered', label: t('analytics.managers.answered'), color: 'var(--accent)' },
                { name: 'before', label: t('analytics.before'), color: 'var(--accent-line)' },
              ]}
              rows={managers.map(({ user, answered, previous }) => ({
                label: nameOf(user),
                to: eventsAddress({ type: 'outgoing_chat_message', answer: 'any', author: author(user), ...span }),
                values: { answered, before: previous.answered },
              }))}
            />
            <Chart
              title={t('analytics.managers.speed')}
              says={
                fastest === undefined
                  ? t('analytics.speed.nobody')
                  : t('analytics.managers.fastest', { name: nameOf(fastest.user), value: durationOrDash(fastest.medianFirstMs) })
              }
              kind="bars"
              format={duration}
              durations
              series={[
                { name: 'median', label: t('analytics.speed.median'), color: 'var(--accent)' },
                { name: 'before', label: t('analytics.before'), color: 'var(--accent-line)' },
              ]}
              rows={timed.map(({ user, medianFirstMs, previous }) => ({
                label: nameOf(user),
                to: eventsAddress({ type: 'outgoing_chat_message', answer: 'first', author: author(user), ...span }),
                values: { median: medianFirstMs, before: previous.medianFirstMs },
              }))}
            />
          </>
        );
      }}
    </ReportFrame>
  );
}
