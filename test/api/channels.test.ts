import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Channel, ChannelError, type ChannelFact, ChannelInputError, type ConnectedChannel } from '../../channels/channel.ts';
import { webchatChannel } from '../../channels/webchat/webchat.ts';
import { type Person, startWorld, type World } from './world.ts';

/** A messenger of the test: what it saw, and how it behaves. */
const seen: { connected: ConnectedChannel[]; disconnected: number; handshake: (() => Promise<number>) | undefined } = {
  connected: [],
  disconnected: 0,
  handshake: undefined,
};
let refuse: Error | undefined;

const fact = (id: string, chat = 'c1'): ChannelFact => ({
  type: 'clientBlocked',
  id,
  chat: { externalChatId: chat, kind: 'private' },
  receivedAt: 1,
});

const pigeon: Channel = {
  ...webchatChannel(),
  type: 'pigeon',
  deliversByRow: false,
  defaultReceive: 'polling',
  parseCredentials(input) {
    const { token } = input as { token?: string };
    if (token === undefined) throw new ChannelInputError('token', 'Give the token');
    return { token };
  },
  async connect(channel) {
    seen.connected.push(channel);
    if (seen.handshake !== undefined) expect(await seen.handshake()).toBe(200);
    if (refuse !== undefined) throw refuse;
    return { externalId: `pigeon-${channel.credentials.token}`, name: 'Grey pigeon', facts: { username: 'grey' } };
  },
  async test() {
    if (refuse !== undefined) throw refuse;
    return { words: 'flies' };
  },
  async disconnect() {
    seen.disconnected += 1;
  },
  async receive(channel, request) {
    if (request.headers['x-secret'] !== channel.webhookSecret) {
      throw new ChannelError('refused', { scope: 'account', code: 'secret', words: 'wrong secret' });
    }
    const text = new TextDecoder().decode(request.body);
    if (text.startsWith('+')) return { facts: [fact(text)], answer: { status: 200, body: '', contentType: '' }, learned: { [text]: text } };
    if (text === 'broken') throw new Error('cannot read this');
    const answer = { status: 200, body: 'coo', contentType: 'text/plain' };
    return text.startsWith('?') ? { facts: [], answer, unparsed: text } : { facts: text.split(',').map((id) => fact(id)), answer };
  },
  poll: async (_channel, cursor) => ({ facts: [], cursor }),
};

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld([pigeon, webchatChannel()]);
  ada = await world.makePerson();
});
afterAll(() => world.stop());
beforeEach(() => {
  refuse = undefined;
  seen.handshake = undefined;
});

const connect = (body: object = {}) => world.call(ada, 'POST', '/api/channels', { type: 'pigeon', credentials: { token: 't1' }, ...body });
interface View {
  id: number;
  webhookUrl: string;
  name: string;
  state: string;
  facts: Record<string, string>;
}
const secretOf = async (id: number) =>
  (await world.sql<{ secret: string }[]>`select webhook_secret secret from channels where id = ${id}`)[0]!.secret;

test('connecting asks the messenger, keeps the credentials sealed and never shows them', async () => {
  const answer = await connect();
  expect(answer.status).toBe(201);
  const text = await answer.text();
  const view = JSON.parse(text) as View;
  expect(view).toMatchObject({ name: 'Grey pigeon', state: 'connected', receive: 'polling', facts: { username: 'grey' } });
  expect(view.webhookUrl).toBe(`http://localhost:3000/webhooks/pigeon/${view.id}`);
  expect(seen.connected.at(-1)).toMatchObject({ id: view.id, credentials: { token: 't1' } });
  const [row] = await world.sql<{ all: string }[]>`select channels::text "all" from channels where id = ${view.id}`;
  expect(row?.all).not.toMatch(/"t1"/);
  expect(text).not.toContain(await secretOf(view.id));
  expect((await connect()).status).toBe(409);
  await world.call(ada, 'DELETE', `/api/channels/${view.id}`);
  expect(seen.disconnected).toBe(1);
  expect((await world.call(ada, 'GET', `/api/channels/${view.id}`)).status).toBe(404);
});

test('what the messenger refuses is told in its words and leaves nothing behind', async () => {
  refuse = new ChannelError('refused', { scope: 'account', code: '401', words: 'Unauthorized' });
  const answer = await connect();
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: 'channel_refused', detail: 'Unauthorized' });
  const missing = await connect({ credentials: {} });
  expect(await missing.json()).toMatchObject({ fields: [{ field: 'credentials.token', message: 'Give the token' }] });
  const { items } = (await (await world.call(ada, 'GET', '/api/channels')).json()) as { items: unknown[] };
  expect(items).toEqual([]);
});

