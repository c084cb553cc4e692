/** Subscriptions of account webhooks: their rows, and how far each feed has come. Instants in epoch ms. */
import { createHmac, randomBytes } from 'node:crypto';
import type { FeedState } from '../../domain/webhooks/schedule.ts';
import type { Queries, Sql } from '../connection.ts';
import type { Delivery } from '../schema/index.ts';

export const MOST_WEBHOOKS = 100;
/** Calls of a receiver that are kept to be looked at. */
const MOST_RECENT = 10;

export interface WebhookRow {
  accountId: number;
  id: number;
  destination: string;
  settings: string[];
  sort: number;
  disabled: boolean;
  secretSalt: string;
  createdBy: number;
  createdAt: number;
  updatedAt: number;
}

/** A subscription as its feed sees it. */
export interface FeedRow extends WebhookRow, FeedState {
  deletedAt: number | null;
  cursorId: number;
  tryingId: number | null;
}

const columns = (sql: Queries) => sql`account_id "accountId", id, destination, settings, sort, disabled, secret_salt "secretSalt",
  created_by "createdBy", created_at "createdAt", updated_at "updatedAt"`;

/** The secret of a subscription's signatures: made of the installation's key, so that the table alone signs nothing. */
export function webhookSecret(key: Uint8Array, webhook: Pick<WebhookRow, 'accountId' | 'id' | 'secretSalt'>): string {
  return createHmac('sha256', key).update(`webhook/${webhook.accountId}/${webhook.id}/${webhook.secretSalt}`).digest('hex');
}

export function listWebhooks(sql: Queries, accountId: number, destination?: string): Promise<WebhookRow[]> {
  return sql<WebhookRow[]>`
    select ${columns(sql)} from webhooks where account_id = ${accountId} and deleted_at is null
      ${destination === undefined ? sql`` : sql`and destination = ${destination}`}
    order by sort, id`;
}

/** A subscription as the settings page shows it. */
export interface WebhookState extends WebhookRow {
  recent: Delivery[];
  failingSince: number | null;
  nextAttemptAt: number | null;
  /** Events that it has not been told of yet, counted up to 1,000. */
  behind: number;
}

export function listWebhookStates(sql: Queries, accountId: number): Promise<WebhookState[]> {
  return sql<WebhookState[]>`
    select ${columns(sql)}, recent, failing_since "failingSince", next_attempt_at "nextAttemptAt",
      (select count(*)::int from (select 1 from events e where e.account_id = w.account_id and e.id > w.cursor_id limit 1000) later) behind
    from webhooks w where account_id = ${accountId} and deleted_at is null order by sort, id`;
}

/**
 * Subscribes an address, or changes the subscription it has; one that was switched off is on again and goes on from now. A new one tells of what
 * is committed from now on (a change that is being committed at this very moment may be left out). Undefined when the account has its 100 already.
 */
export function saveWebhook(
  sql: Sql,
  webhook: { accountId: number; userId: number; destination: string; settings: string[]; sort?: number; at: number },
): Promise<WebhookRow | undefined> {
  const { accountId, userId, destination, settings, sort, at } = webhook;
  return sql.begin(async (tx) => {
    // One at a time in an account, or two could both be the hundredth.
    await tx`select 1 from accounts where id = ${accountId} for no key update`;
    const newest = tx`coalesce((select max(id) from events where account_id = ${accountId}), 0)`;
    const [changed] = await tx<WebhookRow[]>`
      update webhooks set settings = ${tx.array(settings, 25)}, sort = coalesce(${sort ?? null}, sort), updated_at = ${tx.typed.instant(at)},
        cursor_id = case when disabled then ${newest} else cursor_id end,
        trying_id = case when disabled then null else trying_id end,
        attempts = case when disabled then 0 else attempts end,
        next_attempt_at = case when disabled then null else next_attempt_at end,
        failing_since = case when disabled then null else failing_since end,
        invalid_at = case when disabled then '{}' else invalid_at end,
        awake = awake and not disabled, disabled = false
      where account_id = ${accountId} and destination = ${destination} and deleted_at is null returning ${columns(tx)}`;
    if (changed !== undefined) return changed;
    const [count] = await tx<{ n: number }[]>`
      select count(*)::int n from webhooks where account_id = ${accountId} and deleted_at is null`;
    if (count!.n >= MOST_WEBHOOKS) return undefined;
    const [made] = await tx<WebhookRow[]>`
      insert into webhooks (account_id, destination, settings, sort, secret_salt, created_by, created_at, updated_at, cursor_id)
      values (${accountId}, ${destination}, ${tx.array(settings, 25)}, ${sort ?? 0}, ${randomBytes(18).toString('base64url')}, ${userId},
        ${tx.typed.instant(at)}, ${tx.typed.instant(at)}, ${newest})
      returning ${columns(tx)}`;
    return made;
  });
}

