/**
 * What reports read. Turns write `new_counts` and `responses` in the transaction that causes what these tell (activities/turn/summaries.ts); counts are added
 * up into `daily_totals` every few seconds and before a report is read (db/stores/new-counts.ts). Reports never scan events or messages.
 *
 * `daily_totals` holds, by metric:
 *
 * | metric | bucket | user_id, bot_id | sum | counted from |
 * | --- | --- | --- | --- | --- |
 * | opened | 0 born, 1 reopened | – | – | events talk_created, talk_reopened |
 * | closed | 0 | who closed it | – | events talk_closed |
 * | missed | 0 | – | – | events talk_missed_event |
 * | first_raw, first_working, later_raw, later_working | log bucket of the duration (domain/analytics/buckets.ts) | who answered | ms | responses |
 * | rate | 100 × end of the scale + rate | – | rate | events nps_rate_added |
 * | messages | 0 client, 1 user, 2 bot, 3 system | the writer | – | messages |
 * | bot_started | 0 | the bot | – | events bot_started |
 * | bot_ended | outcome (domain/analytics/totals.ts) | the bot | – | events bot_ended |
 *
 * `responsible_id` is who answers for the contact (or the run's contact) when it happens, `channel_id` the chat's channel; 0 stands for nobody and nothing.
 *
 * Single counts are nearly as many as events, so each is also added to the levels its metric is reported by: rows with `responsible_id` -1 (per channel),
 * -2 (per user), -3 (per bot), -4 (over all) or -5 (per person who answers for the client, told by `user_id`), the other ids 0. Reports over everybody
 * read a level, reports of somebody's clients the single counts (`responsible_id` >= 0), which that key finds. Which metric has which level: `withLevels`
 * in domain/analytics/totals.ts.
 *
 * `day` is the local date in the account's time zone.
 */
import { bigint, boolean, date, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { Grain } from '../../domain/analytics/periods.ts';
import type { Metric } from '../../domain/analytics/totals.ts';
import { accountId, instant, reference } from './columns.ts';

/** What is counted, and how much of it. */
const countColumns = () => ({
  accountId: accountId(),
  metric: text('metric').$type<Metric>().notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  channelId: reference('channel_id').notNull(),
  responsibleId: reference('responsible_id').notNull(),
  userId: reference('user_id').notNull(),
  botId: reference('bot_id').notNull(),
  bucket: integer('bucket').notNull(),
  count: bigint('count', { mode: 'number' }).notNull(),
  sum: bigint('sum', { mode: 'number' }).notNull(),
});

/** Counts as turns appended them, without levels. */
export const newCounts = pgTable('new_counts', countColumns(), (t) => [index('new_counts_account').on(t.accountId)]);

/** Counts added up, with the levels. */
export const dailyTotals = pgTable('daily_totals', countColumns(), (t) => [
  primaryKey({
    name: 'daily_totals_pk',
    columns: [t.accountId, t.metric, t.responsibleId, t.day, t.channelId, t.userId, t.botId, t.bucket],
  }),
]);

/**
 * Totals of days that are over, moved here out of `daily_totals` (db/stores/fold-totals.ts): once by day and once by month, all buckets of a key in one
 * row. What still changes on such a day is a row of `daily_totals` until the next fold, so a sum is always what lies there plus what lies here.
 */
export const foldedTotals = pgTable(
  'folded_totals',
  {
    accountId: accountId(),
    /** Rows of months tell the same once more, for long periods. */
    grain: text('grain').$type<Grain>().notNull(),
    metric: text('metric').$type<Metric>().notNull(),
    /** Of a month its first. */
    day: date('day', { mode: 'string' }).notNull(),
    channelId: reference('channel_id').notNull(),
    responsibleId: reference('responsible_id').notNull(),
    userId: reference('user_id').notNull(),
    botId: reference('bot_id').notNull(),
    /** In order; `counts` and `sums` are as long. */
    buckets: integer('buckets').array().notNull(),
    counts: bigint('counts', { mode: 'number' }).array().notNull(),
    sums: bigint('sums', { mode: 'number' }).array().notNull(),
  },
  (t) => [
    primaryKey({
      name: 'folded_totals_pk',
      columns: [t.accountId, t.grain, t.metric, t.responsibleId, t.day, t.channelId, t.userId, t.botId],
    }),
  ],
);

/** One unanswered stretch that ended through a reply. No reply needed and the close end one without a row. */
export const responses = pgTable(
  'responses',
  {
    accountId: accountId(),
    /** The reply. When it fails later, its row goes. */
    messageId: uuid('message_id').notNull(),
    number: bigint('number', { mode: 'number' }).notNull(),
    opening: integer('opening').notNull(),
    channelId: reference('channel_id').notNull(),
    responsibleId: reference('responsible_id'),
    byKind: text('by_kind').$type<'user' | 'bot'>().notNull(),
    /** Absent for a person's reply from the messenger's own app, and for bots. */
    userId: reference('user_id'),
    botId: reference('bot_id'),
    waitingSince: instant('waiting_since').notNull(),
    /** When the messenger accepted the reply. */
    answeredAt: instant('answered_at').notNull(),
    /** The first of its opening. */
    isFirst: boolean('is_first').notNull(),
    rawMs: bigint('raw_ms', { mode: 'number' }).notNull(),
    /** Between the two instants by the working hours that were set then. */
    workingMs: bigint('working_ms', { mode: 'number' }).notNull(),
    /** The stretch had been reported as late. */
    missed: boolean('missed').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.messageId] }),
    index('responses_opening').on(t.accountId, t.number, t.opening, t.answeredAt),
    index('responses_at').on(t.accountId, t.answeredAt),
  ],
);

/** The list of events as a file, made by a worker. */
export const exportJobs = pgTable(
  'exports',
  {
    accountId: accountId(),
    id: uuid('id').notNull(),
    /** Whose rights decide what is in it, at the time it is made. */
    userId: reference('user_id').notNull(),
    filter: jsonb('filter').$type<Record<string, unknown>>().notNull(),
    language: text('language').$type<'ru' | 'en'>().notNull(),
    status: text('status').$type<'waiting' | 'working' | 'done' | 'failed' | 'cancelled'>().notNull(),
    statusWords: text('status_words').notNull().default(''),
    rowsDone: bigint('rows_done', { mode: 'number' }).notNull().default(0),
    rowsTotal: bigint('rows_total', { mode: 'number' }),
    fileId: uuid('file_id'),
    /** The worker that makes it, and until when nobody else may take it over. */
    owner: text('owner'),
    ownedUntil: instant('owned_until'),
    attempts: integer('attempts').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('exports_user').on(t.accountId, t.userId, t.createdAt)],
);
