import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notify } from '../../db/notify.ts';
import { type Card, makeCard } from './data.ts';
import { openStream } from './open-stream.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let eve: Person;
let card: Card;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  card = await makeCard(world, ada);
});
afterAll(() => world.stop());

const open = (person: Person) => openStream(world, person);

const change = (kind: string, ids: (string | number)[]) => `event: change\ndata: ${JSON.stringify({ kind, ids })}\n\n`;

test('a stream begins with resync and then tells what is to be fetched again', async () => {
  const stream = await open(ada);
  await stream.until('event: resync');
  await world.call(ada, 'PATCH', `/api/leads/${card.leadId}`, { price: 5 });
  await stream.until(change('lead', [card.leadId]));
  await stream.until(change('conversation', [card.number]));
  await stream.close();
});

test('nothing of another account, and nothing out of sight, is even hinted at', async () => {
  const bob = await world.addUser(ada, { role: 'manager', sees: 'own' });
  const [foreign, own] = await Promise.all([open(eve), open(bob)]);
  await Promise.all([foreign.until('event: resync'), own.until('event: resync')]);
  notify(world.sql, [
    { accountId: ada.accountId, kind: 'lead', id: card.leadId },
    { accountId: ada.accountId, kind: 'contact', id: card.contactId },
    { accountId: ada.accountId, kind: 'chat', id: card.chatId },
    { accountId: ada.accountId, kind: 'run', id: card.runId },
    { accountId: ada.accountId, kind: 'conversation', id: card.number },
    { accountId: ada.accountId, kind: 'bot', id: card.botId },
    { accountId: eve.accountId, kind: 'bot', id: 7 },
  ]);
  await Promise.all([foreign.until(change('bot', [7])), own.until(change('bot', [card.botId]))]);
  expect(own.text).not.toMatch(/"kind":"(lead|contact|chat|run|conversation)"/);
  expect(foreign.text).not.toContain(String(card.botId));
  await Promise.all([foreign.close(), own.close()]);
});

test('changes are told once within 20 ms, and many ids in several pieces', async () => {
  const stream = await open(ada);
  await stream.until('event: resync');
  for (let id = 1; id <= 400; id += 1)
    notify(world.sql, [
      { accountId: ada.accountId, kind: 'channel', id },
      { accountId: ada.accountId, kind: 'channel', id },
    ]);
  await stream.until('400]');
  const ids = [...stream.text.matchAll(/"ids":\[([\d,]+)\]/g)].flatMap((match) => match[1]!.split(',').map(Number));
  expect(ids).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  await stream.close();
});

test('when the connection that listens is lost, pages are told to fetch everything, and hear again', async () => {
  const stream = await open(ada);
  await stream.until('event: resync');
  stream.text = '';
  await world.sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = current_database()`;
  await stream.until('event: resync');
  notify(world.sql, [{ accountId: ada.accountId, kind: 'bot', id: 12 }]);
  await stream.until(change('bot', [12]));
  await stream.close();
});

test('a process that drains ends its streams and says that it is not ready', async () => {
  const stream = await open(ada);
  await stream.until('event: resync');
  world.closing.abort();
  await expect(stream.until('never')).rejects.toThrow('the stream ended');
  expect((await world.call(undefined, 'GET', '/readyz')).status).toBe(503);
  await delay(0);
});
