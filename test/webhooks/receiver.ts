/** A server of somebody else's that takes webhooks. */
import { listen } from '../fakes/base/http.ts';

export interface Hook {
  path: string;
  /** Fields by name; every value is a string. */
  fields: Record<string, string>;
  body: string;
  headers: Record<string, string>;
  eventId: number;
  attempt: number;
}

export interface Receiver {
  url: string;
  hooks: Hook[];
  /** What the next call is answered with; 0: nothing at all; -1: the connection breaks. Called before the answer goes out. */
  answer: (hook: Hook) => number | Promise<number>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver = { hooks: [], answer: () => 200 } as unknown as Receiver;
  const server = await listen(async (request, bytes, response) => {
    const body = bytes.toString('utf8');
    const headers = request.headers as Record<string, string>;
    const hook: Hook = {
      path: request.url ?? '',
      fields: Object.fromEntries(new URLSearchParams(body)),
      body,
      headers,
      eventId: Number(headers['x-beseda-event-id']),
      attempt: Number(headers['x-beseda-attempt']),
    };
    receiver.hooks.push(hook);
    const status = await receiver.answer(hook);
    if (status === -1) request.socket.destroy();
    if (status <= 0) return;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('thanks');
  });
  receiver.url = server.url;
  receiver.close = server.stop;
  return receiver;
}
