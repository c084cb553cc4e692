import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Attachment } from '../../domain/message/model.ts';
import { ChannelError, type ConnectedChannel, type Outgoing } from '../channel.ts';
import { openAddress } from '../open-address.ts';
import { apiRootOf, call, groupIdOf, isRecord, postJson, trustedHostOf, UPLOAD_TIMEOUT_MS } from './api.ts';

/** Uploads of one message that run beside each other; VK takes 20 calls a second of a key. */
const PARALLEL = 3;
const KEPT_MS = 30 * 60_000;
const MOST_KEPT = 5_000;

export interface UploadJob {
  channel: ConnectedChannel;
  peerId: string;
  files: Outgoing['files'];
  signal: AbortSignal;
  allowPrivateAddresses: boolean;
}

interface Source {
  name: string;
  mime: string;
  sizeBytes?: number;
  open(): Promise<Readable>;
}

/** What was uploaded lately, so that a part sent again (its messages.send had no answer) need not carry its files again. */
const kept = new Map<string, { id: string; until: number }>();

/** Uploads a part's files, in their order; answers their names in `messages.send`. Nothing of it is seen by the client. Throws ChannelError only. */
export async function uploadAll(attachments: Attachment[], job: UploadJob): Promise<string[]> {
  const servers = new Map<string, Promise<URL>>();
  const ids: string[] = [];
  for (let from = 0; from < attachments.length; from += PARALLEL) {
    ids.push(...(await Promise.all(attachments.slice(from, from + PARALLEL).map((attachment) => uploadOnce(attachment, job, servers)))));
  }
  return ids;
}

/** Forgets what was kept for these files: VK refused a message with them. */
export function forgetUploads(attachments: Attachment[], job: UploadJob): void {
  for (const attachment of attachments) kept.delete(keptUnder(attachment, job));
}

async function uploadOnce(attachment: Attachment, job: UploadJob, servers: Map<string, Promise<URL>>): Promise<string> {
  const key = keptUnder(attachment, job);
  const known = kept.get(key);
  if (known !== undefined && known.until > Date.now()) return known.id;
  const id = await upload(attachment, job, servers);
  if (attachment.fileId === undefined) return id;
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(key, { id, until: Date.now() + KEPT_MS });
  return id;
}

function keptUnder({ fileId, kind }: Attachment, { channel, peerId }: UploadJob): string {
  return `${apiRootOf(channel)} ${channel.accountId}/${groupIdOf(channel)}/${peerId}/${fileId}/${kind}`;
}

/** Pictures as photos, voice as voice, anything else as a document; what VK does not take as a photo or as voice is a document too. */
async function upload(attachment: Attachment, job: UploadJob, servers: Map<string, Promise<URL>>): Promise<string> {
  const source = sourceOf(attachment, job);
  // A moving picture stays one as a document only.
  if (attachment.kind === 'picture' && (source.mime === 'image/jpeg' || source.mime === 'image/png')) {
    const photo = await uploadPhoto(source, job, servers);
    if (photo !== undefined) return photo;
  }
  if (attachment.kind === 'voice') {
    const voice = await uploadDocument(source, job, servers, 'audio_message').catch((error: unknown) => {
      if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'message') return undefined;
      throw error;
    });
    if (voice !== undefined) return voice;
  }
  return await uploadDocument(source, job, servers, 'doc');
}

/** `undefined` when VK takes the file for no photo. */
async function uploadPhoto(source: Source, job: UploadJob, servers: Map<string, Promise<URL>>): Promise<string | undefined> {
  const url = await serverFor('photos.getMessagesUploadServer', {}, job, servers);
  const { server, photo, hash } = await postFile(url, 'photo', source, job);
  if (typeof photo !== 'string' || photo === '' || photo === '[]') return undefined;
  const saved = await call<unknown>(
    job.channel,
    'photos.saveMessagesPhoto',
    { server: String(server), photo, hash: String(hash) },
    { signal: job.signal, reading: true },
  ).catch((error: unknown) => {
    if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'message') return undefined;
    throw error;
  });
  return Array.isArray(saved) ? nameOf('photo', saved[0]) : undefined;
}

async function uploadDocument(
  source: Source,
  job: UploadJob,
  servers: Map<string, Promise<URL>>,
  type: 'doc' | 'audio_message',
): Promise<string> {
  const url = await serverFor('docs.getMessagesUploadServer', { type }, job, servers);
  const answer = await postFile(url, 'file', source, job);
  if (typeof answer.file !== 'string' || answer.file === '') throw notTaken(source, answer.error_descr ?? answer.error);
  const saved = await call<unknown>(
    job.channel,
    'docs.save',
    { file: answer.file, title: source.name },
    { signal: job.signal, reading: true },
  );
  // `{type, doc}` or `{type, audio_message}`; older versions answered a list of documents.
  const fields = Array.isArray(saved) ? saved[0] : isRecord(saved) ? (saved.doc ?? saved.audio_message ?? saved) : undefined;
  const name = nameOf('doc', fields);
  if (name === undefined) throw notTaken(source, undefined);
  return name;
}

