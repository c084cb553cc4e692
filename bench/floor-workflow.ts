import { condition, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { FloorActivities } from './floor-worker.ts';

const { nothing } = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '6s' });

export const floorSignal = defineSignal('floor');

/**
 * The least that a message can cost on a workflow engine: a signal with start and one local activity that does nothing.
 * Ends after `messages` of them.
 */
export async function floorWorkflow(input: { messages: number }): Promise<void> {
  let waiting = 0;
  let handled = 0;
  setHandler(floorSignal, () => {
    waiting += 1;
  });
  while (handled < input.messages) {
    await condition(() => waiting > 0);
    const batch = waiting;
    waiting = 0;
    await nothing(batch);
    handled += batch;
  }
}
