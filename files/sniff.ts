import { fileTypeFromBuffer } from 'file-type';
import type { AttachmentKind } from '../domain/message/model.ts';

/**
 * The type by the bytes themselves; what the sender claims counts only for text. Markup is never called by its name: whatever a file
 * holds, it cannot become a page of ours.
 */
export async function sniffMime(head: Uint8Array, isWhole: boolean, claimed?: string): Promise<string> {
  const found = await fileTypeFromBuffer(head);
  if (found !== undefined)
    return found.mime === 'application/xml' || found.mime === 'image/svg+xml' ? 'application/octet-stream' : found.mime;
  if (!looksLikeText(head, isWhole)) return 'application/octet-stream';
  return claimed === 'text/csv' || claimed === 'application/json' ? claimed : 'text/plain';
}

function looksLikeText(head: Uint8Array, isWhole: boolean): boolean {
  try {
    // A head that ends within a character is still text.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !isWhole });
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) && !/^\s*</.test(text);
  } catch {
    return false;
  }
}

const pictures = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);

/** What a stored file is as an attachment. */
export function kindOf(mime: string): AttachmentKind {
  if (pictures.has(mime)) return 'picture';
  if (mime.startsWith('video/')) return 'video';
  if (mime.startsWith('audio/')) return 'audio';
  return 'file';
}

/** Types that a browser may show in place; all others are only ever downloaded. */
export const shownInline = (mime: string) =>
  pictures.has(mime) || ['video/mp4', 'video/webm', 'audio/mpeg', 'audio/ogg', 'audio/mp4', 'audio/wav', 'application/pdf'].includes(mime);

const NAME_LIMIT = 200;

/** A name without path, control signs and lone surrogates; it is only ever shown. */
export function cleanName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .replace(/[\0-\x1f\x7f]/g, '')
    .replace(/\p{Surrogate}/gu, '')
    .trim()
    .slice(-NAME_LIMIT);
  return clean === '' || clean === '.' || clean === '..' ? 'file' : clean;
}
