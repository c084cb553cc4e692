/** Reads the untyped trees of scenario files. Nothing here throws: what cannot be read is absent. */
import type { Handler } from './model.ts';

export type Tree = Record<string, unknown>;

/** A place a run can jump to. `finish` means "end, after that step's finish handlers". */
export interface Place {
  type: 'question' | 'answer' | 'finish';
  step: number;
}

/** A plain object, or undefined. */
export function record(value: unknown): Tree | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : undefined;
}

/** A list as it stands, or one written by PHP as an object with the keys 0, 1, 2… */
export function list(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const tree = record(value);
  if (tree === undefined) return undefined;
  const keys = Object.keys(tree);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key)) ? keys.map((key) => tree[key]) : undefined;
}

/** Text of a text or a number; undefined for everything else. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** A whole number, also written as text; undefined for everything else. */
export function whole(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** True for the ways in which files of PHP systems write "yes". */
export function flag(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true' || value === 'Y';
}

/** True where a file has nothing: absent, null, false, an empty text, list or object. */
export function blank(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** `{type, step}` of a goto, a wait or a variant; also a whole goto handler. `type` defaults to question. */
export function place(value: unknown): Place | undefined {
  const tree = record(value);
  if (tree === undefined) return undefined;
  if (tree.handler === 'goto') return place(tree.params);
  const step = whole(tree.step);
  const type = tree.type === undefined || tree.type === null ? 'question' : tree.type;
  if (type !== 'question' && type !== 'answer' && type !== 'finish') return undefined;
  if (step === undefined || step < 0) return type === 'finish' ? { type, step: -1 } : undefined;
  return { type, step };
}

/**
 * A list of handlers: a list, one handler alone, or nothing. `unreadable` counts entries that are no handlers.
 * Keys other than `handler` and `params` are dropped.
 */
export function handlerList(value: unknown): { handlers: Handler[]; unreadable: number } {
  if (blank(value)) return { handlers: [], unreadable: 0 };
  const tree = record(value);
  const entries = tree !== undefined && typeof tree.handler === 'string' ? [tree] : list(value);
  if (entries === undefined) return { handlers: [], unreadable: 1 };
  const handlers: Handler[] = [];
  for (const entry of entries) {
    const handler = record(entry);
    if (handler !== undefined && typeof handler.handler === 'string' && handler.handler !== '') {
      handlers.push({ handler: handler.handler, params: handler.params });
    }
  }
  return { handlers, unreadable: entries.length - handlers.length };
}

/** The vendor's entity codes: 1 contact, 2 lead, 3 company, 12 customer, or the word. */
export function entity(value: unknown): 'contact' | 'lead' | 'company' | 'customer' | undefined {
  switch (value) {
    case 1:
    case '1':
    case 'contact':
    case 'contacts':
      return 'contact';
    case 2:
    case '2':
    case 'lead':
    case 'leads':
      return 'lead';
    case 3:
    case '3':
    case 'company':
    case 'companies':
      return 'company';
    case 12:
    case '12':
    case 'customer':
    case 'customers':
      return 'customer';
    default:
      return undefined;
  }
}
