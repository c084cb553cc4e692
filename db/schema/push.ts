import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { accountId, instant, numericId, reference } from './columns.ts';

/** Browsers that want pushes. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    accountId: accountId(),
    id: numericId(),
    userId: reference('user_id').notNull(),
    /** SHA-256 of the address: a browser that asks twice is one subscription. */
    endpointHash: text('endpoint_hash').notNull(),
    /** The address (whoever knows it may write to it) and the browser's keys. */
    sealed: text('sealed').notNull(),
    /** Such as `Chrome · Windows`, for the list of devices. */
    device: text('device').notNull(),
    createdAt: instant('created_at').notNull(),
    lastError: text('last_error').notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('push_subscriptions_endpoint').on(t.accountId, t.endpointHash),
    index('push_subscriptions_user').on(t.accountId, t.userId),
  ],
);

/** One notification at one browser: `due` → `shown` → `closing` → gone. */
export const pushDeliveries = pgTable(
  'push_deliveries',
  {
    accountId: accountId(),
    id: numericId(),
    notificationId: reference('notification_id').notNull(),
    subscriptionId: reference('subscription_id').notNull(),
    userId: reference('user_id').notNull(),
    tag: text('tag').notNull(),
    state: text('state').$type<'due' | 'shown' | 'closing'>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    notBefore: instant('not_before').notNull(),
    /** Whoever sends it has until then; after it the outcome is unknown and it is sent again. */
    claimedUntil: instant('claimed_until'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('push_deliveries_once').on(t.accountId, t.notificationId, t.subscriptionId),
    index('push_deliveries_subscription').on(t.accountId, t.subscriptionId, t.tag),
    index('push_deliveries_due').on(t.accountId, t.notBefore).where(sql`state in ('due', 'closing')`),
  ],
);
