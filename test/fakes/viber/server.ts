import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerControl } from '../base/control.ts';
import { cutAfter, cutBefore, giveFile } from '../base/faults.ts';
import { listen, readObject, reply } from '../base/http.ts';
import { FakeBot } from './bot.ts';
import { createControl } from './control.ts';
import { ApiFailure, badData } from './failure.ts';
import { type Fault, newFaults, type ViberFaults } from './faults.ts';
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
  faults: ViberFaults;
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
    faults: newFaults(),
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

  const listening = await listen((request, body, response) => answer(world, control, request, body, response), {
    port: options.port,
  });
  world.url = listening.url;
  world.apiRoot = `${world.url}/pa`;

  return {
    ...control,
    url: world.url,
    apiRoot: world.apiRoot,
    token: firstToken,
    async stop() {
      for (const { events } of world.bots.values()) events.stop();
      await listening.stop();
    },
  };
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
    const fields = readObject(body, badData);
    world.counts.received += 1;
    const receiver = typeof fields.receiver === 'string' ? fields.receiver : undefined;
    const fault = world.faults.take({ method, receiver, token });
    if (await faultStops(world, fault, response)) return;
    const result = await METHODS[method]!(bot, fields);
    accept(world, { method, token, ...(receiver === undefined ? {} : { receiver }) }, result);
    if (await cutAfter(fault, world.counts, response)) return;
    reply(response, 200, toWire({ status: 0, status_message: 'ok', ...result }));
  } catch (error) {
    world.counts.refused += 1;
    // Anything but a refusal is a bug of the fake; the words help whoever meets it.
    if (!(error instanceof ApiFailure)) return reply(response, 500, `Internal Server Error: ${String(error)}`);
    reply(response, 200, toWire({ status: error.status, status_message: error.message, chat_hostname: 'SN-CHAT-05_' }));
  }
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
  return await cutBefore(fault, world.counts, response);
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
  giveFile(fault, world.counts, response, { bytes, mime: 'application/octet-stream' });
}
