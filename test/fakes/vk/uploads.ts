import { randomBytes } from 'node:crypto';
import { pictureSize } from '../telegram/images.ts';
import { parseMultipart } from '../telegram/multipart.ts';
import type { Community } from './community.ts';

const MAX_PHOTO_BYTES = 50_000_000;
const MAX_DOC_BYTES = 200_000_000;

/** What an upload server answers: a ticket to be saved by the API, or why it took nothing. Always HTTP 200. */
export function takeUpload(community: Community, kind: string, body: Buffer, contentType: string): Record<string, unknown> {
  const form = parseMultipart(body, contentType);
  const upload = form?.files[kind === 'photo' ? 'photo' : 'file'];
  if (upload === undefined || upload.bytes.length === 0) return { error: 'no_file', error_descr: 'no file was uploaded' };
  const ticket = randomBytes(12).toString('hex');
  if (kind === 'photo') {
    const size = pictureSize(upload.bytes);
    const fits =
      size !== undefined &&
      upload.bytes.length <= MAX_PHOTO_BYTES &&
      size.width + size.height <= 14_000 &&
      Math.max(size.width, size.height) <= 20 * Math.min(size.width, size.height) &&
      !/\.webp$/i.test(upload.name);
    // VK's way of saying no to a photo.
    if (!fits) return { server: 1, photo: '[]', hash: 'none' };
    community.tickets.set(ticket, { kind, name: upload.name, bytes: upload.bytes });
    return { server: 857_332, photo: ticket, hash: `h${ticket}` };
  }
  if (upload.bytes.length > MAX_DOC_BYTES) return { error: 'too_big', error_descr: 'file is too big' };
  if (/\.exe$/i.test(upload.name)) return { error: 'bad_ext', error_descr: 'files of this type are not allowed' };
  if (kind === 'audio_message' && !/ogg|opus/.test(upload.mime)) return { error: 'unknown', error_descr: 'voice must be ogg/opus' };
  community.tickets.set(ticket, { kind, name: upload.name, bytes: upload.bytes });
  return { file: ticket };
}
