/** When a person's answer may go out while bots' messages are queued in the same rate-limited channel, beside the same on an empty queue. */
import { createPacer } from '../activities/lane/pace.ts';
import type { Sql } from '../db/connection.ts';
import { median } from './numbers.ts';

const PER_SECOND = 30;
const ANSWERS = 9;

export interface QueueResult {
  queued: number;
  /** When the last of the queue may go out. */
  queueMs: number;
  /** Of a person's answer, asking for the place included: the middle and the worst of them. */
  empty: { middleMs: number; worstMs: number };
  behind: { middleMs: number; worstMs: number };
}

/** Real schedule, real Postgres; the call to the messenger itself is not in it. Answers come two seconds apart. */
export async function measureQueue(sql: Sql, accountId: number, queued: number): Promise<QueueResult> {
  const pacer = createPacer(sql);
  const another = createPacer(sql);
  const answers = async (channelId: number) => {
    const times: number[] = [];
    for (let index = 0; index < ANSWERS; index += 1) {
      const begin = performance.now();
      // Workers take them by turns.
      const waitMs = await (index % 2 === 0 ? pacer : another).place({ accountId, channelId, byPerson: true, perSecond: PER_SECOND });
      times.push(performance.now() - begin + waitMs);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    return { middleMs: median(times), worstMs: Math.max(...times) };
  };
  const empty = await answers(1);
  const bots = Array.from({ length: queued }, (_, index) =>
    (index % 2 === 0 ? pacer : another).place({ accountId, channelId: 2, byPerson: false, perSecond: PER_SECOND }),
  );
  const queueMs = Math.max(...(await Promise.all(bots)));
  return { queued, queueMs, empty, behind: await answers(2) };
}

/** The result for people. */
export function describeQueue({ queued, queueMs, empty, behind }: QueueResult): string {
  const words = ({ middleMs, worstMs }: QueueResult['empty']) => `${middleMs.toFixed(1)} ms, at worst ${worstMs.toFixed(1)}`;
  return `an answer's place on an empty queue ${words(empty)}; behind ${queued.toLocaleString('en')} of bots (${Math.round(queueMs / 1000)} s long) ${words(behind)}`;
}