/** Ends a subscription; its feed takes the row away. False where the account has none with this address. */
export async function deleteWebhook(sql: Queries, accountId: number, destination: string, at: number): Promise<boolean> {
  const rows = await sql`
    update webhooks set deleted_at = ${sql.typed.instant(at)}
    where account_id = ${accountId} and destination = ${destination} and deleted_at is null returning id`;
  return rows.length > 0;
}

/** Accounts that have anything to tell anybody. */
export async function accountsWithWebhooks(sql: Queries): Promise<Set<number>> {
  const rows = await sql<{ id: number }[]>`select distinct account_id id from webhooks where not disabled or deleted_at is not null`;
  return new Set(rows.map(({ id }) => id));
}

/** Feeds of an account that sleep: whoever gets one of these wakes it, so that a busy account costs one signal a feed's turn and not one a message. */
export function takeSleepingFeeds(sql: Queries, accountId: number): Promise<{ accountId: number; id: number }[]> {
  return sql`
    update webhooks set awake = true where account_id = ${accountId} and not awake and not disabled
    returning account_id "accountId", id`;
}

/** Feeds that should be at work, whatever became of their wake: the net under signals that were lost. `at`: now. */
export function dueFeeds(sql: Queries, at: number): Promise<{ accountId: number; id: number }[]> {
  return sql`
    update webhooks w set awake = true
    where deleted_at is not null or (not disabled and (next_attempt_at is null or next_attempt_at < ${sql.typed.instant(at)})
      and (awake or exists (select 1 from events e where e.account_id = w.account_id and e.id > w.cursor_id)))
    returning account_id "accountId", id`;
}

export async function findFeed(sql: Queries, accountId: number, id: number): Promise<FeedRow | undefined> {
  const [row] = await sql<FeedRow[]>`
    select ${columns(sql)}, deleted_at "deletedAt", cursor_id "cursorId", trying_id "tryingId", attempts, next_attempt_at "nextAttemptAt",
      failing_since "failingSince", invalid_at "invalidAt"
    from webhooks where account_id = ${accountId} and id = ${id}`;
  return row;
}

/**
 * Notes what became of an event. False when another attempt of the same feed has come further meanwhile, or the subscription was changed or
 * switched: the caller then reads it again before it sends anything.
 */
export async function saveFeed(
  sql: Queries,
  feed: FeedRow,
  next: FeedState & { cursorId: number; tryingId: number | null; disabled?: boolean },
  delivery?: Delivery,
): Promise<boolean> {
  const rows = await sql`
    update webhooks set cursor_id = ${next.cursorId}, trying_id = ${next.tryingId}, attempts = ${next.attempts},
      next_attempt_at = ${next.nextAttemptAt === null ? null : sql.typed.instant(next.nextAttemptAt)},
      failing_since = ${next.failingSince === null ? null : sql.typed.instant(next.failingSince)},
      invalid_at = ${sql.array(next.invalidAt, 20)}, disabled = ${next.disabled ?? false}
      ${delivery === undefined ? sql`` : sql`, recent = jsonb_path_query_array(${sql.typed.json([delivery])} || recent, ${`$[0 to ${MOST_RECENT - 1}]`})`}
    where account_id = ${feed.accountId} and id = ${feed.id} and cursor_id = ${feed.cursorId} and attempts = ${feed.attempts}
      and updated_at = ${sql.typed.instant(feed.updatedAt)} and not disabled and deleted_at is null
    returning id`;
  return rows.length > 0;
}

/** The same for a feed that ends here, and tells whoever made the subscription. */
export async function switchOffFeed(
  sql: Sql,
  feed: FeedRow,
  next: FeedState & { cursorId: number; tryingId: number | null },
  delivery: Delivery,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    if (!(await saveFeed(tx, feed, { ...next, disabled: true }, delivery))) return false;
    await tx`
      insert into notifications (account_id, user_id, what, data, at)
      select account_id, created_by, 'webhookOff', jsonb_build_object('words', destination), ${tx.typed.instant(delivery.at)} from webhooks
      where account_id = ${feed.accountId} and id = ${feed.id}`;
    return true;
  });
}

/** Lays a feed to sleep; whoever commits after this wakes it. */
export async function letFeedSleep(sql: Queries, accountId: number, id: number): Promise<void> {
  await sql`update webhooks set awake = false where account_id = ${accountId} and id = ${id}`;
}

export async function wakeFeed(sql: Queries, accountId: number, id: number): Promise<void> {
  await sql`update webhooks set awake = true where account_id = ${accountId} and id = ${id}`;
}

/** Takes away a subscription that was ended. */
export async function removeFeed(sql: Queries, accountId: number, id: number): Promise<void> {
  await sql`delete from webhooks where account_id = ${accountId} and id = ${id} and deleted_at is not null`;
}
