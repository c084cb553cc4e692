import type {
  BusinessMessagesDeleted,
  CallbackQuery,
  ChatMemberUpdated,
  Message,
  MessageReactionUpdated,
  ReactionType,
  Update,
} from 'grammy/types';
import { BUSINESS_PREFIX } from '../../domain/message/business.ts';
import type { InboundMessage } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { idField, integerField, numberField, textField } from '../fields.ts';
import { toldIn } from './business.ts';
import { mediaOf } from './media.ts';
import { type BusinessContext, chatOf, externalIdOf, placeOf, senderOf } from './who.ts';

/** Notices that Telegram itself puts into a chat: nobody wrote them. */
const NOTICES = new Set([
  'new_chat_members',
  'left_chat_member',
  'new_chat_title',
  'new_chat_photo',
  'delete_chat_photo',
  'group_chat_created',
  'supergroup_chat_created',
  'channel_chat_created',
  'message_auto_delete_timer_changed',
  'migrate_to_chat_id',
  'migrate_from_chat_id',
  'pinned_message',
  'write_access_allowed',
  'boost_added',
  'chat_background_set',
  'forum_topic_created',
  'forum_topic_edited',
  'forum_topic_closed',
  'forum_topic_reopened',
  'general_forum_topic_hidden',
  'general_forum_topic_unhidden',
  'video_chat_scheduled',
  'video_chat_started',
  'video_chat_ended',
  'video_chat_participants_invited',
  'chat_owner_left',
  'chat_owner_changed',
]);

/** Fields every message may have; the first field outside names what an unsupported message is. */
const COMMON_FIELDS = new Set([
  'message_id',
  'message_thread_id',
  'from',
  'sender_chat',
  'sender_tag',
  'sender_boost_count',
  'sender_business_bot',
  'business_connection_id',
  'date',
  'chat',
  'is_topic_message',
  'is_automatic_forward',
  'is_from_offline',
  'is_paid_post',
  'forward_origin',
  'reply_to_message',
  'reply_to_story',
  'external_reply',
  'quote',
  'via_bot',
  'edit_date',
  'has_protected_content',
  'has_media_spoiler',
  'show_caption_above_media',
  'author_signature',
  'link_preview_options',
  'effect_id',
  'paid_star_count',
  'reply_markup',
  'media_group_id',
  'caption',
  'caption_entities',
  'text',
  'entities',
]);

const NO_BUSINESS: BusinessContext = { botId: 0, ownerOf: () => undefined };

/**
 * Turns one update into facts: none for notices nobody wrote, `undefined` for what cannot be read (the caller keeps the raw text).
 * `nowAt` (epoch ms) stands in for the times Telegram does not tell: when a button was pressed, when a message was deleted.
 */
