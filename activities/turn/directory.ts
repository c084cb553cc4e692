/**
 * What changes rarely and is read by every turn: an account's stages, fields and users, its channels, published scenarios.
 * Kept per process for a few seconds and read anew when a change is told; a published version never changes and is kept as long as it fits. Settings and triggers are not here:
 * they take effect at once and are read in each turn's transaction.
 */

import type { Queries, Sql } from '../../db/connection.ts';
import { type ChannelRow, camelRows } from '../../db/turns/rows.ts';
import type { Scenario } from '../../domain/scenario/model.ts';

const KEEP_MS = 3_000;
const MAX_SCENARIOS = 500;

export interface Stage {
  id: number;
  pipelineId: number;
  kind: 'incoming' | 'open' | 'won' | 'lost';
  name: string;
  sort: number;
}

export interface AccountDirectory {
  timeZone: string;
  pipelines: { id: number; name: string; isMain: boolean }[];
  /** In order within each pipeline. */
  stages: Stage[];
  users: Map<number, { id: number; name: string; email: string; isActive: boolean }>;
  fields: { id: number; entity: string; name: string; code: string | null; type: string; enums: { id: number; value: string }[] }[];
  tags: Map<number, { id: number; entity: string; name: string }>;
  channels: Map<number, ChannelRow>;
}

export interface Directory {
  /** `channelId`: a channel that must be in it; one that was connected a moment ago makes it read anew. */
  account(accountId: number, channelId?: number): Promise<AccountDirectory>;
  /** Something was changed that must be seen at once. Without an account: everything may have been. */
  forget(accountId?: number): void;
  /** `queries`: the turn's own transaction. Turns that each waited for another connection of the pool could wait for one another for ever. */
  scenario(accountId: number, botId: number, version: number, queries: Queries): Promise<{ scenario: Scenario; name: string } | undefined>;
}

export function createDirectory(sql: Sql): Directory {
  const accounts = new Map<number, { until: number; value: Promise<AccountDirectory> }>();
  const scenarios = new Map<string, Promise<{ scenario: Scenario; name: string } | undefined>>();
  return {
    async account(accountId, channelId) {
      const kept = accounts.get(accountId);
      if (kept !== undefined && kept.until > performance.now()) {
        const found = await kept.value;
        if (channelId === undefined || found.channels.has(channelId)) return found;
      }
      const value = readAccount(sql, accountId);
      accounts.set(accountId, { until: performance.now() + KEEP_MS, value });
      value.catch(() => accounts.delete(accountId));
      return value;
    },
    forget(accountId) {
      if (accountId === undefined) accounts.clear();
      else accounts.delete(accountId);
    },
    scenario(accountId, botId, version, queries) {
      const key = `${accountId}/${botId}/${version}`;
      const kept = scenarios.get(key);
      if (kept !== undefined) return kept;
      const value = readScenario(queries, accountId, botId, version);
      if (scenarios.size >= MAX_SCENARIOS) scenarios.delete(scenarios.keys().next().value!);
      scenarios.set(key, value);
      value.then(
        (found) => found === undefined && scenarios.delete(key),
        () => scenarios.delete(key),
      );
      return value;
    },
  };
}

async function readScenario(sql: Queries, accountId: number, botId: number, version: number) {
  const rows = await sql<{ scenario: Scenario; name: string }[]>`
    select v.scenario, b.name from bot_versions v join bots b on b.account_id = v.account_id and b.id = v.bot_id
    where v.account_id = ${accountId} and v.bot_id = ${botId} and v.version = ${version}`;
  return rows[0];
}

async function readAccount(sql: Sql, accountId: number): Promise<AccountDirectory> {
  const [accounts, pipelines, stages, users, fields, tags, channels] = await Promise.all([
    sql<{ time_zone: string }[]>`select time_zone from accounts where id = ${accountId}`,
    sql`select id, name, is_main from pipelines where account_id = ${accountId} order by sort, id`,
    sql`select id, pipeline_id, kind, name, sort from stages where account_id = ${accountId} order by pipeline_id, sort, id`,
    sql`select id, name, email, is_active from users where account_id = ${accountId}`,
    sql`select id, entity, name, code, type, enums from custom_fields where account_id = ${accountId}`,
    sql`select id, entity, name from tags where account_id = ${accountId}`,
    sql`select * from channels where account_id = ${accountId}`,
  ]);
  if (accounts[0] === undefined) throw new Error(`no account ${accountId}`);
  const byId = <T extends { id: number }>(rows: readonly object[]) => new Map(camelRows<T>(rows).map((row) => [row.id, row]));
  return {
    timeZone: accounts[0].time_zone,
    pipelines: camelRows(pipelines),
    stages: camelRows(stages),
    users: byId(users),
    fields: camelRows(fields),
    tags: byId(tags),
    channels: byId(channels),
  };
}
