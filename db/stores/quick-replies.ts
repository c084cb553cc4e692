import type { Queries } from '../connection.ts';

export interface QuickReplyRow {
  id: number;
  /** Null: shared by the whole account. */
  userId: number | null;
  title: string;
  text: string;
  files: { id: string; name: string; mime: string; sizeBytes: number; widthPx: number | null; heightPx: number | null }[];
  updatedAt: number;
}

interface Owner {
  accountId: number;
  userId: number;
}

const columns = (sql: Queries) => sql`
  q.id, q.user_id "userId", q.title, q.text, q.updated_at "updatedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'sizeBytes', f.size_bytes,
    'widthPx', f.width_px, 'heightPx', f.height_px) order by array_position(q.file_ids, f.id)), '[]')
    from files f where f.account_id = q.account_id and f.id = any(q.file_ids)) files`;
const reachable = (sql: Queries, { accountId, userId }: Owner) =>
  sql`q.account_id = ${accountId} and (q.user_id is null or q.user_id = ${userId})`;

/** One's own and the shared ones, by title. */
export function listQuickReplies(sql: Queries, owner: Owner): Promise<QuickReplyRow[]> {
  return sql<QuickReplyRow[]>`select ${columns(sql)} from quick_replies q where ${reachable(sql, owner)} order by lower(q.title), q.id`;
}

export async function findQuickReply(sql: Queries, owner: Owner, id: number): Promise<QuickReplyRow | undefined> {
  const [row] = await sql<QuickReplyRow[]>`select ${columns(sql)} from quick_replies q where ${reachable(sql, owner)} and q.id = ${id}`;
  return row;
}

export interface QuickReplyDraft {
  title: string;
  text: string;
  fileIds: string[];
  shared: boolean;
}

export async function insertQuickReply(sql: Queries, owner: Owner, draft: QuickReplyDraft, at: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into quick_replies (account_id, user_id, title, text, file_ids, created_by, created_at, updated_at)
    values (${owner.accountId}, ${draft.shared ? null : owner.userId}, ${draft.title}, ${draft.text}, ${draft.fileIds}::uuid[], ${owner.userId}, ${at}, ${at})
    returning id`;
  return row!.id;
}

export async function updateQuickReply(sql: Queries, owner: Owner, id: number, draft: QuickReplyDraft, at: number): Promise<void> {
  await sql`
    update quick_replies q set user_id = ${draft.shared ? null : owner.userId}, title = ${draft.title}, text = ${draft.text},
      file_ids = ${draft.fileIds}::uuid[], updated_at = ${at}
    where ${reachable(sql, owner)} and q.id = ${id}`;
}

export async function deleteQuickReply(sql: Queries, owner: Owner, id: number): Promise<void> {
  await sql`delete from quick_replies q where ${reachable(sql, owner)} and q.id = ${id}`;
}
