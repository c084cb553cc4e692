/** Sums into what a report shows. Pure: the rows of a period and of the one before it go in. */
import { bySteps, countOf, type Histogram, percentile, waitSteps } from './buckets.ts';
import { type Day, daysOf, type Period, weekOf } from './periods.ts';
import { type Metric, messageBuckets, openedBuckets, outcomeBuckets, rateOfBucket } from './totals.ts';

export interface Sum {
  metric: Metric;
  count: number;
  sum: number;
}
export type Grouping = 'day' | 'week';

/** The points of an axis, in order: days, or the Mondays of weeks. */
export function axisOf(period: Period, group: Grouping): Day[] {
  const days = daysOf(period.from, period.to);
  return group === 'day' ? days : [...new Set(days.map(weekOf))];
}

/** Splits rows of both periods; a day before `from` belongs to the one before. */
export function split<Row extends { day: Day }>(rows: readonly Row[], period: Period): { now: Row[]; before: Row[] } {
  const now: Row[] = [];
  const before: Row[] = [];
  for (const row of rows) (row.day < period.from ? before : now).push(row);
  return { now, before };
}

/** Adds up what `counts` picks, per point of the axis. Points without rows are there, with zeros. */
export function series<Row extends { day: Day; count: number }, Name extends string>(
  rows: readonly Row[],
  period: Period,
  group: Grouping,
  counts: Record<Name, (row: Row) => boolean>,
): ({ day: Day } & Record<Name, number>)[] {
  const names = Object.keys(counts) as Name[];
  const points = new Map(
    axisOf(period, group).map((day) => [
      day,
      { day, ...Object.fromEntries(names.map((name) => [name, 0])) } as { day: Day } & Record<Name, number>,
    ]),
  );
  for (const row of rows) {
    const point = points.get(group === 'day' ? row.day : weekOf(row.day)) as Record<string, number> | undefined;
    if (point === undefined) continue;
    for (const name of names) if (counts[name](row)) point[name]! += row.count;
  }
  return [...points.values()];
}

export const total = <Row extends { count: number }>(rows: readonly Row[], counts: (row: Row) => boolean): number =>
  rows.reduce((sum, row) => (counts(row) ? sum + row.count : sum), 0);

/** What `opened`, `closed` and `messages` rows say, as conditions. */
export const is = {
  born: (row: { metric: Metric; bucket: number }) => row.metric === 'opened' && row.bucket === openedBuckets.born,
  reopened: (row: { metric: Metric; bucket: number }) => row.metric === 'opened' && row.bucket === openedBuckets.reopened,
  closed: (row: { metric: Metric }) => row.metric === 'closed',
  missed: (row: { metric: Metric }) => row.metric === 'missed',
  fromClient: (row: { metric: Metric; bucket: number }) => row.metric === 'messages' && row.bucket === messageBuckets.client,
  fromUser: (row: { metric: Metric; bucket: number }) => row.metric === 'messages' && row.bucket === messageBuckets.user,
  fromBot: (row: { metric: Metric; bucket: number }) => row.metric === 'messages' && row.bucket === messageBuckets.bot,
  started: (row: { metric: Metric }) => row.metric === 'bot_started',
  ended:
    (...outcomes: (keyof typeof outcomeBuckets)[]) =>
    (row: { metric: Metric; bucket: number }) =>
      row.metric === 'bot_ended' && outcomes.some((outcome) => outcomeBuckets[outcome] === row.bucket),
};

export interface Speed {
  count: number;
  /** In ms; null where nobody was answered. Read from buckets: `MAX_ERROR` off at most. */
  medianMs: number | null;
  p90Ms: number | null;
  medianWorkingMs: number | null;
  p90WorkingMs: number | null;
}

interface Bucketed extends Sum {
  bucket: number;
}

export function histogramOf(rows: readonly Bucketed[], metric: Metric): Histogram {
  const histogram = new Map<number, number>();
  for (const row of rows) if (row.metric === metric) histogram.set(row.bucket, (histogram.get(row.bucket) ?? 0) + row.count);
  return histogram;
}

