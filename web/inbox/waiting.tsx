import { useTranslation } from 'react-i18next';
import { duration, fullTime } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Badge, type State } from '../ui/bits.tsx';

interface WaitingOf {
  waitingSince: number | null;
  answerDueAt?: number | null;
  missedAt?: number | null;
}

/** Amber from half of the limit, red once it is late; without a limit waiting has no colour, since nothing says what is late. */
export function waitState({ waitingSince, answerDueAt, missedAt }: WaitingOf, now: number): State | undefined {
  if (waitingSince === null) return undefined;
  if (missedAt !== null && missedAt !== undefined && missedAt >= waitingSince) return 'late';
  if (answerDueAt === null || answerDueAt === undefined) return undefined;
  if (now >= answerDueAt) return 'late';
  return now >= waitingSince + (answerDueAt - waitingSince) / 2 ? 'wait' : undefined;
}

/** How long the client has waited for an answer, ticking. */
export function Waiting(of: WaitingOf) {
  const { t } = useTranslation();
  const fresh = of.waitingSince !== null && Date.now() - of.waitingSince < 120_000;
  const now = useNow(fresh ? 1000 : 10_000);
  if (of.waitingSince === null) return null;
  return (
    <Badge state={waitState(of, now)} title={`${t('talk.waitingSince')} ${fullTime(of.waitingSince)}`}>
      {duration(now - of.waitingSince)}
    </Badge>
  );
}
