import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptLead, declineLead } from '../../api/accept-lead.ts';
import type { Actor } from '../../api/actor.ts';
import { attachConversation } from '../../api/attach.ts';
import { makeLead } from '../../api/change-card.ts';
import { makeCustomer } from '../../api/change-customer.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { insertRun } from '../../db/stores/runs.ts';
import { rightsOfRole } from '../../domain/rights/rights.ts';
import { createTurns, type Turns } from './world.ts';

let t: Turns;
let deps: Pick<ApiDeps, 'sql' | 'now' | 'orders'>;
let olga: Actor;
beforeAll(async () => {
  t = await createTurns();
  // Orders of the API are turns here, as they are behind a workflow.
  deps = {
    sql: t.sql,
    now: () => t.at,
    orders: {
      send: async (key, order, id) => ({ taken: true, answer: (await t.orders(key.externalChatId, order, id, key.channelId)) as never }),
      sendToRun: async () => ({ taken: true, answer: { status: 'ended' } }),
    },
  };
  olga = {
    accountId: t.accountId,
    userId: t.userId,
    role: 'administrator',
    rights: rightsOfRole.administrator,
    colleagueIds: [t.userId],
    isOperator: false,
    via: 'token',
  };
});
afterAll(() => t.end());

interface Talk {
  number: number;
  status: string;
  entityType: string;
  entityId: number;
  stage: string | null;
  listener: string | null;
}
async function talkOf(chat: string): Promise<Talk> {
  const [row] = await t.sql<Talk[]>`
    select v.number, v.status, v.entity_type "entityType", v.entity_id "entityId", s.kind stage, c.listener_run_id listener
    from chats c join conversations v on v.account_id = c.account_id and v.number = c.talk_number
    left join leads l on v.entity_type = 'lead' and l.account_id = v.account_id and l.id = v.entity_id
    left join stages s on s.account_id = l.account_id and s.pipeline_id = l.pipeline_id and s.id = l.status_id
    where c.account_id = ${t.accountId} and c.external_chat_id = ${chat}`;
  return row!;
}
const question = {
  0: { question: [{ handler: 'show', params: { type: 'text', value: 'Which city?' } }], answer: [{ handler: 'stop', params: {} }] },
};

test('a declined lead is lost, its conversation closed without a poll, its listener ended; the client who writes again is an incoming lead again', async () => {
  await t.settings({ nps: { enabled: true, delaySeconds: 60 } as never });
  const botId = await t.bot({ ...question, conversation: false }, { name: 'Decline' });
  await t.says('spam', 'Buy my goods');
  const before = await talkOf('spam');
  expect(before).toMatchObject({ status: 'in_work', stage: 'incoming', listener: expect.any(String) });
  await declineLead(deps, olga, before.entityId, randomUUID());
  expect(await talkOf('spam')).toMatchObject({ number: before.number, status: 'closed', stage: 'lost', listener: null });
  const runs = await t.sql`select status, outcome from bot_runs where account_id = ${t.accountId} and lead_id = ${before.entityId}`;
  expect(runs).toMatchObject([{ status: 'ended' }]);
  await declineLead(deps, olga, before.entityId, randomUUID());
  const closings =
    await t.sql`select 1 from events where account_id = ${t.accountId} and type = 'talk_closed' and conversation_number = ${before.number}`;
  expect(closings).toHaveLength(1);
  await t.sql`update bots set state = 'off' where account_id = ${t.accountId} and id = ${botId}`;
  t.at += 3_600_000;
  await t.says('spam', 'Hello again');
  const after = await talkOf('spam');
  expect(after).toMatchObject({ number: before.number, status: 'in_work', stage: 'incoming' });
  expect(after.entityId).not.toBe(before.entityId);
  await t.settings({});
});

test('an accepted lead stands in the first open stage, and the conversation goes on as it was', async () => {
  await t.says('buyer', 'Good day');
  const before = await talkOf('buyer');
  await acceptLead(deps, olga, before.entityId);
  expect(await talkOf('buyer')).toMatchObject({ number: before.number, status: 'in_work', stage: 'open', entityId: before.entityId });
  await t.says('buyer', 'Are you there?');
  expect(await talkOf('buyer')).toMatchObject({ number: before.number, entityId: before.entityId, stage: 'open' });
});

test('a conversation that a person hung on a customer stays there when it is closed and opened again: no lead is made', async () => {
  await t.says('regular', 'The usual, please');
  const { number, entityId } = await talkOf('regular');
  const [contact] = await t.sql<{ id: number }[]>`select contact_id id from leads where account_id = ${t.accountId} and id = ${entityId}`;
  const customerId = await makeCustomer(deps, olga, { name: 'Regular', contactId: contact!.id });
  await attachConversation(deps, olga, number, { type: 'customer', id: customerId });
  await t.says('regular', 'And sugar');
  expect(await talkOf('regular')).toMatchObject({ number, entityType: 'customer', entityId: customerId });
  await t.orders('regular', { type: 'close', by: t.userId, force: true });
  t.at += 3_600_000;
  await t.says('regular', 'Thank you for the sugar, once more please');
  expect(await talkOf('regular')).toMatchObject({ number, status: 'in_work', entityType: 'customer', entityId: customerId });
  const leads = await t.sql`select 1 from leads where account_id = ${t.accountId} and contact_id = ${contact!.id}`;
  expect(leads).toHaveLength(1);
});

