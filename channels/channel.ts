/**
 * What every messenger's adapter is. The rest of the system asks `abilities` (the matrix), never the name; adding a messenger is a folder and a row.
 */
import type { Readable } from 'node:stream';
import type { ChannelAbilities, InboundMessage, InboundSender, PartPlan } from '../domain/message/model.ts';
import type { ApprovedTemplate } from '../domain/message/template.ts';

/** A channel as an adapter gets it: credentials already decrypted. Never log it. */
export interface ConnectedChannel {
  accountId: number;
  id: number;
  type: string;
  credentials: Record<string, string>;
  /** Replaces the messenger's address: tests, proxies. */
  apiRoot?: string;
  receive: 'webhook' | 'polling';
  /** Where the messenger should deliver; absent while no public address is configured. */
  webhookUrl?: string;
  /** Proves that a webhook call comes from the messenger; made by us when the channel is connected. */
  webhookSecret: string;
  /** The messenger's own facts kept since `connect` (a bot's user name, a confirmation code), and what was learned later (`Received.learned`). */
  facts: Record<string, string>;
}

export interface ChatRef {
  externalChatId: string;
  /** Group chats are stored, never numbered. */
  kind: 'private' | 'group';
  /** Our own id of the chat, where the messenger was told it before the chat's first message is stored. */
  id?: string;
}

/** What happened in a messenger, one chat each. `id` is the duplicate key within the chat: kind + external id. */
export type ChannelFact =
  | { type: 'messageReceived'; id: string; chat: ChatRef; sender: InboundSender; message: InboundMessage }
  /** Opened by a deep link, where the messenger tells of that before anything is written: no message, and no right to write either. */
  | { type: 'chatOpened'; id: string; chat: ChatRef; sender: InboundSender; startPayload: string; receivedAt: number }
  | { type: 'messageEdited'; id: string; chat: ChatRef; externalId: string; text: string; receivedAt: number }
  /** The client took a message back: shown as deleted, its text is kept. */
  | { type: 'messageDeleted'; id: string; chat: ChatRef; externalId: string; receivedAt: number }
  /** What somebody has put under a message, all of theirs as it is now; no emoji: taken back. Never opens a conversation, nor moves a bot. */
  | {
      type: 'reactionChanged';
      id: string;
      chat: ChatRef;
      /** Of the message, the client's or ours. */
      externalId: string;
      by: { externalUserId: string; side: 'client' | 'user' };
      emoji: string[];
      receivedAt: number;
    }
  /** An answer written in the messenger's own app by one of ours (VK administrator, WhatsApp echo): a person's reply. */
  | {
      type: 'colleagueReplied';
      id: string;
      chat: ChatRef;
      message: InboundMessage;
      /** Who of ours, where the messenger says it; a bot's message on the messenger's side is no person's reply. */
      by?: { kind: 'user'; id: number } | { kind: 'bot' };
      /** Its author's id in the messenger, where that is all it says: the channel's settings may know whose it is. */
      externalAuthorId?: string;
    }
  /** Receipts move forward only. `externalIds` count within the chat. */
  | {
      type: 'receiptCame';
      id: string;
      chat: ChatRef;
      status: 'delivered' | 'read' | 'failed';
      externalIds: string[];
      /** Everything of ours up to the named message, not it alone. The named one may be the client's own. */
      upTo?: boolean;
      words?: string;
      receivedAt: number;
    }
  | { type: 'clientBlocked' | 'clientUnblocked'; id: string; chat: ChatRef; receivedAt: number };

/** A raw HTTP call to `/webhooks/<type>/<channel id>`. `body` are the exact bytes: signatures are made over them. */
export interface WebhookRequest {
  method: string;
  /** Of the address, as it was sent, without the query; some signatures cover it. */
  path?: string;
  headers: Record<string, string | undefined>;
  query: Record<string, string>;
  body: Uint8Array;
}

/** `facts` are signalled first; only then `answer` is sent. `unparsed` is stored as it came and answered 200. */
export interface Received {
  facts: ChannelFact[];
  answer: { status: number; body: string; contentType: string };
  unparsed?: string;
  /** Joins `ConnectedChannel.facts`, before anything else of the call takes effect. */
  learned?: Record<string, string>;
}

/** A stored file on its way out. `open` may be called more than once. */
export interface OutgoingFile {
  name: string;
  mime: string;
  sizeBytes: number;
  open(): Promise<Readable>;
  /** An address outsiders can read, where one is configured (Viber needs it). */
  publicUrl?: string;
}

export interface Outgoing {
  externalChatId: string;
  /** Stable over every repeat of this part: the messenger's idempotency key is made from it where there is one. */
  key: string;
  part: PartPlan;
  /** Files of `part.attachments` by file id. */
  files: Record<string, OutgoingFile>;
  /** Who talks with whom: for channels that ask for it (`namesPeople`). */
  people?: OutgoingPeople;
  /** Aborted when the caller's time is over; an abort after the request left is an unknown outcome. */
  signal: AbortSignal;
}

