import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let card: Card;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  card = await makeCard(world, ada);
});
afterAll(() => world.stop());

const key = (value: string) => ({ 'Idempotency-Key': value });

test('the same key makes one lead, however often and however close together it is sent', async () => {
  const make = (name = 'Once') => world.call(ada, 'POST', '/api/leads', { name }, key('lead-1'));
  const first = (await (await make()).json()) as { id: number };
  const again = await make();
  expect(again.status).toBe(201);
  expect(await again.json()).toMatchObject({ id: first.id });
  expect((await make('Other')).status).toBe(409);
  const together = await Promise.all(
    Array.from({ length: 5 }, () => world.call(ada, 'POST', '/api/leads', { name: 'Twin' }, key('lead-2'))),
  );
  for (const answer of together) expect([201, 409]).toContain(answer.status);
  const [row] = await world.sql<
    { count: number }[]
  >`select count(*)::int count from leads where account_id = ${ada.accountId} and name in ('Once', 'Twin')`;
  expect(row?.count).toBe(2);
});

test('a refused request may be sent again with the same key once it is right', async () => {
  expect((await world.call(ada, 'POST', '/api/leads', { name: 'x', stageId: 1 }, key('lead-3'))).status).toBe(422);
  expect((await world.call(ada, 'POST', '/api/leads', { name: 'x' }, key('lead-3'))).status).toBe(201);
});

test('an order carries the caller’s key, and one of its own where none was given', async () => {
  world.sent.length = 0;
  const close = (headers = {}) => world.call(ada, 'POST', `/api/conversations/${card.number}/close`, { force: true }, headers);
  expect((await close(key('close-1'))).status).toBe(200);
  await close();
  await close();
  expect(world.sent[0]).toEqual({
    to: { accountId: ada.accountId, channelId: card.channelId, externalChatId: card.externalChatId },
    order: { type: 'close', by: ada.userId, force: true, stopBots: false },
    id: 'close-1',
  });
  expect(new Set(world.sent.map(({ id }) => id)).size).toBe(3);
});

test('an order that was not answered in time is 202 with the key to ask again with', async () => {
  const before = world.answerOrder;
  world.answerOrder = async () => ({ taken: false });
  const answer = await world.call(ada, 'POST', `/api/conversations/${card.number}/messages`, { text: 'hello' }, key('write-1'));
  world.answerOrder = before;
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual({ accepted: true, idempotencyKey: 'write-1' });
});

test('what a turn refused is the request’s refusal', async () => {
  const before = world.answerOrder;
  world.answerOrder = async () => ({
    taken: true,
    answer: { status: 'in_work', isRead: true, refused: { code: 'unreachable', detail: 'The client blocked the bot' } },
  });
  const answer = await world.call(ada, 'POST', `/api/conversations/${card.number}/messages`, { text: 'hello' });
  world.answerOrder = before;
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: 'unreachable', detail: 'The client blocked the bot' });
});

test('reading counts only for who is responsible', async () => {
  const boss = await world.addUser(ada, { role: 'administrator' });
  world.sent.length = 0;
  await world.call(ada, 'POST', `/api/conversations/${card.number}/read`);
  await world.call(boss, 'POST', `/api/conversations/${card.number}/read`);
  expect(world.sent.map(({ order }) => order)).toEqual([
    { type: 'read', by: ada.userId, counts: true },
    { type: 'read', by: boss.userId, counts: false },
  ]);
});

test('a bot starts once a key; what runs already is returned, or restarted when that was chosen', async () => {
  const fresh = await makeCard(world, ada);
  await world.sql`update bot_runs set status = 'ended', outcome = 'completed' where id = ${fresh.runId}`;
  const start = (headers: Record<string, string>, body = {}) =>
    world.call(ada, 'POST', `/api/bots/${fresh.botId}/start`, { leadId: fresh.leadId, ...body }, headers);
  world.sent.length = 0;
  const first = await start(key('start-1'));
  expect(first.status).toBe(201);
  const run = (await first.json()) as { id: string };
  expect(run).toMatchObject({
    leadId: fresh.leadId,
    contactId: fresh.contactId,
    chatId: fresh.chatId,
    startedBy: { kind: 'user', id: ada.userId },
  });
  const again = await start(key('start-1'));
  expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([200, run.id]);
  const second = await start(key('start-2'));
  expect([second.status, ((await second.json()) as { id: string }).id]).toEqual([200, run.id]);
  expect(world.sent.map(({ order }) => order.type)).toEqual(['begin', 'begin']);
  const restarted = await start(key('start-3'), { ifRunning: 'restart' });
  expect(restarted.status).toBe(201);
  expect(((await restarted.json()) as { id: string }).id).not.toBe(run.id);
  expect(world.sent.at(-2)).toMatchObject({ to: { runId: run.id }, order: { type: 'stop', as: 'restarted' } });
});

test('a run that has waited over an hour is restarted without asking', async () => {
  const old = await makeCard(world, ada, { at: Date.now() - 2 * 3_600_000 });
  const answer = await world.call(ada, 'POST', `/api/bots/${old.botId}/start`, { leadId: old.leadId });
  expect(answer.status).toBe(201);
  expect(((await answer.json()) as { id: string }).id).not.toBe(old.runId);
});

test('a bot that is off or was never published does not start', async () => {
  const off = await makeCard(world, ada);
  await world.call(ada, 'POST', `/api/bots/${off.botId}/off`, { endRuns: true });
  expect(world.sent.at(-1)).toMatchObject({ to: { runId: off.runId }, order: { type: 'stop' } });
  expect((await world.call(ada, 'POST', `/api/bots/${off.botId}/start`, { leadId: off.leadId })).status).toBe(409);
});
