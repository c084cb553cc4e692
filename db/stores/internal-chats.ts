/** Chats of colleagues: who is in them and where each has read to. Nothing here touches the tables of clients' chats. */
import type { Queries } from '../connection.ts';
import { type Sight, visibleLead } from './sight.ts';

export type InternalChatKind = 'direct' | 'group' | 'lead';

export interface InternalMemberRow {
  id: number;
  name: string;
  isActive: boolean;
}

export interface InternalChatRow {
  id: number;
  kind: InternalChatKind;
  title: string;
  leadId: number | null;
  leadName: string | null;
  lastPosition: number;
  activeAt: number;
  createdBy: number;
  members: InternalMemberRow[];
  /** Of the asker; null: reads without being a member. */
  readPosition: number | null;
  /** Others' messages after it, counted up to 100; 0 for who is no member. */
  unread: number;
  /** Whether one of them names the asker. */
  isMentioned: boolean;
  lastText: string | null;
  lastAuthorId: number | null;
  lastAuthorName: string | null;
  lastFiles: number;
  lastDeleted: boolean;
}

const isMember = (sql: Queries, actor: Sight, chat: string) => sql`exists (
  select 1 from internal_members own join users own_user on own_user.account_id = own.account_id and own_user.id = own.user_id and own_user.is_active
  where own.account_id = ${actor.accountId} and own.chat_id = ${sql(chat)}.id and own.user_id = ${actor.userId})`;

/** Who may read a chat: its members, and of a lead's chat everybody who may see the lead. No right widens it: administrators too are asked in. */
export const mayReadInternal = (sql: Queries, actor: Sight, chat: string) => sql`
  ${sql(chat)}.account_id = ${actor.accountId} and (${isMember(sql, actor, chat)} or (${sql(chat)}.kind = 'lead' and exists (
    select 1 from leads its where its.account_id = ${actor.accountId} and its.id = ${sql(chat)}.lead_id and ${visibleLead(sql, actor, 'its')})))`;

const columns = (sql: Queries, actor: Sight) => sql`
  c.id, c.kind, c.title, c.lead_id "leadId", lead.name "leadName", c.last_position "lastPosition", c.active_at "activeAt", c.created_by "createdBy",
  me.read_position "readPosition", coalesce(news.unread, 0)::int unread, coalesce(news.mentioned, false) "isMentioned",
  last.text "lastText", last.author_id "lastAuthorId", author.name "lastAuthorName", coalesce(cardinality(last.file_ids), 0) "lastFiles",
  last.deleted_at is not null "lastDeleted",
  (select coalesce(json_agg(json_build_object('id', u.id, 'name', u.name, 'isActive', u.is_active) order by m.joined_at, u.id), '[]')
    from internal_members m join users u on u.account_id = m.account_id and u.id = m.user_id
    where m.account_id = ${actor.accountId} and m.chat_id = c.id) members`;

const joins = (sql: Queries, actor: Sight) => sql`
  left join leads lead on lead.account_id = c.account_id and lead.id = c.lead_id
  left join internal_members me on me.account_id = c.account_id and me.chat_id = c.id and me.user_id = ${actor.userId}
  left join internal_messages last on last.account_id = c.account_id and last.chat_id = c.id and last.position = c.last_position
  left join users author on author.account_id = c.account_id and author.id = last.author_id
  left join lateral (
    select count(*) unread, bool_or(n.mentions @> array[${actor.userId}]::bigint[]) mentioned from (
      select x.mentions from internal_messages x where x.account_id = c.account_id and x.chat_id = c.id and x.position > me.read_position
        and x.author_id <> ${actor.userId} and x.deleted_at is null limit 100) n
  ) news on me.read_position < c.last_position`;

/** The chats the asker is in, last used first; a lead's chat only once something was said in it. `after`: instant and id of the row before. */
export function listInternalChats(
  sql: Queries,
  actor: Sight,
  page: { limit: number; after?: [number, number] },
): Promise<InternalChatRow[]> {
  return sql<InternalChatRow[]>`
    with page as (
      select c.* from internal_members m join internal_chats c on c.account_id = m.account_id and c.id = m.chat_id
      where m.account_id = ${actor.accountId} and m.user_id = ${actor.userId} and (c.kind <> 'lead' or c.last_position > 0)
      ${page.after === undefined ? sql`` : sql`and (c.active_at, c.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
      order by c.active_at desc, c.id desc limit ${page.limit}
    )
    select ${columns(sql, actor)} from page c ${joins(sql, actor)} order by c.active_at desc, c.id desc`;
}

/** Chats with something unread. */
export async function countUnreadInternal(sql: Queries, actor: Sight): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int count from internal_members m join internal_chats c on c.account_id = m.account_id and c.id = m.chat_id
    where m.account_id = ${actor.accountId} and m.user_id = ${actor.userId} and c.last_position > m.read_position and exists (
      select 1 from internal_messages x where x.account_id = m.account_id and x.chat_id = m.chat_id and x.position > m.read_position
        and x.author_id <> ${actor.userId} and x.deleted_at is null)`;
  return row!.count;
}

