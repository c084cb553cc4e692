/**
 * What each messenger can carry, as data (November 2026). From the messengers' own documentation; figures marked [C] have only community
 * evidence and want one check with a live account. Adapters, the plan of parts, the designer's checks and the composer all ask here.
 */
import { BUSINESS_PREFIX } from './business.ts';
import type { AttachmentKind, ChannelAbilities } from './model.ts';

/** The platforms write "MB" without saying which; the smaller reading keeps a margin. */
const MB = 1_000_000;
/** Web chat and the chats API store files on our side: the bound is our own upload limit. */
const OWN_FILE_LIMIT = 50 * MB;

const EVERY_KIND: AttachmentKind[] = ['picture', 'video', 'audio', 'voice', 'file', 'sticker'];

const webchat: ChannelAbilities = {
  type: 'webchat',
  origin: 'webchat',
  textLimit: 20_000,
  captionLimit: 20_000,
  captionKinds: EVERY_KIND,
  albums: [{ kinds: EVERY_KIND, most: 50 }],
  buttonsWithOne: true,
  buttonsWithAlbum: true,
  mixesKinds: true,
  buttonsNeedText: false,
  buttons: { most: 50, labelLimit: 250, perRow: 8, urls: true },
  longText: 'after',
  fileBytesLimit: everyKind(OWN_FILE_LIMIT),
  receipts: { delivered: true, read: true },
  hears: { places: false, contacts: false, pictures: 'together' },
  tells: { edits: false, deletions: false, reactions: false, blocks: false },
  ownAppReplies: 'no',
  idempotentSend: true,
  canWriteFirst: true,
  rate: { perSecond: 1_000, perChatPauseMs: 0 },
};

const telegram: ChannelAbilities = {
  type: 'telegram',
  origin: 'telegram',
  textLimit: 4096,
  captionLimit: 1024,
  albums: [
    { kinds: ['picture', 'video'], most: 10 },
    { kinds: ['audio'], most: 10 },
    { kinds: ['file'], most: 10 },
  ],
  buttonsWithOne: true,
  // sendMediaGroup takes no reply_markup, and adding one by an edit is rejected [C].
  buttonsWithAlbum: false,
  mixesKinds: false,
  buttonsNeedText: false,
  // 100 buttons, 8 a row [C]; the label's length is not documented, longer ones are cut by the apps anyway.
  buttons: { most: 100, labelLimit: 128, perRow: 8, urls: true },
  longText: 'after',
  fileBytesLimit: { ...everyKind(50 * MB), picture: 10 * MB, sticker: 0.5 * MB },
  mimes: {
    picture: ['image/jpeg', 'image/png', 'image/webp'],
    video: ['video/mp4'],
    audio: ['audio/mpeg', 'audio/mp4', 'audio/m4a', 'audio/x-m4a'],
    voice: ['audio/ogg', 'audio/opus', 'audio/mpeg', 'audio/mp4', 'audio/m4a', 'audio/x-m4a'],
  },
  pictureShape: { sidesSumPx: 10_000, ratio: 20 },
  receipts: { delivered: false, read: false },
  hears: { places: true, contacts: true, pictures: 'album' },
  tells: { edits: true, deletions: false, reactions: true, blocks: true },
  ownAppReplies: 'no',
  idempotentSend: false,
  canWriteFirst: false,
  // Business accounts: the bot is told of both sides there, and may write for a day after the client.
  accountChats: {
    prefix: BUSINESS_PREFIX,
    tells: { edits: true, deletions: true, reactions: false, blocks: false },
    ownAppReplies: 'byTheirId',
    windowMs: 24 * 3_600_000,
  },
  // Guidance, not exact: about 30 a second for the bot and 1 a second in one chat, bursts tolerated; an album counts by its items.
  rate: { perSecond: 30, perChatPauseMs: 1_000, perChatBurst: 3 },
};

