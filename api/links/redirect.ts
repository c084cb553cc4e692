import { hash, randomBytes } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { parse, serialize } from 'hono/utils/cookie';
import type { Sql } from '../../db/connection.ts';
import { linkOfCode, type OpenedLink, REPEAT_MS } from '../../db/stores/clicks.ts';
import { randomCode } from '../../db/stores/links.ts';
import { agentOf, isPrefetch } from '../../domain/links/agents.ts';
import { VISITOR_ID } from '../../domain/links/visitor-uid.ts';
import type { Env } from '../deps.ts';
import { originAllowed } from '../webchat/origin.ts';
import type { ClickWriter } from './click-writer.ts';
import { LINK_PAGE_CSP, linkPage } from './link-pages.ts';

export interface RedirectDeps {
  sql: Sql;
  clicks: Pick<ClickWriter, 'add'>;
  log: { error(fields: object, message: string): void };
  now(): number;
  clientIp(c: Context): string | undefined;
}

/** A link that was changed or expired is seen within this time. */
const KEPT_MS = 10_000;
const MOST_KEPT = 20_000;
const COOKIE_SECONDS = 365 * 86_400;
const ALWAYS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Robots-Tag': 'noindex, nofollow' };
/** What a text's sentence or a messenger left behind the code is no part of it. */
const CODE = /^([0-9A-Za-z]{9,32})(?![0-9A-Za-z])/;
/** Under it the pixel of the site finds who came. */
const VISITOR_PARAMETER = 'bv';

/**
 * `GET /s/<code>`, on any address that leads here: an account's own domain as well as the installation's. Answers 302 (a program gets it too, so
 * that messengers show a preview), 404 or 410 with a page. The click is handed to the writer; nothing is waited for but the reading of the
 * link, and that at most every 10 s.
 */
export function redirectRoutes(deps: RedirectDeps): Hono<Env> {
  const read = remembered((code) => linkOfCode(deps.sql, code), deps.now);
  const recent = recentVisitors();

  return new Hono<Env>().get('/:code{.+}', async (c) => {
    const code = CODE.exec(c.req.param('code'))?.[1];
    let link: OpenedLink | undefined;
    try {
      link = code === undefined ? undefined : await read(code);
    } catch (err) {
      deps.log.error({ err }, 'a short link could not be read');
      return page(c, 'away', 503);
    }
    const at = deps.now();
    if (link === undefined) return page(c, 'unknown', 404);
    if (link.expiresAt !== null && link.expiresAt <= at) return page(c, 'expired', 410);

    const header = headersOf(c);
    const { agent, isProgram } = agentOf(header('user-agent'));
    const unseen = isProgram || c.req.method !== 'GET' || isPrefetch(header);
    const visitor = unseen ? undefined : visitorOf(c, link, header);
    deps.clicks.add({ accountId: link.accountId, linkId: link.id, at, visitorId: visitor?.id ?? null, agent, isProgram: unseen });
    // One plain object: the server writes it as it is, which costs half of what a Headers object does.
    const headers: Record<string, string> = { ...ALWAYS, Location: visitor === undefined ? link.url : withVisitor(link, visitor.id) };
    if (visitor?.cookie !== undefined) headers['Set-Cookie'] = visitor.cookie;
    return new Response(null, { status: 302, headers });
  });

  /** The browser's visitor of this account: by our cookie; without one by address and browser for as long as a repeated click is one. */
  function visitorOf(c: Context, link: OpenedLink, header: ReturnType<typeof headersOf>): { id: string; cookie?: string } {
    const name = `bv${link.accountId.toString(36)}`;
    const cookies = header('cookie');
    const known = cookies === undefined ? undefined : parse(cookies, name)[name];
    if (known !== undefined && VISITOR_ID.test(known)) return { id: known };
    const id = recent(`${link.id}/${deps.clientIp(c)}/${header('user-agent')}`, deps.now());
    const secure = c.req.url.startsWith('https:') || header('x-forwarded-proto') === 'https';
    return { id, cookie: serialize(name, id, { path: '/s', httpOnly: true, sameSite: 'Lax', maxAge: COOKIE_SECONDS, secure }) };
  }
}

/** Reads request headers by their names in small letters: from the server's own, where there is one, since a Headers object is made for each request. */
function headersOf(c: Context<Env>): (name: string) => string | undefined {
  const own = (c.env as Partial<HttpBindings> | undefined)?.incoming?.headers;
  if (own === undefined) return (name) => c.req.header(name);
  return (name) => own[name] as string | undefined;
}

/** Only the account's own sites learn who comes; everybody else gets the address as it was written. */
function withVisitor(link: OpenedLink, visitorId: string): string {
  if (link.pixelSites.length === 0) return link.url;
  const url = new URL(link.url);
  if (!originAllowed(url.origin, undefined, link.pixelSites)) return link.url;
  // Added by hand: searchParams would write the rest of the query anew.
  url.search = `${url.search}${url.search === '' ? '?' : '&'}${VISITOR_PARAMETER}=${visitorId}`;
  return url.href;
}

function page(c: Context, what: Parameters<typeof linkPage>[0], status: 404 | 410 | 503): Response {
  for (const [name, value] of Object.entries(ALWAYS)) c.header(name, value);
  c.header('Content-Security-Policy', LINK_PAGE_CSP);
  c.header('Vary', 'Accept-Language');
  return c.html(linkPage(what, c.req.header('Accept-Language')), status) as Response;
}

/** Keeps what was found for a short time; what is not there is asked for each time, so that nobody fills the memory with made-up codes. */
function remembered(ask: (code: string) => Promise<OpenedLink | undefined>, now: () => number) {
  const known = new Map<string, { until: number; value: Promise<OpenedLink | undefined> }>();
  return (code: string): Promise<OpenedLink | undefined> => {
    const hit = known.get(code);
    if (hit !== undefined && hit.until > now()) return hit.value;
    if (known.size >= MOST_KEPT) known.clear();
    const value = ask(code);
    known.set(code, { until: now() + KEPT_MS, value });
    const forget = () => known.get(code)?.value === value && known.delete(code);
    value.then((found) => found === undefined && forget(), forget);
    return value;
  };
}

/** Visitors of browsers that bring no cookie: kept by a hash with a key that dies with the process. */
function recentVisitors() {
  const key = randomBytes(16).toString('base64');
  const known = new Map<string, { until: number; visitorId: string }>();
  return (words: string, nowMs: number): string => {
    const name = hash('sha256', key + words, 'base64');
    const hit = known.get(name);
    if (hit !== undefined && hit.until > nowMs) return hit.visitorId;
    known.delete(name);
    if (known.size >= MOST_KEPT) known.delete(known.keys().next().value!);
    const visitorId = randomCode(22);
    known.set(name, { until: nowMs + REPEAT_MS, visitorId });
    return visitorId;
  };
}