/** Both sides of an outgoing message by our own ids (UUIDs). */
export interface OutgoingPeople {
  chatId: string;
  /** `externalUserId`: the messenger's own id; absent where it has not named the client yet. */
  client: { externalUserId?: string; name: string; phone?: string; email?: string };
  author: { id: string; name: string };
}

/** The messenger took it. One part may become several messages there (an album has one id an item). */
export interface SendReceipt {
  externalIds: string[];
}

/**
 * Why a call to a messenger failed, in classes that decide what happens next:
 * `refused` never will succeed (scope says whose fault: this message, this client, the whole account); `rateLimited` certainly not sent, wait;
 * `unavailable` certainly not sent, try again; `unknown` the request left and no answer came.
 */
export class ChannelError extends Error {
  readonly kind: 'refused' | 'rateLimited' | 'unavailable' | 'unknown';
  readonly scope: 'message' | 'contact' | 'account';
  readonly code: string;
  /** What the card shows: the messenger's words, without tokens. */
  readonly words: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ChannelError['kind'],
    options: { scope?: ChannelError['scope']; code: string; words: string; retryAfterMs?: number; cause?: unknown },
  ) {
    super(`${kind}: ${options.code}`, { cause: options.cause });
    this.name = 'ChannelError';
    this.kind = kind;
    this.scope = options.scope ?? 'message';
    this.code = options.code;
    this.words = options.words;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Wrong credentials or settings, with the field and the remedy: answered as 422. */
export class ChannelInputError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.name = 'ChannelInputError';
    this.field = field;
  }
}

export interface Connection {
  /** The messenger's own id of what was connected (a bot's id): one of it may be connected once per installation. */
  externalId: string;
  /** A name to show when the user gave none. */
  name: string;
  facts: Record<string, string>;
}

export interface Channel {
  readonly type: string;
  readonly abilities: ChannelAbilities;
  /** True where a stored part is already with the client's side (web chat): no call is made, `send` is never called. */
  readonly deliversByRow: boolean;
  /** How to receive where nothing was asked for and no public address is configured. */
  readonly defaultReceive: 'webhook' | 'polling';
  /** True where `send` wants to be told the people of a message. */
  readonly namesPeople?: boolean;
  /** Checks the user's credentials; throws ChannelInputError naming the field. `before`: what they replace, where the channel stands already. */
  parseCredentials(input: unknown, before?: Record<string, string>): Record<string, string>;
  /** What whoever connects the channel must be told once, since it was made here. */
  reveal?(channel: ConnectedChannel): { channelId: string; secret: string };
  /** Checks the credentials with the messenger and registers the webhook (or removes it for polling). Takes effect before it returns. */
  connect(channel: ConnectedChannel): Promise<Connection>;
  /** Asks the messenger whether the connection works; throws ChannelError with the messenger's words. */
  test(channel: ConnectedChannel): Promise<{ words: string }>;
  /** Withdraws the webhook; a messenger that no longer knows us is no error. */
  disconnect(channel: ConnectedChannel): Promise<void>;
  /** Verifies and parses one webhook call; throws ChannelError `refused` with scope account for a wrong secret or signature (401). */
  receive(channel: ConnectedChannel, request: WebhookRequest): Promise<Received>;
  /** One long poll. `cursor` moves only after every fact was accepted by Temporal; `unparsed` and `learned` are stored, like a webhook's. */
  poll?(
    channel: ConnectedChannel,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<{ facts: ChannelFact[]; cursor: string | undefined; unparsed?: string[]; learned?: Record<string, string> }>;
  send(channel: ConnectedChannel, outgoing: Outgoing): Promise<SendReceipt>;
  /**
   * The external id of a chat that our side begins with somebody who has never written there; `chatId` is our own id of it. Throws ChannelInputError naming
   * what the card lacks (`phone`). Absent where only clients begin.
   */
  beginChat?(chatId: string, client: { phone?: string }): string;
  /** Messages that the messenger has approved beforehand and takes at any time. Throws ChannelError. Absent where the messenger has none. */
  templates?(channel: ConnectedChannel, signal: AbortSignal): Promise<ApprovedTemplate[]>;
  /**
   * Who is meant by a name or an address in the messenger (`vk.com/anna`): the id by which it names authors of replies in its own app. Throws ChannelInputError
   * for nobody. Absent where replies there carry no such id.
   */
  findColleague?(channel: ConnectedChannel, given: string): Promise<{ externalId: string; name: string }>;
  /** Ends the spinner of a pressed button. Failures do not matter. */
  answerPress?(channel: ConnectedChannel, pressToken: string): Promise<void>;
  /** Brings an inbound file's bytes. */
  fetchMedia?(
    channel: ConnectedChannel,
    ref: string,
    signal: AbortSignal,
  ): Promise<{ body: Readable; sizeBytes?: number; mime?: string; name?: string }>;
}
