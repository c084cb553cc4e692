import { useTranslation } from 'react-i18next';
import { periodNames } from '../../domain/analytics/periods.ts';
import { useChannels, useUsers } from '../data/queries.ts';
import { Pick } from '../ui/pick.tsx';
import type { ReportAddress } from './address.ts';
import css from './analytics.module.css';

interface PeriodProps {
  address: ReportAddress;
  /** The span the server worked out. */
  span: { from: string; to: string } | undefined;
  set: (changes: Record<string, string | undefined>) => void;
}

/** Which days, and whose: everything in the address. */
export function PeriodPicker({ address, span, set }: PeriodProps) {
  const { t } = useTranslation();
  const channels = useChannels().data?.items ?? [];
  const users = useUsers().data ?? [];
  const { period } = address;
  return (
    <div className={css.bar}>
      <fieldset className={css.segments} aria-label={t('analytics.period')}>
        {periodNames.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === period}
            onClick={() =>
              set(name === 'custom' ? { period: name, from: span?.from, to: span?.to } : { period: name, from: undefined, to: undefined })
            }
          >
            {t(`analytics.period.${name}`)}
          </button>
        ))}
      </fieldset>
      {period === 'custom' && (
        <div className={css.dates}>
          <input
            type="date"
            aria-label={t('analytics.from')}
            value={address.from ?? ''}
            max={address.to}
            onChange={(event) => event.target.value !== '' && set({ from: event.target.value })}
          />
          <span aria-hidden>–</span>
          <input
            type="date"
            aria-label={t('analytics.to')}
            value={address.to ?? ''}
            min={address.from}
            onChange={(event) => event.target.value !== '' && set({ to: event.target.value })}
          />
        </div>
      )}
      <Pick
        label={t('analytics.channel')}
        nothing={t('analytics.allChannels')}
        value={address.channel}
        options={channels}
        onPick={(channel) => set({ channel })}
      />
      <Pick
        label={t('analytics.responsible')}
        nothing={t('analytics.everybody')}
        value={address.user}
        options={users}
        onPick={(user) => set({ user })}
      />
    </div>
  );
}
