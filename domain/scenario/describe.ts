/** What a run does now, for the strip of bots on a card. */
import type { RunState, Scenario, Step } from './model.ts';
import { record, text } from './read.ts';
import { nextTimerAt, waitOf } from './state.ts';

export interface RunDescription {
  /** Null when the run has ended. */
  step: number | null;
  /** The block's name, or the beginning of what it says, or the step's number. */
  title: string;
  waits: 'message' | 'timer' | 'messageOrTimer' | 'nothing';
  /** When the earliest timer ends (epoch ms); the run's age is not counted. */
  until?: number;
  /** The question's text as its author wrote it; placeholders are shown as `…`. */
  question?: string;
}

const LONGEST_TITLE = 60;

export function describe(scenario: Scenario, state: RunState): RunDescription {
  const step = state.step === null ? undefined : scenario.steps[state.step];
  const until = state.ended === undefined ? nextTimerAt(state) : undefined;
  const message = state.ended === undefined && waitOf(state).message !== undefined;
  const question = step === undefined ? undefined : questionOf(step);
  return {
    step: state.step,
    title: step === undefined ? '' : (step.title ?? shortened(question) ?? `#${step.number}`),
    waits: message ? (until === undefined ? 'message' : 'messageOrTimer') : until === undefined ? 'nothing' : 'timer',
    ...(until === undefined ? {} : { until }),
    ...(question === undefined ? {} : { question }),
  };
}

/** The last text a step sends. */
function questionOf(step: Step): string | undefined {
  for (const { handler, params } of step.question.toReversed()) {
    const tree = record(params);
    const source = handler === 'show' ? tree?.value : handler === 'send_message' ? tree?.text : record(tree?.message)?.text;
    const words = text(source)
      ?.replace(/\{\{[^{}]{0,200}\}\}/g, '…')
      .trim();
    if (words !== undefined && words !== '') return words;
  }
  return undefined;
}

function shortened(words: string | undefined): string | undefined {
  const [line] = words?.split('\n') ?? [];
  if (line === undefined || line.length <= LONGEST_TITLE) return line;
  return `${line.slice(0, LONGEST_TITLE - 1).trimEnd()}…`;
}
