import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import type { ApprovedTemplate } from '../../domain/message/template.ts';
import type { ChannelSettings } from '../settings.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

export const channels = pgTable(
  'channels',
  {
    accountId: accountId(),
    id: numericId(),
    type: text('type').notNull(),
    name: text('name').notNull(),
    /** The messenger's own id of what is connected (a bot's id). */
    externalId: text('external_id').notNull(),
    /** AES-256-GCM; never leaves the server. */
    credentialsSealed: text('credentials_sealed').notNull(),
    apiRoot: text('api_root'),
    receive: text('receive').$type<'webhook' | 'polling'>().notNull(),
    webhookSecret: text('webhook_secret').notNull(),
    facts: jsonb('facts').$type<Record<string, string>>().notNull().default({}),
    settings: jsonb('settings').$type<ChannelSettings>().notNull().default({}),
    shortLinks: boolean('short_links').notNull().default(true),
    state: text('state').$type<'connected' | 'disconnected'>().notNull().default('connected'),
    /** The last error in the messenger's words; empty while all is well. */
    stateWords: text('state_words').notNull().default(''),
    connectedBy: reference('connected_by'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    // The webhook's address names only type and id: ids are unique over the installation.
    uniqueIndex('channels_id').on(t.id),
    uniqueIndex('channels_external').on(t.type, t.externalId).where(sql`state = 'connected'`),
  ],
);

/** One poller a channel over all processes: whoever holds the row polls; the cursor moves only after every fact was accepted. */
export const channelLeases = pgTable(
  'channel_leases',
  {
    accountId: accountId(),
    channelId: reference('channel_id').notNull(),
    owner: text('owner'),
    expiresAt: instant('expires_at'),
    cursor: text('cursor'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.channelId] })],
);

/** A busy channel's schedule over all processes: up to when its calls are given away, those of bots and those of people. Microseconds count here. */
export const channelRates = pgTable(
  'channel_rates',
  {
    accountId: accountId(),
    channelId: reference('channel_id').notNull(),
    botsAt: timestamp('bots_at', { withTimezone: true }).notNull(),
    peopleAt: timestamp('people_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.channelId] })],
);

/** The messages that a channel's messenger has approved beforehand, as they were when they were last asked for. */
export const channelTemplates = pgTable(
  'channel_templates',
  {
    accountId: accountId(),
    channelId: reference('channel_id').notNull(),
    templates: jsonb('templates').$type<ApprovedTemplate[]>().notNull(),
    fetchedAt: instant('fetched_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.channelId] })],
);

/** What a messenger sent that nobody could read: kept, answered 200. Text, since JSON columns refuse NUL. */
export const unparsedWebhooks = pgTable(
  'unparsed_webhooks',
  {
    accountId: accountId(),
    id: numericId(),
    channelId: reference('channel_id').notNull(),
    body: text('body').notNull(),
    reason: text('reason').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('unparsed_webhooks_channel').on(t.accountId, t.channelId, t.at)],
);
