import { expect, test } from 'vitest';
import { exampleOf } from './example.ts';

const day = [{ from: 540, to: 1080 }];
const office = { timeZone: 'Europe/Moscow', week: [day, day, day, day, day, [], []], holidays: [] };
const utc = (text: string) => Date.parse(`${text}Z`);

test('the example is written right before the weekend, and is late on Monday', () => {
  const { at, dueAt } = exampleOf(office, 15 * 60_000, utc('2026-11-24T08:00'));
  expect(at).toBe(utc('2026-11-27T14:50'));
  expect(dueAt).toBe(utc('2026-11-30T06:05'));
});

test('a holiday makes the longer pause', () => {
  const holidays = ['2026-11-25', '2026-11-26'].map((date) => ({ date }));
  const weekdays = { ...office, week: Array.from({ length: 7 }, () => day), holidays };
  expect(exampleOf(weekdays, 15 * 60_000, utc('2026-11-23T08:00'))).toEqual({
    at: utc('2026-11-24T14:50'),
    dueAt: utc('2026-11-27T06:05'),
  });
});

test('where nobody works nothing is ever late, and where everybody always works there is no pause', () => {
  const never = { ...office, week: Array.from({ length: 7 }, () => []) };
  expect(exampleOf(never, 60_000, utc('2026-11-23T08:00')).dueAt).toBeUndefined();
  const always = { ...office, week: Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]) };
  expect(exampleOf(always, 60_000, utc('2026-11-23T08:00'))).toEqual({ at: utc('2026-11-23T08:00'), dueAt: utc('2026-11-23T08:01') });
});
