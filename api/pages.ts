import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { MiddlewareHandler } from 'hono';
import type { Env } from './deps.ts';
import { ApiError } from './errors.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
};

/**
 * Scripts come from our own files only. Styles: Mantine writes style attributes and one style element, which no nonce reaches after the build.
 * `blob:` shows thumbnails of files before they are sent.
 */
const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data: https:",
  "media-src 'self' blob: https:",
  "connect-src 'self'",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The built pages: files as they are, every other address is the application's own and gets its one document. */
export function pages(folder: string): MiddlewareHandler<Env> {
  return async (c) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new ApiError('not_found', 'No such address');
    const path = safePath(c.req.path);
    const file = path === undefined ? undefined : join(folder, path);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'same-origin');
    const facts = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file !== undefined && facts?.isFile() === true && !file.endsWith('.html')) {
      c.header('Content-Type', types[extname(file)] ?? 'application/octet-stream');
      c.header('Content-Length', String(facts.size));
      // The build puts a hash of the content into the names under assets/.
      // Browsers ask for a new worker by themselves; nothing may stand between. What it runs is held to the same policy as pages.
      if (path === 'service-worker.js') c.header('Content-Security-Policy', CSP);
      c.header(
        'Cache-Control',
        path?.startsWith(`assets${sep}`)
          ? 'public, max-age=31536000, immutable'
          : path === 'service-worker.js'
            ? 'no-cache'
            : 'public, max-age=3600',
      );
      if (c.req.method === 'HEAD') return c.body(null);
      return c.body(Readable.toWeb(createReadStream(file)) as ReadableStream);
    }
    if (path?.startsWith(`assets${sep}`)) throw new ApiError('not_found', 'This file belongs to another version of the pages: reload');
    const document = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
    if (document === undefined) throw new ApiError('not_found', 'The pages are not built: run npm run build:web');
    c.header('Content-Security-Policy', CSP);
    c.header('X-Frame-Options', 'DENY');
    c.header('Cache-Control', 'no-cache');
    return c.html(document);
  };
}

/** A path within the folder; undefined for anything that tries to leave it. */
function safePath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    if (decoded.includes('\0')) return undefined;
    const inside = normalize(decoded).replace(/^[\\/]+/, '');
    return inside.startsWith('..') ? undefined : inside;
  } catch {
    return undefined; // not a valid escape: no file has such a name
  }
}
