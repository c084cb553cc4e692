import { cleanText, wellFormed } from '../../domain/message/clean.ts';
import type { AttachmentKind, InboundAttachment, InboundMessage } from '../../domain/message/model.ts';
import { isRecord } from './errors.ts';

export type Fields = Record<string, unknown>;
export type Content = Pick<InboundMessage, 'text' | 'attachments' | 'location' | 'contact' | 'pressedKey' | 'silent' | 'unsupported'>;

/** The form of our button keys; other ids belong to somebody else's buttons and stand for their title. */
const BUTTON_KEY = /^[A-Za-z0-9_-]{22}\.\d{1,3}$/;

const MEDIA: Record<string, { kind: AttachmentKind; ending: string; mime: string }> = {
  image: { kind: 'picture', ending: 'jpg', mime: 'image/jpeg' },
  video: { kind: 'video', ending: 'mp4', mime: 'video/mp4' },
  audio: { kind: 'audio', ending: 'mp3', mime: 'audio/mpeg' },
  document: { kind: 'file', ending: '', mime: 'application/octet-stream' },
  sticker: { kind: 'sticker', ending: 'webp', mime: 'image/webp' },
};
const ENDING_OF: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
};

/** What a message of any kind says. Throws TypeError for a field that is missing or of another type than documented. */
export function contentOf(message: Fields): Content {
  const kind = text(message.type);
  if (kind === 'text') return plain(text(record(message.text).body));
  if (Object.hasOwn(MEDIA, kind)) {
    const fields = record(message[kind]);
    return { text: cleanText(optionalText(fields.caption)), attachments: [mediaOf(kind, fields)] };
  }
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  return reader?.(message) ?? { ...plain(''), unsupported: wellFormed(kind).slice(0, 100) };
}

const READERS: Record<string, (message: Fields) => Content | undefined> = {
  location: (message) => {
    const { latitude, longitude, name, address } = record(message.location);
    const lines = [name, address].map(optionalText).filter(Boolean);
    return { ...plain(lines.join('\n')), location: { latitude: degrees(latitude), longitude: degrees(longitude) } };
  },
  contacts: (message) => {
    if (!Array.isArray(message.contacts) || message.contacts.length === 0) throw new TypeError('contacts are missing');
    const people = message.contacts.map((one) => person(record(one)));
    // One contact is what it is; of several the rest are lines, so that none is lost.
    const lines = people.slice(1).map(({ name, phone }) => [name, phone].filter(Boolean).join(' '));
    const { name = '', phone } = people[0] ?? {};
    return { ...plain(lines.join('\n')), contact: { name, ...(phone === undefined ? {} : { phone }) } };
  },
  // A template's quick reply.
  button: (message) => pressed(record(message.button).payload, record(message.button).text),
  interactive: (message) => {
    // Meta has delivered this kind without its object: then it is shown as unsupported.
    const interactive = isRecord(message.interactive) ? message.interactive : {};
    const reply = interactive.button_reply ?? interactive.list_reply;
    return isRecord(reply) ? pressed(reply.id, reply.title) : undefined;
  },
  // Neither a question nor an answer: it stands in the thread, and nothing follows from it.
  system: (message) => ({
    ...plain(isRecord(message.system) ? optionalText(message.system.body) : ''),
    unsupported: 'system',
    silent: true,
  }),
};

function pressed(id: unknown, title: unknown): Content {
  const key = optionalText(id);
  // The label of our own button is ours to look up: the title may have been cut.
  return BUTTON_KEY.test(key) ? { ...plain(''), pressedKey: key } : plain(optionalText(title) || key);
}

/** A file by its id: its bytes are asked for with the token. */
function mediaOf(kind: string, fields: Fields): InboundAttachment {
  const usual = MEDIA[kind]!;
  const id = wellFormed(text(fields.id));
  if (!/^\w{1,200}$/.test(id)) throw new TypeError('the id of a file is missing');
  const mime = (optionalText(fields.mime_type).split(';')[0] ?? '').trim().toLowerCase() || usual.mime;
  const ending = ENDING_OF[mime] ?? usual.ending;
  const given = wellFormed(optionalText(fields.filename)).trim();
  return {
    kind: fields.voice === true ? 'voice' : usual.kind,
    ref: id,
    name: given || `${fields.voice === true ? 'voice' : kind}-${id}${ending === '' ? '' : `.${ending}`}`,
    mime: wellFormed(mime),
  };
}

function person(contact: Fields): { name: string; phone: string | undefined } {
  const name = isRecord(contact.name) ? wellFormed(optionalText(contact.name.formatted_name)) : '';
  const [first] = Array.isArray(contact.phones) ? contact.phones : [];
  const phone = isRecord(first) ? wellFormed(optionalText(first.phone) || optionalText(first.wa_id)) : '';
  return { name, phone: phone === '' ? undefined : phone };
}

function plain(words: string): Content {
  return { text: cleanText(words), attachments: [] };
}

function degrees(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('a place is missing');
  return value;
}

export function record(value: unknown): Fields {
  if (!isRecord(value)) throw new TypeError('an object is missing');
  return value;
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a text is missing');
  return value;
}

export function optionalText(value: unknown): string {
  return value === undefined || value === null ? '' : text(value);
}
