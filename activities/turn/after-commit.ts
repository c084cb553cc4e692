/** What a turn does once its transaction stands: a first try at sending, the wakes that are due, the spinners of pressed buttons. */
import type { LanePart } from '../../db/turns/lane.ts';
import type { ChatKey } from '../../workflows/messages.ts';
import { connected } from '../lane/send-part.ts';
import type { Committed, TurnDeps } from './transaction.ts';

/** Turns stay short: what is not out by then goes on by itself, or is left to the activity. */
const FIRST_TRY_MS = 3_000;

export function createAfterCommit(deps: Omit<TurnDeps, 'afterCommit'>) {
  return async function afterCommit(turns: Committed[], elapsedMs: number): Promise<ChatKey[]> {
    // A spinner that goes on a little longer is not worth a failed turn.
    for (const turn of turns) void answerPresses(deps, turn).catch(() => undefined);
    const left: ChatKey[] = [];
    await Promise.all([
      ...turns.flatMap((turn) =>
        turn.planned.map(async ({ chatId, channelId, externalChatId }) => {
          const empty = await firstTry(deps, turn, chatId, elapsedMs);
          if (!empty) left.push({ accountId: turn.accountId, channelId, externalChatId });
        }),
      ),
      ...turns.flatMap((turn) =>
        turn.wakes.map((run) =>
          deps.wakeRun({
            accountId: run.accountId,
            runId: run.id,
            botId: run.botId,
            ...(run.botName === undefined ? {} : { botName: run.botName }),
          }),
        ),
      ),
    ]);
    return left;
  };
}

async function firstTry(deps: Omit<TurnDeps, 'afterCommit'>, turn: Committed, chatId: string, elapsedMs: number): Promise<boolean> {
  const part = turn.claimed.find((one) => one.chatId === chatId);
  const lane = turn.planned.find((one) => one.chatId === chatId)!;
  // Nothing claimed: an earlier part is unfinished, the channel is broken or disconnected. The activity goes on from there.
  if (part === undefined) {
    if (!lane.hurried) return false;
    const at = () => turn.at + elapsedMs;
    return (await deps.lane.drain(turn.accountId, chatId, at, FIRST_TRY_MS - elapsedMs)) === undefined;
  }
  const authorKind = part.runId === null ? 'user' : 'bot';
  const claimed: LanePart = { ...part, accountId: turn.accountId, externalChatId: lane.externalChatId, authorKind };
  return deps.lane.firstTry(claimed, lane.count, turn.at + elapsedMs, FIRST_TRY_MS - elapsedMs);
}

async function answerPresses(deps: Omit<TurnDeps, 'afterCommit'>, turn: Committed): Promise<void> {
  for (const { channelId, token } of turn.presses) {
    const row = (await deps.directory.account(turn.accountId, channelId)).channels.get(channelId);
    const adapter = row && deps.channels.get(row.type);
    if (row !== undefined) await adapter?.answerPress?.(connected(deps, row), token);
  }
}
