/** Reports: sums over days of the account's time zone, from what turns have counted. Days are text, `2026-11-22`; durations are ms. */
import { z } from '@hono/zod-openapi';
import { isDay, periodNames } from '../../domain/analytics/periods.ts';
import { id, idsInQuery, named } from './common.ts';

export const day = z.string().refine(isDay, 'must be a date such as 2026-11-22').openapi({ example: '2026-11-22' });
const count = z.number().int();

export const reportQuery = z.object({
  /** `custom` takes `from` and `to`, both of which belong to it, and is meant where they are given; the others end today. Absent: `week`. */
  period: z.enum(periodNames).optional(),
  from: day.optional(),
  to: day.optional(),
  channel: idsInQuery.optional(),
  /** Who answers for the client. */
  user: idsInQuery.optional(),
  bot: idsInQuery.optional(),
  group: z.enum(['day', 'week']).default('day'),
});
export type ReportQuery = z.input<typeof reportQuery>;

export const reportPeriod = z
  .object({ from: day, to: day, previousFrom: day, previousTo: day, timeZone: z.string(), group: z.enum(['day', 'week']) })
  .openapi('ReportPeriod');
export type ReportPeriod = z.infer<typeof reportPeriod>;

const ofPeriods = <Totals extends z.ZodType>(totals: Totals) => ({ period: reportPeriod, totals, previous: totals });
const channelRef = z.object({ id, name: z.string(), type: z.string() });

const conversationTotals = z.object({
  opened: count,
  born: count,
  reopened: count,
  closed: count,
  clientMessages: count,
  userMessages: count,
  botMessages: count,
});
export const conversationsReport = z
  .object({
    ...ofPeriods(conversationTotals),
    points: z.array(conversationTotals.omit({ opened: true }).extend({ day })),
    channels: z.array(z.object({ channel: channelRef.nullable(), opened: count, closed: count })),
  })
  .openapi('ConversationsReport');
export type ConversationsReport = z.infer<typeof conversationsReport>;

const ms = z.number().int().nullable();
const speed = z.object({ count, medianMs: ms, p90Ms: ms, medianWorkingMs: ms, p90WorkingMs: ms });
const speeds = z.object({ first: speed, later: speed, missed: count });
export const responsesReport = z
  .object({
    ...ofPeriods(speeds),
    /** First replies. */
    points: z.array(z.object({ day, count, medianMs: ms, p90Ms: ms, missed: count })),
    steps: z.array(z.object({ fromMs: count, toMs: count.nullable(), count })),
    channels: z.array(z.object({ channel: channelRef.nullable(), first: speed })),
  })
  .openapi('ResponsesReport');
export type ResponsesReport = z.infer<typeof responsesReport>;

const missedTotals = z.object({ missed: count });
export const missedReport = z
  .object({
    ...ofPeriods(missedTotals),
    points: z.array(missedTotals.extend({ day })),
    users: z.array(z.object({ user: named.nullable(), missed: count })),
    channels: z.array(z.object({ channel: channelRef.nullable(), missed: count })),
  })
  .openapi('MissedReport');
export type MissedReport = z.infer<typeof missedReport>;

const nps = z.object({
  count,
  /** −100 … 100. */
  score: z.number().int().nullable(),
  promoters: count,
  passives: count,
  detractors: count,
  average: z.number().nullable(),
});
const rateKind = z.enum(['promoter', 'passive', 'detractor']);
export const npsReport = z
  .object({
    ...ofPeriods(nps),
    points: z.array(nps.extend({ day })),
    distribution: z.array(z.object({ rate: count, kind: rateKind, count })),
    users: z.array(z.object({ user: named.nullable(), nps })),
  })
  .openapi('NpsReport');
export type NpsReport = z.infer<typeof npsReport>;

const manager = z.object({
  /** Null: replies from a messenger's own app, clients nobody answers for. */
  user: named.nullable(),
  /** Unanswered stretches this user ended by a reply. */
  answered: count,
  closed: count,
  messages: count,
  medianFirstMs: ms,
  medianFirstWorkingMs: ms,
  /** Late answers to clients this user answers for. */
  missed: count,
  averageRate: z.number().nullable(),
  rates: count,
});
export const managersReport = z
  .object({ period: reportPeriod, managers: z.array(manager.extend({ previous: manager.omit({ user: true }) })) })
  .openapi('ManagersReport');
export type ManagersReport = z.infer<typeof managersReport>;

const botTotals = z.object({
  started: count,
  completed: count,
  /** A person took over, or it was stopped. */
  handedOver: count,
  displaced: count,
  /** Failed, or ended for a guard. */
  failed: count,
  restarted: count,
});
export const botsReport = z
  .object({
    ...ofPeriods(botTotals),
    points: z.array(botTotals.extend({ day })),
    bots: z.array(botTotals.extend({ bot: named.nullable() })),
  })
  .openapi('BotsReport');
export type BotsReport = z.infer<typeof botsReport>;
