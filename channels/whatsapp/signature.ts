import { createHmac } from 'node:crypto';
import { sameText } from '../same-text.ts';

/** Meta's signature: `sha256=` and lowercase hex HMAC-SHA256 over the bytes exactly as they were sent, made with the app's secret. */
export function signatureOf(appSecret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Compares in constant time; a channel without a secret accepts nothing. */
export function isSigned(appSecret: string, body: Uint8Array, given: string | undefined): boolean {
  return appSecret !== '' && sameText(given, signatureOf(appSecret, body));
}
