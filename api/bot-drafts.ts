import { cleanJson, wellFormed } from '../domain/message/clean.ts';
import type { Problem, Scenario } from '../domain/scenario/model.ts';
import { isHint, parse } from '../domain/scenario/parse.ts';
import type { ScenarioProblem } from './contract/bots.ts';
import { ApiError } from './errors.ts';

export interface ReadDraft {
  name: string;
  kind: Scenario['kind'];
  problems: Problem[];
  /** Present when it can run. */
  scenario: Scenario | undefined;
}

/** Reads a draft: what it is and what is wrong with it. Anything is a draft; only what can run is published. */
export function readDraft(source: string): ReadDraft {
  const result = parse(source);
  const problems = result.ok ? result.warnings : result.problems;
  const { scenario } = result;
  return {
    name: wellFormed(scenario?.name ?? ''),
    kind: scenario?.kind ?? 'regular',
    problems: cleanJson(problems),
    scenario: result.ok ? storable(result.scenario) : undefined,
  };
}

/** The source stays byte for byte; what is stored as JSON beside it must fit a `jsonb` column. */
function storable(scenario: Scenario): Scenario {
  try {
    return cleanJson(scenario);
  } catch (cause) {
    throw new ApiError('invalid', 'The file is nested too deeply', { fields: [{ field: 'body', message: 'is nested too deeply' }], cause });
  }
}

/** Reads a file to import. What holds no bot at all is refused with the parser's words; one with errors is kept as a draft. */
export function readImport(source: string): ReadDraft {
  const draft = readDraft(source);
  const unreadable = draft.problems.find(({ code }) => ['not_json', 'not_a_scenario', 'too_large', 'too_deep'].includes(code));
  if (unreadable === undefined) return draft;
  throw new ApiError('invalid', unreadable.message.en, {
    fields: [{ field: 'body', message: unreadable.message.en }],
    data: { problems: draft.problems.map(problemView) },
  });
}

/** Warnings that matter at run time: publishing asks to accept them. */
export const needsAcceptance = (problems: Problem[]) => problems.filter((one) => one.severity === 'warning' && !isHint(one));

export const problemView = ({ step, ...problem }: Problem): ScenarioProblem => ({ ...problem, step: step ?? null });
