/** A server of somebody else's that takes webhooks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return receiver;
}
