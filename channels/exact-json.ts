/** An escape, a quote, or a whole JSON number: enough to know numbers from digits inside strings. */
const TOKEN = /\\.|"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * `JSON.parse` that loses no digit: an integer beyond 2^53, such as Viber's `message_token` or MAX's `seq`, becomes a string of its digits. Undefined for what is no JSON.
 */
export function parseExact(text: string): unknown {
  let inString = false;
  try {
    const quoted = text.replace(TOKEN, (token) => {
      if (token === '"') inString = !inString;
      const isLarge = !inString && /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
      return isLarge ? `"${token}"` : token;
    });
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

/** The digits of an integer that `parseExact` read, whatever its size; undefined for anything else. */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? value : undefined;
}
