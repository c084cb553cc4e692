/** The parts of a run's state that belong to the language, typed. The state is JSON: everything here survives a row. */
import type { Handler, RunState, Scenario } from './model.ts';
import type { Place } from './read.ts';

/** The client's silence (ms) after which a waiting run is over. */
export const EXPIRY_MS = 400 * 24 * 3600 * 1000;

/** What a run waits for. Whatever comes first wins; the others are dropped. */
export interface Wait {
  /** Where the client's next message goes. */
  message?: Place;
  /** Armed timers by instant. */
  timers: Timer[];
}

/** `noAnswer`: belongs to the question's no-answer branch and begins again after a message that matched nothing. */
export interface Timer {
  at: number;
  place: Place;
  noAnswer?: boolean;
}

/** Messages sent last: a refusal of one takes its `onError`, a press on one of them is an answer. */
export interface Sent {
  messages: { key: string; step: number; onError: Handler[] }[];
  /** False once the run has moved on without sending anything new: a refusal reported now moves nothing. */
  fresh: boolean;
}

/** The state of a run that has not started: give it a `started` event. */
export function begin(scenario: Scenario): RunState {
  const numbers = Object.keys(scenario.steps).map(Number);
  return {
    step: scenario.steps[0] === undefined && numbers.length > 0 ? Math.min(...numbers) : 0,
    listens: false,
    variables: {},
    counters: { turns: 0, messages: 0, visits: {}, lastClientAt: 0 },
  };
}

export function waitOf(state: RunState): Wait {
  return (state.wait as Wait | undefined) ?? { timers: [] };
}

export function sentOf(state: RunState): Sent {
  return (state.sent as Sent | undefined) ?? { messages: [], fresh: false };
}

/** The instant of the earliest timer, without the run's age. */
export function nextTimerAt(state: RunState): number | undefined {
  const instants = waitOf(state).timers.map((timer) => timer.at);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
