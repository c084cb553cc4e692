import { z } from '@hono/zod-openapi';

const span = z
  .object({ from: z.number().int().min(0).max(1440), to: z.number().int().min(0).max(1440) })
  .refine((value) => value.from < value.to, { path: ['to'], message: 'must be later than from' });

export const timeZone = z.string().max(100).refine(isTimeZone, 'must be an IANA time zone such as Europe/Moscow');

/** Local times in minutes since midnight; Monday first. */
export const schedule = z.object({
  timeZone,
  week: z.array(z.array(span).max(10)).length(7),
  holidays: z
    .array(
      z.object({
        date: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a date such as 2026-01-07'),
        spans: z.array(span).max(10).optional(),
      }),
    )
    .max(400),
});

/** Durations in seconds, from 1. */
export const settings = z
  .object({
    newConversation: z.discriminatedUnion('rule', [
      z.object({ rule: z.literal('reopen') }),
      z.object({
        rule: z.literal('newAfter'),
        hours: z
          .number()
          .min(1 / 3600)
          .max(24 * 365),
      }),
      z.object({ rule: z.literal('alwaysNew') }),
    ]),
    thanksDoNotReopen: z.boolean(),
    responseTime: z.object({
      enabled: z.boolean(),
      seconds: z.number().int().min(1).max(31_536_000),
      time: z.enum(['calendar', 'working']),
      stoppedBy: z.enum(['person', 'anybody']),
      notifyUserIds: z.array(z.number().int().positive()).max(50),
    }),
    nps: z.object({
      enabled: z.boolean(),
      delaySeconds: z.number().int().min(1).max(2_592_000),
      scale: z.object({ from: z.union([z.literal(0), z.literal(1)]), to: z.union([z.literal(5), z.literal(10)]) }),
      botId: z.number().int().positive().nullable(),
      alarm: z.object({
        enabled: z.boolean(),
        atOrBelow: z.number().int().min(0).max(10),
        userIds: z.array(z.number().int().positive()).max(50),
      }),
    }),
    schedule,
    personReplyEndsBot: z.boolean(),
    unknownOutcome: z.enum(['sendAgain', 'markAndAsk']),
    joinSeconds: z.number().int().min(0).max(30),
    notifyWhileBotListens: z.boolean(),
    duplicates: z.object({
      enabled: z.boolean(),
      by: z.object({
        phone: z.boolean(),
        email: z.boolean(),
        messenger: z.boolean(),
        visitor: z.boolean(),
        fieldId: z.number().int().positive().nullable(),
      }),
      automatic: z.object({ phone: z.boolean(), email: z.boolean(), messenger: z.boolean(), visitor: z.boolean(), field: z.boolean() }),
    }),
    /** An address of the account's own that leads to this installation; short links stand under it. */
    linkDomain: z.string().max(200).refine(isLinkDomain, 'must be https:// and a host, without a path: https://go.example.com').nullable(),
    /** Sites that carry the pixel. */
    pixelSites: z
      .array(z.string().max(200).refine(isSite, 'must be an origin such as https://shop.example.com or https://*.example.com'))
      .max(50),
  })
  .openapi('Settings');
export type Settings = z.infer<typeof settings>;
const { duplicates } = settings.shape;
const duplicatesChange = duplicates
  .extend({ by: duplicates.shape.by.partial(), automatic: duplicates.shape.automatic.partial() })
  .partial();

/** Only what is named changes; `responseTime`, `schedule` and `nps` may be given in part as well. */
export const settingsChange = settings
  .extend({
    responseTime: settings.shape.responseTime.partial(),
    schedule: schedule.partial(),
    nps: settings.shape.nps.partial(),
    duplicates: duplicatesChange,
  })
  .partial()
  .openapi('SettingsChange');
export type SettingsChange = z.infer<typeof settingsChange>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // the only answer Intl has for a name it does not know
  }
}

/** Plain http only on loopback, where tests and demos run. */
function isLinkDomain(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, origin } = new URL(address);
  return address === origin && (protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname)));
}

function isSite(address: string): boolean {
  const plain = address.replace('://*.', '://');
  return /^https?:/.test(address) && URL.canParse(plain) && new URL(plain).origin === plain;
}
