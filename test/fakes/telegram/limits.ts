import { ApiFailure, badRequest } from './failure.ts';
import { pictureSize } from './images.ts';
import type { FakeButton } from './types.ts';

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
const MAX_BUTTONS = 100;
const MAX_BUTTONS_A_ROW = 8;
const MAX_MARKUP_BYTES = 10 * 1024;

/** Telegram counts characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}

export function checkText(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw badRequest('message text is empty');
  if (/\p{Surrogate}/u.test(value)) throw badRequest('strings must be encoded in UTF-8');
  if (lengthOf(value) > MAX_TEXT) throw badRequest('message is too long');
  return value;
}

export function checkCaption(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw badRequest('caption must be a String');
  if (lengthOf(value) > MAX_CAPTION) throw badRequest('message caption is too long');
  return value;
}

/** Rows of an inline keyboard; `undefined` without one. Reply keyboards pass unread. */
export function checkMarkup(value: unknown): FakeButton[][] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw badRequest("can't parse reply keyboard markup JSON object");
  if (!('inline_keyboard' in value)) return undefined;
  const rows = value.inline_keyboard;
  if (!Array.isArray(rows)) throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
  const checked = rows.map((row) => {
    if (!Array.isArray(row)) throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
    // Not documented where the real server draws this line; a fake that draws it keeps us on the safe side.
    if (row.length > MAX_BUTTONS_A_ROW) throw badRequest('reply markup is too long');
    return row.map(checkButton);
  });
  if (checked.flat().length > MAX_BUTTONS || Buffer.byteLength(JSON.stringify(value)) > MAX_MARKUP_BYTES)
    throw badRequest('reply markup is too long');
  return checked;
}

function checkButton(button: unknown): FakeButton {
  if (typeof button !== 'object' || button === null)
    throw badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
  const { text, callback_data, url } = button as { text?: unknown; callback_data?: unknown; url?: unknown };
  if (typeof text !== 'string' || text === '') throw badRequest('can\'t parse inline keyboard button: Can\'t find field "text"');
  if (typeof url === 'string') {
    if (!/^(https?|tg):\/\/\S+$/.test(url)) throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    return { label: text, url };
  }
  if (typeof callback_data !== 'string') {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  const bytes = Buffer.byteLength(callback_data);
  if (bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
  return { label: text, key: callback_data };
}

/** Size, format, sides and ratio of a photo. */
export function checkPhoto(bytes: Buffer): { width: number; height: number } {
  if (bytes.length > MAX_PHOTO_BYTES) {
    throw badRequest(`file of size ${bytes.length} bytes is too big for a photo; the maximum size is ${MAX_PHOTO_BYTES} bytes`);
  }
  const size = pictureSize(bytes);
  if (size === undefined) throw badRequest('IMAGE_PROCESS_FAILED');
  const ratio = Math.max(size.width, size.height) / Math.max(1, Math.min(size.width, size.height));
  if (size.width + size.height > 10_000 || ratio > 20) throw badRequest('PHOTO_INVALID_DIMENSIONS');
  return size;
}

export function checkUpload(bytes: Buffer): void {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > MAX_UPLOAD_BYTES) throw new ApiFailure(413, 'Request Entity Too Large');
}