test('a bot that a customer’s message starts works on the customer’s card: once at a time, cooled down there, ended by stopping all', async () => {
  await t.says('buyer-again', 'Hello');
  const { number, entityId } = await talkOf('buyer-again');
  const [contact] = await t.sql<{ id: number }[]>`select contact_id id from leads where account_id = ${t.accountId} and id = ${entityId}`;
  const customerId = await makeCustomer(deps, olga, { name: 'Again', contactId: contact!.id });
  await attachConversation(deps, olga, number, { type: 'customer', id: customerId });
  const botId = await t.bot({ ...question, conversation: false }, { name: 'Again', triggers: ['message_received'], cooldownSeconds: 7200 });
  const runs = () =>
    t.sql`select status, outcome, lead_id, customer_id from bot_runs where account_id = ${t.accountId} and bot_id = ${botId} order by created_at`;
  await t.says('buyer-again', 'The usual');
  await t.waits('buyer-again', 3000);
  expect(await runs()).toMatchObject([{ status: 'running', lead_id: null, customer_id: customerId }]);
  await t.orders('buyer-again', { type: 'close', by: t.userId, force: true, stopBots: true });
  expect(await runs()).toMatchObject([{ status: 'ended', outcome: 'stopped' }]);
  const events = await t.sql`
    select type, entity_type, entity_id, lead_id from events where account_id = ${t.accountId} and type in ('bot_started', 'bot_ended') and contact_id = ${contact!.id}
    and entity_type = 'customer' order by id`;
  expect(events).toMatchObject([
    { type: 'bot_started', entity_id: customerId, lead_id: null },
    { type: 'bot_ended', entity_id: customerId, lead_id: null },
  ]);
  const said = await t.sql`
    select type, author_kind, entity_type, entity_id, lead_id from events where account_id = ${t.accountId} and contact_id = ${contact!.id}
    and type in ('incoming_chat_message', 'outgoing_chat_message') order by id offset 1`;
  expect(said).toMatchObject([
    { author_kind: 'client', entity_type: 'customer', entity_id: customerId, lead_id: null },
    { author_kind: 'bot', entity_type: 'customer', entity_id: customerId, lead_id: null },
  ]);
  // The close ends the cool-down; within an opening it holds.
  t.at += 60_000;
  await t.says('buyer-again', 'More of it');
  await t.waits('buyer-again', 3000);
  await t.says('buyer-again', 'Riga');
  await t.waits('buyer-again', 3000);
  await t.says('buyer-again', 'And tea');
  await t.waits('buyer-again', 3000);
  expect(await runs()).toMatchObject([
    { status: 'ended', outcome: 'stopped' },
    { status: 'ended', outcome: 'completed', customer_id: customerId },
  ]);
  await t.sql`update bots set state = 'off' where account_id = ${t.accountId} and id = ${botId}`;
});

test('where a chat has no conversation, a bot’s message stands at the card the bot works on: customer or lead', async () => {
  const botId = await t.bot({ ...question, conversation: false }, { name: 'First word', triggers: [] });
  // History that is brought in makes a chat and a client, and no conversation.
  await t.turn('quiet', [t.message('quiet', { text: 'Old words', silent: true })]);
  const [chat] = await t.sql<{ id: string; contact_id: number; talk_number: number | null }[]>`
    select id, contact_id, talk_number from chats where account_id = ${t.accountId} and external_chat_id = 'quiet'`;
  expect(chat!.talk_number).toBeNull();
  const contactId = chat!.contact_id;
  const customerId = await makeCustomer(deps, olga, { name: 'Quiet', contactId });
  const leadId = await makeLead(deps, olga, { name: 'Quiet order', contactId });
  for (const card of [
    { leadId: null, customerId },
    { leadId, customerId: null },
  ]) {
    const id = randomUUID();
    const place = { ...card, contactId, chatId: chat!.id, conversationNumber: null };
    await insertRun(t.sql, t.accountId, { id, botId, version: 1, ...place, startKey: id, startedBy: { kind: 'user', id: t.userId } }, t.at);
    await t.run(id);
  }
  const said = await t.sql`
    select entity_type, entity_id, lead_id from events where account_id = ${t.accountId} and contact_id = ${contactId} and type = 'outgoing_chat_message' order by id`;
  expect(said).toMatchObject([
    { entity_type: 'customer', entity_id: customerId, lead_id: null },
    { entity_type: 'lead', entity_id: leadId, lead_id: leadId },
  ]);
});

test('a bot that fails where there is nobody to write to is told of with its card: customer or lead', async () => {
  const botId = await t.bot({ ...question, conversation: false }, { name: 'Nobody', triggers: [] });
  const customerId = await makeCustomer(deps, olga, { name: 'Alone' });
  const leadId = await makeLead(deps, olga, { name: 'Alone too' });
  for (const card of [
    { leadId: null, customerId },
    { leadId, customerId: null },
  ]) {
    const id = randomUUID();
    const place = { ...card, contactId: null, chatId: null, conversationNumber: null };
    await insertRun(t.sql, t.accountId, { id, botId, version: 1, ...place, startKey: id, startedBy: { kind: 'user', id: t.userId } }, t.at);
    expect(await t.run(id)).toMatchObject({ ended: true });
  }
  const told = await t.sql`
    select lead_id, data -> 'customerId' customer_id from notifications where account_id = ${t.accountId} and what = 'botFailed' and data ->> 'botId' = ${String(botId)} order by id`;
  expect(told).toEqual([
    { lead_id: null, customer_id: customerId },
    { lead_id: leadId, customer_id: null },
  ]);
});
