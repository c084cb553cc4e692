const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [
  ...[1, 5, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8, 24, 48, 96, 240].map((hours) => hours * HOUR_MS),
];
const MOST_TICKS = 5;

/** Beyond a minute nobody counts in half minutes: `1 min` would stand at two places. Likewise hours and days. */
const isReadable = (step: number, end: number): boolean => end <= ([MINUTE_MS, HOUR_MS, DAY_MS].find((unit) => unit > step) ?? end);

/** An axis of durations in ms, from nothing to above the longest, in steps that people count in. */
export function durationAxis(values: readonly (number | null)[]): { ticks: number[]; domain: [number, number]; interval: 0 } {
  const longest = Math.max(SECOND_MS, ...values.map((value) => value ?? 0));
  const step =
    STEPS_MS.find((each) => longest <= each * MOST_TICKS && isReadable(each, Math.ceil(longest / each) * each)) ?? longest / MOST_TICKS;
  const count = Math.ceil(longest / step);
  return { ticks: Array.from({ length: count + 1 }, (_, index) => index * step), domain: [0, count * step], interval: 0 };
}
