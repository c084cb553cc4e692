import { createHash, randomBytes } from 'node:crypto';
import type { Queries } from '../connection.ts';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CODE_LENGTH = 10;

/** A random word of letters and digits of which nobody guesses another one: by default 10 signs, 59 bits. */
export function randomCode(length: number = CODE_LENGTH): string {
  let code = '';
  // 248 is the greatest multiple of 62 below 256: the rest would make some letters likelier.
  while (code.length < length) for (const byte of randomBytes(length)) if (byte < 248 && code.length < length) code += LETTERS[byte % 62];
  return code;
}

/** How an address is found in the index. */
export const urlKey = (url: string): string => createHash('sha256').update(url).digest('base64url');

/**
 * Codes of one contact's addresses, all in one statement: made where there is none yet. The same contact and address always get the same code, also
 * from two transactions at once. Links that had expired work again without end. `urls` once each.
 */
export async function linksFor(
  sql: Queries,
  accountId: number,
  contactId: number,
  urls: readonly string[],
  at: number,
): Promise<Map<string, string>> {
  // In one order, so that two transactions never wait for each other.
  const sorted = [...urls].sort();
  const rows = await sql<{ url: string; code: string }[]>`
    insert into short_links (account_id, code, contact_id, url, url_key, created_at)
    select ${accountId}::bigint, code, ${contactId}::bigint, url, key, ${at}::timestamptz
    from unnest(${sorted.map(() => randomCode())}::text[], ${sorted}::text[], ${sorted.map(urlKey)}::text[]) as wanted (code, url, key)
    on conflict (account_id, contact_id, url_key) do update set expires_at = null returning url, code`;
  return new Map(rows.map(({ url, code }) => [url, code]));
}
