/** One call of a push service: RFC 8030 with VAPID (RFC 8292) and aes128gcm (RFC 8291), never to a private address unless the installation allows it. */
import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import webPush from 'web-push';
import { ChannelError } from '../../channels/channel.ts';
import { dispatcherFor, PRIVATE_ADDRESS } from '../../channels/open-address.ts';
import type { PushAddress } from '../../db/stores/push-subscriptions.ts';
import type { VapidKeys } from '../../db/vapid.ts';
import type { PushPayload } from '../../domain/notifications/push-words.ts';

const CALL_MS = 10_000;
/** How long a push service keeps what it cannot deliver yet. */
const KEEP_SECONDS = 6 * 3600;
const anywhere = new Agent({ connect: { timeout: 5_000 } });

export interface PushCall {
  address: PushAddress;
  payload: PushPayload;
  vapid: VapidKeys;
  /** Whom a push service may write to: an https or mailto address. */
  subject: string;
  allowPrivateAddresses: boolean;
}

export type PushOutcome =
  | { type: 'taken' }
  /** The browser is gone for good. */
  | { type: 'gone' }
  /** This push will never be taken; the words name the reason. */
  | { type: 'refused'; words: string }
  /** Not known, or not now. */
  | { type: 'later'; words: string; retryAfterMs?: number };

/**
 * Sends one push. The topic makes a service that still holds an earlier push of the same tag replace it, so that what was withdrawn while a device
 * slept is never shown there.
 */
export async function postPush({ address, payload, vapid, subject, allowPrivateAddresses }: PushCall): Promise<PushOutcome> {
  const url = new URL(address.endpoint);
  let details: webPush.RequestDetails;
  try {
    details = webPush.generateRequestDetails(
      { endpoint: address.endpoint, keys: { p256dh: address.p256dh, auth: address.auth } },
      JSON.stringify(payload),
      {
        vapidDetails: { subject, ...vapid },
        TTL: KEEP_SECONDS,
        urgency: payload.type === 'show' ? 'high' : 'normal',
        topic: createHash('sha256').update(payload.tag).digest('base64url').slice(0, 24),
      },
    );
  } catch {
    // Keys that are none: whoever subscribed gave them.
    return { type: 'refused', words: 'unusable keys' };
  }
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)])),
      body: details.body,
      dispatcher: allowPrivateAddresses ? anywhere : dispatcherFor(url),
      signal: AbortSignal.timeout(CALL_MS),
    });
    answer.body.on('error', () => undefined);
    // Nobody reads what a service says; a long answer is cut off with its connection.
    void answer.body.dump({ limit: 16_384 }).catch(() => undefined);
    return outcomeOf(answer.statusCode, answer.headers['retry-after']);
  } catch (error) {
    if (error instanceof ChannelError) return { type: 'refused', words: 'private address' };
    const { code, name } = error as { code?: string; name?: string };
    if (code === PRIVATE_ADDRESS) return { type: 'refused', words: 'private address' };
    return { type: 'later', words: code ?? name ?? 'network' };
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): PushOutcome {
  if (status >= 200 && status < 300) return { type: 'taken' };
  if (status === 404 || status === 410) return { type: 'gone' };
  const seconds = Number(retryAfter);
  const wait = Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, 3600) * 1000 } : {};
  if (status === 429 || status >= 500) return { type: 'later', words: String(status), ...wait };
  return { type: 'refused', words: String(status) };
}
