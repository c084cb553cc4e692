/** Reads a scenario from anything an author may bring. */
import { checkGraph } from './check-graph.ts';
import { unwrap } from './envelope.ts';
import { handlerOf } from './handlers/index.ts';
import type { Handler, Problem, Scenario, Step } from './model.ts';
import { type ProblemCode, problem } from './problems.ts';
import { blank, handlerList, record } from './read.ts';

export { isHint } from './problems.ts';

/** The vendor's limit of a script. */
export const LARGEST_SCRIPT_BYTES = 64 * 1024;
const DEEPEST = 40;
const HIGHEST_STEP = 999_999_999;

export type ParseResult =
  | { ok: true; scenario: Scenario; warnings: Problem[] }
  /** `problems` hold at least one error, and the warnings. `scenario`: what could be read all the same, to be shown, not to be run. */
  | { ok: false; problems: Problem[]; scenario?: Scenario };

/**
 * Accepts a text of JSON or its value: the export envelope, a bare step map, the array form, both dialects mixed. Never throws.
 * Errors are what an author has to repair (a pattern that cannot run, a jump without a step, a start that every run fails at);
 * everything else is a warning: some runs may skip something, end early or fail. `isHint` tells those that change nothing at run time.
 */
export function parse(source: unknown): ParseResult {
  const found = unwrap(source);
  if (typeof found === 'string') return refused(found, found === 'too_large' ? { bytes: '> 4 MB', limit: LARGEST_SCRIPT_BYTES } : {});
  if (found.bytes > LARGEST_SCRIPT_BYTES) return refused('too_large', { bytes: found.bytes, limit: LARGEST_SCRIPT_BYTES });
  const problems: Problem[] = [];
  const steps: Record<number, Step> = {};
  for (const [key, value] of entriesOf(found.root)) {
    const number = Number(key);
    if (number > HIGHEST_STEP) {
      problems.push(problem('warning', 'steps_too_many', key));
      continue;
    }
    const step = readStep(number, value, problems);
    if (step === undefined) continue;
    const title = found.titles.get(number);
    steps[number] = title === undefined ? step : { ...step, title };
  }
  if (Object.keys(steps).length === 0) return refused('not_a_scenario', {});
  if (steps[0] === undefined) problems.push(problem('error', 'no_first_step', '0'));
  const root = record(found.root);
  const error = readList(root?.error, 'error', undefined, problems);
  const scenario: Scenario = { name: found.name, kind: found.kind, steps, error };
  for (const step of Object.values(steps)) {
    const { number } = step;
    inspectList(step.question, `${number}.question`, number, problems, 0);
    inspectList(step.answer, `${number}.answer`, number, problems, 0);
    inspectList(step.finish, `${number}.finish`, number, problems, 0);
  }
  inspectList(error, 'error', undefined, problems, 0);
  if (!problems.some((one) => one.code === 'too_deep')) problems.push(...checkGraph(scenario));
  return problems.some((one) => one.severity === 'error') ? { ok: false, problems, scenario } : { ok: true, scenario, warnings: problems };
}

function refused(code: ProblemCode, details: Record<string, string | number>): ParseResult {
  return { ok: false, problems: [problem('error', code, '', undefined, details)] };
}

/** Root keys that are all digits are steps; `error`, `conversation` and whatever else stands there are not. */
function entriesOf(root: unknown): [string, unknown][] {
  const entries: [string, unknown][] = Array.isArray(root)
    ? root.map((step, index) => [String(index), step])
    : Object.entries(record(root) ?? {});
  return entries.filter(([key]) => /^\d+$/.test(key));
}

function readStep(number: number, value: unknown, problems: Problem[]): Step | undefined {
  const tree = record(value);
  if (tree === undefined) {
    if (!blank(value)) problems.push(problem('warning', 'step_unreadable', String(number), number));
    return undefined;
  }
  const [noAnswer] = readList(tree.no_answer, `${number}.no_answer`, number, problems);
  return {
    number,
    ...(typeof tree.block_uuid === 'string' && tree.block_uuid !== '' ? { blockUuid: tree.block_uuid } : {}),
    question: readList(tree.question, `${number}.question`, number, problems),
    answer: readList(tree.answer, `${number}.answer`, number, problems),
    finish: readList(tree.finish, `${number}.finish`, number, problems),
    ...(noAnswer === undefined ? {} : { noAnswer }),
  };
}

function readList(value: unknown, path: string, step: number | undefined, problems: Problem[]): Handler[] {
  const { handlers, unreadable } = handlerList(value);
  if (unreadable > 0) problems.push(problem('warning', 'unreadable_handlers', path, step));
  return handlers;
}

/** Lets every handler speak about its own params, down through the lists inside them. */
function inspectList(handlers: Handler[], path: string, step: number | undefined, problems: Problem[], depth: number): void {
  if (depth > DEEPEST) {
    problems.push(problem('error', 'too_deep', path, step, { limit: DEEPEST }));
    return;
  }
  for (const [index, handler] of handlers.entries()) {
    const own = `${path}[${index}].params`;
    const { lists } = handlerOf(handler.handler).inspect(handler.params, (severity, code, inner = '', details = {}) => {
      problems.push(problem(severity, code, joined(own, inner), step, details));
    });
    for (const { path: inner, handlers: nested } of lists) inspectList(nested, joined(own, inner), step, problems, depth + 1);
  }
}

function joined(path: string, inner: string): string {
  return inner === '' || inner.startsWith('[') ? path + inner : `${path}.${inner}`;
}
