import { IconChartBar } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../data/words.ts';
import { Empty, Notice } from '../ui/bits.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import css from './analytics.module.css';
import { ChartsPending } from './chart.tsx';
import type { ReportProps } from './page.tsx';
import { PeriodPicker } from './period.tsx';
import { spanLabel } from './words.ts';

interface FrameProps<Report> extends ReportProps {
  query: UseQueryResult<Report>;
  isEmpty: (report: Report) => boolean;
  /** What to do so that there is something to see. */
  emptyHint: string;
  emptyAction: ReactNode;
  pending: number;
  children: (report: Report) => ReactNode;
}

/** The period above, and below it what there is: the charts, nothing yet, or why not. */
export function ReportFrame<Report extends { period: { from: string; to: string; previousFrom: string; previousTo: string } }>({
  query,
  address,
  set,
  isEmpty,
  emptyHint,
  emptyAction,
  pending,
  children,
}: FrameProps<Report>) {
  const { t } = useTranslation();
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
      {query.isError && data === undefined && (
        <Notice state="late">
          {problemWords(query.error)}{' '}
          <Button small onClick={() => void query.refetch()}>
            {t('common.tryAgain')}
          </Button>
        </Notice>
      )}
      {data !== undefined && isEmpty(data) ? (
        <Empty icon={<IconChartBar size={36} stroke={1.4} />} title={t('analytics.empty')} action={emptyAction}>
          {emptyHint}
        </Empty>
      ) : (
        <div className={css.grid} aria-busy={query.isPending}>
          {data === undefined ? query.isPending && <ChartsPending count={pending} /> : children(data)}
        </div>
      )}
    </>
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
