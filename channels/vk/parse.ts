import type { InboundMessage, InboundSender } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { idField, integerField, textField } from '../fields.ts';
import { isRecord } from './api.ts';
import { contentOf, plainText } from './content.ts';
import { readPayload } from './payload.ts';
import { externalIdOf, isGroupChat, type VkEvent, type VkMessage } from './wire.ts';

/** Events a community may be set to send that are nobody's message: typing, and everything outside of messages. */
const OTHER_EVENTS = /^(message_typing_state|(photo|audio|video|wall|board|market|poll|group|user|lead_forms|like|donut|vkpay|app)_\w+)$/;

/** Languages of VK's apps by `lang_id`. */
const LANGUAGES: Record<number, string> = { 0: 'ru', 1: 'uk', 2: 'be', 3: 'en', 4: 'es', 5: 'fi', 6: 'de', 7: 'it', 97: 'kk' };

export interface ParseContext {
  /** Stands in for the times VK does not tell (epoch ms): presses, blocks, reading. */
  nowAt: number;
  /** Whether a message of the community with this random_id was sent by us. */
  isOwn(peerId: number, randomId: number): boolean;
}

/**
 * Turns one event into facts, whose senders are still without names: none for events nobody wrote, `undefined` for what cannot be read (the caller keeps
 * the raw text).
 */
