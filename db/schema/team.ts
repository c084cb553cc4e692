import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { accountId, instant, numericId, reference } from './columns.ts';

/** Texts that are written again and again: a user's own, or the account's for everybody. */
export const quickReplies = pgTable(
  'quick_replies',
  {
    accountId: accountId(),
    id: numericId(),
    /** Absent: shared by the whole account. */
    userId: reference('user_id'),
    title: text('title').notNull(),
    /** With placeholders of scenarios, and `{{user.name}}`, `{{conversation.number}}`. */
    text: text('text').notNull(),
    fileIds: uuid('file_ids').array().notNull().default(sql`'{}'`),
    createdBy: reference('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('quick_replies_owner').on(t.accountId, t.userId)],
);
