import type { Problem, Scenario } from '../../domain/scenario/model.ts';
import type { Queries } from '../connection.ts';
import type { BotSettings, TriggerFilter } from '../settings.ts';

export interface BotRow {
  id: number;
  name: string;
  kind: Scenario['kind'];
  state: 'on' | 'off' | 'archived';
  draftSource: string;
  problems: Problem[];
  liveVersion: number | null;
  settings: BotSettings;
  running: number;
  startedIn7Days: number;
  completedIn7Days: number;
  changed: boolean;
  updatedAt: number;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Bots that are not archived with their counts of the last seven days before `now`. `botId`: that one alone, archived too. */
export function listBots(sql: Queries, accountId: number, now: number, botId?: number): Promise<BotRow[]> {
  const since = now - WEEK_MS;
  return sql<BotRow[]>`
    select b.id, b.name, b.kind, b.state, b.draft_source "draftSource", b.draft_problems problems, b.live_version "liveVersion", b.settings,
      coalesce(r.running, 0)::int running, coalesce(r.started, 0)::int "startedIn7Days", coalesce(r.completed, 0)::int "completedIn7Days",
      v.source is distinct from b.draft_source changed, b.updated_at "updatedAt"
    from bots b
    left join bot_versions v on v.account_id = b.account_id and v.bot_id = b.id and v.version = b.live_version
    left join lateral (
      select count(*) filter (where status <> 'ended') running, count(*) filter (where created_at >= ${since}::timestamptz) started,
        count(*) filter (where outcome = 'completed' and created_at >= ${since}::timestamptz) completed
      from bot_runs where account_id = b.account_id and bot_id = b.id and (status <> 'ended' or created_at >= ${since}::timestamptz)
    ) r on true
    where b.account_id = ${accountId} ${botId === undefined ? sql`and b.state <> 'archived'` : sql`and b.id = ${botId}`} order by b.name, b.id`;
}

export async function findBot(sql: Queries, accountId: number, botId: number, now: number): Promise<BotRow | undefined> {
  return (await listBots(sql, accountId, now, botId))[0];
}

export interface BotDraft {
  name: string;
  kind: Scenario['kind'];
  source: string;
  problems: Problem[];
}

export async function insertBot(sql: Queries, accountId: number, draft: BotDraft, at: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into bots (account_id, name, kind, draft_source, draft_problems, created_at, updated_at)
    values (${accountId}, ${draft.name}, ${draft.kind}, ${draft.source}, ${draft.problems as never}, ${at}, ${at}) returning id`;
  return row!.id;
}

export async function updateBot(
  sql: Queries,
  accountId: number,
  botId: number,
  change: { name?: string; state?: BotRow['state']; settings?: BotSettings; draft?: Omit<BotDraft, 'name'> },
  at: number,
): Promise<void> {
  const { draft, settings } = change;
  await sql`
    update bots set name = coalesce(${change.name ?? null}, name), state = coalesce(${change.state ?? null}, state),
      settings = ${settings === undefined ? sql`settings` : sql`${settings as never}`},
      kind = coalesce(${draft?.kind ?? null}, kind), draft_source = coalesce(${draft?.source ?? null}, draft_source),
      draft_problems = ${draft === undefined ? sql`draft_problems` : sql`${draft.problems as never}`}, updated_at = ${at}
    where account_id = ${accountId} and id = ${botId}`;
}

/** Makes the next version, immutable from here on, and lets new runs take it. In a transaction: the bot's row keeps versions in order. */
export async function publishVersion(
  sql: Queries,
  accountId: number,
  botId: number,
  version: { source: string; scenario: Scenario; by: number | null },
  at: number,
): Promise<number> {
  await sql`select id from bots where account_id = ${accountId} and id = ${botId} for update`;
  const [row] = await sql<{ version: number }[]>`
    insert into bot_versions (account_id, bot_id, version, source, scenario, published_by, published_at)
    select ${accountId}, ${botId}, coalesce(max(version), 0) + 1, ${version.source}, ${version.scenario as never}::jsonb, ${version.by}::bigint, ${at}::timestamptz
    from bot_versions where account_id = ${accountId} and bot_id = ${botId} returning version`;
  await sql`update bots set live_version = ${row!.version}, updated_at = ${at} where account_id = ${accountId} and id = ${botId}`;
  return row!.version;
}

export interface VersionRow {
  version: number;
  publishedAt: number;
  publishedBy: { id: number; name: string } | null;
  running: number;
  isLive: boolean;
}

export function listVersions(sql: Queries, accountId: number, botId: number): Promise<VersionRow[]> {
  return sql<VersionRow[]>`
    select v.version, v.published_at "publishedAt",
      (select jsonb_build_object('id', u.id, 'name', u.name) from users u where u.account_id = v.account_id and u.id = v.published_by) "publishedBy",
      (select count(*)::int from bot_runs r where r.account_id = v.account_id and r.bot_id = v.bot_id and r.version = v.version and r.status <> 'ended') running,
      b.live_version is not distinct from v.version "isLive"
    from bot_versions v join bots b on b.account_id = v.account_id and b.id = v.bot_id
    where v.account_id = ${accountId} and v.bot_id = ${botId} order by v.version desc`;
}

export async function findVersion(
  sql: Queries,
  accountId: number,
  botId: number,
  version: number,
): Promise<{ source: string; scenario: Scenario } | undefined> {
  const [row] = await sql<{ source: string; scenario: Scenario }[]>`
    select source, scenario from bot_versions where account_id = ${accountId} and bot_id = ${botId} and version = ${version}`;
  return row;
}

export interface TriggerRow {
  id: number;
  type: 'conversation_started' | 'message_received' | 'link_followed' | 'site_visited';
  filter: TriggerFilter;
  delaySeconds: number;
  cooldownSeconds: number;
}

export function listTriggers(sql: Queries, accountId: number, botId: number): Promise<TriggerRow[]> {
  return sql<TriggerRow[]>`
    select id, type, filter, delay_seconds "delaySeconds", cooldown_seconds "cooldownSeconds"
    from bot_triggers where account_id = ${accountId} and bot_id = ${botId} order by sort, id`;
}

/**
 * Puts the whole list in the place of the one before. A trigger that stays the same keeps its id, and with it its cool-downs. In a transaction.
 */
export async function replaceTriggers(
  sql: Queries,
  accountId: number,
  botId: number,
  triggers: Omit<TriggerRow, 'id'>[],
): Promise<TriggerRow[]> {
  await sql`select id from bots where account_id = ${accountId} and id = ${botId} for update`;
  const before = await listTriggers(sql, accountId, botId);
  const free = [...before];
  const rows = triggers.map((trigger, sort) => {
    const same = free.findIndex((row) => row.type === trigger.type && sameJson(row.filter, trigger.filter));
    const kept = same < 0 ? undefined : free.splice(same, 1)[0];
    return { id: kept?.id ?? null, sort, ...trigger };
  });
  await sql`delete from bot_triggers where account_id = ${accountId} and bot_id = ${botId}`;
  await sql`
    insert into bot_triggers (account_id, id, bot_id, type, filter, delay_seconds, cooldown_seconds, sort)
    select ${accountId}, coalesce(t.id, nextval(pg_get_serial_sequence('bot_triggers', 'id'))), ${botId}, t.type, t.filter, t."delaySeconds", t."cooldownSeconds", t.sort
    from jsonb_to_recordset(${rows as never}::jsonb)
      as t (id bigint, type text, filter jsonb, "delaySeconds" int, "cooldownSeconds" int, sort int)`;
  return listTriggers(sql, accountId, botId);
}

/** Equal as JSON whatever the order of members; lists keep theirs. */
function sameJson(a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
        : inner,
    );
  return text(a) === text(b);
}

/** Channels, pipelines and stages named by filters that the account does not have. */
export async function unknownInFilters(
  sql: Queries,
  accountId: number,
  filters: TriggerFilter[],
): Promise<{ channelIds: number[]; pipelineIds: number[]; statusIds: number[] }> {
  const all = (name: 'channelIds' | 'pipelineIds' | 'statusIds') => [...new Set(filters.flatMap((filter) => filter[name] ?? []))];
  const [channelIds, pipelineIds, statusIds] = [all('channelIds'), all('pipelineIds'), all('statusIds')];
  const [row] = await sql<{ channels: number[]; pipelines: number[]; stages: number[] }[]>`
    select
      array(select unnest(${channelIds}::bigint[]) except select id from channels where account_id = ${accountId}) channels,
      array(select unnest(${pipelineIds}::bigint[]) except select id from pipelines where account_id = ${accountId}) pipelines,
      array(select unnest(${statusIds}::bigint[]) except select id from stages where account_id = ${accountId}) stages`;
  return { channelIds: row!.channels.map(Number), pipelineIds: row!.pipelines.map(Number), statusIds: row!.stages.map(Number) };
}

/** Ids of a bot's runs that have not ended. */
export async function aliveRunsOfBot(sql: Queries, accountId: number, botId: number): Promise<string[]> {
  const rows = await sql<
    { id: string }[]
  >`select id from bot_runs where account_id = ${accountId} and bot_id = ${botId} and status <> 'ended'`;
  return rows.map((row) => row.id);
}
