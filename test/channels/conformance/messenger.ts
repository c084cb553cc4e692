/** A messenger as the tests of adapters drive it: its local stand-in, in words that all messengers share. */
import type { OutgoingFile, WebhookRequest } from '../../../channels/channel.ts';
import type { AttachmentKind } from '../../../domain/message/model.ts';

export interface SeenMessage {
  text: string;
  buttons: string[];
  files: { kind: AttachmentKind; sha256: string }[];
  albumId?: string;
}

/** What is optional here is there exactly where the messenger's row of the table says that it can. */
export interface Messenger {
  credentials: Record<string, string>;
  apiRoot: string;
  /** An address of the same messenger where nobody listens. */
  deadApiRoot: string;
  /** Must never stand in an error. */
  secrets: string[];
  /** Makes a client who has written once, and answers the chat's id there. */
  newChat(): Promise<string>;
  /** What our side said in the chat. */
  sent(chat: string): Promise<SeenMessage[]>;
  clientWrites(chat: string, text: string): Promise<void>;
  clientSends(chat: string, kind: AttachmentKind, content: Buffer, caption: string): Promise<void>;
  /** At once, as the messenger's app does it. */
  clientSendsPictures(chat: string, count: number, caption: string): Promise<void>;
  clientPresses(chat: string, label: string): Promise<{ answered(): Promise<boolean> }>;
  /** The messenger's id of what the client wrote last. */
  written(): string;
  /** Changes, takes back, reacts to what the client wrote last in the chat; no emoji takes the reaction back. */
  clientEdits?(chat: string, text: string): Promise<void>;
  clientDeletes?(chat: string): Promise<void>;
  clientReacts?(chat: string, emoji: '👍' | ''): Promise<void>;
  clientSharesPhone?(chat: string, phone: string): Promise<void>;
  clientSharesPlace?(chat: string, latitude: number, longitude: number): Promise<void>;
  clientSendsUnknownKind(chat: string): Promise<void>;
  clientBlocks?(chat: string): Promise<void>;
  clientUnblocks?(chat: string): Promise<void>;
  /** Delivers the last update again. */
  repeatLast(): Promise<void>;
  /** Meets the next sending call. */
  refuseNext(reason: 'message' | 'account' | 'broken'): Promise<void>;
  /** With the time to wait only where it is given and the messenger says it. */
  rateLimitNext(retryAfterSeconds?: number): Promise<void>;
  stallNext(ms: number, when: 'before' | 'after'): Promise<void>;
  dropNext(when: 'before' | 'after'): Promise<void>;
  dropNextDownload(): Promise<void>;
  clearFaults(): Promise<void>;
  /** Headers that prove a body of our own making, where the messenger signs what it sends. */
  sign?(body: string): Promise<Record<string, string>>;
  /** The same call without the proof that it comes from the messenger, where that does not stand in the headers. */
  unproven?(call: WebhookRequest): WebhookRequest;
  /** Bodies that nobody can read, with their proof, where that stands in the body. */
  unreadable?: string[];
  /** Where the messenger reads files from addresses instead of taking them: makes one readable and answers its address. */
  publish?(file: OutgoingFile): Promise<string>;
  stop(): Promise<void>;
}
