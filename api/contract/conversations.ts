import { z } from '@hono/zod-openapi';
import { BULK_MOST, bulkActions, conversationViews, countedViews } from '../../domain/conversation/views.ts';
import { author, id, idsInQuery, instant, instantInQuery, named, pageOf, pageQuery } from './common.ts';

export const talkStatus = z.enum(['in_work', 'closed', 'nps_scheduled', 'nps_in_progress', 'with_error']);

/** `origin`: the badge and the code of the amoCRM-shaped API. */
export const channelRef = z.object({ id, type: z.string(), origin: z.string(), name: z.string() }).openapi('ChannelRef');
export type ChannelRef = z.infer<typeof channelRef>;

export const conversationItem = z
  .object({
    number: id,
    chatId: z.uuid(),
    contact: named,
    channel: channelRef,
    status: talkStatus,
    isRead: z.boolean(),
    openedAt: instant,
    closedAt: instant.nullable(),
    /** First client message nobody has answered; null: nobody waits. */
    waitingSince: instant.nullable(),
    answerDueAt: instant.nullable(),
    missedAt: instant.nullable(),
    lastMessageAt: instant,
    lastMessage: z
      .object({ text: z.string(), author: z.enum(['user', 'bot', 'client', 'system']), at: instant, hasAttachments: z.boolean() })
      .nullable(),
    /** Client messages since the conversation was last read; 0 when it is read. */
    unread: z.number().int(),
    /** The bot that owns the client's next message. */
    bot: z.object({ runId: z.uuid(), name: z.string() }).nullable(),
    entity: z.object({ type: z.enum(['lead', 'customer']), id, name: z.string() }).nullable(),
    responsible: named.nullable(),
    /** Whether who asks may write there and give orders; closing is a right of its own besides. */
    mayEdit: z.boolean(),
    /** Users who take part besides the responsible one. */
    participantIds: z.array(id),
    /** The latest rating the client gave. */
    rate: z.number().int().nullable(),
    /** `nps_scheduled`: when the client will be asked; `nps_in_progress`: when the poll is given up at the latest; null otherwise. */
    pollDueAt: instant.nullable(),
  })
  .openapi('ConversationItem');
export type ConversationItem = z.infer<typeof conversationItem>;
export const conversationPage = pageOf(conversationItem).openapi('ConversationPage');
export type ConversationPage = z.infer<typeof conversationPage>;

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** Stages as `pipeline:stage,…`: won and lost have the same id in every pipeline. */
const stagesInQuery = z
  .string()
  .regex(/^\d{1,15}:\d{1,15}(,\d{1,15}:\d{1,15})*$/, 'must be pairs pipeline:stage separated by commas')
  .transform((text) =>
    text.split(',').map((pair) => {
      const [pipelineId = 0, stageId = 0] = pair.split(':').map(Number);
      return { pipelineId, stageId };
    }),
  );

/** Filters narrow the view and each other; within one filter any of its values will do. */
export const conversationQuery = pageQuery.extend({
  /** mine, unassigned, unread, all: in work · waiting: somebody waits · awaiting: a rating is awaited · closed. */
  view: z.enum(conversationViews).default('all'),
  /** waiting: longest waiting first, then by time · time: newest message first. */
  order: z.enum(['waiting', 'time']).default('time'),
  channel: idsInQuery.optional(),
  contact: z.coerce.number().int().positive().optional(),
  lead: z.coerce.number().int().positive().optional(),
  /** Users; 0 stands for nobody. */
  responsible: idsInQuery.optional(),
  stage: stagesInQuery.optional(),
  /** Tags of the lead or of the contact. */
  tag: idsInQuery.optional(),
  read: flag.optional(),
  /** Somebody waits so many seconds or longer. */
  waitingSeconds: z.coerce.number().int().min(0).max(315_360_000).optional(),
  /** Whether the answer was late, in the latest stretch that somebody waited. */
  missed: flag.optional(),
  /** A bot listens in the chat, or a run of the chat or of the lead is alive. */
  bot: flag.optional(),
  rateFrom: z.coerce.number().int().min(0).max(1000).optional(),
  rateTo: z.coerce.number().int().min(0).max(1000).optional(),
  /** What `from` and `to` (both included) are about: the latest message, opening or close. */
  period: z.enum(['activity', 'opened', 'closed']).default('activity'),
  from: instantInQuery.optional(),
  to: instantInQuery.optional(),
});
export type ConversationQuery = z.input<typeof conversationQuery>;

const count = z.number().int();
/** How many conversations stand in each view, 1,000 at most (1000 means "that many or more"). */
export const conversationCounts = z
  .object(Object.fromEntries(countedViews.map((view) => [view, count])) as Record<(typeof countedViews)[number], typeof count>)
  .openapi('ConversationCounts');
export type ConversationCounts = z.infer<typeof conversationCounts>;

export const opening = z
  .object({
    opening: z.number().int(),
    how: z.enum(['born', 'reopened']),
    openedAt: instant,
    firstReplyAt: instant.nullable(),
    closedAt: instant.nullable(),
    closedBy: author.nullable(),
    rate: z.number().int().nullable(),
    comment: z.string(),
  })
  .openapi('Opening');
/** `chat.reachable` false: the client blocked us, in the messenger's words. */
export const conversation = conversationItem
  .extend({
    readBy: named.nullable(),
    readAt: instant.nullable(),
    chat: z.object({ id: z.uuid(), kind: z.enum(['private', 'group']), reachable: z.boolean(), words: z.string() }),
    openings: z.array(opening),
  })
  .openapi('Conversation');
export type Conversation = z.infer<typeof conversation>;

export const numberInPath = z.object({ number: z.coerce.number().int().positive() });
export const closeBody = z.object({ force: z.boolean().default(false), stopBots: z.boolean().default(false) });
export type CloseBody = z.input<typeof closeBody>;

/** What an order found after it was carried out. Closing a closed conversation answers `closed`. */
export const orderAnswer = z
  .object({
    number: id.nullable(),
    status: z.enum([...talkStatus.options, 'none']),
    isRead: z.boolean(),
  })
  .openapi('OrderAnswer');
export type OrderAnswerView = z.infer<typeof orderAnswer>;

export const bulkBody = z.object({
  numbers: z.array(id).min(1).max(BULK_MOST),
  action: z.enum(bulkActions),
});
export type BulkBody = z.input<typeof bulkBody>;
/** What became of each number, in the order they were named. `accepted`: certain to be carried out; repeat with the same key to learn the outcome. */
export const bulkAnswer = z
  .object({
    items: z.array(
      z.object({
        number: id,
        outcome: z.enum(['done', 'accepted', 'refused']),
        answer: orderAnswer.nullable(),
        problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
      }),
    ),
  })
  .openapi('BulkAnswer');
export type BulkAnswer = z.infer<typeof bulkAnswer>;
