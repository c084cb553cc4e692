/** The rows of pushes under way: claimed by one sender at a time, settled by what the push service said. */
import type { Queries, Sql } from '../../db/connection.ts';
import { cardOfNote } from '../../db/stores/notifications.ts';
import type { Told } from '../../domain/notifications/push-words.ts';
import type { StoredNotificationSettings } from '../../domain/notifications/settings.ts';
import { STALE_MS } from './plan.ts';

/** Longer than a call may last. */
const CLAIM_MS = 30_000;
const KEEP_MS = 3 * 86_400_000;
const BACKOFF_MS = [5_000, 30_000, 2 * 60_000, 10 * 60_000, 30 * 60_000];

export interface Delivery extends Told {
  accountId: number;
  deliveryId: number;
  state: 'due' | 'closing';
  attempts: number;
  tag: string;
  subscriptionId: number;
  endpointHash: string;
  sealed: string;
  lastError: string;
  /** It was read or withdrawn before it went out. */
  isOver: boolean;
  /** Something newer stands, or is to stand, under the same tag in that browser. */
  isReplaced: boolean;
  stored: StoredNotificationSettings;
  language: string;
  timeZone: string;
}

/** Read by whom the delivery is for, or withdrawn; the aliases of the notification and the delivery. */
const isOver = (sql: Queries, note = 'n', delivery = 'd') => sql`
  (${sql(note)}.withdrawn_at is not null or (${sql(note)}.user_id is not null and ${sql(note)}.read_at is not null)
    or ${sql(note)}.read_by_ids @> array[${sql(delivery)}.user_id])`;

/** What was shown and has been read, answered or withdrawn since is to be closed. */
export async function closeSettled(sql: Sql, accountIds: number[], at: number): Promise<void> {
  await sql`
    update push_deliveries d set state = 'closing', attempts = 0, not_before = ${at}, claimed_until = null from notifications n
    where d.account_id = any(${accountIds}::bigint[]) and d.state = 'shown' and n.account_id = d.account_id and n.id = d.notification_id and ${isOver(sql)}`;
}

/** Claims what is due, at most `limit`, with everything that is to be said. */
export function claimDeliveries(sql: Sql, accountIds: number[], at: number, limit: number): Promise<Delivery[]> {
  return sql<Delivery[]>`
    with next as (
      select account_id, id from push_deliveries
      where account_id = any(${accountIds}::bigint[]) and state in ('due', 'closing') and not_before <= ${at} and (claimed_until is null or claimed_until < ${at})
      order by not_before, id limit ${limit} for update skip locked
    ), d as (
      update push_deliveries p set claimed_until = ${at + CLAIM_MS}, attempts = attempts + 1 from next
      where p.account_id = next.account_id and p.id = next.id returning p.*)
    select d.account_id "accountId", d.id "deliveryId", d.state, d.attempts, d.tag, d.subscription_id "subscriptionId",
      s.endpoint_hash "endpointHash", s.sealed, s.last_error "lastError", ${isOver(sql)} "isOver",
      exists (select 1 from push_deliveries o join notifications m on m.account_id = o.account_id and m.id = o.notification_id
        where o.account_id = d.account_id and o.subscription_id = d.subscription_id and o.tag = d.tag and o.id <> d.id
          and (case o.state when 'closing' then o.id > d.id else not ${isOver(sql, 'm', 'o')} end)) "isReplaced",
      n.id, n.what, n.conversation_number "conversationNumber", n.lead_id "leadId", n.data, n.at,
      ct.name "contactName", coalesce(l.name, cu.name) "cardName", ch.name "channelName", w.text "clientText",
      u.notification_settings stored, a.language, a.time_zone "timeZone"
    from d
    join notifications n on n.account_id = d.account_id and n.id = d.notification_id
    join push_subscriptions s on s.account_id = d.account_id and s.id = d.subscription_id
    join users u on u.account_id = d.account_id and u.id = d.user_id
    join accounts a on a.id = d.account_id
    left join conversations t on t.account_id = n.account_id and t.number = n.conversation_number
    left join contacts ct on ct.account_id = t.account_id and ct.id = t.contact_id
    ${cardOfNote(sql)}
    left join chats h on h.account_id = t.account_id and h.id = t.chat_id
    left join channels ch on ch.account_id = t.account_id and ch.id = t.channel_id
    left join lateral (
      select m.text from messages m where m.account_id = t.account_id and m.chat_id = t.chat_id and m.direction = 'in'
      order by m.position desc limit 1) w on true`;
}

export async function markShown(sql: Sql, { accountId, deliveryId }: Delivery): Promise<void> {
  await sql`update push_deliveries set state = 'shown', claimed_until = null, attempts = 0 where account_id = ${accountId} and id = ${deliveryId}`;
}

export async function dropDelivery(sql: Sql, { accountId, deliveryId }: Delivery): Promise<void> {
  await sql`delete from push_deliveries where account_id = ${accountId} and id = ${deliveryId}`;
}

/** Tries again later, in growing pauses or when the service said; gives up when it would be stale. */
export async function retryLater(sql: Sql, delivery: Delivery, at: number, retryAfterMs: number | undefined): Promise<void> {
  const pause = Math.max(retryAfterMs ?? 0, BACKOFF_MS[Math.min(delivery.attempts, BACKOFF_MS.length) - 1] ?? 5_000);
  if (at + pause > delivery.at + STALE_MS) return dropDelivery(sql, delivery);
  await sql`
    update push_deliveries set claimed_until = null, not_before = ${at + pause}
    where account_id = ${delivery.accountId} and id = ${delivery.deliveryId}`;
}

/** The browser has unsubscribed: the service will never take anything for it again. */
export async function forgetBrowser(sql: Sql, { accountId, subscriptionId }: Delivery): Promise<void> {
  await sql`
    with gone as (delete from push_subscriptions where account_id = ${accountId} and id = ${subscriptionId})
    delete from push_deliveries where account_id = ${accountId} and subscription_id = ${subscriptionId}`;
}

/** Shown in the list of devices; written only when it changes. */
export async function noteError(sql: Sql, delivery: Delivery, words: string): Promise<void> {
  if (delivery.lastError === words) return;
  await sql`update push_subscriptions set last_error = ${words} where account_id = ${delivery.accountId} and id = ${delivery.subscriptionId}`;
}

/** The instant of the next attempt (epoch ms); undefined when nothing waits. */
export async function nextAttemptAt(sql: Sql, accountIds: number[]): Promise<number | undefined> {
  const [row] = await sql<{ at: number | null }[]>`
    select min(greatest(not_before, claimed_until)) at from push_deliveries
    where account_id = any(${accountIds}::bigint[]) and state in ('due', 'closing')`;
  return row?.at ?? undefined;
}

export async function accountsWithBrowsers(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`select distinct account_id id from push_subscriptions`;
  return rows.map(({ id }) => id);
}

/** What was shown days ago is closed by the next page that opens. */
export async function forgetOld(sql: Sql, accountIds: number[], at: number): Promise<void> {
  await sql`delete from push_deliveries where account_id = any(${accountIds}::bigint[]) and created_at < ${at - KEEP_MS}`;
}
