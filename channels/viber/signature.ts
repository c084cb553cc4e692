import { createHmac, timingSafeEqual } from 'node:crypto';

/** Viber's signature: lowercase hex HMAC-SHA256 over the bytes exactly as they were sent, made with the bot's token. */
export function signatureOf(token: string, body: Uint8Array): string {
  return createHmac('sha256', token).update(body).digest('hex');
}

/** Compares in constant time; a channel without a token accepts nothing. */
export function isSigned(token: string, body: Uint8Array, given: string | undefined): boolean {
  const wanted = Buffer.from(signatureOf(token, body));
  const claimed = Buffer.from(given ?? '');
  return token !== '' && claimed.length === wanted.length && timingSafeEqual(claimed, wanted);
}
