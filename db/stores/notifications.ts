import type { Queries } from '../connection.ts';
import type { NotificationKind } from '../schema/index.ts';
import { type Sight, visibleByContact } from './sight.ts';

export interface NotificationRow {
  id: number;
  what: NotificationKind;
  conversationNumber: number | null;
  leadId: number | null;
  contactName: string | null;
  data: Record<string, string | number>;
  at: number;
  readAt: number | null;
}

const mine = (sql: Queries, actor: Sight) => sql`
  n.account_id = ${actor.accountId} and n.withdrawn_at is null and (n.user_id is null or n.user_id = ${actor.userId})
  and (n.conversation_number is null or exists (
    select 1 from conversations t where t.account_id = n.account_id and t.number = n.conversation_number and ${visibleByContact(sql, actor, 't')}))`;

/** Mine and everybody's that are not withdrawn, newest first. */
export function listNotifications(
  sql: Queries,
  actor: Sight,
  page: { limit: number; after?: [number, number] },
): Promise<NotificationRow[]> {
  return sql<NotificationRow[]>`
    select n.id, n.what, n.conversation_number "conversationNumber", n.lead_id "leadId", ct.name "contactName", n.data, n.at, n.read_at "readAt"
    from notifications n
    left join conversations t on t.account_id = n.account_id and t.number = n.conversation_number
    left join contacts ct on ct.account_id = t.account_id and ct.id = t.contact_id
    where ${mine(sql, actor)} ${page.after === undefined ? sql`` : sql`and (n.at, n.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
    order by n.at desc, n.id desc limit ${page.limit}`;
}

/** Unread ones, counted up to 1,000. */
export async function countUnread(sql: Queries, actor: Sight): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int count from (select 1 from notifications n where ${mine(sql, actor)} and n.read_at is null limit 1000) unread`;
  return row!.count;
}

/** Marks them as read; returns the ids that changed. */
export async function readNotifications(sql: Queries, actor: Sight, ids: number[] | undefined, at: number): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    update notifications n set read_at = ${at} where ${mine(sql, actor)} and n.read_at is null
    ${ids === undefined ? sql`` : sql`and n.id = any(${ids}::bigint[])`} returning n.id`;
  return rows.map((row) => row.id);
}
