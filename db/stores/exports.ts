/** Exports of the list of events: rows that a worker claims, renews while it works, and loses when it dies. */
import { effectiveRights, type Rights, type Role } from '../../domain/rights/rights.ts';
import type { Queries, Sql } from '../connection.ts';
import type { EventFilter } from './event-filter.ts';
import type { Sight } from './sight.ts';

export interface ExportRow {
  accountId: number;
  id: string;
  userId: number;
  filter: EventFilter;
  language: 'ru' | 'en';
  status: 'waiting' | 'working' | 'done' | 'failed' | 'cancelled';
  statusWords: string;
  rowsDone: number;
  rowsTotal: number | null;
  fileId: string | null;
  attempts: number;
  createdAt: number;
  finishedAt: number | null;
}

const columns = (sql: Queries) => sql`
  account_id "accountId", id, user_id "userId", filter, language, status, status_words "statusWords", rows_done "rowsDone", rows_total "rowsTotal",
  file_id "fileId", attempts, created_at "createdAt", finished_at "finishedAt"`;

type Whose = Pick<Sight, 'accountId' | 'userId'>;

/** Asks for an export; undefined when this user has `most` unfinished ones already. */
export async function insertExport(
  sql: Queries,
  { accountId, userId }: Whose,
  draft: Pick<ExportRow, 'id' | 'filter' | 'language' | 'createdAt'>,
  most: number,
): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    insert into exports (account_id, id, user_id, filter, language, status, created_at)
    select ${accountId}, ${draft.id}, ${userId}, ${draft.filter as never}, ${draft.language}, 'waiting', ${draft.createdAt}::timestamptz
    where (select count(*) from exports where account_id = ${accountId} and user_id = ${userId} and status in ('waiting', 'working')) < ${most}
    returning ${columns(sql)}`;
  return row;
}

export async function findExport(sql: Queries, { accountId, userId }: Whose, id: string): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    select ${columns(sql)} from exports where account_id = ${accountId} and user_id = ${userId} and id = ${id}`;
  return row;
}

/** A user's latest exports. */
export function listExports(sql: Queries, { accountId, userId }: Whose, limit: number): Promise<ExportRow[]> {
  return sql<ExportRow[]>`
    select ${columns(sql)} from exports where account_id = ${accountId} and user_id = ${userId} order by created_at desc, id limit ${limit}`;
}

/** Ends an unfinished one; the worker notices at its next page. False: it was finished. */
export async function cancelExport(sql: Queries, { accountId, userId }: Whose, id: string, at: number): Promise<boolean> {
  const result = await sql`update exports set status = 'cancelled', finished_at = ${at}, owner = null, owned_until = null
    where account_id = ${accountId} and user_id = ${userId} and id = ${id} and status in ('waiting', 'working')`;
  return result.count > 0;
}

