/** What a bot's run waits for, on a server that skips time. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { botRunWorkflowId, botRunWorkflowName, type RunTurnResult, wakeSignalName } from '../../workflows/messages.ts';
import { until } from './product.ts';
import { startWaiting, type Waiting } from './waiting.ts';

const DAY_MS = 86_400_000;
const lane = { accountId: 1, channelId: 2, externalChatId: 'c' };
const running: RunTurnResult['state'] = { ended: false, lanes: [] };
const ended: RunTurnResult['state'] = { ended: true, lanes: [] };

let w: Waiting;
let runId = '';
let handle: WorkflowHandle;

beforeAll(async () => {
  w = await startWaiting();
});
afterAll(() => w?.stop());
beforeEach(() => {
  w.reset();
  runId = randomUUID();
});

async function wakes(...args: unknown[]): Promise<void> {
  const before = w.runTurns.length;
  handle = await w.env.client.workflow.signalWithStart(botRunWorkflowName, {
    workflowId: botRunWorkflowId(1, runId),
    taskQueue: w.taskQueue,
    args: [{ accountId: 1, runId, botName: 'Greeting' }],
    signal: wakeSignalName,
    signalArgs: args,
  });
  await until(async () => w.runTurns.length > before);
}

/** Drains stay under way, attempt after attempt, until they are released. */
function holdDrains(): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  w.drain = () => held;
  return release;
}

test('a pause of months rings once, at its instant', async () => {
  let dueAt = 0;
  w.answerRun = ({ at }) => {
    if (w.runTurns.length > 1) return ended;
    dueAt = at + 90 * DAY_MS;
    return { ...running, deadlineAt: dueAt };
  };
  await wakes();
  await w.env.sleep('89 days');
  expect(w.runTurns).toHaveLength(1);
  await w.env.sleep('2 days');
  await handle.result();
  expect(w.runTurns).toHaveLength(2);
  expect(w.runTurns[1]!.at).toBeGreaterThanOrEqual(dueAt);
  expect(w.runTurns[1]!.at).toBeLessThan(dueAt + 5000);
});

test('a wake makes it look again: a deadline that moved earlier rings earlier', async () => {
  w.answerRun = ({ at }) => {
    if (w.runTurns.length === 1) return { ...running, deadlineAt: at + 90 * DAY_MS };
    return w.runTurns.length === 2 ? { ...running, deadlineAt: at + 60_000 } : ended;
  };
  await wakes();
  await wakes();
  await w.env.sleep('2 minutes');
  await handle.result();
  expect(w.runTurns).toHaveLength(3);
});

test('a workflow started for a run that has ended meanwhile ends at its first turn', async () => {
  w.answerRun = () => ended;
  await wakes();
  await handle.result();
  expect(w.runTurns).toHaveLength(1);
});

test('an order that came as a signal is carried out with its own id', async () => {
  w.answerRun = ({ orders }) => (orders.length > 0 ? ended : running);
  await wakes();
  await wakes({ id: 'stop-1', order: { type: 'stop', by: 5 } });
  await handle.result();
  expect(w.runTurns.at(-1)!.orders).toEqual([{ id: 'stop-1', order: { type: 'stop', by: 5 } }]);
});

test('its lanes are emptied one drain each, and it looks again afterwards', async () => {
  w.answerRun = () => (w.runTurns.length === 1 ? { ...running, lanes: [lane, { ...lane, externalChatId: 'd' }] } : running);
  await wakes();
  await until(async () => w.drains.length >= 2 && w.runTurns.length > 1);
  expect(w.drains.map(({ externalChatId }) => externalChatId).toSorted()).toEqual(['c', 'd']);
});

test('a stop does not wait for a drain that is under way', async () => {
  const release = holdDrains();
  w.answerRun = ({ orders }) => (orders.length > 0 ? ended : { ...running, lanes: [lane] });
  await wakes();
  await until(async () => w.drains.length > 0);
  await wakes({ id: 'stop-2', order: { type: 'stop', by: 5 } });
  await handle.result();
  release();
});

test('an operator’s cancel ends it without a failed task, also while it sleeps and while it sends', async () => {
  const release = holdDrains();
  w.answerRun = ({ at }) => ({ ...running, lanes: [lane], deadlineAt: at + DAY_MS });
  await wakes();
  await until(async () => w.drains.length > 0);
  await handle.cancel();
  await until(async () => (await handle.describe()).status.name === 'CANCELLED');
  const { events } = await handle.fetchHistory();
  expect(events!.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  release();
});
