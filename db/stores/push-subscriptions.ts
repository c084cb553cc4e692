import { createHash } from 'node:crypto';
import type { Queries } from '../connection.ts';
import { seal, unseal } from '../secrets.ts';

/** Where and how a browser is written to. */
export interface PushAddress {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushSubscriptionRow {
  id: number;
  device: string;
  createdAt: number;
  lastError: string;
}

/** A user's browsers; the oldest make room for the next. */
const MOST_A_USER = 20;

const contextOf = (accountId: number, endpointHash: string) => `push/${accountId}/${endpointHash}`;

/** Opens what a subscription's row holds. */
export function openPushAddress(secretKey: Uint8Array, row: { accountId: number; endpointHash: string; sealed: string }): PushAddress {
  const { endpoint, p256dh, auth } = unseal(secretKey, row.sealed, contextOf(row.accountId, row.endpointHash));
  return { endpoint: endpoint ?? '', p256dh: p256dh ?? '', auth: auth ?? '' };
}

/** Notes a browser; one that is known already is this user's from now on. */
export async function savePushSubscription(
  sql: Queries,
  secretKey: Uint8Array,
  user: { accountId: number; userId: number },
  { device, ...address }: PushAddress & { device: string },
  at: number,
): Promise<PushSubscriptionRow> {
  const { accountId, userId } = user;
  const endpointHash = createHash('sha256').update(address.endpoint).digest('base64url');
  const sealed = seal(secretKey, address, contextOf(accountId, endpointHash));
  const [row] = await sql<PushSubscriptionRow[]>`
    insert into push_subscriptions (account_id, user_id, endpoint_hash, sealed, device, created_at)
    values (${accountId}, ${userId}, ${endpointHash}, ${sealed}, ${device}, ${at})
    on conflict (account_id, endpoint_hash) do update set user_id = excluded.user_id, sealed = excluded.sealed, device = excluded.device,
      created_at = case when push_subscriptions.user_id = excluded.user_id then push_subscriptions.created_at else excluded.created_at end, last_error = ''
    returning id, device, created_at "createdAt", last_error "lastError"`;
  await sql`
    delete from push_subscriptions where account_id = ${accountId} and id in (
      select id from push_subscriptions where account_id = ${accountId} and user_id = ${userId} order by created_at desc, id desc offset ${MOST_A_USER})`;
  return row!;
}

export function listPushSubscriptions(sql: Queries, user: { accountId: number; userId: number }): Promise<PushSubscriptionRow[]> {
  return sql<PushSubscriptionRow[]>`
    select id, device, created_at "createdAt", last_error "lastError" from push_subscriptions
    where account_id = ${user.accountId} and user_id = ${user.userId} order by created_at, id`;
}

/** Forgets a browser of the user; false where it is none of theirs. What was still to be sent to it goes with it. */
export async function deletePushSubscription(sql: Queries, user: { accountId: number; userId: number }, id: number): Promise<boolean> {
  const gone = await sql`
    with gone as (delete from push_subscriptions where account_id = ${user.accountId} and user_id = ${user.userId} and id = ${id} returning id),
      left_over as (delete from push_deliveries where account_id = ${user.accountId} and subscription_id in (select id from gone))
    select id from gone`;
  return gone.length > 0;
}
