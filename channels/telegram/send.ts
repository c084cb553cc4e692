import type { Readable } from 'node:stream';
import { type Api, GrammyError, InputFile } from 'grammy';
import type { InlineKeyboardMarkup, InputMediaAudio, InputMediaDocument, InputMediaPhoto, InputMediaVideo, Message } from 'grammy/types';
import type { Attachment, Button, PartPlan } from '../../domain/message/model.ts';
import { ChannelError, type ConnectedChannel, type Outgoing, type SendReceipt } from '../channel.ts';
import { type ApiSignal, CALL_TIMEOUT_MS, call, UPLOAD_TIMEOUT_MS } from './api.ts';
import { targetOf } from './business.ts';
import { FileUnreadableError } from './errors.ts';
import { externalIdOf, messageIdOf } from './who.ts';

/**
 * Sends one part with one call. Texts go plain, without a parse mode: nothing needs escaping and nothing can be refused for its formatting.
 * Telegram has no idempotency key, so a call is repeated only where Telegram has certainly refused it (photo → document, a group's new id).
 */
export async function sendPart(channel: ConnectedChannel, outgoing: Outgoing, buttonsPerRow: number): Promise<SendReceipt> {
  const timeoutMs = outgoing.part.attachments.length > 0 ? UPLOAD_TIMEOUT_MS : CALL_TIMEOUT_MS;
  const job: Job = { part: outgoing.part, keyboard: keyboardOf(outgoing.part.buttons, buttonsPerRow), files: outgoing.files, opened: [] };
  const target = targetOf(channel, outgoing.externalChatId);
  const messages = await call(channel, { timeoutMs, signal: outgoing.signal }, async (api, signal) => {
    try {
      return await sendTo(api, target, job, signal);
    } catch (error) {
      // A group that became a supergroup has a new id; the old one refuses everything and names the new one.
      const movedTo = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
      if (movedTo === undefined) throw error;
      return await sendTo(api, { chat_id: movedTo }, job, signal);
    }
  }).finally(() => {
    // An upload that was cut off leaves its file half read.
    for (const stream of job.opened) stream.destroy();
  });
  const placeOf = (message: Message) => (target.business_connection_id === undefined ? String(message.chat.id) : outgoing.externalChatId);
  return { externalIds: messages.map((message) => externalIdOf(placeOf(message), message.message_id)) };
}

type Target = ReturnType<typeof targetOf>;

interface Job {
  part: PartPlan;
  keyboard: InlineKeyboardMarkup | undefined;
  files: Outgoing['files'];
  /** Streams of our files, closed when the call is over. */
  opened: Readable[];
}

async function sendTo(api: Api, target: Target, job: Job, signal: ApiSignal): Promise<Message[]> {
  const [first, second] = job.part.attachments;
  if (first === undefined) {
    const markup = job.keyboard === undefined ? {} : { reply_markup: job.keyboard };
    return [await api.raw.sendMessage({ ...target, text: job.part.text, ...markup, ...replyOf(job.part) }, signal)];
  }
  if (second === undefined) return [await sendFile(api, target, first, job, signal)];
  return await api.raw.sendMediaGroup({ ...target, media: albumOf(job), ...replyOf(job.part) }, signal);
}

async function sendFile(api: Api, target: Target, attachment: Attachment, job: Job, signal: ApiSignal): Promise<Message> {
  const { raw } = api;
  const common = {
    ...target,
    ...(job.part.text === '' ? {} : { caption: job.part.text }),
    ...(job.keyboard === undefined ? {} : { reply_markup: job.keyboard }),
    ...replyOf(job.part),
  };
  const source = () => inputOf(attachment, job);
  switch (attachment.kind) {
    case 'picture':
      if (attachment.mime === 'image/gif') return await raw.sendAnimation({ ...common, animation: source() }, signal);
      try {
        return await raw.sendPhoto({ ...common, photo: source() }, signal);
      } catch (error) {
        if (!isUnfitPhoto(error)) throw error;
        return await raw.sendDocument({ ...common, document: source() }, signal);
      }
    case 'video':
      return await raw.sendVideo({ ...common, video: source(), supports_streaming: true, ...seconds(attachment) }, signal);
    case 'audio':
      return await raw.sendAudio({ ...common, audio: source(), ...seconds(attachment) }, signal);
    case 'voice':
      return await raw.sendVoice({ ...common, voice: source(), ...seconds(attachment) }, signal);
    case 'file':
    case 'sticker':
      return await raw.sendDocument({ ...common, document: source() }, signal);
  }
}

