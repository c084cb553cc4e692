/** The worker's part in account webhooks: the activity that delivers, and the ears that wake sleeping feeds. */
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { type ChangeEvent, listen } from '../../db/notify.ts';
import { accountsWithWebhooks, dueFeeds, takeSleepingFeeds } from '../../db/stores/webhooks.ts';
import { type FeedActivities, feedSignalName, webhookFeedWorkflowName } from '../../workflows/messages.ts';
import { webhookFeedStart } from '../../workflows/starts.ts';
import { type FeedDeps, feedWebhook } from './feed-webhook.ts';

/** Below the activity's start-to-close time of a minute, with the last call's two seconds and a fence to spare. */
const FEED_MS = 30_000;
/** Well below the activity's heartbeat timeout of 10 s. */
const HEARTBEAT_MS = 2_000;
/** The net under wakes that were lost with a process or a server. */
const SWEEP_MS = 60_000;
const SIGNAL_MS = 5_000;
/** Changes that write no event. */
const SILENT = new Set<ChangeEvent['kind']>(['bot', 'channel', 'settings', 'export']);

export function createFeedActivities(deps: FeedDeps): FeedActivities {
  return {
    async feedWebhook(input) {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      const scheduledAt = context.info.currentAttemptScheduledTimestampMs;
      const beganAt = performance.now();
      try {
        return await feedWebhook(deps, input, {
          // Whole milliseconds: a column of instants of invalid answers takes nothing else.
          now: () => Math.floor(scheduledAt + performance.now() - beganAt),
          forMs: FEED_MS,
          signal: context.cancellationSignal,
        });
      } finally {
        clearInterval(beat);
      }
    },
  };
}

/**
 * Wakes the feeds of accounts that something happened in. An account without subscriptions costs a look into a set in memory; a subscription
 * whose feed is awake costs one update that finds nothing. The returned function ends it.
 */
export function hearForFeeds({ sql, log, client }: Pick<FeedDeps, 'sql' | 'log'> & { client: Client }): () => Promise<void> {
  let accounts = new Set<number>();
  const looking = new Map<number, boolean>();

  const signal = ({ accountId, id }: { accountId: number; id: number }) =>
    client.withDeadline(Date.now() + SIGNAL_MS, () =>
      client.workflow.signalWithStart(webhookFeedWorkflowName, {
        ...webhookFeedStart({ accountId, webhookId: id }),
        signal: feedSignalName,
        signalArgs: [],
      }),
    );
  const underWay = new Set<Promise<unknown>>();
  const quietly = (work: Promise<unknown>) => {
    const done = work
      .catch((error: unknown) => log.warn({ err: error }, 'feeds of webhooks were not woken; the next sweep does it'))
      .finally(() => underWay.delete(done));
    underWay.add(done);
  };
  const sweep = async () => {
    accounts = await accountsWithWebhooks(sql);
    if (accounts.size === 0) return;
    for (const feed of await dueFeeds(sql, Date.now())) await signal(feed);
  };
  /** Changes that come while an account is looked through are looked for once more, however many they are. */
  const wake = async (accountId: number): Promise<void> => {
    if (looking.has(accountId)) return void looking.set(accountId, true);
    looking.set(accountId, false);
    try {
      do {
        looking.set(accountId, false);
        for (const feed of await takeSleepingFeeds(sql, accountId)) await signal(feed);
      } while (looking.get(accountId));
    } finally {
      looking.delete(accountId);
    }
  };

  const listening = listen(
    sql,
    ({ accountId, kind, ids }) => {
      if (kind === 'settings' && ids.includes('webhooks')) quietly(sweep());
      else if (!SILENT.has(kind) && accounts.has(accountId)) quietly(wake(accountId));
    },
    () => quietly(sweep()),
  );
  quietly(listening.then(sweep));
  const sweeping = setInterval(() => quietly(sweep()), SWEEP_MS);
  return async () => {
    clearInterval(sweeping);
    await listening.then((end) => end()).catch(() => undefined);
    // A call that outlives the connection is repeated from a timer of the SDK's, whose failure nobody can catch. Each takes SIGNAL_MS at most; a
    // failure ends its loop.
    await Promise.all(underWay);
  };
}
