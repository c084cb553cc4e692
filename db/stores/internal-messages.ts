/** What colleagues write to each other. */
import type { Queries } from '../connection.ts';
import { mayReadInternal } from './internal-chats.ts';
import type { Sight } from './sight.ts';

export interface InternalFileRow {
  id: string;
  name: string;
  mime: string;
  sizeBytes: number;
  widthPx: number | null;
  heightPx: number | null;
}

export interface InternalMessageRow {
  id: number;
  chatId: number;
  position: number;
  authorId: number;
  authorName: string;
  key: string;
  text: string;
  mentions: { id: number; name: string }[];
  files: InternalFileRow[];
  writtenAt: number;
  editedAt: number | null;
  deletedAt: number | null;
}

const columns = (sql: Queries) => sql`
  m.id, m.chat_id "chatId", m.position, m.author_id "authorId", u.name "authorName", m.key, m.text, m.written_at "writtenAt", m.edited_at "editedAt",
  m.deleted_at "deletedAt",
  (select coalesce(json_agg(json_build_object('id', named.id, 'name', named.name)), '[]') from users named
    where named.account_id = m.account_id and named.id = any(m.mentions)) mentions,
  (select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'sizeBytes', f.size_bytes, 'widthPx', f.width_px,
      'heightPx', f.height_px) order by array_position(m.file_ids, f.id)), '[]')
    from files f where f.account_id = m.account_id and f.id = any(m.file_ids)) files`;

const author = (sql: Queries) => sql`join users u on u.account_id = m.account_id and u.id = m.author_id`;

/** One end of a chat, oldest first: the newest before a position, or the oldest after one. The caller has checked that the chat may be read. */
export async function internalMessages(
  sql: Queries,
  accountId: number,
  chatId: number,
  side: { before?: number; after?: number },
  limit: number,
): Promise<InternalMessageRow[]> {
  const { before, after } = side;
  const rows = await sql<InternalMessageRow[]>`
    select ${columns(sql)} from internal_messages m ${author(sql)} where m.account_id = ${accountId} and m.chat_id = ${chatId}
    ${before === undefined ? sql`` : sql`and m.position < ${before}`} ${after === undefined ? sql`` : sql`and m.position > ${after}`}
    order by m.position ${after === undefined ? sql`desc` : sql``} limit ${limit}`;
  return after === undefined ? rows.toReversed() : [...rows];
}

export async function findInternalMessage(
  sql: Queries,
  accountId: number,
  chatId: number,
  by: { id: number } | { authorId: number; key: string },
): Promise<InternalMessageRow | undefined> {
  const [row] = await sql<InternalMessageRow[]>`
    select ${columns(sql)} from internal_messages m ${author(sql)} where m.account_id = ${accountId} and m.chat_id = ${chatId}
    ${'id' in by ? sql`and m.id = ${by.id}` : sql`and m.author_id = ${by.authorId} and m.key = ${by.key}`}`;
  return row;
}

export interface NewInternalMessage {
  chatId: number;
  authorId: number;
  key: string;
  text: string;
  mentions: number[];
  fileIds: string[];
}

