import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { ConversationRules } from './model.ts';

const MINUTE = 60_000;
const utc = (text: string) => Date.parse(`${text}Z`);
const hours = (from: number, to: number) => ({ from: from * 60, to: to * 60 });

function rules(
  timeZone: string,
  time: 'calendar' | 'working',
  minutes: number,
  days: { from: number; to: number }[][],
  holidays = {},
): ConversationRules {
  return {
    newConversation: { rule: 'reopen' },
    thanksDoNotReopen: false,
    responseTime: { enabled: true, seconds: minutes * 60, time, stoppedBy: 'person' },
    schedule: { timeZone, week: days, holidays: Object.entries(holidays).map(([date, spans]) => ({ date, spans: spans as never })) },
  };
}
const office = (...day: { from: number; to: number }[]) => [day, day, day, day, day, [], []];
const always = (...day: { from: number; to: number }[]) => Array.from({ length: 7 }, () => day);

const zoned =
  (timeZone: string) =>
  (minutes: number, days: { from: number; to: number }[][], holidays = {}): ConversationRules =>
    rules(timeZone, 'working', minutes, days, holidays);
const [berlin, newYork, greenwich] = [zoned('Europe/Berlin'), zoned('America/New_York'), zoned('UTC')];

type Case = [name: string, askedAt: string, rules: ConversationRules, dueAt: string];
const isDue = (_name: string, at: string, given: ConversationRules, due: string) => expect(dueOf(utc(at), given)).toBe(utc(due));

/** When the answer to a first message is late, and that the deadline rings at exactly that instant and not a millisecond earlier. */
function dueOf(at: number, given: ConversationRules): number | undefined {
  const { state } = decide({ kind: 'private' }, { type: 'clientWrote', at, messageId: 'm', text: 'hello', hasAttachments: false }, given);
  const due = state.talk?.answerDueAt;
  if (due === undefined) return undefined;
  const missed = (when: number) =>
    decide(state, { type: 'deadlineReached', at: when }, given).effects.some(
      (effect) => effect.type === 'notify' && effect.what === 'missed',
    );
  expect([missed(due - 1), missed(due), missed(due + 86_400_000)]).toEqual([false, true, true]);
  return due;
}

// Berlin: 2026-03-29 02:00 → 03:00 (01:00 UTC), 2026-10-25 03:00 → 02:00 (01:00 UTC).
describe('a deadline through a change of clocks', () => {
  test.each<Case>([
    [
      'spring, office hours: Friday 17:50 is late on Monday 9:05 by the wall',
      '2026-03-27T16:50',
      berlin(15, office(hours(9, 18))),
      '2026-03-30T07:05',
    ],
    [
      'autumn, office hours: the same on the wall, another hour in UTC',
      '2026-10-23T15:50',
      berlin(15, office(hours(9, 18))),
      '2026-10-26T08:05',
    ],
    ['spring, a night shift loses an hour', '2026-03-29T00:30', berlin(120, always(hours(0, 6))), '2026-03-29T02:30'],
    ['spring, a night shift whose rest is on the next day', '2026-03-29T00:30', berlin(240, always(hours(0, 6))), '2026-03-29T22:30'],
    ['autumn, a night shift gains an hour', '2026-10-25T00:30', berlin(240, always(hours(0, 6))), '2026-10-25T04:30'],
    ['autumn, hours that come twice count twice', '2026-10-24T23:30', berlin(90, always(hours(2, 3))), '2026-10-25T01:30'],
    ['calendar time knows no clocks: spring', '2026-03-29T00:30', rules('Europe/Berlin', 'calendar', 120, []), '2026-03-29T02:30'],
    ['calendar time knows no clocks: autumn', '2026-10-25T00:30', rules('Europe/Berlin', 'calendar', 120, []), '2026-10-25T02:30'],
    ['New York in spring, over the weekend', '2026-03-06T22:50', newYork(15, office(hours(9, 18))), '2026-03-09T13:05'],
    ['New York in autumn, over the weekend', '2026-10-30T21:50', newYork(15, office(hours(9, 18))), '2026-11-02T14:05'],
  ])('%s', isDue);
});

describe('a deadline over hours of several kinds', () => {
  const split = office(hours(9, 13), hours(14, 18));
  test.each<Case>([
    ['asked before lunch, late after it', '2026-11-23T12:50', greenwich(15, split), '2026-11-23T14:05'],
    ['asked during lunch', '2026-11-23T13:30', greenwich(15, split), '2026-11-23T14:15'],
    ['over a holiday and a weekend', '2026-11-26T17:50', greenwich(15, split, { '2026-11-27': [] }), '2026-11-30T09:05'],
    ['into the hours of a short day', '2026-11-26T17:50', greenwich(15, split, { '2026-11-27': [hours(11, 12)] }), '2026-11-27T11:05'],
    [
      'into a Saturday that works in two shifts',
      '2026-11-27T17:50',
      greenwich(80, split, { '2026-11-28': [hours(10, 11), hours(15, 16)] }),
      '2026-11-28T15:10',
    ],
  ])('%s', isDue);

  test('a week without hours has no deadline', () => {
    expect(dueOf(utc('2026-11-23T12:00'), greenwich(15, always()))).toBeUndefined();
  });

  test('a limit of one minute is exact to the millisecond', () => {
    const at = utc('2026-11-23T17:59:30') + 7;
    expect(dueOf(at, greenwich(1, office(hours(9, 18))))).toBe(utc('2026-11-24T09:00') + MINUTE - 30_000 + 7);
  });
});
