/**
 * The HTTP way to messengers' servers. Its one reason to exist beside `fetch`: it knows whether a failed request had left this machine whole, which is the
 * difference between "try again" and "may have been taken".
 */
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';

/** Longest answer read into memory; a hundred updates stay far below it. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const agent = new Agent({ connect: { timeout: 5_000 }, headersTimeout: 0, bodyTimeout: 0 });

/** A request without an answer. `left`: the whole request may have reached the other side, so its outcome is unknown. */
export class TransportError extends Error {
  readonly left: boolean;
  readonly code: string;

  constructor(code: string, left: boolean) {
    super(left ? `no answer (${code})` : `not sent (${code})`);
    this.name = 'TransportError';
    this.code = code;
    this.left = left;
  }
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface HttpCall {
  /** POST when left out. */
  method?: 'GET' | 'POST' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  /** A stream is read once and sent in chunks. */
  body: string | Readable;
  /** Decides which addresses may be connected to; any where left out. */
  dispatcher?: Dispatcher;
  /** Any abort signal, the polyfilled one of grammY included. */
  signal: {
    aborted: boolean;
    addEventListener(type: 'abort', listener: () => void): void;
    removeEventListener(type: 'abort', listener: () => void): void;
  };
}

/**
 * Sends a request once, never repeats. Throws TransportError: `left` is false when the connection could not be made, or an upload had not been read to its end
 * (half a multipart body is never executed).
 */
export function post(call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let started = false;
    let settled = false;
    let controller: Dispatcher.DispatchController | undefined;
    let answer: Omit<HttpAnswer, 'body'> = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    let bytes = 0;

    const settle = (action: () => void) => {
      if (settled) return;
      settled = true;
      call.signal.removeEventListener('abort', onAbort);
      action();
    };
    const fail = (code: string) => {
      const whole = typeof call.body === 'string' || call.body.readableEnded;
      settle(() => reject(new TransportError(code, started && whole)));
      if (typeof call.body !== 'string') call.body.destroy();
    };
    const onAbort = () => {
      fail('aborted');
      controller?.abort(new Error('aborted'));
    };
    if (call.signal.aborted) return fail('aborted');
    call.signal.addEventListener('abort', onAbort);

    (call.dispatcher ?? agent).dispatch(
      {
        origin: call.url.origin,
        path: call.url.pathname + call.url.search,
        method: call.method ?? 'POST',
        headers: call.headers,
        body: call.body,
      },
      {
        onRequestStart(next) {
          controller = next;
          if (settled) next.abort(new Error('aborted'));
          else started = true;
        },
        onResponseStart(_controller, status, headers) {
          answer = { status, headers };
        },
        onResponseData(next, chunk) {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) next.abort(new Error('the answer is too long'));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          settle(() => resolve({ ...answer, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) }));
        },
        onResponseError(_controller, error) {
          fail(codeOf(error));
        },
      },
    );
  });
}

/**
 * Starts a download; the body is a stream. `dispatcher` decides which addresses may be connected to. Throws TransportError, never `left`: reading twice
 * does no harm.
 */
export async function download(
  url: URL,
  signal: AbortSignal,
  dispatcher: Dispatcher = agent,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: HttpAnswer['headers']; body: Readable }> {
  try {
    const answer = await request(url, { dispatcher, signal, headers, headersTimeout: 60_000, bodyTimeout: 60_000 });
    // Whoever reads the body meets its error anyhow; one that is thrown away unread must not end the process with it.
    answer.body.on('error', () => {});
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  } catch (error) {
    throw new TransportError(codeOf(error), false);
  }
}

/** The short machine code of a network error; its message is left out, it may hold an address with a token. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'AbortError' ? 'aborted' : 'network';
}

/** Runs a call that is aborted when `timeoutMs` are over, or by the caller's own signal. */
export async function withinTime<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}
