import { Hono } from 'hono';
import { shownInline } from '../../files/sniff.ts';
import { FormRefused, readForm } from '../form.ts';
import { limitStream } from '../limits.ts';
import { takeToken, visitorGuard, visitorOf, type WebchatEnv } from './guard.ts';
import type { FileFacts, WebchatDeps, WebchatLimits } from './model.ts';
import { type ProblemCode, WebchatProblem } from './problem.ts';
import type { RateGate } from './rate.ts';
import { readFileHandle, signFile } from './session.ts';
import type { WireFile } from './wire.ts';

export const DEFAULT_FILE_BYTES = 20 * 1024 * 1024;
const FORM_BYTES = 64 * 1024;

/** What a visitor may send, by the bytes themselves; what the browser claims counts for nothing. */
const takenMimes = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/heic',
  'video/mp4',
  'video/webm',
  'video/quicktime',
  'audio/mpeg',
  'audio/ogg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/wav',
  'application/pdf',
  'application/zip',
  'application/rtf',
  'application/x-cfb',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'text/plain',
]);

/** Uploads of a visitor, and the files of the visitor's own thread. */
export function fileRoutes(deps: WebchatDeps, gate: RateGate, limits: WebchatLimits): Hono<WebchatEnv> {
  const most = deps.fileBytesLimit ?? DEFAULT_FILE_BYTES;
  return (
    new Hono<WebchatEnv>()
      /** Stores one file of multipart field `file`; 201 with the id that goes into a message. */
      .post(
        '/files',
        visitorGuard(deps),
        limitStream(
          most + FORM_BYTES,
          () => new WebchatProblem('too_large', `file: A file may have up to ${Math.floor(most / 1024 / 1024)} MB`),
        ),
        async (c) => {
          const { channel, chat } = c.var;
          takeToken(gate, `files/${channel.id}/${chat.externalChatId}`, limits.files, deps.now());
          const saved = await readFile(deps, channel.accountId, c.req.raw, most);
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

const codes: Record<FormRefused['code'], ProblemCode> = {
  unreadable: 'bad_request',
  too_many: 'bad_request',
  empty: 'bad_request',
  too_large: 'too_large',
  type_refused: 'type_refused',
};

async function readFile({ files, logError }: WebchatDeps, accountId: number, request: Request, limitBytes: number): Promise<FileFacts> {
  const { files: stored } = await readForm<FileFacts>(request, {
    fields: ['file'],
    most: 1,
    save: ({ name, body }) => files.save({ accountId, name, body, limitBytes, refuseType }),
    remove: async (left) => {
      const ids = left.map(({ id }) => id);
      if (ids.length > 0)
        await files.remove(accountId, ids).catch((error) => logError(error, 'a file of a refused form is left', { accountId }));
    },
  }).catch((error: unknown) => {
    if (!(error instanceof FormRefused)) throw error;
    throw error.cause instanceof WebchatProblem ? error.cause : new WebchatProblem(codes[error.code], error.message, { cause: error });
  });
  if (stored[0] === undefined) throw new WebchatProblem('bad_request', 'file: the field is missing');
  return stored[0];
}

const refuseType = (mime: string) => (takenMimes.has(mime) ? undefined : 'send a picture, video, sound, PDF, office document, text or zip');
