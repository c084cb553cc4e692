/** Checks of a scenario as a whole: where its jumps lead, what nobody reaches, what waits for nothing. */
import type { Inspection } from './handlers/handler.ts';
import { handlerOf } from './handlers/index.ts';
import type { Handler, Problem, Scenario, Step } from './model.ts';
import { noAnswerPlan } from './no-answer.ts';
import { problem } from './problems.ts';
import { type Place, place } from './read.ts';

interface Jump {
  from: number | undefined;
  path: string;
  place: Place;
}

/** Warnings, and one error: a start that no run gets past. */
export function checkGraph(scenario: Scenario): Problem[] {
  const steps = Object.values(scenario.steps);
  const jumps = [...steps.flatMap((step) => jumpsOfStep(step)), ...jumpsOf(scenario.error, 'error', undefined)];
  return [
    ...failsAtStart(scenario),
    ...brokenReferences(scenario, jumps),
    ...unreachable(scenario, jumps),
    ...steps.flatMap((step) => checkStep(scenario, step)),
  ];
}

/** Follows what every run does before its first wait or condition; an unsupported handler there ends all runs. */
function failsAtStart(scenario: Scenario): Problem[] {
  const seen = new Set<number>();
  for (let step = scenario.steps[0]; step !== undefined && !seen.has(step.number); ) {
    seen.add(step.number);
    let next: Step | undefined;
    for (const [index, handler] of step.question.entries()) {
      const { supported, decides, targets } = inspected(handler);
      if (!supported && decides) {
        const name = handler.handler.slice(0, 60);
        return [problem('error', 'always_fails', `${step.number}.question[${index}]`, step.number, { handler: name })];
      }
      if (!decides) continue;
      const [target] = targets;
      if (handler.handler === 'goto' && target?.place.type === 'question') next = scenario.steps[target.place.step];
      break;
    }
    step = next;
  }
  return [];
}

/** A finish may lead to a step that has none of its own; an answer needs a step that has answers. */
function brokenReferences(scenario: Scenario, jumps: Jump[]): Problem[] {
  return jumps
    .filter(({ place: target }) => {
      const step = scenario.steps[target.step];
      return target.type !== 'finish' && (step === undefined || (target.type === 'answer' && step.answer.length === 0));
    })
    .map(({ from, path, place: target }) => problem('warning', 'broken_reference', path, from, { step: target.step }));
}

function unreachable(scenario: Scenario, jumps: Jump[]): Problem[] {
  const reached = new Set<number>([0]);
  const queue = [0, ...jumps.filter((jump) => jump.from === undefined).map((jump) => jump.place.step)];
  const byStep = new Map<number, number[]>();
  for (const { from, place: target } of jumps) if (from !== undefined) byStep.set(from, [...(byStep.get(from) ?? []), target.step]);
  for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
    reached.add(step);
    queue.push(...(byStep.get(step) ?? []).filter((next) => !reached.has(next)));
    byStep.delete(step);
  }
  return Object.values(scenario.steps)
    .filter((step) => !reached.has(step.number))
    .map((step) => problem('warning', 'unreachable_step', String(step.number), step.number));
}

function checkStep(scenario: Scenario, step: Step): Problem[] {
  const { number } = step;
  const problems: Problem[] = [];
  const question = step.question.map(inspected);
  const leaves = question.some((one) => one.leaves);
  if (question.some((one) => one.offersButtons) && step.answer.length === 0 && !leaves) {
    problems.push(problem('warning', 'buttons_without_answer', `${number}.question`, number));
  }
  if (step.noAnswer !== undefined) {
    if (noAnswerPlan(scenario, step) === undefined)
      problems.push(problem('warning', 'no_answer_without_timer', `${number}.no_answer`, number));
    else if (step.answer.length === 0 && !leaves)
      problems.push(problem('warning', 'no_answer_without_answer', `${number}.no_answer`, number));
  }
  for (const [index, handler] of step.answer.entries()) {
    if (handler.handler === 'buttons' && allLeadToOne(handler)) {
      problems.push(problem('warning', 'buttons_to_one_step', `${number}.answer[${index}]`, number));
    }
  }
  for (const name of ['question', 'answer'] as const) {
    if (endsUnnoticed(step, name)) problems.push(problem('warning', 'may_end_here', `${number}.${name}`, number));
  }
  return problems;
}

/** Conditions that all jump and nothing after them: the author forgot the default, or means the end. */
function endsUnnoticed(step: Step, name: 'question' | 'answer'): boolean {
  if (name === 'question' && (step.answer.length > 0 || step.noAnswer !== undefined)) return false;
  const list = step[name];
  if (list.length === 0 || list.some((handler) => inspected(handler).leaves || handler.handler === 'stop')) return false;
  const { lists } = inspected(list.at(-1)!);
  const isTest = ['condition', 'conditions', 'validations'].includes(list.at(-1)!.handler);
  return isTest && step.finish.length === 0 && lists.some(({ handlers }) => handlers.some((handler) => inspected(handler).leaves));
}

function allLeadToOne(buttons: Handler): boolean {
  const { lists } = inspected(buttons);
  const targets = lists.map(({ handlers }) => (handlers.length === 1 ? place(handlers[0]) : undefined));
  const [first] = targets;
  return targets.length > 1 && first !== undefined && targets.every((target) => target?.type === first.type && target.step === first.step);
}

function inspected(handler: Handler): Inspection {
  return handlerOf(handler.handler).inspect(handler.params, () => undefined);
}

function jumpsOfStep(step: Step): Jump[] {
  const { number } = step;
  return [
    ...jumpsOf(step.question, `${number}.question`, number),
    ...jumpsOf(step.answer, `${number}.answer`, number),
    ...jumpsOf(step.noAnswer === undefined ? [] : [step.noAnswer], `${number}.no_answer`, number),
  ];
}

function jumpsOf(handlers: Handler[], path: string, from: number | undefined): Jump[] {
  return handlers.flatMap((handler, index) => {
    const own = `${path}[${index}].params`;
    const { targets, lists } = inspected(handler);
    return [
      ...targets.map((target) => ({ from, path: target.path === '' ? own : `${own}.${target.path}`, place: target.place })),
      ...lists.flatMap((inner) => jumpsOf(inner.handlers, inner.path.startsWith('[') ? own + inner.path : `${own}.${inner.path}`, from)),
    ];
  });
}
