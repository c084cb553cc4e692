import { wellFormed } from '../../domain/message/clean.ts';
import type { InboundAttachment } from '../../domain/message/model.ts';
import { endingOf, mimeOf } from '../inbound-files.ts';

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
    mime: mimeOf(ending) ?? usual.mime,
    ...(isCount(size) ? { sizeBytes: size } : {}),
    ...(isCount(duration) ? { durationSeconds: duration } : {}),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
