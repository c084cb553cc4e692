import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOrders, type Orders } from '../../api/orders.ts';
import { createSignaller } from '../../api/signaller.ts';
import type { ChannelFact } from '../../channels/channel.ts';
import { startTestTemporal, type TestTemporal } from '../../embedded/testing.ts';
import { workflowBundle } from '../../workflows/bundle.ts';
import { type ConversationTurn, conversationWorkflowId, type OrderAnswer, type RunTurn, TASK_QUEUE } from '../../workflows/messages.ts';

/** The order's way to a workflow on a real Temporal; turns are noted instead of carried out. */
let temporal: TestTemporal;
let native: NativeConnection;
let connection: Connection;
let client: Client;
let orders: Orders;
let code: { code: string };
let worker: Worker | undefined;
let running: Promise<void> | undefined;

const taken = new Map<string, string[]>();
const ids = (chat: string) => taken.get(chat) ?? [];

const activities = {
  async conversationTurn(turn: ConversationTurn) {
    const chat = turn.key.externalChatId;
    const answers: Record<string, OrderAnswer> = {};
    for (const event of turn.events) {
      if (event.type !== 'fact' && event.type !== 'order') continue;
      // Like a turn: an event that was taken changes nothing and is answered again.
      if (!ids(chat).includes(event.id)) taken.set(chat, [...ids(chat), event.id]);
      if (event.type === 'order')
        answers[event.id] = { status: event.order.type === 'close' ? 'closed' : 'in_work', isRead: true, number: 7 };
    }
    const status = turn.events.some((event) => event.type === 'order' && event.order.type === 'close')
      ? ('closed' as const)
      : ('in_work' as const);
    return { state: { status, lane: 'empty' as const }, answers };
  },
  async runTurn(turn: RunTurn) {
    taken.set(turn.runId, [...ids(turn.runId), ...turn.orders.map(({ order }) => order.type)]);
    const ended = turn.orders.some(({ order }) => order.type === 'stop');
    const answer = { status: ended ? ('ended' as const) : ('running' as const), ...(ended ? { outcome: 'stopped' } : {}) };
    return { state: { ended, lanes: [] }, answers: Object.fromEntries(turn.orders.map(({ id }) => [id, answer])) };
  },
  async drainLane() {},
  async copyMedia() {},
};

async function startWorker(): Promise<void> {
  worker = await Worker.create({ connection: native, taskQueue: TASK_QUEUE, workflowBundle: code, activities, shutdownGraceTime: '1s' });
  running = worker.run();
}
async function stopWorker(): Promise<void> {
  worker?.shutdown();
  await running;
  worker = undefined;
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTestTemporal();
  native = await NativeConnection.connect({ address: temporal.address });
  connection = await Connection.connect({ address: temporal.address });
  client = new Client({ connection });
  orders = createOrders(client, 'http://localhost:3000');
  code = await workflowBundle();
  await startWorker();
});
afterAll(async () => {
  await stopWorker();
  await native.close();
  await connection.close();
  await temporal.stop();
});

let chats = 0;
let chat = '';
beforeEach(() => {
  chats += 1;
  chat = `chat-${chats}`;
});
const key = () => ({ accountId: 1, channelId: 2, externalChatId: chat });
const close = { type: 'close', by: 5, force: false } as const;
const fact = (id: string, externalChatId = chat): ChannelFact => ({
  type: 'clientBlocked',
  id,
  chat: { externalChatId, kind: 'private' },
  receivedAt: 1,
});
async function until(done: () => boolean): Promise<void> {
  while (!done()) await delay(20);
}

test('an order is answered when it has taken effect, and starts the conversation it needs', async () => {
  expect(await orders.send(key(), close, 'o1')).toEqual({ taken: true, answer: { status: 'closed', isRead: true, number: 7 } });
  // Closed, the workflow has ended; the same order again starts another and is answered alike.
  expect(await orders.send(key(), close, 'o1')).toEqual({ taken: true, answer: { status: 'closed', isRead: true, number: 7 } });
  expect(ids(chat)).toEqual(['o1']);
});

test('a conversation stands in Temporal with its account, channel and status, and the card’s address, without names or texts', async () => {
  await orders.send(key(), { type: 'write', by: 5, text: 'private words', fileIds: [] }, 'w1');
  const { searchAttributes, memo } = await client.workflow.getHandle(conversationWorkflowId(key())).describe();
  expect(searchAttributes).toMatchObject({ BesedaAccount: ['1'], BesedaChannel: ['2'], BesedaStatus: ['in_work'] });
  expect(memo).toEqual({ card: `http://localhost:3000/open/2/${chat}` });
});

test('without a worker an order is certain after all: 202, and it takes effect once when a worker comes', async () => {
  await stopWorker();
  const beganAt = performance.now();
  expect(await orders.send(key(), close, 'o2')).toEqual({ taken: false });
  expect(performance.now() - beganAt).toBeLessThan(9000);
  await startWorker();
  await until(() => ids(chat).length > 0);
  // Repeated with its key it is answered.
  expect(await orders.send(key(), close, 'o2')).toMatchObject({ taken: true, answer: { status: 'closed' } });
  expect(ids(chat)).toEqual(['o2']);
});

test('a run is begun and stopped by orders that answer', async () => {
  const run = { accountId: 1, runId: `run-${chat}`, botId: 9, botName: 'Greeting', channelId: 2 };
  expect(await orders.sendToRun(run, { type: 'begin' }, 'b1')).toEqual({ taken: true, answer: { status: 'running' } });
  expect(await orders.sendToRun(run, { type: 'stop', by: 5 }, 's1')).toEqual({
    taken: true,
    answer: { status: 'ended', outcome: 'stopped' },
  });
  expect(ids(run.runId).filter((type) => type !== undefined)).toEqual(['begin', 'stop']);
});

test('facts of one chat arrive in their order, over calls that overlap', async () => {
  const signaller = createSignaller(client, 'http://localhost:3000');
  const names = Array.from({ length: 30 }, (_, index) => `f${index}`);
  await Promise.all(names.map((name) => signaller.deliver({ accountId: 1, id: 2 }, [fact(name), fact(`other-${name}`, `${chat}-other`)])));
  await until(() => ids(chat).length === 30 && ids(`${chat}-other`).length === 30);
  expect(ids(chat)).toEqual(names);
  expect(ids(`${chat}-other`)).toEqual(names.map((name) => `other-${name}`));
});

test('while Temporal is away nothing is taken, and what follows a fact that was not taken is not taken either', async () => {
  const away = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: 500 });
  const lost = new Client({ connection: away });
  const signaller = createSignaller(lost, 'http://localhost:3000');
  const [first, second] = await Promise.allSettled([
    signaller.deliver({ accountId: 1, id: 2 }, [fact('x1')]),
    signaller.deliver({ accountId: 1, id: 2 }, [fact('x2')]),
  ]);
  expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
  await expect(createOrders(lost, 'http://localhost:3000').send(key(), close, 'o3')).rejects.toMatchObject({ code: 'unavailable' });
  await away.close();
});
