import type { Schedule } from './model.ts';
import { addWorkingTime, isWorking } from './working-time.ts';
import { MINUTE_MS } from './zone.ts';

const STEP_MS = 5 * MINUTE_MS;
const LOOKED_MS = 9 * 86_400_000;
/** The example's client writes this long before everybody goes home. */
const BEFORE_MS = 10 * MINUTE_MS;

/**
 * An example that shows what a schedule does: a message shortly before the longest pause of the coming days, and when its answer becomes late.
 * `dueAt` is absent where nobody ever works.
 */
export function exampleOf(schedule: Schedule, ms: number, now: number): { at: number; dueAt: number | undefined } {
  const from = Math.ceil(now / STEP_MS) * STEP_MS;
  let best: { at: number; pauseMs: number } | undefined;
  let endedAt: number | undefined;
  let working = isWorking(schedule, from);
  for (let at = from + STEP_MS; at < from + LOOKED_MS; at += STEP_MS) {
    const works = isWorking(schedule, at);
    if (working && !works) endedAt = at;
    if (!working && works && endedAt !== undefined) {
      const pauseMs = at - endedAt;
      if (best === undefined || pauseMs > best.pauseMs) best = { at: endedAt - BEFORE_MS, pauseMs };
      endedAt = undefined;
    }
    working = works;
  }
  const at = best?.at ?? (endedAt === undefined ? from : endedAt - BEFORE_MS);
  return { at, dueAt: addWorkingTime(schedule, at, ms) };
}
