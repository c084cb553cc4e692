/** Conversations on a real Temporal server, with real turns on a real database: orders, crossing messages, closing, sending again. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { eventNames, type Product, startProduct, until } from './product.ts';
import { askCityAndColour } from './scenarios.ts';

let product: Product;
let chat = '';
let chats = 0;
let by = 0;

beforeAll(async () => {
  product = await startProduct();
  by = product.t.userId;
});
afterAll(() => product?.stop());
beforeEach(async () => {
  chats += 1;
  chat = `c${chats}`;
  product.afterTurn = undefined;
  product.t.hold = undefined;
  product.t.failures.length = 0;
  product.t.sent.length = 0;
  await product.t.settings({});
  await product.t.sql`delete from bot_triggers where account_id = ${product.t.accountId}`;
});

const workflow = () => product.conversationId(chat);
const texts = async () => (await product.messages(chat)).map(({ text }) => text);
const arrived = (text: string) => until(async () => (await texts()).includes(text));
const ended = () => until(async () => (await product.state(workflow())).status === 'COMPLETED');
const rateLimited = (retryAfterMs: number) => new ChannelError('rateLimited', { code: '429', words: 'slow down', retryAfterMs });

describe('an order', () => {
  test('is answered by what its turn stored', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    const answer = await product.orders(chat, { type: 'write', by, text: 'Good day', fileIds: [] });
    expect(answer).toMatchObject({ status: 'in_work', isRead: true });
    expect(product.t.sent.map(({ text }) => text)).toEqual(['Good day']);
  });

  test('with the same id acts once and is answered alike, as an update, as a signal, and after the workflow was started anew', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    const id = randomUUID();
    const order = { type: 'write' as const, by, text: 'Once', fileIds: [] };
    await product.signals(chat, order, id);
    const first = await product.orders(chat, order, id);
    expect(first.messageId).toBeDefined();
    expect(await product.orders(chat, order, id)).toEqual(first);
    await product.orders(chat, { type: 'close', by, force: true });
    await ended();
    expect(await product.orders(chat, order, id)).toMatchObject({ messageId: first.messageId });
    expect(product.t.sent.map(({ text }) => text)).toEqual(['Once']);
  });

  test('for a chat whose workflow has ended starts it, is answered, and lets it end again', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    const close = { type: 'close' as const, by, force: true };
    expect(await product.orders(chat, close)).toMatchObject({ status: 'closed' });
    await ended();
    const { runId } = await product.state(workflow());
    expect(await product.orders(chat, close)).toMatchObject({ status: 'closed' });
    expect(await product.orders(chat, { type: 'write', by, text: 'One more thing', fileIds: [] })).toMatchObject({ status: 'closed' });
    await ended();
    expect((await product.state(workflow())).runId).not.toBe(runId);
    expect(product.t.sent.map(({ text }) => text)).toEqual(['One more thing']);
    expect(await product.talk(chat)).toMatchObject({ status: 'closed', opening: 1 });
  });

  test('for a chat that nobody knows is refused, and leaves no workflow behind', async () => {
    expect(await product.orders(chat, { type: 'close', by, force: true })).toMatchObject({ status: 'none', refused: { code: 'no_chat' } });
    await ended();
  });

  test('is answered although the messenger takes longer than a turn may', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    let release = () => {};
    product.t.hold = new Promise((resolve) => {
      release = resolve;
    });
    const answer = await product.orders(chat, { type: 'write', by, text: 'Slow', fileIds: [] });
    expect(answer.messageId).toBeDefined();
    expect(product.t.sent).toEqual([]);
    product.t.hold = undefined;
    release();
    await until(async () => (await product.messages(chat)).at(-1)!.status === 'accepted');
    await product.settled(workflow());
    expect(product.t.sent.map(({ text }) => text)).toEqual(['Slow']);
  });

  test('orders of several people at once are all answered', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    const answers = await Promise.all(
      ['one', 'two', 'three', 'four', 'five'].map((text) => product.orders(chat, { type: 'write', by, text, fileIds: [] })),
    );
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(5);
    await until(async () => product.t.sent.length === 5);
    // Sent in the order in which they stand on the card.
    expect(product.t.sent.map(({ text }) => text)).toEqual((await texts()).slice(1));
  });
});

describe('a close', () => {
  test('ends the workflow; the next message starts it again under the same id, and the same number opens again', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    await product.orders(chat, { type: 'close', by, force: true });
    await ended();
    const { number } = (await product.talk(chat))!;
    await product.says(chat, 'again');
    await arrived('again');
    expect(await product.talk(chat)).toMatchObject({ number, status: 'in_work', opening: 2 });
    expect((await product.state(workflow())).status).toBe('RUNNING');
  });

  test('a message that comes during the closing turn reopens the conversation and keeps its workflow', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    product.afterTurn = async ({ events }) => {
      if (!events.some((event) => event.type === 'order')) return;
      product.afterTurn = undefined;
      await product.says(chat, 'wait!');
    };
    await product.orders(chat, { type: 'close', by, force: true });
    await arrived('wait!');
    await until(async () => (await product.state(workflow())).status === 'RUNNING');
    await product.settled(workflow());
    expect(await product.talk(chat)).toMatchObject({ status: 'in_work', opening: 2 });
    expect(await texts()).toEqual(['hello', 'wait!']);
  });

  test('and a message at the same moment lose nothing, and workflow and row agree afterwards', async () => {
    const pairs = Array.from({ length: 6 }, (_, index) => `${chat}-${index}`);
    await Promise.all(
      pairs.map(async (one) => {
        await product.says(one, 'hello');
        await Promise.all([product.orders(one, { type: 'close', by, force: true }), product.says(one, 'and this')]);
        await until(async () => (await product.messages(one)).length === 2);
        const id = product.conversationId(one);
        await product.settled(id);
        await until(async () => {
          const open = (await product.talk(one))!.status !== 'closed';
          return (await product.state(id)).status === (open ? 'RUNNING' : 'COMPLETED');
        });
      }),
    );
  });

  test('waits for what is still to be sent before the workflow ends', async () => {
    await product.says(chat, 'hello');
    await arrived('hello');
    product.t.failures.push(rateLimited(1200));
    await product.orders(chat, { type: 'write', by, text: 'Good bye', fileIds: [] });
    expect(await product.orders(chat, { type: 'close', by, force: true })).toMatchObject({ status: 'closed' });
    expect((await product.state(workflow())).status).toBe('RUNNING');
    await ended();
    expect(product.t.sent.map(({ text }) => text)).toEqual(['Good bye']);
  });
});

test('a rate limit is obeyed: the part goes out once, and not before the messenger allowed it', async () => {
  await product.says(chat, 'hello');
  await arrived('hello');
  product.t.failures.push(rateLimited(1500), rateLimited(700));
  const beganAt = performance.now();
  await product.orders(chat, { type: 'write', by, text: 'Patience', fileIds: [] });
  await until(async () => product.t.sent.length > 0);
  expect(performance.now() - beganAt).toBeGreaterThan(2100);
  await until(async () => (await product.messages(chat)).at(-1)!.status === 'accepted');
  const history = await product.settled(workflow());
  expect(product.t.sent.map(({ text }) => text)).toEqual(['Patience']);
  expect(eventNames(history).filter((name) => name === 'ACTIVITY_TASK_SCHEDULED')).toHaveLength(1);
});

test('short lines are joined by the silence after them, and are one answer', async () => {
  await product.t.settings({ joinSeconds: 1 });
  await product.t.bot(askCityAndColour);
  await product.says(chat, 'hello');
  await until(async () => product.t.sent.length === 1);
  await product.says(chat, 'somewhere', 'in the east');
  await until(async () => product.t.sent.length === 2);
  expect(product.t.sent[1]!.text).toBe('You said somewhere\nin the east');
});

test('an answer that is late is one event, however long it stays away', async () => {
  await product.t.settings({ responseTime: { enabled: true, seconds: 1, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] } });
  await product.says(chat, 'hello');
  const missed = async () =>
    product.t.sql`select 1 from events where account_id = ${product.t.accountId} and type = 'talk_missed_event'
      and conversation_number = ${(await product.talk(chat))!.number}`;
  await until(async () => (await missed()).length === 1);
  const history = await product.settled(workflow());
  expect(eventNames(history).filter((name) => name === 'TIMER_STARTED')).toHaveLength(1);
  expect(await missed()).toHaveLength(1);
});

test('an order that the workflow was cancelled under is carried out by the next one', async () => {
  await product.says(chat, 'hello');
  await arrived('hello');
  await product.client.workflow.getHandle(workflow()).cancel();
  await until(async () => (await product.state(workflow())).status === 'CANCELLED');
  expect(await product.orders(chat, { type: 'write', by, text: 'Still here', fileIds: [] })).toMatchObject({ status: 'in_work' });
  expect(product.t.sent.map(({ text }) => text)).toEqual(['Still here']);
});
