/**
 * Records the feed's histories that test/replay replays: `node --import tsx test/webhooks/record.ts [suffix]`. What the activity answers is made up
 * here, so that waits are short. After a change of the order of commands record with a suffix, as test/replay/record.ts says.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { startTestTemporal } from '../../embedded/testing.ts';
import { workflowBundle } from '../../workflows/bundle.ts';
import {
  feedSignalName,
  TASK_QUEUE,
  type WebhookFeedResult,
  webhookFeedWorkflowId,
  webhookFeedWorkflowName,
} from '../../workflows/messages.ts';
import { webhookFeedStart } from '../../workflows/starts.ts';
import { continueAfter, until } from '../workflows/product.ts';

const suffix = process.argv[2] === undefined ? '' : `.${process.argv[2]}`;
const identity = 'recorder';
const server = await startTestTemporal({ extraArgs: continueAfter(70) });
const [native, connection] = await Promise.all([
  NativeConnection.connect({ address: server.address }),
  Connection.connect({ address: server.address }),
]);
const client = new Client({ connection, identity });
let turns = 0;
let answer: () => WebhookFeedResult = () => ({ ended: false, more: false });
const worker = await Worker.create({
  connection: native,
  taskQueue: TASK_QUEUE,
  identity,
  workflowBundle: await workflowBundle(),
  activities: {
    async feedWebhook() {
      turns += 1;
      return answer();
    },
  },
});
const running = worker.run();

/** Wakes the feed and waits for `count` turns. */
async function wake(webhookId: number, count: number, next: () => WebhookFeedResult): Promise<void> {
  const before = turns;
  answer = next;
  const start = webhookFeedStart({ accountId: 1, webhookId });
  await client.workflow.signalWithStart(webhookFeedWorkflowName, { ...start, signal: feedSignalName, signalArgs: [] });
  await until(async () => turns >= before + count);
  await until(async () => (await describe(webhookId)).raw.pendingActivities?.length === 0);
}
const describe = (webhookId: number) => client.workflow.getHandle(webhookFeedWorkflowId(1, webhookId)).describe();
async function keep(name: string, webhookId: number, runId: string): Promise<void> {
  const workflowId = webhookFeedWorkflowId(1, webhookId);
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const json = JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history)) }, undefined, 1);
  writeFileSync(join(import.meta.dirname, '..', 'replay', `${name}${suffix}.json`), `${json}\n`);
  process.stdout.write(`${name}: ${history.events?.length} events\n`);
}

// Told in two goes, tried again at its time, told once more, ended.
let left = 1;
await wake(1, 2, () => ({ ended: false, more: left-- > 0 }));
let due = true;
await wake(1, 2, () => {
  const waits = due;
  due = false;
  return waits ? { ended: false, more: false, nextAt: Date.now() + 1500 } : { ended: false, more: false };
});
await wake(1, 1, () => ({ ended: true, more: false }));
await until(async () => (await describe(1)).status.name === 'COMPLETED');
await keep('feed-tells-waits-ends', 1, (await describe(1)).runId);

await wake(2, 1, () => ({ ended: false, more: false }));
const first = (await describe(2)).runId;
while ((await describe(2)).runId === first) await wake(2, 1, () => ({ ended: false, more: false }));
await keep('feed-continues', 2, first);

worker.shutdown();
await running;
await Promise.all([native.close(), connection.close()]);
await server.stop();
