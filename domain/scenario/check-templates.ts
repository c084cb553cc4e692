/** Checks of a scenario against what an account's messengers have approved, and against their windows. */
import { type ApprovedTemplate, findTemplate, type TemplateToWrite, templateProblems } from '../message/template.ts';
import { handlerOf } from './handlers/index.ts';
import { readAttachments, readTemplate } from './handlers/outgoing.ts';
import { readWaits } from './handlers/waits.ts';
import type { Handler, Problem, Scenario } from './model.ts';
import { problem } from './problems.ts';
import { record } from './read.ts';

const ignore = () => undefined;
const DEEPEST = 40;

interface Found {
  handler: Handler;
  /** As the author sees it: `3.question[1]`. */
  path: string;
  step: number | undefined;
}

/** Every handler of a scenario, those inside others too. */
function handlersOf({ steps, error }: Scenario): Found[] {
  const found: Found[] = [];
  const walk = (handlers: Handler[], path: string, step: number | undefined, depth: number) => {
    if (depth > DEEPEST) return;
    for (const [index, handler] of handlers.entries()) {
      const own = `${path}[${index}]`;
      found.push({ handler, path: own, step });
      for (const inner of handlerOf(handler.handler).inspect(handler.params, ignore).lists) {
        walk(inner.handlers, `${own}.params${inner.path.startsWith('[') ? '' : '.'}${inner.path}`, step, depth + 1);
      }
    }
  };
  for (const { number, question, answer, finish, noAnswer } of Object.values(steps)) {
    walk(question, `${number}.question`, number, 0);
    walk(answer, `${number}.answer`, number, 0);
    walk(finish, `${number}.finish`, number, 0);
    if (noAnswer !== undefined) walk([noAnswer], `${number}.no_answer`, number, 0);
  }
  walk(error, 'error', undefined, 0);
  return found;
}

function templateOf({ handler, params }: Handler): TemplateToWrite | undefined {
  const tree = handler === 'send_message' ? record(params) : undefined;
  return tree && readTemplate(tree, ignore).template;
}

/** Does it send templates at all? Then it is worth asking the messengers for theirs. */
export function sendsTemplates(scenario: Scenario): boolean {
  return handlersOf(scenario).some(({ handler }) => templateOf(handler) !== undefined);
}

/**
 * Templates that no channel has, or that do not fit what was approved: warnings, since what is approved changes. `channels`: the lists of the account's channels
 * that have templates, each as the messenger told it. None: nothing is known, so nothing is wrong.
 */
export function checkTemplates(scenario: Scenario, channels: readonly (readonly ApprovedTemplate[])[]): Problem[] {
  if (channels.length === 0) return [];
  return handlersOf(scenario).flatMap(({ handler, path, step }) => {
    const wanted = templateOf(handler);
    if (wanted === undefined) return [];
    const { name, language, values } = wanted;
    const files = readAttachments(record(handler.params)?.attachments);
    const judged = channels.flatMap((templates) => {
      const template = findTemplate(templates, wanted);
      // How long it becomes, and on how many lines, is known when it is filled.
      return template === undefined ? [] : [templateProblems(template, oneLine(values), files).filter(({ code }) => code !== 'too_long')];
    });
    if (judged.length === 0) return [problem('warning', 'unknown_template', `${path}.params.template`, step, { name, language })];
    const best = judged.reduce((one, other) => (other.length < one.length ? other : one));
    return best.map(({ field, message }) => {
      const at = field === 'attachments' ? field : `template.${field}`;
      return problem('warning', 'template_misfit', `${path}.params.${at}`, step, { name, field: at, ...message });
    });
  });
}

const oneLine = (values: TemplateToWrite['values']) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.replace(/\s+/g, ' ')]));

const HOUR_MS = 3_600_000;
const WRITES = new Set(['send_message', 'show', 'send_external_message']);

/**
 * Hints: after a pause at least as long as a messenger's window (ms) a step writes without a template. Followed as far as the step that the pause leads to;
 * the client may have written meanwhile.
 */
export function checkWindow(scenario: Scenario, windowMs: number): Problem[] {
  const late = new Set<number>();
  for (const { handler } of handlersOf(scenario)) {
    if (handler.handler !== 'waits' && handler.handler !== 'wait') continue;
    for (const { delayMs, place } of readWaits(handler.params, ignore)?.timers ?? []) {
      if (place.type === 'question' && delayMs >= windowMs) late.add(place.step);
    }
  }
  return [...late].flatMap((number) => {
    const question = scenario.steps[number]?.question ?? [];
    const index = question.findIndex((handler) => WRITES.has(handler.handler));
    const first = question[index];
    if (first === undefined || templateOf(first) !== undefined) return [];
    return [problem('warning', 'window_closes', `${number}.question[${index}]`, number, { hours: Math.round(windowMs / HOUR_MS) })];
  });
}
