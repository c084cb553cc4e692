import { Agent, request } from 'undici';
import type { FakeWhatsAppControl } from './types.ts';

/** Longer than any wait a test asks for. */
const ANSWER_TIMEOUT_MS = 600_000;

/** The control of a fake in another process: the same calls, each a POST to `/control/<name>`. Errors carry the fake's words. */
export function remoteFakeWhatsApp(url: string): FakeWhatsAppControl {
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
  return new Proxy({} as FakeWhatsAppControl, {
    // `then` must stay away, or awaiting the control would call it.
    get: (_target, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => call(name, args) : undefined),
  });
}
