import { z } from '@hono/zod-openapi';
import { id, instant } from './common.ts';

export const scenarioProblem = z
  .object({
    severity: z.enum(['error', 'warning']),
    code: z.string(),
    path: z.string(),
    step: z.number().int().nullable(),
    message: z.object({ ru: z.string(), en: z.string() }),
  })
  .openapi('ScenarioProblem');
export type ScenarioProblem = z.infer<typeof scenarioProblem>;

export const botItem = z
  .object({
    id,
    name: z.string(),
    kind: z.enum(['regular', 'greeting', 'marketing', 'nps']),
    state: z.enum(['on', 'off', 'archived']),
    /** null: never published. */
    liveVersion: z.number().int().nullable(),
    running: z.number().int(),
    startedIn7Days: z.number().int(),
    completedIn7Days: z.number().int(),
    errors: z.number().int(),
    warnings: z.number().int(),
    /** The draft differs from the live version. */
    changed: z.boolean(),
    updatedAt: instant,
  })
  .openapi('BotItem');
export type BotItem = z.infer<typeof botItem>;
export const bots = z.object({ items: z.array(botItem) });

export const botSettings = z.object({
  joinSeconds: z.number().int().min(0).max(30).optional(),
  whenRunning: z.enum(['restartAfterHour', 'restart', 'never']).optional(),
  personReplyEnds: z.boolean().optional(),
});
export const botVersion = z
  .object({
    version: z.number().int(),
    publishedAt: instant,
    publishedBy: z.object({ id, name: z.string() }).nullable(),
    /** Runs that still stand on it. */
    running: z.number().int(),
    isLive: z.boolean(),
  })
  .openapi('BotVersion');
export type BotVersion = z.infer<typeof botVersion>;
export const botVersions = z.object({ items: z.array(botVersion) });

export const triggerType = z.enum(['conversation_started', 'message_received', 'link_followed', 'site_visited']);
export const triggerFilter = z.strictObject({
  channelIds: z.array(id).max(200).optional(),
  pipelineIds: z.array(id).max(200).optional(),
  statusIds: z.array(id).max(200).optional(),
  alsoWhileBotWaits: z.boolean().optional(),
  firstOnly: z.boolean().optional(),
});
export const trigger = z.object({
  type: triggerType,
  filter: triggerFilter.default({}),
  delaySeconds: z.number().int().min(0).max(31_536_000).default(0),
  cooldownSeconds: z.number().int().min(0).max(31_536_000).default(0),
});
export const triggers = z.array(trigger).max(50);
export type Trigger = z.infer<typeof trigger>;
export const triggerView = trigger.extend({ id }).openapi('Trigger');
export const triggerList = z.array(triggerView);
export type TriggerView = z.infer<typeof triggerView>;

export const bot = botItem
  .extend({
    /** The draft as it was imported or saved. */
    source: z.string(),
    problems: z.array(scenarioProblem),
    settings: botSettings,
    triggers: z.array(triggerView),
    versions: z.array(botVersion),
  })
  .openapi('Bot');
export type Bot = z.infer<typeof bot>;

export const botChange = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  settings: botSettings.optional(),
  source: z.string().max(2_000_000).optional().openapi({ description: 'A new draft' }),
});
export type BotChange = z.infer<typeof botChange>;
export const botImported = z
  .object({ id, name: z.string(), problems: z.array(scenarioProblem), publishable: z.boolean() })
  .openapi('BotImported');
export type BotImported = z.infer<typeof botImported>;
export const publishBody = z.object({ acceptWarnings: z.boolean().default(false) });
/** `stayOn`: running runs by the version they keep. */
export const published = z
  .object({
    id,
    version: z.number().int(),
    problems: z.array(scenarioProblem),
    stayOn: z.array(z.object({ version: z.number().int(), running: z.number().int() })),
  })
  .openapi('Published');
export type Published = z.infer<typeof published>;
export const rollbackBody = z.object({ version: z.number().int().positive().max(2_147_483_647, 'is no version of a bot') });
export const offBody = z.object({ endRuns: z.boolean().default(false) });
export const botState = z.object({ id, state: z.enum(['on', 'off', 'archived']), running: z.number().int() }).openapi('BotState');

/** One of leadId, contactId or conversation says with whom. `ifRunning` is what the card asks; absent: the bot's setting. */
export const startBody = z
  .object({
    leadId: id.optional(),
    customerId: id.optional(),
    contactId: id.optional(),
    conversation: id.optional(),
    ifRunning: z.enum(['restart', 'return']).optional(),
  })
  .refine(({ leadId, customerId, contactId, conversation }) => (leadId ?? customerId ?? contactId ?? conversation) !== undefined, {
    path: ['leadId'],
    message: 'give leadId, customerId, contactId or conversation',
  });
export type StartBody = z.infer<typeof startBody>;

/** A script for the simulator: the pure `simulate` of the language answers. Its shape is the language's own. */
export const simulateBody = z.object({ source: z.string().max(2_000_000).optional(), script: z.unknown() });
export const simulated = z.object({ transcript: z.unknown(), problems: z.array(scenarioProblem) }).openapi('Simulated');
