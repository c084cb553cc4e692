/** What is counted for reports: metrics, their values, and counts gathered before they are stored. The columns stand in db/schema/analytics.ts. */
import type { RunOutcome } from '../scenario/model.ts';
import type { Day } from './periods.ts';

export const metrics = [
  'opened',
  'closed',
  'missed',
  'first_raw',
  'first_working',
  'later_raw',
  'later_working',
  'rate',
  'messages',
  'bot_started',
  'bot_ended',
] as const;
export type Metric = (typeof metrics)[number];

/** `bucket` of `opened`. */
export const openedBuckets = { born: 0, reopened: 1 } as const;
/** `bucket` of `messages`: who wrote them. */
export const messageBuckets = { client: 0, user: 1, bot: 2, system: 3 } as const;
/** `bucket` of `bot_ended`. Only ever added to: stored numbers keep their meaning. */
export const outcomeBuckets: Record<RunOutcome, number> = {
  completed: 0,
  failed: 1,
  stopped: 2,
  displaced: 3,
  restarted: 4,
  looped: 5,
  expired: 6,
};
/** `bucket` of `rate`: the rate itself, with the end of its scale in the hundreds, since 5 of 5 is not 5 of 10. */
export const rateBucket = (rate: number, scaleTo: number) => scaleTo * 100 + rate;
export const rateOfBucket = (bucket: number) => ({ rate: bucket % 100, scaleTo: Math.floor(bucket / 100) });

/** 0 stands for nobody and nothing. */
export interface TotalKey {
  metric: Metric;
  day: Day;
  channelId: number;
  /** Who answers for the client: reports are filtered by it as lists are. */
  responsibleId: number;
  /** The user who did it: answered, closed, wrote. */
  userId: number;
  botId: number;
  bucket: number;
  shard: number;
}

export interface Total extends TotalKey {
  count: number;
  sum: number;
}

/**
 * Rows a count is spread over, so that chats that write at once seldom wait for each other. Every message counts, so messages have the most; histograms
 * and rates are spread by their buckets already, and every further row is one more to read.
 */
const shards: Partial<Record<Metric, number>> = { messages: 4, opened: 2, closed: 2, bot_started: 2, bot_ended: 2 };

/** A chat's (or run's) shard of a metric: always the same, from its id. */
export function shardOf(metric: Metric, id: string): number {
  const count = shards[metric] ?? 1;
  if (count === 1) return 0;
  let hash = 0;
  for (let index = 0; index < id.length; index += 1) hash = (hash * 31 + id.charCodeAt(index)) | 0;
  return Math.abs(hash) % count;
}

/** Counts of one transaction, one entry a row, in the order in which every transaction locks them. */
export function gather(totals: readonly Total[]): Total[] {
  const byKey = new Map<string, Total>();
  for (const total of totals) {
    const key = keyOf(total);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { ...total });
    else {
      known.count += total.count;
      known.sum += total.sum;
    }
  }
  return [...byKey]
    .filter(([, { count, sum }]) => count !== 0 || sum !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, total]) => total);
}

const keyOf = (t: TotalKey) => [t.metric, t.day, t.channelId, t.responsibleId, t.userId, t.botId, t.bucket, t.shard].join('/');