const vk: ChannelAbilities = {
  type: 'vk',
  origin: 'vk',
  textLimit: 4096,
  captionLimit: 4096,
  // 10 attachments of mixed kinds in one call [C]; a voice message is a document that stands alone.
  albums: [{ kinds: ['picture', 'video', 'audio', 'file'], most: 10 }],
  buttonsWithOne: true,
  buttonsWithAlbum: true,
  mixesKinds: true,
  buttonsNeedText: false,
  // Up to 10 as an inline keyboard, up to 40 as a regular one; the adapter chooses by the count.
  buttons: { most: 40, labelLimit: 40, perRow: 5, urls: true },
  longText: 'after',
  // Documents: 200 MB is not confirmed.
  fileBytesLimit: { ...everyKind(200 * MB), picture: 50 * MB },
  mimes: { picture: ['image/jpeg', 'image/png', 'image/gif'] },
  pictureShape: { sidesSumPx: 14_000, ratio: 20 },
  receipts: { delivered: false, read: true },
  hears: { places: true, contacts: false, pictures: 'together' },
  // No event of a community tells of a deleted message.
  tells: { edits: true, deletions: false, reactions: true, blocks: true },
  ownAppReplies: 'byTheirId',
  // random_id, checked for an hour or 100 messages of the dialog.
  idempotentSend: true,
  canWriteFirst: false,
  rate: { perSecond: 20, perChatPauseMs: 0 },
};

const viber: ChannelAbilities = {
  type: 'viber',
  origin: 'viber',
  textLimit: 7000,
  captionLimit: 512,
  captionKinds: ['picture'],
  albums: [],
  buttonsWithOne: true,
  buttonsWithAlbum: false,
  mixesKinds: false,
  buttonsNeedText: false,
  // 12 rows (one page says 24) of two half-width buttons.
  buttons: { most: 24, labelLimit: 250, perRow: 2, urls: true },
  longText: 'before',
  // Pictures: 1 MB on iOS, 3 MB on Android; beyond the smaller one a picture still arrives whole as a file.
  fileBytesLimit: { ...everyKind(50 * MB), picture: 1 * MB, video: 26 * MB },
  mimes: { picture: ['image/jpeg', 'image/png', 'image/gif'], video: ['video/mp4'] },
  receipts: { delivered: true, read: true },
  hears: { places: true, contacts: true, pictures: 'apart' },
  tells: { edits: false, deletions: false, reactions: false, blocks: true },
  ownAppReplies: 'no',
  idempotentSend: false,
  canWriteFirst: false,
  opensApart: true,
  rate: { perSecond: 50, perChatPauseMs: 0 },
};

const max: ChannelAbilities = {
  type: 'max',
  origin: 'max',
  textLimit: 4000,
  captionLimit: 4000,
  // 12 attachments counting the keyboard [C]: eleven always leave it a place. Files, audio and voice each stand alone.
  albums: [{ kinds: ['picture', 'video'], most: 11 }],
  buttonsWithOne: true,
  buttonsWithAlbum: true,
  // A keyboard beside a file is accepted by one third-party validator [C] only.
  buttonKinds: ['picture', 'video'],
  mixesKinds: false,
  buttonsNeedText: false,
  // 30 rows of 7, of which link buttons take 3 a row.
  buttons: { most: 90, labelLimit: 128, perRow: 3, urls: true },
  longText: 'after',
  fileBytesLimit: { ...everyKind(4_000 * MB), picture: 50 * MB, video: 250 * MB, audio: 256 * MB, voice: 256 * MB },
  mimes: {
    picture: ['image/jpeg', 'image/png', 'image/gif', 'image/tiff', 'image/bmp', 'image/heic'],
    video: ['video/mp4', 'video/quicktime', 'video/x-matroska', 'video/webm'],
  },
  receipts: { delivered: false, read: false },
  hears: { places: true, contacts: true, pictures: 'together' },
  // No update of the schema tells of a reaction.
  tells: { edits: true, deletions: true, reactions: false, blocks: true },
  ownAppReplies: 'no',
  idempotentSend: false,
  canWriteFirst: false,
  rate: { perSecond: 30, perChatPauseMs: 500, perChatBurst: 3 },
};

