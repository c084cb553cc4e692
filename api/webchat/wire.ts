/** What the widget and its routes say to each other. Types only: the widget's bundle imports nothing of the server. */

/** Answer of `GET /webchat/:key/config`: what the page needs before anybody clicks. */
export interface WireConfig {
  title: string;
  accent: string;
  greeting: string;
  limits: { textLength: number; fileBytes: number; files: number };
}

/** Answer of `POST /webchat/:key/session`. */
export interface WireSession {
  /** Goes into `Authorization: Bearer`; renewed at each visit. */
  token: string;
  /** False where no earlier token was given or it was not ours: the thread is empty then. */
  returning: boolean;
  /** The server's clock (epoch ms), so that the visitor's wrong one does no harm. */
  now: number;
}

export interface WireAttachment {
  kind: 'picture' | 'video' | 'audio' | 'voice' | 'file' | 'sticker';
  /** Signed name of the file for this visitor: `files/<handle>`. Absent while our copy is being made. */
  handle?: string;
  name: string;
  mime: string;
  sizeBytes?: number;
  widthPx?: number;
  heightPx?: number;
}

export type WireButton = { type: 'reply'; label: string; key: string } | { type: 'url'; label: string; url: string };

/** Who speaks: the visitor, a bot by its name, a person by the name the company shows. */
export type WireAuthor = { kind: 'visitor' } | { kind: 'bot' | 'person'; name: string };

export interface WireMessage {
  /** Grows within a chat; what `after`, `before`, `upTo` and `Last-Event-ID` speak of. */
  cursor: number;
  /** The browser's own id of a visitor's message: how a resent one is recognised. */
  clientMessageId?: string;
  author: WireAuthor;
  /** Epoch ms. */
  at: number;
  text: string;
  attachments: WireAttachment[];
  buttons: WireButton[];
}

/** Answer of `GET /webchat/:key/messages`, oldest first. */
export interface WireHistory {
  messages: WireMessage[];
  /** More lie beyond the asked side. */
  more: boolean;
  state: WireState;
}

/** How far each side has come. Both only grow. */
export interface WireState {
  /** The visitor's messages up to this cursor were seen by a person. */
  seenUpTo: number;
  /** Our messages up to this cursor were read by the visitor: what lies beyond is unread. */
  readUpTo: number;
}

/** Body of `POST /webchat/:key/messages`. Sending the same `clientMessageId` again is harmless. */
export interface WireDraft {
  clientMessageId: string;
  text: string;
  attachments: { fileId: string }[];
  buttonKey?: string;
  /** Epoch ms by the server's clock. */
  sentAt: number;
  /** The pixel's id of this browser, where the site carries it and the visitor agreed; told once. */
  visitor?: string;
}

/** Body of `POST /webchat/:key/seen`. */
export interface WireSeen {
  upTo: number;
  status: 'delivered' | 'read';
}

/** Answer of `POST /webchat/:key/files`. `fileId` goes into a message's attachments and is its signed handle too. */
export interface WireFile {
  fileId: string;
  kind: WireAttachment['kind'];
  name: string;
  mime: string;
  sizeBytes: number;
}

/** Events of `GET /webchat/:key/stream`. The stream begins with `resync`; `message` carries its cursor as event id. */
export interface WireEvents {
  resync: { cursor: number; continued: boolean };
  message: WireMessage;
  state: WireState;
  typing: { author: WireAuthor; seconds: number };
}
