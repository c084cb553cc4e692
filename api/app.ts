import { Hono, type MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { actorOf, authenticate, mayWrite, refuseForeignPages } from './auth/guard.ts';
import { isDatabaseAway } from './away.ts';
import type { ChannelCache } from './channel-cache.ts';
import { chatsApiRoutes } from './chats-api/routes.ts';
import { cleanBody } from './clean-body.ts';
import { compatRoutes } from './compat/routes.ts';
import { compatDeps } from './compat-deps.ts';
import type { ApiDeps, Env } from './deps.ts';
import { ApiError, answerProblem } from './errors.ts';
import { idempotencyKey } from './idempotency.ts';
import { limitBody, privately } from './limits.ts';
import { createBotStarts } from './links/bot-starts.ts';
import { type ClickWriter, createClickWriter } from './links/click-writer.ts';
import { pixelRoutes } from './links/pixel-routes.ts';
import { redirectRoutes } from './links/redirect.ts';
import { requestScope } from './logging.ts';
import { createMetrics } from './metrics.ts';
import { router } from './openapi.ts';
import { withNullableReferences } from './openapi-document.ts';
import { pages } from './pages.ts';
import { accountWebhookRoutes } from './routes/account-webhooks.ts';
import { accountRoutes } from './routes/accounts.ts';
import { botRoutes } from './routes/bots.ts';
import { channelRoutes } from './routes/channels.ts';
import { contactRoutes } from './routes/contacts.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { customerRoutes } from './routes/customers.ts';
import { duplicateRoutes } from './routes/duplicates.ts';
import { eventRoutes } from './routes/events.ts';
import { exportRoutes } from './routes/exports.ts';
import { fileAddressRoutes, fileRoutes } from './routes/files.ts';
import { groupRoutes } from './routes/groups.ts';
import { internalChatRoutes } from './routes/internal-chats.ts';
import { internalMessageRoutes } from './routes/internal-messages.ts';
import { leadRoutes } from './routes/leads.ts';
import { linkRoutes } from './routes/links.ts';
import { messageRoutes } from './routes/messages.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { openRoutes } from './routes/open.ts';
import { quickReplyRoutes } from './routes/quick-replies.ts';
import { reportRoutes } from './routes/reports.ts';
import { runRoutes } from './routes/runs.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { streamRoutes } from './routes/stream.ts';
import { systemRoutes } from './routes/system.ts';
import { talkNoteRoutes } from './routes/talk-notes.ts';
import { taskRoutes } from './routes/tasks.ts';
import { teamRoutes } from './routes/team.ts';
import { templateRoutes } from './routes/templates.ts';
import { userRoutes } from './routes/users.ts';
import { webchatPages } from './webchat/pages.ts';
import { webchatRoutes } from './webchat/routes.ts';
import { webchatDeps } from './webchat-deps.ts';
import { webhookRoutes } from './webhooks.ts';

/**
 * The whole HTTP side as one function of a request; it never listens. Order matters: what outsiders call first, then what needs a user,
 * then pages, which answer every other address.
 */
export function createApp(deps: ApiDeps, cache: ChannelCache): Hono<Env> {
  const metrics = createMetrics();
  const app = new Hono<Env>();
  // Before everything that is for pages and programs: a short link is opened by people in a hurry, and its code belongs into no log.
  const clicks = clickWriter(deps);
  app.route('/s', redirectRoutes({ ...deps, clicks }));
  app.use(requestScope(deps.log, metrics), cleanBody);
  app.use(
    secureHeaders({
      crossOriginResourcePolicy: false,
      contentSecurityPolicy: undefined,
      strictTransportSecurity: deps.publicUrl?.startsWith('https:') === true,
      xFrameOptions: false,
      referrerPolicy: 'same-origin',
    }),
  );
  app.onError((error, c) => {
    const requestId = c.get('requestId') ?? '';
    if (error instanceof ApiError) return answerProblem(c, error, requestId);
    if (error instanceof HTTPException && error.status < 500) {
      return answerProblem(c, new ApiError('bad_request', 'The body cannot be read: send JSON, as /openapi.json describes it'), requestId);
    }
    if (isDatabaseAway(error)) {
      (c.get('log') ?? deps.log).warn({ err: error, method: c.req.method }, 'Postgres is away');
      return answerProblem(c, new ApiError('unavailable', 'The database cannot be reached: try again'), requestId);
    }
    (c.get('log') ?? deps.log).error({ err: error, method: c.req.method }, 'a request failed');
    return answerProblem(c, new ApiError('internal', 'The error is in the log under the request id'), requestId);
  });
  app.notFound((c) => answerProblem(c, new ApiError('not_found', 'No such address'), c.get('requestId') ?? ''));

  app.route('/', systemRoutes(deps, metrics));
  app.route('/webhooks', webhookRoutes(deps, cache, metrics));
  app.route('/v2/origin/custom', chatsApiRoutes(deps, cache, metrics));
  app.route('/webchat', webchatRoutes(webchatDeps(deps, cache)));
  app.route('/', webchatPages({ widgetDir: deps.folders.widget, shopDir: deps.folders.shop, shopChannel: deps.shopChannel }));
  app.route('/', pixelRoutes(deps, clicks));
  app.route('/files', fileAddressRoutes(deps));

  // The amoCRM-shaped API answers a missing sign-in in its own words.
  const mayBeSignedIn: MiddlewareHandler<Env> = async (c, next) => {
    const actor = await actorOf(deps, c);
    if (actor?.via === 'session') refuseForeignPages(deps, c);
    if (actor !== undefined) c.set('actor', actor);
    return next();
  };
  for (const path of ['/api/v4/*', '/api/v2/*']) app.use(path, mayBeSignedIn);
  app.route('/', compatRoutes(compatDeps(deps)) as unknown as Hono<Env>);

  app.route('/', ownApi(deps, metrics));
  app.route('/', openRoutes(deps));
  app.all('/api/*', () => {
    throw new ApiError('not_found', 'No such address: /openapi.json lists them all');
  });
  app.all('*', compress(), pages(deps.folders.pages));
  return app;
}

/** The process's writer of clicks; one of the app's own where the process made none. */
function clickWriter(deps: ApiDeps): ClickWriter {
  if (deps.clicks !== undefined) return deps.clicks;
  const own = createClickWriter({ ...deps, starts: createBotStarts(deps) });
  deps.closing.addEventListener('abort', () => void own.stop());
  return own;
}

/** Everything under `/api` that pages and programs of one account use, and its description. */
function ownApi(deps: ApiDeps, metrics: ReturnType<typeof createMetrics>) {
  const root = router();
  const api = router();
  api.route('/', sessionRoutes(deps));
  const signedIn = router();
  signedIn.use(authenticate(deps), limitBody(deps), privately, idempotencyKey(deps));
  // Read-only users too read their notifications.
  signedIn.route('/', streamRoutes(deps, metrics));
  signedIn.route('/', eventRoutes(deps));
  signedIn.route('/', reportRoutes(deps));
  signedIn.route('/', exportRoutes(deps));
  signedIn.route('/', notificationRoutes(deps));
  for (const routes of [internalMessageRoutes, internalChatRoutes]) signedIn.route('/', routes(deps));
  signedIn.use(mayWrite);
  for (const routes of [
    accountRoutes,
    accountWebhookRoutes,
    userRoutes,
    groupRoutes,
    conversationRoutes,
    searchRoutes,
    messageRoutes,
    templateRoutes,
    teamRoutes,
    talkNoteRoutes,
    quickReplyRoutes,
    duplicateRoutes,
    contactRoutes,
    linkRoutes,
    leadRoutes,
    customerRoutes,
    taskRoutes,
    runRoutes,
    botRoutes,
    channelRoutes,
    settingsRoutes,
    fileRoutes,
  ]) {
    signedIn.route('/', routes(deps));
  }
  api.route('/', signedIn);
  root.route('/api', api);
  root.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  const description = {
    openapi: '3.1.0',
    info: {
      title: 'Beseda',
      version: '1',
      description:
        'Conversations, cards and bots of one account. Send an API token as `Authorization: Bearer …`. Instants are epoch milliseconds.',
    },
    security: [{ token: [] }],
    servers: [{ url: deps.publicUrl ?? deps.localUrl }],
  };
  let document: object | undefined;
  // The same for everybody, and large: made when it is first asked for.
  root.get('/openapi.json', (c) => {
    document ??= withNullableReferences(root.getOpenAPI31Document(description));
    return c.json(document);
  });
  return root;
}
