import { randomBytes } from 'node:crypto';
import { SAMPLE_PNG } from '../telegram/images.ts';
import { preciseNow } from '../viber/wire.ts';
import type { FakeBot } from './bot.ts';
import type { ClientFile, ClientMedia, ClientOptions, Made, WriteOptions } from './types.ts';

/** Keeps the bytes of a client's file and answers the address the update names. */
export type KeepMedia = (name: string, bytes: Buffer) => string;

type Fields = Record<string, unknown>;

/** A message of a client in the shape MAX delivers. */
export function sendMessage(
  bot: FakeBot,
  keep: KeepMedia,
  chatId: number,
  media: ClientMedia[],
  text: string,
  options: WriteOptions,
): Made {
  const chat = bot.chatOf(chatId);
  chat.stopped = false;
  const person = bot.personOf(chatId, options);
  const timestamp = options.timestamp ?? Date.now();
  const { mid, seq } = bot.newIds(chatId, timestamp);
  const attachments = media.map((one) => attachmentOf(bot, keep, one));
  const message = {
    sender: bot.userFields(person),
    recipient: bot.recipient(chatId, bot.id),
    timestamp,
    body: { mid, seq, text, ...(attachments.length === 0 ? {} : { attachments }) },
    ...linkOf(bot, keep, chatId, options),
  };
  chat.messages.set(mid, message);
  chat.items.push({ from: 'client', at: preciseNow(), mid, text, files: [], kinds: attachments.map(({ type }) => String(type)) });
  const key = bot.push({ message, timestamp, user_locale: person.locale, update_type: 'message_created' }, String(chatId));
  return { key, mid };
}

function linkOf(bot: FakeBot, keep: KeepMedia, chatId: number, { replyTo, forward }: WriteOptions): Fields {
  if (replyTo !== undefined) {
    const original = bot.chatOf(chatId).messages.get(replyTo);
    if (original === undefined) throw new Error('no such message to reply to');
    return { link: { type: 'reply', message: original.body, sender: original.sender, chat_id: chatId } };
  }
  if (forward === undefined) return {};
  const attachments = (forward.media ?? []).map((one) => attachmentOf(bot, keep, one));
  const body = { ...bot.newIds(-695_695_695_695, Date.now()), text: forward.text, attachments };
  return { link: { type: 'forward', message: body, sender: bot.userFields(bot.personOf(398_398_398)), chat_id: -695_695_695_695 } };
}

export function edit(bot: FakeBot, chatId: number, mid: string, text: string, options: ClientOptions): Made {
  const message = bot.chatOf(chatId).messages.get(mid);
  if (message === undefined) throw new Error('no such message');
  const edited = { ...message, body: { ...(message.body as Fields), text } };
  bot.chatOf(chatId).messages.set(mid, edited);
  return { key: bot.push({ message: edited, ...timeOf(options), update_type: 'message_edited' }, String(chatId)), mid };
}

export function remove(bot: FakeBot, chatId: number, mid: string, options: ClientOptions): Made {
  if (!bot.chatOf(chatId).messages.delete(mid)) throw new Error('no such message');
  const update = { message_id: mid, chat_id: chatId, user_id: bot.personOf(chatId, options).userId, update_type: 'message_removed' };
  return { key: bot.push({ ...update, ...timeOf(options) }, String(chatId)), mid };
}

export function start(bot: FakeBot, chatId: number, options: ClientOptions & { payload?: string }): Made {
  bot.chatOf(chatId).stopped = false;
  const person = bot.personOf(chatId, options);
  const { payload } = options;
  const user = {
    ...bot.userFields(person),
    avatar_url: 'https://i.example.org/avatar.png',
    full_avatar_url: 'https://i.example.org/avatar.full.png',
  };
  const update = {
    chat_id: chatId,
    user,
    ...(payload === undefined ? {} : { payload }),
    user_locale: person.locale,
    user_id: person.userId,
    update_type: 'bot_started',
  };
  return { key: bot.push({ ...update, ...timeOf(options) }, String(chatId)) };
}

