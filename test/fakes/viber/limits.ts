import { ApiFailure, badData, missingData } from './failure.ts';
import type { FakeButton } from './types.ts';

const MAX_TEXT = 7000;
const MAX_PICTURE_TEXT = 512;
const MAX_ADDRESS = 2000;
const MAX_FILE_BYTES = 50 * 1024 * 1024;
const MAX_VIDEO_BYTES = 26 * 1024 * 1024;
const MAX_ROWS = 12;
const ACTIONS = new Set(['reply', 'open-url', 'location-picker', 'share-phone', 'none']);
/** A few of the long list of endings that Viber does not carry. */
const FORBIDDEN_ENDINGS = new Set(['exe', 'bat', 'cmd', 'com', 'js', 'msi', 'scr', 'vbs', 'apk', 'dll', 'jar', 'ps1']);

type Fields = Record<string, unknown>;

export interface CheckedMessage {
  receiver: string;
  kind: string;
  text: string;
  media: string | undefined;
  sizeBytes: number | undefined;
  buttons: FakeButton[] | undefined;
  senderName: string;
  trackingData: string;
}

/** A body of `send_message` as Viber demands it; throws ApiFailure with the status Viber answers. */
export function checkMessage(body: Fields): CheckedMessage {
  const receiver = text(body, 'receiver');
  const sender = fields(body.sender, 'sender');
  const senderName = text(sender, 'name');
  if (senderName.length > 28) throw badData('sender.name is longer than 28 characters');
  const trackingData = body.tracking_data === undefined ? '' : text(body, 'tracking_data');
  if (trackingData.length > 4000) throw badData('tracking_data is longer than 4000 characters');
  const apiVersion = body.min_api_version === undefined ? 1 : body.min_api_version;
  if (typeof apiVersion !== 'number' || apiVersion < 1 || apiVersion > 10) throw new ApiFailure(13, 'apiVersionNotSupported');
  const kind = text(body, 'type');
  const content = checkContent(kind, body);
  const buttons = body.keyboard === undefined ? undefined : checkKeyboard(fields(body.keyboard, 'keyboard'), apiVersion);
  return { receiver, kind, text: '', media: undefined, sizeBytes: undefined, ...content, buttons, senderName, trackingData };
}

function checkContent(kind: string, body: Fields): { text?: string; media?: string; sizeBytes?: number } {
  switch (kind) {
    case 'text': {
      const written = text(body, 'text');
      if (written.length > MAX_TEXT) throw badData('text is too long');
      return { text: written };
    }
    case 'picture': {
      if (typeof body.text !== 'string') throw missingData('text');
      if (body.text.length > MAX_PICTURE_TEXT) throw badData('text of a picture is longer than 512 characters');
      const media = address(body);
      if (!/\.(jpe?g|png|gif)$/i.test(new URL(media).pathname)) throw badData('media must end with .jpg, .jpeg, .png or .gif');
      return { text: body.text, media };
    }
    case 'video':
      return { media: address(body), sizeBytes: size(body, MAX_VIDEO_BYTES) };
    case 'file': {
      const name = text(body, 'file_name');
      const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
      if (ending === undefined || name.length > 256) throw badData('file_name needs an extension and at most 256 characters');
      if (FORBIDDEN_ENDINGS.has(ending)) throw badData(`files of type ${ending} are not allowed`);
      return { text: '', media: address(body), sizeBytes: size(body, MAX_FILE_BYTES) };
    }
    case 'url':
      return { media: address(body) };
    default:
      throw badData(`type ${kind} is not known`);
  }
}

/** A keyboard in its grid: rows of six columns, filled in order. */
function checkKeyboard(keyboard: Fields, apiVersion: number): FakeButton[] {
  if (keyboard.Type !== 'keyboard') throw badData('keyboard is not valid. [object has missing required properties (["Type"])]');
  if (!Array.isArray(keyboard.Buttons) || keyboard.Buttons.length === 0) throw badData('keyboard is not valid. [Buttons]');
  let rows = 0;
  let used = 6;
  const buttons = keyboard.Buttons.map((value: unknown) => {
    const button = fields(value, 'Buttons');
    const columns = button.Columns ?? 6;
    if (typeof columns !== 'number' || !Number.isInteger(columns) || columns < 1 || columns > 6)
      throw badData('keyboard is not valid. [Columns]');
    if (![undefined, 1, 2].includes(button.Rows as number | undefined)) throw badData('keyboard is not valid. [Rows]');
    if (used + columns > 6) {
      rows += Number(button.Rows ?? 1);
      used = 0;
    }
    used += columns;
    return checkButton(button, apiVersion);
  });
  if (rows > MAX_ROWS) throw badData(`keyboard is not valid. [${rows} rows]`);
  return buttons;
}

function checkButton(button: Fields, apiVersion: number): FakeButton {
  const action = button.ActionType === undefined ? 'reply' : text(button, 'ActionType');
  if (!ACTIONS.has(action)) throw badData('keyboard is not valid. [ActionType]');
  const body = text(button, 'ActionBody');
  if (action === 'open-url' && !/^https?:\/\/\S+$/.test(body)) throw badData('keyboard is not valid. [ActionBody is no URL]');
  const label = text(button, 'Text');
  if (label.length > 250) throw badData('keyboard is not valid. [Text is longer than 250]');
  const plain = label.replace(/<\/?(b|i|u|font|br)(\s[^<>]*)?\/?>/gi, '');
  if (/[<>]|&(?!(amp|lt|gt|quot|#\d+);)/.test(plain)) throw badData('keyboard is not valid. [Text is not valid HTML]');
  if (button.Silent !== undefined && apiVersion < 6) throw new ApiFailure(13, 'Silent needs min_api_version 6');
  return { label: plain.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'), action, body };
}

function text(from: Fields, field: string): string {
  const value = from[field];
  if (value === undefined || value === null || value === '') throw missingData(field);
  if (typeof value !== 'string') throw badData(`${field} must be a string`);
  if (/\p{Surrogate}/u.test(value)) throw badData(`${field} is not valid UTF-8`);
  return value;
}

function fields(value: unknown, field: string): Fields {
  if (value === undefined) throw missingData(field);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badData(`${field} must be an object`);
  return value as Fields;
}

function address(body: Fields): string {
  const media = text(body, 'media');
  if (media.length > MAX_ADDRESS || !/^https?:\/\//.test(media) || !URL.canParse(media)) throw badData('media must be a URL');
  return media;
}

function size(body: Fields, most: number): number {
  if (body.size === undefined) throw missingData('size');
  if (typeof body.size !== 'number' || !Number.isInteger(body.size) || body.size < 1) throw badData('size must be a number of bytes');
  if (body.size > most) throw badData('the file is too large');
  return body.size;
}
