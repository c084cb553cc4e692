import { IconPlayerStopFilled, IconRobot } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { CardKind, Run } from '../../api/contract/index.ts';
import { useRefusal } from '../data/may.ts';
import { countdown, fullTime } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Button } from '../ui/button.tsx';
import css from './run-strip.module.css';
import { StartBot } from './start-bot.tsx';
import { stopRun } from './stop-runs.ts';

/** What the run waits for, in the step's own words. */
export function RunWords({ run }: { run: Run }) {
  const { t } = useTranslation();
  if (run.status === 'ended') return <>{t('run.over')}</>;
  if (run.wait === null || run.status === 'new') return <>{t('run.starting')}</>;
  const { waits, question, title } = run.wait;
  if (waits === 'message' || waits === 'messageOrTimer') return <>{t('run.waitsMessage', { question: question ?? title })}</>;
  if (waits === 'timer') return <>{t('run.waitsTimer', { title })}</>;
  return <>{t('run.works', { title })}</>;
}

/** `без ответа через 04:12`, ticking every second. */
export function Countdown({ run }: { run: Run }) {
  const { t } = useTranslation();
  const now = useNow();
  const until = run.wait?.until ?? null;
  if (until === null || run.status === 'ended') return null;
  const left = countdown(until - now);
  return (
    <span className={css.left} title={fullTime(until)}>
      {run.wait?.waits === 'messageOrTimer' ? t('run.noAnswerIn', { left }) : t('run.goesOnIn', { left })}
    </span>
  );
}

/** The card that bots work on: a lead's or a customer's. */
export interface RunCard {
  type: Exclude<CardKind, 'contact'>;
  id: number;
  runs: Run[];
  mayEdit: boolean;
}

function RunLine({ run, card, onTrace, children }: { run: Run; card: RunCard; onTrace: () => void; children?: ReactNode }) {
  const { t } = useTranslation();
  const [stopping, setStopping] = useState(false);
  const ended = run.status === 'ended';
  const refused = useRefusal()('runBots', card);
  return (
    <div className={css.run} data-run={run.id}>
      <IconRobot size={18} stroke={1.6} className={css.icon} aria-hidden />
      <Link className={css.name} to={`/bots/${run.bot.id}/versions?v=${run.version}`}>
        {run.bot.name} v{run.version}
      </Link>
      <button type="button" className={css.what} onClick={onTrace} title={t('run.showTrace')}>
        <RunWords run={run} />
      </button>
      <Countdown run={run} />
      <Button
        small
        kind="danger"
        icon={<IconPlayerStopFilled size={14} aria-hidden />}
        disabled={stopping || ended || refused !== undefined}
        title={refused}
        aria-label={t('run.stopNamed', { name: run.bot.name })}
        onClick={() => {
          setStopping(true);
          void stopRun(run).then((stopped) => !stopped && setStopping(false));
        }}
      >
        {ended ? t(stopping ? 'run.stopped' : 'run.over') : stopping ? t('run.stopping') : t('run.stop')}
      </Button>
      {children ?? <span className={css.noPlus} />}
    </div>
  );
}

/** Runs that have just ended stay for a moment with their end in words, so that nothing vanishes under the pointer. */
function useLingering(runs: Run[]): Run[] {
  const before = useRef<Run[]>([]);
  const [gone, setGone] = useState<Run[]>([]);
  useEffect(() => {
    const ids = new Set(runs.map(({ id }) => id));
    const left = before.current.filter(({ id }) => !ids.has(id)).map((run): Run => ({ ...run, status: 'ended' }));
    before.current = runs;
    if (left.length === 0) return;
    setGone((now) => [...now, ...left]);
    setTimeout(() => setGone((now) => now.filter((run) => !left.includes(run))), 2500);
  }, [runs]);
  const alive = new Set(runs.map(({ id }) => id));
  return [...runs, ...gone.filter(({ id }) => !alive.has(id))];
}

/** One line a running bot, above the composer: who it is, what it waits for, until when, and Stop. */
export function RunStrip({ card, conversationNumber }: { card: RunCard; conversationNumber: number | undefined }) {
  const { t } = useTranslation();
  const [, setSearch] = useSearchParams();
  const running = card.runs.filter(({ status }) => status !== 'ended');
  const shown = useLingering(running);
  const openTrace = (id: string) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      next.set('run', id);
      return next;
    });
  const start = (compact: boolean) => <StartBot card={card} running={running} conversationNumber={conversationNumber} compact={compact} />;
  return (
    <section className={css.strip} aria-label={t('run.strip')}>
      {shown.map((run, index) => (
        <RunLine key={run.id} run={run} card={card} onTrace={() => openTrace(run.id)}>
          {index === shown.length - 1 ? start(true) : undefined}
        </RunLine>
      ))}
      {shown.length === 0 && (
        <div className={css.none}>
          <IconRobot size={18} stroke={1.6} aria-hidden />
          {t('run.none')}
          <span className={css.end}>{start(false)}</span>
        </div>
      )}
    </section>
  );
}
