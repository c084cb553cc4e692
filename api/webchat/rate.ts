import type { Rate } from './model.ts';

const MOST_BUCKETS = 50_000;

export interface RateGate {
  /** Takes one token; answers 0 when there was one, else the seconds until there is. */
  take(name: string, rate: Rate, nowMs: number): number;
}

/**
 * Token buckets of this process. Their number is bounded: the bucket that was touched longest ago is forgotten first,
 * which can only be generous to somebody who was quiet.
 */
export function createRateGate(mostBuckets: number = MOST_BUCKETS): RateGate {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(name, rate, nowMs) {
      const known = buckets.get(name);
      const tokens =
        known === undefined ? rate.burst : Math.min(rate.burst, known.tokens + (Math.max(0, nowMs - known.at) / 1000) * rate.perSecond);
      const left = tokens >= 1 ? tokens - 1 : tokens;
      buckets.delete(name); // a Map keeps the order of insertion: the first is the one untouched for longest
      buckets.set(name, { tokens: left, at: nowMs });
      if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value!);
      return tokens >= 1 ? 0 : (1 - tokens) / rate.perSecond;
    },
  };
}
