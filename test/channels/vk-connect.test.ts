/** VK and the API together: the handshake during connecting, events over HTTP, servers made by hand, what is wrong named. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { vkChannel } from '../../channels/vk/vk.ts';
import type { Person, World } from '../api/world.ts';
import { type FakeVk, startFakeVk } from '../fakes/vk/index.ts';
import { type Reachable, startReachable } from './reachable.ts';

let reachable: Reachable;
let localUrl: string;
let world: World;
let ada: Person;
let fake: FakeVk;

beforeAll(async () => {
  reachable = await startReachable(vkChannel());
  ({ world, ada, localUrl } = reachable);
  fake = await startFakeVk({ timeScale: 0.001 });
}, 120_000);
afterAll(async () => {
  await fake?.stop();
  await reachable?.stop();
});

const connect = (credentials: object = {}, body: object = {}) =>
  world.call(ada, 'POST', '/api/channels', {
    type: 'vk',
    credentials: { token: fake.token, groupId: fake.groupId, ...credentials },
    apiRoot: fake.url,
    receive: 'webhook',
    ...body,
  });
const fieldsOf = async (answer: Response) => ((await answer.json()) as { fields?: { field: string }[] }).fields?.map(({ field }) => field);
const post = (id: number, body: object) =>
  fetch(`${localUrl}/webhooks/vk/${id}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
let id: number;

test('connecting takes effect before the answer, with the handshake answered during it', async () => {
  const answer = await connect();
  expect(answer.status).toBe(201);
  const view = (await answer.json()) as { id: number; webhookUrl: string };
  expect(view).toMatchObject({
    name: 'Local community',
    state: 'connected',
    externalId: String(fake.groupId),
    webhookUrl: `${localUrl}/webhooks/vk/${view.id}`,
  });
  expect(JSON.stringify(view)).not.toContain(fake.token);
  id = view.id;
  await fake.clientWrites(5_550_001, 'hello', { name: 'Anna X' });
  await fake.waitUntilTaken();
  expect(world.delivered).toMatchObject([
    { type: 'messageReceived', chat: { externalChatId: '5550001' }, sender: { name: 'Anna X' }, message: { text: 'hello' } },
  ]);
  expect(await fake.counters()).toMatchObject({ delivered: 1, failedAttempts: 0 });
  const tested = await world.call(ada, 'POST', `/api/channels/${id}/test`);
  expect(await tested.json()).toMatchObject({ ok: true });
});

test('a wrong or missing secret is answered 401, the right one exactly "ok"', async () => {
  const before = world.delivered.length;
  const { secret } = (await fake.servers())[0]!;
  const event = { type: 'message_deny', event_id: 'e1', group_id: fake.groupId, object: { user_id: 5_550_001 } };
  for (const wrong of [event, { ...event, secret: 'wrong' }, { ...event, secret, group_id: 5 }])
    expect((await post(id, wrong)).status).toBe(401);
  const answer = await post(id, { ...event, secret });
  expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
  expect(world.delivered.length - before).toBe(1);
});

test('whose replies in VK are whose: looked for by page, of this account, each person once, kept by name', async () => {
  const change = (colleagues: object[], who = ada) => world.call(who, 'PATCH', `/api/channels/${id}`, { settings: { colleagues } });
  await fake.clientWrites(5_550_009, 'hello', { name: 'Vera Z', screenName: 'vera' });
  const kept = [{ externalId: '5550009', name: 'Vera Z', userId: ada.userId }];
  const answer = await change([{ externalId: 'https://vk.com/vera', userId: ada.userId }]);
  expect(await answer.json()).toMatchObject({ settings: { colleagues: kept } });
  // The page hands back what it was shown.
  expect((await change(kept)).status).toBe(200);
  expect(await fieldsOf(await change([...kept, { externalId: 'vk.com/vera', userId: ada.userId }]))).toEqual([
    'settings.colleagues.1.externalId',
  ]);
  expect(await fieldsOf(await change([{ externalId: 'vk.com/nobody', userId: ada.userId }]))).toEqual(['settings.colleagues.0.externalId']);
  const stranger = await world.makePerson();
  expect(await fieldsOf(await change([{ externalId: 'vk.com/vera', userId: stranger.userId }]))).toEqual(['settings.colleagues.0.userId']);
  expect((await change(kept, stranger)).status).toBe(404);
  expect((await change([])).status).toBe(200);
});

test('disconnecting takes our callback server away', async () => {
  expect((await world.call(ada, 'DELETE', `/api/channels/${id}`)).status).toBe(204);
  expect(await fake.servers()).toEqual([]);
});

test('a server made by hand: its code is answered, its secret is asked for, and no other server is made', async () => {
  const answer = await connect({ secret: 's3cret', confirmationCode: 'handmade1' }, { receive: undefined });
  expect(answer.status).toBe(201);
  const { id: byHand, webhookUrl } = (await answer.json()) as { id: number; webhookUrl: string };
  expect(await fake.servers()).toEqual([]);
  expect(await fake.addServerByHand(webhookUrl, 's3cret')).toMatchObject({ status: 'ok' });
  await fake.clientWrites(5_550_002, 'by hand');
  await fake.waitUntilTaken();
  expect(world.delivered.at(-1)).toMatchObject({ message: { text: 'by hand' } });
  expect((await post(byHand, { type: 'confirmation', group_id: 5 })).status).toBe(401);
  expect((await world.call(ada, 'DELETE', `/api/channels/${byHand}`)).status).toBe(204);
  expect(await fake.servers()).toHaveLength(1);
});

test('what is wrong is named: the key, the community, the secret, the rights', async () => {
  expect(await fieldsOf(await connect({ token: 'unknown' }))).toEqual(['credentials.token']);
  expect(await fieldsOf(await connect({ groupId: 5 }))).toEqual(['credentials.groupId']);
  expect(await fieldsOf(await connect({ groupId: 'shop' }))).toEqual(['credentials.groupId']);
  expect(await fieldsOf(await connect({ confirmationCode: 'c' }))).toEqual(['credentials.secret']);
  await fake.allow({ manage: false });
  expect(await fieldsOf(await connect())).toEqual(['credentials.token']);
});
