import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileFacts, StoredMessage, WebchatChannel, WebchatChat, WebchatDeps, WebchatNews } from '../../api/webchat/model.ts';
import type { ChannelFact } from '../../channels/channel.ts';
import { parseWebchatSettings } from '../../channels/webchat/settings.ts';
import type { Sql } from '../../db/connection.ts';
import { kindOf } from '../../files/sniff.ts';
import { createFileStorage } from '../../files/storage.ts';

interface Thread {
  messages: StoredMessage[];
  seenUpTo: number;
  deliveredUpTo: number;
  readUpTo: number;
  listeners: Set<(news: WebchatNews) => void>;
}

/** A conversation system in memory with the manners of the real one: duplicates change nothing, receipts only move forward. */
export interface World {
  deps: WebchatDeps;
  /** Every fact that was accepted, repeats too. */
  facts: ChannelFact[];
  /** While true, facts are refused as when Temporal is away. */
  away: boolean;
  now: number;
  addChannel(key: string, settings?: unknown): WebchatChannel;
  /** What a bot or a person says; answers its cursor. */
  say(channel: WebchatChannel, visitorId: string, message: Partial<StoredMessage>): number;
  seeAll(channel: WebchatChannel, visitorId: string): void;
  typing(channel: WebchatChannel, visitorId: string, name: string): void;
  thread(channel: WebchatChannel, visitorId: string): Thread;
  /** Called for each fresh message of a visitor, after it was stored. */
  onMessage?: (channel: WebchatChannel, visitorId: string, message: StoredMessage, pressedKey: string | undefined) => void;
  addFile(name: string, mime: string, kind: FileFacts['kind'], bytes: Uint8Array): FileFacts;
}

export function createWorld(): World {
  const channels = new Map<string, WebchatChannel>();
  const threads = new Map<string, Thread>();
  const files = new Map<string, { facts: FileFacts; bytes: Uint8Array }>();
  const stored = new Map<string, Uint8Array>();
  const storage = createFileStorage({
    // Facts are kept here, not in a table.
    sql: (async () => []) as unknown as Sql,
    bytes: {
      put: async (key, body) => void stored.set(key, await buffer(body)),
      get: async (key) => Readable.from([stored.get(key)]),
      remove: async (key) => void stored.delete(key),
    },
    now: () => world.now,
  });
  let nextCursor = 100;

  const threadOf = (channelId: number, visitorId: string): Thread => {
    const name = `${channelId}/${visitorId}`;
    const thread = threads.get(name) ?? { messages: [], seenUpTo: 0, deliveredUpTo: 0, readUpTo: 0, listeners: new Set() };
    threads.set(name, thread);
    return thread;
  };
  const ofChat = (chat: WebchatChat) => threadOf(chat.channelId, chat.externalChatId);
  const tell = (thread: Thread, news: WebchatNews) => {
    for (const listener of thread.listeners) listener(news);
  };
  const append = (thread: Thread, message: Omit<StoredMessage, 'cursor'>): StoredMessage => {
    const stored = { ...message, cursor: nextCursor++ };
    thread.messages.push(stored);
    tell(thread, { type: 'changed' });
    return stored;
  };

  const world: World = {
    facts: [],
    away: false,
    now: Date.UTC(2026, 10, 22, 9, 0, 0),
    addChannel(key, settings) {
      const channel = { accountId: 1, id: channels.size + 1, key, settings: parseWebchatSettings(settings) };
      channels.set(key, channel);
      return channel;
    },
    say(channel, visitorId, message) {
      return append(threadOf(channel.id, visitorId), {
        author: { kind: 'bot', name: 'Bot' },
        at: world.deps.now(),
        text: '',
        attachments: [],
        buttons: [],
        ...message,
      }).cursor;
    },
    seeAll(channel, visitorId) {
      const thread = threadOf(channel.id, visitorId);
      thread.seenUpTo = thread.messages.at(-1)?.cursor ?? 0;
      tell(thread, { type: 'changed' });
    },
    typing(channel, visitorId, name) {
      tell(threadOf(channel.id, visitorId), { type: 'typing', author: { kind: 'person', name }, seconds: 5 });
    },
    thread: (channel, visitorId) => threadOf(channel.id, visitorId),
    addFile(name, mime, kind, bytes) {
      const facts = { id: `file-${files.size + 1}`, name, mime, kind, sizeBytes: bytes.byteLength };
      files.set(facts.id, { facts, bytes });
      return facts;
    },
    deps: {
      channelByKey: async (key) => channels.get(key),
      store: {
        async listMessages(chat, { after, before, limit }) {
          const { messages } = ofChat(chat);
          if (after !== undefined) return messages.filter((message) => message.cursor > after).slice(0, limit);
          return messages.filter((message) => message.cursor < (before ?? Number.POSITIVE_INFINITY)).slice(-limit);
        },
        async stateOf(chat) {
          const { messages, seenUpTo, readUpTo } = ofChat(chat);
          return { cursor: messages.at(-1)?.cursor ?? 0, seenUpTo, readUpTo };
        },
        async unconfirmed(chat, upTo, status) {
          const thread = ofChat(chat);
          const from = status === 'read' ? thread.readUpTo : Math.max(thread.deliveredUpTo, thread.readUpTo);
          return thread.messages
            .filter((m) => m.author.kind !== 'visitor' && m.cursor > from && m.cursor <= upTo)
            .map((m) => String(m.cursor));
        },
      },
      hub: {
        subscribe(chat, listener) {
          const { listeners } = ofChat(chat);
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      files: {
        async save(file) {
          const { id, storageKey, name, mime } = await storage.save({ ...file, createdBy: 'visitor' });
          const bytes = stored.get(storageKey) ?? new Uint8Array();
          files.set(id, { facts: { id, name, mime, kind: kindOf(mime), sizeBytes: bytes.length }, bytes });
          return files.get(id)!.facts;
        },
        async remove(_accountId, ids) {
          for (const id of ids) files.delete(id);
        },
        find: async (_accountId, id) => files.get(id)?.facts,
        open: async (_accountId, id, range) => {
          const file = files.get(id);
          return file === undefined
            ? undefined
            : new Blob([file.bytes as Uint8Array<ArrayBuffer>]).slice(range?.start ?? 0, (range?.end ?? file.bytes.length) + 1).stream();
        },
      },
      async deliver(channel, facts) {
        if (world.away) throw new Error('Temporal is away');
        for (const fact of facts) {
          world.facts.push(fact);
          const thread = threadOf(channel.id, fact.chat.externalChatId);
          if (fact.type === 'receiptCame') {
            const upTo = Math.max(...fact.externalIds.map(Number));
            if (fact.status === 'read') thread.readUpTo = Math.max(thread.readUpTo, upTo);
            thread.deliveredUpTo = Math.max(thread.deliveredUpTo, upTo);
            tell(thread, { type: 'changed' });
          }
          if (fact.type !== 'messageReceived') continue;
          const { message } = fact;
          if (thread.messages.some((known) => known.clientMessageId === message.externalId)) continue;
          const stored = append(thread, {
            clientMessageId: message.externalId,
            author: { kind: 'visitor' },
            at: message.receivedAt,
            text: message.text,
            attachments: message.attachments,
            buttons: [],
          });
          world.onMessage?.(channel, fact.chat.externalChatId, stored, message.pressedKey);
        }
      },
      sessionKey: new Uint8Array(32).fill(7),
      now: () => world.now,
      clientIp: () => '198.51.100.7',
      logError() {},
    },
  };
  return world;
}
