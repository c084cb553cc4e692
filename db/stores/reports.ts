/** Reads the sums that turns keep (schema/analytics.ts). Nothing here looks at events, messages or conversations. */
import { addDays, type Day, isDay, type Span, spansOf } from '../../domain/analytics/periods.ts';
import { hasLevel, levels, type Metric } from '../../domain/analytics/totals.ts';
import type { Queries } from '../connection.ts';
import type { Sight } from './sight.ts';

export interface TotalsFilter {
  metrics: readonly Metric[];
  /** Both ends belong to it. */
  from: Day;
  to: Day;
  /** Where `isNow` begins. */
  now: Day;
  channelIds?: number[] | undefined;
  /** Who answers for the client. */
  responsibleIds?: number[] | undefined;
  botIds?: number[] | undefined;
  /** What bots did is left out. */
  withoutBots?: boolean | undefined;
}

export type Dimension = 'day' | 'week' | 'isNow' | 'channelId' | 'responsibleId' | 'userId' | 'botId' | 'bucket';

/** A sum; what was not asked for is absent. */
export interface TotalRow {
  metric: Metric;
  day: Day;
  /** The Monday of its week. */
  week: Day;
  /** Of the period, not of the one before. */
  isNow: boolean;
  channelId: number;
  responsibleId: number;
  userId: number;
  botId: number;
  bucket: number;
  count: number;
  sum: number;
}

/**
 * Counts by metric and the dimensions asked for. Sight is that of lists: clients one answers for, or one's group, and those nobody answers for; clients in
 * whose chats one only takes part are not in sums.
 */
export function readTotals<By extends Dimension>(
  sql: Queries,
  actor: Sight,
  filter: TotalsFilter,
  by: readonly By[],
): Promise<Pick<TotalRow, 'metric' | 'count' | 'sum' | By>[]> {
  const { metrics, from, to, now, channelIds, botIds } = filter;
  const level = actor.rights.see === 'all' && filter.responsibleIds === undefined ? levelFor(filter, by) : undefined;
  const columnOf: Record<Dimension, string> = {
    day: 'day',
    week: `date_trunc('week', day)::date`,
    isNow: `day >= '${now}'::date`,
    channelId: 'channel_id',
    responsibleId: level === 'responsible' ? 'user_id' : 'responsible_id',
    userId: 'user_id',
    botId: 'bot_id',
    bucket: 'bucket',
  };
  if (!isDay(now)) throw new RangeError('now is a day');
  const columns = sql.unsafe(by.map((name) => `, ${columnOf[name]} as "${name}"`).join(''));
  const groups = sql.unsafe(by.map((_, index) => `, ${index + 2}`).join(''));
  // Days become text only after they were grouped: thousands of them instead of hundreds of thousands.
  const told = sql.unsafe(by.map((name) => (name === 'day' || name === 'week' ? `, "${name}"::text` : `, "${name}"`)).join(''));
  const asked = sql`account_id = ${actor.accountId} and metric = any(${metrics as string[]}::text[]) and ${rowsFor(sql, actor, filter, level)}
    ${channelIds === undefined ? sql`` : sql`and channel_id = any(${channelIds}::bigint[])`}
    ${botIds === undefined ? sql`` : sql`and bot_id = any(${botIds}::bigint[])`}
    ${filter.withoutBots === true ? sql`and bot_id = 0` : sql``}`;
  const spans = spansFor(filter, by);
  // One statement: a fold moves counts from one table to the other in between statements.
  const rows = sql`
    select metric ${told}, count, sum from (
      select metric ${columns}, sum(count)::bigint as count, sum(sum)::bigint as sum from (
        select metric, day, channel_id, responsible_id, user_id, bot_id, bucket, count, sum from daily_totals
        where ${asked} and day between ${from}::text::date and ${to}::text::date
        union all
        select metric, day, channel_id, responsible_id, user_id, bot_id, unnest(buckets), unnest(counts), unnest(sums)
        from unnest(${spans.map(({ grain }) => grain)}::text[], ${spans.map((span) => span.from)}::text[], ${spans.map((span) => span.to)}::text[])
          span (span_grain, first, last)
        join folded_totals on grain = span_grain and day between first::date and last::date and ${asked}) of_both
      group by 1 ${groups}) grouped`;
  return rows as unknown as Promise<Pick<TotalRow, 'metric' | 'count' | 'sum' | By>[]>;
}