/** Appends to a chat whose row is locked; the writer has read everything up to it. */
export async function insertInternalMessage(sql: Queries, accountId: number, message: NewInternalMessage, at: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    with chat as (
      update internal_chats set last_position = last_position + 1, active_at = ${at}
      where account_id = ${accountId} and id = ${message.chatId} returning last_position
    ), reader as (
      update internal_members set read_position = chat.last_position from chat
      where account_id = ${accountId} and chat_id = ${message.chatId} and user_id = ${message.authorId}
    )
    insert into internal_messages (account_id, chat_id, position, author_id, key, text, mentions, file_ids, written_at)
    select ${accountId}, ${message.chatId}, last_position, ${message.authorId}, ${message.key}, ${message.text}, ${message.mentions}::bigint[],
      ${message.fileIds}::uuid[], ${at} from chat
    returning id`;
  return row!.id;
}

/** Changes the writer's own message that is not deleted; false: there is no such. */
export async function editInternalMessage(
  sql: Queries,
  accountId: number,
  message: { id: number; chatId: number; authorId: number; text: string; mentions: number[] },
  at: number,
): Promise<boolean> {
  const rows = await sql`
    update internal_messages set text = ${message.text}, mentions = ${message.mentions}::bigint[], edited_at = ${at}
    where account_id = ${accountId} and chat_id = ${message.chatId} and id = ${message.id} and author_id = ${message.authorId} and deleted_at is null
    returning id`;
  return rows.length > 0;
}

/** Empties the writer's own message: only that something stood there remains. False: there is no such, or it is deleted already. */
export async function deleteInternalMessage(
  sql: Queries,
  accountId: number,
  message: { id: number; chatId: number; authorId: number },
  at: number,
): Promise<boolean> {
  const rows = await sql`
    update internal_messages set text = '', mentions = '{}', file_ids = '{}', deleted_at = ${at}
    where account_id = ${accountId} and chat_id = ${message.chatId} and id = ${message.id} and author_id = ${message.authorId} and deleted_at is null
    returning id`;
  return rows.length > 0;
}

/** Those of the files that this user uploaded: nobody shows colleagues what they only know the id of. */
export async function ownFiles(sql: Queries, accountId: number, userId: number, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await sql<{ id: string }[]>`
    select id from files where account_id = ${accountId} and id = any(${[...ids]}::uuid[]) and created_by = ${`user:${userId}`}`;
  return rows.map((row) => row.id);
}

export interface InternalHitRow {
  id: number;
  chatId: number;
  chatKind: 'direct' | 'group' | 'lead';
  /** Of a group, else of the lead, else of the other one. */
  chatTitle: string;
  position: number;
  authorId: number;
  authorName: string;
  /** The text around the hits, which stand between U+0001 and U+0002. */
  snippet: string;
  writtenAt: number;
}

/**
 * Messages in which every word occurs, newest first, in all chats the asker may read or in one. The last word may be the beginning of one.
 * `after`: instant and id of the row before.
 */
export function searchInternal(
  sql: Queries,
  actor: Sight,
  words: readonly string[],
  page: { limit: number; chatId?: number; after?: [number, number] },
): Promise<InternalHitRow[]> {
  const query = words.map((word) => `${word}:*`).join(' & ');
  return sql<InternalHitRow[]>`
    with hits as (
      select m.* from internal_messages m join internal_chats c on c.account_id = m.account_id and c.id = m.chat_id
      where m.account_id = ${actor.accountId} and m.search @@ to_tsquery('russian', ${query}) and ${mayReadInternal(sql, actor, 'c')}
      ${page.chatId === undefined ? sql`` : sql`and m.chat_id = ${page.chatId}`}
      ${page.after === undefined ? sql`` : sql`and (m.written_at, m.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
      order by m.written_at desc, m.id desc limit ${page.limit}
    )
    select m.id, m.chat_id "chatId", c.kind "chatKind", m.position, m.author_id "authorId", u.name "authorName", m.written_at "writtenAt",
      coalesce(nullif(c.title, ''), lead.name, (
        select other.name from internal_members x join users other on other.account_id = x.account_id and other.id = x.user_id
        where x.account_id = m.account_id and x.chat_id = m.chat_id order by x.user_id = ${actor.userId} limit 1), '') "chatTitle",
      ts_headline('russian', translate(m.text, chr(1) || chr(2), ''), to_tsquery('russian', ${query}),
        'StartSel=' || chr(1) || ', StopSel=' || chr(2) || ', MaxWords=24, MinWords=12, MaxFragments=1, FragmentDelimiter=…') snippet
    from hits m join internal_chats c on c.account_id = m.account_id and c.id = m.chat_id ${author(sql)}
    left join leads lead on lead.account_id = c.account_id and lead.id = c.lead_id
    order by m.written_at desc, m.id desc`;
}
