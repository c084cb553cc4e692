/** What a message is, whatever messenger carries it. Everything here is plain data: it travels through signals, rows and pages. */

export type AttachmentKind = 'picture' | 'video' | 'audio' | 'voice' | 'file' | 'sticker';

/** A file of a message. `fileId` names our own stored copy; it is absent only while an inbound file is still being copied. */
export interface Attachment {
  kind: AttachmentKind;
  fileId?: string;
  /** An address the messenger's server or ours can read, where the author gave one instead of a file. Never one that carries a token. */
  url?: string;
  name: string;
  mime: string;
  sizeBytes?: number;
  widthPx?: number;
  heightPx?: number;
  durationSeconds?: number;
}

/** A choice under a message. `key` is short and opaque (it fits Telegram's 64 bytes); what it means stands in our own rows. */
export type Button =
  /** `fullLabel`: the whole label where a plan had to cut it and the messenger shows it elsewhere. */
  { type: 'reply'; label: string; key: string; fullLabel?: string } | { type: 'url'; label: string; url: string };

/** A message that the messenger approved beforehand, as it is sent; `variables` fill the places of its text in their order. */
export interface MessageTemplate {
  name: string;
  /** As the messenger codes it: `ru`, `en_US`. */
  language: string;
  variables: string[];
  /** Names of these places, where they are named. */
  names?: string[];
  /** What fills the one place of its heading; `name` where places are named. */
  heading?: { text: string; name?: string };
  /** The ends of its links' addresses: the button's place among all buttons. */
  links?: { index: number; text: string }[];
  /** The places of its answers among all buttons, in the order of the part's own reply buttons, whose keys come back with a press. */
  answers?: number[];
}

export interface MessageContent {
  text: string;
  attachments: Attachment[];
  buttons: Button[];
}

/** One row of the matrix of messengers: what a channel can carry. Sizes in bytes, texts in UTF-16 units (an upper bound on characters). */
export interface ChannelAbilities {
  type: string;
  /** Codes of the amoCRM-shaped API (`origin`) and of the page's badge. */
  origin: string;
  textLimit: number;
  /** Longest text beside media; 0: media carry no text. */
  captionLimit: number;
  /** Kinds that may carry text; all but stickers where absent. */
  captionKinds?: AttachmentKind[];
  /** Most media of one call, by kind; kinds of one group may share a call. */
  albums: { kinds: AttachmentKind[]; most: number }[];
  /** May one call with a single attachment carry buttons? And one with several? */
  buttonsWithOne: boolean;
  buttonsWithAlbum: boolean;
  /** Kinds that may carry buttons; all where absent. */
  buttonKinds?: AttachmentKind[];
  /** Most buttons of a call that carries media too, where fewer than `buttons.most`. */
  buttonsBesideMediaMost?: number;
  /** Longest text of a call that carries buttons, where shorter than `textLimit`. */
  textWithButtonsLimit?: number;
  /** Text and attachments of every kind in one call, unsplit (web chat, VK). */
  mixesKinds: boolean;
  /** Buttons need a text even beside media; `promptText` is used when the author wrote none. (Without media they need one everywhere.) */
  buttonsNeedText: boolean;
  /** `uniqueLabels`: the messenger refuses two buttons with the same label. */
  buttons: {
    most: number;
    labelLimit: number;
    perRow: number;
    urls: boolean;
    uniqueLabels?: boolean;
    /** One link and nothing else is a button, where `urls` is false. */
    urlAlone?: boolean;
    /** More than `over` answers stand as a list, whose rows take longer labels and show the whole one below. */
    list?: { over: number; labelLimit: number };
  };
  /** Where a text that fits no caption goes. */
  longText: 'before' | 'after';
  fileBytesLimit: Record<AttachmentKind, number>;
  /** Types a kind is accepted with; another type of that kind travels as a file. Any where absent. */
  mimes?: Partial<Record<AttachmentKind, string[]>>;
  /** Pictures beyond this shape travel as files: most width + height, and most ratio of the longer side to the shorter. */
  pictureShape?: { sidesSumPx: number; ratio: number };
  receipts: { delivered: boolean; read: boolean };
  /** What clients can send besides texts and files; several pictures at once arrive as one message, as one each that names their album, or as one each. */
  hears: { places: boolean; contacts: boolean; pictures: 'together' | 'album' | 'apart' };
  /** What it tells of messages that are there already, and of clients who want no more of them. */
  tells: { edits: boolean; deletions: boolean; reactions: boolean; blocks: boolean };
  /** Replies that ours write in the messenger's own app: not told; told without their author; with the author's id there, or by our own id. */
  ownAppReplies: 'no' | 'unnamed' | 'byTheirId' | 'byOurId';
  /** The messenger drops a repeated send of the same key: an unknown outcome may be repeated without a double. */
  idempotentSend: boolean;
  canWriteFirst: boolean;
  /** A deep link's payload comes when the chat is opened, before the message and not with it. */
  opensApart?: true;
  /** So long after the client's last message anything may be sent; later only approved templates, or nothing (ms). No such bound where absent. */
  windowMs?: number;
  /** It approves messages beforehand, which are then sent by their name. */
  templates?: true;
  /** What differs in chats of people's own accounts that the channel answers for; their external ids begin with `prefix`. */
  accountChats?: { prefix: string } & Pick<ChannelAbilities, 'tells' | 'ownAppReplies' | 'windowMs'>;
  /** Calls a second for the whole channel; the pause between two calls of one chat (ms) once `perChatBurst` (1 where absent) messages went out at once. */
  rate: { perSecond: number; perChatPauseMs: number; perChatBurst?: number };
}

