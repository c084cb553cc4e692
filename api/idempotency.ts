import { createHash, randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { seal, unseal } from '../db/secrets.ts';
import { claimKey, forgetKey, storeAnswer } from '../db/stores/idempotency.ts';
import type { ApiDeps, Env } from './deps.ts';
import { ApiError } from './errors.ts';

/** Takes the caller's Idempotency-Key, or makes one, so that every order has one. */
export function idempotencyKey(_deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header('Idempotency-Key');
    if (given !== undefined && !/^[\x21-\x7e]{1,200}$/.test(given)) {
      throw new ApiError('invalid', 'Idempotency-Key: 1 to 200 visible ASCII characters', {
        fields: [{ field: 'Idempotency-Key', message: '1 to 200 visible ASCII characters' }],
      });
    }
    c.set('idempotencyKey', given ?? randomUUID());
    return next();
  };
}

/** A request that began this long ago and left no answer died with its process. */
const CLAIM_MS = 60_000;

/**
 * For changes that are no workflow orders: a repeat with the same key gets the first answer, also from another process. Answers are kept sealed, since some
 * hold a token that is shown once. Without the header nothing is kept.
 */
export function answeredOnce(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header('Idempotency-Key');
    if (given === undefined || c.req.method === 'GET') return next();
    const { accountId, userId } = c.var.actor;
    const key = `${userId}/${given}`;
    const context = `answer/${accountId}/${key}`;
    const body = Buffer.from(await c.req.raw.clone().arrayBuffer());
    const request = createHash('sha256').update(`${c.req.method} ${c.req.path}\n`).update(body).digest('base64url');
    const found = await claimKey(deps.sql, { accountId, key, request, at: deps.now(), staleAt: deps.now() - CLAIM_MS });
    if (found !== undefined) {
      if (found.request !== request) throw new ApiError('conflict', 'This Idempotency-Key was used for another request: take a new one');
      if (found.status === 0)
        throw new ApiError('conflict', 'The first request with this Idempotency-Key is still under way: try again', {
          retryAfterSeconds: 1,
        });
      const { text = '', type = 'application/json' } = unseal(deps.secretKey, found.body, context);
      return new Response(text === '' ? null : text, {
        status: found.status,
        headers: { 'Content-Type': type, 'Idempotent-Replayed': 'true' },
      });
    }
    await next();
    // Refusals may be repeated after a correction; failures must be.
    if (c.res.status >= 300) return forgetKey(deps.sql, accountId, key);
    const type = c.res.headers.get('Content-Type') ?? 'application/json';
    const text = await c.res.clone().text();
    await storeAnswer(deps.sql, { accountId, key, status: c.res.status, body: seal(deps.secretKey, { text, type }, context) });
  };
}
