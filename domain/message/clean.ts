import { cutText } from './split-text.ts';

/** Longest text taken from outside, in UTF-16 units: several times the longest of any messenger. */
export const MAX_INBOUND_TEXT = 65_536;
/** Deeper data than this is no messenger's. */
const MAX_DEPTH = 100;

const NEEDS_CLEANING = /[\0\ud800-\udfff]/;

/**
 * Text as Postgres and JSON take it: without NUL, lone surrogate halves replaced by U+FFFD. Adapters call it on everything a messenger sent.
 */
export function wellFormed(text: string): string {
  if (!NEEDS_CLEANING.test(text)) return text;
  return text.replaceAll('\0', '').replace(/\p{Cs}/gu, '\ufffd');
}

/** Inbound text: well formed and no longer than `limit`, cut between graphemes. */
export function cleanText(text: string, limit: number = MAX_INBOUND_TEXT): string {
  return cutText(wellFormed(text), limit);
}

/** The same data with every string and key well formed, so that it fits a `jsonb` column. Takes plain JSON data only; throws when too deep. */
export function cleanJson<T>(value: T): T {
  return clean(value, 0) as T;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw new RangeError(`Data nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  // fromEntries defines properties, so a key "__proto__" stays plain data.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), clean(item, depth + 1)]));
}
