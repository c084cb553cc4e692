import { WorkflowNotFoundError } from '@temporalio/client';
import { NEXT } from '../test/system/echo-bot.ts';
import { until } from '../test/system/processes.ts';
import { botRunWorkflowId, conversationWorkflowId } from '../workflows/messages.ts';
import { cpuMsOf } from './cpu.ts';
import type { FloorOptions } from './floor.ts';
import { median, percentile } from './numbers.ts';
import type { BenchSystem } from './system.ts';

const STORED_TIMEOUT_MS = 180_000;
/** Chats of the answered channel; the first is used by nobody but the count of events. */
const COUNTED_CHAT = 500_000;
const FIRST_CHAT = 600_000;

export interface PhaseResult {
  perSecond: number;
  /** CPU of one message or turn, by process. Where neighbours crowd the machine, it says more than the rate does. */
  cpuMsEach: Record<string, number>;
}

/** The no-op floor, with what it costs. */
export async function runFloor({ floor, pids }: BenchSystem, options: FloorOptions): Promise<PhaseResult> {
  const count = options.workflows * options.messages;
  const parts = { worker: floor.pid, ...(pids.temporal === undefined ? {} : { temporal: pids.temporal }) };
  return measured(parts, async () => ({ count, perSecond: await floor.run(options) }));
}

/** Messages a second from the first webhook until all are stored. Every call uses fresh chats. */
export function storeMessages(system: BenchSystem, options: { firstChat: number; chats: number; each: number }): Promise<PhaseResult> {
  const count = options.chats * options.each;
  return measured(system.pids, async () => ({ count, perSecond: await pourMessages(system, options) }));
}

async function pourMessages(system: BenchSystem, options: { firstChat: number; chats: number; each: number }): Promise<number> {
  const { driver, sql, accountId, silent } = system;
  const stored = async () => {
    const [row] = await sql<{ count: number }[]>`
      select count(*) count from messages where account_id = ${accountId} and channel_id = ${silent.channelId} and direction = 'in'`;
    return row?.count ?? 0;
  };
  const wanted = (await stored()) + options.chats * options.each;
  const begin = performance.now();
  const pouring = driver.order({ type: 'pour', token: silent.token, ...options }, 'poured');
  await pouring;
  await until('every message is stored', STORED_TIMEOUT_MS, async () => (await stored()) >= wanted);
  return (options.chats * options.each) / ((performance.now() - begin) / 1000);
}

/** Opens so many conversations in which the bot then waits for an answer. */
export async function openChats({ driver }: BenchSystem, chats: number): Promise<void> {
  // Once each: the time is over when the first reply comes.
  await driver.order({ type: 'turns', firstChat: FIRST_CHAT, chats, text: 'hello', forMs: 1 }, 'turned');
}

/** Bot turns a second over the local messenger in a closed loop, and what they cost. */
export function turnChats({ driver, pids }: BenchSystem, chats: number, forMs: number): Promise<PhaseResult> {
  return measured(pids, async () => {
    const { turns, elapsedMs } = await driver.order({ type: 'turns', firstChat: FIRST_CHAT, chats, text: NEXT, forMs }, 'turned');
    return { count: turns, perSecond: turns / (elapsedMs / 1000) };
  });
}

async function measured(pids: Record<string, number>, phase: () => Promise<{ count: number; perSecond: number }>): Promise<PhaseResult> {
  const before = cpuOf(pids);
  const { count, perSecond } = await phase();
  const after = cpuOf(pids);
  return {
    perSecond,
    cpuMsEach: Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? ms)) / count])),
  };
}

export interface LatencyResult {
  perSecond: number;
  count: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** Replies that did not come within a minute. */
  lost: number;
}

/** Webhook made → reply accepted by the messenger, messages coming at random instants. */
export async function measureReplies(
  { driver }: BenchSystem,
  chats: number,
  perSecond: number,
  forSeconds: number,
): Promise<LatencyResult> {
  const count = Math.max(20, Math.round(perSecond * forSeconds));
  const order = { type: 'open', firstChat: FIRST_CHAT, chats, text: NEXT, perSecond, count } as const;
  const { latenciesMs, lost } = await driver.order(order, 'opened');
  const at = (share: number) => percentile(latenciesMs, share);
  return { perSecond, count: latenciesMs.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), lost };
}

/** History events of one message that is only stored, and of one bot turn, conversation and run together, as the server counts them. */
export async function countEvents(system: BenchSystem): Promise<{ perMessage: number; perTurn: number }> {
  const { accountId, answered, silent, driver, sql } = system;
  const lengths = async (channelId: number) => {
    const conversation = conversationWorkflowId({ accountId, channelId, externalChatId: String(COUNTED_CHAT) });
    const runs = await sql<{ id: string }[]>`
      select r.id from bot_runs r join chats h on h.account_id = r.account_id and h.id = r.chat_id
      where r.account_id = ${accountId} and h.channel_id = ${channelId} and h.external_chat_id = ${String(COUNTED_CHAT)}`;
    const ids = [conversation, ...runs.map(({ id }) => botRunWorkflowId(accountId, id))];
    return (await Promise.all(ids.map((id) => settledLength(system, id)))).reduce((sum, length) => sum + length, 0);
  };
  const message = () =>
    driver.order({ type: 'pour', token: silent.token, firstChat: COUNTED_CHAT, chats: 1, each: 1 }, 'poured').then(() => undefined);
  const turn = () =>
    driver.order({ type: 'turns', firstChat: COUNTED_CHAT, chats: 1, text: NEXT, forMs: 1 }, 'turned').then(() => undefined);
  return {
    perMessage: await growth(message, () => lengths(silent.channelId)),
    perTurn: await growth(turn, () => lengths(answered.channelId)),
  };
}

/** The usual growth of a count by one step, after a first step that begins everything. */
async function growth(step: () => Promise<void>, count: () => Promise<number>): Promise<number> {
  await step();
  let last = await count();
  const steps: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    await step();
    const next = await count();
    steps.push(next - last);
    last = next;
  }
  return median(steps);
}

/** The length of a history once its last workflow task is completed and nothing new has come for a moment. */
async function settledLength({ client }: BenchSystem, workflowId: string): Promise<number> {
  const look = async (): Promise<{ length: number; busy: boolean }> => {
    try {
      const { historyLength, raw } = await client.workflow.getHandle(workflowId).describe();
      return { length: historyLength, busy: raw.pendingWorkflowTask != null };
    } catch (error) {
      // A run's row stands a moment before its workflow.
      if (error instanceof WorkflowNotFoundError) return { length: 0, busy: false };
      throw error;
    }
  };
  let last = await look();
  for (let same = 0; same < 4; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const next = await look();
    same = !next.busy && next.length === last.length ? same + 1 : 0;
    last = next;
  }
  return last.length;
}

function cpuOf(pids: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).flatMap(([name, pid]) => (cpuMsOf(pid) === undefined ? [] : [[name, cpuMsOf(pid)!]])));
}
