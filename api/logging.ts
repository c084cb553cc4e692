import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { type Logger, pino } from 'pino';
import type { Env } from './deps.ts';
import type { Metrics } from './metrics.ts';

/** Structured lines on standard output. Ids only: no names, texts, phones or tokens, whatever an object carries. */
export function createLogger(level: string, name = 'api'): Logger {
  return pino({
    level,
    base: { process: name },
    redact: {
      paths: [
        'token',
        'password',
        'authorization',
        'cookie',
        'credentials',
        '*.token',
        '*.password',
        '*.authorization',
        '*.cookie',
        '*.credentials',
      ],
      censor: '[hidden]',
    },
  });
}

/** Gives each request its id, its log and its idempotency key, and counts it. A caller's own request id is kept when it is harmless. */
export function requestScope(log: Logger, metrics: Metrics): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header('X-Request-Id') ?? '';
    const requestId = /^[\w.-]{8,100}$/.test(given) ? given : randomUUID();
    const scoped = log.child({ requestId });
    c.set('requestId', requestId);
    c.set('log', scoped);
    c.header('X-Request-Id', requestId);
    const startedAt = performance.now();
    await next();
    const seconds = (performance.now() - startedAt) / 1000;
    // The pattern of the handler that was reached, not the address: addresses hold what people searched for.
    const route = routePath(c);
    metrics.requests.observe({ method: c.req.method, route, status: c.res.status }, seconds);
    c.var.log.debug({ method: c.req.method, route, status: c.res.status, ms: Math.round(seconds * 1000) }, 'request');
  };
}