/** An answer to a message that is gone by now still goes out, as an ordinary one. */
function replyOf({ replyToExternalId }: PartPlan): { reply_parameters?: { message_id: number; allow_sending_without_reply: true } } {
  const messageId = messageIdOf(replyToExternalId ?? '');
  return messageId === undefined ? {} : { reply_parameters: { message_id: messageId, allow_sending_without_reply: true } };
}

type Visual = InputMediaPhoto | InputMediaVideo;

/**
 * An album of pictures and videos, of audio, or of documents: Telegram mixes nothing else. The plan of parts groups accordingly; should a part mix
 * further, everything goes as documents, which any file can be. Clients show an album's text only where exactly one item has a caption: the first.
 */
function albumOf(job: Job): Visual[] | InputMediaAudio[] | InputMediaDocument[] {
  const { part } = job;
  const { attachments } = part;
  const item = (attachment: Attachment, index: number) => ({
    media: inputOf(attachment, job),
    ...(index === 0 && part.text !== '' ? { caption: part.text } : {}),
  });
  if (attachments.every(({ kind }) => kind === 'picture' || kind === 'video')) {
    return attachments.map((attachment, index) =>
      attachment.kind === 'video'
        ? { type: 'video', supports_streaming: true, ...seconds(attachment), ...item(attachment, index) }
        : { type: 'photo', ...item(attachment, index) },
    );
  }
  if (attachments.every(({ kind }) => kind === 'audio')) {
    return attachments.map((attachment, index) => ({ type: 'audio', ...seconds(attachment), ...item(attachment, index) }));
  }
  return attachments.map((attachment, index) => ({ type: 'document', ...item(attachment, index) }));
}

function seconds(attachment: Attachment) {
  return attachment.durationSeconds === undefined ? {} : { duration: Math.round(attachment.durationSeconds) };
}

/** A file that Telegram takes as a document though not as a photo: sides, ratio, or a format it cannot read. */
function isUnfitPhoto(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    error.error_code === 400 &&
    /PHOTO_INVALID_DIMENSIONS|IMAGE_PROCESS_FAILED|PHOTO_EXT_INVALID|too big for a photo/i.test(error.description)
  );
}

/** Our own copy as an upload; an address only where the author gave one and we hold no copy (Telegram then fetches it itself). */
function inputOf(attachment: Attachment, { files, opened }: Job): InputFile | string {
  const file = attachment.fileId === undefined ? undefined : files[attachment.fileId];
  if (file !== undefined) return new InputFile(() => readable(file.name, file.open, opened), fileNameOf(file.name));
  if (attachment.url !== undefined) return attachment.url;
  throw new ChannelError('refused', { code: 'file_missing', words: `The file "${attachment.name}" is no longer there: attach it again` });
}

/** Reads our file and names the failure as ours, so that it is not taken for the network's. */
async function readable(name: string, open: () => Promise<Readable>, opened: Readable[]): Promise<AsyncIterable<Uint8Array>> {
  try {
    const stream = await open();
    opened.push(stream);
    return chunksOf(name, stream);
  } catch (error) {
    throw new FileUnreadableError(name, error);
  }
}

async function* chunksOf(name: string, stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw new FileUnreadableError(name, error);
  }
}

/** A name that survives the header of a multipart part, which is written without quotes. */
function fileNameOf(name: string): string {
  return name.replace(/[\u0000-\u001f"\\/;]+/g, '_').trim() || 'file';
}

/** Buttons of a row are equally wide: so many characters of the longest label, times the buttons, fit a phone. */
const ROW_CHARACTERS = 30;

/** Short labels share a row, up to the channel's most; the order stays. */
function keyboardOf(buttons: Button[], perRow: number): InlineKeyboardMarkup | undefined {
  if (buttons.length === 0) return undefined;
  const rows: InlineKeyboardMarkup['inline_keyboard'] = [];
  let longest = 0;
  for (const button of buttons) {
    const key = button.type === 'url' ? { text: button.label, url: button.url } : { text: button.label, callback_data: button.key };
    const row = rows.at(-1);
    longest = Math.max(longest, button.label.length);
    if (row !== undefined && row.length < perRow && longest * (row.length + 1) <= ROW_CHARACTERS) {
      row.push(key);
    } else {
      rows.push([key]);
      longest = button.label.length;
    }
  }
  return { inline_keyboard: rows };
}
