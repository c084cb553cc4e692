import { createRoute, type z } from '@hono/zod-openapi';
import { findConversation } from '../../db/stores/conversations.ts';
import { type MessageKey, type RowKey, searchContacts, searchLeads, searchMessages } from '../../db/stores/search.ts';
import { type SearchWords, searchWords } from '../../domain/search/words.ts';
import type { Actor } from '../actor.ts';
import { type SearchPage, searchPage, searchQuery } from '../contract/search.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, router } from '../openapi.ts';
import { conversationItem } from '../views/conversations.ts';
import { contactHit, leadHit, messageHit } from '../views/search.ts';

type Query = z.output<typeof searchQuery>;
type Hits = Pick<SearchPage, 'items' | 'nextCursor'>;

/** Search over everything that the actor may see. */
export function searchRoutes(deps: ApiDeps) {
  return router().openapi(
    createRoute({
      method: 'get',
      path: '/search',
      tags: ['search'],
      summary: 'Messages, contacts or leads by their words',
      request: { query: searchQuery },
      responses: answers(searchPage),
    }),
    async (c) => {
      const query = c.req.valid('query');
      const words = searchWords(query.q);
      if (words === undefined) return c.json({ items: [], nextCursor: null, conversation: null }, 200);
      const [hits, numbered] = await Promise.all([
        find(deps, c.var.actor, query, words),
        words.number === undefined || query.cursor !== undefined ? undefined : findConversation(deps.sql, c.var.actor, words.number),
      ]);
      return c.json({ ...hits, conversation: numbered === undefined ? null : conversationItem(deps.channels, numbered) }, 200);
    },
  );
}

async function find(deps: ApiDeps, actor: Actor, query: Query, words: SearchWords): Promise<Hits> {
  const limit = query.limit + 1;
  if (query.in === 'messages') return findMessages(deps, actor, query, words);
  const key = decodeCursor(query.cursor, isRowKey);
  const page = { limit, ...(key === undefined ? {} : { after: { at: key[0], id: key[1] } }) };
  const toKey = ({ at, id }: RowKey) => [at, id];
  const keyOf = (row: { updatedAt: number; id: number }) => [row.updatedAt, row.id];
  if (query.in === 'contacts') {
    const { rows, beyond } = await searchContacts(deps.sql, actor, words, page);
    return paged(rows, query.limit, keyOf, beyond && toKey(beyond), (row) => contactHit(row, words));
  }
  const { rows } = await searchLeads(deps.sql, actor, words, page);
  return paged(rows, query.limit, keyOf, undefined, leadHit);
}

async function findMessages(deps: ApiDeps, actor: Actor, query: Query, words: SearchWords): Promise<Hits> {
  const { channel, contact, author, user, from, to, order } = query;
  const key = decodeCursor(query.cursor, isMessageKey);
  const filter = {
    ...(channel === undefined ? {} : { channelIds: channel }),
    ...(contact === undefined ? {} : { contactId: contact }),
    ...(author === undefined ? {} : { authorKinds: [author] }),
    ...(user === undefined ? {} : { authorId: user }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const after = key === undefined ? {} : { after: { at: key[0], id: key[1], rank: key[2] } };
  const { rows, beyond } = await searchMessages(deps.sql, actor, words, filter, { limit: query.limit + 1, order, ...after });
  const toKey = (row: MessageKey) => [row.at, row.id, row.rank ?? 0];
  return paged(
    rows,
    query.limit,
    (row) => toKey({ at: row.writtenAt, id: row.id, rank: row.rank }),
    beyond && toKey(beyond),
    (row) => messageHit(deps.channels, row, words),
  );
}

/** As `page` of cursor.ts, for lists that may go on after a page that is not full. */
function paged<Row>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => unknown,
  beyond: unknown,
  itemOf: (row: Row) => Hits['items'][number],
): Hits {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? keyOf(last) : beyond;
  return { items: shown.map(itemOf), nextCursor: next === undefined ? null : encodeCursor(next) };
}

const isRowKey = (keys: unknown): keys is [number, number] => Array.isArray(keys) && keys.length === 2 && keys.every(Number.isSafeInteger);
const isMessageKey = (keys: unknown): keys is [number, string, number] =>
  Array.isArray(keys) &&
  keys.length === 3 &&
  Number.isSafeInteger(keys[0]) &&
  /^[\da-f-]{36}$/.test(String(keys[1])) &&
  Number.isFinite(keys[2]);
