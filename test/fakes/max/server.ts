import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { preciseNow, toWire } from '../viber/wire.ts';
import { FakeBot } from './bot.ts';
import { createControl } from './control.ts';
import { ApiFailure, badPayload } from './failure.ts';
import { type Fault, Faults } from './faults.ts';
import { METHODS } from './methods.ts';
import type { AcceptedCall, FakeMax } from './types.ts';
import { takeUpload } from './uploads.ts';

/** What the parts of the fake share. */
export interface World {
  bots: Map<string, FakeBot>;
  firstToken: string;
  url: string;
  faults: Faults;
  calls: AcceptedCall[];
  counts: { received: number; refused: number; dropped: number; uploads: number; byMethod: Record<string, number> };
  /** Clients' files by the path they are read from. */
  media: Map<string, Buffer>;
  keepMedia(name: string, bytes: Buffer): string;
  addBot(token: string, name: string): FakeBot;
}

export interface FakeMaxOptions {
  port?: number;
  token?: string;
  name?: string;
  /** Shortens the waits between repeats of updates: 0.001 makes the first one 60 ms. 1 when left out. */
  timeScale?: number;
}

/** Starts a local MAX on the loopback: same paths, bodies, limits, errors, upload servers, subscriptions and long poll as the real one's. */
export async function startFakeMax(options: FakeMaxOptions = {}): Promise<FakeMax> {
  const timeScale = options.timeScale ?? 1;
  const firstToken = options.token ?? 'f9LHodD0cOIlocalFakeTokenForTestsOnly_8kQ2nX4vB7mZ1cR5tY9w';
  const world: World = {
    bots: new Map(),
    firstToken,
    url: '',
    faults: new Faults(),
    calls: [],
    counts: { received: 0, refused: 0, dropped: 0, uploads: 0, byMethod: {} },
    media: new Map(),
    keepMedia(name, bytes) {
      const path = `/cdn/${world.media.size + 1}/${encodeURIComponent(name)}`;
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
      (body) => route(world, control, request, body, response),
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

  return {
    ...control,
    url: world.url,
    token: firstToken,
    async stop() {
      for (const { events } of world.bots.values()) events.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function route(world: World, control: object, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.url);
  const [, area = '', name = '', ticket = ''] = url.pathname.split('/');
  if (area === 'control') return await answerControl(control, name, body, response);
  if (area === 'cdn') return await answerFile(world, url.pathname, response);
  if (area === 'upload') return await answerUpload(world, Number(name), ticket, request, body, response);
  await answerApi(world, `${request.method} ${area}`, { url, rest: name, request, body }, response);
}

async function answerApi(
  world: World,
  method: string,
  { url, rest, request, body }: { url: URL; rest: string; request: IncomingMessage; body: Buffer },
  response: ServerResponse,
): Promise<void> {
  try {
    // Bare, without a scheme; the query parameter of older versions is not read any more.
    const token = String(request.headers.authorization ?? '');
    const bot = world.bots.get(token);
    if (bot === undefined || bot.revoked) throw new ApiFailure(401, 'verify.token', 'Invalid access_token');
    const run = METHODS[method];
    if (run === undefined) throw new ApiFailure(404, 'not.found', `Unknown recognized path: ${url.pathname}`);
    const fields = readFields(body, request.headers['content-type'] ?? '');
    world.counts.received += 1;
    const chatId = url.searchParams.get('chat_id');
    const about = { method, token, ...(chatId === null ? {} : { chatId: Number(chatId) }) };
    const fault = world.faults.take(about);
    if (await faultStops(world, fault, response)) return;
    const onGone = (forget: () => void) => void response.once('close', () => response.writableFinished || forget());
    const result = await run({ world, bot, query: url.searchParams, body: fields, rest, onGone });
    world.counts.byMethod[method] = (world.counts.byMethod[method] ?? 0) + 1;
    world.calls.push({ at: preciseNow(), ...about, ...midOf(result) });
    if (await faultHides(world, fault, response)) return;
    reply(response, 200, toWire(result));
  } catch (error) {
    world.counts.refused += 1;
    // Anything but a refusal is a bug of the fake; the words help whoever meets it.
    const failure = error instanceof ApiFailure ? error : new ApiFailure(500, 'internal.error', String(error));
    const wait: Record<string, string> =
      failure.retryAfterSeconds === undefined ? {} : { 'retry-after': String(failure.retryAfterSeconds) };
    reply(response, failure.status, JSON.stringify({ code: failure.code, message: failure.message }), wait);
  }
}

function midOf(result: Record<string, unknown>): { mid?: string } {
  const message = result.message as { body?: { mid?: string } } | string | undefined;
  const mid = typeof message === 'object' ? message.body?.mid : undefined;
  return mid === undefined ? {} : { mid };
}

function readFields(body: Buffer, contentType: string): Record<string, unknown> {
  if (body.length === 0) return {};
  if (!contentType.startsWith('application/json')) throw badPayload('the body must be application/json');
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw badPayload('the body is no JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw badPayload('the body is no object');
  return parsed as Record<string, unknown>;
}

async function answerUpload(
  world: World,
  botId: number,
  ticket: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const bot = [...world.bots.values()].find(({ id }) => id === botId);
  if (bot === undefined || request.method !== 'POST') return reply(response, 404, '');
  try {
    const fault = world.faults.take({ method: 'upload', token: bot.token });
    if (await faultStops(world, fault, response)) return;
    const { authorization } = request.headers;
    const answer = takeUpload(bot, ticket, body, { contentType: request.headers['content-type'] ?? '', authorization });
    if (answer.status === 200) world.counts.uploads += 1;
    if (await faultHides(world, fault, response)) return;
    reply(response, answer.status, answer.body, answer.body.startsWith('<') ? { 'content-type': 'application/xml' } : {});
  } catch (error) {
    reply(response, error instanceof ApiFailure ? error.status : 500, JSON.stringify({ error_code: '1', error_data: String(error) }));
  }
}

/** What a fault does before the call is accepted; true when that was all. */
async function faultStops(world: World, fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.type === 'refuse') throw new ApiFailure(fault.status, fault.code, fault.message, fault.retryAfterSeconds);
  if (fault.type === 'break') {
    world.counts.refused += 1;
    reply(response, fault.httpStatus, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' });
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

/** What a fault does once the call was accepted; true when its answer is lost. */
async function faultHides(world: World, fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault?.type === 'stall' && fault.when === 'after') await sleep(fault.ms);
  if (fault?.type !== 'drop') return false;
  drop(world, response);
  return true;
}

function drop(world: World, response: ServerResponse): void {
  world.counts.dropped += 1;
  response.destroy();
}

async function answerFile(world: World, path: string, response: ServerResponse): Promise<void> {
  const bytes = world.media.get(path);
  if (bytes === undefined) return reply(response, 404, '');
  const fault = world.faults.take({ method: 'download', token: world.firstToken });
  try {
    if (await faultStops(world, fault, response)) return;
  } catch (error) {
    return reply(response, error instanceof ApiFailure ? error.status : 500, '');
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

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
