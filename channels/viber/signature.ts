import { createHmac } from 'node:crypto';
import { sameText } from '../same-text.ts';

/** Viber's signature: lowercase hex HMAC-SHA256 over the bytes exactly as they were sent, made with the bot's token. */
export function signatureOf(token: string, body: Uint8Array): string {
  return createHmac('sha256', token).update(body).digest('hex');
}

/** Compares in constant time; a channel without a token accepts nothing. */
export function isSigned(token: string, body: Uint8Array, given: string | undefined): boolean {
  return token !== '' && sameText(given, signatureOf(token, body));
}
