import { createRoute, type z } from '@hono/zod-openapi';
import {
  addressOfConversation,
  type ConversationRow,
  countViews,
  findConversation,
  listByTime,
  listWaiting,
  openingsOf,
} from '../../db/stores/conversations.ts';
import type { ConversationOrder } from '../../workflows/messages.ts';
import {
  closeBody,
  conversation,
  conversationCounts,
  conversationPage,
  conversationQuery,
  numberInPath,
  orderAnswer,
} from '../contract/conversations.ts';
import { decodeCursor, encodeCursor, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answers, mayTake, ordered, router } from '../openapi.ts';
import { sendOrder } from '../send-order.ts';
import { conversationItem, conversationView, orderAnswerView } from '../views/conversations.ts';

const tags = ['conversations'];
const noConversation = () => new ApiError('not_found', 'No such conversation');

/** Conversations: lists, one, and the orders of the number's menu. */
export function conversationRoutes(deps: ApiDeps) {
  /** Sends an order to the conversation's chat; 200 when it has taken effect, 202 when it is certain to. */
  async function order(c: AppContext, number: number, make: (by: number, counts: boolean) => ConversationOrder) {
    const { actor } = c.var;
    const address = await addressOfConversation(deps.sql, actor, number);
    if (address === undefined) throw noConversation();
    return sendOrder(deps, c, address, make(actor.userId, address.responsibleId === actor.userId));
  }

  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/conversations',
        tags,
        summary: 'Conversations of a view',
        request: { query: conversationQuery },
        responses: answers(conversationPage),
      }),
      async (c) => c.json(await list(deps, c, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/conversations/counts',
        tags,
        summary: 'How many stand in each view',
        responses: answers(conversationCounts),
      }),
      async (c) => c.json(await countViews(deps.sql, c.var.actor), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/conversations/{number}',
        tags,
        summary: 'One, with its openings',
        request: { params: numberInPath },
        responses: answers(conversation),
      }),
      async (c) => {
        const { number } = c.req.valid('param');
        const row = await findConversation(deps.sql, c.var.actor, number);
        if (row === undefined) throw noConversation();
        const openings = await openingsOf(deps.sql, c.var.actor.accountId, number);
        return c.json(conversationView(deps.channels, row, openings), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/conversations/{number}/close',
        tags,
        summary: 'Close; closing a closed one answers `closed`',
        request: { params: numberInPath, ...mayTake(closeBody) },
        responses: ordered(orderAnswer),
      }),
      async (c) => {
        const { force, stopBots } = closeBody.parse(c.req.valid('json') ?? {});
        const outcome = await order(c, c.req.valid('param').number, (by) => ({ type: 'close', by, force, stopBots }));
        return outcome.taken ? c.json(orderAnswerView(outcome.answer), 200) : c.json(outcome.accepted, 202);
      },
    )
    .openapi(orderRoute('no-reply-needed', 'Nobody has to answer: the clock stops, notifications disappear'), async (c) => {
      const outcome = await order(c, c.req.valid('param').number, (by) => ({ type: 'noReplyNeeded', by }));
      return outcome.taken ? c.json(orderAnswerView(outcome.answer), 200) : c.json(outcome.accepted, 202);
    })
    .openapi(orderRoute('read', 'Opened on a page; counts when the reader is responsible'), async (c) => {
      const outcome = await order(c, c.req.valid('param').number, (by, counts) => ({ type: 'read', by, counts }));
      return outcome.taken ? c.json(orderAnswerView(outcome.answer), 200) : c.json(outcome.accepted, 202);
    })
    .openapi(orderRoute('unread', 'Mark as unread'), async (c) => {
      const outcome = await order(c, c.req.valid('param').number, (by) => ({ type: 'markUnread', by }));
      return outcome.taken ? c.json(orderAnswerView(outcome.answer), 200) : c.json(outcome.accepted, 202);
    });
}

const orderRoute = <Word extends string>(word: Word, summary: string) =>
  createRoute({
    method: 'post',
    path: `/conversations/{number}/${word}` as const,
    tags,
    summary,
    request: { params: numberInPath },
    responses: ordered(orderAnswer),
  });

type Query = z.output<typeof conversationQuery>;
/** A place in the list: after which kind of row, its instant and number. */
type Place = ['time' | 'waiting', number, number];

async function list(deps: ApiDeps, c: AppContext, query: Query) {
  const { actor } = c.var;
  const filter = {
    view: query.view,
    ...(query.channel === undefined ? {} : { channelIds: query.channel }),
    ...(query.contact === undefined ? {} : { contactId: query.contact }),
    ...(query.lead === undefined ? {} : { leadId: query.lead }),
  };
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

const placeOf =
  (kind: Place[0]) =>
  (row: ConversationRow): Place => [kind, kind === 'time' ? row.lastMessageAt : (row.waitingSince ?? 0), row.number];

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) &&
  value.length === 3 &&
  (value[0] === 'time' || value[0] === 'waiting') &&
  value.slice(1).every(Number.isSafeInteger);
