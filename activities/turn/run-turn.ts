/** The turn of a bot's run, for what the client does not cause: its start by hand, its timers, its stop. The same step and the same lanes as in conversations. */

import { loadByRun } from '../../db/turns/load.ts';
import type { ChatKey, RunAnswer, RunTurn, RunTurnResult } from '../../workflows/messages.ts';
import { beginRun, endRun, stepRun, timerOf } from './bots.ts';
import { inTransaction, type TurnDeps } from './transaction.ts';
import { changeRun, type TurnRun, type World } from './world.ts';

export function createRunTurn(deps: TurnDeps) {
  return async function runTurn({ accountId, runId, at, orders }: RunTurn): Promise<RunTurnResult> {
    const beganAt = performance.now();
    const { result, committed } = await inTransaction(deps, {
      accountId,
      sends: true,
      at,
      load: async (tx) => ({ loaded: await loadByRun(tx, accountId, runId), extra: undefined }),
      decide: async (w) => {
        const run = w.runs.get(runId);
        if (run === undefined) return { run, busy: [] };
        await turn(w, run, orders);
        // From here its workflow has a timer for exactly this instant.
        changeRun(w, run, { armedAt: timerOf(run), wakeDue: false });
        return { run, busy: busyLanes(w) };
      },
    });
    const left = await deps.afterCommit(
      [{ ...committed, wakes: committed.wakes.filter((run) => run.id !== runId) }],
      performance.now() - beganAt,
    );
    await Promise.all(committed.settled.map((chat) => deps.checkLane(chat)));
    const { run } = result;
    const ended = run === undefined || run.status === 'ended';
    const answer: RunAnswer = { status: run?.status ?? 'none', ...(run?.outcome == null ? {} : { outcome: run.outcome }) };
    const lanes = [...result.busy, ...left.filter((lane) => !result.busy.some((busy) => isSame(busy, lane)))];
    // Its workflow ends with it: what is left, and what it has under way, is looked after by the workflows of those chats.
    if (ended) await Promise.all(lanes.map((lane) => deps.checkLane(lane)));
    const deadlineAt = run === undefined || ended ? null : timerOf(run);
    return {
      state: {
        ended,
        ...(deadlineAt === null ? {} : { deadlineAt }),
        lanes: ended ? [] : lanes,
      },
      answers: Object.fromEntries(orders.map(({ id }) => [id, answer])),
    };
  };
}

async function turn(w: World, run: TurnRun, orders: RunTurn['orders']): Promise<void> {
  for (const { order } of orders) {
    if (order.type !== 'stop') continue;
    endRun(w, run, order.as ?? 'stopped', '', order.by === undefined ? { kind: 'system' } : { kind: 'user', id: order.by });
  }
  if (run.status === 'new' && (run.deadlineAt === null || run.deadlineAt <= w.at)) {
    const { messageText, startPayload } = run.startedBy.kind === 'trigger' ? run.startedBy : {};
    await beginRun(w, run, messageText, startPayload);
  } else if (run.status === 'running' && run.deadlineAt !== null && run.deadlineAt <= w.at) {
    await stepRun(w, run, { type: 'deadlineReached', at: w.at });
  }
}

/** Lanes in which something was left before this turn. */
function busyLanes(w: World): ChatKey[] {
  return [...w.chats.values()]
    .filter(({ id }) => w.busyLanes.has(id))
    .map(({ accountId, channelId, externalChatId }) => ({ accountId, channelId, externalChatId }));
}

const isSame = (one: ChatKey, other: ChatKey) => one.channelId === other.channelId && one.externalChatId === other.externalChatId;
