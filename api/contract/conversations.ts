import { z } from '@hono/zod-openapi';
import { author, id, idsInQuery, instant, named, pageOf, pageQuery } from './common.ts';

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
  })
  .openapi('ConversationItem');
export type ConversationItem = z.infer<typeof conversationItem>;
export const conversationPage = pageOf(conversationItem).openapi('ConversationPage');
export type ConversationPage = z.infer<typeof conversationPage>;

export const conversationQuery = pageQuery.extend({
  /** mine: in work and mine · waiting: somebody waits · unread: in work, unread · all: in work · closed. */
  view: z.enum(['mine', 'waiting', 'unread', 'all', 'closed']).default('all'),
  /** waiting: longest waiting first, then by time · time: newest message first. */
  order: z.enum(['waiting', 'time']).default('time'),
  channel: idsInQuery.optional(),
  contact: z.coerce.number().int().positive().optional(),
  lead: z.coerce.number().int().positive().optional(),
});
export type ConversationQuery = z.input<typeof conversationQuery>;
/** How many conversations stand in each view, 1,000 at most (1000 means "that many or more"). */
export const conversationCounts = z
  .object({ mine: z.number().int(), waiting: z.number().int(), unread: z.number().int(), all: z.number().int() })
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
