/**
 * Durations kept as counts in buckets, so that days, channels and people can be added up and a median still comes out. Bucket `n` ≥ 1 holds
 * [1 s · 2^((n−1)/8), 1 s · 2^(n/8)); bucket 0 all below a second. Eight buckets to a doubling: a percentile read from them is off by 4.5 % at most.
 */
const FIRST_MS = 1_000;
const PER_DOUBLING = 8;
/** Beyond 400 days everything is the same. */
export const LAST_BUCKET = 1 + Math.floor(PER_DOUBLING * Math.log2((400 * 86_400_000) / FIRST_MS));
/** How far a percentile of durations of a second or more may be from the true one, as a share of it. */
export const MAX_ERROR = 2 ** (1 / (2 * PER_DOUBLING)) - 1;

/** Counts by bucket. */
export type Histogram = ReadonlyMap<number, number>;

/** The bucket of a duration in ms; negative ones (clocks that disagree) count as none. */
export function bucketOf(ms: number): number {
  if (!(ms >= FIRST_MS)) return 0;
  let bucket = Math.min(LAST_BUCKET, 1 + Math.floor(PER_DOUBLING * Math.log2(ms / FIRST_MS)));
  // The logarithm may be off by a hair at a border.
  if (ms < lowerEndMs(bucket)) bucket -= 1;
  else if (bucket < LAST_BUCKET && ms >= lowerEndMs(bucket + 1)) bucket += 1;
  return bucket;
}

/** Where a bucket begins, in ms; the end of the one before it. */
export function lowerEndMs(bucket: number): number {
  return bucket <= 0 ? 0 : FIRST_MS * 2 ** ((bucket - 1) / PER_DOUBLING);
}

/** The duration that stands for a bucket: its geometric middle. */
export function middleMs(bucket: number): number {
  return bucket <= 0 ? FIRST_MS / 2 : FIRST_MS * 2 ** ((bucket - 0.5) / PER_DOUBLING);
}

/** How many values are counted. */
export function countOf(histogram: Histogram): number {
  let count = 0;
  for (const one of histogram.values()) count += one;
  return count;
}

/**
 * The duration (ms) that `share` (0–1) of the values do not exceed, by nearest rank; undefined where nothing is counted. 0.5 is the median.
 */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const count = countOf(histogram);
  if (count <= 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * count));
  let seen = 0;
  for (const bucket of [...histogram.keys()].sort((a, b) => a - b)) {
    seen += histogram.get(bucket)!;
    if (seen >= rank) return middleMs(bucket);
  }
  return undefined;
}

/** Steps in which people think of waiting, in ms: the bars of the distribution. The last one is open. */
export const waitSteps = [0, 60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000] as const;

/** Where the bar of a step really begins, in ms: the lower end of the first bucket that counts in it. */
export function barStartMs(step: number): number {
  const bucket = bucketOf(step);
  return step <= 0 ? 0 : Math.ceil(lowerEndMs(middleMs(bucket) < step ? bucket + 1 : bucket));
}

/** Values per step of `waitSteps`; a bucket that spans a border counts where its middle lies. */
export function bySteps(histogram: Histogram): number[] {
  const counts = waitSteps.map(() => 0);
  for (const [bucket, count] of histogram) {
    const middle = middleMs(bucket);
    counts[waitSteps.findLastIndex((from) => from <= middle)]! += count;
  }
  return counts;
}
