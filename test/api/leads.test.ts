import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Customer, CustomerPage, EventPage, Lead, LeadPage, Note, Run, StageTotals, Task } from '../../api/contract/index.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let w: World;
let ada: Person;
let stranger: Person;
beforeAll(async () => {
  w = await startWorld();
  [ada, stranger] = [await w.makePerson(), await w.makePerson()];
});
afterAll(() => w.stop());

async function ask<Answer>(person: Person, method: string, path: string, body?: unknown, status = 200): Promise<Answer> {
  const answer = await w.call(person, method, path, body);
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}
const ids = async (person: Person, query: string) => (await ask<LeadPage>(person, 'GET', `/api/leads?${query}`)).items.map(({ id }) => id);
const incomingStage = async (person: Person) =>
  (await w.sql<{ id: number }[]>`select id from stages where account_id = ${person.accountId} and kind = 'incoming'`)[0]!.id;
async function incomingCard(person: Person): Promise<Card> {
  const card = await makeCard(w, person);
  await w.sql`update leads set status_id = ${await incomingStage(person)} where account_id = ${person.accountId} and id = ${card.leadId}`;
  return card;
}

test('leads are found by the state of their conversations: read only when there are some in work and all are read', async () => {
  const owner = await w.makePerson();
  const [unread, read, closed, mixed] = [
    await makeCard(w, owner),
    await makeCard(w, owner),
    await makeCard(w, owner),
    await makeCard(w, owner),
  ];
  const { accountId } = owner;
  await w.sql`update conversations set is_read = true, waiting_since = null where account_id = ${accountId} and number in (${read.number}, ${closed.number})`;
  await w.sql`update conversations set status = 'closed' where account_id = ${accountId} and number = ${closed.number}`;
  // A second conversation, read, beside an unread one.
  const second = await makeCard(w, owner);
  await w.sql`update conversations set entity_id = ${mixed.leadId}, is_read = true where account_id = ${accountId} and number = ${second.number}`;
  const sorted = async (query: string) => (await ids(owner, query)).sort((a, b) => a - b);
  expect(await sorted('conversations=read')).toEqual([read.leadId]);
  expect(await sorted('conversations=unread')).toEqual([unread.leadId, mixed.leadId]);
  expect(await sorted('conversations=waiting')).toEqual([unread.leadId, mixed.leadId]);
  expect(await sorted('conversations=none')).toEqual([closed.leadId, second.leadId]);
  expect(await ids(stranger, 'conversations=unread')).toEqual([]);
  const found = await ask<LeadPage>(owner, 'GET', '/api/leads?conversations=unread');
  expect(found.items.find(({ id }) => id === unread.leadId)).toMatchObject({
    unreadCount: 1,
    unread: true,
    bots: 1,
    lastMessage: { text: 'Which city?' },
  });
});

