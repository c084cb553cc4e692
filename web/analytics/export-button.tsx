import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportJob } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { read } from '../data/live.ts';
import { problemWords } from '../data/words.ts';
import { currentLanguage } from '../i18n/index.ts';
import { number } from '../lib/time.ts';
import { Button } from '../ui/button.tsx';
import css from './analytics.module.css';
import type { EventFilters } from './event-filters.tsx';

/** Asks for a file of what is shown, and tells how far it is. It is made without this page, and the bell tells when it is ready. */
export function ExportButton({ filters }: { filters: EventFilters }) {
  const { t } = useTranslation();
  const [id, setId] = useState<string>();
  const ask = useMutation({
    mutationFn: () =>
      call<ExportJob>('POST', '/api/exports', {
        body: { filter: filters, language: currentLanguage() },
        idempotencyKey: crypto.randomUUID(),
      }),
    onSuccess: (made) => setId(made.id),
  });
  const query = useQuery({
    queryKey: ['exports', id],
    queryFn: () => read<ExportJob>(`/api/exports/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data === undefined || ['waiting', 'working'].includes(state.data.status) ? 2000 : false),
  });
  const job = id === undefined ? undefined : (query.data ?? ask.data);
  const cancel = useMutation({ mutationFn: () => call<ExportJob>('POST', `/api/exports/${id}/cancel`), onSettled: () => query.refetch() });
  const underWay = job?.status === 'waiting' || job?.status === 'working';
  return (
    <span className={css.progress} role="status">
      {job !== undefined && underWay && (
        <>
          <progress
            max={job.rowsTotal ?? 1}
            value={job.rowsTotal === null ? undefined : job.rowsDone}
            aria-label={t('analytics.export.progress')}
          />
          {job.rowsTotal === null
            ? t('analytics.export.waits')
            : t('analytics.export.rows', { done: number(job.rowsDone), total: number(job.rowsTotal) })}
          <Button small kind="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('common.cancel')}
          </Button>
        </>
      )}
      {job?.status === 'done' && job.url !== null && (
        <a href={job.url} download>
          {t('analytics.export.ready', { rows: number(job.rowsDone) })}
        </a>
      )}
      {job?.status === 'failed' && t('analytics.export.failed')}
      {job?.status === 'cancelled' && t('analytics.export.cancelled')}
      {ask.isError && problemWords(ask.error)}
      {!underWay && (
        <Button small icon={<IconDownload size={16} stroke={1.6} aria-hidden />} disabled={ask.isPending} onClick={() => ask.mutate()}>
          {t('analytics.export')}
        </Button>
      )}
    </span>
  );
}
