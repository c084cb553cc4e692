import { Api, type ApiClientOptions } from 'grammy';
import type { ConnectedChannel } from '../channel.ts';
import { type HttpCall, post, withinTime } from '../http.ts';
import { toChannelError } from './errors.ts';

export const DEFAULT_API_ROOT = 'https://api.telegram.org';

/** A JSON call; Telegram may hold it longer, but then a person waits. */
export const CALL_TIMEOUT_MS = 30_000;
/** A call that carries files. */
export const UPLOAD_TIMEOUT_MS = 120_000;

/** The address of the Bot API without a slash at its end. */
export function apiRootOf(channel: ConnectedChannel): string {
  return (channel.apiRoot ?? DEFAULT_API_ROOT).replace(/\/+$/, '');
}

export function tokenOf(channel: ConnectedChannel): string {
  return channel.credentials.token ?? '';
}

/** A token starts with the bot's id. */
export function botIdOf(channel: ConnectedChannel): string {
  return tokenOf(channel).split(':', 1)[0] ?? '';
}

const MAX_KEPT_APIS = 500;
const apis = new Map<string, Api>();

/** grammY's client for one bot, kept between calls. Connections are shared by all bots; there is no throttler in it, limits belong to all workers. */
export function apiFor(channel: ConnectedChannel): Api {
  const token = tokenOf(channel);
  const apiRoot = apiRootOf(channel);
  const key = `${apiRoot} ${token}`;
  const kept = apis.get(key);
  if (kept !== undefined) return kept;
  // The time limit is ours (`withTimeout`): grammY's own would not tell a request that never left from one without an answer.
  const api = new Api(token, { apiRoot, timeoutSeconds: 600, fetch: fetchOnce as unknown as NonNullable<ApiClientOptions['fetch']> });
  if (apis.size >= MAX_KEPT_APIS) apis.delete(apis.keys().next().value ?? '');
  apis.set(key, api);
  return api;
}

/** The part of `fetch` that grammY uses: POST, then `json()`. Answers that are no JSON (a proxy's page) become Telegram's error shape by their status. */
async function fetchOnce(url: string | URL, init: Omit<HttpCall, 'url'>): Promise<{ json(): Promise<unknown> }> {
  const answer = await post({ url: new URL(url), headers: init.headers, body: init.body, signal: init.signal });
  return {
    async json() {
      const parsed = parseJson(answer.body.toString('utf8'));
      if (typeof parsed === 'object' && parsed !== null && 'ok' in parsed) return parsed;
      const retryAfter = Number(answer.headers['retry-after']);
      return {
        ok: false,
        // A 2xx that is no answer of the Bot API says nothing about what happened to the call.
        error_code: answer.status >= 400 ? answer.status : 502,
        description: `HTTP ${answer.status} without an answer of the Bot API`,
        parameters: Number.isFinite(retryAfter) && retryAfter > 0 ? { retry_after: retryAfter } : {},
      };
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What grammY takes as a signal; its types name the polyfill's class. */
export type ApiSignal = Parameters<Api['getMe']>[0];

/**
 * Runs one Bot API call under a time limit and the caller's signal. Throws ChannelError only.
 * `reading`: the call changes nothing, so no answer means "try again".
 */
export async function call<T>(
  channel: ConnectedChannel,
  options: { timeoutMs: number; signal?: AbortSignal; reading?: boolean },
  run: (api: Api, signal: ApiSignal) => Promise<T>,
): Promise<T> {
  try {
    return await withinTime(options.timeoutMs, options.signal, (signal) => run(apiFor(channel), signal as unknown as ApiSignal));
  } catch (error) {
    throw toChannelError(error, { token: tokenOf(channel), reading: options.reading ?? false });
  }
}
