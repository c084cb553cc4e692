import type { Queries } from '../connection.ts';
import { mayReadInternal } from './internal-chats.ts';
import { type Sight, seesAll, visibleByContact } from './sight.ts';

export interface StoredFile {
  accountId: number;
  id: string;
  name: string;
  mime: string;
  sizeBytes: number;
  sha256: string;
  storageKey: string;
  widthPx: number | null;
  heightPx: number | null;
}

const columns = (sql: Queries) => sql`
  account_id "accountId", id, name, mime, size_bytes "sizeBytes", sha256, storage_key "storageKey", width_px "widthPx", height_px "heightPx"`;

/** A file that is saved again under its id takes its own place. */
export async function insertFile(sql: Queries, file: StoredFile, createdBy: string, at: number): Promise<void> {
  await sql`
    insert into files (account_id, id, name, mime, size_bytes, sha256, storage_key, width_px, height_px, created_by, created_at)
    values (${file.accountId}, ${file.id}, ${file.name}, ${file.mime}, ${file.sizeBytes}, ${file.sha256}, ${file.storageKey}, ${file.widthPx},
      ${file.heightPx}, ${createdBy}, ${at})
    on conflict (account_id, id) do update set name = excluded.name, mime = excluded.mime, size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
      storage_key = excluded.storage_key, width_px = excluded.width_px, height_px = excluded.height_px, created_at = excluded.created_at`;
}

/** Forgets those of the files that no message carries; answers where their bytes lie. */
export async function deleteFiles(sql: Queries, accountId: number, ids: string[]): Promise<string[]> {
  const rows = await sql<{ storageKey: string }[]>`
    delete from files f where account_id = ${accountId} and id = any(${ids}::uuid[])
      and not exists (select 1 from attachments a where a.account_id = f.account_id and a.file_id = f.id)
    returning storage_key "storageKey"`;
  return rows.map(({ storageKey }) => storageKey);
}

export function findFiles(sql: Queries, accountId: number, ids: string[]): Promise<StoredFile[]> {
  return sql<StoredFile[]>`select ${columns(sql)} from files where account_id = ${accountId} and id = any(${ids}::uuid[])`;
}

/**
 * Those of the account's files that the asker may see: brought by the asker, carried by a message of a client in sight, by a chat of colleagues that the
 * asker reads, or by a quick reply for the asker. Others are simply not there. What hangs nowhere (a colleague's draft, a bot's file) is seen by those who
 * see all clients; what was shown to colleagues alone is not.
 */
export function findSeenFiles(sql: Queries, actor: Sight, ids: string[]): Promise<StoredFile[]> {
  const shown = (more = sql``) => sql`exists (
    select 1 from internal_messages m join internal_chats c on c.account_id = m.account_id and c.id = m.chat_id
    where m.account_id = f.account_id and m.file_ids @> array[f.id] ${more})`;
  const ofClients = seesAll(actor)
    ? sql`not ${shown()}`
    : sql`exists (select 1 from attachments a join chats c on c.account_id = a.account_id and c.id = a.chat_id
        where a.account_id = f.account_id and a.file_id = f.id and ${visibleByContact(sql, actor, 'c')})`;
  return sql<StoredFile[]>`
    select ${columns(sql)} from files f where f.account_id = ${actor.accountId} and f.id = any(${ids}::uuid[])
    and (f.created_by = ${`user:${actor.userId}`} or ${ofClients} or ${shown(sql`and ${mayReadInternal(sql, actor, 'c')}`)}
      or exists (select 1 from quick_replies q where q.account_id = f.account_id and (q.user_id is null or q.user_id = ${actor.userId})
        and q.file_ids @> array[f.id]))`;
}

/** By id alone: only for an address whose proof was checked. */
export async function fileOfAddress(sql: Queries, id: string): Promise<StoredFile | undefined> {
  const [row] = await sql<StoredFile[]>`select ${columns(sql)} from files where id = ${id}`;
  return row;
}
