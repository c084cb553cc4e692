import { wellFormed } from '../../domain/message/clean.ts';
import type { InboundAttachment } from '../../domain/message/model.ts';

/** Endings and types of what clients of Viber send most; anything else is an octet stream until its bytes are looked at. */
const MIME_OF: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  '3gp': 'video/3gpp',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  txt: 'text/plain',
  zip: 'application/zip',
};

const USUAL = {
  picture: { ending: 'jpg', mime: 'image/jpeg' },
  video: { ending: 'mp4', mime: 'video/mp4' },
  file: { ending: '', mime: 'application/octet-stream' },
  sticker: { ending: 'png', mime: 'image/png' },
};

/** The file of a message; `ref` is its address, which holds no token of ours. Undefined where Viber names none (stickers of old clients). */
export function inboundFile(kind: keyof typeof USUAL, message: Record<string, unknown>, token: string): InboundAttachment | undefined {
  const { media, file_name, size, duration } = message;
  if (typeof media !== 'string' || !URL.canParse(media)) return undefined;
  const usual = USUAL[kind];
  const given = typeof file_name === 'string' ? wellFormed(file_name).trim() : '';
  const ending = endingOf(given) ?? endingOf(new URL(media).pathname) ?? usual.ending;
  return {
    kind,
    ref: wellFormed(media),
    name: given || `${kind}-${token}${ending === '' ? '' : `.${ending}`}`,
    mime: MIME_OF[ending] ?? usual.mime,
    ...(isCount(size) ? { sizeBytes: size } : {}),
    ...(isCount(duration) ? { durationSeconds: duration } : {}),
  };
}

/** The ending of a name, in small letters without its dot. */
export function endingOf(name: string): string | undefined {
  return /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase();
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
