import { z } from '@hono/zod-openapi';
import { notificationGroups, notificationKinds } from '../../domain/notifications/kinds.ts';
import { author, id, instant, pageOf, pageQuery } from './common.ts';

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
    leadId: id.nullable(),
    runId: z.uuid().nullable(),
    at: instant,
  })
  .openapi('Event');
export type Event = z.infer<typeof event>;
export const eventPage = pageOf(event).openapi('EventPage');
export type EventPage = z.infer<typeof eventPage>;
export const eventQuery = pageQuery.extend({
  type: z
    .string()
    .regex(/^[a-z_0-9]+(,[a-z_0-9]+)*$/, 'must be event types separated by commas')
    .transform((text) => text.split(','))
    .optional(),
  lead: z.coerce.number().int().positive().optional(),
  contact: z.coerce.number().int().positive().optional(),
  conversation: z.coerce.number().int().positive().optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
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
    kind: z.enum(['conversation', 'chat', 'run', 'lead', 'customer', 'contact', 'bot', 'channel', 'settings', 'notification', 'internal', 'typing', 'user']),
    ids: z.array(z.union([z.string(), z.number()])),
  })
  .openapi('Change');
export type Change = z.infer<typeof change>;
