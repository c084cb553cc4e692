/** Viber and the API together: registration with its handshake, events over HTTP, new credentials, addresses of files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { viberChannel } from '../../channels/viber/viber.ts';
import { endedFilePath } from '../../files/address.ts';
import { type Person, secretKey, type World } from '../api/world.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { type FakeViber, startFakeViber } from '../fakes/viber/index.ts';
import { type Reachable, startReachable } from './reachable.ts';

let reachable: Reachable;
let localUrl: string;
let world: World;
let ada: Person;
let fake: FakeViber;

beforeAll(async () => {
  reachable = await startReachable(viberChannel());
  ({ world, ada, localUrl } = reachable);
  fake = await startFakeViber({ timeScale: 0.01 });
}, 120_000);
afterAll(async () => {
  await fake?.stop();
  await reachable?.stop();
});

const connect = (body: object = {}) =>
  world.call(ada, 'POST', '/api/channels', {
    type: 'viber',
    credentials: { token: fake.token, senderName: 'Shop' },
    apiRoot: fake.apiRoot,
    ...body,
  });
let id: number;
let other: { token: string };
const fieldsOf = async (answer: Response) => ((await answer.json()) as { fields?: { field: string }[] }).fields?.map(({ field }) => field);

test('connecting takes effect before the answer, with the handshake answered during it', async () => {
  const answer = await connect();
  expect(answer.status).toBe(201);
  const view = (await answer.json()) as { id: number; name: string; state: string; webhookUrl: string };
  expect(view).toMatchObject({ name: 'Local bot', state: 'connected', webhookUrl: `${localUrl}/webhooks/viber/${view.id}` });
  id = view.id;
  await fake.clientWrites('anna', 'hello', { name: 'Anna' });
  await fake.waitUntilTaken();
  expect(world.delivered).toMatchObject([{ type: 'messageReceived', chat: { externalChatId: 'anna' }, message: { text: 'hello' } }]);
  const tested = await world.call(ada, 'POST', `/api/channels/${id}/test`);
  expect(await tested.json()).toMatchObject({ ok: true });
});

test('a wrong or missing signature is answered 401 and delivers nothing', async () => {
  const before = world.delivered.length;
  const { body, signature } = await fake.eventOf((await fake.clientWrites('anna', 'signed')).messageToken);
  await fake.waitUntilTaken();
  const post = (text: string, headers: Record<string, string>) =>
    fetch(`${localUrl}/webhooks/viber/${id}`, { method: 'POST', body: text, headers });
  const wrong: Record<string, string>[] = [{}, { 'X-Viber-Content-Signature': 'f'.repeat(64) }];
  for (const headers of wrong) expect((await post(body, headers)).status).toBe(401);
  expect((await post(body.replace('signed', 'forged'), { 'X-Viber-Content-Signature': signature })).status).toBe(401);
  expect((await post(body, { 'X-Viber-Content-Signature': signature })).status).toBe(200);
  expect(world.delivered.length - before).toBe(2);
});

test('a token changed for another takes effect at once, its handshake included', async () => {
  other = await fake.addBot({ name: 'Other bot' });
  const answer = await world.call(ada, 'PATCH', `/api/channels/${id}`, { credentials: { token: other.token } });
  expect(answer.status).toBe(200);
  await fake.clientWrites('boris', 'to the other', { token: other.token });
  await fake.waitUntilTaken();
  expect(world.delivered.at(-1)).toMatchObject({ chat: { externalChatId: 'boris' } });
});

test('what is wrong is named: the token, the name, the missing public address, polling', async () => {
  expect(await fieldsOf(await connect({ credentials: { token: 'unknown' } }))).toEqual(['credentials.token']);
  expect(await fieldsOf(await connect({ credentials: { token: fake.token, senderName: 'x'.repeat(29) } }))).toEqual([
    'credentials.senderName',
  ]);
  expect(await fieldsOf(await connect({ receive: 'polling' }))).toEqual(['receive']);
});

test('a stored file is read at an address that ends as its type does, and at no guessed one', async () => {
  const form = new FormData();
  form.append('file', new File([SAMPLE_PNG], 'pixel.jfif', { type: 'image/png' }));
  const stored = (await (await world.call(ada, 'POST', '/api/files', form)).json()) as {
    id: string;
    name: string;
    mime: string;
    url: string;
  };
  const path = endedFilePath(secretKey, stored);
  expect(path).toMatch(/\.png$/);
  const answer = await fetch(localUrl + path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(SAMPLE_PNG);
  expect((await fetch(localUrl + path.replace(/[^/]+\/([^/]+)$/, `${'A'.repeat(32)}/$1`))).status).toBe(404);
  expect((await fetch(localUrl + path.replace(/\.png$/, ''))).status).toBe(200);
});

test('disconnecting withdraws the webhook at Viber', async () => {
  expect((await world.call(ada, 'DELETE', `/api/channels/${id}`)).status).toBe(204);
  const { attempts } = await fake.counters();
  await fake.clientWrites('boris', 'nobody hears', other);
  await fake.waitUntilTaken();
  expect((await fake.counters()).attempts).toBe(attempts);
  expect(world.delivered.at(-1)).toMatchObject({ message: { text: 'to the other' } });
});
