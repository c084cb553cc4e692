import { createHash } from 'node:crypto';
import { parseMultipart } from '../telegram/multipart.ts';
import { ApiFailure, invalid } from './failure.ts';
import type { FakeFile } from './types.ts';

const MB = 1_048_576;
const LIMITS: { types: RegExp; bytes: number }[] = [
  { types: /^image\/(jpeg|png)$/, bytes: 5 * MB },
  { types: /^image\/webp$/, bytes: 512_000 },
  { types: /^video\/(mp4|3gpp)$/, bytes: 16 * MB },
  { types: /^audio\/(aac|amr|mp4|mpeg|ogg|opus)$/, bytes: 16 * MB },
  {
    types: /^(text\/plain|application\/(pdf|msword|vnd\.(ms-excel|ms-powerpoint|openxmlformats-officedocument\.[\w.]+)))$/,
    bytes: 100 * MB,
  },
];
/** Which types a kind of message takes. */
const KINDS: Record<string, RegExp> = {
  image: /^image\/(jpeg|png)$/,
  video: /^video\//,
  audio: /^audio\//,
  sticker: /^image\/webp$/,
  document: /./,
};

/** Reads an upload as `/media` demands it; throws ApiFailure. */
export function readUpload(body: Buffer, contentType: string): FakeFile {
  const form = parseMultipart(body, contentType);
  if (form === undefined) throw invalid('the form is broken');
  if (form.fields.messaging_product !== 'whatsapp') throw invalid('(#100) The parameter messaging_product is required.');
  const { file } = form.files;
  if (file === undefined) throw invalid('(#100) The parameter file is required.');
  const mime = form.fields.type ?? file.mime;
  const limit = LIMITS.find(({ types }) => types.test(mime));
  if (limit === undefined) throw invalid(`Param file must be a file with one of the known types. Received file of type '${mime}'.`);
  if (file.bytes.length > limit.bytes) throw new ApiFailure(131053, 'Media upload error', 'the file is too large');
  return { name: file.name, mime, sha256: createHash('sha256').update(file.bytes).digest('hex'), sizeBytes: file.bytes.length };
}

export function mayBe(kind: string, mime: string): boolean {
  return KINDS[kind]?.test(mime) ?? false;
}
