import type { Readable } from 'node:stream';
import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { download, post, TransportError, withinTime } from '../http.ts';
import { fromStatus, fromVkError, type VkError } from './errors.ts';

export const DEFAULT_API_ROOT = 'https://api.vk.ru';

/** The version every call and every event is asked for. */
export const API_VERSION = '5.199';

/** A call of the API. */
export const CALL_TIMEOUT_MS = 30_000;
/** A file on its way to an upload server. */
export const UPLOAD_TIMEOUT_MS = 120_000;

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The address of VK's API without a slash at its end. */
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

export function groupIdOf(channel: ConnectedChannel): number {
  return Number(channel.credentials.groupId);
}

export interface CallOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
  /** The call changes nothing that a client sees, so no answer means "try again". */
  reading: boolean;
}

export type Params = Record<string, string | number | undefined>;

/** Calls a method; answers its `response`. Form-urlencoded: VK reads no JSON bodies. Throws ChannelError only. */
export async function call<T>(channel: ConnectedChannel, method: string, params: Params, options: CallOptions): Promise<T> {
  const token = tokenOf(channel);
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) body.set(name, String(value));
  body.set('access_token', token);
  body.set('v', API_VERSION);
  const answer = await postJson(new URL(`${apiRootOf(channel)}/method/${method}`), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
    ...options,
  });
  if ('response' in answer) return answer.response as T;
  if (isVkError(answer.error)) throw fromVkError(answer.error, { token, reading: options.reading });
  throw fromStatus(200, undefined, options.reading);
}

/** Posts and reads a JSON object, which is all that VK's servers answer. Throws ChannelError only. */
export async function postJson(
  url: URL,
  request: { headers: Record<string, string>; body: string | Readable } & CallOptions,
): Promise<Record<string, unknown>> {
  const { reading } = request;
  const answer = await withinTime(request.timeoutMs ?? CALL_TIMEOUT_MS, request.signal, (signal) =>
    post({ url, headers: request.headers, body: request.body, signal }),
  ).catch((error: unknown) => {
    throw fromTransport(error, reading);
  });
  const parsed = parseObject(answer.body.toString('utf8'));
  if (parsed !== undefined && (answer.status === 200 || 'error' in parsed)) return parsed;
  const retryAfter = answer.headers['retry-after'];
  throw fromStatus(answer.status, typeof retryAfter === 'string' ? retryAfter : undefined, reading);
}

/** Reads a JSON object by GET: the long poll server. Throws ChannelError only. */
export async function getJson(url: URL, timeoutMs: number, signal: AbortSignal): Promise<Record<string, unknown>> {
  return withinTime(timeoutMs, signal, async (limited) => {
    const answer = await download(url, limited);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new TransportError('answer_too_long', true);
      chunks.push(chunk);
    }
    const parsed = parseObject(Buffer.concat(chunks).toString('utf8'));
    if (parsed !== undefined && answer.status === 200) return parsed;
    // It is not the API, so its refusals say nothing about the key.
    throw new ChannelError('unavailable', { code: String(answer.status), words: `HTTP ${answer.status} from the long poll server of VK` });
  }).catch((error: unknown) => {
    if (error instanceof ChannelError) throw error;
    throw fromTransport(error instanceof TransportError ? error : new TransportError('broken_off', true), true);
  });
}

/** Other errors than the network's are bugs that nobody should take for an outage: they are returned as they are. */
function fromTransport(error: unknown, reading: boolean): unknown {
  if (!(error instanceof TransportError)) return error;
  if (!error.left) return new ChannelError('unavailable', { code: error.code, words: `VK could not be reached (${error.code})` });
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code: error.code, words: `No answer from VK (${error.code})` });
}

function isVkError(value: unknown): value is VkError {
  return isRecord(value) && typeof value.error_code === 'number' && (value.error_msg === undefined || typeof value.error_msg === 'string');
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