const whatsapp: ChannelAbilities = {
  type: 'whatsapp',
  // The vendor shows its own WhatsApp under this application id.
  origin: 'com.amocrm.amocrmwa',
  textLimit: 4096,
  captionLimit: 1024,
  captionKinds: ['picture', 'video', 'file'],
  albums: [],
  buttonsWithOne: true,
  buttonsWithAlbum: false,
  buttonKinds: ['picture', 'video', 'file'],
  // Three reply buttons may stand under a media header; a list (4–10) only under text.
  buttonsBesideMediaMost: 3,
  textWithButtonsLimit: 1024,
  mixesKinds: false,
  buttonsNeedText: true,
  // List rows take 24 characters, reply buttons 20; links and replies cannot be combined, one link alone can be a button.
  buttons: { most: 10, labelLimit: 20, perRow: 1, urls: false, uniqueLabels: true, urlAlone: true, list: { over: 3, labelLimit: 24 } },
  longText: 'after',
  fileBytesLimit: { picture: 5 * MB, video: 16 * MB, audio: 16 * MB, voice: 16 * MB, file: 100 * MB, sticker: 0.1 * MB },
  mimes: {
    picture: ['image/jpeg', 'image/png'],
    video: ['video/mp4', 'video/3gpp'],
    audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    voice: ['audio/ogg', 'audio/opus'],
    sticker: ['image/webp'],
  },
  receipts: { delivered: true, read: true },
  hears: { places: true, contacts: true, pictures: 'apart' },
  tells: { edits: true, deletions: true, reactions: true, blocks: false },
  ownAppReplies: 'unnamed',
  idempotentSend: false,
  canWriteFirst: false,
  windowMs: 24 * 3_600_000,
  templates: true,
  // A number may send 80 a second; to one person a burst, then one message in 6 s. The adapter's "rate limited" does the waiting.
  rate: { perSecond: 80, perChatPauseMs: 0 },
};

/** The chats API (`/v2/origin/custom/…`): one attachment a message by its format, texts as long as ours. */
const custom: ChannelAbilities = {
  type: 'custom',
  origin: 'custom',
  textLimit: 20_000,
  captionLimit: 20_000,
  albums: [],
  buttonsWithOne: true,
  buttonsWithAlbum: false,
  mixesKinds: false,
  buttonsNeedText: false,
  buttons: { most: 50, labelLimit: 250, perRow: 8, urls: true },
  longText: 'after',
  fileBytesLimit: everyKind(OWN_FILE_LIMIT),
  receipts: { delivered: true, read: true },
  hears: { places: true, contacts: true, pictures: 'album' },
  tells: { edits: true, deletions: false, reactions: true, blocks: false },
  ownAppReplies: 'byOurId',
  // The hook carries our message id, by which the integration drops a repeat.
  idempotentSend: true,
  canWriteFirst: true,
  rate: { perSecond: 50, perChatPauseMs: 0 },
};

const BY_TYPE: Record<string, ChannelAbilities> = { webchat, telegram, vk, viber, max, whatsapp, custom };

/** So many messages at once the most patient messenger takes in one chat. */
export const MOST_BURST = Math.max(...Object.values(BY_TYPE).map(({ rate }) => rate.perChatBurst ?? 1));

/** Every messenger of the matrix, by type. */
export const CHANNEL_TYPES: readonly string[] = Object.keys(BY_TYPE);

/** The row of a channel's type; throws for a type that is not in the matrix (types are checked where channels are connected). */
export function abilitiesOf(type: string): ChannelAbilities {
  const abilities = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  if (abilities === undefined) throw new RangeError(`No messenger of type "${type}"; known: ${CHANNEL_TYPES.join(', ')}`);
  return abilities;
}

/** The row as it holds in one chat of the channel. */
export function abilitiesIn(type: string, externalChatId: string): ChannelAbilities {
  const row = abilitiesOf(type);
  if (row.accountChats === undefined || !externalChatId.startsWith(row.accountChats.prefix)) return row;
  const { prefix: _prefix, ...differs } = row.accountChats;
  return { ...row, ...differs };
}

function everyKind(bytes: number): Record<AttachmentKind, number> {
  return { picture: bytes, video: bytes, audio: bytes, voice: bytes, file: bytes, sticker: bytes };
}
