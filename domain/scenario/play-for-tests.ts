/** Lets tests of the language read as conversations. Test code only. */
import type { Handler, Scenario } from './model.ts';
import { parse } from './parse.ts';
import { type SimulateOptions, simulate } from './simulate.ts';
import { formatTranscript } from './transcript.ts';

/** A scenario that has to parse; warnings are allowed. */
export function scenarioOf(source: unknown): Scenario {
  const result = parse(source);
  if (!result.ok) throw new Error(result.problems.map((one) => `${one.path}: ${one.message.en}`).join('\n'));
  return result.scenario;
}

/** Plays a step map against a script and returns the transcript's lines. */
export function play(source: unknown, script: string[], options?: SimulateOptions): string[] {
  return formatTranscript(simulate(scenarioOf(source), script, options));
}

export const say = (value: string, buttons?: string[]): Handler => ({
  handler: 'show',
  params: buttons === undefined ? { type: 'text', value } : { type: 'buttons', value, buttons },
});
export const go = (step: number, type: 'question' | 'answer' | 'finish' = 'question'): Handler => ({
  handler: 'goto',
  params: { type, step },
});
export const act = (name: string, params: unknown): Handler => ({ handler: 'action', params: { name, params } });
/** Pauses for seconds, then goes on at a step. */
export const pause = (delay: number, step: number): Handler => ({
  handler: 'waits',
  params: { logic: 'or', conditions: [{ event: { source: 'timer', action: 'ended', delay }, action: { type: 'question', step } }] },
});
export const options = (...list: Record<string, unknown>[]): Handler => ({ handler: 'buttons', params: list });
