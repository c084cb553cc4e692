import { z } from '@hono/zod-openapi';
import { webhookCodes } from '../../domain/webhooks/codes.ts';
import { id, instant } from './common.ts';

/** One call of the receiver; `status` 0: no answer within two seconds. */
const delivery = z.object({
  eventId: id,
  type: z.string(),
  status: z.number().int(),
  attempt: z.number().int(),
  at: instant,
  tookMs: z.number().int(),
});

export const webhook = z
  .object({
    id,
    destination: z.string(),
    /** Codes of what is told, such as `add_talk`. */
    settings: z.array(z.string()),
    disabled: z.boolean(),
    /** Since when every answer has been invalid; null: the last one was fine. */
    failingSince: instant.nullable(),
    nextAttemptAt: instant.nullable(),
    /** Events it has not been told of yet, 1,000 at most. */
    behind: z.number().int(),
    /** The latest calls, newest first. */
    recent: z.array(delivery),
    createdAt: instant,
  })
  .openapi('Webhook');
export type Webhook = z.infer<typeof webhook>;
export const webhooks = z.object({ items: z.array(webhook), codes: z.array(z.string()) }).openapi('Webhooks');
export type Webhooks = z.infer<typeof webhooks>;

export const newWebhook = z.object({
  destination: z
    .url({ protocol: /^https?$/, message: 'must be an address that begins with https:// or http://' })
    .max(2048)
    .refine((text) => URL.canParse(text) && new URL(text).username === '', 'must hold no user and password'),
  settings: z
    .array(z.string().refine((code) => webhookCodes.includes(code), 'is no code of a webhook'))
    .min(1, 'choose at least one event')
    .max(100),
});
export type NewWebhook = z.input<typeof newWebhook>;
/** `secret` checks the signatures of this subscription; it is shown here only. */
export const webhookMade = z.object({ id, secret: z.string() }).openapi('WebhookMade');
export type WebhookMade = z.infer<typeof webhookMade>;
