import type { Attachment } from '../../domain/message/model.ts';
import { ChannelError, type ConnectedChannel, type Outgoing } from '../channel.ts';
import { type FileSource, sourceOf, withFileForm } from '../file-form.ts';
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
  const { channel, files, signal, allowPrivateAddresses } = job;
  const source = sourceOf(attachment, files, { trustedHost: trustedHostOf(channel), allowPrivateAddresses, signal });
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
async function uploadPhoto(source: FileSource, job: UploadJob, servers: Map<string, Promise<URL>>): Promise<string | undefined> {
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
  source: FileSource,
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

/** Sends one file as the only part of a multipart body. */
function postFile(url: URL, field: string, source: FileSource, job: UploadJob): Promise<Record<string, unknown>> {
  return withFileForm(field, source, (headers, body) =>
    postJson(url, { headers, body, timeoutMs: UPLOAD_TIMEOUT_MS, signal: job.signal, reading: true }).catch((error: unknown) => {
      // An upload server is not the API: its refusal is about the file, not the key.
      if (error instanceof ChannelError && error.kind === 'refused') throw notTaken(source, error.words);
      throw error;
    }),
  );
}

function notTaken(source: FileSource, words: unknown): ChannelError {
  const why = typeof words === 'string' && words !== '' ? ` (${words.slice(0, 200)})` : '';
  return new ChannelError('refused', { code: 'file_refused', words: `VK does not take the file "${source.name}"${why}` });
}
