import type { Readable } from 'node:stream';
import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { parseExact } from '../exact-json.ts';
import { type HttpAnswer, post, TransportError, withinTime } from '../http.ts';
import { fromAnswer, fromTransport } from './errors.ts';

export const DEFAULT_API_ROOT = 'https://platform-api2.max.ru';

/** A call of the API. */
export const CALL_TIMEOUT_MS = 30_000;
/** A file on its way to an upload server. */
export const UPLOAD_TIMEOUT_MS = 120_000;

/** The address of the API without a slash at its end. */
export function apiRootOf(channel: ConnectedChannel): string {
  return (channel.apiRoot ?? DEFAULT_API_ROOT).replace(/\/+$/, '');
}

/** The host that whoever connected the channel named by `apiRoot`: allowed even where it is private. */
export function trustedHostOf(channel: ConnectedChannel): string | undefined {
  return channel.apiRoot === undefined ? undefined : new URL(channel.apiRoot).hostname;
}

export function tokenOf(channel: ConnectedChannel): string {
  return channel.credentials.token ?? '';
}

export interface CallOptions {
  query?: Record<string, string | undefined>;
  body?: object;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** The call may be repeated without harm, so no answer means "try again". */
  reading: boolean;
}

/**
 * One call of the API; answers its object, integers beyond 2^53 as strings of digits. The token goes bare into `Authorization`. Throws ChannelError only.
 */
export async function call(
  channel: ConnectedChannel,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  options: CallOptions,
): Promise<Record<string, unknown>> {
  const url = new URL(`${apiRootOf(channel)}/${path}`);
  for (const [name, value] of Object.entries(options.query ?? {})) if (value !== undefined) url.searchParams.set(name, value);
  const { body, reading } = options;
  const token = tokenOf(channel);
  const answer = await request(url, {
    method,
    headers: { authorization: token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? '' : JSON.stringify(body),
    timeoutMs: options.timeoutMs ?? CALL_TIMEOUT_MS,
    signal: options.signal,
    reading,
  });
  const parsed = parseExact(answer.body.toString('utf8'));
  if (answer.status === 200 && isRecord(parsed) && parsed.success !== false) return parsed;
  throw fromAnswer(
    { status: answer.status, body: isRecord(parsed) ? parsed : undefined, retryAfter: answer.headers['retry-after'] },
    { token, path, reading },
  );
}

/** Sends once under a time limit and the caller's signal. Throws ChannelError only. */
export async function request(
  url: URL,
  options: {
    method: 'GET' | 'POST' | 'DELETE';
    headers: Record<string, string>;
    body: string | Readable;
    timeoutMs: number;
    signal: AbortSignal | undefined;
    reading: boolean;
  },
): Promise<HttpAnswer> {
  try {
    const { method, headers, body } = options;
    return await withinTime(options.timeoutMs, options.signal, (signal) => post({ method, url, headers, body, signal }));
  } catch (error) {
    // Other errors than the network's are bugs that nobody should take for an outage.
    throw error instanceof TransportError ? fromTransport(error, options.reading) : error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a refusal that the account itself is to blame for: a wrong or revoked token. */
export function isAccountRefusal(error: unknown): error is ChannelError {
  return error instanceof ChannelError && error.kind === 'refused' && error.scope === 'account';
}