export function parseUpdate(update: unknown, nowAt: number, business = NO_BUSINESS): ChannelFact[] | undefined {
  try {
    if (!isUpdate(update)) return undefined;
    if (update.message !== undefined) return messageFacts(update.message, chatOf(update.message.chat));
    if (update.edited_message !== undefined) return editFacts(update.edited_message, chatOf(update.edited_message.chat));
    if (update.callback_query !== undefined) return pressFacts(update.callback_query, update.update_id, nowAt, business);
    if (update.business_message !== undefined) return businessFacts(update.business_message, business);
    if (update.edited_business_message !== undefined) {
      return editFacts(update.edited_business_message, placeOf(update.edited_business_message, business));
    }
    if (update.deleted_business_messages !== undefined) return deletionFacts(update.deleted_business_messages, nowAt, business);
    // What it tells is the channel's, and learned beside the facts.
    if (update.business_connection !== undefined) return toldIn(update) === undefined ? undefined : [];
    if (update.my_chat_member !== undefined) return memberFacts(update.my_chat_member);
    if (update.message_reaction !== undefined) return [reactionFact(update.message_reaction, update.update_id)];
    return undefined;
  } catch (error) {
    // A field missing or of another type than documented; everything else of the batch goes on.
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function isUpdate(value: unknown): value is Update {
  return typeof value === 'object' && value !== null && 'update_id' in value && typeof value.update_id === 'number';
}

function messageFacts(message: Message, chat: ChatRef): ChannelFact[] {
  const inbound = inboundOf(message, chat);
  if (inbound === undefined) return [];
  const sender = senderOf(message.from, message.sender_chat ?? message.chat, message);
  return [{ type: 'messageReceived', id: `message/${message.message_id}`, chat, sender, message: inbound }];
}

function inboundOf(message: Message, chat: ChatRef): InboundMessage | undefined {
  const content = contentOf(message);
  if (content === undefined) return undefined;
  const answered = message.reply_to_message;
  return {
    externalId: externalIdOf(chat.externalChatId, integerField(message.message_id)),
    receivedAt: integerField(message.date) * 1000,
    order: [message.date, message.message_id],
    ...content,
    ...(message.media_group_id === undefined ? {} : { albumId: idField(message.media_group_id) }),
    ...(answered === undefined ? {} : { replyToExternalId: externalIdOf(chat.externalChatId, integerField(answered.message_id)) }),
  };
}

/** A message of a business account's chat: the client's, the owner's own, or what was sent for the owner. */
function businessFacts(message: Message, business: BusinessContext): ChannelFact[] {
  const chat = placeOf(message, business);
  const ownerId = business.ownerOf(message.business_connection_id ?? '');
  if (String(message.from?.id) !== ownerId) return messageFacts(message, chat);
  // What we sent is known from its receipt; a note to oneself is nobody else's.
  if (message.sender_business_bot?.id === business.botId || message.chat.id === message.from?.id) return [];
  const inbound = inboundOf(message, chat);
  if (inbound === undefined) return [];
  // Greetings and "away" answers go out by themselves: no person has replied.
  const isAutomatic = message.sender_business_bot !== undefined || message.is_from_offline === true;
  return [
    {
      type: 'colleagueReplied',
      id: `reply/${message.message_id}`,
      chat,
      message: inbound,
      ...(isAutomatic ? { by: { kind: 'bot' } } : { externalAuthorId: ownerId }),
    },
  ];
}

/** Taken back by either side. */
function deletionFacts(deleted: BusinessMessagesDeleted, nowAt: number, business: BusinessContext): ChannelFact[] {
  const chat = placeOf(deleted, business);
  return deleted.message_ids.map((id) => ({
    type: 'messageDeleted',
    id: `deleted/${integerField(id)}`,
    chat,
    externalId: externalIdOf(chat.externalChatId, id),
    receivedAt: nowAt,
  }));
}

type Content = Pick<InboundMessage, 'text' | 'attachments' | 'location' | 'contact' | 'unsupported' | 'startPayload'>;

/** What the message carries; `undefined` for a notice. */
function contentOf(message: Message): Content | undefined {
  const attachments = mediaOf(message);
  const text = textField(message.text ?? message.caption ?? '');
  if (attachments.length > 0) return { text, attachments };
  if (message.venue !== undefined) {
    const { location, title, address } = message.venue;
    return { text: textField([title, address].filter(Boolean).join('\n')), attachments, location: pointOf(location) };
  }
  if (message.location !== undefined) return { text, attachments, location: pointOf(message.location) };
  if (message.contact !== undefined) {
    const { first_name, last_name, phone_number } = message.contact;
    return {
      text,
      attachments,
      contact: { name: textField([first_name, last_name].filter(Boolean).join(' ')), phone: textField(phone_number) },
    };
  }
  if (message.text !== undefined) {
    const start = /^\/start(?:@\w+)?(?:\s+(\S+))?\s*$/.exec(text);
    return { text, attachments, ...(start?.[1] === undefined ? {} : { startPayload: start[1] }) };
  }
  const kind = Object.keys(message).find((field) => !COMMON_FIELDS.has(field)) ?? 'empty';
  if (NOTICES.has(kind)) return undefined;
  return { text, attachments, unsupported: kind };
}

function pointOf(location: { latitude: number; longitude: number }) {
  return { latitude: numberField(location.latitude), longitude: numberField(location.longitude) };
}

/** A changed text. A moving live location edits its message every few seconds without a text: no fact. */
function editFacts(message: Message, chat: ChatRef): ChannelFact[] {
  if (message.location !== undefined) return [];
  const editedAt = integerField(message.edit_date ?? message.date);
  return [
    {
      type: 'messageEdited',
      id: `edit/${integerField(message.message_id)}/${editedAt}`,
      chat,
      externalId: externalIdOf(chat.externalChatId, message.message_id),
      text: textField(message.text ?? message.caption ?? ''),
      receivedAt: editedAt * 1000,
    },
  ];
}

/** A pressed button. Its text is the label, where Telegram still shows us the message it stood under. */
function pressFacts(query: CallbackQuery, updateId: number, nowAt: number, business: BusinessContext): ChannelFact[] {
  // Without a message (a very old one) the press is taken for one of the private chat, whose id is the person's.
  const chat: ChatRef =
    query.message === undefined
      ? { externalChatId: String(integerField(query.from.id)), kind: 'private' }
      : placeOf(query.message, business);
  // The owner of a business account sees the buttons too: whoever presses them there, it is no client.
  if (chat.externalChatId.startsWith(BUSINESS_PREFIX) && query.from.id !== query.message?.chat.id) return [];
  const data = query.data ?? '';
  const keyboard = query.message !== undefined && 'reply_markup' in query.message ? query.message.reply_markup?.inline_keyboard : undefined;
  const button = keyboard?.flat().find((candidate) => 'callback_data' in candidate && candidate.callback_data === data);
  const id = `press/${idField(query.id)}`;
  const message: InboundMessage = {
    externalId: id,
    receivedAt: nowAt,
    order: [Math.floor(nowAt / 1000), updateId],
    text: textField(button?.text ?? ''),
    attachments: [],
    pressedKey: textField(data),
    pressToken: query.id,
    ...(query.message === undefined ? {} : { replyToExternalId: externalIdOf(chat.externalChatId, query.message.message_id) }),
  };
  return [{ type: 'messageReceived', id, chat, sender: senderOf(query.from, query.message?.chat), message }];
}

/** Blocking, unblocking, removal from a group. Changes of rights inside a group say nothing about reachability. */
function memberFacts(change: ChatMemberUpdated): ChannelFact[] {
  const status = change.new_chat_member.status;
  const gone = status === 'kicked' || status === 'left';
  const wasGone = change.old_chat_member.status === 'kicked' || change.old_chat_member.status === 'left';
  if (gone === wasGone) return [];
  return [
    {
      type: gone ? 'clientBlocked' : 'clientUnblocked',
      id: `member/${integerField(change.date)}/${status}`,
      chat: chatOf(change.chat),
      receivedAt: change.date * 1000,
    },
  ];
}

/** All that somebody has put under a message now. Telegram tells it in private chats, and in groups where the bot is an administrator. */
function reactionFact(change: MessageReactionUpdated, updateId: number): ChannelFact {
  const chat = chatOf(change.chat);
  return {
    type: 'reactionChanged',
    id: `reaction/${integerField(change.date)}/${updateId}`,
    chat,
    externalId: externalIdOf(chat.externalChatId, integerField(change.message_id)),
    // In groups the group itself may react.
    by: { externalUserId: String(integerField(change.user?.id ?? change.actor_chat?.id)), side: 'client' },
    emoji: change.new_reaction.map(emojiOf),
    receivedAt: change.date * 1000,
  };
}

/** Paid ones are stars everywhere; a custom one has no character, only a picture. */
function emojiOf(reaction: ReactionType): string {
  return reaction.type === 'emoji' ? textField(reaction.emoji) : reaction.type === 'paid' ? '⭐' : '✨';
}
