import type { ConnectedChannel } from '../channel.ts';
import { parseExact } from '../exact-json.ts';
import { post, withinTime } from '../http.ts';
import { NoAnswerError, toChannelError, ViberRefusal } from './errors.ts';

export const DEFAULT_API_ROOT = 'https://chatapi.viber.com/pa';

/** Viber answers within seconds, except that `set_webhook` waits for our own answer to the handshake. */
export const CALL_TIMEOUT_MS = 30_000;

export type ViberMethod = 'set_webhook' | 'get_account_info' | 'send_message';

/** The address of the API without a slash at its end. */
export function apiRootOf(channel: ConnectedChannel): string {
  return (channel.apiRoot ?? DEFAULT_API_ROOT).replace(/\/+$/, '');
}

export function tokenOf(channel: ConnectedChannel): string {
  return channel.credentials.token ?? '';
}

/**
 * One call of the API; answers its fields (integers beyond 2^53 as strings of digits). Throws ChannelError only.
 * `reading`: the call may be repeated without harm, so no answer means "try again".
 */
export async function call(
  channel: ConnectedChannel,
  method: ViberMethod,
  body: string,
  options: { signal?: AbortSignal; reading: boolean },
): Promise<Record<string, unknown>> {
  try {
    const url = new URL(`${apiRootOf(channel)}/${method}`);
    const headers = { 'content-type': 'application/json', 'x-viber-auth-token': tokenOf(channel) };
    const answer = await withinTime(CALL_TIMEOUT_MS, options.signal, (signal) => post({ url, headers, body, signal }));
    return readAnswer(answer.status, answer.headers['retry-after'], answer.body);
  } catch (error) {
    throw toChannelError(error, { token: tokenOf(channel), reading: options.reading });
  }
}

/** Refusals come with HTTP 200 and a status of their own; 0 is success. */
function readAnswer(httpStatus: number, retryAfter: string | string[] | undefined, body: Buffer): Record<string, unknown> {
  const parsed = parseExact(body.toString('utf8'));
  if (!isRecord(parsed) || typeof parsed.status !== 'number') {
    const seconds = Number(retryAfter);
    throw new NoAnswerError(httpStatus, seconds > 0 ? seconds * 1000 : undefined);
  }
  if (parsed.status !== 0) {
    throw new ViberRefusal(parsed.status, typeof parsed.status_message === 'string' ? parsed.status_message : '');
  }
  return parsed;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
