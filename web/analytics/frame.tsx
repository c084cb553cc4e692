import { IconChartBar } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Day } from '../../domain/analytics/periods.ts';
import { problemWords } from '../data/words.ts';
import { Empty, Notice } from '../ui/bits.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import css from './analytics.module.css';
import { ChartsPending } from './chart.tsx';
import type { ReportProps } from './page.tsx';
import { PeriodPicker } from './period.tsx';
import { groupOf, useReport } from './queries.ts';
import { daysOfPoint, spanLabel } from './words.ts';

interface FrameProps<Report> extends ReportProps {
  /** As the API calls it. */
  name: string;
  isEmpty: (report: Report) => boolean;
  /** What to do so that there is something to see. */
  emptyHint: string;
  emptyAction: ReactNode;
  pending: number;
  /** `daysOf`: the days that a point of an axis stands for. */
  children: (report: Report, daysOf: (day: Day) => { fromDay: Day; toDay: Day }) => ReactNode;
}

/** A report: the period above, and below it what there is: the charts, nothing yet, or why not. */
export function ReportFrame<Report extends { period: { from: string; to: string; previousFrom: string; previousTo: string } }>({
  name,
  address,
  set,
  isEmpty,
  emptyHint,
  emptyAction,
  pending,
  children,
}: FrameProps<Report>) {
  const { t } = useTranslation();
  const query = useReport<Report>(name, address);
  const { data } = query;
  return (
    <>
      <PeriodPicker address={address} span={data?.period} set={set} />
      {data !== undefined && (
        <p className={css.span}>
          {spanLabel(data.period.from, data.period.to)} ·{' '}
          {t('analytics.comparedWith', { span: spanLabel(data.period.previousFrom, data.period.previousTo) })}
        </p>
      )}
      {query.isError && data === undefined && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {data !== undefined && isEmpty(data) ? (
        <Empty icon={<IconChartBar size={36} stroke={1.4} />} title={t('analytics.empty')} action={emptyAction}>
          {emptyHint}
        </Empty>
      ) : (
        <div className={css.grid} aria-busy={query.isPending}>
          {data === undefined
            ? query.isPending && <ChartsPending count={pending} />
            : children(data, (day) => daysOfPoint(day, groupOf(address), data.period))}
        </div>
      )}
    </>
  );
}

/** Why there is nothing to see, and the way to ask again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Notice state="late">
      {problemWords(error)}{' '}
      <Button small onClick={onRetry}>
        {t('common.tryAgain')}
      </Button>
    </Notice>
  );
}

export const ToChannels = () => {
  const { t } = useTranslation();
  return (
    <ButtonLink kind="primary" to="/settings/channels">
      {t('inbox.connect')}
    </ButtonLink>
  );
};

/** A few numbers above the charts, each with its change. */
export function Figures({ items }: { items: { label: string; value: string; note: string }[] }) {
  return (
    <dl className={css.figures}>
      {items.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
          <dd className={css.note}>{note}</dd>
        </div>
      ))}
    </dl>
  );
}
