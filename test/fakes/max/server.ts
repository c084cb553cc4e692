import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerControl } from '../base/control.ts';
import { cutAfter, cutBefore, giveFile } from '../base/faults.ts';
import { listen, readObject, reply as replyTo } from '../base/http.ts';
import { preciseNow, toWire } from '../viber/wire.ts';
import { FakeBot } from './bot.ts';
import { createControl } from './control.ts';
import { ApiFailure, badPayload } from './failure.ts';
import { type Fault, type MaxFaults, newFaults } from './faults.ts';
import { METHODS } from './methods.ts';
import type { AcceptedCall, FakeMax } from './types.ts';
import { takeUpload } from './uploads.ts';

/** What the parts of the fake share. */
export interface World {
  bots: Map<string, FakeBot>;
  firstToken: string;
  url: string;
  faults: MaxFaults;
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
    faults: newFaults(),
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

  const listening = await listen((request, body, response) => route(world, control, request, body, response), {
    port: options.port,
  });
  world.url = listening.url;

  return {
    ...control,
    url: world.url,
    token: firstToken,
    async stop() {
      for (const { events } of world.bots.values()) events.stop();
      await listening.stop();
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
    if (await cutAfter(fault, world.counts, response)) return;
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
  return readObject(body, badPayload);
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
    if (await cutAfter(fault, world.counts, response)) return;
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
  return await cutBefore(fault, world.counts, response);
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
  giveFile(fault, world.counts, response, { bytes, mime: 'application/octet-stream' });
}

function reply(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  replyTo(response, status, text, { 'content-type': 'application/json;charset=utf-8', ...headers });
}
