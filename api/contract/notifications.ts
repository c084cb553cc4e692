import { z } from '@hono/zod-openapi';
import { notificationGroups, notificationKinds } from '../../domain/notifications/kinds.ts';
import { id, instant, pageQuery } from './common.ts';
import { timeZone } from './settings.ts';

/** `group`: of the centre's filters. `unread`: only what is still to be read. */
export const notificationQuery = pageQuery.extend({
  group: z.enum(notificationGroups).optional(),
  unread: z.enum(['true', 'false']).optional(),
});
export type NotificationQuery = z.input<typeof notificationQuery>;

const ways = z.object({ centre: z.boolean(), push: z.boolean(), sound: z.boolean() });
const minute = z.number().int().min(0).max(1440);
const quiet = z.object({ enabled: z.boolean(), from: minute, to: minute, timeZone });

/** What one user is told, and how. `centre` of `npsAlarm` stays on: the account has named whom it goes to. */
export const notificationSettings = z
  .object({
    kinds: z.record(z.enum(notificationKinds), ways),
    /** Also what concerns clients nobody answers for. */
    nobodys: z.boolean(),
    sound: z.boolean(),
    /** A push shows the client's words. */
    showText: z.boolean(),
    /** Local minutes since midnight; `from` after `to` is over midnight. */
    quiet,
    language: z.enum(['ru', 'en']),
  })
  .openapi('NotificationSettings');
export type NotificationSettingsView = z.infer<typeof notificationSettings>;
/** Only what is named changes. */
export const notificationSettingsChange = z
  .object({
    ...notificationSettings.partial().shape,
    kinds: z.partialRecord(z.enum(notificationKinds), ways.partial()).optional(),
    quiet: quiet.partial().optional(),
  })
  .openapi('NotificationSettingsChange');
export type NotificationSettingsChange = z.infer<typeof notificationSettingsChange>;

export const pushKey = z.object({ publicKey: z.string() }).openapi('PushKey');

/** As `PushSubscription.toJSON()` gives it. */
export const newPushSubscription = z.object({
  endpoint: z.url({ protocol: /^https?$/, error: 'must be the address that the browser gave' }).max(2000),
  keys: z.object({
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/, 'must be a point of P-256, base64url'),
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/, 'must be 16 bytes, base64url'),
  }),
  /** Shown in the list of devices, such as `Chrome · Windows`. */
  device: z.string().max(100).default(''),
});
export type NewPushSubscription = z.input<typeof newPushSubscription>;
export const pushSubscription = z
  .object({
    id,
    device: z.string(),
    createdAt: instant,
    /** What the push service said last; empty: all went well. */
    lastError: z.string(),
  })
  .openapi('PushSubscription');
export type PushSubscriptionView = z.infer<typeof pushSubscription>;
export const pushSubscriptions = z.object({ items: z.array(pushSubscription) }).openapi('PushSubscriptions');
