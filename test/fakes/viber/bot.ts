import { createHash } from 'node:crypto';
import { request } from 'undici';
import { EventQueue } from './events.ts';
import { ApiFailure } from './failure.ts';
import type { CheckedMessage } from './limits.ts';
import type { ClientOptions, TranscriptItem } from './types.ts';
import { preciseNow, toWire } from './wire.ts';

/** After so many messages without an answer within an hour Viber answers "too many requests". */
const MOST_UNANSWERED = 100;

export interface FakeChat {
  userId: string;
  name: string;
  language: string;
  subscribed: boolean;
  /** Messages since the client last wrote. */
  unanswered: number;
  items: TranscriptItem[];
  /** Reads of the bot's files that are under way. */
  reading: Set<Promise<void>>;
}

/** One bot: who it talks to, its events. */
export class FakeBot {
  readonly token: string;
  readonly name: string;
  readonly accountId: string;
  readonly chats = new Map<string, FakeChat>();
  readonly events: EventQueue;
  revoked = false;
  /** Neighbours differ by less than a JavaScript number can tell at this size. */
  #nextToken: bigint;

  constructor(options: { token: string; name: string; number: number; timeScale: number }) {
    this.token = options.token;
    this.name = options.name;
    this.accountId = `pa:7534659427546853${6700 + options.number}`;
    this.#nextToken = 4_912_661_846_655_238_145n + BigInt(options.number) * 1_000_000_000n;
    this.events = new EventQueue(options);
  }

  messageToken(): bigint {
    this.#nextToken += 3n;
    return this.#nextToken;
  }

  /** A person becomes known to the bot by writing, subscribing or opening the chat. */
  chatOf(userId: string, options: ClientOptions = {}): FakeChat {
    let chat = this.chats.get(userId);
    if (chat === undefined) {
      chat = { userId, name: `Client ${userId}`, language: 'ru', subscribed: false, unanswered: 0, items: [], reading: new Set() };
      this.chats.set(userId, chat);
    }
    chat.name = options.name ?? chat.name;
    chat.language = options.language ?? chat.language;
    return chat;
  }

  userFields({ userId, name, language }: FakeChat) {
    return {
      id: userId,
      name,
      avatar: `https://media-direct.cdn.example.org/${encodeURIComponent(userId)}.jpg`,
      country: 'RU',
      language,
      api_version: 10,
    };
  }

  /** Makes an event, adding what every event has, and sends it on its way. */
  push(event: Record<string, unknown>, options: { lane: string; timestamp?: number | undefined; messageToken?: bigint }): string {
    const messageToken = options.messageToken ?? this.messageToken();
    const body = toWire({
      event: event.event,
      timestamp: options.timestamp ?? Date.now(),
      chat_hostname: 'SN-CHAT-01_',
      message_token: messageToken,
      ...event,
    });
    this.events.push(String(messageToken), body, options.lane);
    return String(messageToken);
  }

  /** A message of the bot that passed all checks; answers its token. */
  accept(message: CheckedMessage): bigint {
    const chat = this.chats.get(message.receiver);
    if (chat === undefined) throw new ApiFailure(5, 'receiverNotRegistered');
    if (!chat.subscribed) throw new ApiFailure(6, 'receiverNotSubscribed');
    if (chat.unanswered >= MOST_UNANSWERED) throw new ApiFailure(12, 'tooManyRequests');
    chat.unanswered += 1;
    const token = this.messageToken();
    const item: TranscriptItem = {
      from: 'bot',
      at: preciseNow(),
      messageToken: String(token),
      kind: message.kind,
      text: message.text,
      senderName: message.senderName,
      ...(message.media === undefined ? {} : { media: message.media }),
      ...(message.buttons === undefined ? {} : { buttons: message.buttons }),
      ...(message.trackingData === '' ? {} : { trackingData: message.trackingData }),
    };
    chat.items.push(item);
    if (message.media !== undefined && message.kind !== 'url') this.#read(chat, item, message.media, message.sizeBytes);
    return token;
  }

  /** Reads a file from its address as the phone does; one that cannot be read, or is not as large as was said, makes the message fail afterwards. */
  #read(chat: FakeChat, item: TranscriptItem, media: string, sizeBytes: number | undefined): void {
    const reading = (async () => {
      const bytes = await bytesAt(media);
      if (bytes !== undefined && (sizeBytes === undefined || sizeBytes === bytes.length)) {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        item.file = { name: decodeURIComponent(new URL(media).pathname.split('/').at(-1) ?? ''), sha256, sizeBytes: bytes.length };
        return;
      }
      const desc = bytes === undefined ? 'media could not be downloaded' : `size is ${bytes.length}, not ${sizeBytes}`;
      this.push({ event: 'failed', user_id: chat.userId, desc }, { lane: chat.userId, messageToken: BigInt(item.messageToken) });
    })();
    chat.reading.add(reading);
    void reading.finally(() => chat.reading.delete(reading));
  }
}

async function bytesAt(address: string): Promise<Buffer | undefined> {
  try {
    const answer = await request(address);
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return answer.statusCode === 200 ? bytes : undefined;
  } catch {
    return undefined;
  }
}
