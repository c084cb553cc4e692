import { request } from 'undici';
import { type FakeBot, type FakeChat, preciseNow, type StoredFile } from './bot.ts';
import { ApiFailure, badRequest } from './failure.ts';
import { checkCaption, checkMarkup, checkPhoto, checkText, checkUpload } from './limits.ts';
import type { UploadedFile } from './multipart.ts';
import type { FakeButton, TranscriptItem } from './types.ts';

export interface Call {
  bot: FakeBot;
  params: Record<string, unknown>;
  files: Record<string, UploadedFile>;
}

interface Kind {
  prefix: string;
  folder: string;
  fallbackName: string;
  mime: string;
}

/** The kinds of files, with the beginnings of their ids and their folders as Telegram has them. */
export const KINDS = {
  photo: { prefix: 'AgAC', folder: 'photos', fallbackName: 'photo.jpg', mime: 'image/jpeg' },
  document: { prefix: 'BQAC', folder: 'documents', fallbackName: 'document.dat', mime: 'application/octet-stream' },
  video: { prefix: 'BAAC', folder: 'videos', fallbackName: 'video.mp4', mime: 'video/mp4' },
  animation: { prefix: 'CgAC', folder: 'animations', fallbackName: 'animation.mp4', mime: 'video/mp4' },
  audio: { prefix: 'CQAC', folder: 'music', fallbackName: 'audio.mp3', mime: 'audio/mpeg' },
  voice: { prefix: 'AwAC', folder: 'voice', fallbackName: 'voice.ogg', mime: 'audio/ogg' },
  video_note: { prefix: 'DQAC', folder: 'video_notes', fallbackName: 'note.mp4', mime: 'video/mp4' },
  sticker: { prefix: 'CAAC', folder: 'stickers', fallbackName: 'sticker.webp', mime: 'image/webp' },
} satisfies Record<string, Kind>;

export type FileKind = keyof typeof KINDS;

/** The chat a call goes to, refused in Telegram's order: unknown, then blocked. */
export function chatOf({ bot, params }: Pick<Call, 'bot' | 'params'>): FakeChat {
  const given = params.chat_id;
  if (given === undefined || given === '') throw badRequest('chat_id is empty');
  if (params.business_connection_id !== undefined) return businessChatOf(bot, Number(given), String(params.business_connection_id));
  const chat = bot.chats.get(Number(given));
  if (chat === undefined) throw badRequest('chat not found');
  if (chat.movedTo !== undefined) {
    throw new ApiFailure(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.movedTo });
  }
  if (chat.blocked) {
    throw new ApiFailure(
      403,
      chat.type === 'private' ? 'Forbidden: bot was blocked by the user' : `Forbidden: bot was kicked from the ${chat.type} chat`,
    );
  }
  return chat;
}

const DAY_SECONDS = 86_400;

/** A business account's chat, refused as Telegram documents it for each reason. */
function businessChatOf(bot: FakeBot, chatId: number, connectionId: string): FakeChat {
  const connection = bot.connections.get(connectionId);
  if (connection === undefined) throw badRequest('business connection not found');
  if (!connection.isEnabled) throw badRequest('BUSINESS_CONNECTION_INVALID');
  if (!connection.canReply) throw new ApiFailure(403, 'Forbidden: BOT_ACCESS_FORBIDDEN');
  const chat = connection.account.chats.get(chatId);
  if (chat === undefined) throw badRequest('BUSINESS_PEER_INVALID');
  if (chat.writtenAt === undefined || chat.writtenAt < Date.now() / 1000 - DAY_SECONDS) throw badRequest('BUSINESS_PEER_USAGE_MISSING');
  return chat;
}

/** What a bot sends in a business chat is the owner's message, sent by the bot. */
export const ownerFields = (bot: FakeBot, chat: FakeChat) => ({ from: chat.account?.owner, sender_business_bot: bot.user });

export function sendMessage(call: Call): unknown {
  const chat = chatOf(call);
  const text = checkText(call.params.text);
  const buttons = checkMarkup(call.params.reply_markup);
  return place(call, chat, { kind: 'text', text, ...(buttons === undefined ? {} : { buttons }) }, { text });
}

/** sendPhoto, sendDocument and their like. */
export async function sendFile(call: Call, kind: FileKind): Promise<unknown> {
  const chat = chatOf(call);
  const caption = checkCaption(call.params.caption);
  const buttons = checkMarkup(call.params.reply_markup);
  const file = await fileOf(call, kind, call.params[kind]);
  return place(
    call,
    chat,
    { kind, text: caption, file: view(file), ...(buttons === undefined ? {} : { buttons }) },
    fields(kind, file, caption),
  );
}

/** 2–10 items; photos and videos mix, documents and audio only among themselves; one keyboard for all does not exist. */
export async function sendMediaGroup(call: Call): Promise<unknown[]> {
  const chat = chatOf(call);
  const { media } = call.params;
  if (!Array.isArray(media)) throw badRequest('expected an Array of InputMedia');
  if (media.length < 2) throw badRequest(media.length === 0 ? 'there are no messages to send' : 'an album needs at least 2 messages');
  if (media.length > 10) throw badRequest('too many messages to send as an album');
  // The real server ignores a keyboard here; whoever sends one has lost the buttons, so the fake refuses.
  if (call.params.reply_markup !== undefined) throw badRequest('reply_markup is not supported in an album');
  const types = new Set<string>(media.map((item: { type?: unknown }) => String(item?.type)));
  for (const type of types) {
    if (!['photo', 'video', 'document', 'audio'].includes(type)) throw badRequest("Can't use the media of the specified type in the album");
    if (types.size > 1 && (type === 'document' || type === 'audio')) throw badRequest(`${type} can't be mixed with other media types`);
  }
  const items: { kind: FileKind; file: StoredFile; caption: string }[] = [];
  for (const [index, item] of media.entries()) {
    const kind = item.type as FileKind;
    const caption = checkCaption(item.caption);
    try {
      items.push({ kind, caption, file: await fileOf(call, kind, item.media) });
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.code !== 400) throw error;
      const words = error.description.replace('Bad Request: ', '');
      throw badRequest(`failed to send message #${index + 1} with the error message "${words}"`);
    }
  }
  const albumId = call.bot.albumId();
  return items.map(({ kind, file, caption }) =>
    place(call, chat, { kind, text: caption, albumId, file: view(file) }, { media_group_id: albumId, ...fields(kind, file, caption) }),
  );
}

