import { cleanText, wellFormed } from '../../domain/message/clean.ts';
import type { InboundAttachment, InboundMessage } from '../../domain/message/model.ts';
import { numberField, textField } from '../fields.ts';
import { addressOf, endingOf, mimeOf } from '../inbound-files.ts';
import { isRecord } from './api.ts';

type Fields = Record<string, unknown>;
export type Content = Pick<InboundMessage, 'text' | 'attachments' | 'location' | 'contact' | 'unsupported'>;

/** What one attachment says; nothing for keyboards, which are never the client's. */
interface Read {
  file?: InboundAttachment;
  line?: string;
  location?: { latitude: number; longitude: number };
  contact?: { name?: string; phone?: string };
  unsupported?: string;
}

/**
 * What a message carries, that of a forwarded one included. `body` is MAX's MessageBody. Throws TypeError for a field of another type than documented; a
 * message that says nothing is one of a kind nobody knows.
 */
export function contentOf(body: Fields, forwarded?: Fields): Content {
  const bodies = forwarded === undefined ? [body] : [body, forwarded];
  const texts = bodies.map((one) => cleanText(optionalText(one.text))).filter((text) => text !== '');
  const reads = bodies.flatMap((one) =>
    list(one.attachments).map((attachment, index) => readAttachment(attachment, `${String(one.mid)}-${index + 1}`)),
  );
  const lines = reads.flatMap(({ line }) => (line === undefined || texts.some((text) => text.includes(line)) ? [] : [line]));
  const location = reads.find((read) => read.location !== undefined)?.location;
  const contact = reads.find((read) => read.contact !== undefined)?.contact;
  const content = {
    text: cleanText([...texts, ...lines].join('\n')),
    attachments: reads.flatMap(({ file }) => file ?? []),
    ...(location === undefined ? {} : { location }),
    ...(contact === undefined ? {} : { contact }),
  };
  const saysNothing = content.text === '' && content.attachments.length === 0 && location === undefined && contact === undefined;
  const unsupported = reads.find((read) => read.unsupported !== undefined)?.unsupported ?? (saysNothing ? 'empty' : undefined);
  return { ...content, ...(unsupported === undefined ? {} : { unsupported }) };
}

function readAttachment(attachment: unknown, id: string): Read {
  if (!isRecord(attachment)) throw new TypeError('an attachment is no object');
  const kind = textField(attachment.type as string);
  const payload = isRecord(attachment.payload) ? attachment.payload : {};
  const url = addressOf(payload.url);
  switch (kind) {
    case 'inline_keyboard':
    case 'reply_keyboard':
      return {};
    case 'image':
      return url === undefined ? { unsupported: kind } : { file: { kind: 'picture', ref: url, ...described(url, `image-${id}`, 'jpg') } };
    case 'video':
      return videoOf(attachment, payload, url, id);
    case 'audio':
      return url === undefined ? { unsupported: kind } : { file: { kind: 'audio', ref: url, ...described(url, `audio-${id}`, 'mp3') } };
    case 'file':
      return url === undefined ? { unsupported: kind } : { file: fileOf(attachment, url, id) };
    case 'sticker':
      return url === undefined
        ? { unsupported: kind }
        : { file: { kind: 'sticker', ref: url, ...described(url, `sticker-${id}`, 'png'), ...frameOf(attachment) } };
    case 'contact':
      return { contact: contactOf(payload) };
    case 'location':
      return { location: { latitude: numberField(attachment.latitude as number), longitude: numberField(attachment.longitude as number) } };
    case 'share': {
      const title = wellFormed(optionalText(attachment.title)).trim();
      const line = url ?? title;
      return line === '' ? { unsupported: kind } : { line };
    }
    default:
      return { unsupported: wellFormed(kind).slice(0, 100) };
  }
}

/** A video's address leads to a page; its bytes are asked for by its token (see `fetchMedia`), which opens nothing but this video. */
function videoOf(attachment: Fields, payload: Fields, url: string | undefined, id: string): Read {
  const token = optionalText(payload.token);
  if (url === undefined && token === '') return { unsupported: 'video' };
  const { duration } = attachment;
  return {
    file: {
      kind: 'video',
      ref: videoRef(token, url),
      name: `video-${id}.mp4`,
      mime: 'video/mp4',
      ...frameOf(attachment),
      ...(duration === undefined || duration === null ? {} : { durationSeconds: numberField(duration as number) }),
    },
  };
}

/** How a video is kept until it is fetched: its token, and the address to try where MAX names none. */
function videoRef(token: string, url: string | undefined): string {
  return /^[\w-]+$/.test(token) ? `video:${token} ${url ?? ''}`.trim() : (url ?? '');
}

/** The parts of `videoRef`; undefined for a plain address. */
export function readVideoRef(ref: string): { token: string; url: string | undefined } | undefined {
  const [, token, url] = /^video:([\w-]+)(?: (\S+))?$/.exec(ref) ?? [];
  return token === undefined ? undefined : { token, url };
}

function fileOf(attachment: Fields, url: string, id: string): InboundAttachment {
  const name = wellFormed(optionalText(attachment.filename)).trim() || `file-${id}`;
  const { size } = attachment;
  return {
    kind: 'file',
    ref: url,
    name,
    mime: mimeOf(endingOf(name)) ?? 'application/octet-stream',
    ...(size === undefined || size === null ? {} : { sizeBytes: numberField(size as number) }),
  };
}

/** Name and phone out of the vCard; the name of a client who shares their own stands in `max_info` too. */
function contactOf(payload: Fields): { name?: string; phone?: string } {
  // Lines that go on begin with a blank.
  const card = wellFormed(optionalText(payload.vcf_info)).replace(/\r?\n[ \t]/g, '');
  const field = (name: string) => new RegExp(`^(?:[\\w-]+\\.)?${name}(?:;[^:\\n]*)?:(.*)$`, 'im').exec(card)?.[1]?.trim() ?? '';
  const info = isRecord(payload.max_info) ? payload.max_info : {};
  const known = [info.first_name, info.last_name].map(optionalText).filter(Boolean).join(' ');
  const name = field('FN').replace(/\\([,;\\])/g, '$1') || wellFormed(known);
  const phone = field('TEL').replace(/^tel:/i, '');
  return { ...(name === '' ? {} : { name }), ...(phone === '' ? {} : { phone }) };
}

function described(url: string, name: string, usual: string): { name: string; mime: string } {
  const ending = endingOf(new URL(url).pathname);
  const known = ending !== undefined && mimeOf(ending) !== undefined ? ending : usual;
  return { name: `${name}.${known}`, mime: mimeOf(known) ?? 'application/octet-stream' };
}

function frameOf({ width, height }: Fields): { widthPx?: number; heightPx?: number } {
  const isSide = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;
  return isSide(width) && isSide(height) ? { widthPx: width, heightPx: height } : {};
}

function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError('attachments are no list');
  return value;
}

export function optionalText(value: unknown): string {
  return value === undefined || value === null ? '' : textField(value as string);
}
