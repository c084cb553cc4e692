import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiDeps } from '../../api/deps.ts';
import { webchatRoutes } from '../../api/webchat/routes.ts';
import type { WireHistory, WireSession } from '../../api/webchat/wire.ts';
import { webchatDeps } from '../../api/webchat-deps.ts';
import type { ChannelFact } from '../../channels/channel.ts';
import { findChannel } from '../../db/stores/channels.ts';
import { createTurns, type Turns } from '../turns/world.ts';

/** Public routes over real turns and a real database; only Temporal's queue is left out: a fact is a turn at once. */
let t: Turns;
let app: ReturnType<typeof webchatRoutes>;
let token = '';
let visitor = '';
let failures: unknown[] = [];

beforeAll(async () => {
  t = await createTurns();
  const deps = {
    sql: t.sql,
    live: { subscribe: () => () => undefined },
    files: { find: async () => [] },
    signaller: {
      deliver: async (channel: { id: number }, facts: ChannelFact[]) => {
        for (const fact of facts) await t.turn(fact.chat.externalChatId, [t.fact(fact)], channel.id);
      },
    },
    secretKey: new Uint8Array(32).fill(1),
    now: () => t.at,
    clientIp: () => undefined,
    log: { error: (details: unknown) => failures.push(details) },
    closing: new AbortController().signal,
  } as unknown as ApiDeps;
  app = webchatRoutes(webchatDeps(deps, { byKey: () => findChannel(t.sql, t.accountId, t.webchat) }));
  const answer = (await (await ask('session', {})).json()) as WireSession;
  token = answer.token;
  visitor = token.split('.')[0] ?? '';
});
afterAll(async () => {
  await t.end();
  expect(failures).toEqual([]);
  failures = [];
});

const ask = (path: string, body?: unknown) =>
  app.request(`http://localhost/key/${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { Host: 'localhost', Origin: 'http://localhost', ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) },
  });
const history = async () => (await (await ask('messages')).json()) as WireHistory;
const lines = async () => (await history()).messages.map(({ author, text }) => [author.kind === 'visitor' ? 'visitor' : author.name, text]);

async function write(text: string, more: { buttonKey?: string; clientMessageId?: string } = {}): Promise<string> {
  t.at += 60_000;
  const clientMessageId = more.clientMessageId ?? randomUUID();
  const response = await ask('messages', { text, sentAt: t.at, ...more, clientMessageId });
  expect(response.status).toBe(202);
  return clientMessageId;
}

const talk = async () => {
  const [row] = await t.sql`
    select c.number, c.status, c.opening, c.is_read from conversations c join chats h on h.account_id = c.account_id and h.id = c.chat_id
    where h.account_id = ${t.accountId} and h.external_chat_id = ${visitor} order by c.number desc limit 1`;
  return row;
};

test('a visitor talks with a bot by its choices, then with a person, and each sees how far the other is', async () => {
  const buttons = { handler: 'show', params: { type: 'buttons', value: 'Which tea?', buttons: ['Green', 'Black'] } };
  const answer = {
    handler: 'buttons',
    params: [
      { value: 'Green', params: [{ handler: 'show', params: { type: 'text', value: 'Oolong, then' } }] },
      { type: 'else', params: [{ handler: 'show', params: { type: 'text', value: 'As you say' } }] },
    ],
  };
  await t.bot({ 0: { question: [buttons], answer: [answer] } }, { name: 'Tea helper' });

  const first = await write('hello');
  await expect.poll(lines).toEqual([
    ['visitor', 'hello'],
    ['Tea helper', 'Which tea?'],
  ]);
  const offered = (await history()).messages[1]?.buttons ?? [];
  expect(offered.map(({ label }) => label)).toEqual(['Green', 'Black']);
  const [green] = offered;
  await write('Green', { buttonKey: green?.type === 'reply' ? green.key : '' });
  expect((await lines()).slice(2)).toEqual([
    ['visitor', 'Green'],
    ['Tea helper', 'Oolong, then'],
  ]);
  expect(await talk()).toMatchObject({ status: 'in_work', opening: 1, is_read: false });
  expect((await history()).state).toEqual({ seenUpTo: 0, readUpTo: 0 });

  await t.orders(visitor, { type: 'write', by: t.userId, text: 'Olga here', fileIds: [] }, randomUUID(), t.webchat);
  const { messages, state } = await history();
  const last = messages.at(-1);
  expect([last?.author, last?.text]).toEqual([{ kind: 'person', name: 'Olga' }, 'Olga here']);
  expect(state.seenUpTo).toBe(messages.findLast((message) => message.author.kind === 'visitor')?.cursor);

  for (const status of ['delivered', 'read'] as const) {
    expect((await ask('seen', { upTo: last?.cursor, status })).status).toBe(204);
    const rows = await t.sql`
      select distinct m.status from messages m join chats h on h.id = m.chat_id where h.external_chat_id = ${visitor} and m.direction = 'out'`;
    expect(rows.map((row) => row.status)).toEqual([status]);
  }
  expect((await history()).state.readUpTo).toBe(last?.cursor);

  await t.orders(visitor, { type: 'close', by: t.userId, force: true }, randomUUID(), t.webchat);
  await write('hello', { clientMessageId: first }); // the browser had not heard the answer and sends again, late
  expect(await talk()).toMatchObject({ status: 'closed', opening: 1 });
  await write('one more thing');
  expect(await talk()).toMatchObject({ status: 'in_work', opening: 2 });
  expect((await lines()).filter(([who]) => who === 'visitor').map(([, text]) => text)).toEqual(['hello', 'Green', 'one more thing']);
});
