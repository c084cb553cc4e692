import type { AttachmentRequest } from '@maxhub/max-bot-api/types';
import type { Attachment } from '../../domain/message/model.ts';
import { ChannelError, type ConnectedChannel, type Outgoing } from '../channel.ts';
import { parseExact } from '../exact-json.ts';
import { type FileSource, sourceOf, withFileForm } from '../file-form.ts';
import { apiRootOf, call, isRecord, request, tokenOf, trustedHostOf, UPLOAD_TIMEOUT_MS } from './api.ts';

/** Uploads of one message that run beside each other; MAX takes 30 calls a second of a bot. */
const PARALLEL = 3;
const KEPT_MS = 30 * 60_000;
const MOST_KEPT = 5_000;

type Type = 'image' | 'video' | 'audio' | 'file';

/** Types MAX takes as an image; others travel as files. */
const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/tiff', 'image/bmp', 'image/heic']);

export interface UploadJob {
  channel: ConnectedChannel;
  files: Outgoing['files'];
  signal: AbortSignal;
  allowPrivateAddresses: boolean;
}

/** What was uploaded lately, so that a part sent again (the file was not ready, the limit was reached) need not carry its files again. */
const kept = new Map<string, { request: AttachmentRequest; until: number }>();

/** Uploads a part's files, in their order; answers them as a message names them. Nothing of it is seen by the client. Throws ChannelError only. */
export async function uploadAll(attachments: Attachment[], job: UploadJob): Promise<AttachmentRequest[]> {
  const requests: AttachmentRequest[] = [];
  for (let from = 0; from < attachments.length; from += PARALLEL) {
    requests.push(...(await Promise.all(attachments.slice(from, from + PARALLEL).map((attachment) => uploadOnce(attachment, job)))));
  }
  return requests;
}

/** Forgets what was kept for these files: MAX refused a message with them. */
export function forgetUploads(attachments: Attachment[], job: UploadJob): void {
  for (const attachment of attachments) kept.delete(keptUnder(attachment, job));
}

async function uploadOnce(attachment: Attachment, job: UploadJob): Promise<AttachmentRequest> {
  const key = keptUnder(attachment, job);
  const known = kept.get(key);
  if (known !== undefined && known.until > Date.now()) return known.request;
  const made = await upload(attachment, job);
  if (attachment.fileId === undefined) return made;
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(key, { request: made, until: Date.now() + KEPT_MS });
  return made;
}

function keptUnder({ fileId, kind }: Attachment, { channel }: UploadJob): string {
  return `${apiRootOf(channel)} ${channel.accountId}/${tokenOf(channel)}/${fileId}/${kind}`;
}

/** Two steps: MAX names an address, the file goes there. Videos and sound have their token from the first step, the others from the second. */
async function upload(attachment: Attachment, job: UploadJob): Promise<AttachmentRequest> {
  const { channel, files, signal, allowPrivateAddresses } = job;
  const source = sourceOf(attachment, files, { trustedHost: trustedHostOf(channel), allowPrivateAddresses, signal });
  const type = typeOf(attachment, source);
  const place = await call(channel, 'POST', 'uploads', { query: { type }, signal, reading: true });
  if (typeof place.url !== 'string' || !URL.canParse(place.url)) throw broken('MAX named no address to upload to');
  const answer = await postFile(new URL(place.url), source, job);
  if (type === 'image') {
    const photos = photosOf(answer);
    if (photos === undefined) throw notTaken(source, answer);
    return { type, payload: { photos } };
  }
  const token = isRecord(answer) && isText(answer.token) ? answer.token : place.token;
  if (!isText(token)) throw notTaken(source, answer);
  return { type, payload: { token } };
}

function typeOf({ kind }: Attachment, { mime }: FileSource): Type {
  if ((kind === 'picture' || kind === 'sticker') && IMAGES.has(mime)) return 'image';
  if (kind === 'video') return 'video';
  return kind === 'audio' || kind === 'voice' ? 'audio' : 'file';
}

/** Answers the object the upload server told, or its text: for videos and sound it speaks XML. It is another host, which must not see the token. */
async function postFile(url: URL, source: FileSource, job: UploadJob): Promise<unknown> {
  const answer = await withFileForm('data', source, (headers, body) =>
    request(url, { method: 'POST', headers, body, timeoutMs: UPLOAD_TIMEOUT_MS, signal: job.signal, reading: true }),
  );
  const text = answer.body.toString('utf8');
  const told = parseExact(text) ?? text;
  if (answer.status >= 200 && answer.status < 300) return told;
  if (answer.status === 429) throw new ChannelError('rateLimited', { code: '429', words: 'MAX takes no more files for a while' });
  if (answer.status >= 500) throw broken(`The upload server of MAX answered HTTP ${answer.status}`);
  throw notTaken(source, told);
}

/** `{"photos":{"<key>":{"token":"…"}}}`, as a message takes it back. */
function photosOf(answer: unknown): Record<string, { token: string }> | undefined {
  if (!isRecord(answer) || !isRecord(answer.photos)) return undefined;
  const entries = Object.entries(answer.photos).flatMap(([key, photo]) =>
    isRecord(photo) && isText(photo.token) ? [[key, { token: photo.token }] as const] : [],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function broken(words: string): ChannelError {
  return new ChannelError('unavailable', { code: 'upload_server', words });
}

function notTaken(source: FileSource, answer: unknown): ChannelError {
  const said = isRecord(answer) ? (answer.error_data ?? answer.message ?? answer.error_msg) : undefined;
  const why = isText(said) ? ` (${said.slice(0, 200)})` : '';
  return new ChannelError('refused', { code: 'file_refused', words: `MAX does not take the file "${source.name}"${why}` });
}
