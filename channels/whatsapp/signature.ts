import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Meta's signature: `sha256=` and lowercase hex HMAC-SHA256 over the bytes exactly as they were sent, made with the app's secret. */
export function signatureOf(appSecret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Compares in constant time; a channel without a secret accepts nothing. */
export function isSigned(appSecret: string, body: Uint8Array, given: string | undefined): boolean {
  return appSecret !== '' && sameText(given ?? '', signatureOf(appSecret, body));
}

/** Compares in a time that depends on neither text; digests make the lengths equal. */
export function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return expected !== '' && timingSafeEqual(digest(given), digest(expected));
}
