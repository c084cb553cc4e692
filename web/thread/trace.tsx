import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { TraceEntryView } from '../../api/contract/index.ts';
import type { ValueNames } from '../../domain/analytics/event-words.ts';
import { useTrace } from '../data/queries.ts';
import { useValueNames } from '../data/value-names.ts';
import { problemWords, serverWords } from '../data/words.ts';
import { clock, fullTime } from '../lib/time.ts';
import { Badge, Notice, Skeleton, type State, Time } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Countdown, RunWords } from './run-strip.tsx';
import css from './trace.module.css';
import { endLineOf, TraceEnd } from './trace-end.tsx';

/** Members of `data` that are for machines or already said. */
const UNSAID = new Set(['key', 'outcome', 'place']);
const BAD = /^(failed|refused|notSent|skipped|noSuchStep)/;

function stateOf({ outcome, handler, data }: TraceEntryView): State | undefined {
  if (BAD.test(outcome) || (outcome === 'ended' && data.outcome === 'failed')) return 'late';
  if (outcome === 'answered' || outcome === 'matched') return 'ok';
  return outcome === 'sent' || handler === 'run' ? 'bot' : undefined;
}

/** Words for what a line of a trace tells; an outcome we have no words for yet is shown as it is. */
function wordsOf(t: TFunction, { outcome, data }: TraceEntryView): string {
  const known = t(`trace.${outcome}` as 'trace.started', {
    ...data,
    outcome: typeof data.outcome === 'string' ? t(`outcome.${data.outcome}` as 'outcome.completed') : '',
    defaultValue: '',
  });
  return known === '' ? outcome : known;
}

type Value = TraceEntryView['data'][string];

/** A value as people call it: ids by the name of what they mean, where this account has it. */
function shown(t: TFunction, names: ValueNames, name: string, value: Value): string {
  if (name === 'until' && typeof value === 'number') return fullTime(value);
  if (name === 'entity') return t(`analytics.entity.${value}` as 'analytics.entity.lead', { defaultValue: String(value) });
  const named: Record<string, () => string | undefined> = {
    words: () => serverWords(String(value)),
    responsible: () => names.users.get(Number(value)),
    status: () => [...names.stages].find(([key]) => key.endsWith(`/${value}`))?.[1],
    field: () => names.fields.get(Number(value)) ?? ownField(t, String(value)),
  };
  return named[name]?.() ?? String(value);
}

const ownField = (t: TFunction, name: string) =>
  ({ name: t('contact.name'), price: t('lead.price'), rate: t('analytics.filter.rate'), comment: t('sim.comment') })[name];

/** What of `data` the words above have not said: times, ids and texts, each with its name. */
function details(t: TFunction, names: ValueNames, { data }: TraceEntryView): string {
  return Object.entries(data)
    .filter(([name, value]) => typeof value !== 'boolean' && value !== null && value !== '' && value !== 0 && !UNSAID.has(name))
    .map(([name, value]) => {
      const label = t(`trace.data.${name}` as 'trace.data.until', { defaultValue: name });
      return `${label}: ${shown(t, names, name, value)}`;
    })
    .join(' · ');
}

function Entries({ items, children }: { items: TraceEntryView[]; children: ReactNode }) {
  const { t } = useTranslation();
  const names = useValueNames();
  return (
    <ol className={css.list}>
      {items.map((entry, index) => (
        <li key={entry.id}>
          {items[index - 1]?.step !== entry.step && (
            <div className={css.step}>{t('trace.step', { step: entry.title ?? `#${entry.step}` })}</div>
          )}
          <div className={css.entry} data-state={stateOf(entry)}>
            <time dateTime={new Date(entry.at).toISOString()} title={fullTime(entry.at)}>
              {clock(entry.at)}
            </time>
            <span className={css.dot} />
            <div>
              {wordsOf(t, entry)} {entry.handler !== 'run' && <Badge>{entry.handler}</Badge>}
              <small>{details(t, names, entry)}</small>
            </div>
          </div>
        </li>
      ))}
      {children}
    </ol>
  );
}

function Trace({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const { data, error } = useTrace(runId);
  if (error !== null && data === undefined) return <Notice state="late">{problemWords(error)}</Notice>;
  if (data === undefined) return <Skeleton height={240} />;
  const { run, items } = data;
  const end = endLineOf(run, items);
  return (
    <>
      <div className={css.head}>
        <Link to={`/bots/${run.bot.id}/versions?v=${run.version}`}>
          {run.bot.name} v{run.version}
        </Link>
        {run.status === 'ended' ? (
          <Badge state={run.outcome === 'failed' ? 'late' : run.outcome === 'completed' ? 'ok' : undefined}>
            {t(`outcome.${run.outcome ?? 'completed'}`)}
          </Badge>
        ) : (
          <>
            <RunWords run={run} /> <Countdown run={run} />
          </>
        )}
        <span>
          {t('run.startedBy', { author: run.startedBy.name ?? t(`author.${run.startedBy.kind}`) })}, <Time at={run.startedAt} ago />
        </span>
      </div>
      <Entries items={end === undefined ? items : items.slice(0, -1)}>
        <TraceEnd run={run} line={end} />
      </Entries>
    </>
  );
}

/** The trace of the run that the address names (`?run=`): step, what came, what it decided, what was sent. */
export function TraceDialog() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const runId = search.get('run');
  if (runId === null) return null;
  const close = () =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        next.delete('run');
        return next;
      },
      { replace: true },
    );
  return (
    <Dialog reading onClose={close} title={t('trace.title')} size={560}>
      <Trace runId={runId} />
    </Dialog>
  );
}
