import { cleanText, wellFormed } from '../../domain/message/clean.ts';
import type { InboundMessage, InboundSender } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { digitsOf } from '../exact-json.ts';
import { isRecord } from './api.ts';
import { inboundFile } from './inbound-file.ts';

type Fields = Record<string, unknown>;
type Content = Pick<InboundMessage, 'text' | 'attachments' | 'location' | 'contact' | 'pressedKey' | 'unsupported'>;

/** The form of our button keys. A pressed reply button arrives as a text that equals its ActionBody, with nothing else to tell it by. */
const BUTTON_KEY = /^[A-Za-z0-9_-]{22}\.\d{1,3}$/;

/** A clock that is wrong by more than this is not believed. */
const DAY_MS = 86_400_000;
/** Anybody may write anything into a deep link. */
const LONGEST_CONTEXT = 1000;

/**
 * Turns one event into facts: none for those that tell nothing (the handshake, a chat that was only opened), undefined for what cannot be read (the caller
 * keeps the raw text). `event` comes from `parseExact`. `nowAt` (epoch ms) stands in for a missing time.
 */
export function parseEvent(event: unknown, nowAt: number): ChannelFact[] | undefined {
  try {
    return isRecord(event) ? factsOf(event, nowAt) : undefined;
  } catch (error) {
    // A field missing or of another type than documented.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function factsOf(event: Fields, nowAt: number): ChannelFact[] | undefined {
  const receivedAt = timeOf(event.timestamp, nowAt);
  switch (event.event) {
    case 'webhook':
      return [];
    case 'conversation_started':
      return openingFacts(event, receivedAt);
    case 'message':
      return [messageFact(event, receivedAt)];
    case 'subscribed':
      return [{ type: 'clientUnblocked', id: `subscribed/${tokenField(event)}`, chat: chatOf(record(event.user).id), receivedAt }];
    case 'unsubscribed':
      return [{ type: 'clientBlocked', id: `unsubscribed/${tokenField(event)}`, chat: chatOf(event.user_id), receivedAt }];
    case 'delivered':
    case 'seen':
    case 'failed':
      return [receiptFact(event, event.event, receivedAt)];
    default:
      return undefined;
  }
}

/** The client has only opened the chat, which gives no right to write to them either: told where a deep link says something of them. */
function openingFacts(event: Fields, receivedAt: number): ChannelFact[] {
  const startPayload = cleanText(optionalText(event.context)).trim().slice(0, LONGEST_CONTEXT);
  if (startPayload === '') return [];
  const user = record(event.user);
  return [
    { type: 'chatOpened', id: `opened/${tokenField(event)}`, chat: chatOf(user.id), sender: senderOf(user), startPayload, receivedAt },
  ];
}

/** One per message and kind: `delivered` comes once a device, and the same id makes the rest duplicates. */
function receiptFact(event: Fields, kind: 'delivered' | 'seen' | 'failed', receivedAt: number): ChannelFact {
  const token = tokenField(event);
  const desc = typeof event.desc === 'string' ? wellFormed(event.desc).slice(0, 1000) : '';
  return {
    type: 'receiptCame',
    id: `${kind}/${token}`,
    chat: chatOf(event.user_id),
    status: kind === 'seen' ? 'read' : kind,
    externalIds: [token],
    ...(kind === 'failed' && desc !== '' ? { words: desc } : {}),
    receivedAt,
  };
}

function messageFact(event: Fields, receivedAt: number): ChannelFact {
  const token = tokenField(event);
  const sender = record(event.sender);
  return {
    type: 'messageReceived',
    id: `message/${token}`,
    chat: chatOf(sender.id),
    sender: senderOf(sender),
    message: {
      externalId: token,
      receivedAt,
      // Tokens grow with time; their low 53 bits keep the order of one millisecond and fit a number.
      order: [receivedAt, Number(BigInt.asUintN(53, BigInt(token)))],
      ...contentOf(record(event.message), token),
    },
  };
}

function contentOf(message: Fields, token: string): Content {
  const kind = text(message.type);
  const written = cleanText(optionalText(message.text));
  switch (kind) {
    case 'text':
      // The label of a pressed button is ours to look up.
      if (BUTTON_KEY.test(written)) return { text: '', attachments: [], pressedKey: written };
      return { text: cleanText(text(message.text)), attachments: [] };
    case 'picture':
    case 'video':
    case 'file':
    case 'sticker': {
      const file = inboundFile(kind, message, token);
      return file === undefined ? { text: written, attachments: [], unsupported: kind } : { text: written, attachments: [file] };
    }
    case 'contact': {
      const { name, phone_number } = record(message.contact);
      const phone = wellFormed(text(phone_number));
      return { text: written, attachments: [], contact: { name: wellFormed(optionalText(name)), phone } };
    }
    case 'location': {
      const { lat, lon } = record(message.location);
      return { text: written, attachments: [], location: { latitude: degrees(lat), longitude: degrees(lon) } };
    }
    case 'url': {
      const address = cleanText(text(message.media));
      return { text: written === '' || written === address ? address : `${written}\n${address}`, attachments: [] };
    }
    default:
      return { text: written, attachments: [], unsupported: wellFormed(kind).slice(0, 100) };
  }
}

function senderOf(user: Fields): InboundSender {
  const language = optionalText(user.language);
  const avatar = optionalText(user.avatar);
  return {
    externalUserId: identity(user.id),
    name: wellFormed(optionalText(user.name)),
    ...(language === '' ? {} : { languageCode: wellFormed(language) }),
    ...(avatar === '' ? {} : { avatarRef: wellFormed(avatar) }),
  };
}

/** A bot talks with one person; the chat is known by the person's id, which is the bot's own. */
function chatOf(userId: unknown): ChatRef {
  return { externalChatId: identity(userId), kind: 'private' };
}

function identity(value: unknown): string {
  const id = wellFormed(text(value));
  if (id === '') throw new TypeError('an id is empty');
  return id;
}

function tokenField(event: Fields): string {
  const token = digitsOf(event.message_token);
  if (token === undefined) throw new TypeError('message_token is missing');
  return token;
}

function timeOf(timestamp: unknown, nowAt: number): number {
  const isTime = typeof timestamp === 'number' && Number.isSafeInteger(timestamp) && timestamp > 0 && timestamp < nowAt + DAY_MS;
  return isTime ? timestamp : nowAt;
}

function degrees(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new TypeError('a place is missing');
  return number;
}

function record(value: unknown): Fields {
  if (!isRecord(value)) throw new TypeError('an object is missing');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a text is missing');
  return value;
}

function optionalText(value: unknown): string {
  return value === undefined || value === null ? '' : text(value);
}
