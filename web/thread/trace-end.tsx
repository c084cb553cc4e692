import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import type { Run, TraceEntryView } from '../../api/contract/index.ts';
import { END_REASONS, type EndReason } from '../../domain/scenario/end-reason.ts';
import { endedWords } from '../../domain/scenario/ended-words.ts';
import { currentLanguage } from '../i18n/index.ts';
import { clock, fullTime } from '../lib/time.ts';
import css from './trace.module.css';

/** The line that tells how the run ended; undefined while it goes on. */
export function endLineOf(run: Run, items: TraceEntryView[]): TraceEntryView | undefined {
  const last = items.at(-1);
  return run.status === 'ended' && last?.outcome === 'ended' ? last : undefined;
}

const isReason = (why: unknown): why is EndReason => END_REASONS.some((reason) => reason === why);

function wordsOf(t: TFunction, run: Run, why: unknown): string {
  const author = run.endedBy?.name ?? t(`author.${run.endedBy?.kind ?? 'system'}`);
  return t(`end.${isReason(why) ? why : (run.outcome ?? 'completed')}`, { author });
}

/** The last line of an ended run's trace: what ended it and who, and the run that came in its place. `line`: of the trace, where it has one. */
export function TraceEnd({ run, line }: { run: Run; line: TraceEntryView | undefined }) {
  const { t } = useTranslation();
  const { search } = useLocation();
  if (run.status !== 'ended' || run.endedAt === null) return null;
  const other = new URLSearchParams(search);
  const later = run.outcome === 'displaced' ? line?.data.runId : undefined;
  if (typeof later === 'string') other.set('run', later);
  const bad = run.outcome === 'failed' || run.outcome === 'looped';
  return (
    <li className={css.entry} data-state={run.outcome === 'completed' ? 'ok' : bad ? 'late' : undefined} data-end={run.outcome}>
      <time dateTime={new Date(run.endedAt).toISOString()} title={fullTime(run.endedAt)}>
        {clock(run.endedAt)}
      </time>
      <span className={css.dot} />
      <div>
        <strong>{wordsOf(t, run, line?.data.why)}</strong>{' '}
        {typeof later === 'string' && <Link to={{ search: `?${other.toString()}` }}>{t('end.showOther')}</Link>}
        {run.outcomeWords !== '' && <small>{endedWords(run.outcomeWords, currentLanguage())}</small>}
      </div>
    </li>
  );
}
