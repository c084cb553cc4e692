import type { z } from '@hono/zod-openapi';
import type { ConversationFilter } from '../db/stores/conversation-filter.ts';
import { type ConversationRow, listByTime, listWaiting } from '../db/stores/conversations.ts';
import type { Actor } from './actor.ts';
import type { conversationQuery } from './contract/conversations.ts';
import { decodeCursor, encodeCursor, page } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { conversationItem } from './views/conversations.ts';

type Query = z.output<typeof conversationQuery>;
/** A place in the list: after which kind of row, its instant and number. */
type Place = ['time' | 'waiting', number, number];

/** One page of the conversations that a query asks for. Throws ApiError `invalid` for a cursor that is not ours. */
export async function listConversations(deps: ApiDeps, actor: Actor, query: Query) {
  const filter = filterOf(query, deps.now());
  const after = decodeCursor(query.cursor, isPlace);
  const limit = query.limit + 1;
  const item = (row: ConversationRow) => conversationItem(deps.channels, row);
  if (query.order === 'time') {
    const rows = await listByTime(deps.sql, actor, filter, { limit, ...(after === undefined ? {} : { after: [after[1], after[2]] }) });
    return page(rows, query.limit, placeOf('time'), item);
  }
  // Those who wait, then the rest by time.
  const waiting =
    after?.[0] === 'time'
      ? []
      : await listWaiting(deps.sql, actor, filter, { limit, ...(after === undefined ? {} : { after: [after[1], after[2]] }) });
  const rest =
    waiting.length >= limit
      ? []
      : await listByTime(deps.sql, actor, filter, {
          limit: limit - waiting.length,
          notWaiting: true,
          ...(after?.[0] === 'time' ? { after: [after[1], after[2]] } : {}),
        });
  const rows = [...waiting, ...rest];
  const last = rows[query.limit - 1];
  const place = last === undefined ? undefined : last.waitingSince === null ? placeOf('time')(last) : placeOf('waiting')(last);
  return {
    items: rows.slice(0, query.limit).map(item),
    nextCursor: rows.length > query.limit && place !== undefined ? encodeCursor(place) : null,
  };
}

const filterOf = (query: Query, now: number): ConversationFilter => {
  const { view, channel, contact, lead, responsible, stage, tag, read, waitingSeconds, missed, bot, rateFrom, rateTo, period, from, to } =
    query;
  return {
    view,
    period,
    ...defined({
      channelIds: channel,
      contactId: contact,
      leadId: lead,
      responsibleIds: responsible,
      stages: stage,
      tagIds: tag,
      isRead: read,
      waitingBefore: waitingSeconds === undefined ? undefined : now - waitingSeconds * 1000,
      missed,
      botAtWork: bot,
      rateFrom,
      rateTo,
      from,
      to,
    }),
  };
};

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
const defined = <Fields extends object>(fields: Fields): Defined<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;

const placeOf =
  (kind: Place[0]) =>
  (row: ConversationRow): Place => [kind, kind === 'time' ? row.lastMessageAt : (row.waitingSince ?? 0), row.number];

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) &&
  value.length === 3 &&
  (value[0] === 'time' || value[0] === 'waiting') &&
  value.slice(1).every(Number.isSafeInteger);
