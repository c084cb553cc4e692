import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

export interface WebchatPagesDeps {
  /** Folder with `widget.js`, as `npm run build:widget` leaves it. */
  widgetDir: string;
  /** Folder of the demo shop's page. */
  shopDir: string;
  /** Public id of the web chat that the demo shop carries; undefined: there is no shop. */
  shopChannel(): Promise<string | undefined>;
}

type ShopWords = Record<'ru' | 'en', Record<string, string>>;

const shopFiles: Record<string, string> = {
  'shop.css': 'text/css; charset=utf-8',
  'leaf.svg': 'image/svg+xml',
  'cup.svg': 'image/svg+xml',
  'tin.svg': 'image/svg+xml',
  'mug.svg': 'image/svg+xml',
  'pot.svg': 'image/svg+xml',
  'set.svg': 'image/svg+xml',
};
/** As strict as a careful shop's: the widget needs no inline style, no eval and no frame. `blob:` shows thumbnails before they are sent. */
const SHOP_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The embeddable script at `/widget.js` for any site, and the demo shop at `/shop`. */
export function webchatPages({ widgetDir, shopDir, shopChannel }: WebchatPagesDeps): Hono {
  return (
    new Hono()
      /** Revalidated every five minutes: a new release reaches shops without their doing. */
      .get('/widget.js', compress(), async (c) => {
        const script = await readFile(join(widgetDir, 'widget.js')).catch(() => undefined);
        if (script === undefined) return c.text('The widget is not built: run npm run build:widget', 404);
        const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 27)}"`;
        c.header('ETag', etag);
        c.header('Cache-Control', 'public, max-age=300');
        c.header('Cross-Origin-Resource-Policy', 'cross-origin');
        c.header('X-Content-Type-Options', 'nosniff');
        if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
        c.header('Content-Type', 'text/javascript; charset=utf-8');
        return c.body(new Uint8Array(script));
      })
      /** The demo shop in the language of `?lang=` or of the browser. */
      .get('/shop', async (c) => {
        const channel = await shopChannel();
        if (channel === undefined) return c.text('There is no demo shop in this installation', 404);
        const [page, wordsText] = await Promise.all([
          readFile(join(shopDir, 'shop.tmpl'), 'utf8'),
          readFile(join(shopDir, 'words.json'), 'utf8'),
        ]);
        const asked = c.req.query('lang') ?? c.req.header('Accept-Language') ?? '';
        const lang = asked.toLowerCase().startsWith('ru') ? 'ru' : 'en';
        const words = { ...(JSON.parse(wordsText) as ShopWords)[lang], lang, channel };
        c.header('Content-Security-Policy', SHOP_CSP);
        c.header('X-Content-Type-Options', 'nosniff');
        c.header('Cache-Control', 'no-store');
        return c.html(fillTemplate(page, words));
      })
      .get('/shop/:file', async (c) => {
        const name = c.req.param('file');
        const type = Object.hasOwn(shopFiles, name) ? shopFiles[name] : undefined;
        if (type === undefined) return c.text('Not found', 404);
        c.header('Content-Type', type);
        c.header('X-Content-Type-Options', 'nosniff');
        c.header('Cache-Control', 'public, max-age=300');
        return c.body(new Uint8Array(await readFile(join(shopDir, name))));
      })
  );
}

function fillTemplate(page: string, words: Record<string, string>): string {
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(words[name] ?? ''));
}

function escapeHtml(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
