import type { Context } from 'hono';
import { cleanJson } from '../../domain/message/clean.ts';
import { CompatProblem } from './problem.ts';
import type { Page } from './query.ts';

const HAL = { 'Content-Type': 'application/hal+json' };

/** Whole seconds of an instant; null where there is none. */
export const seconds = (at: number | null | undefined) => (at == null ? null : Math.floor(at / 1000));

/** An item, with its own address. */
export function itemAnswer(c: Context, item: object): Response {
  return c.body(JSON.stringify(item), 200, HAL);
}

/**
 * One page of a list in the vendor's envelope. `rows` may hold one row more than the page: then there is a next page.
 * An empty page is 204 without a body.
 */
export function pageAnswer<Row>(c: Context, name: string, rows: Row[], page: Page, item: (row: Row) => object): Response {
  if (rows.length === 0) return c.body(null, 204);
  const address = (number: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set('page', String(number));
    return { href: url.href };
  };
  const body = {
    _page: page.number,
    _links: {
      self: { href: c.req.url },
      ...(rows.length > page.limit ? { next: address(page.number + 1) } : {}),
      ...(page.number > 1 ? { first: address(1), prev: address(page.number - 1) } : {}),
    },
    _embedded: { [name]: rows.slice(0, page.limit).map(item) },
  };
  return c.body(JSON.stringify(body), 200, HAL);
}

/** `_links.self` of an item: `path` such as `talks/12`. */
export function selfLink(c: Context, path: string): { self: { href: string } } {
  return { self: { href: new URL(`/api/v4/${path}`, c.req.url).href } };
}

/** A JSON body; undefined where there is none. One that is no JSON is refused (400). */
export async function readBody(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === '') return undefined;
  try {
    return cleanJson(JSON.parse(text) as unknown);
  } catch {
    throw new CompatProblem(400, 'The request body is not valid JSON.');
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
