/** What tests see of the local VK. Everything is plain JSON, so the same calls work over HTTP against a fake in its own process. */

export interface FakeButton {
  label: string;
  /** VK's own names: text, callback, open_link. */
  type: string;
  payload?: string;
  link?: string;
}

export interface FakeFile {
  /** VK's own names: photo, doc, audio_message. */
  kind: string;
  /** As `messages.send` names it. */
  id: string;
  name: string;
  sizeBytes: number;
  sha256: string;
}

/** One message of a chat. `at` is epoch milliseconds with fractions, taken when the fake accepted or made it. */
export interface TranscriptItem {
  from: 'client' | 'community' | 'admin';
  at: number;
  messageId: number;
  conversationMessageId: number;
  text: string;
  files: FakeFile[];
  buttons?: FakeButton[][];
  /** Whether the keyboard stands under the message or replaces the phone's. */
  inline?: boolean;
  randomId?: number;
}

/** One accepted call. */
export interface AcceptedCall {
  at: number;
  method: string;
  token: string;
  peerId?: number;
  params: Record<string, string>;
}

export interface Counters {
  received: number;
  accepted: number;
  /** Answered with an error, by the rules or by a fault. */
  refused: number;
  dropped: number;
  byMethod: Record<string, number>;
  uploads: number;
  /** Sends that were dropped because their random_id had been seen. */
  repeatedSends: number;
  events: number;
  /** Taken by a callback server, handed out by long poll, still waiting to be delivered, given up after the last repeat. */
  delivered: number;
  polled: number;
  pending: number;
  givenUp: number;
  /** Posts to callback servers, repeats included, and those that were not answered `ok`. */
  attempts: number;
  failedAttempts: number;
}

/** Which calls a fault meets; `messages.send` without a method. `'*'` meets all, `'upload'` the upload servers, `'download'` files, `'poll'` long polls. */
export interface FaultMatch {
  method?: string;
  peerId?: number;
  token?: string;
  /** How many calls it meets; 1 when left out. */
  times?: number;
}

/** `before`: nothing was accepted. `after`: it was accepted and counted, only the answer is late or lost. */
export type FaultMoment = 'before' | 'after';

export interface ClientOptions {
  token?: string;
  /** Given as first and last name by users.get; `Client <id>` when left out. */
  name?: string;
  screenName?: string;
  /** Who writes in a group chat (its peer id is from 2000000000 on). */
  fromId?: number;
  /** Seconds; now when left out. */
  date?: number;
  ref?: string;
  payload?: string;
  replyTo?: number;
  /** Fields put into the message as they are. */
  fields?: Record<string, unknown>;
}

/** `content` is base64; a small valid sample when left out. */
export interface ClientFile {
  content?: string;
  name?: string;
}

export type ClientMedia =
  | { photo: ClientFile }
  | { doc: ClientFile }
  | { audio_message: ClientFile }
  | { audio: ClientFile }
  | { video: ClientFile }
  | { sticker: ClientFile }
  | { graffiti: ClientFile }
  /** An attachment as it is. */
  | { attachment: Record<string, unknown> };

export interface Written {
  eventId: string;
  messageId: number;
}

export interface WaitOptions {
  timeoutMs?: number;
  token?: string;
}

export type At = { token?: string };

/** What a test does as the clients, as the administrators, as the network and as the observer. */
export interface FakeVkControl {
  info(): Promise<{ url: string; token: string; groupId: number }>;
  addCommunity(options?: { token?: string; groupId?: number }): Promise<{ token: string; groupId: number }>;
  /** Every later call with the token is refused with code 5. */
  revokeToken(token: string): Promise<void>;
  /** What the community's settings allow: keys may lack the right to manage; bot capabilities and long poll may be off. */
  allow(settings: { manage?: boolean; bots?: boolean; longPoll?: boolean }, options?: At): Promise<void>;
  /** A callback server made by hand in the community's settings, all events on; answers its confirmation code when VK has asked for it. */
  addServerByHand(
    url: string,
    secret: string,
    options?: At & { code?: string },
  ): Promise<{ serverId: number; code: string; status: string }>;
  servers(options?: At): Promise<{ id: number; url: string; status: string; secret: string; events: string[] }[]>;

  clientWrites(peerId: number, text: string, options?: ClientOptions): Promise<Written>;
  /** One message with all of them; from 4 on the event carries the first only. */
  clientSends(peerId: number, media: ClientMedia[], text?: string, options?: ClientOptions): Promise<Written>;
  clientEdits(peerId: number, messageId: number, text: string, options?: At): Promise<Written>;
  /** The *Start* button, which stands in an empty chat. */
  clientStarts(peerId: number, options?: ClientOptions): Promise<Written>;
  /** Presses a button of a message of the community (`'last'`: its last message with buttons), by label. `answerId` is set for callback buttons. */
  clientPresses(
    peerId: number,
    messageId: number | 'last',
    label: string,
    options?: ClientOptions,
  ): Promise<{ eventId: string; answerId?: string }>;
  /** A press of a callback button with any payload, also one that was never offered. */
  clientPressesPayload(peerId: number, payload: unknown, options?: ClientOptions): Promise<{ eventId: string; answerId: string }>;
  /** Reads everything the community said. */
  clientReads(peerId: number, options?: At): Promise<{ eventId: string }>;
  block(peerId: number, options?: At): Promise<{ eventId: string }>;
  unblock(peerId: number, options?: At): Promise<{ eventId: string }>;
  /** An administrator answers in VK itself. */
  adminWrites(peerId: number, text: string, options?: At): Promise<Written>;
  /** An event as it is. */
  pushEvent(type: string, object: unknown, options?: At): Promise<{ eventId: string }>;

  refuse(times: number, code: number, words: string, match?: FaultMatch): Promise<void>;
  /** An HTTP status without an answer of the API. */
  fail(status: number, match?: FaultMatch & { retryAfterSeconds?: number }): Promise<void>;
  stall(ms: number, options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  drop(options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  clearFaults(): Promise<void>;

  /** Keeps new events back until `release`. */
  hold(): Promise<void>;
  release(order?: 'given' | 'reversed' | 'together'): Promise<void>;
  /** Posts an event to the callback servers once more, taken or not. */
  redeliver(eventId: string, options?: At): Promise<void>;
  /** The next poll's session is lost: 1 old events gone, 2 key expired, 3 both. */
  loseLongPoll(failed: 1 | 2 | 3, options?: At): Promise<void>;

  /** What our side said in a chat, oldest first. */
  sentTo(peerId: number, options?: At): Promise<TranscriptItem[]>;
  /** Both sides, oldest first. */
  transcript(peerId: number, options?: At): Promise<TranscriptItem[]>;
  calls(since?: number): Promise<AcceptedCall[]>;
  counters(): Promise<Counters>;
  pressAnswered(answerId: string): Promise<boolean>;
  event(eventId: string, options?: At): Promise<unknown>;
  waitForSent(peerId: number, count: number, options?: WaitOptions): Promise<TranscriptItem[]>;
  /** Waits until every event was taken, handed out or given up. */
  waitUntilTaken(options?: WaitOptions): Promise<void>;
}

export interface FakeVk extends FakeVkControl {
  /** The `apiRoot` of channels. */
  url: string;
  /** The first community's key and number. */
  token: string;
  groupId: number;
  stop(): Promise<void>;
}
