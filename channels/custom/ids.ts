import { createHash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/**
 * A UUID of our side for something that the integration named: known before anything is stored, the same at every repeat, and different in every channel.
 * `channelId` is the channel's own UUID.
 */
export function ourId(channelId: string, kind: 'chat' | 'user' | 'message' | 'part', name: string): string {
  const hash = createHash('sha1').update(`${channelId}/${kind}/${name}`).digest();
  // Version 5 and its variant, as UUIDs made of names have them.
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hyphenated(hash.toString('hex').slice(0, 32));
}

/**
 * The id by which a hook names one part of a message: the first part has the message's own id. It is made so that the message can be found again from it
 * (`candidatesOf`), since a delivery status may come before our own record of the hook's answer.
 */
export function partId(messageId: string, index: number): string {
  const head = messageId.slice(0, -4);
  const tail = Number.parseInt(messageId.slice(-4), 16) ^ index;
  return head + tail.toString(16).padStart(4, '0');
}

/** Most parts a message may have: 50 files, a long text and buttons stay far below. */
const MOST_PARTS = 256;

/** The messages and parts that an id of a hook may stand for: message ids by part index. */
export const candidatesOf = (id: string): string[] => Array.from({ length: MOST_PARTS }, (_, index) => partId(id.toLowerCase(), index));

/** Chats that our side began have this before our own chat id, until the integration names its conversation. */
const UNNAMED = 'ref:';

/** The external id of a chat that our side begins: the hook then names no `client_id`, and the first answer refers to our chat. */
export const unnamedChat = (chatId: string): string => UNNAMED + chatId;

/** The integration's id of a chat; undefined while it has not named it. */
export const conversationIdOf = (externalChatId: string): string | undefined =>
  externalChatId.startsWith(UNNAMED) && isUuid(externalChatId.slice(UNNAMED.length)) ? undefined : externalChatId;

const hyphenated = (hex: string) => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