test('a handshake during the connection is answered', async () => {
  seen.handshake = async () => {
    const channel = seen.connected.at(-1)!;
    const answer = await world.call(undefined, 'POST', `/webhooks/pigeon/${channel.id}`, '?', { 'x-secret': channel.webhookSecret });
    return answer.status;
  };
  const answer = await connect();
  expect(answer.status).toBe(201);
  await world.call(ada, 'DELETE', `/api/channels/${((await answer.json()) as View).id}`);
});

test('new credentials that do not work leave the old connection as it was', async () => {
  const { id } = (await (await connect()).json()) as View;
  refuse = new ChannelError('refused', { scope: 'account', code: '401', words: 'Unauthorized' });
  expect((await world.call(ada, 'PATCH', `/api/channels/${id}`, { credentials: { token: 'bad' } })).status).toBe(422);
  refuse = undefined;
  const answer = await world.call(ada, 'PATCH', `/api/channels/${id}`, { apiRoot: 'http://127.0.0.1:9/', shortLinks: false });
  expect(await answer.json()).toMatchObject({ apiRoot: 'http://127.0.0.1:9', shortLinks: false, state: 'connected' });
  expect(seen.connected.at(-1)).toMatchObject({ credentials: { token: 't1' }, apiRoot: 'http://127.0.0.1:9' });
  refuse = new ChannelError('unavailable', { code: '502', words: 'Bad gateway' });
  const tested = await world.call(ada, 'POST', `/api/channels/${id}/test`);
  expect(await tested.json()).toEqual({ ok: false, words: 'Bad gateway' });
  await world.call(ada, 'DELETE', `/api/channels/${id}`);
});

test('a webhook is answered only when every fact was accepted, and refused while Temporal is away', async () => {
  const { id } = (await (await connect()).json()) as View;
  const send = async (body: string, secret?: string) =>
    world.call(undefined, 'POST', `/webhooks/pigeon/${id}`, body, { 'x-secret': secret ?? (await secretOf(id)) });
  world.delivered.length = 0;
  const taken = await send('a,b');
  expect([taken.status, await taken.text()]).toEqual([200, 'coo']);
  expect(world.delivered.map((one) => one.id)).toEqual(['a', 'b']);

  const deliver = world.deliver;
  world.deliver = async () => {
    throw Object.assign(new Error('away'), { name: 'ServiceError' });
  };
  expect((await send('c')).status).toBe(503);
  world.deliver = deliver;

  expect((await send('d', 'wrong')).status).toBe(401);
  expect(world.delivered.map((one) => one.id)).toEqual(['a', 'b']);

  // What it tells of the channel itself joins what is known of it.
  for (const learned of ['+one', '+two', '+one']) expect((await send(learned)).status).toBe(200);
  const { facts } = (await (await world.call(ada, 'GET', `/api/channels/${id}`)).json()) as View;
  expect(facts).toEqual({ username: 'grey', '+one': '+one', '+two': '+two' });
  expect((await send('broken')).status).toBe(200);
  expect((await send('?what\0')).status).toBe(200);
  const rows = await world.sql<
    { body: string; reason: string }[]
  >`select body, reason from unparsed_webhooks where channel_id = ${id} order by id`;
  expect(rows).toEqual([
    { body: 'broken', reason: 'the adapter failed' },
    { body: '?what\uFFFD', reason: 'the adapter could not read it' },
  ]);
  expect((await world.call(undefined, 'POST', `/webhooks/webchat/${id}`, 'a')).status).toBe(404);
});

test('a channel with chats stays in the list when it is disconnected, without credentials', async () => {
  const { id } = (await (await connect({ credentials: { token: 't2' } })).json()) as View;
  const [contact] = await world.sql<{ id: number }[]>`
    insert into contacts (account_id, name, created_at, updated_at) values (${ada.accountId}, 'A', ${1}, ${1}) returning id`;
  await world.sql`
    insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
    values (${ada.accountId}, gen_random_uuid(), ${id}, 'c', 'private', ${contact!.id}, ${1})`;
  expect((await world.call(ada, 'DELETE', `/api/channels/${id}`)).status).toBe(204);
  const [row] = await world.sql`select state, credentials_sealed sealed from channels where id = ${id}`;
  expect(row).toEqual({ state: 'disconnected', sealed: '' });
  expect((await world.call(undefined, 'POST', `/webhooks/pigeon/${id}`, 'a', { 'x-secret': await secretOf(id) })).status).toBe(404);
  expect((await world.call(ada, 'PATCH', `/api/channels/${id}`, { credentials: { token: 't2' } })).status).toBe(200);
  expect(await (await world.call(ada, 'GET', `/api/channels/${id}`)).json()).toMatchObject({ state: 'connected' });
});
