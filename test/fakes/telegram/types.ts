/** What tests see of the local Telegram. Everything is plain JSON, so the same calls work over HTTP against a fake in its own process. */

export interface FakeButton {
  label: string;
  key?: string;
  url?: string;
}

export interface FakeFile {
  fileId: string;
  name: string;
  mime: string;
  sizeBytes: number;
  sha256: string;
}

/** One message of a chat, as it stands in the chat. `at` is epoch milliseconds with fractions, taken when the fake accepted or made it. */
export interface TranscriptItem {
  /** `owner`: of the business account that the chat is in. */
  from: 'client' | 'bot' | 'owner';
  at: number;
  messageId: number;
  /** Telegram's own names: text, photo, document, video, voice, audio, animation, sticker… */
  kind: string;
  /** Text or caption. */
  text: string;
  /** The album it belongs to. */
  albumId?: string;
  /** Rows of the inline keyboard. */
  buttons?: FakeButton[][];
  file?: FakeFile;
  /** The message that the bot answers with it. */
  replyTo?: number;
}

/** One accepted call of the Bot API. */
export interface AcceptedCall {
  at: number;
  method: string;
  token: string;
  chatId?: number;
  messageIds?: number[];
}

export interface Counters {
  /** Calls whose request arrived whole, polls included. */
  received: number;
  accepted: number;
  /** Answered with an error, by the rules or by a fault. */
  refused: number;
  dropped: number;
  /** Accepted calls by method. */
  byMethod: Record<string, number>;
  /** Updates made, acknowledged by a webhook, taken by polling, still waiting. */
  updates: number;
  delivered: number;
  polled: number;
  pending: number;
  /** Webhook posts, repeats included, and those that failed. */
  attempts: number;
  failedAttempts: number;
  /** Webhook answers with a body: Telegram would run it as a call. */
  answersWithBody: number;
}

/** Which calls a fault meets; without a method every `send…` call. `method: '*'` meets all, `'download'` the download of files. */
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
  /** The person's first name; `Client <chat id>` when left out. */
  name?: string;
  lastName?: string;
  username?: string;
  languageCode?: string;
  /** Seconds; now when left out. */
  date?: number;
  replyTo?: number;
  /** Who writes in a group (its chat id is negative). */
  fromId?: number;
  /** The business connection through which the bot sees the chat; without it the chat is the bot's own. */
  business?: string;
}

/** Which chat is looked at. */
export interface ChatOptions {
  token?: string;
  business?: string;
}

/** What the owner of a business account lets the bot do; both when left out. */
export interface BusinessRights {
  isEnabled?: boolean;
  canReply?: boolean;
}

/** `content` is base64; a small valid sample of the kind when left out. */
export interface ClientFile {
  content?: string;
  name?: string;
  mime?: string;
  durationSeconds?: number;
}

export type ClientMedia =
  | { photo: ClientFile }
  | { document: ClientFile }
  | { video: ClientFile }
  | { voice: ClientFile }
  | { video_note: ClientFile }
  | { audio: ClientFile }
  | { animation: ClientFile }
  | { sticker: ClientFile & { animated?: boolean; video?: boolean } };

export type ClientContent = { caption?: string } & (
  | ClientMedia
  | { album: ClientMedia[] }
  | { contact: { phone: string; name?: string; own?: boolean } }
  | { location: { latitude: number; longitude: number } }
  | { venue: { latitude: number; longitude: number; title: string; address: string } }
  /** Fields put into the message as they are: polls, dice, notices, kinds of the future. */
  | { fields: Record<string, unknown> }
);

export interface Written {
  updateId: number;
  messageId: number;
}

export interface WaitOptions extends ChatOptions {
  timeoutMs?: number;
}

/** What a test does as the clients, as the network and as the observer. */
export interface FakeTelegramControl {
  info(): Promise<{ url: string; token: string; botId: number; username: string }>;
  /** Makes another bot known; answers its token. */
  addBot(options?: { token?: string; username?: string }): Promise<{ token: string; botId: number; username: string }>;
  /** Every later call with the token answers 401. */
  revokeToken(token: string): Promise<void>;

