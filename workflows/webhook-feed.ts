import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import { alarm } from './alarm.ts';
import type { FeedActivities, WebhookFeedInput } from './messages.ts';

/** Tried until it works: what is delivered stands in rows, and nothing else would bring the feed on. */
const { feedWebhook } = proxyActivities<FeedActivities>({
  startToCloseTimeout: '1 minute',
  // A killed worker is noticed by its silence, long before the minute is over.
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/** The account has new events, or the subscription was changed. */
export const feedSignal = defineSignal('happened');

/**
 * One subscription of an account's webhooks. It waits for something to tell or for the next attempt; how far it has come stands in the subscription's
 * row. It ends when the subscription does.
 */
export async function webhookFeedWorkflow(input: WebhookFeedInput): Promise<void> {
  const deadline = alarm();
  let woken = true;
  setHandler(
    feedSignal,
    () => {
      woken = true;
    },
    { description: 'The account has new events' },
  );

  for (;;) {
    await condition(() => woken || deadline.rings());
    woken = false;
    const { ended, more, nextAt } = await feedWebhook(input);
    if (ended && !woken) return;
    if (more) woken = true;
    deadline.set(nextAt);
    // A new run begins with a turn: a wake or a deadline that is left behind is made good by it.
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof webhookFeedWorkflow>(input);
  }
}
