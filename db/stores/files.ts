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

export async function insertFile(sql: Queries, file: StoredFile, createdBy: string, at: number): Promise<void> {
  await sql`
    insert into files (account_id, id, name, mime, size_bytes, sha256, storage_key, width_px, height_px, created_by, created_at)
    values (${file.accountId}, ${file.id}, ${file.name}, ${file.mime}, ${file.sizeBytes}, ${file.sha256}, ${file.storageKey}, ${file.widthPx},
      ${file.heightPx}, ${createdBy}, ${at})`;
}

export function findFiles(sql: Queries, accountId: number, ids: string[]): Promise<StoredFile[]> {
  return sql<StoredFile[]>`select ${columns(sql)} from files where account_id = ${accountId} and id = any(${ids}::uuid[])`;
}

/**
 * Those of the account's files that the asker may see: brought by the asker, or carried by a message of a client in sight or of a chat of colleagues. Others are simply not there.
 * What hangs on no client's message (a draft of a colleague, a file of a bot) is seen by those who see all.
 */
export function findSeenFiles(sql: Queries, actor: Sight, ids: string[]): Promise<StoredFile[]> {
  const inSight = seesAll(actor)
    ? sql`true`
    : sql`(f.created_by = ${`user:${actor.userId}`} or exists (
        select 1 from attachments a join chats c on c.account_id = a.account_id and c.id = a.chat_id
        where a.account_id = f.account_id and a.file_id = f.id and ${visibleByContact(sql, actor, 'c')})
      or exists (
        select 1 from internal_messages m join internal_chats c on c.account_id = m.account_id and c.id = m.chat_id
        where m.account_id = f.account_id and m.file_ids @> array[f.id] and ${mayReadInternal(sql, actor, 'c')}))`;
  return sql<StoredFile[]>`
    select ${columns(sql)} from files f where f.account_id = ${actor.accountId} and f.id = any(${ids}::uuid[]) and ${inSight}`;
}

/** By id alone: only for an address whose proof was checked. */
export async function fileOfAddress(sql: Queries, id: string): Promise<StoredFile | undefined> {
  const [row] = await sql<StoredFile[]>`select ${columns(sql)} from files where id = ${id}`;
  return row;
}
