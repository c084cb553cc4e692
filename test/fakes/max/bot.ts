import { createHash, randomBytes } from 'node:crypto';
import { preciseNow, toWire } from '../viber/wire.ts';
import { EventQueue } from './events.ts';
import { ApiFailure } from './failure.ts';
import type { CheckedMessage } from './limits.ts';
import type { ClientOptions, FakeFile, TranscriptItem } from './types.ts';

/** Kinds that stand alone in a message, without a keyboard too. */
export const SINGLE_KINDS = new Set(['audio', 'file', 'sticker']);

export interface Upload {
  type: string;
  token: string;
  name: string;
  bytes: Buffer | undefined;
}

export interface Person {
  userId: number;
  firstName: string;
  lastName: string;
  username: string | null;
  locale: string;
}

export interface FakeChat {
  id: number;
  stopped: boolean;
  items: TranscriptItem[];
  /** Messages as MAX shows them, by mid. */
  messages: Map<string, Record<string, unknown>>;
}

const isDialog = (chatId: number) => chatId > 0;

/** One bot: who it talks to, what was uploaded for it, its updates. */
export class FakeBot {
  readonly token: string;
  readonly name: string;
  readonly id: number;
  readonly chats = new Map<number, FakeChat>();
  readonly people = new Map<number, Person>();
  /** By the token that messages name. */
  readonly uploads = new Map<string, Upload>();
  /** Addresses that uploads go to, each good for one file. */
  readonly tickets = new Map<string, { type: string; token: string }>();
  readonly videos = new Map<string, { url: string; preparing: boolean; durationSeconds: number }>();
  readonly presses = new Map<string, { answered: boolean }>();
  readonly events: EventQueue;
  revoked = false;
  notReadyLeft = 0;
  #count = 0n;

  constructor(options: { token: string; name: string; number: number; timeScale: number }) {
    this.token = options.token;
    this.name = options.name;
    this.id = 229_229_229 + options.number;
    this.events = new EventQueue(options);
  }

  /** The client of a dialog is not numbered as the dialog is. */
  personOf(chatId: number, options: ClientOptions = {}): Person {
    const userId = options.userId ?? 500_000_000 + Math.abs(chatId);
    let person = this.people.get(userId);
    if (person === undefined) {
      person = { userId, firstName: 'Client', lastName: String(userId), username: null, locale: 'ru' };
      this.people.set(userId, person);
    }
    if (options.name !== undefined) {
      const [first = '', ...rest] = options.name.split(' ');
      [person.firstName, person.lastName] = [first, rest.join(' ')];
    }
    person.username = options.username ?? person.username;
    person.locale = options.locale ?? person.locale;
    return person;
  }

  chatOf(id: number): FakeChat {
    let chat = this.chats.get(id);
    if (chat === undefined) {
      chat = { id, stopped: false, items: [], messages: new Map() };
      this.chats.set(id, chat);
    }
    return chat;
  }

  userFields({ userId, firstName, lastName, username }: Person) {
    return {
      user_id: userId,
      first_name: firstName,
      ...(lastName === '' ? {} : { last_name: lastName }),
      ...(username === null ? {} : { username }),
      is_bot: false,
      last_activity_time: Date.now(),
      name: [firstName, lastName].filter(Boolean).join(' '),
    };
  }

  botFields() {
    return {
      user_id: this.id,
      first_name: this.name,
      username: `bot${this.id}_bot`,
      is_bot: true,
      last_activity_time: Date.now(),
      name: this.name,
    };
  }

  /** Ids as MAX makes them: `seq` is the time with a count in its low bits, `mid` the chat and `seq` in hexadecimal. */
  newIds(chatId: number, timestamp: number): { mid: string; seq: bigint } {
    this.#count += 1n;
    const seq = (BigInt(timestamp) << 16n) | (this.#count & 0xffffn);
    const hex = (value: bigint) => BigInt.asUintN(64, value).toString(16).padStart(16, '0');
    return { mid: `mid.${hex(BigInt(chatId))}${hex(seq)}`, seq };
  }

  recipient(chatId: number, userId: number) {
    return { chat_id: chatId, chat_type: isDialog(chatId) ? 'dialog' : 'chat', ...(isDialog(chatId) ? { user_id: userId } : {}) };
  }

  push(update: Record<string, unknown>, lane: string): string {
    const whole = { timestamp: Date.now(), ...update };
    return this.events.push(String(update.update_type), toWire(whole), whole, lane);
  }

  /** A message of the bot that passed all checks; answers it as MAX shows it. */
  accept(chatId: number, message: CheckedMessage): Record<string, unknown> {
    const chat = this.chats.get(chatId);
    if (chat === undefined) throw new ApiFailure(404, 'chat.not.found', `Chat ${chatId} not found`);
    if (chat.stopped) throw new ApiFailure(403, 'chat.denied', 'error.dialog.suspended');
    const { replyTo } = message;
    const original = replyTo === undefined ? undefined : chat.messages.get(replyTo);
    if (replyTo !== undefined && original === undefined) throw new ApiFailure(404, 'message.not.found', `Message ${replyTo} not found`);
    const timestamp = Date.now();
    const { mid, seq } = this.newIds(chatId, timestamp);
    const shown = {
      sender: this.botFields(),
      recipient: this.recipient(chatId, this.personOf(chatId).userId),
      timestamp,
      body: {
        mid,
        seq,
        text: message.text === '' ? null : message.text,
        attachments: message.uploads.map(({ type, token }) => ({ type, payload: { token } })),
      },
    };
    chat.messages.set(mid, shown);
    chat.items.push({
      from: 'bot',
      at: preciseNow(),
      mid,
      text: message.text,
      files: message.uploads.map(fileView),
      kinds: message.uploads.map(({ type }) => type),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(message.buttons === undefined ? {} : { buttons: message.buttons }),
    });
    return shown;
  }

  newToken(): string {
    return randomBytes(24).toString('base64url');
  }
}

function fileView({ type, name, bytes = Buffer.alloc(0) }: Upload): FakeFile {
  return { kind: type, name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
