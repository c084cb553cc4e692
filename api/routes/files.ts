import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { fileOfAddress, findSeenFiles, type StoredFile } from '../../db/stores/files.ts';
import { fileIdOf, filePath, isFileProof } from '../../files/address.ts';
import { kindOf, shownInline } from '../../files/sniff.ts';
import { mayShrink, thumbnailWidths } from '../../files/thumbnail.ts';
import { baseUrl } from '../base-url.ts';
import { uuidInPath } from '../contract/common.ts';
import { type FileView, file } from '../contract/messages.ts';
import type { ApiDeps, AppContext, Env } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answers, bounded, makes, router, z } from '../openapi.ts';
import { takeForm } from '../upload.ts';

const upload = z.object({ file: z.any().openapi({ type: 'string', format: 'binary' }) });
const tags = ['files'];

/** Uploads of an account's own users. */
export function fileRoutes(deps: ApiDeps) {
  const view = (c: AppContext, stored: StoredFile): FileView => ({
    id: stored.id,
    url: baseUrl(deps, c) + filePath(deps.secretKey, stored.id),
    kind: kindOf(stored.mime),
    name: stored.name,
    mime: stored.mime,
    sizeBytes: stored.sizeBytes,
    widthPx: stored.widthPx,
    heightPx: stored.heightPx,
  });
  const app = router();
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/files',
    tags,
    summary: 'Store a file for a message or a bot',
    request: { body: { required: true, content: { 'multipart/form-data': { schema: upload } } } },
    responses: { ...makes(file), ...bounded },
  });
  app.post('/files', (c) =>
    takeForm(deps, c, { fields: ['file'], most: 1 }, async ({ files: [stored] }) => {
      if (stored === undefined) throw wrongField('file', 'send the file in the field "file" of a multipart form');
      return c.json(view(c, stored), 201);
    }),
  );
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/files/{id}',
    tags,
    summary: 'Facts of a stored file',
    request: { params: uuidInPath },
    responses: answers(file),
  });
  app.get('/files/:id', async (c) => {
    const id = uuidInPath.safeParse({ id: c.req.param('id') });
    const [stored] = id.success ? await findSeenFiles(deps.sql, c.var.actor, [id.data.id]) : [];
    if (stored === undefined) throw new ApiError('not_found', 'No such file');
    return c.json(view(c, stored), 200);
  });
  return app;
}

/** `/files/<proof>/<id>`, with the file's ending or without: the bytes, for whoever was given the address. Whatever a file holds, it cannot act as a page of ours. */
export function fileAddressRoutes(deps: ApiDeps): Hono<Env> {
  return new Hono<Env>().get('/:proof/:id', async (c) => {
    const { proof } = c.req.param();
    const id = fileIdOf(c.req.param('id'));
    const isOurs = uuidInPath.safeParse({ id }).success && isFileProof(deps.secretKey, id, proof);
    const stored = isOurs ? await fileOfAddress(deps.sql, id) : undefined;
    if (stored === undefined) throw new ApiError('not_found', 'No such file');
    const widthPx = thumbnailWidths.find((width) => String(width) === c.req.query('w'));
    if (widthPx !== undefined && mayShrink(stored.mime)) {
      const small = await deps.files.openSmall(stored, widthPx).catch(() => undefined);
      // A picture that cannot be made smaller is shown as it is.
      if (small !== undefined) return smallPicture(c, stored, widthPx, small);
    }
    const inline = shownInline(stored.mime);
    c.header('Content-Type', inline || stored.mime === 'text/plain' ? textual(stored.mime) : 'application/octet-stream');
    c.header('Content-Disposition', `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(stored.name)}`);
    harmless(c);
    c.header('ETag', `"${stored.sha256}"`);
    c.header('Accept-Ranges', 'bytes');
    if (c.req.header('If-None-Match') === `"${stored.sha256}"`) return c.body(null, 304);
    const range = rangeOf(c.req.header('Range'), stored.sizeBytes);
    if (range === 'none') {
      c.header('Content-Range', `bytes */${stored.sizeBytes}`);
      return c.body(null, 416);
    }
    if (range !== undefined) c.header('Content-Range', `bytes ${range.start}-${range.end}/${stored.sizeBytes}`);
    c.header('Content-Length', String(range === undefined ? stored.sizeBytes : range.end - range.start + 1));
    if (c.req.method === 'HEAD') return c.body(null, 200);
    const body = await deps.files.open(stored, range).catch((cause: unknown) => {
      throw new ApiError('not_found', 'The bytes of this file are gone', { cause });
    });
    return c.body(Readable.toWeb(body) as ReadableStream, range === undefined ? 200 : 206);
  });
}

/** Headers under which a file can do nothing but be shown. */
function harmless(c: AppContext): void {
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Content-Security-Policy', "default-src 'none'; sandbox");
  c.header('Cross-Origin-Resource-Policy', 'cross-origin');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('Cache-Control', 'private, max-age=31536000, immutable');
}

function smallPicture(c: AppContext, stored: StoredFile, widthPx: number, body: Readable): Response {
  const tag = `"${stored.sha256}-${widthPx}"`;
  harmless(c);
  c.header('Content-Type', 'image/webp');
  c.header('ETag', tag);
  if (c.req.header('If-None-Match') === tag || c.req.method === 'HEAD') {
    body.destroy();
    return c.body(null, c.req.method === 'HEAD' ? 200 : 304);
  }
  return c.body(Readable.toWeb(body) as ReadableStream, 200);
}

const textual = (mime: string) => (mime === 'text/plain' ? 'text/plain; charset=utf-8' : mime);

/** One range, as players ask for it; several at once are answered with the whole file. `none`: it lies outside. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'none' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start > end ? 'none' : { start, end };
}

/** RFC 8187: what encodeURIComponent leaves alone but the header's grammar does not. */
const encodeName = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
