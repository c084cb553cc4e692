/** What MAX takes in a message, checked as strictly as its pages and its schema say. */
import { type FakeBot, SINGLE_KINDS, type Upload } from './bot.ts';
import { badPayload, notReady } from './failure.ts';
import type { FakeButton } from './types.ts';

const MAX_TEXT = 4_000;
const MAX_ATTACHMENTS = 12;
const MAX_ROWS = 30;
const MAX_IN_ROW = 7;
const MAX_IN_ROW_WITH_LINK = 3;
const MAX_BUTTONS = 210;
const FIELDS = new Set(['text', 'attachments', 'link', 'notify', 'format']);

export interface CheckedMessage {
  text: string;
  uploads: Upload[];
  replyTo?: string;
  buttons?: FakeButton[][];
}

type Fields = Record<string, unknown>;

/** Throws ApiFailure for what MAX would not take. */
export function checkMessage(body: Fields, bot: FakeBot): CheckedMessage {
  for (const name of Object.keys(body)) if (!FIELDS.has(name)) throw badPayload(`Unknown field: ${name}`);
  const text = body.text ?? '';
  if (typeof text !== 'string') throw badPayload('text: must be a string');
  if (text.length > MAX_TEXT) throw badPayload(`text: size must be between 0 and ${MAX_TEXT}`);
  if (/\p{Cs}/u.test(text)) throw badPayload('text: malformed');
  if (body.format !== undefined && body.format !== null && body.format !== 'markdown' && body.format !== 'html') {
    throw badPayload('format: unknown value');
  }
  const replyTo = linkOf(body.link);
  const attachments = body.attachments ?? [];
  if (!Array.isArray(attachments)) throw badPayload('attachments: must be a list');
  if (attachments.length > MAX_ATTACHMENTS) throw badPayload(`attachments: size must be between 0 and ${MAX_ATTACHMENTS}`);
  if (text === '' && attachments.length === 0) throw badPayload('text or attachments: must not be empty');

  const keyboards = attachments.filter((one) => isRecord(one) && one.type === 'inline_keyboard');
  if (keyboards.length > 1) throw badPayload('attachments: only one keyboard is allowed');
  const media = attachments.filter((one) => !keyboards.includes(one));
  const uploads = media.flatMap((one) => uploadsOf(one, bot));
  if (media.some((one) => SINGLE_KINDS.has(String((one as Fields).type))) && attachments.length > 1) {
    throw badPayload('attachments: a file, audio or sticker must be the only attachment');
  }
  if (uploads.length > 0 && bot.notReadyLeft > 0) {
    bot.notReadyLeft -= 1;
    throw notReady();
  }
  const buttons = keyboards.length === 0 ? undefined : rowsOf((keyboards[0] as Fields).payload);
  return { text, uploads, ...(replyTo === undefined ? {} : { replyTo }), ...(buttons === undefined ? {} : { buttons }) };
}

function linkOf(link: unknown): string | undefined {
  if (link === undefined || link === null) return undefined;
  if (!isRecord(link) || link.type !== 'reply' || typeof link.mid !== 'string') throw badPayload('link: must hold type and mid');
  return link.mid;
}

function uploadsOf(attachment: unknown, bot: FakeBot): Upload[] {
  if (!isRecord(attachment) || typeof attachment.type !== 'string') throw badPayload('attachments: type is missing');
  const { type, payload } = attachment;
  if (!['image', 'video', 'audio', 'file'].includes(type)) throw badPayload(`attachments: unknown type ${type}`);
  if (!isRecord(payload)) throw badPayload('attachments: payload is missing');
  const given = Object.entries(payload).filter(([, value]) => value !== undefined && value !== null);
  const [name, value] = given[0] ?? [];
  if (given.length !== 1) throw badPayload('attachments: payload must hold exactly one of token, photos, url');
  if (name === 'token') return [known(value, type, bot)];
  if (type !== 'image' || name !== 'photos' || !isRecord(value)) throw badPayload(`attachments: ${type} takes no ${name}`);
  const photos = Object.values(value);
  if (photos.length !== 1) throw badPayload('attachments: photos must hold one photo');
  return photos.map((photo) => known(isRecord(photo) ? photo.token : undefined, type, bot));
}

function known(token: unknown, type: string, bot: FakeBot): Upload {
  const upload = typeof token === 'string' ? bot.uploads.get(token) : undefined;
  if (upload === undefined || upload.type !== type) throw badPayload(`attachments: invalid ${type} token`);
  // The token of a video stands before its bytes are there.
  if (upload.bytes === undefined) throw notReady();
  return upload;
}

function rowsOf(payload: unknown): FakeButton[][] {
  const rows: unknown = isRecord(payload) ? payload.buttons : undefined;
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > MAX_ROWS) throw badPayload('buttons: 1 to 30 rows');
  const checked = rows.map((row: unknown) => {
    if (!Array.isArray(row) || row.length === 0) throw badPayload('buttons: a row is empty');
    const buttons = row.map(buttonOf);
    const most = buttons.some(({ type }) => type === 'link') ? MAX_IN_ROW_WITH_LINK : MAX_IN_ROW;
    if (buttons.length > most) throw badPayload(`buttons: at most ${most} in this row`);
    return buttons;
  });
  if (checked.flat().length > MAX_BUTTONS) throw badPayload(`buttons: at most ${MAX_BUTTONS}`);
  return checked;
}

function buttonOf(button: unknown): FakeButton {
  if (!isRecord(button)) throw badPayload('buttons: a button is no object');
  const { type, text, payload, url } = button;
  if (typeof text !== 'string' || text.length < 1 || text.length > 128) throw badPayload('buttons: text must be 1 to 128');
  if (type === 'callback') {
    if (typeof payload !== 'string' || payload.length < 1 || payload.length > 1024) throw badPayload('buttons: payload must be 1 to 1024');
    return { label: text, type, payload };
  }
  if (type === 'link') {
    if (typeof url !== 'string' || url.length > 2048 || !/^https?:\/\/\S+$/.test(url)) throw badPayload('buttons: url is no address');
    return { label: text, type, url };
  }
  throw badPayload(`buttons: unknown type ${String(type)}`);
}

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
