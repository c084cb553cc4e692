import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares a secret or a signature in a time that depends on neither text; digests make the lengths equal. An empty one proves nothing. */
export function sameText(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return expected !== '' && timingSafeEqual(digest(given ?? ''), digest(expected));
}
