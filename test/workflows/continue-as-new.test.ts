/** Long lives: on a server that suggests continue-as-new early, nothing is lost between one run of a workflow and the next. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { continueAfter, eventNames, type Product, startProduct, until } from './product.ts';
import { askCityAndColour, pauseThenSay } from './scenarios.ts';

let product: Product;
let chat = '';
let chats = 0;
let by = 0;

beforeAll(async () => {
  product = await startProduct({ extraArgs: continueAfter(40) });
  by = product.t.userId;
});
afterAll(() => product?.stop());
beforeEach(async () => {
  chats += 1;
  chat = `n${chats}`;
  product.t.failures.length = 0;
  product.t.sent.length = 0;
  await product.t.settings({});
  await product.t.sql`delete from bot_triggers where account_id = ${product.t.accountId}`;
});

const workflow = () => product.conversationId(chat);
const texts = async () => (await product.messages(chat)).map(({ text }) => text);
const runOf = async (id: string) => (await product.state(id)).runId;
const lastEvent = async (id: string, runId: string) => eventNames(await product.client.workflow.getHandle(id, runId).fetchHistory()).at(-1);

test('a conversation goes on in a new run: every message once, in order, and the waiting bot still waits', async () => {
  await product.t.bot(askCityAndColour);
  await product.says(chat, 'hello');
  await until(async () => product.t.sent.length === 1);
  const first = await runOf(workflow());
  await product.t.settings({ joinSeconds: 5 });
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
  for (const line of lines) {
    await product.says(chat, line);
    await until(async () => (await texts()).includes(line));
  }
  expect(await runOf(workflow())).not.toBe(first);
  expect(await lastEvent(workflow(), first)).toBe('WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
  expect(await texts()).toEqual(['hello', 'City?', ...lines]);
  await product.presses(chat, 'South');
  await until(async () => product.t.sent.at(-1)!.text === 'Colour?');
});

test('a deadline that was set before rings in the new run', async () => {
  await product.t.settings({ responseTime: { enabled: true, seconds: 6, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] } });
  await product.says(chat, 'hello');
  await until(async () => (await texts()).length === 1);
  const first = await runOf(workflow());
  for (let index = 0; index < 9; index += 1) {
    await product.says(chat, `line ${index}`);
    await until(async () => (await texts()).length === index + 2);
  }
  await until(async () => (await runOf(workflow())) !== first);
  const { number } = (await product.talk(chat))!;
  await until(
    async () =>
      (
        await product.t
          .sql`select 1 from events where account_id = ${product.t.accountId} and type = 'talk_missed_event' and conversation_number = ${number}`
      ).length === 1,
  );
});

test('orders alone bring it to a new run too, and an order is answered alike before and after', async () => {
  await product.says(chat, 'hello');
  await until(async () => (await texts()).length === 1);
  const first = await runOf(workflow());
  const id = randomUUID();
  const order = { type: 'write' as const, by, text: 'Once', fileIds: [] };
  const answer = await product.orders(chat, order, id);
  for (let count = 0; count < 9; count += 1) await product.orders(chat, { type: 'read', by, counts: true });
  await until(async () => (await runOf(workflow())) !== first);
  expect(await product.orders(chat, order, id)).toEqual(answer);
  expect(product.t.sent.map(({ text }) => text)).toEqual(['Once']);
});

test('messages and orders in a stream while runs change hands: all are stored and all are answered', async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  await product.says(chat, 'hello');
  await until(async () => (await texts()).length === 1);
  const first = await runOf(workflow());
  const [answers] = await Promise.all([
    (async () => {
      const given = [];
      for (let count = 0; count < 15; count += 1)
        given.push(await product.orders(chat, { type: 'write', by, text: `answer ${count}`, fileIds: [] }));
      return given;
    })(),
    product.says(chat, ...lines),
  ]);
  await until(async () => (await texts()).length === 46);
  expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(15);
  const stored = await texts();
  expect(stored.filter((text) => text.startsWith('line'))).toEqual(lines);
  expect(product.t.sent.map(({ text }) => text)).toEqual(stored.filter((text) => text.startsWith('answer')));
  expect(await runOf(workflow())).not.toBe(first);
});

test('a bot’s run goes on in a new run of its workflow, and its timer still rings', async () => {
  await product.t.bot(pauseThenSay(6));
  await product.says(chat, 'hello');
  await until(async () => product.t.sent.length === 1);
  const [run] = await product.runs(chat);
  const id = product.runWorkflowId(run!.id);
  await product.settled(id);
  const first = await runOf(id);
  for (let count = 0; count < 8; count += 1) expect(await product.beginsRun(run!.id)).toMatchObject({ status: 'running' });
  expect(await runOf(id)).not.toBe(first);
  expect(await lastEvent(id, first)).toBe('WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
  await until(async () => product.t.sent.at(-1)!.text === 'Bye');
  await until(async () => (await product.state(id)).status === 'COMPLETED');
});
