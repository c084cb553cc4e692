import type { ChatAddress } from '../db/stores/conversations.ts';
import { findUser } from '../db/stores/users.ts';
import type { ConversationOrder, OrderAnswer } from '../workflows/messages.ts';
import { mustEdit, mustHave } from './auth/may.ts';
import type { Accepted } from './contract/common.ts';
import type { ApiDeps, AppContext } from './deps.ts';
import { ApiError, type ErrorCode } from './errors.ts';

export type Sent = { taken: true; answer: OrderAnswer } | { taken: false; accepted: Accepted };

const refusals: Record<NonNullable<OrderAnswer['refused']>['code'], ErrorCode> = {
  no_chat: 'not_found',
  no_conversation: 'not_found',
  no_message: 'not_found',
  unreachable: 'unreachable',
  empty: 'invalid',
  answered_since: 'answered_since',
  window_closed: 'window_closed',
};

/** Sends an order of somebody who may change this client (403 otherwise; closing is a right of its own) to a chat under the request's idempotency key; a refusal by the turn becomes the request's. */
export async function sendOrder(
  deps: ApiDeps,
  c: AppContext,
  chat: ChatAddress,
  order: ConversationOrder,
  idempotencyKey = c.var.idempotencyKey,
): Promise<Sent> {
  const { accountId } = c.var.actor;
  mustEdit(chat);
  if (order.type === 'close') mustHave(c.var.actor, 'closeConversations');
  const key = { accountId, channelId: chat.channelId, externalChatId: chat.externalChatId };
  const outcome = await deps.orders.send(key, order, idempotencyKey);
  c.var.log.debug({ order: order.type, chatId: chat.chatId, answered: outcome.taken }, 'order');
  if (!outcome.taken) return { taken: false, accepted: { accepted: true, idempotencyKey } };
  const { refused } = outcome.answer;
  if (refused !== undefined) {
    const { answered } = refused;
    const author = answered?.userId == null ? undefined : await findUser(deps.sql, accountId, answered.userId);
    const by = author === undefined ? null : { id: author.id, name: author.name };
    const since = answered === undefined ? {} : { by, at: answered.at, position: answered.position };
    throw new ApiError(refusals[refused.code], refused.detail, { data: { reason: refused.code, ...since } });
  }
  return { taken: true, answer: outcome.answer };
}
