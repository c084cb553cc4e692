import type { z } from '@hono/zod-openapi';
import { addressesOfConversations } from '../db/stores/conversations.ts';
import type { BulkAction } from '../domain/conversation/views.ts';
import type { ConversationOrder } from '../workflows/messages.ts';
import type { BulkAnswer, bulkBody } from './contract/conversations.ts';
import type { ApiDeps, AppContext } from './deps.ts';
import { ApiError } from './errors.ts';
import { sendOrder } from './send-order.ts';
import { orderAnswerView } from './views/conversations.ts';

type Item = BulkAnswer['items'][number];

/** Orders under way at once for one request: enough to be quick, few enough to leave the workers to others. */
const AT_ONCE = 8;

/**
 * Gives each conversation the same order, under a key of its own made of the request's: a repeat with the same key acts once and learns what was left
 * open. One number's refusal is its own answer and stops no other; nothing at all being reachable fails the request (503).
 */
export async function orderMany(deps: ApiDeps, c: AppContext, { numbers, action }: z.output<typeof bulkBody>): Promise<BulkAnswer> {
  const { actor, idempotencyKey } = c.var;
  const named = [...new Set(numbers)];
  const addresses = await addressesOfConversations(deps.sql, actor, named);
  const one = async (number: number): Promise<Item> => {
    const chat = addresses.get(number);
    try {
      if (chat === undefined) throw new ApiError('not_found', 'No such conversation');
      // The workflow server takes ids of any such length; the number keeps them apart.
      const sent = await sendOrder(deps, c, chat, orderOf(action, actor.userId), `${idempotencyKey}/${number}`);
      if (!sent.taken) return { number, outcome: 'accepted', answer: null, problem: null };
      return { number, outcome: 'done', answer: orderAnswerView(sent.answer), problem: null };
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'unavailable') throw error;
      return { number, outcome: 'refused', answer: null, problem: { code: error.code, detail: error.message } };
    }
  };
  return { items: await inTurns(named, AT_ONCE, one) };
}

function orderOf(action: BulkAction, by: number): ConversationOrder {
  switch (action) {
    case 'close':
      return { type: 'close', by, force: false, stopBots: false };
    case 'closeWithoutRating':
      return { type: 'close', by, force: true, stopBots: false };
    case 'noReplyNeeded':
      return { type: 'noReplyNeeded', by };
    case 'read':
      // Said so, not merely looked at: it counts for whoever may change the client.
      return { type: 'read', by, counts: true };
    case 'unread':
      return { type: 'markUnread', by };
    default:
      return action satisfies never;
  }
}

/** Works through a list, so many at a time. Rejects with the first error; what is under way then is waited for by nobody. */
async function inTurns<From, To>(list: readonly From[], atOnce: number, work: (one: From) => Promise<To>): Promise<To[]> {
  const results = new Array<To>(list.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) results[index] = await work(list[index] as From);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
  return results;
}
