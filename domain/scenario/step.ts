/** One event of a run. */
import { takesAnswer, wordsOf } from './answers.ts';
import type { RunEvent, RunState, RunView, Scenario, StepResult } from './model.ts';
import { EXPIRY_MS, sentOf, waitOf } from './state.ts';
import { Walk } from './walk.ts';

export { answersAtOnce, takesAnswer } from './answers.ts';
export { describe } from './describe.ts';
export { begin } from './state.ts';

/** Turns of one run; beyond, it ends as `looped`. */
export const MOST_TURNS = 2000;

/**
 * Advances a run by one event, as far as the next wait or the end. Pure: the same arguments give the same answer, so a repeated turn
 * gives the same commands with the same keys. An event that moves nothing (a deadline that has not come, an answer nobody waits for, a
 * press on an old question, anything after the end) returns the state as it is, without commands and trace.
 *
 * A run that ended as `completed` may still get `refused` for a message of its last turn that nobody accepted: then it takes the
 * message's `on_error` and can be alive again (`state.ended` absent), else it ends as `failed`.
 */
export function step(scenario: Scenario, state: RunState, event: RunEvent, view: RunView): StepResult {
  switch (event.type) {
    case 'started':
      return start(scenario, state, event, view);
    case 'answered':
      return answer(scenario, state, event, view);
    case 'deadlineReached':
      return ring(scenario, state, event.at, view);
    case 'accepted':
      return accept(scenario, state, event, view);
    case 'refused':
      return refuse(scenario, state, event, view);
  }
}

function unmoved(state: RunState, view: RunView): StepResult {
  return { state, commands: [], trace: [], view };
}

function start(scenario: Scenario, state: RunState, event: Extract<RunEvent, { type: 'started' }>, view: RunView): StepResult {
  if (state.ended !== undefined || state.counters.turns > 0) return unmoved(state, view);
  const walk = new Walk(scenario, state, view, event.at);
  walk.countTurn();
  walk.clientSeen(); // a run that nobody wrote to counts its age from its start
  if (event.message !== undefined) walk.hears(wordsOf(event.message), event.message.startPayload);
  walk.mark('started');
  walk.go({ type: 'question', step: state.step ?? 0 });
  return walk.result();
}

function answer(scenario: Scenario, state: RunState, event: Extract<RunEvent, { type: 'answered' }>, view: RunView): StepResult {
  const { message } = waitOf(state);
  if (state.ended !== undefined || message === undefined || !takesAnswer(state, event.answer)) return unmoved(state, view);
  const walk = new Walk(scenario, state, view, event.at, event.answer);
  const turns = walk.countTurn();
  walk.clientSeen();
  walk.hears(wordsOf(event.answer), event.answer.startPayload);
  walk.mark('answered', { pressed: event.answer.pressed !== undefined });
  if (turns > MOST_TURNS) walk.end('looped');
  else walk.go(message);
  return walk.result();
}

function ring(scenario: Scenario, state: RunState, at: number, view: RunView): StepResult {
  if (state.ended !== undefined || state.deadlineAt === undefined || at < state.deadlineAt) return unmoved(state, view);
  const walk = new Walk(scenario, state, view, at);
  const turns = walk.countTurn();
  const [timer] = [...waitOf(state).timers].sort((one, other) => one.at - other.at);
  walk.mark('timerEnded');
  if (timer === undefined || timer.at > state.counters.lastClientAt + EXPIRY_MS) walk.end('expired');
  else if (turns > MOST_TURNS) walk.end('looped');
  else walk.go(timer.place);
  return walk.result();
}

function accept(scenario: Scenario, state: RunState, event: Extract<RunEvent, { type: 'accepted' }>, view: RunView): StepResult {
  if (state.ended !== undefined || state.wantsAccepted !== true || state.questionKey !== event.key) return unmoved(state, view);
  const walk = new Walk(scenario, state, view, event.at);
  walk.keepsQuestion();
  walk.armNoAnswer();
  return walk.result();
}

function refuse(scenario: Scenario, state: RunState, event: Extract<RunEvent, { type: 'refused' }>, view: RunView): StepResult {
  const sent = sentOf(state);
  const message = sent.messages.find((candidate) => candidate.key === event.key);
  const over = state.ended !== undefined && state.ended.outcome !== 'completed';
  if (over || message === undefined || !sent.fresh) return unmoved(state, view);
  // Its trace stands at the step that sent, also when the run had ended.
  const walk = new Walk(scenario, { ...state, step: message.step }, view, event.at);
  const turns = walk.countTurn();
  walk.mark('refused', { words: event.words });
  if (turns > MOST_TURNS) walk.end('looped');
  else walk.recover(message.onError, event.words);
  return walk.result();
}
