import type { Readable } from 'node:stream';
import type { ConnectedChannel } from '../channel.ts';
import { post, withinTime } from '../http.ts';
import { GraphRefusal, graphErrorOf, isRecord, toChannelError } from './errors.ts';

export const API_VERSION = 'v25.0';
export const DEFAULT_API_ROOT = 'https://graph.facebook.com';
/** A call of the API. */
export const CALL_TIMEOUT_MS = 30_000;
/** A file on its way to Meta. */
export const UPLOAD_TIMEOUT_MS = 120_000;

/** The address of the Graph API with its version; an `apiRoot` that names a version keeps its own. */
export function apiRootOf(channel: ConnectedChannel): string {
  const root = (channel.apiRoot ?? DEFAULT_API_ROOT).replace(/\/+$/, '');
  return /\/v\d+\.\d+$/.test(root) ? root : `${root}/${API_VERSION}`;
}

export const tokenOf = (channel: ConnectedChannel): string => channel.credentials.token ?? '';
export const phoneNumberIdOf = (channel: ConnectedChannel): string => channel.credentials.phoneNumberId ?? '';

/** The host that whoever connected the channel named by `apiRoot`: allowed even where it is private. */
export function trustedHostOf(channel: ConnectedChannel): string | undefined {
  return channel.apiRoot === undefined ? undefined : new URL(channel.apiRoot).hostname;
}

export interface CallOptions {
  method?: 'GET' | 'POST';
  /** An object goes as JSON; a stream comes with the headers that describe it. */
  body?: Record<string, unknown> | { headers: Record<string, string>; stream: Readable };
  query?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** The call changes nothing that a client sees, so no answer means "try again". */
  reading: boolean;
}

/** One call of the Graph API (`path` without a leading slash); answers its JSON object. Throws ChannelError only. */
export async function call(channel: ConnectedChannel, path: string, options: CallOptions): Promise<Record<string, unknown>> {
  const url = new URL(`${apiRootOf(channel)}/${path}`);
  for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
  try {
    const { body } = options;
    const isStream = body !== undefined && 'stream' in body;
    const answer = await withinTime(options.timeoutMs ?? CALL_TIMEOUT_MS, options.signal, (signal) =>
      post({
        method: options.method ?? 'POST',
        url,
        headers: {
          authorization: `Bearer ${tokenOf(channel)}`,
          ...(isStream ? (body.headers as Record<string, string>) : body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: isStream ? (body.stream as Readable) : body === undefined ? '' : JSON.stringify(body),
        signal,
      }),
    );
    return readAnswer(answer.status, answer.headers['retry-after'], answer.body);
  } catch (error) {
    throw toChannelError(error, { token: tokenOf(channel), reading: options.reading });
  }
}

function readAnswer(status: number, retryAfter: string | string[] | undefined, body: Buffer): Record<string, unknown> {
  const parsed = parseObject(body.toString('utf8'));
  const error = graphErrorOf(parsed);
  const seconds = Number(retryAfter);
  const retryAfterMs = seconds > 0 ? seconds * 1000 : undefined;
  if (parsed === undefined || error !== undefined || status !== 200) throw new GraphRefusal(status, error, retryAfterMs);
  return parsed;
}

/** A JSON object, or undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
