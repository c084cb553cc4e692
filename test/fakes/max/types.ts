/** What tests see of the local MAX. Everything is plain JSON, so the same calls work over HTTP against a fake in its own process. */

export interface FakeButton {
  label: string;
  /** MAX's own names: callback, link. */
  type: string;
  payload?: string;
  url?: string;
}

export interface FakeFile {
  /** MAX's own names: image, video, audio, file. */
  kind: string;
  name: string;
  sizeBytes: number;
  sha256: string;
}

/** One message of a chat. `at` is epoch milliseconds with fractions, taken when the fake accepted or made it. */
export interface TranscriptItem {
  from: 'client' | 'bot';
  at: number;
  mid: string;
  text: string;
  /** Files of the bot's messages, whose bytes were uploaded. */
  files: FakeFile[];
  /** Kinds of every attachment but the keyboard. */
  kinds: string[];
  /** The message it answers. */
  replyTo?: string;
  /** Rows of the inline keyboard. */
  buttons?: FakeButton[][];
}

export interface AcceptedCall {
  at: number;
  /** Verb and first word of the path: `POST messages`. */
  method: string;
  token: string;
  chatId?: number;
  mid?: string;
}

export interface Counters {
  /** Calls whose request arrived whole. */
  received: number;
  accepted: number;
  /** Answered with an error, by the rules or by a fault. */
  refused: number;
  dropped: number;
  /** Files taken by upload servers. */
  uploads: number;
  byMethod: Record<string, number>;
  /** Updates made, acknowledged, still waiting; posts of them, repeats included, those that failed; updates answered to polls. */
  events: number;
  delivered: number;
  pending: number;
  attempts: number;
  failedAttempts: number;
  polled: number;
}

/**
 * Which calls a fault meets; without a method every `POST messages`. `'*'` meets all, `'upload'` the upload server, `'download'` the download of clients'
 * files.
 */
export interface FaultMatch {
  method?: string;
  chatId?: number;
  token?: string;
  /** How many calls it meets; 1 when left out. */
  times?: number;
}

/** `before`: nothing was accepted. `after`: it was accepted and counted, only the answer is late or lost. */
export type FaultMoment = 'before' | 'after';

export interface ClientOptions {
  /** Which bot; the first one when left out. */
  token?: string;
  /** Who writes; in a dialog its one client when left out. */
  userId?: number;
  /** First and last name. */
  name?: string;
  username?: string;
  locale?: string;
  /** Epoch ms; now when left out. */
  timestamp?: number;
}

export interface WriteOptions extends ClientOptions {
  replyTo?: string;
  /** Text and attachments of somebody else's message that is handed on. */
  forward?: { text: string; media?: ClientMedia[] };
}

/** `content` is base64; a small valid sample when left out. */
export interface ClientFile {
  content?: string;
  name?: string;
}

export type ClientMedia =
  | { image: ClientFile }
  /** `preparing`: MAX names no file of it yet. */
  | { video: ClientFile & { durationSeconds?: number; preparing?: boolean } }
  | { audio: ClientFile }
  | { file: ClientFile }
  | { sticker: ClientFile }
  | { contact: { phone: string; name?: string } }
  | { location: { latitude: number; longitude: number } }
  | { share: { url: string; title?: string } }
  /** The attachment as it is: kinds of the future, broken ones. */
  | { attachment: Record<string, unknown> };

export interface Made {
  /** Names the update for `redeliver` and `updateOf`. */
  key: string;
  mid?: string;
}

export interface WaitOptions {
  timeoutMs?: number;
  token?: string;
}

/** What a test does as the clients, as the network and as the observer. Chats above 0 are dialogs, below 0 group chats. */
export interface FakeMaxControl {
  info(): Promise<{ url: string; token: string; botId: number }>;
  addBot(options?: { token?: string; name?: string }): Promise<{ token: string; botId: number }>;
  /** Every later call with the token answers 401. */
  revokeToken(token: string): Promise<void>;

  /** Presses «Start», by a deep link with a payload or without: `bot_started`; also after a stop. */
  clientStarts(chatId: number, options?: ClientOptions & { payload?: string }): Promise<Made>;
  clientWrites(chatId: number, text: string, options?: WriteOptions): Promise<Made>;
  clientSends(chatId: number, media: ClientMedia[], text?: string, options?: WriteOptions): Promise<Made>;
  clientEdits(chatId: number, mid: string, text: string, options?: ClientOptions): Promise<Made>;
  clientRemoves(chatId: number, mid: string, options?: ClientOptions): Promise<Made>;
  /** Presses a button of a message (`'last'`: the bot's last one) by its label. */
  clientPresses(chatId: number, mid: string, label: string, options?: ClientOptions): Promise<Made & { callbackId: string }>;
  pressAnswered(callbackId: string, options?: { token?: string }): Promise<boolean>;
  /** Stops the bot: every later send answers 403. */
  clientStops(chatId: number, options?: { token?: string }): Promise<Made>;
  /** An update with these fields; the timestamp is added where it is missing. */
  pushUpdate(update: Record<string, unknown>, options?: { token?: string }): Promise<Made>;

  /** Answers with an error of the API. */
  refuse(times: number, status: number, code: string, message: string, match?: FaultMatch): Promise<void>;
  /** Answers with an HTTP status and no JSON. */
  break(httpStatus: number, match?: FaultMatch): Promise<void>;
  /** Answers 429, without `Retry-After` where no seconds are given. */
  rateLimit(retryAfterSeconds?: number, match?: FaultMatch): Promise<void>;
  stall(ms: number, options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  drop(options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  /** So many messages with an upload in them meet `attachment.not.ready`. */
  notReady(times: number, options?: { token?: string }): Promise<void>;
  clearFaults(): Promise<void>;

  /** Keeps new updates back until `release`. */
  hold(): Promise<void>;
  /** Hands out what was held: in order, backwards one after another, or all at once. */
  release(order?: 'given' | 'reversed' | 'together'): Promise<void>;
  /** Posts the update once more, acknowledged or not; answers the statuses, 0 for no connection. */
  redeliver(key: string, options?: { token?: string }): Promise<number[]>;
  /** The exact body of an update. */
  updateOf(key: string, options?: { token?: string }): Promise<string>;
  subscriptions(options?: { token?: string }): Promise<{ url: string; updateTypes: string[]; secret?: string }[]>;

  sentTo(chatId: number, options?: { token?: string }): Promise<TranscriptItem[]>;
  transcript(chatId: number, options?: { token?: string }): Promise<TranscriptItem[]>;
  chats(options?: { token?: string }): Promise<number[]>;
  calls(since?: number): Promise<AcceptedCall[]>;
  counters(): Promise<Counters>;
  waitForSent(chatId: number, count: number, options?: WaitOptions): Promise<TranscriptItem[]>;
  /** Waits until no subscriber has an update to take. */
  waitUntilTaken(options?: WaitOptions): Promise<void>;
}

export interface FakeMax extends FakeMaxControl {
  /** The `apiRoot` of channels. */
  url: string;
  /** The first bot's token. */
  token: string;
  stop(): Promise<void>;
}
