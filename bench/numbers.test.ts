import { expect, test } from 'vitest';
import { median, percentile } from './numbers.ts';
import { judge } from './report.ts';

test('median and percentiles are values of the sample, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(percentile([5, 1, 2, 3, 4], 0.5)).toBe(3);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(percentile([7], 0.5)).toBe(7);
});

test('what is told are ratios to the floor of the same run', () => {
  const phases = (...rates: number[]) => rates.map((perSecond) => ({ perSecond, cpuMsEach: {} }));
  const latencies = [{ perSecond: 20, count: 9, p50Ms: 20, p95Ms: 40, p99Ms: 50, lost: 0 }];
  const machine = { cpu: '', cores: 2, memoryGiB: 8, system: '', node: '', postgres: '', temporal: '', loadBefore: 0 };
  const verdict = judge({
    at: '',
    machine,
    floor: phases(100, 90, 110),
    messages: phases(80, 85, 90),
    turns: phases(60, 70, 80),
    latencies,
    events: { perMessage: 5, perTurn: 5 },
  });
  expect(verdict).toEqual({ messagesToFloor: 0.85, turnsToFloor: 0.7, p99ToP50At20: 2.5 });
});
