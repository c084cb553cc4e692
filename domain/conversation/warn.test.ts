import { expect, test } from 'vitest';
import { warnsAt } from './warn.ts';

const day = [{ from: 540, to: 1080 }];
const office = { timeZone: 'UTC', week: [day, day, day, day, day, [], []], holidays: [] };
const utc = (text: string) => Date.parse(`${text}Z`);

test('in calendar time half of the wait is half of the way to the deadline', () => {
  expect(warnsAt(utc('2026-11-23T10:00'), utc('2026-11-23T10:30'), undefined)).toBe(utc('2026-11-23T10:15'));
});

test.each([
  ['within a day', '2026-11-23T10:00', '2026-11-23T12:00', '2026-11-23T11:00'],
  ['over a weekend: most of the working time lies before it', '2026-11-27T17:00', '2026-11-30T09:30', '2026-11-27T17:45'],
  ['over a weekend: most of it lies after', '2026-11-27T17:50', '2026-11-30T10:50', '2026-11-30T09:50'],
  ['asked at night: nothing warns before hours', '2026-11-23T02:00', '2026-11-23T10:00', '2026-11-23T09:30'],
])('in working hours half of those: %s', (_name, since, due, expected) => {
  expect(warnsAt(utc(since), utc(due), office)).toBe(utc(expected));
});
