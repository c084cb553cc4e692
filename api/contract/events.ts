import { z } from '@hono/zod-openapi';
import { notificationGroups, notificationKinds } from '../../domain/notifications/kinds.ts';
import { author, id, idsInQuery, instant, pageOf, pageQuery } from './common.ts';
import { day } from './reports.ts';

export const event = z
  .object({
    id,
    type: z.string(),
    entity: z.object({ type: z.enum(['lead', 'contact', 'company', 'customer', 'task', 'talk']), id }),
    author,
    before: z.array(z.unknown()),
    after: z.array(z.unknown()),
    conversationNumber: id.nullable(),
    contactId: id.nullable(),
    contactName: z.string().nullable(),
    leadId: id.nullable(),
    leadName: z.string().nullable(),
    /** The customer it is about, or whose task. */
    customerId: id.nullable(),
    customerName: z.string().nullable(),
    /** The channel of its conversation, or of its message. */
    channelName: z.string().nullable(),
    runId: z.uuid().nullable(),
    at: instant,
  })
  .openapi('Event');
export type Event = z.infer<typeof event>;
export const eventPage = pageOf(event).extend({ newestCursor: z.string().nullable().optional() }).openapi('EventPage');
export type EventPage = z.infer<typeof eventPage>;
const words = (pattern: RegExp, what: string) =>
  z
    .string()
    .max(2000)
    .regex(pattern, `must be ${what} separated by commas`)
    .transform((text) => text.split(','));

/** What of the list is wanted; exports take the same. */
export const eventFilter = z.object({
  type: words(/^[a-z_0-9]+(,[a-z_0-9]+)*$/, 'event types').optional(),
  lead: z.coerce.number().int().positive().optional(),
  contact: z.coerce.number().int().positive().optional(),
  conversation: z.coerce.number().int().positive().optional(),
  /** Kinds of things: `lead`, `contact`, `talk`… */
  entity: words(
    /^(lead|contact|company|customer|task|talk)(,(lead|contact|company|customer|task|talk))*$/,
    'kinds such as lead or talk',
  ).optional(),
  /** `user`, `user:7`, `bot`, `bot:3`, `client`, `system`; `user:0`: people who are no users here, such as who answers in the messenger's own app. */
  author: words(
    /^((user|bot)(:\d{1,15})?|client|system)(,((user|bot)(:\d{1,15})?|client|system))*$/,
    'authors such as user:7, bot or client',
  ).optional(),
  channel: idsInQuery.optional(),
  /** Who answers for the client now; 0: nobody. */
  user: idsInQuery.optional(),
  /** Runs of these bots. */
  bot: idsInQuery.optional(),
  /** How runs ended: `completed`, `failed`… */
  outcome: words(/^[a-z]+(,[a-z]+)*$/, 'outcomes').optional(),
  /** Rates, `0-6`, both ends included. */
  rate: z
    .string()
    .regex(/^\d{1,2}-\d{1,2}$/, 'must be two rates such as 0-6')
    .transform((text) => text.split('-').map(Number) as [number, number])
    .optional(),
  /** Replies that ended a client's waiting: all, or the first of each opening. */
  answer: z.enum(['any', 'first']).optional(),
  /** How long the client had waited for such a reply: ms from … to, the end left out; `3600000-` is open. */
  waited: z
    .string()
    .regex(/^\d{1,12}-(\d{1,12})?$/, 'must be milliseconds such as 0-60000 or 3600000-')
    .transform((text) => {
      const [least, below] = text.split('-') as [string, string];
      return { leastMs: Number(least), ...(below === '' ? {} : { belowMs: Number(below) }) };
    })
    .optional(),
  /** Epoch ms, both included. */
  from: z.coerce.number().int().min(-8.64e15).max(8.64e15).optional(),
  to: z.coerce.number().int().min(-8.64e15).max(8.64e15).optional(),
  /** Days of the account's time zone, both included. */
  fromDay: day.optional(),
  toDay: day.optional(),
});
export const eventQuery = pageQuery.extend(eventFilter.shape).extend({
  /** `newestCursor` of the list shown: only what may have come since. Rows that are known already may be among them. */
  since: z.string().max(2000).optional(),
});
export type EventQuery = z.input<typeof eventQuery>;

export const notification = z
  .object({
    id,
    what: z.enum(notificationKinds),
    conversationNumber: id.nullable(),
    leadId: id.nullable(),
    /** The contact of the conversation, for the line's words. */
    contactName: z.string().nullable(),
    /** The lead or customer it is about, where there is no conversation. */
    cardName: z.string().nullable(),
    data: z.record(z.string(), z.union([z.string(), z.number()])),
    at: instant,
    readAt: instant.nullable(),
  })
  .openapi('Notification');
export type Notification = z.infer<typeof notification>;
export const notificationPage = pageOf(notification).extend({ unread: z.number().int() }).openapi('NotificationPage');
export type NotificationPage = z.infer<typeof notificationPage>;
export const readNotifications = z.object({
  /** Absent: all of mine, or of `group`. */
  ids: z.array(id).max(1000).optional(),
  group: z.enum(notificationGroups).optional(),
});

/**
 * `GET /api/stream`: server-sent events. First and after every reconnect `resync`: fetch everything that is shown. Then `change` with ids
 * of what is to be fetched again. Nothing else is told: pages read the API.
 */
export const change = z
  .object({
    kind: z.enum([
      'conversation',
      'chat',
      'run',
      'lead',
      'customer',
      'contact',
      'bot',
      'channel',
      'settings',
      'notification',
      'export',
      'internal',
      'quickReply',
      'typing',
      'user',
    ]),
    ids: z.array(z.union([z.string(), z.number()])),
  })
  .openapi('Change');
export type Change = z.infer<typeof change>;

/** `GET /api/events/types`: titles of everything the list may hold. */
export const eventTypeList = z
  .object({ items: z.array(z.object({ key: z.string(), ru: z.string(), en: z.string() })) })
  .openapi('EventTypes');
export type EventTypeList = z.infer<typeof eventTypeList>;

/** A file of the list of events, made in the background. */
export const exportJob = z
  .object({
    id: z.uuid(),
    status: z.enum(['waiting', 'working', 'done', 'failed', 'cancelled']),
    /** Why it failed. */
    statusWords: z.string(),
    rowsDone: z.number().int(),
    rowsTotal: z.number().int().nullable(),
    /** Where the file is read, once it is done. */
    url: z.string().nullable(),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .openapi('Export');
export type ExportJob = z.infer<typeof exportJob>;
export const exportJobs = z.object({ items: z.array(exportJob) }).openapi('Exports');
export const newExport = z.object({
  /** As in the query of `GET /api/events`, every value as text. */
  filter: eventFilter.default({}),
  /** Of titles and words in the file. */
  language: z.enum(['ru', 'en']).default('ru'),
});
export type NewExport = z.input<typeof newExport>;
