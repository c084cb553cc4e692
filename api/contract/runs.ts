import { z } from '@hono/zod-openapi';
import { author, id, instant, named } from './common.ts';

/** What a run does or waits for, in the step's own words; `until` counts down. */
export const runWait = z
  .object({
    step: z.number().int().nullable(),
    title: z.string(),
    waits: z.enum(['message', 'timer', 'messageOrTimer', 'nothing']),
    until: instant.nullable(),
    question: z.string().nullable(),
  })
  .openapi('RunWait');

/** One line of the strip of bots, and the head of a trace. */
export const runView = z
  .object({
    id: z.uuid(),
    bot: named,
    version: z.number().int(),
    /** `new`: its first turn has not come yet. */
    status: z.enum(['new', 'running', 'ended']),
    wait: runWait.nullable(),
    /** It owns the client's next message in some chat. */
    listens: z.boolean(),
    leadId: id.nullable(),
    /** The customer whose card it works on; never beside a lead. */
    customerId: id.nullable(),
    contactId: id.nullable(),
    chatId: z.uuid().nullable(),
    conversationNumber: id.nullable(),
    outcome: z.enum(['completed', 'failed', 'stopped', 'displaced', 'restarted', 'looped', 'expired']).nullable(),
    outcomeWords: z.string(),
    startedBy: author,
    endedBy: author.nullable(),
    startedAt: instant,
    endedAt: instant.nullable(),
  })
  .openapi('Run');
export type Run = z.infer<typeof runView>;
export const runs = z.object({ items: z.array(runView) });
export const runQuery = z.object({ state: z.enum(['alive', 'all']).default('alive') });

/** What became of a stop: `ended` with its outcome, or that it ended before. */
export const runAnswer = z
  .object({ id: z.uuid(), status: z.enum(['new', 'running', 'ended', 'none']), outcome: z.string().nullable() })
  .openapi('RunAnswer');
export type RunAnswerView = z.infer<typeof runAnswer>;

export const traceEntry = z
  .object({
    id,
    at: instant,
    step: z.number().int(),
    /** The step's name on the canvas, where the file gives one. */
    title: z.string().nullable(),
    handler: z.string(),
    outcome: z.string(),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .openapi('TraceEntry');
export type TraceEntryView = z.infer<typeof traceEntry>;
export const trace = z.object({ run: runView, items: z.array(traceEntry) }).openapi('Trace');
export type Trace = z.infer<typeof trace>;
