/** Reads the sums that turns keep (schema/analytics.ts). Nothing here looks at events, messages or conversations. */
import type { Day } from '../../domain/analytics/periods.ts';
import type { Metric } from '../../domain/analytics/totals.ts';
import type { Queries } from '../connection.ts';
import type { Sight } from './sight.ts';

export interface TotalsFilter {
  metrics: readonly Metric[];
  /** Both ends belong to it. */
  from: Day;
  to: Day;
  channelIds?: number[] | undefined;
  /** Who answers for the client. */
  responsibleIds?: number[] | undefined;
  botIds?: number[] | undefined;
}

export type Dimension = 'day' | 'channelId' | 'responsibleId' | 'userId' | 'botId' | 'bucket';

/** A sum; what was not asked for is absent. */
export interface TotalRow {
  metric: Metric;
  day: Day;
  channelId: number;
  responsibleId: number;
  userId: number;
  botId: number;
  bucket: number;
  count: number;
  sum: number;
}

const columnOf: Record<Dimension, string> = {
  day: 'day::text',
  channelId: 'channel_id',
  responsibleId: 'responsible_id',
  userId: 'user_id',
  botId: 'bot_id',
  bucket: 'bucket',
};

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
  const { metrics, from, to, channelIds, responsibleIds, botIds } = filter;
  const columns = sql.unsafe(by.map((name) => `, ${columnOf[name]} as "${name}"`).join(''));
  const groups = sql.unsafe(by.map((_, index) => `, ${index + 2}`).join(''));
  const rows = sql`
    select metric ${columns}, sum(count)::bigint as count, sum(sum)::bigint as sum from daily_totals
    where account_id = ${actor.accountId} and metric = any(${metrics as string[]}::text[]) and day between ${from}::text::date and ${to}::text::date
      and ${answeredFor(sql, actor)}
      ${channelIds === undefined ? sql`` : sql`and channel_id = any(${channelIds}::bigint[])`}
      ${responsibleIds === undefined ? sql`` : sql`and responsible_id = any(${responsibleIds}::bigint[])`}
      ${botIds === undefined ? sql`` : sql`and bot_id = any(${botIds}::bigint[])`}
    group by 1 ${groups}`;
  return rows as unknown as Promise<Pick<TotalRow, 'metric' | 'count' | 'sum' | By>[]>;
}

function answeredFor(sql: Queries, actor: Sight) {
  const { see } = actor.rights;
  if (see === 'all') return sql`true`;
  if (see === 'none') return sql`false`;
  const users = see === 'group' ? [...actor.colleagueIds] : [actor.userId];
  return sql`responsible_id = any(${[0, ...users]}::bigint[])`;
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