test('leads are found by stage, responsible user or nobody, tag, channel, client, words and period, and by all of it together', async () => {
  const owner = await w.makePerson();
  const bob = await w.addUser(owner, { role: 'manager' });
  const [first, second] = [await makeCard(w, owner), await makeCard(w, owner, { responsible: null })];
  const third = await makeCard(w, owner, { responsible: bob.userId });
  await ask(owner, 'PATCH', `/api/leads/${first.leadId}`, { name: 'Чайник на двоих', tags: ['hot'], stageId: first.stageIds[1] });
  const before = Date.now() - 86_400_000;
  await w.sql`update leads set created_at = ${before - 1000} where account_id = ${owner.accountId} and id = ${third.leadId}`;
  const { items } = await ask<{ items: { id: number; name: string }[] }>(owner, 'GET', '/api/tags?entity=lead');
  const tag = items.find(({ name }) => name === 'hot')!.id;
  expect(await ids(owner, `stage=${first.stageIds[1]}`)).toEqual([first.leadId]);
  expect(await ids(owner, 'responsible=0')).toEqual([second.leadId]);
  expect(await ids(owner, `responsible=0,${bob.userId}`)).toEqual([third.leadId, second.leadId]);
  expect(await ids(owner, `tag=${tag}`)).toEqual([first.leadId]);
  expect(await ids(owner, `channel=${second.channelId}`)).toEqual([second.leadId]);
  expect(await ids(owner, `contact=${third.contactId}`)).toEqual([third.leadId]);
  expect(await ids(owner, `search=${encodeURIComponent('чайник')}`)).toEqual([first.leadId]);
  expect(await ids(owner, `search=${second.leadId}`)).toEqual([second.leadId]);
  expect(await ids(owner, `to=${before}`)).toEqual([third.leadId]);
  expect((await ids(owner, `from=${before}`)).length).toBe(2);
  expect(await ids(owner, `tag=${tag}&conversations=unread&stage=${first.stageIds[1]}&channel=${first.channelId}`)).toEqual([first.leadId]);
  expect(await ids(owner, `tag=${tag}&conversations=read`)).toEqual([]);
  expect(await ids(owner, 'open=false')).toEqual([]);
  await ask(owner, 'GET', '/api/leads?conversations=perhaps', undefined, 422);
});

