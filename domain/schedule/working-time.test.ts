import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/fuzz/runs.ts';
import type { Schedule } from './model.ts';
import { parseSchedule } from './parse-schedule.ts';
import { addWorkingTime, isWorking, workingTimeBetween } from './working-time.ts';
import { offsetAt } from './zone.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Every day of the week with the same spans, given in hours. */
function daily(timeZone: string, ...spans: [number, number][]): Schedule {
  const day = spans.map(([from, to]) => ({ from: from * 60, to: to * 60 }));
  return { timeZone, week: Array.from({ length: 7 }, () => day), holidays: [] };
}
function office(timeZone: string, holidays: Schedule['holidays'] = []): Schedule {
  const day = [{ from: 540, to: 1080 }];
  return { timeZone, week: [day, day, day, day, day, [], []], holidays };
}
const utc = (text: string) => Date.parse(`${text}Z`);

describe('working time', () => {
  test.each<[string, Schedule, string, number, string | undefined]>([
    ['within a span', office('UTC'), '2026-11-23T10:00', HOUR, '2026-11-23T11:00'],
    ['to the very end of a span', office('UTC'), '2026-11-23T10:00', 8 * HOUR, '2026-11-23T18:00'],
    ['over a night', office('UTC'), '2026-11-23T17:30', HOUR, '2026-11-24T09:30'],
    ['over a weekend', office('UTC'), '2026-11-27T17:30', HOUR, '2026-11-30T09:30'],
    ['asked before hours', office('UTC'), '2026-11-23T03:00', HOUR, '2026-11-23T10:00'],
    ['over a holiday', office('UTC', [{ date: '2026-11-24' }]), '2026-11-23T17:30', HOUR, '2026-11-25T09:30'],
    [
      'over a short day before a holiday',
      office('UTC', [{ date: '2026-11-24', spans: [{ from: 540, to: 600 }] }]),
      '2026-11-23T17:30',
      2 * HOUR,
      '2026-11-25T09:30',
    ],
    [
      'on a Saturday that a holiday entry makes a working day',
      office('UTC', [{ date: '2026-11-28', spans: [{ from: 540, to: 720 }] }]),
      '2026-11-27T17:30',
      HOUR,
      '2026-11-28T09:30',
    ],
    ['over a lunch break', daily('UTC', [9, 13], [14, 18]), '2026-11-23T12:30', HOUR, '2026-11-23T14:30'],
    ['over midnight, in spans to and from it', daily('UTC', [0, 2], [22, 24]), '2026-11-23T23:30', HOUR, '2026-11-24T00:30'],
    ['by the local clock of Moscow', office('Europe/Moscow'), '2026-11-23T14:30', HOUR, '2026-11-24T06:30'],
    ['by the local clock of Kolkata, half an hour off', office('Asia/Kolkata'), '2026-11-23T12:00', HOUR, '2026-11-24T04:00'],
    ['never, where nobody ever works', daily('UTC'), '2026-11-23T10:00', 1, undefined],
    ['nothing is due at once, whatever the hour', office('UTC'), '2026-11-22T10:00', 0, '2026-11-22T10:00'],
  ])('%s', (_name, schedule, from, ms, expected) => {
    expect(addWorkingTime(schedule, utc(from), ms)).toBe(expected === undefined ? undefined : utc(expected));
  });

  test('more than 400 days without hours is never; a year of holidays is not', () => {
    const holidays = (days: number) =>
      Array.from({ length: days }, (_, index) => ({ date: new Date(utc('2026-11-24') + index * DAY).toISOString().slice(0, 10) }));
    expect(addWorkingTime(office('UTC', holidays(365)), utc('2026-11-23T18:00'), HOUR)).toBe(utc('2027-11-24T10:00'));
    expect(addWorkingTime(office('UTC', holidays(410)), utc('2026-11-23T18:00'), HOUR)).toBeUndefined();
  });

  test('overlapping spans count once', () => {
    expect(workingTimeBetween(daily('UTC', [9, 13], [12, 18]), utc('2026-11-23T00:00'), utc('2026-11-24T00:00'))).toBe(9 * HOUR);
  });

  test.each([
    ['2026-11-23T08:59:59.999', false],
    ['2026-11-23T09:00', true],
    ['2026-11-23T17:59:59.999', true],
    ['2026-11-23T18:00', false],
    ['2026-11-22T12:00', false],
  ])('%s is working: %s', (at, expected) => {
    expect(isWorking(office('UTC'), utc(at))).toBe(expected);
  });
});

