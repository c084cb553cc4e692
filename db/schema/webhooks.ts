import { sql } from 'drizzle-orm';
import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { accountId, instant, numericId, reference } from './columns.ts';

/** One call of a receiver, as the settings page shows it. `status` 0: no answer in time. */
export interface Delivery {
  eventId: number;
  type: string;
  status: number;
  attempt: number;
  at: number;
  tookMs: number;
}

/** Subscriptions of an account's webhooks, and how far each feed has come in the list of events. */
export const webhooks = pgTable(
  'webhooks',
  {
    accountId: accountId(),
    id: numericId(),
    destination: text('destination').notNull(),
    /** The vendor's codes, such as `add_talk`. */
    settings: text('settings').array().notNull(),
    sort: integer('sort').notNull().default(0),
    /** Switched off after too many invalid answers; subscribing again switches it on. */
    disabled: boolean('disabled').notNull().default(false),
    /** The secret of the signatures is made of this and the installation's key: nothing here signs by itself. */
    secretSalt: text('secret_salt').notNull(),
    createdBy: reference('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** The feed's workflow ends, and takes the row with it. */
    deletedAt: instant('deleted_at'),
    /** The last event that was delivered, given up or of no interest. */
    cursorId: bigint('cursor_id', { mode: 'number' }).notNull(),
    /** The event that is being delivered after an invalid answer, and how many attempts it has had. */
    tryingId: bigint('trying_id', { mode: 'number' }),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    /** The first invalid answer since the last valid one. */
    failingSince: instant('failing_since'),
    /** Invalid answers of the last two hours (epoch ms), 101 at most. */
    invalidAt: bigint('invalid_at', { mode: 'number' }).array().notNull().default(sql`'{}'`),
    /** The latest calls, newest first, ten at most. */
    recent: jsonb('recent').$type<Delivery[]>().notNull().default([]),
    /** The feed works or has a deadline of its own: nobody needs to wake it. */
    awake: boolean('awake').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('webhooks_destination').on(t.accountId, t.destination).where(sql`deleted_at is null`),
  ],
);