test('pages of a filter follow each other without a gap or a repeat, and a stage is a list of its own', async () => {
  const owner = await w.makePerson();
  const card = await makeCard(w, owner);
  const made: number[] = [card.leadId];
  for (let index = 0; index < 6; index += 1)
    made.push(
      (await ask<Lead>(owner, 'POST', '/api/leads', { name: `Lead ${index}`, price: 100, stageId: card.stageIds[index % 2] }, 201)).id,
    );
  // The same instant: the id decides.
  await w.sql`update leads set updated_at = ${Date.now()} where account_id = ${owner.accountId}`;
  const seen: number[] = [];
  let cursor = '';
  do {
    const page = await ask<LeadPage>(owner, 'GET', `/api/leads?limit=2${cursor}`);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  expect(seen).toEqual([...made].reverse());
  const totals = await ask<StageTotals>(owner, 'GET', '/api/leads/totals');
  expect(totals).toEqual({
    pipelineId: card.pipelineId,
    items: expect.arrayContaining([
      { stageId: card.stageIds[0], count: 4, sum: 300 },
      { stageId: card.stageIds[1], count: 3, sum: 300 },
    ]),
  });
  const some = await ask<StageTotals>(owner, 'GET', `/api/leads/totals?pipeline=${card.pipelineId}&conversations=unread`);
  expect(some.items).toEqual([{ stageId: card.stageIds[0], count: 1, sum: 0 }]);
  expect((await ask<StageTotals>(stranger, 'GET', `/api/leads/totals?pipeline=${card.pipelineId}`)).items).toEqual([]);
});

test('who sees only their own clients finds, counts and opens only those leads, tasks and customers', async () => {
  const owner = await w.makePerson();
  const bob = await w.addUser(owner, { role: 'manager', sees: 'own' });
  const [mine, his, free] = [
    await makeCard(w, owner),
    await makeCard(w, owner, { responsible: bob.userId }),
    await makeCard(w, owner, { responsible: null }),
  ];
  expect(await ids(bob, 'conversations=unread')).toEqual([free.leadId, his.leadId]);
  expect((await ask<StageTotals>(bob, 'GET', '/api/leads/totals')).items).toEqual([{ stageId: mine.stageIds[0], count: 2, sum: 0 }]);
  await ask(bob, 'POST', `/api/leads/${mine.leadId}/accept`, undefined, 404);
  await ask(bob, 'POST', `/api/leads/${mine.leadId}/decline`, undefined, 404);
  await ask(bob, 'GET', `/api/leads/${mine.leadId}/tasks`, undefined, 404);
  const customer = await ask<Customer>(owner, 'POST', '/api/customers', { name: 'Regular', contactId: mine.contactId }, 201);
  await ask(bob, 'GET', `/api/customers/${customer.id}`, undefined, 404);
  await ask(bob, 'PATCH', `/api/customers/${customer.id}`, { name: 'x' }, 404);
  expect((await ask<CustomerPage>(bob, 'GET', '/api/customers')).items).toEqual([]);
  const task = await ask<Task>(owner, 'POST', `/api/leads/${mine.leadId}/tasks`, { text: 'Call', dueAt: 1 }, 201);
  await ask(bob, 'PATCH', `/api/tasks/${task.id}`, { completed: true }, 404);
});

test('accepting moves an incoming lead to the first open stage with an event, and once', async () => {
  const card = await incomingCard(ada);
  expect(await ids(ada, 'incoming=true')).toContain(card.leadId);
  for (let repeat = 0; repeat < 2; repeat += 1) {
    const lead = await ask<Lead>(ada, 'POST', `/api/leads/${card.leadId}/accept`);
    expect(lead.stage.id).toBe(card.stageIds[0]);
  }
  expect(await ids(ada, 'incoming=true')).not.toContain(card.leadId);
  const { items } = await ask<EventPage>(ada, 'GET', `/api/leads/${card.leadId}/events`);
  expect(items.filter(({ type }) => type === 'lead_status_changed')).toHaveLength(1);
  expect(items[0]?.author).toMatchObject({ kind: 'user', id: ada.userId });
  await ask(ada, 'POST', `/api/leads/${card.leadId}/decline`, undefined, 409);
  await ask(stranger, 'POST', `/api/leads/${card.leadId}/accept`, undefined, 404);
});

test('declining closes an incoming lead as lost and orders its conversations closed without a poll; a repeat orders the same', async () => {
  const card = await incomingCard(ada);
  await ask(stranger, 'POST', `/api/leads/${card.leadId}/decline`, undefined, 404);
  for (let repeat = 0; repeat < 2; repeat += 1) {
    w.sent.length = 0;
    const answer = await w.call(ada, 'POST', `/api/leads/${card.leadId}/decline`, undefined, {
      'Idempotency-Key': `decline-${card.leadId}`,
    });
    expect(answer.status).toBe(200);
    const lead = (await answer.json()) as Lead;
    expect(lead.stage.kind).toBe('lost');
    expect(lead.closedAt).not.toBeNull();
    expect(w.sent).toEqual([
      {
        to: { accountId: ada.accountId, channelId: card.channelId, externalChatId: card.externalChatId },
        order: { type: 'close', by: ada.userId, force: true },
        id: `decline-${card.leadId}/${card.number}`,
      },
    ]);
  }
  await ask(ada, 'POST', `/api/leads/${card.leadId}/accept`, undefined, 409);
  const bob = await w.addUser(ada, { role: 'readonly' });
  await ask(bob, 'POST', `/api/leads/${card.leadId}/decline`, undefined, 403);
});

test('tasks are given, changed, done and not done again, each with its event; another account has none of it', async () => {
  const card = await makeCard(w, ada);
  const path = `/api/leads/${card.leadId}/tasks`;
  const late = await ask<Task>(ada, 'POST', path, { text: 'Send the offer', dueAt: 2_000_000 }, 201);
  const soon = await ask<Task>(ada, 'POST', path, { text: 'Call', dueAt: 1_000_000, responsibleId: null }, 201);
  expect(late.responsible?.id).toBe(ada.userId);
  expect(soon.responsible).toBeNull();
  const list = async () => (await ask<{ items: Task[] }>(ada, 'GET', path)).items.map(({ id }) => id);
  expect(await list()).toEqual([soon.id, late.id]);
  expect((await ask<Task>(ada, 'PATCH', `/api/tasks/${soon.id}`, { completed: true, text: 'Call at six' })).completedAt).not.toBeNull();
  expect(await list()).toEqual([late.id, soon.id]);
  expect((await ask<Task>(ada, 'PATCH', `/api/tasks/${soon.id}`, { completed: false })).completedAt).toBeNull();
  const { items } = await ask<EventPage>(ada, 'GET', `/api/leads/${card.leadId}/events`);
  expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['task_added', 'task_completed', 'task_text_changed']));
  await ask(ada, 'POST', path, { text: 'x', dueAt: 1, responsibleId: stranger.userId }, 422);
  await ask(stranger, 'GET', path, undefined, 404);
  await ask(stranger, 'POST', path, { text: 'x', dueAt: 1 }, 404);
  await ask(stranger, 'PATCH', `/api/tasks/${late.id}`, { completed: true }, 404);
  await ask(stranger, 'GET', `/api/leads/${card.leadId}/events`, undefined, 404);
});

