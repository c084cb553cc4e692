import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { Author } from '../../domain/conversation/model.ts';
import type { Problem, RunOutcome, RunState, Scenario } from '../../domain/scenario/model.ts';
import type { BotSettings, TriggerFilter } from '../settings.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

export const bots = pgTable(
  'bots',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    kind: text('kind').$type<Scenario['kind']>().notNull().default('regular'),
    /** `off`: nothing starts it; runs go on unless they were ended with it. */
    state: text('state').$type<'on' | 'off' | 'archived'>().notNull().default('on'),
    /** The file as it was imported or last saved, unpublished. */
    draftSource: text('draft_source').notNull(),
    draftProblems: jsonb('draft_problems').$type<Problem[]>().notNull().default([]),
    /** Newest version in use for new runs; absent: never published. */
    liveVersion: integer('live_version'),
    settings: jsonb('settings').$type<BotSettings>().notNull().default({}),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

/** Immutable: a run keeps the version it started with. */
export const botVersions = pgTable(
  'bot_versions',
  {
    accountId: accountId(),
    botId: reference('bot_id').notNull(),
    version: integer('version').notNull(),
    source: text('source').notNull(),
    scenario: jsonb('scenario').$type<Scenario>().notNull(),
    publishedBy: reference('published_by'),
    publishedAt: instant('published_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.botId, t.version] })],
);

export const botTriggers = pgTable(
  'bot_triggers',
  {
    accountId: accountId(),
    id: numericId(),
    botId: reference('bot_id').notNull(),
    type: text('type').$type<'conversation_started' | 'message_received' | 'link_followed' | 'site_visited'>().notNull(),
    filter: jsonb('filter').$type<TriggerFilter>().notNull().default({}),
    delaySeconds: integer('delay_seconds').notNull().default(0),
    cooldownSeconds: integer('cooldown_seconds').notNull().default(0),
    sort: integer('sort').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('bot_triggers_bot').on(t.accountId, t.botId)],
);

/** What the strip of bots shows; made by `describe` in the transaction that changed the run. */
export interface RunWait {
  step: number | null;
  title: string;
  waits: 'message' | 'timer' | 'messageOrTimer' | 'nothing';
  until?: number;
  question?: string;
}

export const botRuns = pgTable(
  'bot_runs',
  {
    accountId: accountId(),
    id: uuid('id').notNull(),
    botId: reference('bot_id').notNull(),
    version: integer('version').notNull(),
    leadId: reference('lead_id'),
    /** The customer whose card it works on; never beside a lead. */
    customerId: reference('customer_id'),
    contactId: reference('contact_id'),
    /** The chat the run talks in: the one that started it, later the one of the last answer. */
    chatId: uuid('chat_id'),
    conversationNumber: bigint('conversation_number', { mode: 'number' }),
    /** `new`: its first turn has not come yet. */
    status: text('status').$type<'new' | 'running' | 'ended'>().notNull(),
    state: jsonb('state').$type<RunState>(),
    wait: jsonb('wait').$type<RunWait>(),
    outcome: text('outcome').$type<RunOutcome>(),
    outcomeWords: text('outcome_words').notNull().default(''),
    endedBy: jsonb('ended_by').$type<Author>(),
    deadlineAt: instant('deadline_at'),
    /** The deadline its workflow has a timer for; it is woken only for an earlier one. */
    armedAt: instant('armed_at'),
    /** Set in the transaction that gives its workflow something to do, cleared by that workflow's turn. */
    wakeDue: boolean('wake_due').notNull().default(false),
    /** Same firing or idempotency key: the first run is returned. */
    startKey: text('start_key').notNull(),
    startedBy: jsonb('started_by')
      .$type<Author | { kind: 'trigger'; triggerId: number; messageText?: string; startPayload?: string }>()
      .notNull(),
    triggerId: reference('trigger_id'),
    /** How many bots started one another before this one. */
    depth: integer('depth').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('bot_runs_start').on(t.accountId, t.startKey),
    index('bot_runs_alive_lead').on(t.accountId, t.leadId).where(sql`status <> 'ended'`),
    index('bot_runs_alive_customer').on(t.accountId, t.customerId).where(sql`status <> 'ended' and customer_id is not null`),
    index('bot_runs_alive_chat').on(t.accountId, t.chatId).where(sql`status <> 'ended'`),
    index('bot_runs_wake').on(t.accountId, t.chatId).where(sql`wake_due`),
    // The sweep over all accounts for deadlines that no timer watches.
    index('bot_runs_overdue').on(t.deadlineAt).where(sql`status <> 'ended'`),
    index('bot_runs_bot').on(t.accountId, t.botId, t.createdAt),
    index('bot_runs_lead').on(t.accountId, t.leadId, t.createdAt),
    index('bot_runs_customer').on(t.accountId, t.customerId, t.createdAt).where(sql`customer_id is not null`),
    index('bot_runs_trigger').on(t.accountId, t.triggerId, t.leadId, t.createdAt).where(sql`trigger_id is not null`),
  ],
);

export const runTraces = pgTable(
  'run_traces',
  {
    accountId: accountId(),
    runId: uuid('run_id').notNull(),
    id: numericId(),
    at: instant('at').notNull(),
    step: integer('step').notNull(),
    handler: text('handler').notNull(),
    outcome: text('outcome').notNull(),
    data: jsonb('data').$type<Record<string, string | number | boolean | null>>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.runId, t.id] })],
);
