import { expect, test } from 'vitest';
import { durationAxis } from '../../web/analytics/duration-axis.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

test.each([
  { longest: 55 * SECOND, ticks: [0, 15, 30, 45, 60].map((seconds) => seconds * SECOND) },
  { longest: 65 * SECOND, ticks: [0, 1, 2].map((minutes) => minutes * MINUTE) },
  { longest: 65 * MINUTE, ticks: [0, 60, 120].map((minutes) => minutes * MINUTE) },
  { longest: 30 * 60 * MINUTE, ticks: [0, 24, 48].map((hours) => hours * 60 * MINUTE) },
])('an axis up to $longest ms counts in whole minutes, hours or days once it is past one', ({ longest, ticks }) => {
  const axis = durationAxis([null, 10, longest]);
  expect(axis.ticks).toEqual(ticks);
  expect(axis.domain).toEqual([0, ticks.at(-1)]);
});
