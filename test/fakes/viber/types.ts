/** What tests see of the local Viber. Everything is plain JSON, so the same calls work over HTTP against a fake in its own process. Tokens are digits. */

export interface FakeButton {
  /** As the client reads it, without escapes. */
  label: string;
  action: string;
  /** ActionBody: what a press sends, or the address it opens. */
  body: string;
}

export interface FakeFile {
  name: string;
  sha256: string;
  sizeBytes: number;
}

/** One message of a chat. `at` is epoch milliseconds with fractions, taken when the fake accepted or made it. */
export interface TranscriptItem {
  from: 'client' | 'bot';
  at: number;
  messageToken: string;
  /** Viber's own names: text, picture, video, file, url, sticker, contact, location… */
  kind: string;
  text: string;
  /** The address as it was given; `file` stands once the bytes were read from it. */
  media?: string;
  file?: FakeFile;
  /** The keyboard that came with it, in the order of the grid. */
  buttons?: FakeButton[];
  senderName?: string;
  trackingData?: string;
}

export interface AcceptedCall {
  at: number;
  method: string;
  token: string;
  receiver?: string;
  messageToken?: string;
}

export interface Counters {
  /** Calls whose request arrived whole. */
  received: number;
  accepted: number;
  /** Answered with a status other than 0, by the rules or by a fault. */
  refused: number;
  dropped: number;
  byMethod: Record<string, number>;
  /** Events made, acknowledged, still waiting; posts of them, repeats included, and those that failed. */
  events: number;
  delivered: number;
  pending: number;
  attempts: number;
  failedAttempts: number;
  /** Answers to events with a body: Viber may take one for a message. */
  answersWithBody: number;
}

/** Which calls a fault meets; without a method every `send_message`. `'*'` meets all, `'download'` the download of clients' files. */
export interface FaultMatch {
  method?: string;
  receiver?: string;
  token?: string;
  /** How many calls it meets; 1 when left out. */
  times?: number;
}

/** `before`: nothing was accepted. `after`: it was accepted and counted, only the answer is late or lost. */
export type FaultMoment = 'before' | 'after';

export interface ClientOptions {
  /** Which bot; the first one when left out. */
  token?: string;
  name?: string;
  language?: string;
  /** Epoch ms; now when left out. */
  timestamp?: number;
}

/** `content` is base64; a small valid sample when left out. */
export interface ClientFile {
  content?: string;
  name?: string;
  text?: string;
}

export type ClientContent =
  | { picture: ClientFile }
  | { video: ClientFile & { durationSeconds?: number } }
  | { file: ClientFile }
  | { sticker: ClientFile & { stickerId?: number } }
  | { contact: { phone: string; name?: string } }
  | { location: { latitude: number; longitude: number } }
  | { url: string }
  /** The `message` of the event as it is: kinds of the future, broken ones. */
  | { message: Record<string, unknown> };

export interface Made {
  messageToken: string;
}

export interface WaitOptions {
  timeoutMs?: number;
  token?: string;
}

/** What a test does as the clients, as the network and as the observer. */
export interface FakeViberControl {
  info(): Promise<{ url: string; apiRoot: string; token: string; accountId: string }>;
  addBot(options?: { token?: string; name?: string }): Promise<{ token: string; accountId: string }>;
  /** Every later call with the token answers status 2. */
  revokeToken(token: string): Promise<void>;

  clientWrites(userId: string, text: string, options?: ClientOptions): Promise<Made>;
  clientSends(userId: string, content: ClientContent, options?: ClientOptions): Promise<Made>;
  /** Presses a button of the keyboard that stands now, by label: one whose message was followed by another without a keyboard is gone. */
  clientPresses(userId: string, label: string, options?: ClientOptions): Promise<Made>;
  /** Opens the chat, by a deep link with a context or without: `conversation_started`. */
  clientOpens(userId: string, options?: ClientOptions & { context?: string }): Promise<Made>;
  /** Unsubscribes: every later send answers status 6. */
  block(userId: string, options?: { token?: string }): Promise<Made>;
  unblock(userId: string, options?: { token?: string }): Promise<Made>;
  /** Receipts of a message (`'last'`: the bot's last one); `delivered` is told once a device. */
  deliver(userId: string, message: string, options?: { token?: string; devices?: number }): Promise<void>;
  see(userId: string, message: string, options?: { token?: string }): Promise<void>;
  fail(userId: string, message: string, desc: string, options?: { token?: string }): Promise<void>;
  /** An event with these fields; timestamp and message_token are added where they are missing. */
  pushEvent(event: Record<string, unknown>, options?: { token?: string }): Promise<Made>;

  /** Answers with a status at HTTP 200. */
  refuse(times: number, status: number, words: string, match?: FaultMatch): Promise<void>;
  /** Answers with an HTTP status and no JSON. */
  break(httpStatus: number, match?: FaultMatch): Promise<void>;
  rateLimit(match?: FaultMatch): Promise<void>;
  stall(ms: number, options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  drop(options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  clearFaults(): Promise<void>;

  /** Keeps new events back until `release`. */
  hold(): Promise<void>;
  /** Hands out what was held: in order, backwards one after another, or all at once. */
  release(order?: 'given' | 'reversed' | 'together'): Promise<void>;
  /** Posts the event with this token once more, acknowledged or not; answers the status, 0 for no connection. */
  redeliver(messageToken: string, options?: { token?: string }): Promise<{ status: number }>;
  /** The exact body of an event, and its signature. */
  eventOf(messageToken: string, options?: { token?: string }): Promise<{ body: string; signature: string }>;
  /** The signature of any body, as this bot would send it. */
  sign(body: string, options?: { token?: string }): Promise<string>;

  sentTo(userId: string, options?: { token?: string }): Promise<TranscriptItem[]>;
  transcript(userId: string, options?: { token?: string }): Promise<TranscriptItem[]>;
  chats(options?: { token?: string }): Promise<string[]>;
  calls(since?: number): Promise<AcceptedCall[]>;
  counters(): Promise<Counters>;
  waitForSent(userId: string, count: number, options?: WaitOptions): Promise<TranscriptItem[]>;
  waitUntilTaken(options?: WaitOptions): Promise<void>;
}

export interface FakeViber extends FakeViberControl {
  url: string;
  /** The `apiRoot` of channels. */
  apiRoot: string;
  /** The first bot's token. */
  token: string;
  stop(): Promise<void>;
}
