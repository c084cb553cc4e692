import type { ChannelRegistry } from '../../channels/index.ts';
import type { ConversationRow, OpeningRow } from '../../db/stores/conversations.ts';
import type { OrderAnswer } from '../../workflows/messages.ts';
import type { ChannelRef, Conversation, ConversationItem, OrderAnswerView } from '../contract/conversations.ts';
import { authorOfJson, named } from './common.ts';

export const originOf = (channels: ChannelRegistry, type: string) => channels.get(type)?.abilities.origin ?? type;

export const channelRef = (channels: ChannelRegistry, channel: { id: number; type: string; name: string }): ChannelRef => ({
  ...channel,
  origin: originOf(channels, channel.type),
});

export function conversationItem(channels: ChannelRegistry, row: ConversationRow): ConversationItem {
  return {
    number: row.number,
    chatId: row.chatId,
    contact: { id: row.contactId, name: row.contactName },
    channel: channelRef(channels, { id: row.channelId, type: row.channelType, name: row.channelName }),
    status: row.status,
    isRead: row.isRead,
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    waitingSince: row.waitingSince,
    answerDueAt: row.answerDueAt,
    missedAt: row.missedAt,
    lastMessageAt: row.lastMessageAt,
    lastMessage:
      row.chatMessageAt === null
        ? null
        : {
            text: row.chatMessageText,
            author: row.chatMessageAuthor ?? 'system',
            at: row.chatMessageAt,
            hasAttachments: row.chatMessageHasAttachments,
          },
    unread: row.unread,
    bot: row.botRunId === null ? null : { runId: row.botRunId, name: row.botName ?? '' },
    entity:
      row.entityType === null || row.entityId === null ? null : { type: row.entityType, id: row.entityId, name: row.entityName ?? '' },
    responsible: named(row.responsibleId, row.responsibleName),
    mayEdit: row.mayEdit,
    participantIds: row.participantIds,
    rate: row.rate,
    pollDueAt: row.pollDueAt,
  };
}

export function conversationView(channels: ChannelRegistry, row: ConversationRow, openings: OpeningRow[]): Conversation {
  return {
    ...conversationItem(channels, row),
    readBy: named(row.readById, row.readByName),
    readAt: row.readAt,
    chat: { id: row.chatId, kind: row.chatKind, reachable: row.reachable, words: row.unreachableWords },
    openings: openings.map(({ closedBy, closedByName, ...opening }) => ({
      ...opening,
      closedBy: closedBy === null ? null : authorOfJson(closedBy, closedByName),
    })),
  };
}

export const orderAnswerView = (answer: OrderAnswer): OrderAnswerView => ({
  number: answer.number ?? null,
  status: answer.status,
  isRead: answer.isRead,
});