describe('daylight saving', () => {
  // Berlin: 2026-03-29 02:00 → 03:00 (01:00 UTC), 2026-10-25 03:00 → 02:00 (01:00 UTC). New York: 2026-03-08 and 2026-11-01.
  test.each<[string, string, string, string, number]>([
    ['Berlin, the day of 23 hours', 'Europe/Berlin', '2026-03-28T23:00', '2026-03-29T22:00', 23],
    ['Berlin, the day of 25 hours', 'Europe/Berlin', '2026-10-24T22:00', '2026-10-25T23:00', 25],
    ['New York, the day of 23 hours', 'America/New_York', '2026-03-08T05:00', '2026-03-09T04:00', 23],
    ['New York, the day of 25 hours', 'America/New_York', '2026-11-01T04:00', '2026-11-02T05:00', 25],
    ['Kolkata has none', 'Asia/Kolkata', '2026-03-28T18:30', '2026-03-29T18:30', 24],
  ])('%s: a span of the whole day lasts as long as the day', (_name, timeZone, from, to, hours) => {
    const wholeDay = { ...daily(timeZone), week: Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]) };
    expect(utc(to) - utc(from)).toBe(hours * HOUR);
    expect(workingTimeBetween(wholeDay, utc(from), utc(to))).toBe(hours * HOUR);
  });

  test('a span in the skipped hour does not exist that day', () => {
    const night = daily('Europe/Berlin', [2, 3]);
    expect(workingTimeBetween(night, utc('2026-03-28T23:00'), utc('2026-03-29T22:00'))).toBe(0);
    expect(addWorkingTime(night, utc('2026-03-29T00:30'), 30 * MINUTE)).toBe(utc('2026-03-30T00:30'));
  });

  test('a span over the skipped hour is an hour shorter', () => {
    expect(workingTimeBetween(daily('Europe/Berlin', [1, 4]), utc('2026-03-28T23:00'), utc('2026-03-29T22:00'))).toBe(2 * HOUR);
    expect(addWorkingTime(daily('Europe/Berlin', [1, 4]), utc('2026-03-29T00:00'), 90 * MINUTE)).toBe(utc('2026-03-29T01:30'));
  });

  test('a span in the repeated hour is worked both times', () => {
    const night = daily('Europe/Berlin', [2, 3]);
    expect(workingTimeBetween(night, utc('2026-10-24T22:00'), utc('2026-10-25T23:00'))).toBe(2 * HOUR);
    expect(isWorking(night, utc('2026-10-25T00:30'))).toBe(true);
    expect(isWorking(night, utc('2026-10-25T01:30'))).toBe(true);
    expect(isWorking(night, utc('2026-10-25T02:00'))).toBe(false);
  });

  test('a half span of the repeated hour comes twice, with a pause between', () => {
    const half = { ...daily('Europe/Berlin'), week: Array.from({ length: 7 }, () => [{ from: 120, to: 150 }]) };
    expect(addWorkingTime(half, utc('2026-10-24T23:00'), 45 * MINUTE)).toBe(utc('2026-10-25T01:15'));
  });

  test('office hours are the same on the clock before and after the change', () => {
    expect(addWorkingTime(office('Europe/Berlin'), utc('2026-03-27T16:30'), HOUR)).toBe(utc('2026-03-30T07:30'));
    expect(addWorkingTime(office('America/New_York'), utc('2026-10-30T21:30'), HOUR)).toBe(utc('2026-11-02T14:30'));
  });

  test('a local date that never was (Samoa, 30 December 2011) has no hours', () => {
    const samoa = daily('Pacific/Apia', [9, 18]);
    // From Thursday 29th 17:00 local (UTC-10) one hour remains; the next working instant is Saturday 31st 09:00 (UTC+14).
    expect(addWorkingTime(samoa, utc('2011-12-30T03:00'), 2 * HOUR)).toBe(utc('2011-12-30T20:00'));
  });
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Europe/Moscow', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'];
const arbitraryDay = fc
  .uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 0, maxLength: 6 })
  .map((minutes) => [...minutes].sort((a, b) => a - b))
  .map((sorted) =>
    Array.from({ length: Math.floor(sorted.length / 2) }, (_, index) => ({ from: sorted[index * 2]!, to: sorted[index * 2 + 1]! })),
  );
const arbitrarySchedule: fc.Arbitrary<Schedule> = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  week: fc.array(arbitraryDay, { minLength: 7, maxLength: 7 }),
  holidays: fc.uniqueArray(
    fc.record({
      date: fc.integer({ min: 0, max: 364 }).map((day) => new Date(utc('2026-01-01') + day * DAY).toISOString().slice(0, 10)),
      spans: arbitraryDay,
    }),
    { maxLength: 8, selector: (holiday) => holiday.date },
  ),
});
/** Half of them near a change of clocks. */
const arbitraryInstant = fc.oneof(
  fc.integer({ min: utc('2026-01-01'), max: utc('2026-12-31') }),
  fc
    .tuple(
      fc.constantFrom(
        utc('2026-03-29T01:00'),
        utc('2026-10-25T01:00'),
        utc('2026-03-08T07:00'),
        utc('2026-11-01T06:00'),
        utc('2026-04-04T15:00'),
      ),
      fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    )
    .map(([at, by]) => at + by),
);

