import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporalCliPath, temporaryFolder } from '../../embedded/testing.ts';
import { type FakeProcess, startFakeProcess } from '../system/fake-process.ts';
import { freePorts, startNode } from '../system/processes.ts';

/** One answer over HTTP, its body read; JSON where it is JSON. */
export interface Answer<Body> {
  status: number;
  type: string;
  headers: Headers;
  text: string;
  body: Body;
  ms: number;
}

export interface CallOptions {
  token?: string | null;
  headers?: Record<string, string>;
  /** Sent as it is, instead of JSON. */
  raw?: BodyInit;
}

/** The system as `npm start` runs it, on free ports and in a folder of its own, and a local Telegram in another process. */
export interface World {
  url: string;
  token: string;
  /** Its data and logs. */
  folder: string;
  fake: FakeProcess;
  call<Body = Record<string, unknown>>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<Body>>;
  /** Ends the system, does what is asked while it is away, and starts it again on its data. */
  restart(meanwhile: () => Promise<void>): Promise<{ stopMs: number; startMs: number }>;
  stop(): Promise<void>;
}

const START_MS = 90_000;

export async function startWorld(): Promise<World> {
  const folder = temporaryFolder();
  const [port] = await freePorts(1);
  const token = `acceptance-${randomBytes(12).toString('hex')}`;
  const url = `http://127.0.0.1:${port}`;
  const fake = await startFakeProcess({ timeScale: 0.2 });
  try {
    const started = performance.now();
    const part = await startNode({
      name: 'start.ts',
      script: 'start.ts',
      env: {
        PORT: String(port),
        BESEDA_DATA: join(folder, 'data'),
        BESEDA_DEMO_TOKEN: token,
        BESEDA_ALLOW_PRIVATE_ADDRESSES: 'true',
        TEMPORAL_CLI: await temporalCliPath(),
        LOG_LEVEL: 'warn',
      },
      logFile: join(folder, 'start.log'),
      graceMs: 30_000,
      timeoutMs: START_MS,
      serves: async () => (await fetch(`${url}/readyz`)).ok,
    });
    process.stdout.write(`acceptance: the system was ready after ${Math.round(performance.now() - started)} ms\n`);
    return {
      url,
      token,
      folder,
      fake,
      call: caller(url, token),
      async restart(meanwhile) {
        const stopping = performance.now();
        await part.stop();
        const stopMs = performance.now() - stopping;
        await meanwhile();
        const starting = performance.now();
        await part.restart();
        return { stopMs, startMs: performance.now() - starting };
      },
      async stop() {
        const died = !part.isRunning();
        await part.stop();
        await fake.stop();
        if (died) throw new Error(`the system ended by itself: see ${folder}`);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await fake.stop();
    throw error;
  }
}

function caller(url: string, ownToken: string): World['call'] {
  return async <Body>(method: string, path: string, body?: unknown, options: CallOptions = {}) => {
    const token = options.token === undefined ? ownToken : options.token;
    const headers: Record<string, string> = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || options.raw !== undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    };
    const payload = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const began = performance.now();
    const answer = await fetch(path.startsWith('http') ? path : url + path, { method, headers, redirect: 'manual', body: payload });
    const text = await answer.text();
    const ms = performance.now() - began;
    const type = answer.headers.get('content-type') ?? '';
    return {
      status: answer.status,
      type,
      headers: answer.headers,
      text,
      ms,
      body: (type.includes('json') && text !== '' ? JSON.parse(text) : undefined) as Body,
    };
  };
}

/** Waits until what is read holds, and answers it; the time over, the assertion fails with what was read last. */
export async function eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean, timeoutMs = 15_000): Promise<Value> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms; last: ${JSON.stringify(value)?.slice(0, 3000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
