import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FakeBot } from './bot.ts';
import { createControl } from './control.ts';
import { ApiFailure, badData } from './failure.ts';
import { type Fault, Faults } from './faults.ts';
import { METHODS } from './methods.ts';
import type { AcceptedCall, FakeViber } from './types.ts';
import { preciseNow, toWire } from './wire.ts';

const MAX_BODY_BYTES = 30 * 1024;

/** What the parts of the fake share. */
export interface World {
  bots: Map<string, FakeBot>;
  firstToken: string;
  url: string;
  apiRoot: string;
  faults: Faults;
  calls: AcceptedCall[];
  counts: { received: number; refused: number; dropped: number; byMethod: Record<string, number> };
  /** Clients' files by the path they are read from. */
  media: Map<string, Buffer>;
  keepMedia(name: string, bytes: Buffer): string;
  addBot(token: string, name: string): FakeBot;
}

export interface FakeViberOptions {
  port?: number;
  token?: string;
  name?: string;
  /** Shortens the waits between repeats of events: 0.01 makes the first one 50 ms. 1 when left out. */
  timeScale?: number;
}

/** Starts a local Viber on the loopback: same paths, bodies, limits, statuses, handshake and signed events as the real one's. */
export async function startFakeViber(options: FakeViberOptions = {}): Promise<FakeViber> {
  const timeScale = options.timeScale ?? 1;
  const firstToken = options.token ?? '44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3';
  const world: World = {
    bots: new Map(),
    firstToken,
    url: '',
    apiRoot: '',
    faults: new Faults(),
    calls: [],
    counts: { received: 0, refused: 0, dropped: 0, byMethod: {} },
    media: new Map(),
    keepMedia(name, bytes) {
      const path = `/media/${world.media.size + 1}/${encodeURIComponent(name)}`;
      world.media.set(path, bytes);
      return world.url + path;
    },
    addBot(token, name) {
      const bot = new FakeBot({ token, name, number: world.bots.size, timeScale });
      world.bots.set(token, bot);
      return bot;
    },
  };
  world.addBot(firstToken, options.name ?? 'Local bot');
  const control = createControl(world);

  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void readBody(request).then(
      (body) => answer(world, control, request, body, response),
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
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world.apiRoot = `${world.url}/pa`;

  return {
    ...control,
    url: world.url,
    apiRoot: world.apiRoot,
    token: firstToken,
    async stop() {
      for (const { events } of world.bots.values()) events.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function answer(world: World, control: object, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  if (path.startsWith('/control/')) return await answerControl(control, path.slice('/control/'.length), body, response);
  if (path.startsWith('/media/')) return await answerMedia(world, path, response);
  const run = request.method === 'POST' && path.startsWith('/pa/') ? METHODS[path.slice('/pa/'.length)] : undefined;
  if (run === undefined) return reply(response, 404, 'Not Found');
  await answerApi(world, path.slice('/pa/'.length), request, body, response);
}

async function answerApi(world: World, method: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  try {
    const token = String(request.headers['x-viber-auth-token'] ?? '');
    const bot = world.bots.get(token);
    if (bot === undefined || bot.revoked) throw new ApiFailure(2, 'invalidAuthToken');
    if (body.length > MAX_BODY_BYTES) throw badData('the request is longer than 30 KB');
    const fields = readFields(body);
    world.counts.received += 1;
    const receiver = typeof fields.receiver === 'string' ? fields.receiver : undefined;
    const fault = world.faults.take({ method, receiver, token });
    if (await faultStops(world, fault, response)) return;
    const result = await METHODS[method]!(bot, fields);
    accept(world, { method, token, ...(receiver === undefined ? {} : { receiver }) }, result);
    if (fault?.type === 'stall' && fault.when === 'after') await sleep(fault.ms);
    if (fault?.type === 'drop') return drop(world, response);
    reply(response, 200, toWire({ status: 0, status_message: 'ok', ...result }));
  } catch (error) {
    world.counts.refused += 1;
    // Anything but a refusal is a bug of the fake; the words help whoever meets it.
    if (!(error instanceof ApiFailure)) return reply(response, 500, `Internal Server Error: ${String(error)}`);
    reply(response, 200, toWire({ status: error.status, status_message: error.message, chat_hostname: 'SN-CHAT-05_' }));
  }
}

function readFields(body: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw badData('the body is no JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw badData('the body is no object');
  return parsed as Record<string, unknown>;
}

/** What a fault does before the call is accepted; true when that was all. */
async function faultStops(world: World, fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.type === 'refuse') throw new ApiFailure(fault.status, fault.words);
  if (fault.type === 'break') {
    world.counts.refused += 1;
    reply(response, fault.httpStatus, '<html><body>Bad Gateway</body></html>');
    return true;
  }
  if (fault.when === 'after') return false;
  if (fault.type === 'stall') {
    await sleep(fault.ms);
    // The caller gave up meanwhile: `before` means that nothing was accepted.
    if (!response.destroyed) return false;
  }
  drop(world, response);
  return true;
}

function drop(world: World, response: ServerResponse): void {
  world.counts.dropped += 1;
  response.destroy();
}

function accept(world: World, call: Omit<AcceptedCall, 'at'>, result: Record<string, unknown>): void {
  world.counts.byMethod[call.method] = (world.counts.byMethod[call.method] ?? 0) + 1;
  world.calls.push({
    at: preciseNow(),
    ...call,
    ...(result.message_token === undefined ? {} : { messageToken: String(result.message_token) }),
  });
}

async function answerMedia(world: World, path: string, response: ServerResponse): Promise<void> {
  const fault = world.faults.take({ method: 'download', token: world.firstToken });
  const bytes = world.media.get(path);
  if (bytes === undefined) return reply(response, 404, 'Not Found');
  try {
    if (await faultStops(world, fault, response)) return;
  } catch {
    return reply(response, 500, 'Internal Server Error');
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  // A download that is lost "after" ends in the middle of the file.
  if (fault?.type === 'drop') {
    world.counts.dropped += 1;
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
    return;
  }
  response.end(bytes);
}

/** `POST /control/<name>` with a JSON array of arguments: the same calls as in the process. */
async function answerControl(control: object, name: string, body: Buffer, response: ServerResponse): Promise<void> {
  const run: unknown = Object.hasOwn(control, name) ? Reflect.get(control, name) : undefined;
  if (typeof run !== 'function') return reply(response, 404, JSON.stringify({ error: `no control "${name}"` }));
  try {
    const args: unknown = body.length === 0 ? [] : JSON.parse(body.toString());
    reply(response, 200, JSON.stringify({ result: await run(...(Array.isArray(args) ? args : [args])) }));
  } catch (error) {
    reply(response, 400, JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

function reply(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
