import type { Context, MiddlewareHandler } from 'hono';
import type { Rate, WebchatChannel, WebchatChat, WebchatDeps, WebchatLimits } from './model.ts';
import { originAllowed } from './origin.ts';
import { WebchatProblem } from './problem.ts';
import type { RateGate } from './rate.ts';
import { readSession } from './session.ts';

/** What the guards leave for the handlers. */
export interface WebchatEnv {
  Variables: { channel: WebchatChannel; chat: WebchatChat };
}

export const defaultLimits: WebchatLimits = {
  requestsPerIp: { burst: 600, perSecond: 40 },
  sessionsPerIp: { burst: 60, perSecond: 0.5 },
  messages: { burst: 20, perSecond: 1 },
  files: { burst: 20, perSecond: 0.3 },
  reads: { burst: 60, perSecond: 3 },
  streams: { burst: 20, perSecond: 0.5 },
};

/**
 * Finds the channel, counts the caller's requests, and answers CORS for exactly the allowed sites: never `*`, never cookies.
 * A request without Origin is a same-origin read or no browser at all; writing needs one (browsers always send it then).
 */
export function siteGuard(deps: WebchatDeps, gate: RateGate, limits: WebchatLimits): MiddlewareHandler<WebchatEnv> {
  return async (c, next) => {
    c.header('Vary', 'Origin');
    c.header('Cache-Control', 'no-store');
    takeToken(gate, `ip/${deps.clientIp(c)}`, limits.requestsPerIp, deps.now());
    const channel = await deps.channelByKey(c.req.param('channelKey') ?? '');
    if (channel === undefined) throw new WebchatProblem('not_found', 'No web chat has this key: check data-channel of the script tag');
    const origin = c.req.header('Origin');
    if (origin === undefined) {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new WebchatProblem('origin_refused', 'The Origin header is missing');
    } else if (originAllowed(origin, c.req.header('Host') ?? new URL(c.req.url).host, channel.settings.origins)) {
      c.header('Access-Control-Allow-Origin', origin);
      c.header('Access-Control-Expose-Headers', 'Retry-After');
    } else {
      throw new WebchatProblem('origin_refused', `Add ${origin} to the allowed sites of this web chat (Settings, Channels)`);
    }
    c.set('channel', channel);
    if (c.req.method !== 'OPTIONS') return next();
    c.header('Access-Control-Allow-Methods', 'GET, POST');
    c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type, Last-Event-ID');
    c.header('Access-Control-Max-Age', '7200');
    return c.body(null, 204);
  };
}

/** Lets only a visitor with a session of this very channel in. */
export function visitorGuard(deps: WebchatDeps): MiddlewareHandler<WebchatEnv> {
  return async (c, next) => {
    const channel = c.get('channel');
    const visitorId = visitorOf(deps, channel, c);
    if (visitorId === undefined)
      throw new WebchatProblem('unauthorized', 'Ask for a session with POST /session and send it as a Bearer token');
    c.set('chat', { accountId: channel.accountId, channelId: channel.id, externalChatId: visitorId });
    return next();
  };
}

/** The visitor of the Authorization header; undefined without a valid one. */
export function visitorOf(deps: WebchatDeps, channel: WebchatChannel, c: Context): string | undefined {
  const token = /^Bearer (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
  return token === undefined ? undefined : readSession(deps.sessionKey, channel.key, token, deps.now());
}

/** Refuses with 429 and the time to wait when the bucket is empty. */
export function takeToken(gate: RateGate, name: string, rate: Rate, nowMs: number): void {
  const waitSeconds = gate.take(name, rate, nowMs);
  if (waitSeconds > 0)
    throw new WebchatProblem('rate_limited', 'Too many requests: wait and try again', { retryAfterSeconds: waitSeconds });
}