/** The oldest one that waits, or whose worker has not been heard of, over all accounts; by the database's clock. */
export async function claimExport(sql: Sql, owner: string, leaseMs: number): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    update exports set status = 'working', owner = ${owner}, owned_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond',
      attempts = attempts + 1, rows_done = 0
    where (account_id, id) = (
      select account_id, id from exports where status = 'waiting' or (status = 'working' and owned_until < clock_timestamp())
      order by created_at limit 1 for update skip locked)
    returning ${columns(sql)}`;
  return row;
}

/** Tells how far it is and keeps the claim. False: cancelled, or taken over. */
export async function progressExport(
  sql: Sql,
  owner: string,
  { accountId, id }: ExportRow,
  progress: { rowsDone: number; rowsTotal?: number },
  leaseMs: number,
): Promise<boolean> {
  const result = await sql`
    update exports set rows_done = ${progress.rowsDone}, rows_total = coalesce(${progress.rowsTotal ?? null}, rows_total),
      owned_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    where account_id = ${accountId} and id = ${id} and owner = ${owner} and status = 'working'`;
  return result.count > 0;
}

/** Done, with the notification, in one statement. False: it was cancelled or taken over meanwhile. */
export async function finishExport(
  sql: Sql,
  owner: string,
  row: ExportRow,
  file: { id: string; name: string },
  rows: number,
  at: number,
): Promise<boolean> {
  const done = await sql`
    with done as (
      update exports set status = 'done', file_id = ${file.id}, rows_done = ${rows}, rows_total = ${rows}, finished_at = ${at}, owner = null, owned_until = null
      where account_id = ${row.accountId} and id = ${row.id} and owner = ${owner} and status = 'working' returning account_id, id, user_id
    )
    insert into notifications (account_id, user_id, what, data, at)
    select account_id, user_id, 'exportReady', jsonb_build_object('exportId', id, 'name', ${file.name}::text, 'rows', ${rows}::bigint), ${at}::timestamptz from done returning id`;
  return done.length > 0;
}

/** Whether it was cancelled or given up: nobody will make its file, or read it. */
export async function isExportOver(sql: Queries, { accountId, id }: Pick<ExportRow, 'accountId' | 'id'>): Promise<boolean> {
  const rows = await sql`select 1 from exports where account_id = ${accountId} and id = ${id} and status in ('cancelled', 'failed')`;
  return rows.length > 0;
}

/** Given up with words for the person, or back for another try. */
export async function failExport(
  sql: Sql,
  owner: string,
  { accountId, id }: ExportRow,
  words: string | undefined,
  at: number,
): Promise<void> {
  await sql`
    update exports set status = ${words === undefined ? 'waiting' : 'failed'}, status_words = ${words ?? ''}, finished_at = ${words === undefined ? null : at},
      owner = null, owned_until = null
    where account_id = ${accountId} and id = ${id} and owner = ${owner} and status = 'working'`;
}

/** What a user may see at this moment; undefined for one who left or may not export any longer. */
export async function sightOfExporter(sql: Queries, accountId: number, userId: number): Promise<(Sight & { rights: Rights }) | undefined> {
  const [row] = await sql<{ role: Role; rights: Partial<Rights>; groupRights: Partial<Rights> | null; colleagueIds: number[] }[]>`
    select u.role, u.rights, g.rights "groupRights",
      array(select c.id from users c where c.account_id = u.account_id and (c.id = u.id or c.group_id = u.group_id)) "colleagueIds"
    from users u left join groups g on g.account_id = u.account_id and g.id = u.group_id
    where u.account_id = ${accountId} and u.id = ${userId} and u.is_active`;
  if (row === undefined) return undefined;
  const rights = effectiveRights(row.role, row.groupRights, row.rights);
  return rights.export ? { accountId, userId, rights, colleagueIds: row.colleagueIds } : undefined;
}

/** What ids in values of events are called, and the account's time zone. */
export async function readValueNames(sql: Queries, accountId: number) {
  const [accounts, stages, users, fields, customerStages] = await Promise.all([
    sql<{ timeZone: string }[]>`select time_zone "timeZone" from accounts where id = ${accountId}`,
    sql<
      { pipelineId: number; id: number; name: string }[]
    >`select pipeline_id "pipelineId", id, name from stages where account_id = ${accountId}`,
    sql<{ id: number; name: string }[]>`select id, name from users where account_id = ${accountId}`,
    sql<{ id: number; name: string }[]>`select id, name from custom_fields where account_id = ${accountId}`,
    sql<{ id: number; name: string }[]>`select id, name from customer_stages where account_id = ${accountId}`,
  ]);
  return {
    timeZone: accounts[0]!.timeZone,
    names: {
      stages: new Map(stages.map((stage) => [`${stage.pipelineId}/${stage.id}`, stage.name])),
      users: new Map(users.map((user) => [user.id, user.name])),
      fields: new Map(fields.map((field) => [field.id, field.name])),
      customerStages: new Map(customerStages.map((stage) => [stage.id, stage.name])),
      timeZone: accounts[0]!.timeZone,
    },
  };
}
