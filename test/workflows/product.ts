/**
 * The product's workflows and turns on a real Temporal server and a real database; only the messenger is in memory. What is left out: HTTP, pages,
 * polling. Signals and orders go the way the product sends them.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { repairOf } from '../../activities/repair-temporal.ts';
import { createOrders } from '../../api/orders.ts';
import { createSignaller } from '../../api/signaller.ts';
import type { InboundMessage } from '../../domain/message/model.ts';
import { startTestTemporal, type TestTemporal } from '../../embedded/testing.ts';
import { workflowBundle } from '../../workflows/bundle.ts';
import {
  botRunWorkflowId,
  type ConversationOrder,
  type ConversationTurn,
  conversationSignalName,
  conversationWorkflowId,
  conversationWorkflowName,
  type OrderAnswer,
  type RunAnswer,
  type RunOrder,
  type RunTurn,
  TASK_QUEUE,
} from '../../workflows/messages.ts';
import { conversationStart } from '../../workflows/starts.ts';
import { createTurns, type Turns } from '../turns/world.ts';

const BASE_URL = 'http://beseda.test';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

export interface Product {
  t: Turns;
  client: Client;
  server: TestTemporal;
  /** How many turns have been begun, of conversations and runs alike. */
  turns(): number;
  /** Called when a conversation's turn has committed and its workflow does not know yet. */
  afterTurn: ((turn: ConversationTurn) => Promise<void>) | undefined;
  /** The client writes; each text is one signal, one after another. */
  says(chat: string, ...texts: string[]): Promise<void>;
  sends(chat: string, message: Partial<InboundMessage>): Promise<void>;
  /** Presses a button of the latest message that offers it. */
  presses(chat: string, label: string): Promise<void>;
  orders(chat: string, order: ConversationOrder, id?: string): Promise<OrderAnswer>;
  /** The same order as the sender's last resort: a signal. */
  signals(chat: string, order: ConversationOrder, id: string): Promise<void>;
  stopsRun(runId: string, id?: string): Promise<RunAnswer>;
  /** Orders the run to begin, as the card does: changes nothing in one that runs. */
  beginsRun(runId: string): Promise<RunAnswer>;
  /** The chat's messages in their order, with what became of them. */
  messages(chat: string): Promise<{ text: string; direction: 'in' | 'out'; status: string }[]>;
  talk(chat: string): Promise<{ number: number; status: string; opening: number; isRead: boolean } | undefined>;
  /** What Temporal says of a workflow's latest run. */
  state(workflowId: string): Promise<{ status: string; runId: string }>;
  /** The runs of bots in a chat, oldest first. */
  runs(chat: string): Promise<{ id: string; status: string; outcome: string | null }[]>;
  conversationId(chat: string): string;
  runWorkflowId(runId: string): string;
  /** The history of the latest run, once nothing is under way in it. */
  settled(workflowId: string): Promise<History>;
  /** The worker ends and another one takes its place: what workflows wait for is found anew in their histories. */
  restarts(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProductOptions {
  extraArgs?: string[];
  maxCachedWorkflows?: number;
  /** Who stands in the histories; by default the process and the machine. */
  identity?: string;
}

let quiet = false;

/** Workflows' warnings belong to the tests that provoke them, not to their output. */
function quietRuntime() {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  });
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  quietRuntime();
  const [server, t, bundle] = await Promise.all([
    startTestTemporal({ ...(options.extraArgs === undefined ? {} : { extraArgs: options.extraArgs }) }),
    createTurns(),
    workflowBundle(),
  ]);
  const [native, connection] = await Promise.all([
    NativeConnection.connect({ address: server.address }),
    Connection.connect({ address: server.address }),
  ]);
  const identity = options.identity === undefined ? {} : { identity: options.identity };
  const client = new Client({ connection, ...identity });
  const repair = repairOf(client, t.sql, BASE_URL);
  t.onWake = ({ accountId, runId, botId, botName }) =>
    repair.wakeRun({ accountId, id: runId, botId, botName: botName ?? '', channelId: t.telegram, wakeDue: true });
  t.onCheck = (key) => repair.checkConversation(key);
  let turns = 0;
  const { conversationTurn, runTurn } = t.activities;
  const makeWorker = () =>
    Worker.create({
      connection: native,
      taskQueue: TASK_QUEUE,
      ...identity,
      workflowBundle: bundle,
      activities: {
        ...t.activities,
        async conversationTurn(turn: ConversationTurn) {
          turns += 1;
          const result = await conversationTurn(turn);
          await product.afterTurn?.(turn);
          return result;
        },
        runTurn(turn: RunTurn) {
          turns += 1;
          return runTurn(turn);
        },
      },
      ...(options.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: options.maxCachedWorkflows }),
      shutdownGraceTime: '1s',
      shutdownForceTime: '5s',
    });
  let worker = await makeWorker();
  let running = worker.run();
  const signaller = createSignaller(client, BASE_URL);
  const orders = createOrders(client, BASE_URL);
  const key = (chat: string) => ({ accountId: t.accountId, channelId: t.telegram, externalChatId: chat });
  async function orderRun(runId: string, order: RunOrder, id: string = randomUUID()): Promise<RunAnswer> {
    const outcome = await orders.sendToRun({ accountId: t.accountId, runId }, order, id);
    if (!outcome.taken) throw new Error('the order was not answered in time');
    return outcome.answer;
  }

  const product: Product = {
    t,
    client,
    server,
    turns: () => turns,
    afterTurn: undefined,
    async says(chat, ...texts) {
      for (const text of texts) await product.sends(chat, { text });
    },
    async sends(chat, message) {
      t.at = Date.now();
      const event = t.message(chat, message);
      if (event.type !== 'fact') throw new Error('a message is a fact');
      await signaller.deliver({ accountId: t.accountId, id: t.telegram }, [event.fact]);
    },
    async presses(chat, label) {
      const offered = t.sent.findLast((sent) => sent.chat === chat && sent.buttons.includes(label));
      const pressedKey = offered?.keys[offered.buttons.indexOf(label)];
      if (pressedKey === undefined) throw new Error(`no button ${label} was offered in ${chat}`);
      await product.sends(chat, { pressedKey });
    },
    async orders(chat, order, id = randomUUID()) {
      const outcome = await orders.send(key(chat), order, id);
      if (!outcome.taken) throw new Error('the order was not answered in time');
      return outcome.answer;
    },
    async signals(chat, order, id) {
      await client.workflow.signalWithStart(conversationWorkflowName, {
        ...conversationStart(key(chat), BASE_URL),
        signal: conversationSignalName,
        signalArgs: [{ type: 'order', id, order }],
      });
    },
    stopsRun: (runId, id) => orderRun(runId, { type: 'stop', by: t.userId }, id),
    beginsRun: (runId) => orderRun(runId, { type: 'begin' }),
    runs: (chat) => t.sql<{ id: string; status: string; outcome: string | null }[]>`
      select r.id, r.status, r.outcome from bot_runs r join chats h on h.account_id = r.account_id and h.id = r.chat_id
      where r.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by r.created_at, r.id`,
    messages: (chat) => t.sql<{ text: string; direction: 'in' | 'out'; status: string }[]>`
      select m.text, m.direction, m.status from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
      where m.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by m.position`,
    async talk(chat) {
      const [row] = await t.sql<{ number: number; status: string; opening: number; isRead: boolean }[]>`
        select c.number, c.status, c.opening, c.is_read as "isRead" from conversations c
        join chats h on h.account_id = c.account_id and h.talk_number = c.number
        where c.account_id = ${t.accountId} and h.external_chat_id = ${chat}`;
      return row;
    },
    async state(workflowId) {
      const { status, runId } = await client.workflow.getHandle(workflowId).describe();
      return { status: status.name, runId };
    },
    conversationId: (chat) => conversationWorkflowId(key(chat)),
    runWorkflowId: (runId) => botRunWorkflowId(t.accountId, runId),
    settled: (workflowId) =>
      until(async () => {
        const history = await client.workflow.getHandle(workflowId).fetchHistory();
        return isSettled(history) ? history : undefined;
      }),
    async restarts() {
      worker.shutdown();
      await running;
      worker = await makeWorker();
      running = worker.run();
    },
    async stop() {
      worker.shutdown();
      try {
        await running;
        await t.end();
        await Promise.all([native.close(), connection.close()]);
      } finally {
        await server.stop();
      }
    },
  };
  return product;
}

