import type { InboundAttachment } from '../../domain/message/model.ts';
import { numberField, textField } from '../fields.ts';
import { addressOf, mimeOf } from '../inbound-files.ts';
import { isRecord } from './api.ts';
import type { VkAttachment } from './wire.ts';

/** What an attachment becomes: a file; a line of text where VK gives an address but no file; else a kind that is shown as unsupported. */
export interface Read {
  file?: InboundAttachment;
  line?: string;
  unsupported?: string;
}

type Fields = Record<string, unknown>;

/** Reads one attachment. `text` is the message's own: a preview of an address that already stands there says nothing new. */
export function readAttachment(attachment: VkAttachment, text: string): Read {
  if (!isRecord(attachment) || typeof attachment.type !== 'string') throw new TypeError('an attachment without a type');
  const kind = textField(attachment.type);
  const fields = attachment[attachment.type];
  const reader = READERS[kind];
  const read = reader === undefined || !isRecord(fields) ? undefined : reader(fields, text);
  return read ?? { unsupported: kind };
}

const READERS: Record<string, (fields: Fields, text: string) => Read | undefined> = {
  photo: (photo) => {
    const sizes = [...records(photo.sizes), ...(isRecord(photo.orig_photo) ? [photo.orig_photo] : [])];
    const largest = largestOf(sizes);
    if (largest === undefined) return undefined;
    return { file: { kind: 'picture', ref: largest.url, name: `photo-${idsOf(photo)}.jpg`, mime: 'image/jpeg', ...largest.frame } };
  },
  doc: (doc) => {
    const ref = addressOf(doc.url);
    if (ref === undefined) return undefined;
    const ending = optionalText(doc.ext).toLowerCase();
    const title = optionalText(doc.title) || `file-${idsOf(doc)}`;
    const name = ending === '' || title.toLowerCase().endsWith(`.${ending}`) ? title : `${title}.${ending}`;
    const sizeBytes = doc.size === undefined ? {} : { sizeBytes: numberField(doc.size as number) };
    return { file: { kind: 'file', ref, name, mime: mimeOf(ending) ?? 'application/octet-stream', ...sizeBytes } };
  },
  audio_message: (voice) => {
    const ogg = addressOf(voice.link_ogg);
    const ref = ogg ?? addressOf(voice.link_mp3);
    if (ref === undefined) return undefined;
    const [ending, mime] = ogg === undefined ? ['mp3', 'audio/mpeg'] : ['ogg', 'audio/ogg'];
    return { file: { kind: 'voice', ref, name: `voice-${idsOf(voice)}.${ending}`, mime, ...seconds(voice) } };
  },
  audio: (audio) => {
    const title = [audio.artist, audio.title].map(optionalText).filter(Boolean).join(' — ');
    const ref = addressOf(audio.url);
    // Communities are mostly told what plays, not where it lies.
    if (ref === undefined) return title === '' ? undefined : { line: title };
    return { file: { kind: 'audio', ref, name: `${title || `audio-${idsOf(audio)}`}.mp3`, mime: 'audio/mpeg', ...seconds(audio) } };
  },
  video: (video) => {
    const files = isRecord(video.files) ? video.files : {};
    const best = Object.entries(files)
      .filter(([name, url]) => /^mp4_\d+$/.test(name) && addressOf(url) !== undefined)
      .sort(([a], [b]) => Number(b.slice(4)) - Number(a.slice(4)))[0];
    const title = optionalText(video.title);
    if (best === undefined) return { line: [title, `https://vk.com/video${idsOf(video)}`].filter(Boolean).join('\n') };
    return { file: { kind: 'video', ref: best[1] as string, name: `video-${idsOf(video)}.mp4`, mime: 'video/mp4', ...seconds(video) } };
  },
  sticker: (sticker) => {
    const largest = largestOf(records(sticker.images));
    if (largest === undefined) return undefined;
    const name = `sticker-${numberField(sticker.sticker_id as number)}.png`;
    return { file: { kind: 'sticker', ref: largest.url, name, mime: 'image/png', ...largest.frame } };
  },
  graffiti: (graffiti) => {
    const largest = largestOf([graffiti]);
    if (largest === undefined) return undefined;
    return { file: { kind: 'picture', ref: largest.url, name: `graffiti-${idsOf(graffiti)}.png`, mime: 'image/png', ...largest.frame } };
  },
  link: (link, text) => {
    const url = addressOf(link.url);
    if (url === undefined) return undefined;
    return text.includes(new URL(url).hostname) ? {} : { line: url };
  },
  wall: (post) => {
    const owner = post.owner_id ?? post.to_id ?? post.from_id;
    return { line: `https://vk.com/wall${numberField(owner as number)}_${numberField(post.id as number)}` };
  },
  market: (product) => {
    const owner = numberField(product.owner_id as number);
    const address = `https://vk.com/market${owner}?w=product${owner}_${numberField(product.id as number)}`;
    return { line: [optionalText(product.title), address].filter(Boolean).join('\n') };
  },
};

/** The largest picture that has an address. Sides of old photos may be 0: then the last one, VK gives them ascending. */
function largestOf(sizes: Fields[]): { url: string; frame: { widthPx?: number; heightPx?: number } } | undefined {
  const side = (value: unknown) => (value === undefined ? 0 : numberField(value as number));
  let best: { url: string; width: number; height: number } | undefined;
  for (const size of sizes) {
    const url = addressOf(size.url);
    const [width, height] = [side(size.width), side(size.height)];
    if (url !== undefined && (best === undefined || width * height >= best.width * best.height)) best = { url, width, height };
  }
  if (best === undefined) return undefined;
  return { url: best.url, frame: best.width > 0 && best.height > 0 ? { widthPx: best.width, heightPx: best.height } : {} };
}

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** `<owner>_<id>`, as VK's addresses have it. */
function idsOf(fields: Fields): string {
  return `${numberField(fields.owner_id as number)}_${numberField(fields.id as number)}`;
}

function optionalText(value: unknown): string {
  return value === undefined || value === null ? '' : textField(value as string).trim();
}

function seconds({ duration }: Fields) {
  return duration === undefined ? {} : { durationSeconds: numberField(duration as number) };
}
