import {
  allHandlersFinished,
  condition,
  continueAsNew,
  currentUpdateInfo,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { alarm } from './alarm.ts';
import type {
  ConversationInput,
  ConversationMessage,
  ConversationOrder,
  ConversationState,
  ConversationTurnEvent,
  LaneActivities,
  OrderAnswer,
  TurnActivities,
} from './messages.ts';

/** Below the workflow task's own 10 s, so that a slow turn is repeated and not the whole task. */
const { conversationTurn } = proxyLocalActivities<TurnActivities>({
  startToCloseTimeout: '6s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});
/** An hour of trying, then a turn looks again: what is older than a day is given up there. */
const { drainLane, copyMedia } = proxyActivities<LaneActivities>({
  startToCloseTimeout: '1 minute',
  // A killed worker is noticed by its silence, long before the minute is over.
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
  cancellationType: 'TRY_CANCEL',
});

/** A message of the messenger, or an order whose sender could not wait for the answer. */
export const conversationSignal = defineSignal<[ConversationMessage]>('conversation');
/** An order that answers. Its update id is the caller's idempotency key: the answer is read from rows, so a repeat gets the same. */
export const conversationOrderUpdate = defineUpdate<OrderAnswer, [ConversationOrder]>('order');

const MAX_BATCH = 100;

/**
 * One chat with one client. It waits: for the messenger, for people's orders, for one deadline. What any of it means is decided by the turn.
 * It completes when the conversation is closed and nothing is left to send; the client's next message starts a new run under the same id.
 */
export async function conversationWorkflow(input: ConversationInput): Promise<void> {
  const inbox: ConversationTurnEvent[] = [];
  const answers = new Map<string, OrderAnswer>();
  const deadline = alarm();
  let state: ConversationState = input.state ?? { status: 'none', lane: 'empty' };
  let shownStatus: string = input.state?.status ?? 'in_work';
  let draining = false;
  let copying = false;
  let copyAgain = false;
  // The first turn is always made: an update that started this run is handed over only after the main function has begun to wait.
  let turned = false;

  setHandler(
    conversationSignal,
    (message) => {
      const at = Date.now();
      inbox.push(message.type === 'fact' ? { ...message, id: message.fact.id, at } : { ...message, at });
    },
    { description: 'What happened in the messenger' },
  );
  setHandler(
    conversationOrderUpdate,
    async (order) => {
      const { id } = currentUpdateInfo()!;
      inbox.push({ type: 'order', id, at: Date.now(), order });
      await condition(() => answers.has(id));
      return answers.get(id)!;
    },
    { description: 'Close, answer, no reply needed, …: an order that answers' },
  );

  const drain = () => {
    draining = true;
    const done = () => {
      draining = false;
      inbox.push({ type: 'laneDrained', id: `drained/${Date.now()}`, at: Date.now() });
    };
    drainLane(input.key).then(done, done); // what went out and what did not stands in the rows
  };
  const copy = () => {
    // Files that came meanwhile may have been missed by the activity that runs.
    copyAgain = copying;
    if (copying) return;
    copying = true;
    const done = () => {
      copying = false;
      if (copyAgain) copy();
    };
    copyMedia(input.key).then(done, done); // likewise
  };
  const quiet = () => inbox.length === 0 && state.lane === 'empty' && !draining && !copying;

  for (;;) {
    deadline.set(state.deadlineAt);
    await condition(() => inbox.length > 0 || deadline.rings() || (turned && isOver(state) && quiet()));
    if (inbox.length === 0 && !deadline.rings()) break;
    const events: ConversationTurnEvent[] = inbox.splice(0, MAX_BATCH);
    if (deadline.rings()) events.push({ type: 'deadlineReached', id: `deadline/${state.deadlineAt}`, at: Date.now() });
    const turn = await conversationTurn({ key: input.key, events });
    state = turn.state;
    turned = true;
    for (const id in turn.answers) answers.set(id, turn.answers[id]!);
    if (state.lane === 'waiting' && !draining) drain();
    if (state.media === 'waiting') copy();
    if (state.number !== undefined) setCurrentDetails(`Conversation **${state.number}** · ${state.status}`);
    if (state.status !== 'none' && state.status !== shownStatus) {
      shownStatus = state.status;
      upsertSearchAttributes({ BesedaStatus: [state.status] });
    }
    if (workflowInfo().continueAsNewSuggested && !isOver(state) && quiet()) {
      // Orders that were just answered still have to say so; waiting for them takes no event.
      await condition(allHandlersFinished);
      if (quiet()) await continueAsNew<typeof conversationWorkflow>({ ...input, state });
    }
  }
  await condition(allHandlersFinished);
}

/** Nothing more is expected: closed, or never numbered (a manager wrote first, a group), and no deadline runs. */
function isOver(state: ConversationState) {
  return (state.status === 'closed' || state.status === 'none') && state.deadlineAt === undefined;
}
