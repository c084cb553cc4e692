import { createHmac, timingSafeEqual } from 'node:crypto';

/** The public key of an account's pixel: its id, signed, so that a made-up one costs no look into the database. */
export function pixelKey(secretKey: Uint8Array, accountId: number): string {
  return `${accountId.toString(36)}-${mac(secretKey, accountId)}`;
}

/** The account of a key; undefined for one that is not ours. */
export function accountOfPixel(secretKey: Uint8Array, key: string): number | undefined {
  const match = /^([0-9a-z]{1,11})-([\w-]{16})$/.exec(key);
  if (match === null) return undefined;
  const accountId = Number.parseInt(match[1]!, 36);
  const wanted = mac(secretKey, accountId);
  return timingSafeEqual(Buffer.from(wanted), Buffer.from(match[2]!)) ? accountId : undefined;
}

function mac(secretKey: Uint8Array, accountId: number): string {
  return createHmac('sha256', secretKey).update(`pixel/${accountId}`).digest('base64url').slice(0, 16);
}
