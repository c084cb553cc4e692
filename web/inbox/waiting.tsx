import { useTranslation } from 'react-i18next';
import type { Settings } from '../../api/contract/index.ts';
import { warnsAt } from '../../domain/conversation/warn.ts';
import { useSettings } from '../data/queries.ts';
import { duration, fullTime } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Badge, type State } from '../ui/bits.tsx';

interface WaitingOf {
  waitingSince: number | null;
  answerDueAt?: number | null;
  missedAt?: number | null;
}

/** Worked out once for each wait; the rules of an account change rarely. */
let warnings = new Map<string, number>();
let rules: Settings['schedule'] | undefined;

function warning(since: number, due: number, schedule: Settings['schedule'] | undefined): number {
  if (schedule !== rules || warnings.size > 1000) {
    warnings = new Map();
    rules = schedule;
  }
  const key = `${since}/${due}`;
  let at = warnings.get(key);
  if (at === undefined) {
    at = warnsAt(since, due, schedule);
    warnings.set(key, at);
  }
  return at;
}

/**
 * Amber from half of the limit, counted in working hours where the limit is (`schedule`), red once it is late; without a limit waiting has no
 * colour, since nothing says what is late.
 */
export function waitState(
  { waitingSince, answerDueAt, missedAt }: WaitingOf,
  now: number,
  schedule?: Settings['schedule'] | undefined,
): State | undefined {
  if (waitingSince === null) return undefined;
  if (missedAt !== null && missedAt !== undefined && missedAt >= waitingSince) return 'late';
  if (answerDueAt === null || answerDueAt === undefined) return undefined;
  if (now >= answerDueAt) return 'late';
  return now >= warning(waitingSince, answerDueAt, schedule) ? 'wait' : undefined;
}

/** The schedule that limits are counted by; undefined for calendar time. */
export function useLimitSchedule(): Settings['schedule'] | undefined {
  const { data } = useSettings();
  return data?.responseTime.time === 'working' ? data.schedule : undefined;
}

/** How long the client has waited for an answer, ticking. */
export function Waiting(of: WaitingOf) {
  const { t } = useTranslation();
  const fresh = of.waitingSince !== null && Date.now() - of.waitingSince < 120_000;
  const now = useNow(fresh ? 1000 : 10_000);
  const schedule = useLimitSchedule();
  if (of.waitingSince === null) return null;
  return (
    <Badge state={waitState(of, now, schedule)} title={`${t('talk.waitingSince')} ${fullTime(of.waitingSince)}`}>
      {duration(now - of.waitingSince)}
    </Badge>
  );
}