/** How fast `first` or `later` replies were. */
export function speedOf(rows: readonly Bucketed[], which: 'first' | 'later'): Speed {
  const raw = histogramOf(rows, `${which}_raw`);
  const working = histogramOf(rows, `${which}_working`);
  const ms = (histogram: Histogram, share: number) => {
    const value = percentile(histogram, share);
    return value === undefined ? null : Math.round(value);
  };
  return {
    count: countOf(raw),
    medianMs: ms(raw, 0.5),
    p90Ms: ms(raw, 0.9),
    medianWorkingMs: ms(working, 0.5),
    p90WorkingMs: ms(working, 0.9),
  };
}

/** First replies by how long the client waited. */
export function stepsOf(rows: readonly Bucketed[]): { fromMs: number; toMs: number | null; count: number }[] {
  const counts = bySteps(histogramOf(rows, 'first_raw'));
  return waitSteps.map((fromMs, index) => ({ fromMs, toMs: waitSteps[index + 1] ?? null, count: counts[index]! }));
}

/** Per point of the axis: how fast first replies were. */
export function speedSeries(rows: readonly (Bucketed & { day: Day })[], period: Period, group: Grouping) {
  const byPoint = new Map<Day, (Bucketed & { day: Day })[]>(axisOf(period, group).map((day) => [day, []]));
  for (const row of rows) byPoint.get(group === 'day' ? row.day : weekOf(row.day))?.push(row);
  return [...byPoint].map(([day, own]) => ({ day, ...speedOf(own, 'first') }));
}

export interface Nps {
  count: number;
  /** −100 … 100: the share of promoters minus that of detractors; null without rates. */
  score: number | null;
  promoters: number;
  passives: number;
  detractors: number;
  average: number | null;
}

/** On a scale to 10: 9–10 promote, 0–6 detract. On one to 5: 5 promotes, 1–3 detract. */
export function kindOfRate(rate: number, scaleTo: number): 'promoter' | 'passive' | 'detractor' {
  if (scaleTo === 5) return rate >= 5 ? 'promoter' : rate >= 4 ? 'passive' : 'detractor';
  return rate >= 9 ? 'promoter' : rate >= 7 ? 'passive' : 'detractor';
}

export function npsOf(rows: readonly Bucketed[]): Nps {
  const counts = { promoter: 0, passive: 0, detractor: 0 };
  let count = 0;
  let sum = 0;
  for (const row of rows) {
    if (row.metric !== 'rate') continue;
    const { rate, scaleTo } = rateOfBucket(row.bucket);
    counts[kindOfRate(rate, scaleTo)] += row.count;
    count += row.count;
    sum += row.sum;
  }
  const { promoter: promoters, passive: passives, detractor: detractors } = counts;
  return {
    count,
    score: count === 0 ? null : Math.round((100 * (promoters - detractors)) / count),
    promoters,
    passives,
    detractors,
    average: count === 0 ? null : Math.round((10 * sum) / count) / 10,
  };
}

export function npsSeries(rows: readonly (Bucketed & { day: Day })[], period: Period, group: Grouping) {
  const byPoint = new Map<Day, (Bucketed & { day: Day })[]>(axisOf(period, group).map((day) => [day, []]));
  for (const row of rows) byPoint.get(group === 'day' ? row.day : weekOf(row.day))?.push(row);
  return [...byPoint].map(([day, own]) => ({ day, ...npsOf(own) }));
}

/** How often each rate was given, on the scale most rates of the period were given on. */
export function distributionOf(rows: readonly Bucketed[]) {
  const byScale = new Map<number, number>();
  for (const row of rows) {
    const { scaleTo } = rateOfBucket(row.bucket);
    byScale.set(scaleTo, (byScale.get(scaleTo) ?? 0) + row.count);
  }
  const scaleTo = [...byScale].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 10;
  const counts = new Map<number, number>();
  for (const row of rows) {
    const one = rateOfBucket(row.bucket);
    if (one.scaleTo === scaleTo) counts.set(one.rate, (counts.get(one.rate) ?? 0) + row.count);
  }
  const first = scaleTo === 5 || !counts.has(0) ? 1 : 0;
  return Array.from({ length: scaleTo - first + 1 }, (_, index) => {
    const rate = first + index;
    return { rate, kind: kindOfRate(rate, scaleTo), count: counts.get(rate) ?? 0 };
  });
}
