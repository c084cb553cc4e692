import type { Context } from 'hono';
import type { ChannelFact } from '../../channels/channel.ts';
import type { WebchatSettings } from '../../channels/webchat/settings.ts';
import type { Attachment, Button } from '../../domain/message/model.ts';
import type { NewFile } from '../../files/storage.ts';
import type { WireAuthor, WireState } from './wire.ts';

/** A connected web chat as the public routes know it. */
export interface WebchatChannel {
  accountId: number;
  id: number;
  /** Public id: it stands in the script tag of the site. */
  key: string;
  settings: WebchatSettings;
}

/** One visitor's thread. Account first in every question to the store. */
export interface WebchatChat {
  accountId: number;
  channelId: number;
  externalChatId: string;
}

export interface StoredMessage {
  cursor: number;
  clientMessageId?: string;
  author: WireAuthor;
  at: number;
  text: string;
  attachments: Attachment[];
  buttons: Button[];
}

export interface WebchatStore {
  /**
   * Messages of a chat that the visitor may see, oldest first: those after a cursor, those before it, or the latest.
   * A chat that is not there yet has none.
   */
  listMessages(chat: WebchatChat, range: { after?: number; before?: number; limit: number }): Promise<StoredMessage[]>;
  /** Greatest cursor of the chat, 0 for an empty one, and how far both sides have come. */
  stateOf(chat: WebchatChat): Promise<WireState & { cursor: number }>;
  /** External ids of our messages up to the cursor that have not reached `status` yet. */
  unconfirmed(chat: WebchatChat, upTo: number, status: 'delivered' | 'read'): Promise<string[]>;
}

export type WebchatNews = { type: 'changed' } | { type: 'typing'; author: WireAuthor; seconds: number };

/** Tells open streams that something of a chat has changed. Says `changed` also after its own connection was away. */
export interface WebchatHub {
  /** Returns the function that ends the subscription. */
  subscribe(chat: WebchatChat, listener: (news: WebchatNews) => void): () => void;
}

export interface FileFacts {
  id: string;
  kind: Attachment['kind'];
  name: string;
  mime: string;
  sizeBytes: number;
}

export interface WebchatFiles {
  /** Stores a file while it arrives. Throws FileRefused; nothing is left behind then. */
  save(file: Pick<NewFile, 'accountId' | 'name' | 'body' | 'limitBytes' | 'refuseType'>): Promise<FileFacts>;
  remove(accountId: number, ids: string[]): Promise<void>;
  find(accountId: number, fileId: string): Promise<FileFacts | undefined>;
  /** The bytes of a stored file or a part of them (`end` inclusive); undefined when it is gone. */
  open(accountId: number, fileId: string, range?: { start: number; end: number }): Promise<ReadableStream<Uint8Array> | undefined>;
}

export interface WebchatDeps {
  /** Undefined for an unknown or disconnected channel. Cached by its maker: it is asked at every request. */
  channelByKey(key: string): Promise<WebchatChannel | undefined>;
  store: WebchatStore;
  hub: WebchatHub;
  files: WebchatFiles;
  /** Signals facts to the chat's conversation; resolves when Temporal has them, rejects when it is away. */
  deliver(channel: WebchatChannel, facts: ChannelFact[]): Promise<void>;
  /** Signs visitor sessions and file handles; at least 32 bytes, the same in every process. */
  sessionKey: Uint8Array;
  /** Epoch ms. */
  now(): number;
  /** The caller's address as far as proxies are trusted. */
  clientIp(c: Context): string;
  /** Says what failed inside; never gets texts, names or tokens. */
  logError(error: unknown, words: string, facts: Record<string, string | number>): void;
  /** Aborted when the process drains: open streams end, browsers come back to another one. */
  closing?: AbortSignal;
  /** Greatest upload, bytes. */
  fileBytesLimit?: number;
  limits?: Partial<WebchatLimits>;
}

/** Token buckets: how many at once, and how many a second come back. */
export interface Rate {
  burst: number;
  perSecond: number;
}

export interface WebchatLimits {
  requestsPerIp: Rate;
  sessionsPerIp: Rate;
  messages: Rate;
  files: Rate;
  reads: Rate;
  streams: Rate;
}
