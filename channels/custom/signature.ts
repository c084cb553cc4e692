import { createHash, createHmac } from 'node:crypto';
import { sameText } from '../same-text.ts';

/** How long a request's signature holds, in both directions: clocks differ. From the chats API's documentation. */
const SIGNATURE_LIFE_MS = 15 * 60_000;

export interface SignedRequest {
  method: string;
  /** Without host and query, as it was sent. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  /** The exact bytes: whoever reads and writes the JSON again signs something else. */
  body: Uint8Array;
}

/** The signature of a call of the chats API: five lines, a missing header as an empty one, and no newline at the end. Lower-case hex. */
export function requestSignature(secret: string, { method, path, headers }: Omit<SignedRequest, 'body'>): string {
  const lines = [method.toUpperCase(), headers['content-md5'] ?? '', headers['content-type'] ?? '', headers.date ?? '', path];
  return createHmac('sha1', secret).update(lines.join('\n')).digest('hex');
}

/** The signature of a hook: of the raw body alone, with the same secret. Lower-case hex. */
export const hookSignature = (secret: string, body: string): string => createHmac('sha1', secret).update(body).digest('hex');

/**
 * Why a call of the chats API is not believed; undefined for a good one. A call without a date could be repeated for ever, and a body without its digest
 * exchanged: both are refused although the signature itself knows empty lines.
 */
export function flawOf(secret: string, request: SignedRequest, nowAt: number): string | undefined {
  const { headers, body } = request;
  const date = headers.date ?? '';
  const sentAt = Date.parse(date);
  if (Number.isNaN(sentAt)) return 'The header Date is missing or is no date: send it as in RFC 2822';
  if (Math.abs(nowAt - sentAt) > SIGNATURE_LIFE_MS) return 'The header Date is more than 15 minutes away from now';
  const digest = headers['content-md5'] ?? '';
  const mayBeAbsent = body.byteLength === 0 && digest === '';
  if (!mayBeAbsent && !sameText(digest.toLowerCase(), createHash('md5').update(body).digest('hex'))) {
    return "The header Content-MD5 is not the lower-case hex MD5 of the body's exact bytes";
  }
  const isSigned = secret !== '' && sameText((headers['x-signature'] ?? '').toLowerCase(), requestSignature(secret, request));
  return isSigned ? undefined : 'The header X-Signature is wrong: HMAC-SHA1 of method, Content-MD5, Content-Type, Date and path';
}
