import { Hono } from 'hono';
import { ApiError } from '../errors.ts';
import { accountRoutes, userRoutes } from './account.ts';
import { botRoutes, salesbotRoutes } from './bots.ts';
import { contactChatRoutes } from './chats.ts';
import { contactRoutes, leadRoutes } from './entities.ts';
import { eventRoutes } from './events.ts';
import { linkRoutes } from './links.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { pipelineRoutes } from './pipelines.ts';
import { CompatProblem, fromApiError, problemAnswer } from './problem.ts';
import { talkRoutes } from './talks.ts';
import { webhookRoutes } from './webhooks.ts';

/**
 * The amoCRM-shaped API: same paths, parameters, status codes and JSON as the vendor's. Mounted at the root; serves `/api/v4/…` and
 * `/api/v2/salesbot/run`. The caller's authentication puts the `actor` on the context first. Unknown errors go on to
 * the application's own handler.
 */
export function compatRoutes(deps: CompatDeps): Hono<CompatEnv> {
  const v4 = new Hono<CompatEnv>()
    .route('/talks', talkRoutes(deps))
    .route('/contacts/chats', contactChatRoutes(deps))
    .route('/contacts', contactRoutes(deps))
    .route('/leads/pipelines', pipelineRoutes(deps))
    .route('/leads', leadRoutes(deps))
    .route('/bots', botRoutes(deps))
    .route('/events', eventRoutes(deps))
    .route('/account', accountRoutes(deps))
    .route('/users', userRoutes(deps))
    .route('/webhooks', webhookRoutes(deps))
    .route('/short_links', linkRoutes(deps))
    .all('*', () => {
      throw new CompatProblem(404, 'Not found');
    });
  const app = new Hono<CompatEnv>();
  const signedIn = async (c: { var: Partial<CompatEnv['Variables']> }, next: () => Promise<void>) => {
    if (c.var.actor === undefined) throw new CompatProblem(401, 'Unauthorized');
    await next();
  };
  app.use('/api/v4/*', signedIn);
  app.use('/api/v2/salesbot/*', signedIn);
  app.use('/api/v2/url_shortener/*', signedIn);
  app.route('/api/v4', v4);
  app.route('/api/v2/salesbot', salesbotRoutes(deps));
  // The vendor writes it with a slash at its end.
  for (const path of ['/api/v2/url_shortener', '/api/v2/url_shortener/']) app.route(path, linkRoutes(deps));
  app.onError((error, c) => {
    if (error instanceof CompatProblem) return problemAnswer(c, error);
    if (error instanceof ApiError) return problemAnswer(c, fromApiError(error));
    throw error;
  });
  return app;
}