test('notes of a card are its own, newest first, and nobody else’s', async () => {
  const card = await makeCard(w, ada);
  for (const text of ['First', 'Second', 'Third']) await ask<Note>(ada, 'POST', `/api/leads/${card.leadId}/notes`, { text }, 201);
  const page = await ask<{ items: Note[]; nextCursor: string }>(ada, 'GET', `/api/leads/${card.leadId}/notes?limit=2`);
  expect(page.items.map(({ text }) => text)).toEqual(['Third', 'Second']);
  const rest = await ask<{ items: Note[] }>(ada, 'GET', `/api/leads/${card.leadId}/notes?limit=2&cursor=${page.nextCursor}`);
  expect(rest.items.map(({ text }) => text)).toEqual(['First']);
  expect((await ask<{ items: Note[] }>(ada, 'GET', `/api/contacts/${card.contactId}/notes`)).items).toEqual([]);
  await ask(stranger, 'GET', `/api/leads/${card.leadId}/notes`, undefined, 404);
  await ask(stranger, 'POST', `/api/leads/${card.leadId}/notes`, { text: 'x' }, 404);
});

test('a customer is made from a contact, changed field by field, listed by filters; another account has none of it', async () => {
  const owner = await w.makePerson();
  const card = await makeCard(w, owner);
  const { items: stages } = await ask<{ items: { id: number }[] }>(owner, 'GET', '/api/customers/stages');
  expect(stages).toHaveLength(4);
  const made = await ask<Customer>(
    owner,
    'POST',
    '/api/customers',
    { name: 'Anna buys tea', contactId: card.contactId, tags: ['tea'] },
    201,
  );
  expect(made).toMatchObject({ stage: { id: stages[0]!.id }, responsible: { id: owner.userId }, contact: { id: card.contactId } });
  const changed = await ask<Customer>(owner, 'PATCH', `/api/customers/${made.id}`, { stageId: stages[1]!.id, nextPurchaseAt: 5_000_000 });
  expect(changed).toMatchObject({ stage: { id: stages[1]!.id }, nextPurchaseAt: 5_000_000, tags: [{ name: 'tea' }] });
  const found = async (query: string) => (await ask<CustomerPage>(owner, 'GET', `/api/customers?${query}`)).items.map(({ id }) => id);
  for (const query of ['', `stage=${stages[1]!.id}`, `contact=${card.contactId}`, 'search=tea', `responsible=${owner.userId}`])
    expect(await found(query)).toEqual([made.id]);
  for (const query of [`stage=${stages[0]!.id}`, 'search=coffee', 'responsible=0']) expect(await found(query)).toEqual([]);
  const { items } = await ask<EventPage>(owner, 'GET', `/api/customers/${made.id}/events`);
  expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['customer_added', 'customer_status_changed']));
  await ask(owner, 'PATCH', `/api/customers/${made.id}`, { stageId: 1 }, 422);
  await ask(stranger, 'GET', `/api/customers/${made.id}`, undefined, 404);
  await ask(stranger, 'PATCH', `/api/customers/${made.id}`, { name: 'x' }, 404);
  await ask(stranger, 'POST', '/api/customers', { name: 'x', contactId: card.contactId }, 422);
  expect((await ask<CustomerPage>(stranger, 'GET', '/api/customers')).items).toEqual([]);
});

