import { createRoute } from '@hono/zod-openapi';
import { APIError } from 'better-auth/api';
import { notify } from '../../db/notify.ts';
import { accountsOfPerson, findAccount } from '../../db/stores/accounts.ts';
import { findUser } from '../../db/stores/users.ts';
import type { Actor } from '../actor.ts';
import { actorOf, authenticate, refuseForeignPages } from '../auth/guard.ts';
import { isOnLoopback } from '../auth/loopback.ts';
import { actorIn } from '../auth/tokens.ts';
import { chooseAccount, type Me, me, type Session, session, signIn } from '../contract/session.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { createLimiter } from '../limiter.ts';
import { answers, limited, router, takes } from '../openapi.ts';

/** Tries of one address and one e-mail: slow enough against guessing, kind to a forgotten password. */
const TRIES = { most: 10, perMs: 60_000 };

export function sessionRoutes(deps: ApiDeps) {
  const limiter = createLimiter(TRIES, deps.now);

  async function describe(c: AppContext, actor: Actor | undefined): Promise<Session> {
    return { signedIn: actor !== undefined, demo: mayDemo(deps, c), me: actor === undefined ? null : await meOf(deps, actor) };
  }

  /** Signs in and answers as the person; sets the cookie. */
  async function enter(c: AppContext, email: string, password: string): Promise<Session> {
    try {
      const { headers, response } = await deps.auth.api.signInEmail({
        body: { email: email.toLowerCase(), password },
        headers: c.req.raw.headers,
        returnHeaders: true,
      });
      for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true });
      const actor = await actorIn(deps.sql, response.user.id, () => true, 'session');
      if (actor === undefined) throw new ApiError('forbidden', 'This person belongs to no account any more');
      return describe(c, actor);
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      throw new ApiError('unauthorized', 'E-mail or password is wrong', { cause: error });
    }
  }

  return router()
    .openapi(
      createRoute({ method: 'get', path: '/session', tags: ['session'], summary: 'Who is signed in', responses: answers(session) }),
      async (c) => {
        c.header('Cache-Control', 'no-store');
        return c.json(await describe(c, await actorOf(deps, c)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session',
        tags: ['session'],
        summary: 'Sign in',
        request: takes(signIn),
        responses: { ...answers(session), ...limited },
      }),
      async (c) => {
        refuseForeignPages(deps, c);
        const { email, password } = c.req.valid('json');
        limiter.take(`${deps.clientIp(c) ?? ''}/${email.toLowerCase()}`);
        return c.json(await enter(c, email, password), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/demo',
        tags: ['session'],
        summary: 'Sign in to the demo account (loopback only)',
        responses: answers(session),
      }),
      async (c) => {
        refuseForeignPages(deps, c);
        if (deps.demo === undefined || !mayDemo(deps, c)) {
          throw new ApiError('forbidden', 'The demo account opens with one click only on the machine that runs it');
        }
        return c.json(await enter(c, deps.demo.email, deps.demo.password), 200);
      },
    )
    .openapi(
      createRoute({ method: 'delete', path: '/session', tags: ['session'], summary: 'Sign out', responses: answers(session) }),
      async (c) => {
        refuseForeignPages(deps, c);
        const actor = await actorOf(deps, c);
        const { headers } = await deps.auth.api.signOut({ headers: c.req.raw.headers, returnHeaders: true });
        for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true });
        // Streams of the person's other pages end with the session.
        if (actor !== undefined) notify(deps.sql, [{ accountId: actor.accountId, kind: 'user', id: actor.userId }]);
        return c.json(await describe(c, undefined), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/account',
        tags: ['session'],
        summary: 'Switch to another account of the same person',
        middleware: authenticate(deps),
        request: takes(chooseAccount),
        responses: answers(session),
      }),
      async (c) => {
        const { accountId } = c.req.valid('json');
        const { actor } = c.var;
        const user = await findUser(deps.sql, actor.accountId, actor.userId);
        const next =
          user?.authUserId == null ? undefined : await actorIn(deps.sql, user.authUserId, (account) => account.id === accountId, actor.via);
        const account = next === undefined ? undefined : await findAccount(deps.sql, accountId);
        if (next === undefined || account?.organizationId == null) throw new ApiError('not_found', 'You belong to no such account');
        if (actor.via !== 'session') throw new ApiError('bad_request', 'A token belongs to one account: make one in the other account');
        const { headers } = await deps.auth.api.setActiveOrganization({
          body: { organizationId: account.organizationId },
          headers: c.req.raw.headers,
          returnHeaders: true,
        });
        for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true });
        return c.json(await describe(c, next), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/me',
        tags: ['session'],
        summary: 'Who asks',
        middleware: authenticate(deps),
        responses: answers(me),
      }),
      async (c) => c.json(await meOf(deps, c.var.actor), 200),
    );
}

async function meOf(deps: ApiDeps, actor: Actor): Promise<Me> {
  const [account, user] = await Promise.all([findAccount(deps.sql, actor.accountId), findUser(deps.sql, actor.accountId, actor.userId)]);
  if (account === undefined || user === undefined) throw new Error('An actor without account or user');
  const mine = user.authUserId === null ? [] : await accountsOfPerson(deps.sql, user.authUserId);
  return {
    user: { id: user.id, name: user.name, email: user.email },
    account: {
      id: account.id,
      name: account.name,
      subdomain: account.subdomain,
      timeZone: account.timeZone,
      language: account.language,
      isDemo: account.isDemo,
    },
    role: actor.role,
    sees: actor.rights.see === 'all' ? 'all' : 'own',
    rights: { ...actor.rights, write: actor.rights.edit !== 'none', administer: actor.role === 'administrator', operate: actor.isOperator },
    accounts: mine.map(({ id, name }) => ({ id, name })),
  };
}

const mayDemo = (deps: ApiDeps, c: AppContext) => deps.demo !== undefined && isOnLoopback(c, deps.clientIp(c));
