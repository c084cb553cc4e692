import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Key, Signal } from '../../domain/duplicates/keys.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

/** What contacts are compared by, normalised. Made in the background from `contact_changes`. */
export const contactKeys = pgTable(
  'contact_keys',
  {
    accountId: accountId(),
    signal: text('signal').$type<Signal>().notNull(),
    value: text('value').notNull(),
    contactId: reference('contact_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.signal, t.value, t.contactId] }),
    index('contact_keys_contact').on(t.accountId, t.contactId),
  ],
);

/**
 * Contacts whose keys are to be made again, marked by triggers in the transaction of the change: no message waits for the comparing, and no change is
 * forgotten. Nothing is marked while duplicate control is off.
 */
export const contactChanges = pgTable(
  'contact_changes',
  { accountId: accountId(), id: numericId(), contactId: reference('contact_id').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

/** Pairs of contacts that may be one person; `first_id` < `second_id`. */
export const duplicates = pgTable(
  'duplicates',
  {
    accountId: accountId(),
    firstId: reference('first_id').notNull(),
    secondId: reference('second_id').notNull(),
    reasons: jsonb('reasons').$type<Key[]>().notNull(),
    /** `merging`: a rule merges them in the background; `different`: somebody has said that they are two people. */
    state: text('state').$type<'open' | 'merging' | 'different'>().notNull(),
    foundAt: instant('found_at').notNull(),
    decidedBy: reference('decided_by'),
    decidedAt: instant('decided_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.firstId, t.secondId] }),
    index('duplicates_second').on(t.accountId, t.secondId),
    index('duplicates_open').on(t.accountId, t.foundAt, t.firstId, t.secondId).where(sql`state = 'open'`),
    index('duplicates_merging').on(t.accountId, t.foundAt).where(sql`state = 'merging'`),
  ],
);

/** Merges whose stragglers (what was being written about the card that went) are looked for once more, a little later. */
export const contactMerges = pgTable(
  'contact_merges',
  { accountId: accountId(), fromId: reference('from_id').notNull(), intoId: reference('into_id').notNull(), at: instant('at').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.fromId] })],
);
