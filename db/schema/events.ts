import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { Author } from '../../domain/conversation/model.ts';
import { type NotificationKind, notificationKinds } from '../../domain/notifications/kinds.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

export { type NotificationKind, notificationKinds };

/** The list of events, written in the same transaction as the change it tells of. */
export const events = pgTable(
  'events',
  {
    accountId: accountId(),
    id: numericId(),
    /** The vendor's key (`talk_created`), or ours where the vendor has none (`talk_reopened`, `bot_started`, `bot_ended`). */
    type: text('type').notNull(),
    entityType: text('entity_type').$type<'lead' | 'contact' | 'company' | 'customer' | 'task' | 'talk'>().notNull(),
    entityId: reference('entity_id').notNull(),
    authorKind: text('author_kind').$type<Author['kind']>().notNull(),
    /** User id or bot id, by kind. */
    authorId: reference('author_id'),
    valueBefore: jsonb('value_before').$type<unknown[]>().notNull().default([]),
    valueAfter: jsonb('value_after').$type<unknown[]>().notNull().default([]),
    conversationNumber: bigint('conversation_number', { mode: 'number' }),
    contactId: reference('contact_id'),
    leadId: reference('lead_id'),
    runId: uuid('run_id'),
    at: instant('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    index('events_at').on(t.accountId, t.at, t.id),
    index('events_type').on(t.accountId, t.type, t.at, t.id),
    index('events_entity').on(t.accountId, t.entityType, t.entityId, t.at),
    index('events_contact').on(t.accountId, t.contactId, t.at),
    index('events_lead').on(t.accountId, t.leadId, t.at),
    index('events_talk').on(t.accountId, t.conversationNumber, t.at).where(sql`conversation_number is not null`),
  ],
);

export const notifications = pgTable(
  'notifications',
  {
    accountId: accountId(),
    id: numericId(),
    /** Absent: all who may see the conversation. */
    userId: reference('user_id'),
    what: text('what').$type<NotificationKind>().notNull(),
    conversationNumber: bigint('conversation_number', { mode: 'number' }),
    leadId: reference('lead_id'),
    data: jsonb('data').$type<Record<string, string | number>>().notNull().default({}),
    at: instant('at').notNull(),
    readAt: instant('read_at'),
    withdrawnAt: instant('withdrawn_at'),
    /** Of what is told to all who may see it: who has read it. */
    readByIds: bigint('read_by_ids', { mode: 'number' }).array().notNull().default(sql`'{}'`),
    /** `due` until the sender of pushes has looked at it. */
    pushState: text('push_state').$type<'due' | 'taken'>().notNull().default('due'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    index('notifications_open').on(t.accountId, t.userId, t.at).where(sql`withdrawn_at is null`),
    index('notifications_talk').on(t.accountId, t.conversationNumber).where(sql`withdrawn_at is null`),
    index('notifications_push').on(t.accountId, t.at).where(sql`push_state = 'due'`),
  ],
);
