import type { Scenario } from '../../domain/scenario/model.ts';
import type { Queries } from '../connection.ts';

export interface BotRow {
  id: number;
  name: string;
  kind: Scenario['kind'];
  state: 'on' | 'off' | 'archived';
  liveVersion: number | null;
}

/** Bots that are not archived, by id; one row more than `limit` where there are more. */
export function listBots(
  sql: Queries,
  accountId: number,
  filter: { ids?: number[]; kinds?: string[] },
  limit: number,
  offset: number,
): Promise<BotRow[]> {
  return sql<BotRow[]>`
    ${selectBots(sql)} where account_id = ${accountId} and state <> 'archived'
      ${filter.ids === undefined ? sql`` : sql`and id in ${sql([-1, ...filter.ids])}`}
      ${filter.kinds === undefined ? sql`` : sql`and kind in ${sql(['', ...filter.kinds])}`}
    order by id limit ${limit + 1} offset ${offset}`;
}

export async function findBot(sql: Queries, accountId: number, id: number): Promise<BotRow | undefined> {
  const [row] = await sql<BotRow[]>`${selectBots(sql)} where account_id = ${accountId} and id = ${id}`;
  return row;
}

/** Ids of a bot's runs that are alive on a lead. */
export async function aliveRunsOnLead(sql: Queries, accountId: number, botId: number, leadId: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from bot_runs where account_id = ${accountId} and lead_id = ${leadId} and bot_id = ${botId} and status <> 'ended'`;
  return rows.map((row) => row.id);
}

const selectBots = (sql: Queries) => sql`select id, name, kind, state, live_version "liveVersion" from bots`;
