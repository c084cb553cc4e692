/** What the conversation's workflow waits for, on a server that skips time. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type ConversationState,
  conversationSignalName,
  conversationWorkflowId,
  conversationWorkflowName,
} from '../../workflows/messages.ts';
import { until } from './product.ts';
import { startWaiting, type Waiting, written } from './waiting.ts';

const DAY_MS = 86_400_000;
const open: ConversationState = { status: 'in_work', lane: 'empty' };
const closed: ConversationState = { status: 'closed', lane: 'empty' };

let w: Waiting;
let handle: WorkflowHandle;
let key = { accountId: 1, channelId: 2, externalChatId: '' };

beforeAll(async () => {
  w = await startWaiting();
});
afterAll(() => w?.stop());
beforeEach(() => {
  w.reset();
  key = { accountId: 1, channelId: 2, externalChatId: randomUUID() };
});

async function says(id: string): Promise<void> {
  const before = w.conversationTurns.length;
  handle = await w.env.client.workflow.signalWithStart(conversationWorkflowName, {
    workflowId: conversationWorkflowId(key),
    taskQueue: w.taskQueue,
    args: [{ key }],
    signal: conversationSignalName,
    signalArgs: [written(id)],
  });
  await until(async () => w.conversationTurns.length > before);
}
const types = () => w.conversationTurns.map(({ events }) => events.map(({ type }) => type));
const statusOf = async () => (await handle.describe()).status.name;

/** Drains stay under way, attempt after attempt, until they are released. */
function holdDrains(): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  w.drain = () => held;
  return release;
}

describe('the deadline', () => {
  test('rings once after months, at its instant, and nothing happens before', async () => {
    let dueAt = 0;
    w.answer = ({ events }) => {
      if (events[0]!.type === 'deadlineReached') return open;
      dueAt = events[0]!.at + 120 * DAY_MS;
      return { ...open, deadlineAt: dueAt };
    };
    await says('hello');
    await w.env.sleep('119 days');
    expect(types()).toEqual([['fact']]);
    await w.env.sleep('2 days');
    await until(async () => w.conversationTurns.length === 2);
    const [rung] = w.conversationTurns[1]!.events;
    expect(rung!.type).toBe('deadlineReached');
    expect(rung!.at).toBeGreaterThanOrEqual(dueAt);
    expect(rung!.at).toBeLessThan(dueAt + 5000);
    await w.env.sleep('400 days');
    expect(types()).toEqual([['fact'], ['deadlineReached']]);
  });

  test('that moved later rings at the later instant only', async () => {
    w.answer = ({ events }) => (events[0]!.type === 'fact' ? { ...open, deadlineAt: events[0]!.at + 10 * DAY_MS } : open);
    await says('one');
    await w.env.sleep('6 days');
    await says('two');
    await w.env.sleep('6 days');
    expect(types()).toEqual([['fact'], ['fact']]);
    await w.env.sleep('5 days');
    await until(async () => w.conversationTurns.length === 3);
    expect(types()[2]).toEqual(['deadlineReached']);
  });

  test('that moved earlier rings at the earlier instant', async () => {
    w.answer = ({ events }) => {
      const [event] = events;
      if (event!.type !== 'fact') return open;
      return { ...open, deadlineAt: event!.at + (event!.id === 'message/one' ? 30 * DAY_MS : 60_000) };
    };
    await says('one');
    await says('two');
    await w.env.sleep('2 minutes');
    await until(async () => w.conversationTurns.length === 3);
    expect(types()[2]).toEqual(['deadlineReached']);
    await w.env.sleep('60 days');
    expect(w.conversationTurns).toHaveLength(3);
  });

  test('that a turn answers in the past costs a turn a second, not a hot loop', async () => {
    let rings = 0;
    w.answer = ({ events }) => {
      if (events[0]!.type === 'deadlineReached') rings += 1;
      return rings < 5 ? { ...open, deadlineAt: 1 } : open;
    };
    await says('hello');
    await w.env.sleep('20 seconds');
    await until(async () => rings === 5);
    const [first, ...rest] = w.conversationTurns.map(({ events }) => events[0]!.at);
    let before = first!;
    for (const at of rest) {
      expect(at - before).toBeGreaterThanOrEqual(990);
      before = at;
    }
  });

  test('that is due is not pushed away by a client who writes all the time', async () => {
    let rung = false;
    w.answer = ({ events }) => {
      rung ||= events.some(({ type }) => type === 'deadlineReached');
      return rung ? open : { ...open, deadlineAt: 1 };
    };
    for (let message = 0; message < 6; message += 1) {
      await says(`m${message}`);
      await w.env.sleep(600);
    }
    expect(rung).toBe(true);
  });
});

describe('the end', () => {
  test('comes when the conversation is closed and its lane is empty; the next message starts a new run under the same id', async () => {
    w.answer = () => closed;
    await says('hello');
    await handle.result();
    const { runId } = await handle.describe();
    await says('again');
    await handle.result();
    expect((await handle.describe()).runId).not.toBe(runId);
  });

  test('comes for a chat that has no conversation: a group, or a manager who writes first', async () => {
    w.answer = () => ({ status: 'none', lane: 'empty' });
    await says('hello');
    await handle.result();
    expect(w.conversationTurns).toHaveLength(1);
  });

  test('waits for the lane: what is left is sent first', async () => {
    w.answer = ({ events }) => (events[0]!.type === 'laneDrained' ? closed : { ...closed, lane: 'waiting' });
    await says('hello');
    await handle.result();
    expect(w.drains).toEqual([key]);
    expect(types()).toEqual([['fact'], ['laneDrained']]);
  });

  test('an activity that gave up after its hour is asked for again, a day long if need be', async () => {
    w.answer = ({ events }) => {
      const tries = w.conversationTurns.flatMap((turn) => turn.events).filter(({ type }) => type === 'laneDrained').length;
      return events.length > 0 && tries < 3 ? { ...closed, lane: 'waiting' } : closed;
    };
    let tries = 0;
    w.drain = async () => {
      tries += 1;
      throw new Error('the messenger is away');
    };
    await says('hello');
    await handle.result();
    expect(types()).toEqual([['fact'], ['laneDrained'], ['laneDrained'], ['laneDrained']]);
    expect(tries).toBeGreaterThan(100);
  });

  test('files that come while others are being copied are copied too', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    w.copy = async () => {
      if (w.copies.length === 1) await held;
    };
    w.answer = () => ({ ...closed, media: 'waiting' });
    await says('one');
    await until(async () => w.copies.length === 1);
    await says('two');
    release();
    await handle.result();
    expect(w.copies).toHaveLength(2);
  });
});

describe('an operator’s cancel', () => {
  test.each([
    ['while a timer runs', { ...open, deadlineAt: Number.MAX_SAFE_INTEGER }],
    ['while nothing is waited for', open],
    ['while a lane is being emptied', { ...open, lane: 'waiting' as const }],
  ])('%s ends the workflow without a failed task; the next message starts it again', async (_name, state) => {
    const release = holdDrains();
    w.answer = ({ events }) => ('deadlineAt' in state ? { ...open, deadlineAt: events[0]!.at + DAY_MS } : state);
    await says('hello');
    await handle.cancel();
    await until(async () => (await statusOf()) === 'CANCELLED');
    const { events } = await handle.fetchHistory();
    expect(events!.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
    release();
    w.answer = () => closed;
    await says('again');
    await handle.result();
  });
});
