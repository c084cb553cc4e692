import { createRoute } from '@hono/zod-openapi';
import { countViews } from '../../db/stores/conversation-filter.ts';
import { addressOfConversation, findConversation, openingsOf } from '../../db/stores/conversations.ts';
import type { ConversationOrder } from '../../workflows/messages.ts';
import {
  bulkAnswer,
  bulkBody,
  closeBody,
  conversation,
  conversationCounts,
  conversationPage,
  conversationQuery,
  numberInPath,
  orderAnswer,
} from '../contract/conversations.ts';
import { orderMany } from '../conversation-bulk.ts';
import { listConversations } from '../conversation-list.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answers, mayTake, ordered, router, takes } from '../openapi.ts';
import { sendOrder } from '../send-order.ts';
import { conversationView, orderAnswerView } from '../views/conversations.ts';

const tags = ['conversations'];
const noConversation = () => new ApiError('not_found', 'No such conversation');

/** Conversations: lists, one, and the orders of the number's menu. */
export function conversationRoutes(deps: ApiDeps) {
  /** Sends an order to the conversation's chat; 200 when it has taken effect, 202 when it is certain to. */
  async function order(c: AppContext, number: number, make: (by: number, counts: boolean) => ConversationOrder) {
    const { actor } = c.var;
    const address = await addressOfConversation(deps.sql, actor, number);
    if (address === undefined) throw noConversation();
    return sendOrder(deps, c, address, make(actor.userId, [address.responsibleId, ...address.participantIds].includes(actor.userId)));
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
      async (c) => c.json(await listConversations(deps, c.var.actor, c.req.valid('query')), 200),
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
        method: 'post',
        path: '/conversations/bulk',
        tags,
        summary: 'One order for many; each number has its own answer',
        request: takes(bulkBody),
        responses: answers(bulkAnswer),
      }),
      async (c) => c.json(await orderMany(deps, c, c.req.valid('json')), 200),
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
    .openapi(orderRoute('read', 'Opened on a page; counts when the reader is responsible or takes part'), async (c) => {
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
