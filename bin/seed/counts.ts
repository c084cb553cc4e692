/** Daily totals of made-up conversations, gathered as turns gather theirs and written once. */
import { bucketOf } from '../../domain/analytics/buckets.ts';
import { dayOf } from '../../domain/analytics/periods.ts';
import { type Metric, type Total, withLevels } from '../../domain/analytics/totals.ts';

const HOUR_MS = 3_600_000;

export interface CountOf {
  at: number;
  channelId: number;
  responsibleId: number;
  bucket: number;
  userId?: number;
  botId?: number;
  sum?: number;
  /** How many at once; 1. */
  count?: number;
}

export function gatherCounts(timeZone: string) {
  const totals = new Map<string, Total>();
  // Clocks change at whole hours only; a quarter keeps that true for every zone.
  const days = new Map<number, string>();
  const day = (at: number) => {
    const quarter = Math.floor(at / (HOUR_MS / 4));
    let found = days.get(quarter);
    if (found === undefined) {
      found = dayOf(at, timeZone);
      days.set(quarter, found);
    }
    return found;
  };
  const add = (metric: Metric, what: CountOf) => {
    const count: Total = {
      metric,
      day: day(what.at),
      channelId: what.channelId,
      responsibleId: what.responsibleId,
      userId: what.userId ?? 0,
      botId: what.botId ?? 0,
      bucket: what.bucket,
      count: what.count ?? 1,
      sum: what.sum ?? 0,
    };
    for (const total of withLevels(count)) {
      const key = `${total.metric}/${total.responsibleId}/${total.day}/${total.channelId}/${total.userId}/${total.botId}/${total.bucket}`;
      const known = totals.get(key);
      if (known === undefined) totals.set(key, total);
      else {
        known.count += total.count;
        known.sum += total.sum;
      }
    }
  };
  /** Messages of one chat: those of the same day and writer are many, and counted together. */
  const addMessages = (messages: readonly Omit<CountOf, 'sum' | 'count'>[]) => {
    const together: (CountOf & { day: string; count: number })[] = [];
    for (const message of messages) {
      const its = day(message.at);
      const same = together.find(
        (one) => one.day === its && one.bucket === message.bucket && one.userId === message.userId && one.botId === message.botId,
      );
      if (same === undefined) together.push({ ...message, day: its, count: 1 });
      else same.count += 1;
    }
    for (const one of together) add('messages', one);
  };
  return {
    add,
    addMessages,
    /** A duration under its bucket. */
    addDuration: (metric: Metric, ms: number, what: Omit<CountOf, 'bucket' | 'sum'>) =>
      add(metric, { ...what, bucket: bucketOf(ms), sum: ms }),
    totals: () => totals.values(),
  };
}
