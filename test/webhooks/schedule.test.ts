import { expect, test } from 'vitest';
import { type FeedState, isValidAnswer, judge } from '../../domain/webhooks/schedule.ts';

const MINUTE = 60_000;
const fresh: FeedState = { attempts: 0, nextAttemptAt: null, failingSince: null, invalidAt: [] };

/** Answers the same status at every attempt; the minutes from the first attempt to each one. */
function attemptsAt(statusOf: (attempt: number) => number): number[] {
  const minutes: number[] = [];
  let state = fresh;
  let at = 0;
  for (let attempt = 1; attempt < 20; attempt += 1) {
    minutes.push(at / MINUTE);
    const { state: next, verdict } = judge(state, { status: statusOf(attempt), at, eventAt: 0 });
    state = next;
    if (verdict.type !== 'again') break;
    at = verdict.at;
  }
  return minutes;
}

test('100 to 299 are valid, no answer and everything else are not', () => {
  expect([100, 200, 204, 299].map(isValidAnswer)).toEqual([true, true, true, true]);
  expect([0, 99, 300, 301, 404, 499, 500].map(isValidAnswer)).toEqual(Array(7).fill(false));
});

test('an answer that is invalid, or none, is followed by a second attempt in 5 and a third in 15 minutes', () => {
  for (const status of [0, 99, 302, 404, 429, 498, 600]) expect(attemptsAt(() => status)).toEqual([0, 5, 20]);
});

test('499 and 5xx are followed by a fourth attempt in 15 minutes and a fifth in an hour', () => {
  for (const status of [499, 500, 503, 599]) expect(attemptsAt(() => status)).toEqual([0, 5, 20, 35, 95]);
});

test('the latest answer decides whether there is a fourth attempt', () => {
  expect(attemptsAt((attempt) => (attempt === 3 ? 500 : 404))).toEqual([0, 5, 20, 35]);
  expect(attemptsAt((attempt) => (attempt === 3 ? 404 : 500))).toEqual([0, 5, 20]);
});

test('a valid answer forgets the attempts, not the invalid answers of the last two hours', () => {
  const failed = judge(fresh, { status: 500, at: 0, eventAt: 0 }).state;
  const { state, verdict } = judge(failed, { status: 200, at: 5 * MINUTE, eventAt: 0 });
  expect(verdict).toEqual({ type: 'delivered' });
  expect(state).toEqual({ attempts: 0, nextAttemptAt: null, failingSince: null, invalidAt: [0] });
});

test('events that waited behind a receiver that failed all the time get the attempts that are left of their own schedule', () => {
  const failing: FeedState = { ...fresh, failingSince: 0, invalidAt: [0] };
  // Has waited for 96 minutes: the whole schedule.
  expect(judge(failing, { status: 500, at: 96 * MINUTE, eventAt: 0 }).verdict).toEqual({ type: 'givenUp' });
  // Has waited for 10: the second attempt would have been made.
  expect(judge(failing, { status: 500, at: 96 * MINUTE, eventAt: 86 * MINUTE }).state.attempts).toBe(2);
  // Waited long, but not because of the receiver.
  expect(judge({ ...fresh, failingSince: null }, { status: 500, at: 96 * MINUTE, eventAt: 0 }).state.attempts).toBe(1);
});

test('the 101st invalid answer within two hours switches off, a valid one or older ones do not', () => {
  const hundred: FeedState = { ...fresh, failingSince: 0, invalidAt: Array.from({ length: 100 }, (_, index) => index) };
  expect(judge(hundred, { status: 404, at: 119 * MINUTE, eventAt: 0 }).verdict).toEqual({ type: 'switchedOff' });
  expect(judge(hundred, { status: 200, at: 119 * MINUTE, eventAt: 0 }).verdict).toEqual({ type: 'delivered' });
  expect(judge(hundred, { status: 404, at: 121 * MINUTE, eventAt: 121 * MINUTE }).verdict.type).toBe('again');
});
