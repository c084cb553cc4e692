import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { z } from 'zod';
import type { Transaction } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import { pixelSites, storeForm, storeVisit } from '../../db/stores/visits.ts';
import { VISITOR_ID } from '../../domain/links/visitor-uid.ts';
import { wellFormed } from '../../domain/message/clean.ts';
import type { ApiDeps, Env } from '../deps.ts';
import { originAllowed } from '../webchat/origin.ts';
import { createRateGate } from '../webchat/rate.ts';
import { createBotStarts } from './bot-starts.ts';
import type { ClickWriter } from './click-writer.ts';
import { accountOfPixel } from './pixel-key.ts';

const BODY_BYTES = 4096;
const KEPT_MS = 5_000;
const PER_IP = { burst: 240, perSecond: 4 };
const PER_VISITOR = { burst: 60, perSecond: 1 };
const MOST_KEPT = 10_000;

const clean = (most: number) =>
  z
    .string()
    .max(4000)
    .transform((text) => wellFormed(text.replaceAll('\0', '')).slice(0, most));
const visitor = z.string().regex(VISITOR_ID);
const body = z.object({
  v: visitor,
  /** The id under which a short link brought this browser. */
  l: visitor.optional(),
  page: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  title: clean(200).default(''),
  phone: z.string().max(40).optional(),
  email: z.string().max(254).optional(),
});

/**
 * `GET /pixel.js` and `POST /pixel/<key>`, for pages of the sites that the account has named. Answers 204; 403 for other sites, 404 for a key that
 * is not ours, 429 with Retry-After. No cookies come or go: the site keeps the visitor's id.
 */
export function pixelRoutes(deps: ApiDeps, clicks: Pick<ClickWriter, 'flush'>): Hono<Env> {
  const gate = createRateGate();
  const starts = createBotStarts(deps);
  const known = new Map<number, { until: number; sites: Promise<string[] | undefined> }>();
  function sitesOf(accountId: number): Promise<string[] | undefined> {
    const hit = known.get(accountId);
    if (hit !== undefined && hit.until > deps.now()) return hit.sites;
    if (known.size >= MOST_KEPT) known.clear();
    const sites = pixelSites(deps.sql, accountId);
    known.set(accountId, { until: deps.now() + KEPT_MS, sites });
    sites.catch(() => known.delete(accountId));
    return sites;
  }
  const tooMany = (c: Context, name: string, rate: typeof PER_IP): Response | undefined => {
    const waitSeconds = gate.take(name, rate, deps.now());
    if (waitSeconds <= 0) return undefined;
    c.header('Retry-After', String(Math.ceil(waitSeconds)));
    return c.text('Too many requests', 429);
  };

  return new Hono<Env>()
    .get('/pixel.js', compress(), async (c) => {
      const script = await readFile(join(deps.folders.widget, 'pixel.js')).catch(() => undefined);
      if (script === undefined) return c.text('The pixel is not built: run npm run build:widget', 404);
      const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 27)}"`;
      c.header('ETag', etag);
      c.header('Cache-Control', 'public, max-age=300');
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
      if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
      c.header('Content-Type', 'text/javascript; charset=utf-8');
      return c.body(new Uint8Array(script));
    })
    .post('/pixel/:key', async (c) => {
      c.header('Vary', 'Origin');
      c.header('Cache-Control', 'no-store');
      const refused = tooMany(c, `ip/${deps.clientIp(c)}`, PER_IP);
      if (refused !== undefined) return refused;
      const accountId = accountOfPixel(deps.secretKey, c.req.param('key'));
      const sites = accountId === undefined ? undefined : await sitesOf(accountId);
      if (accountId === undefined || sites === undefined) return c.text('No account has this key: copy the tag from the settings', 404);
      const origin = c.req.header('Origin') ?? '';
      if (!originAllowed(origin, c.req.header('Host'), sites)) return c.text('Add this site in Settings: Links and pixel', 403);
      c.header('Access-Control-Allow-Origin', origin);
      const given = await readSmall(c.req.raw);
      const parsed = body.safeParse(given);
      if (!parsed.success) return c.text('Not what pixel.js sends', 400);
      const { v: visitorId, l: cameAs, page, title, phone, email } = parsed.data;
      const slowed = tooMany(c, `visitor/${accountId}/${visitorId}`, PER_VISITOR);
      if (slowed !== undefined) return slowed;
      const at = deps.now();
      // Who has just come by a short link: the click may still be on its way to the database.
      if (cameAs !== undefined) await clicks.flush();
      if (page !== undefined && new URL(page).origin === origin) {
        const visit = { visitorId, cameAs, page: withoutQuery(page), title, at };
        const { noted, planned } = await deps.sql.begin(async (tx) => {
          const noted = await storeVisit(tx as Transaction, accountId, visit);
          return { noted, planned: await starts.plan(tx as Transaction, 'site_visited', noted) };
        });
        notify(
          deps.sql,
          noted.map(({ contactId }) => ({ accountId, kind: 'contact', id: contactId })),
        );
        void starts.begin(planned);
      }
      const digits = (phone ?? '').replace(/\D/g, '');
      if (digits.length >= 10 && digits.length <= 15) await storeForm(deps.sql, accountId, { visitorId, kind: 'phone', value: digits, at });
      const address = (email ?? '').trim().toLowerCase();
      if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address))
        await storeForm(deps.sql, accountId, { visitorId, kind: 'email', value: address, at });
      return c.body(null, 204);
    });
}

/** Queries hold searches, mail addresses and tokens: only the page itself is kept. */
function withoutQuery(page: string): string {
  const { origin, pathname } = new URL(page);
  return (origin + pathname).slice(0, 1000);
}

/** A body of at most 4 KB as JSON; undefined for everything else. */
async function readSmall(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined; // refused by the caller like any other foreign shape
  }
}
