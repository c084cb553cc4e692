/** The HTTP side of every local service: listening, reading, answering, posting to us. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Agent, request } from 'undici';

export interface Listening {
  /** Without a slash at its end. */
  url: string;
  /** Cuts what is still open. */
  stop(): Promise<void>;
}

/**
 * Listens on the loopback, on any free port when none is given. `answer` is called once a request has come whole; of a body longer than
 * `mostBytes` only the beginning is kept, a little more than so much.
 */
export async function listen(
  answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void | Promise<void>,
  { port = 0, mostBytes = Number.POSITIVE_INFINITY }: { port?: number | undefined; mostBytes?: number } = {},
): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void readBody(request, mostBytes).then(
      (body) => answer(request, body, response),
      // The other side went away in the middle of its request: nothing was accepted.
      () => response.destroy(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes <= mostBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

/** The body as a JSON object; `refuse` says in the messenger's own way what is wrong with it. */
export function readObject(body: Buffer, refuse: (words: string) => Error): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw refuse('the body is no JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw refuse('the body is no object');
  return parsed as Record<string, unknown>;
}

/** Answers a text, or an object as JSON, unless the caller has gone. */
export function reply(response: ServerResponse, status: number, body: object | string, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 });

export interface Posted {
  /** 0 for no answer: refused, reset or too slow are all the same to a messenger. */
  status: number;
  text: string;
  retryAfterSeconds: number;
}

/** One call of our webhook with a JSON body. */
export async function post(url: string | URL, body: string, headers: Record<string, string>, timeoutMs: number): Promise<Posted> {
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      headersTimeout: timeoutMs,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, retryAfterSeconds: Number(answer.headers['retry-after'] ?? 0) || 0 };
  } catch {
    return { status: 0, text: '', retryAfterSeconds: 0 };
  }
}
