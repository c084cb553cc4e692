/** Private notes of conversations: what colleagues tell each other beside the thread. They are rows of `notes`, never messages: no way leads from here to a client. */
import type { Queries } from '../connection.ts';

/** What a note of a conversation keeps beside its text. */
export interface TalkNoteParams {
  /** Users who are named in it. */
  mentions: number[];
  fileIds: string[];
}

export interface TalkNoteRow {
  id: number;
  conversationNumber: number;
  text: string;
  authorId: number | null;
  authorName: string | null;
  mentions: { id: number; name: string }[];
  files: { id: string; name: string; mime: string; sizeBytes: number; widthPx: number | null; heightPx: number | null }[];
  at: number;
  editedAt: number | null;
}

const columns = (sql: Queries) => sql`
  n.id, n.entity_id "conversationNumber", n.text, (n.created_by ->> 'id')::bigint "authorId", u.name "authorName", n.created_at at, n.edited_at "editedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name) order by m.name), '[]')
    from users m where m.account_id = n.account_id and m.id in (select jsonb_array_elements_text(n.params -> 'mentions')::bigint)) mentions,
  (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'sizeBytes', f.size_bytes,
    'widthPx', f.width_px, 'heightPx', f.height_px)), '[]')
    from files f where f.account_id = n.account_id and f.id in (select jsonb_array_elements_text(n.params -> 'fileIds')::uuid)) files`;
const author = (sql: Queries) => sql`left join users u on u.account_id = n.account_id and u.id = (n.created_by ->> 'id')::bigint`;

/** Notes of all conversations of a contact, newest first. `before`: instant and id of the last one that was read. */
export function notesOfContact(
  sql: Queries,
  accountId: number,
  contactId: number,
  page: { limit: number; before?: [number, number] },
): Promise<TalkNoteRow[]> {
  return sql<TalkNoteRow[]>`
    select ${columns(sql)} from notes n ${author(sql)}
    where n.account_id = ${accountId} and n.entity_type = 'talk'
      and n.entity_id in (select t.number from conversations t where t.account_id = ${accountId} and t.contact_id = ${contactId})
      ${page.before === undefined ? sql`` : sql`and (n.created_at, n.id) < (${page.before[0]}::timestamptz, ${page.before[1]}::bigint)`}
    order by n.created_at desc, n.id desc limit ${page.limit}`;
}

export async function findTalkNote(sql: Queries, accountId: number, number: number, id: number): Promise<TalkNoteRow | undefined> {
  const [row] = await sql<TalkNoteRow[]>`
    select ${columns(sql)} from notes n ${author(sql)}
    where n.account_id = ${accountId} and n.entity_type = 'talk' and n.entity_id = ${number} and n.id = ${id}`;
  return row;
}

export async function insertTalkNote(
  tx: Queries,
  accountId: number,
  note: TalkNoteParams & { number: number; text: string; userId: number },
  at: number,
): Promise<number> {
  const { mentions, fileIds } = note;
  const [row] = await tx<{ id: number }[]>`
    insert into notes (account_id, entity_type, entity_id, text, params, created_by, created_at)
    values (${accountId}, 'talk', ${note.number}, ${note.text}, ${{ mentions, fileIds } as never}, ${{ kind: 'user', id: note.userId } as never}, ${at})
    returning id`;
  return row!.id;
}

export async function updateTalkNote(
  tx: Queries,
  accountId: number,
  id: number,
  note: TalkNoteParams & { text: string },
  at: number,
): Promise<void> {
  const { mentions, fileIds } = note;
  await tx`
    update notes set text = ${note.text}, params = ${{ mentions, fileIds } as never}, edited_at = ${at}
    where account_id = ${accountId} and id = ${id} and entity_type = 'talk'`;
}

export async function deleteTalkNote(tx: Queries, accountId: number, id: number): Promise<void> {
  await tx`delete from notes where account_id = ${accountId} and id = ${id} and entity_type = 'talk'`;
}
