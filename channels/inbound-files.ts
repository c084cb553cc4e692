/** How adapters name and recognise the files that clients send. */
import { textField } from './fields.ts';

/** Endings and types of what clients send most; anything else is an octet stream until its bytes are looked at. */
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
  csv: 'text/csv',
  zip: 'application/zip',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The type by an ending in small letters without its dot; undefined for one that is not known. */
export const mimeOf = (ending: string | undefined): string | undefined =>
  ending !== undefined && Object.hasOwn(MIME_OF, ending) ? MIME_OF[ending] : undefined;

/** The ending of a name, in small letters without its dot. */
export function endingOf(name: string): string | undefined {
  return /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase();
}

/** An address that a file can be read from; undefined for anything else. */
export function addressOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value) ? textField(value) : undefined;
}
