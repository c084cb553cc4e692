import type { MiddlewareHandler } from 'hono';
import { cleanJson } from '../domain/message/clean.ts';
import type { Env } from './deps.ts';
import { ApiError } from './errors.ts';

/**
 * Refuses addresses that hold a NUL, and gives JSON bodies without NUL and lone surrogate halves, which Postgres takes in no text and no `jsonb`: what the adapters do with messengers' texts. Files to
 * import are read as bytes and stay as they are.
 */
export const cleanBody: MiddlewareHandler<Env> = async (c, next) => {
  const { req } = c;
  if (req.url.includes('%00')) throw new ApiError('bad_request', 'The address holds a NUL');
  const read = req.json.bind(req);
  req.json = async <Body>() => {
    const value = await read<Body>();
    try {
      return cleanJson(value);
    } catch (cause) {
      throw new ApiError('bad_request', 'The body is nested too deeply', { cause });
    }
  };
  return next();
};
