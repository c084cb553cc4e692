import type { Handler } from '../model.ts';
import { list, record } from '../read.ts';
import { type Comparison, holds, readComparison } from './comparison.ts';
import { define, NEXT, type RegisteredHandler } from './handler.ts';
import { nested } from './nested.ts';

interface ConditionsParams {
  logic: 'and' | 'or';
  /** Undefined: a condition that cannot be judged is false. */
  comparisons: (Comparison | undefined)[];
  result: Handler[];
}

/** The documented name, one condition. */
export const condition = defineConditions('condition');

/** What the editor writes: several conditions under one logic. When they do not hold the run falls through to the next handler. */
export const conditions = defineConditions('conditions');

/** Both names take both shapes, since files mix them. */
function defineConditions(name: string): RegisteredHandler {
  return define<ConditionsParams>({
    name,
    unreadable: 'fail',
    read(params, report) {
      const tree = record(params);
      const many = list(tree?.conditions);
      if (tree === undefined || (many === undefined && tree.term1 === undefined)) {
        report('error', 'no_conditions');
        return undefined;
      }
      const comparisons =
        many === undefined
          ? [readComparison(tree, '', report)]
          : many.map((entry, index) => readComparison(entry, `conditions[${index}]`, report));
      const result = nested(tree.result, 'result', report);
      return { logic: String(tree.logic).toLowerCase() === 'or' ? 'or' : 'and', comparisons, result };
    },
    inspect: ({ result }) => ({ lists: [{ path: 'result', handlers: result }] }),
    run({ logic, comparisons, result }, context) {
      const judge = (comparison: Comparison | undefined) => comparison !== undefined && holds(comparison, context);
      const met = comparisons.length > 0 && (logic === 'or' ? comparisons.some(judge) : comparisons.every(judge));
      context.note(met ? 'true' : 'false');
      return met ? { type: 'run', handlers: result } : NEXT;
    },
  });
}
