import type { NotificationGroup, NotificationKind } from '../../domain/notifications/kinds.ts';
import { kindsOfGroup } from '../../domain/notifications/kinds.ts';
import { alwaysInCentre } from '../../domain/notifications/settings.ts';
import type { Queries } from '../connection.ts';
import { type Sight, seesAll, visibleByContact, visibleLead } from './sight.ts';

export interface NotificationRow {
  id: number;
  what: NotificationKind;
  conversationNumber: number | null;
  leadId: number | null;
  contactName: string | null;
  /** The lead or customer it is about, where no conversation is. */
  cardName: string | null;
  data: Record<string, string | number>;
  at: number;
  readAt: number | null;
}

/** Told to this user: by name, or to all who may see it. Of two that tell the same, the one by name stands. */
export const toldTo = (sql: Queries, userId: number) => sql`
  (n.user_id = ${userId} or (n.user_id is null and not exists (
    select 1 from notifications own where own.account_id = n.account_id and own.conversation_number = n.conversation_number
      and own.user_id = ${userId} and own.what = n.what and own.at = n.at and own.withdrawn_at is null)))`;

/** The card it is about, where no conversation is: its lead, or the customer that its data name. */
export const cardOfNote = (sql: Queries) => sql`
  left join leads l on n.conversation_number is null and l.account_id = n.account_id and l.id = n.lead_id
  left join customers cu on n.conversation_number is null and cu.account_id = n.account_id and cu.id = (n.data ->> 'customerId')::bigint`;

/** Seen with the user's rights: what hangs on a conversation follows its contact, what hangs on a card alone follows the card. */
export const seenBy = (sql: Queries, actor: Sight) =>
  seesAll(actor)
    ? sql`true`
    : sql`case when n.conversation_number is not null then exists (
        select 1 from conversations t where t.account_id = n.account_id and t.number = n.conversation_number and ${visibleByContact(sql, actor, 't')})
      when n.lead_id is not null then exists (
        select 1 from leads l where l.account_id = n.account_id and l.id = n.lead_id and ${visibleLead(sql, actor, 'l')})
      when n.data ? 'customerId' then exists (
        select 1 from customers cu where cu.account_id = n.account_id and cu.id = (n.data ->> 'customerId')::bigint and ${visibleLead(sql, actor, 'cu')})
      else true end`;

/** What stands in a user's centre: told to them, not withdrawn, seen with their rights, of the kinds they want there. */
const mine = (sql: Queries, actor: Sight) => {
  const chosen = sql`(select notification_settings from users where account_id = ${actor.accountId} and id = ${actor.userId})`;
  return sql`
  n.account_id = ${actor.accountId} and n.withdrawn_at is null and ${toldTo(sql, actor.userId)}
  and (n.user_id is not null or coalesce((${chosen} ->> 'nobodys')::boolean, true))
  and (n.what = any(${[...alwaysInCentre]}::text[]) or coalesce((${chosen} -> 'kinds' -> n.what ->> 'centre')::boolean, true))
  and ${seenBy(sql, actor)}`;
};

const readBy = (sql: Queries, userId: number) =>
  sql`(case when n.user_id is not null or n.read_by_ids @> array[${userId}]::bigint[] then n.read_at end)`;

/** Mine and everybody's that are not withdrawn, newest first. */
export function listNotifications(
  sql: Queries,
  actor: Sight,
  page: { limit: number; after?: [number, number]; group?: NotificationGroup; unread?: boolean },
): Promise<NotificationRow[]> {
  return sql<NotificationRow[]>`
    select n.id, n.what, n.conversation_number "conversationNumber", n.lead_id "leadId", ct.name "contactName",
      coalesce(l.name, cu.name) "cardName", n.data, n.at,
      ${readBy(sql, actor.userId)} "readAt"
    from notifications n
    left join conversations t on t.account_id = n.account_id and t.number = n.conversation_number
    left join contacts ct on ct.account_id = t.account_id and ct.id = t.contact_id
    ${cardOfNote(sql)}
    where ${mine(sql, actor)} ${page.after === undefined ? sql`` : sql`and (n.at, n.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
    ${page.group === undefined ? sql`` : sql`and n.what = any(${kindsOfGroup(page.group)}::text[])`}
    ${page.unread === true ? sql`and ${readBy(sql, actor.userId)} is null` : sql``}
    order by n.at desc, n.id desc limit ${page.limit}`;
}

/** Unread ones, counted up to 1,000. */
export async function countUnread(sql: Queries, actor: Sight): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int count from (
      select 1 from notifications n where ${mine(sql, actor)} and ${readBy(sql, actor.userId)} is null limit 1000) unread`;
  return row!.count;
}

/** Marks them as read by this user: those named, or all of a group, or all; returns the ids that changed. */
export async function readNotifications(
  sql: Queries,
  actor: Sight,
  which: { ids?: number[] | undefined; group?: NotificationGroup | undefined },
  at: number,
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    update notifications n set read_at = coalesce(n.read_at, ${at}),
      read_by_ids = case when n.user_id is null then n.read_by_ids || ${actor.userId}::bigint else n.read_by_ids end
    where ${mine(sql, actor)} and ${readBy(sql, actor.userId)} is null
    ${which.ids === undefined ? sql`` : sql`and n.id = any(${which.ids}::bigint[])`}
    ${which.group === undefined ? sql`` : sql`and n.what = any(${kindsOfGroup(which.group)}::text[])`} returning n.id`;
  return rows.map((row) => row.id);
}
