import type { CallbackQuery, Chat, ChatMemberUpdated, Message, MessageReactionUpdated, ReactionType, Update, User } from 'grammy/types';
import type { InboundMessage, InboundSender } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { idField, integerField, numberField, textField } from '../fields.ts';
import { mediaOf } from './media.ts';

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

/**
 * Turns one update into facts: none for notices nobody wrote, `undefined` for what cannot be read (the caller keeps the raw text).
 * `nowAt` (epoch ms) stands in for the one time Telegram does not tell: when a button was pressed.
 */
export function parseUpdate(update: unknown, nowAt: number): ChannelFact[] | undefined {
  try {
    if (!isUpdate(update)) return undefined;
    if (update.message !== undefined) return messageFacts(update.message);
    if (update.edited_message !== undefined) return editFacts(update.edited_message);
    if (update.callback_query !== undefined) return [pressFact(update.callback_query, update.update_id, nowAt)];
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

/** Message ids count per bot in private chats and small groups, but per chat in supergroups: there the chat's id makes them unique. */
export function externalIdOf(externalChatId: string, messageId: number): string {
  return externalChatId.startsWith('-') ? `${externalChatId}/${messageId}` : String(messageId);
}

function messageFacts(message: Message): ChannelFact[] {
  const chat = chatOf(message.chat);
  const content = contentOf(message);
  if (content === undefined) return [];
  return [
    {
      type: 'messageReceived',
      id: `message/${integerField(message.message_id)}`,
      chat,
      sender: senderOf(message.from, message.sender_chat ?? message.chat, message),
      message: {
        externalId: externalIdOf(chat.externalChatId, message.message_id),
        receivedAt: integerField(message.date) * 1000,
        order: [message.date, message.message_id],
        ...content,
        ...(message.media_group_id === undefined ? {} : { albumId: idField(message.media_group_id) }),
        ...(message.reply_to_message === undefined
          ? {}
          : { replyToExternalId: externalIdOf(chat.externalChatId, integerField(message.reply_to_message.message_id)) }),
      },
    },
  ];
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
function editFacts(message: Message): ChannelFact[] {
  if (message.location !== undefined) return [];
  const chat = chatOf(message.chat);
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
function pressFact(query: CallbackQuery, updateId: number, nowAt: number): ChannelFact {
  // Without a message (a very old one) the press can only come from the private chat, whose id is the person's.
  const chat: ChatRef =
    query.message === undefined ? { externalChatId: String(integerField(query.from.id)), kind: 'private' } : chatOf(query.message.chat);
  const data = query.data ?? '';
  const keyboard = query.message !== undefined && 'reply_markup' in query.message ? query.message.reply_markup?.inline_keyboard : undefined;
  const button = keyboard?.flat().find((candidate) => 'callback_data' in candidate && candidate.callback_data === data);
  const id = `press/${idField(query.id)}`;
  return {
    type: 'messageReceived',
    id,
    chat,
    sender: senderOf(query.from, query.message?.chat),
    message: {
      externalId: id,
      receivedAt: nowAt,
      order: [Math.floor(nowAt / 1000), updateId],
      text: textField(button?.text ?? ''),
      attachments: [],
      pressedKey: textField(data),
      pressToken: query.id,
      ...(query.message === undefined ? {} : { replyToExternalId: externalIdOf(chat.externalChatId, query.message.message_id) }),
    },
  };
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

function chatOf(chat: Chat): ChatRef {
  // Only people have positive ids; that also holds where a type is left out.
  return { externalChatId: String(integerField(chat.id)), kind: chat.id > 0 ? 'private' : 'group' };
}

/** The person, or the group that writes under its own name. The phone only when somebody shares their own contact, not a friend's. */
function senderOf(user: User | undefined, chat: Chat | undefined, message?: Message): InboundSender {
  if (user === undefined) {
    return { externalUserId: String(integerField(chat?.id)), name: textField(chat?.title ?? chat?.username ?? chat?.first_name ?? '') };
  }
  const name = textField([user.first_name, user.last_name].filter(Boolean).join(' '));
  const own = message?.contact !== undefined && message.contact.user_id === user.id ? textField(message.contact.phone_number) : undefined;
  return {
    externalUserId: String(integerField(user.id)),
    name: name === '' ? textField(user.username ?? '') : name,
    ...(user.username === undefined ? {} : { username: textField(user.username) }),
    ...(user.language_code === undefined ? {} : { languageCode: textField(user.language_code) }),
    ...(own === undefined ? {} : { phone: own }),
  };
}
