import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { DEFAULT_FILE_BYTES } from '../files/storage.ts';
import type { ApiDeps, Env } from './deps.ts';
import { ApiError } from './errors.ts';

const JSON_BYTES = 5 * 1024 * 1024;
/** All files of one message together. */
const FORM_FILES = 4;

/** Refuses bodies that are too large, announced or not. */
export function limitBody(deps: Pick<ApiDeps, 'fileBytesLimit'>): MiddlewareHandler<Env> {
  const tooLarge = (what: string, maxBytes: number) => () =>
    new ApiError('too_large', `${what} may have up to ${Math.floor(maxBytes / 1024 / 1024)} MB`);
  const refuse = tooLarge('A request', JSON_BYTES);
  const json = bodyLimit({
    maxSize: JSON_BYTES,
    onError: () => {
      throw refuse();
    },
  });
  const formBytes = FORM_FILES * (deps.fileBytesLimit ?? DEFAULT_FILE_BYTES);
  const form = limitStream(formBytes, tooLarge('All files of one request together', formBytes));
  return (c, next) => {
    const isForm = (c.req.header('Content-Type') ?? '').toLowerCase().startsWith('multipart/form-data');
    return (isForm ? form : json)(c, next);
  };
}

/** For bodies that are read while they arrive: one that announces more is refused at once, one that brings more unannounced breaks off with the same error. */
export function limitStream(maxBytes: number, tooLarge: () => Error): MiddlewareHandler {
  return (c, next) => {
    const { body } = c.req.raw;
    const announced = c.req.header('Content-Length');
    if (announced !== undefined && c.req.header('Transfer-Encoding') === undefined) {
      if (Number(announced) > maxBytes) throw tooLarge();
    } else if (body !== null) {
      let bytes = 0;
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.byteLength;
          if (bytes > maxBytes) controller.error(tooLarge());
          else controller.enqueue(chunk);
        },
      });
      c.req.raw = new Request(c.req.raw, { body: body.pipeThrough(counted), duplex: 'half' } as RequestInit);
    }
    return next();
  };
}

/** Answers hold clients' words: nobody between us and the page keeps them. */
export const privately: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};
