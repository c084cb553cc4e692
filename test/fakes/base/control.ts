/** How a test moves a local service and waits for it: in the process, or over HTTP by the same calls. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { reply } from './http.ts';

const DEFAULT_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 5;
/** Longer than any wait a test asks for. */
const ANSWER_TIMEOUT_MS = 600_000;

/** `POST /control/<name>` with a JSON array of arguments: the same calls as in the process. */
export async function answerControl(control: object, name: string, body: Buffer, response: ServerResponse): Promise<void> {
  const run: unknown = Object.hasOwn(control, name) ? Reflect.get(control, name) : undefined;
  if (typeof run !== 'function') return reply(response, 404, { error: `no control "${name}"` });
  try {
    const args: unknown = body.length === 0 ? [] : JSON.parse(body.toString());
    reply(response, 200, { result: await run(...(Array.isArray(args) ? args : [args])) });
  } catch (error) {
    reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** The control of a service in another process: the same calls, each a POST to `/control/<name>`. Errors carry the service's words. */
export function remoteControl<Control extends object>(url: string): Control {
  const agent = new Agent({ headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS });
  const call = async (name: string, args: unknown[]): Promise<unknown> => {
    const answer = await request(`${url}/control/${name}`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    const body = (await answer.body.json()) as { result?: unknown; error?: string };
    if (body.error !== undefined) throw new Error(body.error);
    return body.result;
  };
  return new Proxy({} as Control, {
    // `then` must stay away, or awaiting the control would call it.
    get: (_target, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => call(name, args) : undefined),
  });
}

/** Waits until it is so; fails with the complaint when the time (10 s) is over. */
export async function until(reached: () => boolean, options: { timeoutMs?: number }, complaint: () => string): Promise<void> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
  const startedAt = performance.now();
  while (!reached()) {
    if (performance.now() - startedAt > timeoutMs) throw new Error(`After ${timeoutMs} ms ${complaint()}`);
    await sleep(LOOK_EVERY_MS);
  }
}

interface Queue {
  pendingCount: number;
  counts: Record<string, number>;
}

/** How many deliveries of all queues wait. */
export const pendingOf = (queues: Iterable<Queue>): number => [...queues].reduce((sum, { pendingCount }) => sum + pendingCount, 0);

/** The counts of all queues together. */
export function totalOf<Name extends string>(queues: Iterable<{ counts: Record<Name, number> }>): Record<Name, number> {
  const total = {} as Record<Name, number>;
  for (const { counts } of queues)
    for (const [name, count] of Object.entries(counts) as [Name, number][]) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** Waits until nothing waits any more; `what` names it in the complaint. */
export async function untilTaken(queues: () => Iterable<Queue>, options: { timeoutMs?: number }, what: string): Promise<void> {
  await until(
    () => pendingOf(queues()) === 0,
    options,
    () => `${pendingOf(queues())} ${what} are still waiting`,
  );
}