  clientWrites(chatId: number, text: string, options?: ClientOptions): Promise<Written>;
  clientEdits(chatId: number, messageId: number, text: string, options?: ClientOptions): Promise<Written>;
  /** Sends one message, or one for each item of an album. */
  clientSends(chatId: number, content: ClientContent, options?: ClientOptions): Promise<Written[]>;
  /** Presses a button of a message of the bot (`'last'`: its last message with buttons), by label. */
  clientPresses(
    chatId: number,
    messageId: number | 'last',
    buttonLabel: string,
    options?: ClientOptions,
  ): Promise<{ updateId: number; callbackId: string }>;
  /** Repeats a press of any data, also one that was never offered. */
  clientPressesData(
    chatId: number,
    messageId: number,
    data: string,
    options?: ClientOptions,
  ): Promise<{ updateId: number; callbackId: string }>;
  block(chatId: number, options?: { token?: string }): Promise<{ updateId: number }>;
  unblock(chatId: number, options?: { token?: string }): Promise<{ updateId: number }>;
  /** The owner of a business account connects the bot, for the first time or again: a new connection, those before it are over. */
  connectBusiness(
    ownerId: number,
    options?: BusinessRights & { token?: string; name?: string; username?: string },
  ): Promise<{ connectionId: string; updateId: number }>;
  /** The owner changes what the bot may do, or disconnects it. */
  changeBusiness(connectionId: string, rights: BusinessRights, options?: { token?: string }): Promise<{ updateId: number }>;
  /** The owner writes to the client in Telegram; `automatic`: a greeting that goes out by itself. */
  ownerWrites(connectionId: string, chatId: number, text: string, options?: { token?: string; automatic?: boolean }): Promise<Written>;
  /** Either side deletes messages of a business chat; of its own chats Telegram tells a bot no deletion. */
  deletes(connectionId: string, chatId: number, messageIds: number[], options?: { token?: string }): Promise<{ updateId: number }>;
  /** Makes a group a supergroup: the old id refuses every call and names the new one. */
  upgradeGroup(chatId: number, newChatId: number, options?: { token?: string }): Promise<void>;
  /** An update as it is, given only its id. */
  pushUpdate(update: Record<string, unknown>, options?: { token?: string }): Promise<{ updateId: number }>;

  refuse(times: number, code: number, description: string, match?: FaultMatch): Promise<void>;
  rateLimit(retryAfterSeconds: number, match?: FaultMatch): Promise<void>;
  stall(ms: number, options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  drop(options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  clearFaults(): Promise<void>;

  /** Keeps new updates back until `release`. */
  hold(): Promise<void>;
  /** Hands out what was held: in order, backwards one after another, or all at once. By polling always in order, as Telegram does. */
  release(order?: 'given' | 'reversed' | 'together'): Promise<void>;
  /** Posts an update to the webhook once more, acknowledged or not; answers the status, 0 for no connection. */
  redeliver(updateId: number, options?: { token?: string }): Promise<{ status: number }>;

  /** What the bot said in a chat, oldest first. */
  sentTo(chatId: number, options?: ChatOptions): Promise<TranscriptItem[]>;
  /** Both sides, oldest first. */
  transcript(chatId: number, options?: ChatOptions): Promise<TranscriptItem[]>;
  chats(options?: { token?: string }): Promise<number[]>;
  /** Accepted calls since the given index (`counters().accepted` counts them). */
  calls(since?: number): Promise<AcceptedCall[]>;
  counters(): Promise<Counters>;
  /** Whether a press was answered. */
  pressAnswered(callbackId: string): Promise<boolean>;
  fileContent(fileId: string): Promise<string>;
  /** The secret that the webhook was set with: what the real Telegram sends along. */
  webhookSecret(options?: { token?: string }): Promise<string>;
  /** The update as it was made. */
  update(updateId: number, options?: { token?: string }): Promise<unknown>;
  /** Waits until the bot has said so much in a chat; throws with what there is when the time is over (10 s when left out). */
  waitForSent(chatId: number, count: number, options?: WaitOptions): Promise<TranscriptItem[]>;
  /** Waits until every update was acknowledged or polled away. */
  waitUntilTaken(options?: WaitOptions): Promise<void>;
}

export interface FakeTelegram extends FakeTelegramControl {
  /** The `apiRoot` of channels. */
  url: string;
  /** The first bot's token. */
  token: string;
  stop(): Promise<void>;
}