export function stop(bot: FakeBot, chatId: number): Made {
  bot.chatOf(chatId).stopped = true;
  const person = bot.personOf(chatId);
  const update = { chat_id: chatId, user: bot.userFields(person), user_locale: person.locale, update_type: 'bot_stopped' };
  return { key: bot.push(update, String(chatId)) };
}

export function press(bot: FakeBot, chatId: number, mid: string, label: string, options: ClientOptions): Made & { callbackId: string } {
  const items = bot.chats.get(chatId)?.items.filter(({ from }) => from === 'bot') ?? [];
  const item = mid === 'last' ? items.at(-1) : items.find((one) => one.mid === mid);
  const button = item?.buttons?.flat().find((one) => one.label === label);
  if (item === undefined || button === undefined) {
    throw new Error(
      `no button "${label}" stands there: ${
        item?.buttons
          ?.flat()
          .map((one) => one.label)
          .join(', ') || 'none'
      }`,
    );
  }
  if (button.type !== 'callback') throw new Error(`the button "${label}" opens ${button.url}`);
  const callbackId = randomBytes(90).toString('base64url');
  bot.presses.set(callbackId, { answered: false });
  const person = bot.personOf(chatId, options);
  const timestamp = options.timestamp ?? Date.now();
  const callback = { timestamp, callback_id: callbackId, user: bot.userFields(person), payload: button.payload };
  const message = bot.chatOf(chatId).messages.get(item.mid) ?? null;
  const key = bot.push({ callback, message, timestamp, user_locale: person.locale, update_type: 'message_callback' }, String(chatId));
  return { key, callbackId };
}

function timeOf({ timestamp }: ClientOptions): { timestamp?: number } {
  return timestamp === undefined ? {} : { timestamp };
}

function attachmentOf(bot: FakeBot, keep: KeepMedia, media: ClientMedia): Fields {
  const stored = (file: ClientFile, usual: string) => {
    const bytes = file.content === undefined ? SAMPLE_PNG : Buffer.from(file.content, 'base64');
    const name = file.name ?? usual;
    return { name, size: bytes.length, url: keep(name, bytes), token: bot.newToken() };
  };
  if ('image' in media) {
    const { url, token } = stored(media.image, 'image.webp');
    return { type: 'image', payload: { photo_id: 10_459_000_123, token, url } };
  }
  if ('video' in media) {
    const { url, token } = stored(media.video, 'video.mp4');
    const durationSeconds = media.video.durationSeconds ?? 3;
    bot.videos.set(token, { url, preparing: media.video.preparing ?? false, durationSeconds });
    // The address of the message shows a page with a player, not the video.
    const payload = { url: keep('player.html', Buffer.from('<html>player</html>')), token };
    return { type: 'video', payload, thumbnail: { url }, width: 1280, height: 720, duration: durationSeconds };
  }
  if ('audio' in media) {
    const { url, token } = stored(media.audio, 'voice.mp3');
    return { type: 'audio', payload: { url, token }, transcription: null };
  }
  if ('file' in media) {
    const { name, size, url, token } = stored(media.file, 'a.pdf');
    return { type: 'file', payload: { fileId: 99, url, token }, filename: name, size };
  }
  if ('sticker' in media)
    return { type: 'sticker', payload: { url: stored(media.sticker, 'sticker.png').url, code: 'abc' }, width: 512, height: 512 };
  if ('contact' in media) {
    const { phone, name = 'Анна' } = media.contact;
    const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:ez-vcard 0.10.3\r\nTEL;TYPE=cell:${phone}\r\nFN:${name}\r\nEND:VCARD\r\n`;
    return { type: 'contact', payload: { vcf_info: card, max_info: null, hash: 'f00d' } };
  }
  if ('location' in media) return { type: 'location', ...media.location };
  if ('share' in media)
    return { type: 'share', payload: { url: media.share.url, token: bot.newToken() }, title: media.share.title ?? null };
  return media.attachment;
}
