import { createHash, randomBytes } from 'node:crypto';
import type { Queries } from '../connection.ts';
import { editable, type Sight, visible, visibleByContact } from './sight.ts';

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

export interface WantedLink {
  contactId: number;
  url: string;
}

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
  const wanted = urls.map((url) => ({ contactId, url }));
  return new Map((await linksForMany(sql, accountId, wanted, at)).map(({ url, code }) => [url, code]));
}

/** The same for several contacts. `wanted` may name the same link twice; the rows come in no order. */
export async function linksForMany(
  sql: Queries,
  accountId: number,
  wanted: readonly WantedLink[],
  at: number,
): Promise<(WantedLink & { id: number; code: string })[]> {
  // Each once and in one order, so that two transactions never wait for each other.
  const once = [...new Map(wanted.map((link) => [`${link.contactId}/${link.url}`, link])).values()];
  const sorted = once.sort((a, b) => a.contactId - b.contactId || (a.url < b.url ? -1 : 1));
  const of = <Value>(read: (link: WantedLink) => Value) => sorted.map(read);
  return sql<(WantedLink & { id: number; code: string })[]>`
    insert into short_links (account_id, code, contact_id, url, url_key, created_at)
    select ${accountId}::bigint, code, contact, url, key, ${at}::timestamptz
    from unnest(${of(() => randomCode())}::text[], ${of(({ contactId }) => contactId)}::bigint[], ${of(({ url }) => url)}::text[],
      ${of(({ url }) => urlKey(url))}::text[]) as wanted (code, contact, url, key)
    on conflict (account_id, contact_id, url_key) do update set expires_at = null returning id, contact_id "contactId", url, code`;
}

export interface LinkRow extends WantedLink {
  id: number;
  code: string;
  createdAt: number;
  expiresAt: number | null;
  clicks: { count: number; repeats: number; previews: number; lastAt: number | null };
}

/** Links of the clients in the actor's sight, the newest first. */
export function listLinks(
  sql: Queries,
  actor: Sight,
  { contactId, id, before, limit }: { contactId?: number | undefined; id?: number; before?: number | undefined; limit: number },
): Promise<LinkRow[]> {
  return sql<LinkRow[]>`
    select l.id, l.contact_id "contactId", l.url, l.code, l.created_at "createdAt", l.expires_at "expiresAt", c.clicks
    from short_links l cross join lateral (
      select jsonb_build_object('count', count(*) filter (where kind = 'person'), 'repeats', count(*) filter (where kind = 'repeat'),
        'previews', count(*) filter (where kind = 'preview'), 'lastAt', (extract(epoch from max(at) filter (where kind <> 'preview')) * 1000)::bigint) clicks
      from link_clicks k where k.account_id = l.account_id and k.link_id = l.id
    ) c
    where l.account_id = ${actor.accountId} and ${visibleByContact(sql, actor, 'l')}
      ${contactId === undefined ? sql`` : sql`and l.contact_id = ${contactId}`} ${id === undefined ? sql`` : sql`and l.id = ${id}`}
      ${before === undefined ? sql`` : sql`and l.id < ${before}`}
    order by l.id desc limit ${limit}`;
}

export async function setLinkEnd(sql: Queries, accountId: number, id: number, expiresAt: number): Promise<void> {
  await sql`update short_links set expires_at = ${expiresAt} where account_id = ${accountId} and id = ${id}`;
}

/** Which of these contacts are there and may be changed by the actor; those out of sight are not there. */
export function contactsForLinks(sql: Queries, actor: Sight, ids: readonly number[]): Promise<{ id: number; mayEdit: boolean }[]> {
  return sql<{ id: number; mayEdit: boolean }[]>`
    select c.id, ${editable(sql, actor, 'c')} "mayEdit" from contacts c
    where c.account_id = ${actor.accountId} and c.id = any(${[...ids]}::bigint[]) and ${visible(sql, actor, 'c')}`;
}
