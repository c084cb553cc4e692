import type { MiddlewareHandler } from 'hono';
import { changesNothing, type Permission } from '../../domain/rights/rights.ts';
import type { Actor } from '../actor.ts';
import type { ApiDeps, AppContext, Env } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { mustHave } from './may.ts';
import { actorIn } from './tokens.ts';

/** Lets nobody through who is not a user of some account: a Bearer token, or a page's session cookie. */
export function authenticate(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const actor = await actorOf(deps, c);
    if (actor === undefined) {
      c.header('WWW-Authenticate', 'Bearer');
      throw new ApiError('unauthorized', 'Sign in, or send an API token in the header "Authorization: Bearer …"');
    }
    if (actor.via === 'session') refuseForeignPages(deps, c);
    c.set('actor', actor);
    c.set('log', c.var.log.child({ accountId: actor.accountId, userId: actor.userId }));
    return next();
  };
}

export async function actorOf(deps: ApiDeps, c: AppContext): Promise<Actor | undefined> {
  const header = c.req.header('Authorization');
  if (header !== undefined) {
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    return token === undefined ? undefined : deps.tokens.actorOf(token);
  }
  if (c.req.header('Cookie') === undefined) return undefined;
  const session = await deps.auth.api.getSession({ headers: c.req.raw.headers });
  if (session === null) return undefined;
  const { activeOrganizationId } = session.session;
  // Nothing chosen yet: the person's first account.
  return actorIn(
    deps.sql,
    session.user.id,
    (account) => activeOrganizationId == null || account.organizationId === activeOrganizationId,
    'session',
  );
}

/**
 * A page of another site must not act with our user's cookie. Browsers send Origin with every request that changes something;
 * SameSite=Lax cookies are the second lock.
 */
export function refuseForeignPages(deps: ApiDeps, c: AppContext): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return;
  const origin = c.req.header('Origin');
  const isOurs = origin === undefined ? c.req.header('Sec-Fetch-Site') === 'same-origin' : ownOrigins(deps, c).includes(origin);
  if (!isOurs)
    throw new ApiError('origin_refused', 'Requests with a session cookie must come from our own pages: send Origin, or use a token');
}

function ownOrigins(deps: ApiDeps, c: AppContext): string[] {
  const host = c.req.header('Host') ?? new URL(c.req.url).host;
  const publicOrigin = deps.publicUrl === undefined ? [] : [new URL(deps.publicUrl).origin];
  // Behind a proxy that ends TLS we see http only; the name of the host is what tells our pages from others.
  return [...publicOrigin, `http://${host}`, `https://${host}`];
}

/** Who may change nothing at all (the role "read-only" never may) meets no route that changes something, whatever it asks beyond that. */
export const mayWrite: MiddlewareHandler<Env> = async (c, next) => {
  if (changesNothing(c.var.actor.rights) && !['GET', 'HEAD'].includes(c.req.method)) {
    throw new ApiError('forbidden', 'You may only read: an administrator gives more rights in Settings → Users');
  }
  return next();
};

/** Refuses who lacks a right. */
export const needs =
  (right: Permission): MiddlewareHandler<Env> =>
  async (c, next) => {
    mustHave(c.var.actor, right);
    return next();
  };

/** Channels, users and groups are an administrator's to change. */
export const administersOnly: MiddlewareHandler<Env> = async (c, next) => {
  if (c.var.actor.role !== 'administrator') throw new ApiError('forbidden', 'Only an administrator of the account may do this');
  return next();
};
