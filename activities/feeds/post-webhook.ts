/** One call of a receiver's server: signed, two seconds, never to a private address unless the installation allows it. */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import { dispatcherFor } from '../../channels/open-address.ts';

/** The vendor's receivers have two seconds. */
export const ANSWER_MS = 2_000;

const anywhere = new Agent({ connect: { timeout: ANSWER_MS } });

export interface WebhookCall {
  destination: string;
  body: string;
  /** The same in every attempt: receivers tell a repetition by it. */
  eventId: number;
  attempt: number;
  secret: string;
  at: number;
  allowPrivateAddresses: boolean;
}

/** What a receiver checks: HMAC-SHA256 of `<timestamp>.<event id>.<body>` with the subscription's secret, hexadecimal. */
export function signatureOf(secret: string, timestamp: number, eventId: number, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${eventId}.${body}`).digest('hex');
}

/** What a kept connection ends with when the receiver closed it just as the call went out. */
const BROKEN_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * Posts, and once more where the connection broke: a receiver may have closed a kept one, which is no failure of its own. Answers the status, and 0
 * where none came in time or the address may not be called. Redirects are not followed.
 */
export async function postWebhook(call: WebhookCall, signal?: AbortSignal): Promise<number> {
  const timeout = AbortSignal.timeout(ANSWER_MS);
  const ends = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  try {
    return await post(call, ends);
  } catch (error) {
    if (!BROKEN_CONNECTION.has((error as { code?: string }).code ?? '')) return 0;
    return await post(call, ends).catch(() => 0);
  }
}

async function post(call: WebhookCall, signal: AbortSignal): Promise<number> {
  const timestamp = Math.floor(call.at / 1000);
  const url = new URL(call.destination);
  const answer = await request(url, {
    method: 'POST',
    dispatcher: call.allowPrivateAddresses ? anywhere : dispatcherFor(url),
    signal,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Beseda webhooks',
      'x-beseda-event-id': String(call.eventId),
      'x-beseda-attempt': String(call.attempt),
      'x-beseda-timestamp': String(timestamp),
      'x-beseda-signature': `sha256=${signatureOf(call.secret, timestamp, call.eventId, call.body)}`,
    },
    body: call.body,
  });
  answer.body.on('error', () => undefined);
  // Nobody reads what receivers say; a long answer is cut off with its connection.
  void answer.body.dump({ limit: 16_384 }).catch(() => undefined);
  return answer.statusCode;
}
