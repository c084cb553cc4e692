/**
 * The one place that knows how a person's order reaches a workflow and what its answer means: update-with-start with the idempotency key as
 * update id, tried again with the same id, and at last the same order under the same id as a signal. Answers are rows, so both arriving is harmless.
 */
import { type Client, isGrpcServiceError, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import {
  botRunWorkflowName,
  type ChatKey,
  type ConversationInput,
  type ConversationMessage,
  type ConversationOrder,
  conversationOrderName,
  conversationSignalName,
  conversationWorkflowName,
  type OrderAnswer,
  type RunAnswer,
  type RunInput,
  type RunOrder,
  runOrderName,
  wakeSignalName,
} from '../workflows/messages.ts';
import { conversationStart, type RunStart, runStart } from '../workflows/starts.ts';
import { ApiError } from './errors.ts';

/** `taken` false: certain to be carried out, not answered in time (202). */
export type Outcome<Answer> = { taken: true; answer: Answer } | { taken: false };

export interface Orders {
  /** Orders something in a chat. `id` is the idempotency key: the same one never acts twice. Throws ApiError `unavailable` when Temporal is away. */
  send(chat: ChatKey, order: ConversationOrder, id: string): Promise<Outcome<OrderAnswer>>;
  /** The same to a bot's run; starts its workflow when there is none. */
  sendToRun(run: RunStart, order: RunOrder, id: string): Promise<Outcome<RunAnswer>>;
}

const DEADLINE_MS = 4000;
const TRIES = 3;
const PAUSE_MS = 100;

type Starting = ReturnType<typeof conversationStart> | ReturnType<typeof runStart>;

export function createOrders(client: Client, baseUrl: string): Orders {
  return {
    send: (chat, order, id) =>
      deliver<OrderAnswer, ConversationOrder, [ConversationInput]>(client, id, order, conversationStart(chat, baseUrl), {
        workflow: conversationWorkflowName,
        update: conversationOrderName,
        signal: conversationSignalName,
        signalled: { type: 'order', id, order } satisfies ConversationMessage,
      }),
    sendToRun: (run, order, id) =>
      deliver<RunAnswer, RunOrder, [RunInput]>(client, id, order, runStart(run, baseUrl), {
        workflow: botRunWorkflowName,
        update: runOrderName,
        signal: wakeSignalName,
        signalled: { id, order },
      }),
  };
}

interface Names {
  workflow: string;
  update: string;
  signal: string;
  signalled: unknown;
}

async function deliver<Answer, Order, Args extends unknown[]>(
  client: Client,
  id: string,
  order: Order,
  start: Starting,
  names: Names,
): Promise<Outcome<Answer>> {
  const until = Date.now() + DEADLINE_MS;
  let failure: unknown;
  for (let attempt = 0; attempt < TRIES && Date.now() < until; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    try {
      // An operation serves one call only; the update id makes the repeat the same order.
      const startWorkflowOperation = new WithStartWorkflowOperation(names.workflow, {
        ...(start as object as { workflowId: string; taskQueue: string; args: Args }),
        workflowIdConflictPolicy: 'USE_EXISTING',
      } as never);
      const answer = await client.withDeadline(until, () =>
        client.workflow.executeUpdateWithStart<Workflow, Answer, [Order]>(names.update, {
          args: [order],
          updateId: id,
          startWorkflowOperation: startWorkflowOperation as never,
        }),
      );
      return { taken: true, answer };
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) throw refusal(error);
      failure = error;
    }
  }
  await signal(client, start, names, failure);
  return { taken: false };
}

async function signal(client: Client, start: Starting, names: Names, earlier: unknown): Promise<void> {
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.signalWithStart(names.workflow, {
        ...(start as object as { workflowId: string; taskQueue: string; args: unknown[] }),
        signal: names.signal,
        signalArgs: [names.signalled],
      } as never),
    );
  } catch (cause) {
    if (!isGrpcServiceError(cause) && !isAway(cause)) throw cause;
    throw new ApiError('unavailable', 'The workflow server cannot be reached: repeat the request with the same Idempotency-Key', {
      cause: cause ?? earlier,
    });
  }
}

/** A validator's refusal, or an update that failed: its words are made for people by the workflow's own code. */
function refusal(error: WorkflowUpdateFailedError): ApiError {
  return new ApiError('conflict', error.cause?.message ?? 'The order was refused', { cause: error });
}

/** Errors of the client that carry a gRPC status or a lost connection inside. */
export function isAway(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (isGrpcServiceError(current) || current.name === 'ServiceError' || current.name === 'TransportError') return true;
    if (current.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') return true;
  }
  return false;
}
