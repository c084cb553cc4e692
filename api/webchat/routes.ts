import { Hono } from 'hono';
import { z } from 'zod';
import { parseBody, readJson } from './body.ts';
import { DEFAULT_FILE_BYTES, fileRoutes } from './files.ts';
import { defaultLimits, siteGuard, takeToken, visitorGuard, type WebchatEnv } from './guard.ts';
import { FILES_LIMIT, messageRoutes, TEXT_LIMIT } from './messages.ts';
import type { WebchatDeps } from './model.ts';
import { answerProblem, WebchatProblem } from './problem.ts';
import { createRateGate } from './rate.ts';
import { newVisitorId, readSession, signSession } from './session.ts';
import { streamRoutes } from './stream.ts';
import type { WireConfig, WireSession } from './wire.ts';

const sessionShape = z.object({ visitorToken: z.string().max(400).nullish() });

/**
 * What a visitor's page may ask, mounted at `/webchat`. Every address begins with the channel's public key; the visitor is whoever
 * holds a session signed for that channel, and sees the own thread only.
 */
export function webchatRoutes(deps: WebchatDeps): Hono<WebchatEnv> {
  const gate = createRateGate();
  const limits = { ...defaultLimits, ...deps.limits };
  const routes = new Hono<WebchatEnv>();

  routes.onError((error, c) => {
    if (error instanceof WebchatProblem) return answerProblem(c, error);
    deps.logError(error, 'a web chat request failed', { method: c.req.method });
    return answerProblem(c, new WebchatProblem('unavailable', 'Something failed on our side: try again', { retryAfterSeconds: 2 }));
  });

  routes.use('/:channelKey/*', siteGuard(deps, gate, limits));

  /** What the page shows before anybody clicks. */
  routes.get('/:channelKey/config', (c) => {
    const { title, accent, greeting } = c.get('channel').settings;
    const answer: WireConfig = {
      title,
      accent,
      greeting,
      limits: { textLength: TEXT_LIMIT, fileBytes: deps.fileBytesLimit ?? DEFAULT_FILE_BYTES, files: FILES_LIMIT },
    };
    c.header('Cache-Control', 'private, max-age=60');
    return c.json(answer);
  });

  /** Gives a visitor a session, or renews the one brought along. A token that is not ours begins a new, empty thread. */
  routes.post('/:channelKey/session', async (c) => {
    const channel = c.get('channel');
    takeToken(gate, `sessions/${deps.clientIp(c)}`, limits.sessionsPerIp, deps.now());
    const { visitorToken } = parseBody(sessionShape, await readJson(c.req.raw));
    const known = readSession(deps.sessionKey, channel.key, visitorToken ?? '', deps.now());
    const answer: WireSession = {
      token: signSession(deps.sessionKey, channel.key, known ?? newVisitorId(), deps.now()),
      returning: known !== undefined,
      now: deps.now(),
    };
    return c.json(answer);
  });

  routes.route('/:channelKey', fileRoutes(deps, gate, limits));
  for (const path of ['messages', 'seen', 'stream']) routes.use(`/:channelKey/${path}`, visitorGuard(deps));
  routes.route('/:channelKey', messageRoutes(deps, gate, limits));
  routes.route('/:channelKey', streamRoutes(deps, gate, limits));
  return routes;
}
