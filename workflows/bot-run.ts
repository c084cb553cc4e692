import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  currentUpdateInfo,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { alarm } from './alarm.ts';
import type { LaneActivities, RunAnswer, RunInput, RunOrder, TurnActivities } from './messages.ts';

const { runTurn } = proxyLocalActivities<TurnActivities>({
  startToCloseTimeout: '6s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});
/** TRY_CANCEL: a stopped run must not wait for a messenger; its rows are already withdrawn, at most the part in flight still goes out. */
const { drainLane } = proxyActivities<LaneActivities>({
  startToCloseTimeout: '1 minute',
  // A killed worker is noticed by its silence, long before the minute is over.
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
  cancellationType: 'TRY_CANCEL',
});

/** Something is due in the run's row: it is new, its deadline moved earlier, or it has ended. Carries an order only if its sender could not wait. */
export const wakeSignal = defineSignal<[{ id: string; order: RunOrder }?]>('wake');
/** An order that answers. Its update id is the caller's idempotency key. */
export const runOrderUpdate = defineUpdate<RunAnswer, [RunOrder]>('order');

/**
 * One run of a bot, for what the client does not cause: pauses, no answer, stop. The client's answers step the run inside the conversation's turns.
 * A workflow started for a run that has ended meanwhile ends at its first turn.
 */
export async function botRunWorkflow(input: RunInput): Promise<void> {
  const orders: { id: string; order: RunOrder }[] = [];
  const answers = new Map<string, RunAnswer>();
  const deadline = alarm();
  const sending = new CancellationScope();
  const draining = new Set<string>();
  let woken = true;

  setHandler(
    wakeSignal,
    (order) => {
      woken = true;
      if (order !== undefined) orders.push(order);
    },
    { description: 'Something is due in the run’s row' },
  );
  setHandler(
    runOrderUpdate,
    async (order) => {
      const { id } = currentUpdateInfo()!;
      orders.push({ id, order });
      await condition(() => answers.has(id));
      return answers.get(id)!;
    },
    { description: 'Begin or stop the run: an order that answers' },
  );
  if (input.botName !== undefined) setCurrentDetails(`Bot **${input.botName}**`);

  for (;;) {
    await condition(() => woken || orders.length > 0 || deadline.rings());
    woken = false;
    const turn = await runTurn({ accountId: input.accountId, runId: input.runId, at: Date.now(), orders: orders.splice(0) });
    for (const id in turn.answers) answers.set(id, turn.answers[id]!);
    const { state } = turn;
    if (state.ended && orders.length === 0) break;
    for (const lane of state.lanes) {
      const name = `${lane.channelId}:${lane.externalChatId}`;
      if (draining.has(name)) continue;
      draining.add(name);
      const done = (error?: unknown) => {
        draining.delete(name);
        woken ||= !isCancellation(error);
      };
      sending.run(() => drainLane(lane)).then(() => done(), done);
    }
    deadline.set(state.deadlineAt);
    const quiet = () => !woken && draining.size === 0 && orders.length === 0;
    if (workflowInfo().continueAsNewSuggested && quiet()) {
      await condition(allHandlersFinished);
      if (quiet()) await continueAsNew<typeof botRunWorkflow>(input);
    }
  }
  sending.cancel();
  await condition(allHandlersFinished);
}
