/** The feed's workflow and the worker's ears, on a real Temporal server and a real database. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FeedDeps } from '../../activities/feeds/feed-webhook.ts';
import { createFeedActivities, hearForFeeds } from '../../activities/feeds/feeds.ts';
import { notify } from '../../db/notify.ts';
import { deleteWebhook, findFeed, saveWebhook } from '../../db/stores/webhooks.ts';
import { startTestTemporal, type TestTemporal } from '../../embedded/testing.ts';
import { workflowBundle } from '../../workflows/bundle.ts';
import { TASK_QUEUE, webhookFeedWorkflowId } from '../../workflows/messages.ts';
import { createTurns, type Turns } from '../turns/world.ts';
import { continueAfter, until } from '../workflows/product.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let server: TestTemporal;
let t: Turns;
let native: NativeConnection;
let connection: Connection;
let client: Client;
let receiver: Receiver;
let deps: FeedDeps;

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  });
  [server, t, receiver] = await Promise.all([startTestTemporal({ extraArgs: continueAfter(60) }), createTurns(), startReceiver()]);
  [native, connection] = await Promise.all([
    NativeConnection.connect({ address: server.address }),
    Connection.connect({ address: server.address }),
  ]);
  client = new Client({ connection });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const key = Buffer.alloc(32, 7);
  deps = {
    sql: t.sql,
    log,
    secretKey: key,
    baseUrl: 'https://crm.test',
    allowPrivateAddresses: true,
    originOf: (type) => type,
    fileAddress: () => undefined,
  };
});
afterAll(async () => {
  await receiver?.close();
  await t?.end();
  await Promise.all([native?.close(), connection?.close()]);
  await server?.stop();
});
beforeEach(() => {
  receiver.hooks.length = 0;
  receiver.answer = () => 200;
});

/** One process of the product: takes feeds' work, and hears of changes. */
async function startProcess() {
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    activities: createFeedActivities(deps),
    shutdownGraceTime: '1s',
    shutdownForceTime: '3s',
  });
  const running = worker.run();
  const endHearing = hearForFeeds({ sql: t.sql, log: deps.log, client });
  return async () => {
    await endHearing();
    worker.shutdown();
    await running;
  };
}

async function subscribe(path: string) {
  const row = await saveWebhook(t.sql, {
    accountId: t.accountId,
    userId: t.userId,
    destination: receiver.url + path,
    settings: ['add_message'],
    at: Date.now(),
  });
  tell();
  return row!;
}
const tell = () => notify(t.sql, [{ accountId: t.accountId, kind: 'settings', id: 'webhooks' }]);
const texts = (path: string) => receiver.hooks.filter((hook) => hook.path === path).map(({ fields }) => fields['message[add][0][text]']);
const status = async (id: number) => (await client.workflow.getHandle(webhookFeedWorkflowId(t.accountId, id)).describe()).status.name;

test('what clients write reaches the receiver in order, over restarts of the process and of the workflow, until the subscription ends', async () => {
  let stop = await startProcess();
  const row = await subscribe('/restarts');
  const wanted: string[] = [];
  const writes = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      wanted.push(`message ${wanted.length}`);
      await t.says('restarts', wanted.at(-1)!);
    }
  };
  // The first messages may come before the process knows of the subscription: its look at the list finds them.
  await writes(3);
  tell();
  await until(async () => texts('/restarts').length >= wanted.length);
  for (let round = 0; round < 12; round += 1) {
    await writes(1);
    await until(async () => texts('/restarts').length >= wanted.length);
  }
  await stop();
  await writes(5);
  stop = await startProcess();
  await writes(5);
  await until(async () => texts('/restarts').includes(wanted.at(-1)));
  expect(texts('/restarts')).toEqual(wanted);

  // A dozen wakes made more events than a run may have here.
  const handle = client.workflow.getHandle(webhookFeedWorkflowId(t.accountId, row.id));
  const { runId } = await handle.describe();
  const runs = await until(async () => {
    const found = [];
    for await (const run of client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) found.push(run.runId);
    return found.length > 1 ? found : undefined;
  });
  expect(runs).toContain(runId);

  await deleteWebhook(t.sql, t.accountId, row.destination, Date.now());
  tell();
  await until(async () => (await status(row.id)) === 'COMPLETED');
  expect(await findFeed(t.sql, t.accountId, row.id)).toBeUndefined();
  await stop();
}, 120_000);

test('an idle feed takes no turn, and an account without subscriptions has no feed at all', async () => {
  const stop = await startProcess();
  await t.says('alone', 'hello');
  const row = await subscribe('/idle');
  await t.says('alone', 'again');
  tell();
  await until(async () => texts('/idle').length === 1);
  const handle = client.workflow.getHandle(webhookFeedWorkflowId(t.accountId, row.id));
  const asleep = async () => {
    const [found] = await t.sql<{ awake: boolean }[]>`select awake from webhooks where id = ${row.id}`;
    return found!.awake === false;
  };
  await until(asleep);
  const settledLength = await until(async () => {
    const { historyLength } = await handle.describe();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return (await handle.describe()).historyLength === historyLength ? historyLength : undefined;
  });
  // Five messages one upon another wake it once or twice, not five times for each listening process.
  await t.says('alone', 'a', 'b', 'c', 'd', 'e');
  await until(async () => texts('/idle').length === 6);
  await until(asleep);
  expect((await handle.describe()).historyLength - settledLength).toBeLessThan(40);
  await deleteWebhook(t.sql, t.accountId, row.destination, Date.now());
  tell();
  await until(async () => (await status(row.id)) === 'COMPLETED');
  await stop();
}, 120_000);