describe('any schedule', () => {
  test('adding is the inverse of measuring', () => {
    fc.assert(
      fc.property(arbitrarySchedule, arbitraryInstant, fc.integer({ min: 1, max: 60 * HOUR }), (schedule, from, ms) => {
        const due = addWorkingTime(schedule, from, ms);
        if (due === undefined) {
          expect(workingTimeBetween(schedule, from, from + 400 * DAY)).toBe(0);
          return;
        }
        expect(workingTimeBetween(schedule, from, due)).toBe(ms);
        // And it is the earliest such instant: the time right before it is worked.
        expect(workingTimeBetween(schedule, from, due - 1)).toBe(ms - 1);
        expect(isWorking(schedule, due - 1)).toBe(true);
      }),
      { numRuns: runs(300) },
    );
  });

  test('measuring adds up, and agrees with counting minutes by the clock on the wall', () => {
    fc.assert(
      fc.property(arbitrarySchedule, arbitraryInstant, fc.integer({ min: 0, max: 2 * 1440 }), (schedule, instant, minutes) => {
        const from = Math.floor(instant / MINUTE) * MINUTE;
        const to = from + minutes * MINUTE;
        const wall = new Intl.DateTimeFormat('en-CA', {
          timeZone: schedule.timeZone,
          dateStyle: 'short',
          timeStyle: 'short',
          hourCycle: 'h23',
        });
        let counted = 0;
        for (let at = from; at < to; at += MINUTE) if (isWorkingByWall(schedule, wall.format(at))) counted += MINUTE;
        expect(workingTimeBetween(schedule, from, to)).toBe(counted);
        const middle = from + Math.floor((to - from) / 3);
        expect(workingTimeBetween(schedule, from, middle) + workingTimeBetween(schedule, middle, to)).toBe(counted);
      }),
      { numRuns: runs(60) },
    );
  });

  test('offsets agree with the clock on the wall at any instant', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: utc('1975-01-01'), max: utc('2040-01-01') }), (timeZone, at) => {
        const second = Math.floor(at / 1000) * 1000;
        const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(second);
        expect(utc(wall.replace(' ', 'T')) - second).toBe(offsetAt(timeZone, at));
      }),
      { numRuns: runs(300) },
    );
  });
});

/** `wall`: "2026-03-29, 02:30". */
function isWorkingByWall(schedule: Schedule, wall: string): boolean {
  const [date, time] = wall.split(', ') as [string, string];
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  const weekday = (new Date(utc(date)).getUTCDay() + 6) % 7;
  const holiday = schedule.holidays.find((one) => one.date === date);
  const spans = holiday === undefined ? schedule.week[weekday]! : (holiday.spans ?? []);
  return spans.some((span) => span.from <= hours * 60 + minutes && hours * 60 + minutes < span.to);
}

describe('a schedule from outside', () => {
  const good = { timeZone: 'Europe/Moscow', week: [[{ from: 540, to: 1080 }], [], [], [], [], [], []], holidays: [{ date: '2026-01-07' }] };
  const paths = (input: unknown) => {
    const result = parseSchedule(input);
    return 'problems' in result ? result.problems.map((problem) => problem.path) : [];
  };

  test('is taken as it is when nothing is wrong', () => {
    expect(parseSchedule(good)).toEqual({ schedule: good });
    expect(parseSchedule({ ...good, holidays: undefined })).toEqual({ schedule: { ...good, holidays: [] } });
  });

  test.each<[string, unknown, string[]]>([
    ['no object', 5, ['']],
    ['an unknown zone', { ...good, timeZone: 'Europe/Atlantis' }, ['timeZone']],
    ['six days', { ...good, week: [[], [], [], [], [], []] }, ['week']],
    ['a day that is no list', { ...good, week: [[], 1, [], [], [], [], []] }, ['week[1]']],
    ['a fraction of a minute', { ...good, week: [[{ from: 0.5, to: 10 }], [], [], [], [], [], []] }, ['week[0][0].from']],
    ['past midnight', { ...good, week: [[{ from: 0, to: 1441 }], [], [], [], [], [], []] }, ['week[0][0].to']],
    ['an end before the start', { ...good, week: [[{ from: 600, to: 600 }], [], [], [], [], [], []] }, ['week[0][0].to']],
    [
      'overlapping spans',
      {
        ...good,
        week: [
          [
            { from: 0, to: 10 },
            { from: 9, to: 20 },
          ],
          [],
          [],
          [],
          [],
          [],
          [],
        ],
      },
      ['week[0]'],
    ],
    ['a date that does not exist', { ...good, holidays: [{ date: '2026-02-30' }] }, ['holidays[0].date']],
    ['a date twice', { ...good, holidays: [{ date: '2026-01-07' }, { date: '2026-01-07' }] }, ['holidays[1].date']],
    ['several at once', { timeZone: 1, week: null, holidays: 'x' }, ['timeZone', 'week', 'holidays']],
  ])('is refused with the field named: %s', (_name, input, expected) => {
    expect(paths(input)).toEqual(expected);
  });
});
