/** The no-reply branch: `no_answer` leads to a step that holds the pause. Meanwhile the question's own answers stay armed. */
import { handlerOf } from './handlers/index.ts';
import { readWaits, type WaitsParams } from './handlers/waits.ts';
import type { Handler, Scenario, Step } from './model.ts';
import { place } from './read.ts';

export interface NoAnswerPlan {
  /** Handlers that stand before the pause and only act: run once, when the timers are armed. */
  acts: Handler[];
  timers: WaitsParams['timers'];
}

/** Jumps followed on the way to the pause. */
const MOST_JUMPS = 20;

/** What a step's `no_answer` arms; undefined where it leads to no timer. */
export function noAnswerPlan(scenario: Scenario, step: Step): NoAnswerPlan | undefined {
  if (step.noAnswer === undefined) return undefined;
  const acts: Handler[] = [];
  let list: Handler[] | undefined = [step.noAnswer];
  for (let jumps = 0; list !== undefined && jumps <= MOST_JUMPS; jumps += 1) {
    let next: Handler[] | undefined;
    for (const handler of list) {
      if (handler.handler === 'waits' || handler.handler === 'wait') {
        const timers = readWaits(handler.params, () => undefined)?.timers ?? [];
        return timers.length === 0 ? undefined : { acts, timers };
      }
      if (handler.handler === 'goto') {
        const target = place(handler.params);
        if (target?.type === 'question') next = scenario.steps[target.step]?.question;
        break;
      }
      if (handlerOf(handler.handler).inspect(handler.params, () => undefined).decides) return undefined;
      acts.push(handler);
    }
    list = next;
  }
  return undefined;
}
