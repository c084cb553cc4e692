/** Everything a worker can do for the workflows. One object a process: caches, breakers and sends that outlive their turns are in here. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ChatKey, LaneActivities, TurnActivities } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { createLane } from './lane/lane.ts';
import { createSettling } from './lane/settling.ts';
import { copyChatMedia } from './media.ts';
import { createAfterCommit } from './turn/after-commit.ts';
import { createConversationTurn } from './turn/conversation-turn.ts';
import { createDirectory } from './turn/directory.ts';
import { createRunTurn } from './turn/run-turn.ts';
import type { TurnDeps } from './turn/transaction.ts';

/** Below the activity's start-to-close time of a minute. */
const DRAIN_MS = 20_000;
/** Well below the activities' heartbeat timeout of 10 s. */
const HEARTBEAT_MS = 2_000;

export interface Activities extends TurnActivities, LaneActivities {}

/** `settled` resolves when no send is under way any more: await it before the process ends. */
export function createActivities(deps: ActivityDeps): {
  activities: Activities;
  settled(): Promise<void>;
  /** Another process changed stages, fields, users or channels of an account (of any account). */
  forget(accountId?: number): void;
} {
  const withDirectory = { ...deps, directory: createDirectory(deps.sql) };
  const lane = createLane(withDirectory, () => settling);
  const base = { ...withDirectory, lane };
  const turnDeps: TurnDeps = { ...base, afterCommit: createAfterCommit(base) };
  const settling = createSettling(turnDeps);

  return {
    settled: () => lane.settled(),
    forget: (accountId) => withDirectory.directory.forget(accountId),
    activities: {
      conversationTurn: createConversationTurn(turnDeps),
      runTurn: createRunTurn(turnDeps),
      drainLane: alive(async (key: ChatKey) => {
        const chatId = await chatIdOf(deps, key);
        if (chatId === undefined) return;
        const scheduledAt = Context.current().info.currentAttemptScheduledTimestampMs;
        const beganAt = performance.now();
        const waitMs = await lane.drain(key.accountId, chatId, () => scheduledAt + (performance.now() - beganAt), DRAIN_MS);
        if (waitMs === undefined) return;
        // Not an error: the messenger asked for a pause, another sender holds the part, or the channel is away.
        throw ApplicationFailure.create({
          message: 'The lane is not empty yet',
          type: 'lane.waiting',
          category: 'BENIGN',
          nextRetryDelay: Math.max(100, Math.ceil(waitMs)),
        });
      }),
      copyMedia: alive((key: ChatKey) => copyChatMedia(withDirectory, key)),
    },
  };
}

/** Tells the server that this worker lives while an activity works: after a kill -9 another one takes it within seconds. */
function alive(work: (key: ChatKey) => Promise<void>): (key: ChatKey) => Promise<void> {
  return async (key) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      return await work(key);
    } finally {
      clearInterval(beat);
    }
  };
}

async function chatIdOf(deps: ActivityDeps, key: ChatKey): Promise<string | undefined> {
  const [row] = await deps.sql<{ id: string }[]>`
    select id from chats where account_id = ${key.accountId} and channel_id = ${key.channelId} and external_chat_id = ${key.externalChatId}`;
  return row?.id;
}
