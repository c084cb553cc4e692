import { createHash } from 'node:crypto';
import { EventQueue } from './events.ts';
import type { FakeFile, TranscriptItem } from './types.ts';

export interface Person {
  id: number;
  firstName: string;
  lastName: string;
  screenName: string;
}

export interface Peer {
  id: number;
  person: Person;
  /** May be written to: wrote first, or allowed it. */
  allowed: boolean;
  nextCount: number;
  items: TranscriptItem[];
  /** Messages as VK shows them, by their count in this chat. */
  messages: Map<number, Record<string, unknown>>;
  /** Seen random_ids with their messages, newest last. */
  randomIds: Map<number, { messageId: number; count: number; at: number }>;
}

export interface StoredFile extends FakeFile {
  bytes: Buffer;
  mime: string;
  path: string;
}

const GROUP_CHAT = 2_000_000_000;
export const isGroupChat = (peerId: number) => peerId >= GROUP_CHAT;

/** One community: who it talks to, its files, its settings, its events. */
export class Community {
  readonly token: string;
  readonly groupId: number;
  readonly peers = new Map<number, Peer>();
  readonly people = new Map<number, Person>();
  readonly filesById = new Map<string, StoredFile>();
  readonly filesByPath = new Map<string, StoredFile>();
  /** What upload servers took and nobody saved yet, by the ticket they answered. */
  readonly tickets = new Map<string, { kind: string; name: string; bytes: Buffer }>();
  readonly presses = new Map<string, { at: number; userId: number; peerId: number; answered: boolean }>();
  readonly events: EventQueue;
  readonly allowed = { manage: true, bots: true, longPoll: false };
  revoked = false;
  #nextMessageId = 901;
  #nextNumber = 1;

  constructor(options: { token: string; groupId: number; timeScale: number }) {
    this.token = options.token;
    this.groupId = options.groupId;
    this.events = new EventQueue({ groupId: options.groupId, timeScale: options.timeScale });
  }

  number(): number {
    return this.#nextNumber++;
  }

  person(id: number, known: { name?: string | undefined; screenName?: string | undefined } = {}): Person {
    let person = this.people.get(id);
    if (person === undefined) {
      person = { id, firstName: 'Client', lastName: String(id), screenName: `id${id}` };
      this.people.set(id, person);
    }
    if (known.name !== undefined)
      [person.firstName, person.lastName] = [known.name.split(' ')[0] ?? '', known.name.split(' ').slice(1).join(' ')];
    if (known.screenName !== undefined) person.screenName = known.screenName;
    return person;
  }

  peer(id: number): Peer {
    let peer = this.peers.get(id);
    if (peer === undefined) {
      peer = {
        id,
        person: this.person(isGroupChat(id) ? 5_550_001 : id),
        allowed: false,
        nextCount: 1,
        items: [],
        messages: new Map(),
        randomIds: new Map(),
      };
      this.peers.set(id, peer);
    }
    return peer;
  }

  /** Gives a message its ids, keeps it and answers it as VK shows it. In group chats communities see no message ids. */
  place(peer: Peer, fields: Record<string, unknown>, item: Omit<TranscriptItem, 'at' | 'messageId' | 'conversationMessageId'>) {
    const count = peer.nextCount++;
    const messageId = isGroupChat(peer.id) ? 0 : this.#nextMessageId++;
    const message: Record<string, unknown> & { id: number } = {
      id: messageId,
      date: Math.floor(Date.now() / 1000),
      peer_id: peer.id,
      conversation_message_id: count,
      version: 10_000_000 + count,
      fwd_messages: [],
      important: false,
      is_hidden: false,
      attachments: [],
      ...fields,
    };
    peer.messages.set(count, message);
    peer.items.push({ at: performance.timeOrigin + performance.now(), messageId, conversationMessageId: count, ...item });
    return { message, messageId, count };
  }

  keepFile(kind: string, name: string, mime: string, bytes: Buffer): StoredFile {
    const number = 456_239_000 + this.number();
    const owner = kind === 'photo' ? -this.groupId : 5_550_001;
    const ending = name.includes('.') ? name.slice(name.lastIndexOf('.')) : '';
    const file: StoredFile = {
      kind,
      id: `${kind === 'photo' ? 'photo' : 'doc'}${owner}_${number}`,
      name,
      mime,
      bytes,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      path: `/cdn/${number}${ending}`,
    };
    this.filesById.set(file.id, file);
    this.filesByPath.set(file.path, file);
    return file;
  }
}

export function fileView({ kind, id, name, sizeBytes, sha256 }: StoredFile): FakeFile {
  return { kind, id, name, sizeBytes, sha256 };
}
