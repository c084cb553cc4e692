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
interface TotalKey {
  metric: Metric;
  day: Day;
  channelId: number;
  /** Who answers for the client: reports are filtered by it as lists are. Below 0: a level. */
  responsibleId: number;
  /** The user who did it: answered, closed, wrote. */
  userId: number;
  botId: number;
  bucket: number;
}

export interface Total extends TotalKey {
  count: number;
  sum: number;
}

/**
 * In place of a person who answers for the client: rows that are summed over all of them, by one thing only. Reports over everybody read these: a handful of
 * rows a day, where single counts are nearly as many as events.
 */
export const levels = { channel: -1, user: -2, bot: -3, all: -4, responsible: -5 } as const;

/** The rows that one count goes to: its own, and those of the levels its metric is reported by. */
export function withLevels(count: Total): Total[] {
  const { metric, userId, botId, responsibleId } = count;
  const rows = [count];
  const add = (level: keyof typeof levels, kept: Partial<Total>) =>
    rows.push({ ...count, channelId: 0, userId: 0, botId: 0, ...kept, responsibleId: levels[level] });
  if (perChannel.has(metric)) add('channel', { channelId: count.channelId });
  // Of later replies managers are told the number only.
  if (perUser.has(metric) && botId === 0) add('user', { userId, ...(metric === 'later_raw' ? { bucket: 0 } : {}) });
  if (perBot.has(metric)) add('bot', { botId });
  if (overAll.has(metric)) add('all', {});
  // The id's own column tells the level.
  if (perResponsible.has(metric)) add('responsible', { userId: responsibleId });
  return rows;
}

/** Whether a metric is summed at a level. */
export function hasLevel(metric: Metric, level: keyof typeof levels): boolean {
  return { channel: perChannel, user: perUser, bot: perBot, all: overAll, responsible: perResponsible }[level].has(metric);
}

const perChannel = new Set<Metric>([
  'opened',
  'closed',
  'missed',
  'rate',
  'messages',
  'first_raw',
  'first_working',
  'later_raw',
  'later_working',
]);
const perUser = new Set<Metric>(['closed', 'messages', 'first_raw', 'first_working', 'later_raw']);
const perBot = new Set<Metric>(['bot_started', 'bot_ended']);
/** What counts for whoever answers for the client, not for who did something. */
const perResponsible = new Set<Metric>(['missed', 'rate']);
/** Histograms: what their buckets make many, only summing over everything makes few. */
const overAll = new Set<Metric>(['first_raw', 'first_working', 'later_raw', 'later_working']);

/** Counts of the same thing as one; what adds up to nothing is left out. */
export function gather(counts: readonly Total[]): Total[] {
  const byKey = new Map<string, Total>();
  for (const total of counts) {
    const key = keyOf(total);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { ...total });
    else {
      known.count += total.count;
      known.sum += total.sum;
    }
  }
  return [...byKey.values()].filter(({ count, sum }) => count !== 0 || sum !== 0);
}

const keyOf = (t: TotalKey) => [t.metric, t.responsibleId, t.day, t.channelId, t.userId, t.botId, t.bucket].join('/');