/** Arguments of a server that suggests continue-as-new after so many events. */
export const continueAfter = (events: number) => ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${events}`];

/** Waits until `look` answers something, looking often; fails after half a minute. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const beganAt = performance.now();
  for (;;) {
    const found = await look().catch((error: unknown) => {
      if (performance.now() - beganAt > 30_000) throw error;
      return undefined;
    });
    if (found !== undefined && found !== false) return found;
    if (performance.now() - beganAt > 30_000) throw new Error('what was waited for did not happen within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Names of a history's events, such as `WORKFLOW_TASK_STARTED`. */
export function eventNames(history: History): string[] {
  const { events } = JSON.parse(historyToJSON(history)) as { events: { eventType: string }[] };
  return events.map(({ eventType }) => eventType.replace('EVENT_TYPE_', ''));
}

/** The last workflow task is completed, and nothing has happened since that wants another one; no activity is under way. */
function isSettled(history: History): boolean {
  const names = eventNames(history);
  const completed = names.lastIndexOf('WORKFLOW_TASK_COMPLETED');
  const wants =
    /SIGNALED|TIMER_FIRED|WORKFLOW_TASK_(SCHEDULED|STARTED|TIMED_OUT|FAILED)|ACTIVITY_TASK_(STARTED|COMPLETED|FAILED|TIMED_OUT)/;
  if (completed < 0 || names.slice(completed + 1).some((name) => wants.test(name))) return false;
  const count = (name: string) => names.filter((one) => one === name).length;
  const ended = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'CANCELED'].reduce((sum, end) => sum + count(`ACTIVITY_TASK_${end}`), 0);
  return count('ACTIVITY_TASK_SCHEDULED') === ended;
}