export async function findInternalChat(sql: Queries, actor: Sight, chatId: number): Promise<InternalChatRow | undefined> {
  const [row] = await sql<InternalChatRow[]>`
    select ${columns(sql, actor)} from internal_chats c ${joins(sql, actor)} where c.id = ${chatId} and ${mayReadInternal(sql, actor, 'c')}`;
  return row;
}

export interface LockedInternalChat {
  id: number;
  kind: InternalChatKind;
  title: string;
  leadId: number | null;
  lastPosition: number;
  createdBy: number;
  /** Whether the asker is a member, and not only one who sees the lead. */
  isMember: boolean;
}

/** Locks a chat that the asker may read; undefined: there is none for them. */
export async function lockInternalChat(sql: Queries, actor: Sight, chatId: number): Promise<LockedInternalChat | undefined> {
  const [row] = await sql<LockedInternalChat[]>`
    select c.id, c.kind, c.title, c.lead_id "leadId", c.last_position "lastPosition", c.created_by "createdBy", ${isMember(sql, actor, 'c')} "isMember"
    from internal_chats c where c.id = ${chatId} and ${mayReadInternal(sql, actor, 'c')} for update of c`;
  return row;
}

/** The chat of two people; made when there is none. Two who begin at once get one chat. */
export async function ensureDirectChat(
  sql: Queries,
  accountId: number,
  userId: number,
  otherId: number,
  at: number,
): Promise<{ id: number; isNew: boolean }> {
  const pairKey = `${Math.min(userId, otherId)}/${Math.max(userId, otherId)}`;
  const [made] = await sql<{ id: number }[]>`
    insert into internal_chats (account_id, kind, pair_key, active_at, created_by, created_at)
    values (${accountId}, 'direct', ${pairKey}, ${at}, ${userId}, ${at}) on conflict (account_id, pair_key) do nothing returning id`;
  const [found] =
    made === undefined
      ? await sql<{ id: number }[]>`
    select id from internal_chats where account_id = ${accountId} and pair_key = ${pairKey}`
      : [made];
  await addInternalMembers(sql, accountId, found!.id, [userId, otherId], at);
  return { id: found!.id, isNew: made !== undefined };
}

export async function insertGroupChat(sql: Queries, accountId: number, userId: number, title: string, at: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into internal_chats (account_id, kind, title, active_at, created_by, created_at)
    values (${accountId}, 'group', ${title}, ${at}, ${userId}, ${at}) returning id`;
  return row!.id;
}

/** The chat inside a lead's card; made when there is none. The caller has checked that the lead is seen. */
export async function ensureLeadChat(sql: Queries, accountId: number, userId: number, leadId: number, at: number): Promise<number> {
  const [known] = await sql<{ id: number }[]>`select id from internal_chats where account_id = ${accountId} and lead_id = ${leadId}`;
  if (known !== undefined) return known.id;
  await sql`
    insert into internal_chats (account_id, kind, lead_id, active_at, created_by, created_at)
    values (${accountId}, 'lead', ${leadId}, ${at}, ${userId}, ${at}) on conflict (account_id, lead_id) do nothing`;
  const [row] = await sql<{ id: number }[]>`select id from internal_chats where account_id = ${accountId} and lead_id = ${leadId}`;
  return row!.id;
}

export async function renameInternalChat(sql: Queries, accountId: number, chatId: number, title: string): Promise<void> {
  await sql`update internal_chats set title = ${title} where account_id = ${accountId} and id = ${chatId}`;
}

/** Takes users in; what was said before counts as read. Returns those who were not in it. */
export async function addInternalMembers(
  sql: Queries,
  accountId: number,
  chatId: number,
  userIds: readonly number[],
  at: number,
  readPosition = 0,
): Promise<number[]> {
  const rows = await sql<{ userId: number }[]>`
    insert into internal_members (account_id, chat_id, user_id, read_position, joined_at)
    select ${accountId}, ${chatId}, u, ${readPosition}, ${at} from unnest(${[...new Set(userIds)]}::bigint[]) u
    on conflict do nothing returning user_id "userId"`;
  return rows.map((row) => row.userId);
}

/** Takes a user out and withdraws what the chat told them; false: was not in it. */
export async function removeInternalMember(sql: Queries, accountId: number, chatId: number, userId: number, at: number): Promise<boolean> {
  const rows = await sql`
    with gone as (
      delete from internal_members where account_id = ${accountId} and chat_id = ${chatId} and user_id = ${userId} returning notification_id
    ), told as (
      update notifications n set withdrawn_at = ${at} from gone
      where n.account_id = ${accountId} and n.id = gone.notification_id and n.withdrawn_at is null
    )
    select 1 from gone`;
  return rows.length > 0;
}

/** Of these ids, the account's active users. */
export async function activeUsers(sql: Queries, accountId: number, userIds: readonly number[]): Promise<number[]> {
  if (userIds.length === 0) return [];
  const rows = await sql<
    { id: number }[]
  >`select id from users where account_id = ${accountId} and id = any(${[...userIds]}::bigint[]) and is_active`;
  return rows.map((row) => row.id);
}

export async function internalMemberIds(sql: Queries, accountId: number, chatId: number): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`select user_id id from internal_members where account_id = ${accountId} and chat_id = ${chatId}`;
  return rows.map((row) => row.id);
}
