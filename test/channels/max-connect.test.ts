/** MAX and the API together: registration, updates over HTTP, a changed token, what is wrong named. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxChannel } from '../../channels/max/max.ts';
import type { Person, World } from '../api/world.ts';
import { type FakeMax, startFakeMax } from '../fakes/max/index.ts';
import { type Reachable, startReachable } from './reachable.ts';

const ANNA = 182_182_182;
const BORIS = 182_182_183;

let reachable: Reachable;
let localUrl: string;
let world: World;
let ada: Person;
let fake: FakeMax;

beforeAll(async () => {
  reachable = await startReachable(maxChannel());
  ({ world, ada, localUrl } = reachable);
  fake = await startFakeMax({ timeScale: 0.001 });
}, 120_000);
afterAll(async () => {
  await fake?.stop();
  await reachable?.stop();
});

const connect = (body: object = {}) =>
  world.call(ada, 'POST', '/api/channels', {
    type: 'max',
    credentials: { token: fake.token },
    apiRoot: fake.url,
    receive: 'webhook',
    ...body,
  });
const fieldsOf = async (answer: Response) => ((await answer.json()) as { fields?: { field: string }[] }).fields?.map(({ field }) => field);
let id: number;
let other: { token: string };

test('connecting takes effect before the answer, and tells no token', async () => {
  const answer = await connect();
  expect(answer.status).toBe(201);
  const view = (await answer.json()) as { id: number };
  expect(view).toMatchObject({
    name: 'Local bot',
    state: 'connected',
    externalId: '229229229',
    webhookUrl: `${localUrl}/webhooks/max/${view.id}`,
  });
  expect(JSON.stringify(view)).not.toContain(fake.token);
  id = view.id;
  await fake.clientStarts(ANNA, { name: 'Anna X', payload: 'promo7' });
  await fake.waitUntilTaken();
  expect(world.delivered).toMatchObject([
    { type: 'messageReceived', chat: { externalChatId: String(ANNA) }, message: { text: '/start', startPayload: 'promo7' } },
  ]);
  expect(await (await world.call(ada, 'POST', `/api/channels/${id}/test`)).json()).toMatchObject({ ok: true });
});

test('a wrong or missing secret is answered 401 and delivers nothing', async () => {
  const before = world.delivered.length;
  const { key } = await fake.clientWrites(ANNA, 'signed');
  await fake.waitUntilTaken();
  const body = await fake.updateOf(key);
  const [{ secret } = {}] = await fake.subscriptions();
  const post = (headers: Record<string, string>) => fetch(`${localUrl}/webhooks/max/${id}`, { method: 'POST', body, headers });
  const wrong: Record<string, string>[] = [{}, { 'X-Max-Bot-Api-Secret': 'f'.repeat(64) }];
  for (const headers of wrong) expect((await post(headers)).status).toBe(401);
  expect((await post({ 'X-Max-Bot-Api-Secret': secret! })).status).toBe(200);
  expect(world.delivered.length - before).toBe(2);
});

test('a token changed for another takes effect at once', async () => {
  other = await fake.addBot({ name: 'Other bot' });
  expect((await world.call(ada, 'PATCH', `/api/channels/${id}`, { credentials: { token: other.token } })).status).toBe(200);
  await fake.clientWrites(BORIS, 'to the other', other);
  await fake.waitUntilTaken();
  expect(world.delivered.at(-1)).toMatchObject({ chat: { externalChatId: String(BORIS) } });
  // The bot before still has its subscription, and is heard no more.
  const [status] = await fake.redeliver((await fake.clientWrites(ANNA, 'to the one before')).key);
  expect(status).toBe(401);
  expect(world.delivered.at(-1)).toMatchObject({ chat: { externalChatId: String(BORIS) } });
});

test('what is wrong is named, and one bot is one channel, which goes on hearing it alone', async () => {
  expect(await fieldsOf(await connect({ credentials: { token: 'unknown' } }))).toEqual(['credentials.token']);
  expect(await fieldsOf(await connect({ credentials: {} }))).toEqual(['credentials.token']);
  expect((await connect({ credentials: { token: other.token } })).status).toBeGreaterThanOrEqual(400);
  expect((await fake.subscriptions(other)).map(({ url }) => url)).toEqual([`${localUrl}/webhooks/max/${id}`]);
});

test('disconnecting takes the subscription away', async () => {
  expect((await world.call(ada, 'DELETE', `/api/channels/${id}`)).status).toBe(204);
  expect(await fake.subscriptions(other)).toEqual([]);
});
