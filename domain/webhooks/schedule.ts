/** When a webhook is tried again, given up, or switched off (the vendor's published rules). Instants are epoch milliseconds. */

const MINUTE_MS = 60_000;
/** Pauses before the second, third, fourth and fifth attempt. */
const PAUSES_MS = [5 * MINUTE_MS, 15 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS];
/** Attempts that any invalid answer is worth; the others only where the receiver says that it is its own fault. */
const ATTEMPTS_FOR_ALL = 3;
const WINDOW_MS = 120 * MINUTE_MS;
/** More invalid answers than this within two hours switch a subscription off. */
export const MOST_INVALID = 100;

/** 0 stands for no answer within the time. */
export const isValidAnswer = (status: number) => status >= 100 && status <= 299;

/** What a feed knows of its receiver; also what it stores. */
export interface FeedState {
  /** Attempts that the current event has had. */
  attempts: number;
  nextAttemptAt: number | null;
  /** The first invalid answer since the last valid one. */
  failingSince: number | null;
  /** Invalid answers of the last two hours, oldest first. */
  invalidAt: number[];
}

export type Verdict = { type: 'delivered' } | { type: 'again'; at: number } | { type: 'givenUp' } | { type: 'switchedOff' };

/**
 * What follows from an answer to an event that happened at `eventAt`.
 *
 * The vendor sends each event by itself; a feed keeps their order, so events wait behind one that fails. To give every event the time that the
 * vendor gives it and not more, the time it has waited while the receiver was failing counts as attempts it would have had: behind an event that was
 * given up after hours the waiting ones get one attempt each, and a dead receiver is noticed (and switched off) instead of being an hour behind for ever.
 */
export function judge(state: FeedState, answer: { status: number; at: number; eventAt: number }): { state: FeedState; verdict: Verdict } {
  const { status, at, eventAt } = answer;
  if (isValidAnswer(status)) {
    return { state: { ...state, attempts: 0, nextAttemptAt: null, failingSince: null }, verdict: { type: 'delivered' } };
  }
  const attempts = Math.max(state.attempts, attemptsMissed(state.failingSince, at, eventAt)) + 1;
  const recent = [...state.invalidAt, at].filter((instant) => instant > at - WINDOW_MS);
  const next: FeedState = {
    attempts: 0,
    nextAttemptAt: null,
    failingSince: state.failingSince ?? at,
    invalidAt: recent.slice(-(MOST_INVALID + 1)),
  };
  if (recent.length > MOST_INVALID) return { state: next, verdict: { type: 'switchedOff' } };
  const pauseMs = PAUSES_MS[attempts - 1];
  if (pauseMs === undefined || attempts >= attemptsFor(status)) return { state: next, verdict: { type: 'givenUp' } };
  return { state: { ...next, attempts, nextAttemptAt: at + pauseMs }, verdict: { type: 'again', at: at + pauseMs } };
}

function attemptsFor(status: number): number {
  return status === 499 || (status >= 500 && status <= 599) ? PAUSES_MS.length + 1 : ATTEMPTS_FOR_ALL;
}

function attemptsMissed(failingSince: number | null, at: number, eventAt: number): number {
  if (failingSince === null) return 0;
  let left = at - Math.max(failingSince, eventAt);
  const passed = PAUSES_MS.findIndex((pauseMs) => {
    left -= pauseMs;
    return left < 0;
  });
  return passed < 0 ? PAUSES_MS.length : passed;
}