test('a conversation is hung on a customer and on another lead of the same client, never on another client’s card', async () => {
  const [card, other] = [await makeCard(w, ada), await makeCard(w, ada)];
  const attach = (to: object, status = 200, person = ada) =>
    ask<{ entity: { type: string; id: number } }>(person, 'POST', `/api/conversations/${card.number}/attach`, to, status);
  const customer = await ask<Customer>(ada, 'POST', '/api/customers', { name: 'Anna', contactId: card.contactId }, 201);
  expect((await attach({ type: 'customer', id: customer.id })).entity).toMatchObject({ type: 'customer', id: customer.id });
  expect((await ask<Customer>(ada, 'GET', `/api/customers/${customer.id}`)).conversations.map(({ number }) => number)).toEqual([
    card.number,
  ]);
  const empty = await ask<Lead>(ada, 'POST', '/api/leads', { name: 'New order' }, 201);
  expect((await attach({ type: 'lead', id: empty.id })).entity).toMatchObject({ type: 'lead', id: empty.id });
  // The lead had no client: it has this one now.
  expect((await ask<Lead>(ada, 'GET', `/api/leads/${empty.id}`)).contact?.id).toBe(card.contactId);
  await attach({ type: 'lead', id: other.leadId }, 422);
  await attach({ type: 'lead', id: 1 }, 422);
  await attach({ type: 'lead', id: empty.id }, 422, stranger);
  const foreign = await makeCard(w, stranger);
  await attach({ type: 'lead', id: foreign.leadId }, 422);
  await ask(stranger, 'POST', `/api/conversations/${card.number + 1000}/attach`, { type: 'lead', id: foreign.leadId }, 404);
  const rows =
    await w.sql`select type from events where account_id = ${ada.accountId} and type = 'talk_attached' and entity_id = ${card.number}`;
  expect(rows).toHaveLength(2);
});

test('bots are started and seen on a customer’s card: by name or by its conversation, not twice, and not by others', async () => {
  const owner = await w.makePerson();
  const card = await makeCard(w, owner);
  const customer = await ask<Customer>(owner, 'POST', '/api/customers', { name: 'Regular', contactId: card.contactId }, 201);
  await ask(owner, 'POST', `/api/conversations/${card.number}/attach`, { type: 'customer', id: customer.id });
  const start = (of: object, status: number, person = owner) => ask<Run>(person, 'POST', `/api/bots/${card.botId}/start`, of, status);
  const run = await start({ customerId: customer.id }, 201);
  expect(run).toMatchObject({ customerId: customer.id, leadId: null, contactId: card.contactId, chatId: card.chatId });
  expect((await start({ conversation: card.number, ifRunning: 'return' }, 200)).id).toBe(run.id);
  // The lead's own run is another one.
  expect((await start({ leadId: card.leadId, ifRunning: 'return' }, 200)).id).not.toBe(run.id);
  const view = await ask<Customer>(owner, 'GET', `/api/customers/${customer.id}`);
  expect(view.runs.map(({ id }) => id)).toEqual([run.id]);
  const { items } = await ask<{ items: Run[] }>(owner, 'GET', `/api/customers/${customer.id}/runs?state=all`);
  expect(items.map(({ id }) => id)).toEqual([run.id]);
  await ask(stranger, 'GET', `/api/customers/${customer.id}/runs`, undefined, 404);
  const foreign = await makeCard(w, stranger);
  await ask(stranger, 'POST', `/api/bots/${foreign.botId}/start`, { customerId: customer.id }, 404);
  const bare = await ask<Customer>(owner, 'POST', '/api/customers', { name: 'Nobody yet' }, 201);
  expect(await ask<{ code: string }>(owner, 'POST', `/api/bots/${card.botId}/start`, { customerId: bare.id }, 409)).toMatchObject({
    code: 'conflict',
  });
});
