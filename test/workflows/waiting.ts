/**
 * Workflows on a server that skips time, with turns that only note what they were given and answer what a test says: here waiting is the point,
 * months of it within a second. Time is one for the whole server, so tests of one file run one after another.
 */
import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { timeSkippingServerPath } from '../../embedded/testing.ts';
import { workflowBundle } from '../../workflows/bundle.ts';
import type {
  ChatKey,
  ConversationMessage,
  ConversationState,
  ConversationTurn,
  OrderAnswer,
  RunTurn,
  RunTurnResult,
} from '../../workflows/messages.ts';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

export interface Waiting {
  env: TestWorkflowEnvironment;
  taskQueue: string;
  /** The turns that were made, in order. */
  conversationTurns: ConversationTurn[];
  runTurns: RunTurn[];
  drains: ChatKey[];
  copies: ChatKey[];
  /** What a conversation's turn answers; by default: in work, nothing to wait for. */
  answer: (turn: ConversationTurn) => ConversationState;
  answerRun: (turn: RunTurn) => RunTurnResult['state'];
  /** What the activity that empties a lane does; by default nothing. */
  drain: (key: ChatKey) => Promise<void>;
  copy: (key: ChatKey) => Promise<void>;
  /** The server's clock (epoch ms). */
  now(): Promise<number>;
  reset(): void;
  stop(): Promise<void>;
}

export async function startWaiting(options: { maxCachedWorkflows?: number } = {}): Promise<Waiting> {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  });
  const [path, bundle] = await Promise.all([timeSkippingServerPath(), workflowBundle()]);
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: { BesedaStatus: KEYWORD },
  });
  const taskQueue = `waiting-${randomUUID()}`;
  const w = { env, taskQueue, conversationTurns: [], runTurns: [], drains: [], copies: [] } as unknown as Waiting;
  w.reset = () => {
    for (const noted of [w.conversationTurns, w.runTurns, w.drains, w.copies]) noted.length = 0;
    w.answer = () => ({ status: 'in_work', lane: 'empty' });
    w.answerRun = () => ({ ended: false, lanes: [] });
    w.drain = async () => undefined;
    w.copy = async () => undefined;
  };
  w.reset();
  w.now = () => env.currentTimeMs();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: bundle,
    activities: {
      async conversationTurn(turn: ConversationTurn) {
        w.conversationTurns.push(turn);
        const state = w.answer(turn);
        const answer: OrderAnswer = { status: state.status, isRead: true };
        return { state, answers: Object.fromEntries(turn.events.flatMap(({ type, id }) => (type === 'order' ? [[id, answer]] : []))) };
      },
      async runTurn(turn: RunTurn) {
        w.runTurns.push(turn);
        const state = w.answerRun(turn);
        const answer = { status: state.ended ? 'ended' : 'running' };
        return { state, answers: Object.fromEntries(turn.orders.map(({ id }) => [id, answer])) };
      },
      async drainLane(key: ChatKey) {
        w.drains.push(key);
        await w.drain(key);
      },
      async copyMedia(key: ChatKey) {
        w.copies.push(key);
        await w.copy(key);
      },
    },
    ...(options.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: options.maxCachedWorkflows }),
    shutdownGraceTime: '1s',
    shutdownForceTime: '5s',
  });
  const running = worker.run();
  w.stop = async () => {
    worker.shutdown();
    // The server is a process of its own: it must end whatever became of the worker.
    await running.finally(() => env.teardown());
  };
  return w;
}

/** A message as the webhook route signals it. */
export function written(id: string, text = id): ConversationMessage {
  return {
    type: 'fact',
    fact: {
      type: 'messageReceived',
      id: `message/${id}`,
      chat: { externalChatId: 'c', kind: 'private' },
      sender: { externalUserId: 'c', name: 'Client' },
      message: { externalId: id, receivedAt: 0, order: [0, 0], text, attachments: [] },
    },
  };
}
