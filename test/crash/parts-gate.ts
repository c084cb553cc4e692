/** Stands between the product and a messenger and holds chosen calls, so that a process can be killed exactly before, in or after one. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Where a chat stops: `between`: the part is refused for now, so it stands in its lane; `left`: its call is under way and not yet taken; `taken`: the
 * messenger took it, and its answer is on the way.
 */
export type Point = 'between' | 'left' | 'taken';

export interface Stop {
  point: Point;
  /** Of the message, from 1. */
  part: number;
}

export interface Gate {
  url: string;
  /** Chats by what stands of their id in a call. */
  stops: Map<string, Stop>;
  /** Chats that have come to their stop. */
  reached: Set<string>;
  /** Lets everything through from now on; what was held is lost. */
  open(): void;
  stop(): Promise<void>;
}

/** `isSend`: the calls that make a message. Everything else passes. */
export async function startGate(target: string, isSend: (method: string, path: string, body: string) => boolean): Promise<Gate> {
  const stops = new Map<string, Stop>();
  const reached = new Set<string>();
  const taken = new Map<string, number>();
  const held = new Set<ServerResponse>();
  let isOpen = false;

  async function pass(request: IncomingMessage, body: Buffer): Promise<{ status: number; type: string; body: Buffer }> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding', 'expect'].includes(name),
      ),
    ) as Record<string, string>;
    const answer = await fetch(target + request.url!, {
      method: request.method!,
      headers,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? 'application/json',
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const text = body.toString('latin1');
    const path = request.url!;
    const chat = isSend(request.method!, path.split('?', 1)[0]!, text)
      ? [...stops.keys()].find((id) => path.includes(id) || text.includes(id))
      : undefined;
    const here = chat === undefined ? undefined : stops.get(chat);
    const isDue = !isOpen && chat !== undefined && here !== undefined && (taken.get(chat) ?? 0) === here.part - 1;
    if (isDue && here.point === 'between') {
      reached.add(chat);
      const refusal = { ok: false, error_code: 429, description: 'Too Many Requests: retry after 3', parameters: { retry_after: 3 } };
      return void response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3' }).end(JSON.stringify(refusal));
    }
    if (isDue && (here.point === 'left' || reached.has(chat))) {
      // Never forwarded; a second try of what was taken before neither.
      reached.add(chat);
      held.add(response);
      return;
    }
    const answer = await pass(request, body);
    if (isDue) {
      reached.add(chat);
      held.add(response);
      return;
    }
    if (chat !== undefined && answer.status < 300) taken.set(chat, (taken.get(chat) ?? 0) + 1);
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stops,
    reached,
    open() {
      isOpen = true;
      for (const response of held) response.destroy();
      held.clear();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
