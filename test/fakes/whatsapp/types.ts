/** What tests see of the local WhatsApp. Everything is plain JSON, so the same calls work over HTTP against a fake in its own process. */

export interface FakeButton {
  /** `reply` of a button, `row` of a list, `url` of a link, `quick` of a template. */
  kind: 'reply' | 'row' | 'url' | 'quick';
  title: string;
  /** The id that a press sends, or the address it opens. */
  id: string;
  description?: string;
}

export interface FakeFile {
  name: string;
  mime: string;
  sha256: string;
  sizeBytes: number;
}

/** One message of a chat. `at` is epoch milliseconds with fractions, taken when the fake accepted or made it. */
export interface TranscriptItem {
  from: 'client' | 'business';
  at: number;
  id: string;
  /** WhatsApp's own names: text, image, interactive, template… */
  kind: string;
  text: string;
  /** The kind of the file where it differs from the message's: an interactive message with a header. */
  fileKind?: string;
  file?: FakeFile;
  buttons?: FakeButton[];
  replyTo?: string;
  template?: {
    name: string;
    language: string;
    variables: string[];
    heading?: string;
    links?: Record<string, string>;
    payloads?: Record<string, string>;
  };
  callbackData?: string;
}

/** What was submitted for approval. `status`: APPROVED unless something else is said. */
export interface FakeTemplateDefinition {
  components: Record<string, unknown>[];
  category?: string;
  status?: string;
  parameterFormat?: 'POSITIONAL' | 'NAMED';
}

export interface AcceptedCall {
  at: number;
  method: string;
  token: string;
  to?: string;
  messageId?: string;
}

export interface Counters {
  /** Calls whose request arrived whole. */
  received: number;
  accepted: number;
  refused: number;
  dropped: number;
  byMethod: Record<string, number>;
  /** Deliveries made, acknowledged, still waiting; posts of them, repeats included, and those that failed. */
  events: number;
  delivered: number;
  pending: number;
  attempts: number;
  failedAttempts: number;
}

/** Which calls a fault meets; without a method every `messages`. `'*'` meets all, `'download'` the download of clients' files. */
export interface FaultMatch {
  method?: string;
  to?: string;
  /** How many calls it meets; 1 when left out. */
  times?: number;
}

/** `before`: nothing was accepted. `after`: it was accepted and counted, only the answer is late or lost. */
export type FaultMoment = 'before' | 'after';

export interface ClientOptions {
  /** Which number; the first one when left out. */
  number?: string;
  name?: string;
  /** The id a business knows the client by. */
  userId?: string;
  /** A client who hides the phone: only `userId` is told. */
  hidesPhone?: boolean;
  /** Epoch ms; now when left out. */
  timestamp?: number;
  /** The message it answers. */
  replyTo?: string;
}

/** `content` is base64; a small valid sample when left out. */
export interface ClientFile {
  content?: string;
  name?: string;
  mime?: string;
  caption?: string;
}

export type ClientContent =
  | { image: ClientFile }
  | { video: ClientFile }
  | { audio: ClientFile }
  | { voice: ClientFile }
  | { document: ClientFile }
  | { sticker: ClientFile }
  | { contacts: { name: string; phone: string }[] }
  | { location: { latitude: number; longitude: number; name?: string } }
  /** The fields of the message beside id, from and timestamp: kinds of the future, broken ones. */
  | { message: Record<string, unknown> };

export interface Made {
  /** The message's id. */
  id: string;
}

export interface WaitOptions {
  timeoutMs?: number;
  number?: string;
}

export interface NumberInfo {
  phoneNumberId: string;
  businessAccountId: string;
  token: string;
  appSecret: string;
}

/** What a test does as the clients, as the network and as the observer. `phone` names a client: digits. */
export interface FakeWhatsAppControl {
  info(): Promise<NumberInfo & { url: string; apiRoot: string }>;
  addNumber(options?: { phoneNumberId?: string; name?: string }): Promise<NumberInfo>;
  /** Every later call with the token answers 190. */
  revokeToken(number?: string): Promise<void>;
  /** Answers 200 permission errors to changes of the webhook. */
  forbidOverrides(): Promise<void>;
  /** Sets the number's deliveries as an app's own settings do, with the challenge. Throws when it is not answered. */
  setWebhook(url: string, verifyToken: string, number?: string): Promise<void>;
  /** A text with so many places, or the template's components as Meta has them. */
  approveTemplate(name: string, language: string, definition: number | FakeTemplateDefinition): Promise<void>;

  clientWrites(phone: string, text: string, options?: ClientOptions): Promise<Made>;
  clientSends(phone: string, content: ClientContent, options?: ClientOptions): Promise<Made>;
  /** Presses a button of any message of ours, the latest that has the title. */
  clientPresses(phone: string, title: string, options?: ClientOptions): Promise<Made>;
  clientEdits(phone: string, message: string, text: string, options?: ClientOptions): Promise<Made>;
  clientRevokes(phone: string, message: string, options?: ClientOptions): Promise<Made>;
  /** The client's last message is so old that the window has closed. */
  closeWindow(phone: string, number?: string): Promise<void>;
  /** The client can no longer be reached: every later send answers 131026. */
  lose(phone: string, number?: string): Promise<void>;
  /** Somebody of ours answers in the app on the phone. */
  colleagueWrites(phone: string, text: string, number?: string): Promise<Made>;
  /** Statuses of a message (`'last'`: the last of ours). */
  status(
    phone: string,
    message: string,
    status: 'sent' | 'delivered' | 'read' | 'played' | 'failed',
    error?: { code: number; title: string; details: string },
  ): Promise<void>;
  /** A change of a delivery as it is. */
  pushChange(change: Record<string, unknown>, number?: string): Promise<Made>;

  /** Answers an error of the Graph API. */
  refuse(times: number, code: number, words: string, match?: FaultMatch): Promise<void>;
  /** Answers with an HTTP status and no JSON. */
  break(httpStatus: number, match?: FaultMatch): Promise<void>;
  /** 130429 without a time, or the pair limit. */
  rateLimit(match?: FaultMatch & { code?: number; retryAfterSeconds?: number }): Promise<void>;
  stall(ms: number, options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  drop(options?: FaultMatch & { when?: FaultMoment }): Promise<void>;
  clearFaults(): Promise<void>;

  /** Keeps new deliveries back until `release`. */
  hold(): Promise<void>;
  /** Hands out what was held: in order, backwards one after another, all at once, or all in one delivery. */
  release(order?: 'given' | 'reversed' | 'together' | 'batched'): Promise<void>;
  /** Posts the delivery that told of this message once more, acknowledged or not; answers the status, 0 for no connection. */
  redeliver(id: string): Promise<{ status: number }>;
  /** The exact body of a delivery, and its signature. */
  eventOf(id: string): Promise<{ body: string; signature: string }>;
  /** The signature of any body, as the app would send it. */
  sign(body: string, number?: string): Promise<string>;

  sentTo(phone: string, number?: string): Promise<TranscriptItem[]>;
  transcript(phone: string, number?: string): Promise<TranscriptItem[]>;
  calls(since?: number): Promise<AcceptedCall[]>;
  counters(): Promise<Counters>;
  waitForSent(phone: string, count: number, options?: WaitOptions): Promise<TranscriptItem[]>;
  waitUntilTaken(options?: WaitOptions): Promise<void>;
}

export interface FakeWhatsApp extends FakeWhatsAppControl, NumberInfo {
  url: string;
  /** The `apiRoot` of channels. */
  apiRoot: string;
  stop(): Promise<void>;
}