/** Whole months where single days are not asked for. */
function spansFor({ from, to, now }: TotalsFilter, by: readonly Dimension[]): Span[] {
  if (by.includes('day') || by.includes('week')) return [{ grain: 'day', from, to }];
  return by.includes('isNow') && now > from && now <= to ? [...spansOf(from, addDays(now, -1)), ...spansOf(now, to)] : spansOf(from, to);
}

/** The rows of the level, or the single counts of those clients that are seen and asked for. */
function rowsFor(sql: Queries, actor: Sight, filter: TotalsFilter, level: keyof typeof levels | undefined) {
  const { see } = actor.rights;
  const { responsibleIds } = filter;
  if (see === 'none') return sql`false`;
  if (level !== undefined) return sql`responsible_id = ${levels[level]}`;
  if (see === 'all' && responsibleIds === undefined) return sql`responsible_id >= 0`;
  const seen = see === 'all' ? undefined : [0, ...(see === 'group' ? actor.colleagueIds : [actor.userId])];
  const ids = responsibleIds === undefined ? seen! : responsibleIds.filter((id) => id >= 0 && (seen === undefined || seen.includes(id)));
  return sql`responsible_id = any(${ids}::bigint[])`;
}

/** The level that has every metric and dimension asked for. */
function levelFor(filter: TotalsFilter, by: readonly Dimension[]): keyof typeof levels | undefined {
  const others = {
    all: ['channelId', 'userId', 'botId', 'responsibleId'],
    channel: ['userId', 'botId', 'responsibleId'],
    user: ['channelId', 'botId', 'responsibleId'],
    bot: ['channelId', 'userId', 'responsibleId'],
    responsible: ['channelId', 'userId', 'botId'],
  } as const;
  const filtered = { channelId: filter.channelIds !== undefined, botId: filter.botIds !== undefined };
  return (['all', 'channel', 'user', 'bot', 'responsible'] as const).find(
    (level) =>
      filter.metrics.every((metric) => hasLevel(metric, level)) &&
      others[level].every((name) => !by.includes(name) && !(name !== 'userId' && name !== 'responsibleId' && filtered[name])) &&
      // The level of users knows no bots; the others do not tell apart what bots did.
      (filter.withoutBots === true) === (level === 'user'),
  );
}

export interface Names {
  timeZone: string;
  channels: { id: number; name: string; type: string }[];
  users: { id: number; name: string; isActive: boolean }[];
  bots: { id: number; name: string }[];
}

/** What the ids in sums are called, and the account's time zone. */
export async function readNames(sql: Queries, accountId: number): Promise<Names> {
  const [accounts, channels, users, bots] = await Promise.all([
    sql<{ timeZone: string }[]>`select time_zone "timeZone" from accounts where id = ${accountId}`,
    sql<Names['channels']>`select id, name, type from channels where account_id = ${accountId} order by id`,
    sql<Names['users']>`select id, name, is_active "isActive" from users where account_id = ${accountId} order by id`,
    sql<Names['bots']>`select id, name from bots where account_id = ${accountId} order by id`,
  ]);
  return { timeZone: accounts[0]!.timeZone, channels: [...channels], users: [...users], bots: [...bots] };
}

export async function timeZoneOf(sql: Queries, accountId: number): Promise<string> {
  const [row] = await sql<{ timeZone: string }[]>`select time_zone "timeZone" from accounts where id = ${accountId}`;
  return row!.timeZone;
}
