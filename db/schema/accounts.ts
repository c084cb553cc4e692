import { sql } from 'drizzle-orm';
import { bigint, boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { StoredNotificationSettings } from '../../domain/notifications/settings.ts';
import type { Rights } from '../../domain/rights/rights.ts';
import type { AccountSettings } from '../settings.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

export const accounts = pgTable('accounts', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({ startWith: 1001 }),
  name: text('name').notNull(),
  subdomain: text('subdomain').notNull().unique(),
  /** The account's id in the chats API. */
  amojoId: uuid('amojo_id').notNull().default(sql`gen_random_uuid()`),
  timeZone: text('time_zone').notNull().default('Europe/Moscow'),
  language: text('language').notNull().default('ru'),
  /** The organisation of the sign-in library that stands for this account. */
  organizationId: text('organization_id').unique(),
  isDemo: boolean('is_demo').notNull().default(false),
  createdAt: instant('created_at').notNull(),
});

/** One row an account, locked last in every transaction: conversation numbers have no gaps. */
export const counters = pgTable('counters', {
  accountId: accountId().primaryKey(),
  conversationNumber: bigint('conversation_number', { mode: 'number' }).notNull().default(0),
  roundRobin: bigint('round_robin', { mode: 'number' }).notNull().default(0),
});

export const settings = pgTable('settings', {
  accountId: accountId().primaryKey(),
  data: jsonb('data').$type<AccountSettings>().notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const groups = pgTable(
  'groups',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    /** Rights of its users that differ from those of their roles. */
    rights: jsonb('rights').$type<Partial<Rights>>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

export const users = pgTable(
  'users',
  {
    accountId: accountId(),
    id: numericId(),
    /** The person of the sign-in library; one person may be a user of several accounts. */
    authUserId: text('auth_user_id'),
    name: text('name').notNull(),
    email: text('email').notNull(),
    role: text('role').$type<'administrator' | 'manager' | 'readonly'>().notNull().default('manager'),
    groupId: reference('group_id'),
    /** What differs from the group's rights and the role's. */
    rights: jsonb('rights').$type<Partial<Rights>>().notNull().default({}),
    notificationSettings: jsonb('notification_settings').$type<StoredNotificationSettings>().notNull().default({}),
    amojoId: uuid('amojo_id').notNull().default(sql`gen_random_uuid()`),
    isActive: boolean('is_active').notNull().default(true),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('users_email').on(t.accountId, t.email),
    index('users_auth').on(t.authUserId),
  ],
);

/** Answers of API orders that are not workflow updates, so that a repeated request with the same key gets the first answer. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    accountId: accountId(),
    key: text('key').notNull(),
    request: text('request').notNull(),
    status: bigint('status', { mode: 'number' }).notNull(),
    body: text('body').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.key] })],
);