function nameOf(type: 'photo' | 'doc', saved: unknown): string | undefined {
  if (!isRecord(saved) || typeof saved.owner_id !== 'number' || typeof saved.id !== 'number') return undefined;
  const accessKey = typeof saved.access_key === 'string' && saved.access_key !== '' ? `_${saved.access_key}` : '';
  return `${type}${saved.owner_id}_${saved.id}${accessKey}`;
}

/** The address uploads of a kind go to; asked for once a message. */
function serverFor(method: string, params: { type?: string }, job: UploadJob, servers: Map<string, Promise<URL>>): Promise<URL> {
  const key = `${method} ${params.type}`;
  let server = servers.get(key);
  if (server === undefined) {
    server = call<unknown>(job.channel, method, { ...params, peer_id: job.peerId }, { signal: job.signal, reading: true }).then(
      (answer) => {
        const url = isRecord(answer) ? answer.upload_url : undefined;
        if (typeof url === 'string' && URL.canParse(url)) return new URL(url);
        throw new ChannelError('unavailable', { code: 'no_upload_server', words: 'VK named no upload server' });
      },
    );
    servers.set(key, server);
  }
  return server;
}

/** Sends one file as the only part of a multipart body. A file of ours that cannot be read is told apart from the network's failures. */
async function postFile(url: URL, field: string, source: Source, job: UploadJob): Promise<Record<string, unknown>> {
  const boundary = `----${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${fileNameOf(source.name)}"\r\nContent-Type: ${source.mime}\r\n\r\n`,
  );
  const foot = Buffer.from(`\r\n--${boundary}--\r\n`);
  const reading: { stream?: Readable; failure?: unknown } = {};
  const body = Readable.from(framed(head, source, foot, reading), { objectMode: false });
  const { sizeBytes } = source;
  try {
    return await postJson(url, {
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(sizeBytes === undefined ? {} : { 'content-length': String(head.length + sizeBytes + foot.length) }),
      },
      body,
      timeoutMs: UPLOAD_TIMEOUT_MS,
      signal: job.signal,
      reading: true,
    });
  } catch (error) {
    // An upload server is not the API: its refusal is about the file, not the key.
    if (error instanceof ChannelError && error.kind === 'refused') throw notTaken(source, error.words);
    if (reading.failure === undefined) throw error;
    if (reading.failure instanceof ChannelError) throw reading.failure;
    throw new ChannelError('unavailable', {
      code: 'file_unreadable',
      words: 'The file to send could not be read from our storage',
      cause: reading.failure,
    });
  } finally {
    body.destroy();
    // An upload that was cut off leaves its file half read.
    reading.stream?.destroy();
  }
}

async function* framed(
  head: Buffer,
  source: Source,
  foot: Buffer,
  reading: { stream?: Readable; failure?: unknown },
): AsyncGenerator<Uint8Array> {
  try {
    reading.stream = await source.open();
    yield head;
    for await (const chunk of reading.stream) yield chunk as Uint8Array;
  } catch (error) {
    reading.failure = error;
    throw error;
  }
  yield foot;
}

/** Our own copy; an address only where the author gave one and we hold no copy: VK fetches nothing itself. */
function sourceOf(attachment: Attachment, { channel, files, signal, allowPrivateAddresses }: UploadJob): Source {
  const file = attachment.fileId === undefined ? undefined : files[attachment.fileId];
  if (file !== undefined) return file;
  const { url } = attachment;
  if (url === undefined) {
    throw new ChannelError('refused', { code: 'file_missing', words: `The file "${attachment.name}" is no longer there: attach it again` });
  }
  return {
    name: attachment.name,
    mime: attachment.mime,
    open: async () => {
      const opened = await openAddress(url, {
        messenger: 'its address',
        trustedHost: trustedHostOf(channel),
        allowPrivateAddresses,
        signal,
      });
      return opened.body;
    },
  };
}

function notTaken(source: Source, words: unknown): ChannelError {
  const why = typeof words === 'string' && words !== '' ? ` (${words.slice(0, 200)})` : '';
  return new ChannelError('refused', { code: 'file_refused', words: `VK does not take the file "${source.name}"${why}` });
}

/** A name that survives the header of a multipart part. */
function fileNameOf(name: string): string {
  return name.replace(/[\u0000-\u001f"\\/;]+/g, '_').trim() || 'file';
}
