import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { DEFAULT_FILE_BYTES } from '../files/storage.ts';
import type { ApiDeps, Env } from './deps.ts';
import { ApiError } from './errors.ts';

const JSON_BYTES = 5 * 1024 * 1024;
/** Forms are read into memory: all files of one message together. */
const FORM_FILES = 4;

/** Refuses bodies that are too large, announced or not. */
export function limitBody(deps: Pick<ApiDeps, 'fileBytesLimit'>): MiddlewareHandler<Env> {
  const limited = (maxSize: number, what: string) =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw new ApiError('too_large', `${what} may have up to ${Math.floor(maxSize / 1024 / 1024)} MB`);
      },
    });
  const json = limited(JSON_BYTES, 'A request');
  const form = limited(FORM_FILES * (deps.fileBytesLimit ?? DEFAULT_FILE_BYTES), 'All files of one request together');
  return (c, next) => {
    const isForm = (c.req.header('Content-Type') ?? '').toLowerCase().startsWith('multipart/form-data');
    return (isForm ? form : json)(c, next);
  };
}

/** Answers hold clients' words: nobody between us and the page keeps them. */
export const privately: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};
