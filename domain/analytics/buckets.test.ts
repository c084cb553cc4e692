import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barStartMs, bucketOf, bySteps, countOf, LAST_BUCKET, lowerEndMs, MAX_ERROR, percentile, waitSteps } from './buckets.ts';

const duration = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 400 * 86_400_000 }));
const histogramOf = (values: number[]) => {
  const histogram = new Map<number, number>();
  for (const value of values) histogram.set(bucketOf(value), (histogram.get(bucketOf(value)) ?? 0) + 1);
  return histogram;
};

test('every duration lies in its bucket', () => {
  fc.assert(
    fc.property(duration, (ms) => {
      const bucket = bucketOf(ms);
      expect(lowerEndMs(bucket)).toBeLessThanOrEqual(ms);
      if (bucket < LAST_BUCKET) expect(ms).toBeLessThan(lowerEndMs(bucket + 1));
    }),
  );
  expect(bucketOf(-5)).toBe(0);
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(LAST_BUCKET);
});

test('a percentile read from counts is within the stated error of the true one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1_000, max: 300 * 86_400_000 }), { minLength: 1 }),
      fc.constantFrom(0.1, 0.5, 0.9, 1),
      (values, share) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
        expect(Math.abs(percentile(histogramOf(values), share)! / exact - 1)).toBeLessThanOrEqual(MAX_ERROR + 1e-9);
      },
    ),
  );
  expect(MAX_ERROR).toBeLessThan(0.045);
  expect(percentile(new Map(), 0.5)).toBeUndefined();
});

test('counts of parts add up to the counts of the whole, and the steps lose nobody', () => {
  fc.assert(
    fc.property(fc.array(duration), fc.array(duration), (one, other) => {
      const sum = new Map(histogramOf(one));
      for (const [bucket, count] of histogramOf(other)) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
      expect(sum).toEqual(histogramOf([...one, ...other]));
      expect(bySteps(sum).reduce((all, count) => all + count, 0)).toBe(countOf(sum));
    }),
  );
  expect(bySteps(histogramOf([500, 120_000, 100_000_000]))).toEqual(
    waitSteps.map((from) => Number(from === 0 || from === 60_000 || from === 86_400_000)),
  );
});

test('a bar begins where its list does: each duration counts in the step whose start it has reached', () => {
  fc.assert(
    fc.property(duration, (ms) => {
      const counted = bySteps(histogramOf([ms])).indexOf(1);
      expect(waitSteps.findLastIndex((step) => barStartMs(step) <= ms)).toBe(counted);
    }),
  );
});
