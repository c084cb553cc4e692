import { emailIn, phoneIn } from '../contacts-in-text.ts';
import type { Handler } from '../model.ts';
import { type Pattern, pattern } from '../patterns.ts';
import { list, record, text } from '../read.ts';
import { numberIn, same } from './comparison.ts';
import { define, type HandlerContext, NEXT, type Report } from './handler.ts';
import { nested } from './nested.ts';

interface Validation {
  value: string;
  test:
    | { type: 'equal'; wanted: string }
    | { type: 'length'; wanted: string }
    | { type: 'email' | 'phone' }
    | { type: 'regex'; regex: Pattern }
    | { type: 'range'; from: string; to: string };
  negated: boolean;
}

interface ValidationsParams {
  logic: 'and' | 'or';
  /** Undefined: one that cannot be judged is false. */
  validations: (Validation | undefined)[];
  result: Handler[];
}

/** Tests a value; the piece that satisfied the test is kept as `{{last_validation_result}}`. */
export const validations = define<ValidationsParams>({
  name: 'validations',
  unreadable: 'fail',
  read(params, report) {
    const tree = record(params);
    const conditions = list(tree?.conditions) ?? (tree?.client_value === undefined ? undefined : [tree]);
    if (tree === undefined || conditions === undefined || conditions.length === 0) {
      report('error', 'no_conditions', 'conditions');
      return undefined;
    }
    return {
      logic: String(tree.logic).toLowerCase() === 'or' ? 'or' : 'and',
      validations: conditions.map((entry, index) => readValidation(entry, `conditions[${index}]`, report)),
      result: nested(tree.result, 'result', report),
    };
  },
  inspect: ({ result }) => ({ lists: [{ path: 'result', handlers: result }] }),
  run({ logic, validations: tests, result }, context) {
    let found: string | undefined;
    const judge = (validation: Validation | undefined): boolean => {
      if (validation === undefined) return false;
      const piece = pieceOf(validation, context);
      if (validation.negated) return piece === undefined;
      if (piece !== undefined) found ??= piece;
      return piece !== undefined;
    };
    const met = logic === 'or' ? tests.some(judge) : tests.every(judge);
    context.note(met ? 'true' : 'false');
    if (!met) return NEXT;
    context.set('last_validation_result', found ?? context.fill(tests.find((test) => test !== undefined)?.value ?? ''));
    return { type: 'run', handlers: result };
  },
});

function readValidation(value: unknown, path: string, report: Report): Validation | undefined {
  const tree = record(value);
  const tested = text(tree?.client_value) ?? '{{message_text}}';
  const operation = text(tree?.operation) ?? '';
  const negated = operation.startsWith('not_');
  const wanted = text(tree?.condition_value) ?? '';
  switch (text(tree?.type)) {
    case 'simple':
      if (operation === 'length') return { value: tested, test: { type: 'length', wanted }, negated: false };
      if (operation === 'equal' || operation === 'not_equal' || operation === '')
        return { value: tested, test: { type: 'equal', wanted }, negated };
      report('warning', 'unknown_operation', `${path}.operation`, { value: operation.slice(0, 40) });
      return undefined;
    case 'email':
      return { value: tested, test: { type: 'email' }, negated };
    case 'phone':
      return { value: tested, test: { type: 'phone' }, negated };
    case 'regex': {
      const regex = pattern(wanted);
      if (typeof regex !== 'string') return { value: tested, test: { type: 'regex', regex }, negated };
      report('error', 'bad_pattern', `${path}.condition_value`, { fault: regex });
      return undefined;
    }
    case 'range_numbers': {
      const range = record(tree?.condition_value);
      const from = text(range?.from);
      const to = text(range?.to);
      if (from !== undefined && to !== undefined) return { value: tested, test: { type: 'range', from, to }, negated };
      report('error', 'bad_range', `${path}.condition_value`);
      return undefined;
    }
    default:
      report('warning', 'unknown_type', `${path}.type`, { value: (text(tree?.type) ?? '').slice(0, 40) });
      return undefined;
  }
}

/** The part of the value that satisfies the test, or undefined. */
function pieceOf({ value, test }: Validation, context: HandlerContext): string | undefined {
  const tested = context.fill(value);
  switch (test.type) {
    case 'equal':
      return same(tested, context.fill(test.wanted)) ? tested.trim() : undefined;
    case 'length':
      return [...tested.trim()].length === numberIn(context.fill(test.wanted)) ? tested.trim() : undefined;
    case 'email':
      return emailIn(tested);
    case 'phone':
      return phoneIn(tested);
    case 'regex':
      return test.regex.match(tested, context.budget)?.[0] ?? undefined;
    case 'range':
      return numberInRange(tested, numberIn(context.fill(test.from)), numberIn(context.fill(test.to)));
  }
}

/** The first number of a text that lies in the range: "ставлю 9 из 10" holds 9. */
function numberInRange(value: string, from: number | undefined, to: number | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  for (const [piece] of value.slice(0, 4000).matchAll(/-?\d{1,15}(?:[.,]\d{1,10})?/g)) {
    const number = numberIn(piece);
    if (number !== undefined && number >= from && number <= to) return piece;
  }
  return undefined;
}
