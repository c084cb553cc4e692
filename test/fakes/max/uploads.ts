import { pictureSize } from '../telegram/images.ts';
import { parseMultipart } from '../telegram/multipart.ts';
import type { FakeBot } from './bot.ts';

const MB = 1024 * 1024;
const MAX_BYTES: Record<string, number> = { image: 50 * MB, video: 250 * MB, audio: 256 * MB, file: 4096 * MB };
const MAX_SIDE = 7680;
const UPLOADED = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<retval>1</retval>';

export interface UploadAnswer {
  status: number;
  body: string;
}

/**
 * What an upload server answers: the token of an image or a file; for videos and sound, whose token was told before, XML that says no more than "taken". It
 * is not the API and must not be shown the bot's token.
 */
export function takeUpload(
  bot: FakeBot,
  ticket: string,
  body: Buffer,
  headers: { contentType: string; authorization: string | undefined },
): UploadAnswer {
  const place = bot.tickets.get(ticket);
  if (place === undefined) return { status: 404, body: '' };
  if (headers.authorization !== undefined) return failed('the token must not be shown to this server');
  const file = parseMultipart(body, headers.contentType)?.files.data;
  if (file === undefined || file.bytes.length === 0) return failed('BAD_REQUEST: no file in the field "data"');
  if (file.bytes.length > (MAX_BYTES[place.type] ?? 0)) return failed('FILE_SIZE_EXCEEDED');
  if (place.type === 'image' && !isImage(file.bytes)) return failed('IMAGE_INVALID_FORMAT');
  bot.tickets.delete(ticket);
  bot.uploads.set(place.token, { type: place.type, token: place.token, name: file.name, bytes: file.bytes });
  if (place.type === 'image') return { status: 200, body: JSON.stringify({ photos: { [bot.newToken()]: { token: place.token } } }) };
  if (place.type === 'file') return { status: 200, body: JSON.stringify({ fileId: 1_234_567, token: place.token }) };
  return { status: 200, body: UPLOADED };
}

function failed(message: string): UploadAnswer {
  return { status: 400, body: JSON.stringify({ error_code: '4', error_data: message }) };
}

function isImage(bytes: Buffer): boolean {
  const isWebp = bytes.toString('latin1', 8, 12) === 'WEBP';
  const size = pictureSize(bytes);
  return size !== undefined && !isWebp && size.width <= MAX_SIDE && size.height <= MAX_SIDE;
}