/** Puts the message into the chat and answers it as Telegram shows it. */
function place(
  { bot, params }: Call,
  chat: FakeChat,
  item: Pick<TranscriptItem, 'kind' | 'text' | 'albumId' | 'file'> & { buttons?: FakeButton[][] },
  content: Record<string, unknown>,
): unknown {
  const messageId = bot.messageId(chat.account);
  const at = preciseNow();
  const replyTo = repliedTo(params.reply_parameters);
  bot.record(chat, { from: 'bot', at, messageId, ...item, ...(replyTo === undefined ? {} : { replyTo }) });
  const business = params.business_connection_id;
  const message = {
    message_id: messageId,
    ...(business === undefined ? { from: bot.user } : { ...ownerFields(bot, chat), business_connection_id: business }),
    chat: bot.chatFields(chat),
    date: Math.floor(at / 1000),
    ...content,
    ...(item.buttons === undefined ? {} : { reply_markup: keyboardFields(item.buttons) }),
  };
  // The account's new messages are told, whoever sent them.
  if (business !== undefined) bot.updates.push({ business_message: message }, `business ${chat.account?.owner.id} ${chat.id}`);
  return message;
}

/** The message that is answered, by `reply_parameters`. */
function repliedTo(parameters: unknown): number | undefined {
  if (typeof parameters !== 'object' || parameters === null || !('message_id' in parameters)) return undefined;
  return typeof parameters.message_id === 'number' ? parameters.message_id : undefined;
}

export function keyboardFields(buttons: FakeButton[][]) {
  return {
    inline_keyboard: buttons.map((row) =>
      row.map(({ label, key, url }) => (url === undefined ? { text: label, callback_data: key } : { text: label, url })),
    ),
  };
}

/** A file as it stands in a message. */
export function fields(kind: FileKind, file: StoredFile, caption: string): Record<string, unknown> {
  const own = { file_id: file.fileId, file_unique_id: file.uniqueId, file_size: file.bytes.length };
  const text = caption === '' ? {} : { caption };
  if (kind === 'photo') {
    const size = safeSize(file.bytes);
    const small = { file_id: `${file.fileId}s`, width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2), file_size: 1200 };
    return {
      photo: [
        { ...own, ...small },
        { ...own, ...size },
      ],
      ...text,
    };
  }
  const described = { ...own, mime_type: file.mime };
  switch (kind) {
    case 'document':
      return { document: { ...described, file_name: file.name }, ...text };
    case 'animation': {
      const animation = { ...described, file_name: file.name, width: 320, height: 240, duration: 2 };
      return { animation, document: { ...described, file_name: file.name }, ...text };
    }
    case 'video':
      return { video: { ...described, file_name: file.name, width: 640, height: 360, duration: 3 }, ...text };
    case 'audio':
      return { audio: { ...described, file_name: file.name, duration: 5 }, ...text };
    case 'voice':
      return { voice: { ...described, duration: 4 }, ...text };
    case 'video_note':
      return { video_note: { ...own, length: 240, duration: 4 } };
    case 'sticker':
      return { sticker: { ...own, type: 'regular', width: 512, height: 512, is_animated: false, is_video: false, emoji: '👍' } };
  }
}

function safeSize(bytes: Buffer) {
  try {
    return checkPhoto(bytes);
  } catch {
    return { width: 1280, height: 960 };
  }
}

export function view({ fileId, name, mime, bytes, sha256 }: StoredFile) {
  return { fileId, name, mime, sizeBytes: bytes.length, sha256 };
}

/** An upload, a known file_id, or an address that the fake reads itself. */
async function fileOf(call: Call, kind: FileKind, given: unknown): Promise<StoredFile> {
  const { prefix, folder, fallbackName, mime } = KINDS[kind];
  const name = typeof given === 'string' && given.startsWith('attach://') ? given.slice('attach://'.length) : kind;
  const upload = call.files[name];
  if (upload !== undefined) {
    checkUpload(upload.bytes);
    if (kind === 'photo') checkPhoto(upload.bytes);
    return call.bot.keepFile(prefix, folder, upload.name === '' ? fallbackName : upload.name, mime, upload.bytes);
  }
  if (typeof given !== 'string' || given === '') throw badRequest(`there is no ${kind} in the request`);
  if (/^https?:\/\//.test(given)) {
    const bytes = await readAddress(given);
    if (kind === 'photo') checkPhoto(bytes);
    return call.bot.keepFile(prefix, folder, new URL(given).pathname.split('/').at(-1) || fallbackName, mime, bytes);
  }
  const known = call.bot.files.get(given);
  if (known === undefined) throw badRequest('wrong file identifier/HTTP URL specified');
  return known;
}

async function readAddress(url: string): Promise<Buffer> {
  try {
    const answer = await request(url, { headersTimeout: 5_000, bodyTimeout: 5_000 });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode === 200 && bytes.length > 0) return bytes;
  } catch {
    // Falls through to the refusal below.
  }
  throw badRequest('failed to get HTTP URL content');
}
