/** Tasks and notes of cards. Who may see the card sees them; asking for the card first is the caller's part. */
import type { Author } from '../../domain/conversation/model.ts';
import type { Queries } from '../connection.ts';

export type CardKind = 'lead' | 'customer' | 'contact';
export interface Card {
  type: CardKind;
  id: number;
}

export interface TaskRow {
  id: number;
  entityType: CardKind;
  entityId: number;
  text: string;
  responsibleId: number | null;
  responsibleName: string | null;
  dueAt: number;
  completedAt: number | null;
  createdBy: Author;
  authorName: string | null;
  createdAt: number;
}

const select = (sql: Queries) => sql`
  select k.id, k.entity_type "entityType", k.entity_id "entityId", k.text, k.responsible_user_id "responsibleId", u.name "responsibleName",
    k.due_at "dueAt", k.completed_at "completedAt", k.created_by "createdBy", coalesce(a.name, b.name) "authorName", k.created_at "createdAt"
  from tasks k left join users u on u.account_id = k.account_id and u.id = k.responsible_user_id
  left join users a on k.created_by->>'kind' = 'user' and a.account_id = k.account_id and a.id = (k.created_by->>'id')::bigint
  left join bots b on k.created_by->>'kind' = 'bot' and b.account_id = k.account_id and b.id = (k.created_by->>'botId')::bigint`;

/** Those to be done first, the next one due above; then the done ones, the latest above. */
export function tasksOf(sql: Queries, accountId: number, card: Card, limit: number): Promise<TaskRow[]> {
  return sql<TaskRow[]>`
    ${select(sql)} where k.account_id = ${accountId} and k.entity_type = ${card.type} and k.entity_id = ${card.id}
    order by k.completed_at desc nulls first, k.due_at, k.id limit ${limit}`;
}

/** `lock`: nobody else changes it until the transaction ends. */
export async function findTask(sql: Queries, accountId: number, taskId: number, lock = false): Promise<TaskRow | undefined> {
  const [row] = await sql<TaskRow[]>`
    ${select(sql)} where k.account_id = ${accountId} and k.id = ${taskId} ${lock ? sql`for update of k` : sql``}`;
  return row;
}

export interface TaskDraft {
  text: string;
  dueAt: number;
  responsibleId: number | null;
}

export async function insertTask(
  sql: Queries,
  accountId: number,
  card: Card,
  task: TaskDraft,
  userId: number,
  at: number,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into tasks (account_id, entity_type, entity_id, text, responsible_user_id, due_at, created_by, created_at)
    values (${accountId}, ${card.type}, ${card.id}, ${task.text}, ${task.responsibleId}, ${task.dueAt}, ${{ kind: 'user', id: userId } as never}, ${at})
    returning id`;
  return row!.id;
}

export async function updateTask(
  sql: Queries,
  accountId: number,
  taskId: number,
  task: TaskDraft & { completedAt: number | null },
): Promise<void> {
  await sql`
    update tasks set text = ${task.text}, due_at = ${task.dueAt}, responsible_user_id = ${task.responsibleId},
      completed_at = ${task.completedAt}::timestamptz
    where account_id = ${accountId} and id = ${taskId}`;
}

export interface NoteRow {
  id: number;
  text: string;
  createdBy: Author;
  authorName: string | null;
  createdAt: number;
}

/** Newest first. `after`: created_at and id of the row before. */
export function notesOf(
  sql: Queries,
  accountId: number,
  card: Card,
  page: { limit: number; after?: [number, number] },
): Promise<NoteRow[]> {
  return sql<NoteRow[]>`
    select n.id, n.text, n.created_by "createdBy", coalesce(a.name, b.name) "authorName", n.created_at "createdAt" from notes n
    left join users a on n.created_by->>'kind' = 'user' and a.account_id = n.account_id and a.id = (n.created_by->>'id')::bigint
    left join bots b on n.created_by->>'kind' = 'bot' and b.account_id = n.account_id and b.id = (n.created_by->>'botId')::bigint
    where n.account_id = ${accountId} and n.entity_type = ${card.type} and n.entity_id = ${card.id}
    ${page.after === undefined ? sql`` : sql`and (n.created_at, n.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
    order by n.created_at desc, n.id desc limit ${page.limit}`;
}

export async function insertNote(sql: Queries, accountId: number, card: Card, text: string, userId: number, at: number): Promise<NoteRow> {
  const [row] = await sql<NoteRow[]>`
    with made as (
      insert into notes (account_id, entity_type, entity_id, text, created_by, created_at)
      values (${accountId}, ${card.type}, ${card.id}, ${text}, ${{ kind: 'user', id: userId } as never}, ${at})
      returning account_id, id, text, created_by, created_at)
    select n.id, n.text, n.created_by "createdBy", u.name "authorName", n.created_at "createdAt"
    from made n left join users u on u.account_id = n.account_id and u.id = ${userId}`;
  return row!;
}