export function parseEvent(event: VkEvent, context: ParseContext): ChannelFact[] | undefined {
  try {
    const { object } = event;
    if (OTHER_EVENTS.test(event.type)) return [];
    if (!isRecord(object)) return undefined;
    switch (event.type) {
      case 'message_new':
        return newMessage(messageIn(event), object, context);
      case 'message_reply':
        return reply(messageIn(event), context);
      case 'message_edit':
        return edit(messageIn(event), event);
      case 'message_event':
        return [press(object, context)];
      case 'message_read':
        return read(object, context);
      case 'message_reaction_event':
        return [reaction(object, event, context)];
      case 'message_allow':
      case 'message_deny':
        return [permission(object, event, context)];
      default:
        return undefined;
    }
  } catch (error) {
    // A field missing or of another type than documented; everything else goes on.
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The message of an event. Since 5.103 a new one is wrapped together with `client_info`; the others stand by themselves. */
export function messageIn(event: VkEvent): VkMessage {
  const { object } = event;
  if (!isRecord(object)) throw new TypeError('an event without its object');
  const message = 'message' in object ? object.message : object;
  if (!isRecord(message)) throw new TypeError('an event without its message');
  return message as unknown as VkMessage;
}

function newMessage(message: VkMessage, object: Record<string, unknown>, context: ParseContext): ChannelFact[] {
  if (message.out === 1) return reply(message, context);
  if (message.action !== undefined && message.action !== null) return [];
  const { pressedKey, start } = readPayload(message.payload);
  const inbound = inboundOf(message);
  const ref = textField(message.ref ?? '');
  const language = isRecord(object.client_info) ? LANGUAGES[Number(object.client_info.lang_id)] : undefined;
  return [
    {
      type: 'messageReceived',
      id: `message/${inbound.externalId}`,
      chat: chatOf(message.peer_id),
      sender: { ...senderOf(message.from_id), ...(language === undefined ? {} : { languageCode: language }) },
      message: {
        ...inbound,
        // What the button writes depends on the client's language; what it means does not.
        ...(start === undefined ? {} : { text: '/start' }),
        ...(pressedKey === undefined ? {} : { pressedKey }),
        ...(ref === '' ? {} : { startPayload: ref }),
      },
    },
  ];
}

function inboundOf(message: VkMessage): InboundMessage {
  const date = integerField(message.date);
  const count = message.conversation_message_id ?? message.id;
  const inReply = message.reply_message ?? undefined;
  return {
    externalId: knownBy(message),
    receivedAt: date * 1000,
    order: [date, integerField(count)],
    ...contentOf(message),
    ...(inReply === undefined ? {} : { replyToExternalId: externalIdOf({ ...inReply, peer_id: message.peer_id }) }),
  };
}

function knownBy(message: VkMessage): string {
  integerField(message.peer_id);
  if (!((message.id ?? 0) > 0)) integerField(message.conversation_message_id);
  return externalIdOf(message);
}

/**
 * A message of the community. One with an author was written by an administrator in VK: a person's reply. The others are ours, VK's greeting, or another
 * program's, and no person's.
 */
function reply(message: VkMessage, context: ParseContext): ChannelFact[] {
  if (message.admin_author_id === undefined || message.admin_author_id <= 0) return [];
  const randomId = message.random_id ?? 0;
  if (randomId !== 0 && context.isOwn(message.peer_id, randomId)) return [];
  const inbound = inboundOf(message);
  return [
    {
      type: 'colleagueReplied',
      id: `reply/${inbound.externalId}`,
      chat: chatOf(message.peer_id),
      message: inbound,
      externalAuthorId: String(integerField(message.admin_author_id)),
    },
  ];
}

/** A changed text, a client's or an administrator's. VK also tells of previews that came later: those carry the same text. */
function edit(message: VkMessage, event: VkEvent): ChannelFact[] {
  const editedAt = integerField(message.update_time ?? message.date);
  const externalId = knownBy(message);
  return [
    {
      type: 'messageEdited',
      id: `edit/${externalId}/${event.event_id === undefined ? editedAt : idField(event.event_id)}`,
      chat: chatOf(message.peer_id),
      externalId,
      text: plainText(message.text ?? ''),
      receivedAt: editedAt * 1000,
    },
  ];
}

/** A pressed callback button. It carries no time and no label; the label is known from our own rows. */
function press(object: Record<string, unknown>, { nowAt }: ParseContext): ChannelFact {
  const userId = integerField(object.user_id as number);
  const peerId = integerField(object.peer_id as number);
  const eventId = idField(object.event_id as string);
  const under = object.conversation_message_id === undefined ? 0 : integerField(object.conversation_message_id as number);
  const id = `press/${peerId}/${eventId}`;
  return {
    type: 'messageReceived',
    id,
    chat: chatOf(peerId),
    sender: senderOf(userId),
    message: {
      externalId: id,
      receivedAt: nowAt,
      order: [Math.floor(nowAt / 1000), under],
      text: '',
      attachments: [],
      // A key of somebody else's button, or none: no row of ours knows it.
      pressedKey: readPayload(object.payload).pressedKey ?? '',
      pressToken: `${userId}/${peerId}/${eventId}`,
    },
  };
}

/** The client has read up to a message. Our own side's reading is no receipt. */
function read(object: Record<string, unknown>, { nowAt }: ParseContext): ChannelFact[] {
  const peerId = integerField(object.peer_id as number);
  if (integerField(object.from_id as number) <= 0) return [];
  const message = {
    peer_id: peerId,
    id: optionalInteger(object.read_message_id),
    conversation_message_id: optionalInteger(object.conversation_message_id),
  };
  if (!((message.id ?? 0) > 0)) integerField(message.conversation_message_id);
  const externalId = externalIdOf(message);
  return [
    {
      type: 'receiptCame',
      id: `read/${externalId}`,
      chat: chatOf(peerId),
      status: 'read',
      externalIds: [externalId],
      upTo: true,
      receivedAt: nowAt,
    },
  ];
}

/** VK names reactions by number. A number it adds later is shown as what has no character of its own. */
const REACTIONS = ['❤️', '🔥', '😂', '👍', '💩', '❓', '😭', '😡', '👎', '👌', '😃', '🤔', '🙏', '😘', '😍', '🎉'];

/** Without a `reaction_id` it was taken back. VK names the message by its count within the chat; `message_id` is added by `completed`. */
function reaction(object: Record<string, unknown>, event: VkEvent, { nowAt }: ParseContext): ChannelFact {
  const peerId = integerField(object.peer_id as number);
  const count = integerField(object.cmid as number);
  const reactedId = integerField(object.reacted_id as number);
  const number = optionalInteger(object.reaction_id) ?? 0;
  const id = optionalInteger(object.message_id);
  return {
    type: 'reactionChanged',
    id: `reaction/${event.event_id === undefined ? `${count}/${reactedId}/${number}/${Math.floor(nowAt / 1000)}` : idField(event.event_id)}`,
    chat: chatOf(peerId),
    externalId: externalIdOf({ peer_id: peerId, conversation_message_id: count, ...(id === undefined ? {} : { id }) }),
    // Whoever answers for the community reacts as the community.
    by: { externalUserId: String(reactedId), side: reactedId > 0 ? 'client' : 'user' },
    emoji: number === 0 ? [] : [REACTIONS[number - 1] ?? '✨'],
    receivedAt: nowAt,
  };
}

function optionalInteger(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : integerField(value as number);
}

function permission(object: Record<string, unknown>, event: VkEvent, { nowAt }: ParseContext): ChannelFact {
  const userId = integerField(object.user_id as number);
  return {
    type: event.type === 'message_allow' ? 'clientUnblocked' : 'clientBlocked',
    id: `${event.type}/${event.event_id === undefined ? Math.floor(nowAt / 1000) : idField(event.event_id)}`,
    chat: chatOf(userId),
    receivedAt: nowAt,
  };
}

function chatOf(peerId: number): ChatRef {
  return { externalChatId: String(integerField(peerId)), kind: isGroupChat(peerId) ? 'group' : 'private' };
}

function senderOf(fromId: number): InboundSender {
  return { externalUserId: String(integerField(fromId)), name: '' };
}
