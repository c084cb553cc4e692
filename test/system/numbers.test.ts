import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { temporaryFolder } from '../../embedded/testing.ts';
import { type FakeProcess, startFakeProcess } from './fake-process.ts';
import { until } from './processes.ts';
import { type Product, startProduct } from './product.ts';
import { startPostgresPart, startTemporalPart } from './servers.ts';

const CLIENTS = Array.from({ length: 50 }, (_, index) => 700_000 + index);
const PATIENCE_MS = 120_000;

let fake: FakeProcess;
let product: Product;
let sql: Sql;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = temporaryFolder();
  const servers = { folder, durable: false };
  const [telegram, postgres, temporal] = await Promise.all([
    startFakeProcess({ timeScale: 0.2 }),
    startPostgresPart(servers),
    startTemporalPart(servers),
  ]);
  fake = telegram;
  stops.push(fake.stop, postgres.part.stop, temporal.part.stop);
  product = await startProduct({ folder, databaseUrl: postgres.url, temporalAddress: temporal.address, workers: 2, apis: 2 });
  stops.push(product.stop);
  sql = connect(postgres.url, { max: 2, name: 'numbers-test' });
  stops.push(() => sql.end({ timeout: 5 }));
  await product.api.connectTelegram({ token: fake.token, apiRoot: fake.url, name: 'Numbers' });
}, 240_000);

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
}, 60_000);

/** Numbers with how many messages and events of their birth each has, in order. */
const conversations = () => sql<{ number: number; chat: string; messages: number; born: number }[]>`
  select t.number, t.chat_id chat,
    (select count(*)::int from messages m where m.account_id = t.account_id and m.conversation_number = t.number and m.direction = 'in') messages,
    (select count(*)::int from events e where e.account_id = t.account_id and e.conversation_number = t.number and e.type = 'talk_created') born
  from conversations t order by t.number`;

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('50 clients who write at once, twice each, over two APIs and two workers get the numbers 1 to 50, one each', async () => {
  await Promise.all(CLIENTS.flatMap((client) => [1, 2].map((word) => fake.control.clientWrites(client, `${client}/${word}`))));
  await until('all messages are stored', PATIENCE_MS, async () => {
    const rows = await conversations();
    return rows.reduce((sum, { messages }) => sum + messages, 0) === 2 * CLIENTS.length;
  });
  const rows = await conversations();
  expect(rows.map(({ number }) => number)).toEqual(oneTo(CLIENTS.length));
  expect(new Set(rows.map(({ chat }) => chat)).size).toBe(CLIENTS.length);
  expect(rows.every(({ messages, born }) => messages === 2 && born === 1)).toBe(true);
}, 180_000);

test('closed at once and written to at once where every question is a new conversation, they go on with 51 to 100', async () => {
  await product.api.call('PUT', '/api/settings', { newConversation: { rule: 'alwaysNew' } });
  await Promise.all(oneTo(CLIENTS.length).map((number) => product.api.call('POST', `/api/conversations/${number}/close`, {})));
  // A manager's word into a closed chat gives no number.
  await product.api.call('POST', '/api/conversations/1/messages', { text: 'P. S.' });
  await Promise.all(CLIENTS.map((client) => fake.control.clientWrites(client, `${client}/again`)));
  await until('all have a second number', PATIENCE_MS, async () => (await conversations()).length >= 2 * CLIENTS.length);
  const rows = await conversations();
  expect(rows.map(({ number }) => number)).toEqual(oneTo(2 * CLIENTS.length));
  const second = rows.slice(CLIENTS.length);
  expect(new Set(second.map(({ chat }) => chat)).size).toBe(CLIENTS.length);
  expect(second.every(({ messages, born }) => messages === 1 && born === 1)).toBe(true);
}, 180_000);
