import { createHash } from 'node:crypto';
import type { TranscriptItem } from './types.ts';
import { UpdateQueue } from './updates.ts';

export interface Person {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

export interface FakeChat {
  id: number;
  type: 'private' | 'group' | 'supergroup';
  title?: string;
  person: Person;
  blocked: boolean;
  /** The supergroup it has become. */
  movedTo?: number;
  /** The account it is in; without it the chat is the bot's own. */
  account?: BusinessAccount;
  /** When its client last wrote (seconds): business accounts are answered for a day. */
  writtenAt?: number;
  items: TranscriptItem[];
  /** Only what the bot said, kept apart: it is asked for often. */
  sent: TranscriptItem[];
}

/** A business account that the bot was connected to. Its message ids count over all its chats, beside the bot's own. */
export interface BusinessAccount {
  owner: Person;
  chats: Map<number, FakeChat>;
  lastMessageId: number;
}

export interface BusinessConnection {
  id: string;
  account: BusinessAccount;
  date: number;
  isEnabled: boolean;
  canReply: boolean;
}

export interface StoredFile {
  fileId: string;
  uniqueId: string;
  name: string;
  mime: string;
  bytes: Buffer;
  sha256: string;
  path: string;
}

/** One bot: who it talks to, its files, its updates. */
export class FakeBot {
  readonly id: number;
  readonly token: string;
  readonly username: string;
  readonly chats = new Map<number, FakeChat>();
  readonly accounts = new Map<number, BusinessAccount>();
  readonly connections = new Map<string, BusinessConnection>();
  readonly files = new Map<string, StoredFile>();
  readonly filesByPath = new Map<string, StoredFile>();
  /** Presses: when made and whether answered. */
  readonly presses = new Map<string, { at: number; answered: boolean }>();
  readonly updates: UpdateQueue;
  revoked = false;
  #nextMessageId = 1;
  #nextFile = 1;
  #nextAlbum = 13_900_000_000_000_001n;
  #nextPress = 1;

  constructor(options: { token: string; username: string; timeScale: number }) {
    this.token = options.token;
    this.id = Number(options.token.split(':', 1)[0]);
    this.username = options.username;
    this.updates = new UpdateQueue({ firstId: 70_001, timeScale: options.timeScale });
  }

  get user() {
    return { id: this.id, is_bot: true, first_name: 'Local bot', username: this.username };
  }

  messageId(account?: BusinessAccount): number {
    if (account === undefined) return this.#nextMessageId++;
    account.lastMessageId += 1;
    return account.lastMessageId;
  }

  connection(id: string): BusinessConnection {
    const connection = this.connections.get(id);
    if (connection === undefined) throw new Error(`no business connection ${id}`);
    return connection;
  }

  /** The chat of a business account, or the bot's own. */
  find(chatId: number, business: string | undefined): FakeChat | undefined {
    return (business === undefined ? this.chats : this.connection(business).account.chats).get(chatId);
  }

  albumId(): string {
    return String(this.#nextAlbum++);
  }

  pressId(): string {
    return `${this.id}${String(this.#nextPress++).padStart(9, '0')}`;
  }

  /** Keeps a file's bytes; ids look like Telegram's and are good for this bot only. */
  keepFile(prefix: string, folder: string, name: string, mime: string, bytes: Buffer): StoredFile {
    const number = this.#nextFile++;
    const ending = name.includes('.') ? name.slice(name.lastIndexOf('.')) : '';
    const file: StoredFile = {
      fileId: `${prefix}AAIC${this.id}-${number}`,
      uniqueId: `AQAD${number}`,
      name,
      mime,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      path: `${folder}/file_${number}${ending}`,
    };
    this.files.set(file.fileId, file);
    this.filesByPath.set(file.path, file);
    return file;
  }

  /** The chat as a part of messages. */
  chatFields(chat: FakeChat) {
    if (chat.type !== 'private') return { id: chat.id, type: chat.type, title: chat.title };
    const { first_name, last_name, username } = chat.person;
    return {
      id: chat.id,
      type: chat.type,
      first_name,
      ...(last_name === undefined ? {} : { last_name }),
      ...(username === undefined ? {} : { username }),
    };
  }

  /** A chat becomes known to the bot when its client writes first. */
  openChat(chatId: number, person: Partial<Person> = {}, business?: string): FakeChat {
    const account = business === undefined ? undefined : this.connection(business).account;
    const chats = account?.chats ?? this.chats;
    let chat = chats.get(chatId);
    if (chat === undefined) {
      chat = {
        id: chatId,
        type: chatId > 0 ? 'private' : String(chatId).startsWith('-100') ? 'supergroup' : 'group',
        ...(chatId > 0 ? {} : { title: `Group ${-chatId}` }),
        person: { id: chatId > 0 ? chatId : 5_550_001, is_bot: false, first_name: `Client ${Math.abs(chatId)}`, language_code: 'ru' },
        blocked: false,
        ...(account === undefined ? {} : { account }),
        items: [],
        sent: [],
      };
      chats.set(chatId, chat);
    }
    for (const [field, value] of Object.entries(person)) if (value !== undefined) Object.assign(chat.person, { [field]: value });
    return chat;
  }

  record(chat: FakeChat, item: TranscriptItem): void {
    chat.items.push(item);
    if (item.from === 'bot') chat.sent.push(item);
  }
}

/** Epoch milliseconds with fractions: latencies are measured with them. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
