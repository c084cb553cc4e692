/** Terms and operations of `condition` and `conditions`. */
import { fieldReference, fieldValues, isChecked, onlyPlaceholder } from '../placeholders.ts';
import { list, record, text } from '../read.ts';
import type { HandlerContext, Report } from './handler.ts';

export const OPERATIONS = ['=', '!=', 'in', 'not_in', 'in_range', 'contains', 'not_contains'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Comparison {
  term1: string;
  /** Alternatives for `in` and `not_in`, one entry otherwise. */
  term2: string[];
  range?: { from?: string; to?: string };
  operation: Operation;
}

const SPELLINGS: Record<string, Operation> = {
  '=': '=',
  '==': '=',
  equal: '=',
  equals: '=',
  '!=': '!=',
  '<>': '!=',
  not_equal: '!=',
  in: 'in',
  not_in: 'not_in',
  in_range: 'in_range',
  contains: 'contains',
  not_contains: 'not_contains',
};

/** Reads one condition of either dialect; undefined (reported) when it cannot be judged. */
export function readComparison(value: unknown, path: string, report: Report): Comparison | undefined {
  const tree = record(value);
  const term1 = text(tree?.term1);
  if (tree === undefined || term1 === undefined || term1.trim() === '') {
    report('warning', 'unreadable_params', path);
    return undefined;
  }
  const spelled = text(tree.operation) ?? '=';
  const operation = Object.hasOwn(SPELLINGS, spelled) ? SPELLINGS[spelled]! : undefined;
  if (operation === undefined) {
    report('warning', 'unknown_operation', `${path}.operation`, { value: spelled.slice(0, 40) });
    return undefined;
  }
  if (operation === 'in_range') {
    const range = record(tree.term2);
    const from = text(range?.from);
    const to = text(range?.to);
    if (from === undefined && to === undefined) {
      report('warning', 'bad_range', `${path}.term2`);
      return undefined;
    }
    return { term1, term2: [], range: { from, to }, operation };
  }
  return { term1, term2: alternatives(tree.term2, operation), operation };
}

/** Whether a condition holds now. Texts compare without regard to case and surrounding spaces, plain numbers as numbers. */
export function holds({ term1, term2, range, operation }: Comparison, context: HandlerContext): boolean {
  if (operation === 'in_range') return inRange(context.fill(term1), range!, context);
  const left = termOf(term1, context);
  const equals = (other: string) => matches(left, other, context);
  switch (operation) {
    case '=':
    case 'in':
      return term2.some(equals);
    case '!=':
    case 'not_in':
      return !term2.some(equals);
    case 'contains':
      return term2.some((other) => includes(left, context.fill(other)));
    case 'not_contains':
      return !term2.some((other) => includes(left, context.fill(other)));
  }
}

interface Term {
  /** A list (tags) has several, a field without values has none. */
  values: string[];
  isList: boolean;
  enumIds: Set<number>;
  isCheck: boolean;
  fieldId?: number;
}

function termOf(source: string, context: HandlerContext): Term {
  const name = onlyPlaceholder(source) ?? source.trim();
  if (name === 'lead.tags' || name === 'contact.tags' || name === 'company.tags') {
    const tags = context.view[name.slice(0, -'.tags'.length) as 'lead' | 'contact' | 'company']?.tags ?? [];
    return { values: tags, isList: true, enumIds: new Set(), isCheck: false };
  }
  if (name === 'chat.origin') return single(context.view.chat?.origin ?? '');
  const reference = fieldReference(name);
  if (reference === undefined) return single(context.fill(source));
  const values = fieldValues(reference, context.view);
  const wanted = reference.enumId === undefined ? values : values.filter((value) => value.enumId === reference.enumId);
  return {
    values: reference.isChecked
      ? [isChecked(values) ? '1' : '0']
      : wanted.map(({ value }) => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value))),
    isList: false,
    enumIds: new Set(values.flatMap((value) => (value.enumId === undefined ? [] : [value.enumId]))),
    isCheck: reference.isChecked,
    fieldId: reference.id,
  };
}

function single(value: string): Term {
  return { values: [value], isList: false, enumIds: new Set(), isCheck: false };
}

/** `{{lead.cf.111.222}}` on the right asks whether enum 222 is chosen in the field on the left. */
function matches(left: Term, right: string, context: HandlerContext): boolean {
  const name = onlyPlaceholder(right);
  const reference = name === undefined ? undefined : fieldReference(name);
  if (left.fieldId !== undefined && reference?.enumId !== undefined) return left.enumIds.has(reference.enumId);
  const wanted = context.fill(right);
  if (left.isCheck) return left.values[0] === (truthy(wanted) ? '1' : '0');
  if (left.values.length === 0) return wanted.trim() === '';
  return (
    left.values.some((value) => same(value, wanted)) ||
    (left.enumIds.size > 0 && /^\d{1,15}$/.test(wanted) && left.enumIds.has(Number(wanted)))
  );
}

function includes(left: Term, wanted: string): boolean {
  if (wanted.trim() === '') return false;
  return left.values.some((value) => (left.isList ? same(value, wanted) : folded(value).includes(folded(wanted))));
}

/** Equal as texts without regard to case and surrounding spaces, or as plain decimal numbers. */
export function same(one: string, other: string): boolean {
  const first = folded(one);
  const second = folded(other);
  return first === second || (plainNumber(first) && plainNumber(second) && Number(first) === Number(second));
}

function folded(value: string): string {
  return value.normalize('NFC').trim().toLowerCase();
}

/** No leading zeros and no plus: phones and codes stay texts. */
function plainNumber(value: string): boolean {
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/.test(value);
}

function truthy(value: string): boolean {
  return !['', '0', 'false', 'no', 'n', 'off', 'нет'].includes(folded(value));
}

function inRange(value: string, range: { from?: string; to?: string }, context: HandlerContext): boolean {
  const number = numberIn(value);
  if (number === undefined) return false;
  const from = range.from === undefined || range.from.trim() === '' ? -Infinity : numberIn(context.fill(range.from));
  const to = range.to === undefined || range.to.trim() === '' ? Infinity : numberIn(context.fill(range.to));
  return from !== undefined && to !== undefined && number >= from && number <= to;
}

/** A text that is one decimal number (point or comma, spaces between thousands), or undefined. */
export function numberIn(value: string): number | undefined {
  const compact = value.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^[-+]?\d{1,15}(?:\.\d{1,10})?$/.test(compact) ? Number(compact) : undefined;
}

function alternatives(value: unknown, operation: Operation): string[] {
  const entries = (list(value) ?? [value]).map((entry) => text(entry) ?? (typeof entry === 'boolean' ? (entry ? '1' : '0') : ''));
  if (operation !== 'in' && operation !== 'not_in') return entries;
  return entries.flatMap((entry) => entry.split(',')).map((entry) => entry.trim());
}
