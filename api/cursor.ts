import { ApiError } from './errors.ts';

/** A keyset as opaque text. Contents are ours to change: a cursor of another shape is refused by name. */
export const encodeCursor = (keys: unknown): string => Buffer.from(JSON.stringify(keys)).toString('base64url');

/** Reads a cursor; `isShape` checks what came, since anybody may write one. */
export function decodeCursor<Keys>(text: string | undefined, isShape: (keys: unknown) => keys is Keys): Keys | undefined {
  if (text === undefined) return undefined;
  const keys = readJson(Buffer.from(text, 'base64url').toString('utf8'));
  if (isShape(keys)) return keys;
  throw new ApiError('invalid', 'cursor: take nextCursor of the page before, as it is', {
    fields: [{ field: 'cursor', message: 'take nextCursor of the page before, as it is' }],
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the caller like any other foreign shape
  }
}

export const isNumbers =
  (length: number) =>
  (keys: unknown): keys is number[] =>
    Array.isArray(keys) && keys.length === length && keys.every((key) => Number.isSafeInteger(key));

/** Makes a page of `limit + 1` rows. */
export function page<Row, Item>(rows: Row[], limit: number, keysOf: (row: Row) => unknown, itemOf: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keysOf(last)) : null };
}
