import { wellFormed } from '../../domain/message/clean.ts';
import type { InboundSender } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { digitsOf } from '../exact-json.ts';
import { idField, integerField } from '../fields.ts';
import { isRecord } from './api.ts';
import { contentOf, optionalText } from './content.ts';

type Fields = Record<string, unknown>;

/** Updates nobody wrote: what happens to dialogs and group chats. */
const NOTICES = new Set([
  'bot_added',
  'bot_removed',
  'user_added',
  'user_removed',
  'chat_title_changed',
  'message_chat_created',
  'dialog_muted',
  'dialog_unmuted',
  'dialog_cleared',
  'dialog_removed',
]);

/**
 * Turns one update into facts: none for notices and for the bot's own messages, undefined for what cannot be read (the caller keeps the raw text).
 * `update` comes from `parseExact`; `botId` is our bot's own user id.
 */
export function parseUpdate(update: unknown, botId: string): ChannelFact[] | undefined {
  try {
    return isRecord(update) ? factsOf(update, botId) : undefined;
  } catch (error) {
    // A field missing or of another type than documented.
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function factsOf(update: Fields, botId: string): ChannelFact[] | undefined {
  const kind = update.update_type;
  if (typeof kind !== 'string') return undefined;
  const at = integerField(update.timestamp as number);
  if (NOTICES.has(kind)) return [];
  switch (kind) {
    case 'message_created':
      return created(update, botId);
    case 'message_edited':
      return edited(update, botId, at);
    case 'message_removed': {
      const mid = idField(update.message_id as string);
      return [{ type: 'messageDeleted', id: `removed/${mid}`, chat: chatById(update.chat_id), externalId: mid, receivedAt: at }];
    }
    case 'message_callback':
      return [pressed(update)];
    case 'bot_started':
      return [started(update, at)];
    case 'bot_stopped': {
      const chat = chatById(update.chat_id);
      return [{ type: 'clientBlocked', id: `bot_stopped/${at}`, chat, receivedAt: at }];
    }
    default:
      return undefined;
  }
}

function created(update: Fields, botId: string): ChannelFact[] {
  const message = record(update.message);
  const chat = chatOf(message);
  const sender = senderOf(message, chat, update.user_locale);
  if (sender.externalUserId === botId) return [];
  const body = record(message.body);
  const mid = midOf(body);
  const receivedAt = integerField(message.timestamp as number);
  const link = isRecord(message.link) ? message.link : undefined;
  const linked = link === undefined ? undefined : record(link.message);
  return [
    {
      type: 'messageReceived',
      id: `message/${mid}`,
      chat,
      sender,
      message: {
        externalId: mid,
        receivedAt,
        order: [receivedAt, lowBits(body.seq)],
        ...contentOf(body, link?.type === 'forward' ? linked : undefined),
        ...(link?.type === 'reply' && linked !== undefined ? { replyToExternalId: midOf(linked) } : {}),
      },
    },
  ];
}

function edited(update: Fields, botId: string, at: number): ChannelFact[] {
  const message = record(update.message);
  const chat = chatOf(message);
  if (senderOf(message, chat, undefined).externalUserId === botId) return [];
  const body = record(message.body);
  const mid = midOf(body);
  return [{ type: 'messageEdited', id: `edit/${mid}/${at}`, chat, externalId: mid, text: contentOf(body).text, receivedAt: at }];
}

/** A pressed callback button. MAX calls the id that of the keyboard, so the time of the press makes it unique; a repeated delivery carries the same. */
function pressed(update: Fields): ChannelFact {
  const callback = record(update.callback);
  const callbackId = idField(callback.callback_id as string);
  const at = integerField(callback.timestamp as number);
  // Without its message (deleted meanwhile) nothing says which chat it was: such an update is kept whole.
  const chat = chatOf(record(update.message));
  const id = `press/${callbackId}/${at}`;
  return {
    type: 'messageReceived',
    id,
    chat,
    sender: personOf(record(callback.user), update.user_locale),
    message: {
      externalId: id,
      receivedAt: at,
      order: [at, 0],
      text: '',
      attachments: [],
      // A key of somebody else's button, or none: no row of ours knows it.
      pressedKey: optionalText(callback.payload),
      pressToken: callbackId,
    },
  };
}

/** The client pressed «Start», perhaps by a deep link; after a stop that is also how they come back. */
function started(update: Fields, at: number): ChannelFact {
  const chat = chatById(update.chat_id);
  const payload = wellFormed(optionalText(update.payload));
  const id = `start/${chat.externalChatId}/${at}`;
  return {
    type: 'messageReceived',
    id,
    chat,
    sender: personOf(record(update.user), update.user_locale),
    message: {
      externalId: id,
      receivedAt: at,
      order: [at, 0],
      text: '/start',
      attachments: [],
      ...(payload === '' ? {} : { startPayload: payload }),
    },
  };
}

function chatOf(message: Fields): ChatRef {
  const recipient = record(message.recipient);
  return { externalChatId: idOf(recipient.chat_id), kind: recipient.chat_type === 'dialog' ? 'private' : 'group' };
}

/** For updates that name a chat without its type: ids of group chats are below zero. */
function chatById(chatId: unknown): ChatRef {
  const id = idOf(chatId);
  return { externalChatId: id, kind: id.startsWith('-') ? 'group' : 'private' };
}

/** Posts of a channel name no author: the channel itself says them. */
function senderOf(message: Fields, chat: ChatRef, locale: unknown): InboundSender {
  if (message.sender !== undefined && message.sender !== null) return personOf(record(message.sender), locale);
  if (chat.kind === 'group') return { externalUserId: chat.externalChatId, name: '' };
  throw new TypeError('a sender is missing');
}

function personOf(user: Fields, locale: unknown): InboundSender {
  const text = (value: unknown) => wellFormed(optionalText(value)).trim();
  const name = [text(user.first_name), text(user.last_name)].filter(Boolean).join(' ') || text(user.name);
  const username = text(user.username);
  const languageCode = text(locale);
  const avatar = text(user.full_avatar_url) || text(user.avatar_url);
  return {
    externalUserId: idOf(user.user_id),
    name,
    ...(username === '' ? {} : { username }),
    ...(languageCode === '' ? {} : { languageCode }),
    ...(/^https?:\/\//.test(avatar) ? { avatarRef: avatar } : {}),
  };
}

function midOf(body: Fields): string {
  return wellFormed(idField(body.mid as string));
}

function idOf(value: unknown): string {
  const digits = digitsOf(value);
  if (digits === undefined) throw new TypeError('an id is missing');
  return digits;
}

/** `seq` counts within a millisecond in its lowest bits; 53 of them keep the order and fit a number. */
function lowBits(seq: unknown): number {
  const digits = digitsOf(seq);
  return digits === undefined ? 0 : Number(BigInt.asUintN(53, BigInt(digits)));
}

function record(value: unknown): Fields {
  if (!isRecord(value)) throw new TypeError('an object is missing');
  return value;
}
