/** Where a message stands and who wrote it, as this program names them. */
import type { Chat, Message, User } from 'grammy/types';
import { BUSINESS_PREFIX, businessChatId } from '../../domain/message/business.ts';
import type { InboundSender } from '../../domain/message/model.ts';
import type { ChatRef } from '../channel.ts';
import { idField, integerField, textField } from '../fields.ts';

/** Whom the bot answers for. */
export interface BusinessContext {
  botId: number;
  /** The owner of the business account that a connection leads to; undefined for one that nobody knows. */
  ownerOf(connectionId: string): string | undefined;
}

/**
 * Message ids count per bot in private chats and small groups, but per chat in supergroups, and per account in business chats: there the chat's id makes
 * them unique.
 */
export function externalIdOf(externalChatId: string, messageId: number): string {
  return externalChatId.startsWith('-') || externalChatId.startsWith(BUSINESS_PREFIX)
    ? `${externalChatId}/${messageId}`
    : String(messageId);
}

/** Telegram's own id of what `externalIdOf` names; undefined for a press, which is no message. */
export function messageIdOf(externalId: string): number | undefined {
  const id = Number(/^(?:(?:-\d+|business:\d+:\d+)\/)?(\d+)$/.exec(externalId)?.[1]);
  return Number.isSafeInteger(id) ? id : undefined;
}

export function chatOf(chat: Chat): ChatRef {
  // Only people have positive ids; that also holds where a type is left out.
  return { externalChatId: String(integerField(chat.id)), kind: chat.id > 0 ? 'private' : 'group' };
}

/** The same for what may be in a business account. Throws TypeError for an account nobody knows. */
export function placeOf(holder: { chat: Chat; business_connection_id?: string }, business: BusinessContext): ChatRef {
  if (holder.business_connection_id === undefined) return chatOf(holder.chat);
  const ownerId = business.ownerOf(idField(holder.business_connection_id));
  if (ownerId === undefined) throw new TypeError('a business account is not known');
  return { externalChatId: businessChatId(ownerId, integerField(holder.chat.id)), kind: 'private' };
}

/** The person, or the group that writes under its own name. The phone only when somebody shares their own contact, not a friend's. */
export function senderOf(user: User | undefined, chat: Chat | undefined, message?: Message): InboundSender {
  if (user === undefined) {
    return { externalUserId: String(integerField(chat?.id)), name: textField(chat?.title ?? chat?.username ?? chat?.first_name ?? '') };
  }
  const own = message?.contact !== undefined && message.contact.user_id === user.id ? textField(message.contact.phone_number) : undefined;
  return {
    externalUserId: String(integerField(user.id)),
    name: nameOf(user),
    ...(user.username === undefined ? {} : { username: textField(user.username) }),
    ...(user.language_code === undefined ? {} : { languageCode: textField(user.language_code) }),
    ...(own === undefined ? {} : { phone: own }),
  };
}

/** As people write it; else their user name. */
export function nameOf(user: User): string {
  return textField([user.first_name, user.last_name].filter(Boolean).join(' ')) || textField(user.username ?? '');
}
