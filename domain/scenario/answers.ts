/** What a client's message is to a waiting run, asked before it is given to `step`. */
import { hitsOption } from './handlers/buttons.ts';
import type { ClientAnswer, RunState, Scenario } from './model.ts';
import { sentOf, waitOf } from './state.ts';

/** An answer's words: its text, or what the pressed button says. */
export function wordsOf(answer: ClientAnswer): string {
  return answer.text === '' ? (answer.pressed?.label ?? '') : answer.text;
}

/** False for a press on a question that is no longer waited for: it is stored, its callback answered, and moves nothing. */
export function takesAnswer(state: RunState, answer: ClientAnswer): boolean {
  if (state.ended !== undefined || waitOf(state).message === undefined) return false;
  const { pressed } = answer;
  return pressed === undefined || sentOf(state).messages.some((message) => message.key === pressed.messageKey);
}

/** The messenger's own "begin": nobody goes on typing after it. */
export function isStart(text: string): boolean {
  return /^\/start(?:\s|$)/i.test(text.trim());
}

/**
 * True when an answer need not wait for more lines: a press, `/start`, or exactly an option of the question (value or synonym).
 * Options that hold placeholders are compared as they stand in the file: the view is not at hand here, so such a text waits the usual time.
 */
export function answersAtOnce(scenario: Scenario, state: RunState, answer: ClientAnswer): boolean {
  if (answer.pressed !== undefined || answer.callbackData !== undefined) return true;
  if (isStart(answer.text)) return true;
  const { message } = waitOf(state);
  if (message?.type !== 'answer') return false;
  const handlers = scenario.steps[message.step]?.answer ?? [];
  return handlers.some(({ handler, params }) => handler === 'buttons' && hitsOption(params, answer, (text) => text));
}
