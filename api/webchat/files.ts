import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { cleanName, shownInline, sniffMime } from '../../files/sniff.ts';
import { takeToken, visitorGuard, visitorOf, type WebchatEnv } from './guard.ts';
import type { FileFacts, WebchatDeps, WebchatLimits } from './model.ts';
import { WebchatProblem } from './problem.ts';
import type { RateGate } from './rate.ts';
import { readFileHandle, signFile } from './session.ts';
import type { WireFile } from './wire.ts';

export const DEFAULT_FILE_BYTES = 20 * 1024 * 1024;
const FORM_BYTES = 64 * 1024;

/** What a visitor may send, by the bytes themselves; what the browser claims counts for nothing. */
const kindsByMime: Record<string, AttachmentKind> = {
  'image/jpeg': 'picture',
  'image/png': 'picture',
  'image/gif': 'picture',
  'image/webp': 'picture',
  'image/avif': 'picture',
  'image/heic': 'file',
  'video/mp4': 'video',
  'video/webm': 'video',
  'video/quicktime': 'video',
  'audio/mpeg': 'audio',
  'audio/ogg': 'audio',
  'audio/mp4': 'audio',
  'audio/x-m4a': 'audio',
  'audio/wav': 'audio',
  'application/pdf': 'file',
  'application/zip': 'file',
  'application/rtf': 'file',
  'application/x-cfb': 'file',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'file',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'file',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'file',
  'application/vnd.oasis.opendocument.text': 'file',
  'application/vnd.oasis.opendocument.spreadsheet': 'file',
  'text/plain': 'file',
};
/** Uploads of a visitor, and the files of the visitor's own thread. */
export function fileRoutes(deps: WebchatDeps, gate: RateGate, limits: WebchatLimits): Hono<WebchatEnv> {
  const most = deps.fileBytesLimit ?? DEFAULT_FILE_BYTES;
  const tooLarge = () => new WebchatProblem('too_large', `A file may have up to ${Math.floor(most / 1024 / 1024)} MB`);
  return (
    new Hono<WebchatEnv>()
      /** Stores one file of multipart field `file`; 201 with the id that goes into a message. */
      .post(
        '/files',
        visitorGuard(deps),
        bodyLimit({
          maxSize: most + FORM_BYTES,
          onError: () => {
            throw tooLarge();
          },
        }),
        async (c) => {
          const { channel, chat } = c.var;
          takeToken(gate, `files/${channel.id}/${chat.externalChatId}`, limits.files, deps.now());
          const file = await readFilePart(c.req.raw);
          if (file.size > most) throw tooLarge();
          if (file.size === 0) throw new WebchatProblem('bad_request', 'file: the file is empty');
          const bytes = new Uint8Array(await file.arrayBuffer());
          const mime = await sniffMime(bytes, true);
          const kind = Object.hasOwn(kindsByMime, mime) ? kindsByMime[mime] : undefined;
          if (kind === undefined) {
            throw new WebchatProblem('type_refused', 'file: send a picture, video, sound, PDF, office document, text or zip');
          }
          const saved = await deps.files.save({ accountId: channel.accountId, name: cleanName(file.name), mime, kind, bytes });
          const answer: WireFile = {
            fileId: signFile(deps.sessionKey, channel.key, chat.externalChatId, saved.id, deps.now()),
            kind: saved.kind,
            name: saved.name,
            mime: saved.mime,
            sizeBytes: saved.sizeBytes,
          };
          return c.json(answer, 201);
        },
      )
      /**
       * The bytes of a file of this thread. The handle is signed for one visitor, so that `<img>` can load it without a header;
       * where a session is sent, it must be the same visitor's. Everything else is 404.
       */
      .get('/files/:handle', async (c) => {
        const channel = c.get('channel');
        const named = readFileHandle(deps.sessionKey, channel.key, c.req.param('handle'), deps.now());
        const isOthers = c.req.header('Authorization') !== undefined && visitorOf(deps, channel, c) !== named?.visitorId;
        const file = named === undefined || isOthers ? undefined : await deps.files.find(channel.accountId, named.fileId);
        if (named === undefined || file === undefined) throw new WebchatProblem('not_found', 'No such file in this chat');
        const range = readRange(c.req.header('Range'), file.sizeBytes);
        const body = await deps.files.open(channel.accountId, file.id, range);
        if (body === undefined) throw new WebchatProblem('not_found', 'This file is no longer stored');
        const ageSeconds = Math.max(0, Math.floor(named.expiresAt - deps.now() / 1000));
        setSafeHeaders((name, value) => c.header(name, value), file, ageSeconds);
        c.header('Accept-Ranges', 'bytes');
        if (range === undefined) return c.body(body, 200);
        c.header('Content-Length', String(range.end - range.start + 1));
        c.header('Content-Range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`);
        return c.body(body, 206);
      })
  );
}

/** One range of bytes (Safari plays nothing without). What cannot be read or lies outside is answered with the whole file, as RFC 9110 allows. */
function readRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, sizeBytes - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? sizeBytes - 1 : Math.min(sizeBytes - 1, Number(match[2]));
  return start <= end && start < sizeBytes ? { start, end } : undefined;
}

/** Whatever a file holds, it can neither run as a page nor be taken for another type. */
function setSafeHeaders(set: (name: string, value: string) => void, file: FileFacts, ageSeconds: number): void {
  const inline = shownInline(file.mime) && file.mime !== 'application/pdf'; // a sandboxed page cannot show a PDF
  set('Content-Type', inline ? file.mime : 'application/octet-stream');
  set('Content-Length', String(file.sizeBytes));
  set('Content-Disposition', `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeFileName(file.name)}`);
  set('X-Content-Type-Options', 'nosniff');
  set('Content-Security-Policy', "default-src 'none'; sandbox");
  set('Cross-Origin-Resource-Policy', 'cross-origin');
  set('Referrer-Policy', 'no-referrer');
  set('Cache-Control', `private, max-age=${ageSeconds}, immutable`);
}

/** RFC 8187: what encodeURIComponent leaves alone but the header's grammar does not. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function readFilePart(request: Request): Promise<File> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch (cause) {
    if (cause instanceof WebchatProblem) throw cause;
    throw new WebchatProblem('bad_request', 'Send the file as multipart/form-data in the field "file"', { cause });
  }
  const file = form.get('file');
  if (!(file instanceof File)) throw new WebchatProblem('bad_request', 'file: the field is missing');
  return file;
}
