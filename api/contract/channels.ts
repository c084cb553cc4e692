import { z } from '@hono/zod-openapi';
import { id, instant, named } from './common.ts';

export const channelSettings = z.strictObject({
  pipelineId: id.optional(),
  responsible: z
    .discriminatedUnion('rule', [
      z.object({ rule: z.literal('connectingUser') }),
      z.object({ rule: z.literal('fixed'), userId: id }),
      z.object({ rule: z.literal('roundRobin') }),
      z.object({ rule: z.literal('nobody') }),
    ])
    .optional(),
  origins: z.array(z.string().max(300)).max(100).optional(),
  /** Calls a second, where the messenger allows this channel another number than its usual one. */
  callsPerSecond: z.number().int().min(1).max(10_000).optional(),
  /** Milliseconds between two calls of one chat once a few went out at once, likewise. */
  chatPauseMs: z.number().int().min(0).max(60_000).optional(),
  /**
   * Which users write in the messenger's own app, by their id there. Where `name` is left out the messenger is asked: then `externalId` may be whatever it finds
   * people by (`vk.com/anna`).
   */
  colleagues: z
    .array(z.object({ externalId: z.string().trim().min(1).max(200), name: z.string().max(200).optional(), userId: id }))
    .max(200)
    .optional(),
  accent: z.string().max(20).optional(),
  title: z.string().max(200).optional(),
  greeting: z.string().max(2000).optional(),
});
export type ChannelSettingsView = z.infer<typeof channelSettings>;

/** What a messenger can carry; the composer checks sizes and counts with it. See `domain/message/model.ts`. */
export const abilities = z.record(z.string(), z.unknown()).openapi('ChannelAbilities');

export const channel = z
  .object({
    id,
    type: z.string(),
    origin: z.string(),
    name: z.string(),
    externalId: z.string(),
    receive: z.enum(['webhook', 'polling']),
    /** Where the messenger delivers, when it is set up by hand or by us. */
    webhookUrl: z.string(),
    apiRoot: z.string().nullable(),
    /** The messenger's own facts: a bot's user name, the web chat's public `key`. */
    facts: z.record(z.string(), z.string()),
    settings: channelSettings,
    shortLinks: z.boolean(),
    state: z.enum(['connected', 'disconnected']),
    /** The last error in the messenger's words; empty while all is well. */
    words: z.string(),
    connectedBy: named.nullable(),
    createdAt: instant,
    updatedAt: instant,
    /** What is specific to a type and shown once it is connected (custom: channelId, secret). */
    channelId: z.string().optional(),
    secret: z.string().optional(),
  })
  .openapi('Channel');
export type Channel = z.infer<typeof channel>;
/** `types`: the messengers that this program can connect, with what each can carry; `ownPage`: clients write on a page of ours. */
export const channels = z.object({
  items: z.array(channel),
  types: z.array(z.object({ type: z.string(), origin: z.string(), polls: z.boolean(), ownPage: z.boolean(), abilities })),
});
export type Channels = z.infer<typeof channels>;

export const newChannel = z.object({
  type: z.string().min(1).max(40),
  name: z.string().trim().max(200).optional(),
  credentials: z.record(z.string(), z.unknown()).default({}),
  apiRoot: z.url({ protocol: /^https?$/ }).optional(),
  receive: z.enum(['webhook', 'polling']).optional(),
  settings: channelSettings.optional(),
});
export type NewChannel = z.input<typeof newChannel>;
export const channelChange = z
  .object({
    name: z.string().trim().min(1).max(200),
    shortLinks: z.boolean(),
    settings: channelSettings,
    receive: z.enum(['webhook', 'polling']),
    credentials: z.record(z.string(), z.unknown()),
    apiRoot: z.url({ protocol: /^https?$/ }).nullable(),
  })
  .partial();
export type ChannelChange = z.infer<typeof channelChange>;
export const channelTest = z.object({ ok: z.boolean(), words: z.string() }).openapi('ChannelTest');
export type ChannelTest = z.infer<typeof channelTest>;