/** What one messenger call carries. Parts of a message are sent in the order of `index`, each after the one before was accepted. */
export interface PartPlan {
  index: number;
  text: string;
  attachments: Attachment[];
  buttons: Button[];
  /** Sent in place of everything else. */
  template?: MessageTemplate;
  /** The messenger's id of the message this answers: on the first part only, and only where the messenger has one. Channels without answers ignore it. */
  replyToExternalId?: string;
}

export type PartStatus = 'planned' | 'claimed' | 'accepted' | 'delivered' | 'read' | 'refused' | 'unknown' | 'withdrawn';

/** A client's message as an adapter hands it on: already free of NUL and lone surrogates. */
export interface InboundMessage {
  /** Our own id of the message (a UUID), where the messenger was told it before the message is stored. */
  id?: string;
  /** Unique within the channel: with the channel's id it is the duplicate key. */
  externalId: string;
  /** When the messenger says it was written (epoch ms): data, never the turn's clock. */
  receivedAt: number;
  /** Sorts messages of one chat that arrive together: the messenger's own order (date, then id). */
  order: [number, number];
  text: string;
  attachments: InboundAttachment[];
  /** Items of one album share it. */
  albumId?: string;
  location?: { latitude: number; longitude: number };
  contact?: { name?: string; phone?: string };
  /** The opaque key of a pressed button. */
  pressedKey?: string;
  /** What must be answered for a press (Telegram's callback query id). */
  pressToken?: string;
  replyToExternalId?: string;
  /** History that is brought in: stored in the thread, and nothing follows from it (no number, lead, bot, clock or notification). */
  silent?: boolean;
  /** Named when the messenger sent something no text or file can show (a poll, a game): shown as unsupported, never lost. */
  unsupported?: string;
  /** Payload of a deep link that opened the chat (`/start promo7`). */
  startPayload?: string;
}

/** An inbound file before it is copied: `ref` is what the adapter needs to fetch it (a Telegram file_id), never a URL with a token. */
export interface InboundAttachment {
  kind: AttachmentKind;
  ref: string;
  name: string;
  mime: string;
  sizeBytes?: number;
  widthPx?: number;
  heightPx?: number;
  durationSeconds?: number;
  /** Set when the file is ours already (web chat uploads before it sends). */
  fileId?: string;
}

/** Who wrote, as the messenger shows the person. */
export interface InboundSender {
  externalUserId: string;
  name: string;
  username?: string;
  phone?: string;
  email?: string;
  languageCode?: string;
  avatarRef?: string;
}
