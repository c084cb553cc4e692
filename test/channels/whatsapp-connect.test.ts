/** WhatsApp and the API together: the challenge over HTTP, deliveries, and names that operators read without a phone in them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whatsappChannel } from '../../channels/whatsapp/whatsapp.ts';
import { chatByHiddenName, chatHider } from '../../db/chat-names.ts';
import { chatName, conversationWorkflowId, hideChatsWith } from '../../workflows/messages.ts';
import { conversationStart } from '../../workflows/starts.ts';
import { type Person, secretKey, type World } from '../api/world.ts';
import { type FakeWhatsApp, startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { type Reachable, startReachable } from './reachable.ts';

const PHONE = '79990001122';
let reachable: Reachable;
let localUrl: string;
let world: World;
let ada: Person;
let fake: FakeWhatsApp;
let id: number;

beforeAll(async () => {
  hideChatsWith(chatHider(secretKey));
  reachable = await startReachable(whatsappChannel());
  ({ world, ada, localUrl } = reachable);
  fake = await startFakeWhatsApp({ timeScale: 0.01 });
}, 120_000);
afterAll(async () => {
  await fake?.stop();
  await reachable?.stop();
});

test('connecting takes effect before the answer, with the challenge answered during it', async () => {
  const { token, phoneNumberId, businessAccountId, appSecret } = fake;
  const answer = await world.call(ada, 'POST', '/api/channels', {
    type: 'whatsapp',
    credentials: { token, phoneNumberId, businessAccountId, appSecret },
    apiRoot: fake.apiRoot,
  });
  expect(answer.status).toBe(201);
  const view = (await answer.json()) as { id: number; state: string; facts: Record<string, string>; secret: string };
  expect(view).toMatchObject({ state: 'connected', facts: { webhook: 'registered' } });
  id = view.id;
  await fake.clientWrites(PHONE, 'hello', { name: 'Anna' });
  await fake.waitUntilTaken();
  expect(world.delivered).toMatchObject([{ type: 'messageReceived', chat: { externalChatId: `+${PHONE}` }, message: { text: 'hello' } }]);

  const hook = (query: string) =>
    fetch(`${localUrl}/webhooks/whatsapp/${id}?hub.mode=subscribe&hub.challenge=115&hub.verify_token=${query}`);
  const right = await hook(view.secret);
  expect([right.status, await right.text()]).toEqual([200, '115']);
  expect((await hook('wrong')).status).toBe(403);
});

test('a wrong or missing signature is answered 401 and delivers nothing', async () => {
  const before = world.delivered.length;
  const { body, signature } = await fake.eventOf((await fake.clientWrites(PHONE, 'signed')).id);
  await fake.waitUntilTaken();
  const post = (text: string, headers: Record<string, string>) =>
    fetch(`${localUrl}/webhooks/whatsapp/${id}`, { method: 'POST', body: text, headers });
  expect((await post(body, {})).status).toBe(401);
  expect((await post(body.replace('signed', 'forged'), { 'X-Hub-Signature-256': signature })).status).toBe(401);
  expect((await post(body, { 'X-Hub-Signature-256': signature })).status).toBe(200);
  expect(world.delivered.length - before).toBe(2);
});

test('no phone stands in the id, the memo or the search attributes of a conversation; other ids stay as they are', () => {
  const key = { accountId: 1, channelId: 2, externalChatId: `+${PHONE}` };
  const { args: _input, ...shown } = conversationStart(key, 'http://localhost:3000');
  expect(JSON.stringify(shown)).not.toContain(PHONE);
  expect(conversationWorkflowId(key)).toMatch(/^conversation:1:2:[0-9a-f]{32}$/);
  // Another channel cannot be matched with it, and the integration's own id of a custom channel may be a bare phone.
  expect(chatName({ ...key, channelId: 3 })).not.toBe(chatName(key));
  expect(chatName({ ...key, externalChatId: PHONE })).toMatch(/^[0-9a-f]{32}$/);
  expect(chatName({ ...key, externalChatId: 'x'.repeat(101) })).toMatch(/^[0-9a-f]{32}$/);
  for (const externalChatId of ['5550001234', '-1001234567890', '2000000001', '01234567890A/+abcd==', 'visitor-1', 'RU.134912086553027']) {
    expect(conversationWorkflowId({ ...key, externalChatId })).toBe(`conversation:1:2:${externalChatId}`);
  }
});

test('the hash leads back to its chat, in its own account only', async () => {
  const { accountId } = ada;
  const { sql } = world;
  const [contact] = await sql<
    { id: number }[]
  >`insert into contacts (account_id, name, created_at, updated_at) values (${accountId}, 'Anna', ${Date.now()}, ${Date.now()}) returning id`;
  await sql`
    insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
    values (${accountId}, gen_random_uuid(), ${id}, ${`+${PHONE}`}, 'private', ${contact!.id}, ${Date.now()})`;
  const name = chatName({ accountId, channelId: id, externalChatId: `+${PHONE}` });
  expect(await chatByHiddenName(sql, secretKey, { accountId, channelId: id }, name)).toBe(`+${PHONE}`);
  expect(await chatByHiddenName(sql, secretKey, { accountId: accountId + 1, channelId: id }, name)).toBeUndefined();
  expect(await chatByHiddenName(sql, secretKey, { accountId, channelId: id }, '0'.repeat(32))).toBeUndefined();
});
