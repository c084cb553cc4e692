import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FakeBot, preciseNow } from './bot.ts';
import { createControl } from './control.ts';
import { ApiFailure } from './failure.ts';
import { type Fault, Faults } from './faults.ts';
import { METHODS } from './methods.ts';
import { type MultipartBody, parseMultipart } from './multipart.ts';
import type { AcceptedCall, FakeTelegram } from './types.ts';

const MAX_REQUEST_BYTES = 52 * 1024 * 1024;

/** What the parts of the fake share. */
export interface World {
  bots: Map<string, FakeBot>;
  firstToken: string;
  url: string;
  faults: Faults;
  calls: AcceptedCall[];
  counts: { received: number; refused: number; dropped: number; byMethod: Record<string, number> };
  addBot(token: string, username: string): FakeBot;
}

export interface FakeTelegramOptions {
  port?: number;
  token?: string;
  username?: string;
  /** Shortens the waits between repeats of webhooks: 0.05 makes the first one 50 ms. 1 when left out. */
  timeScale?: number;
}

/** Starts a local Bot API server on the loopback: same paths, bodies, limits, refusals, webhooks and polls as Telegram's. */
export async function startFakeTelegram(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
  const timeScale = options.timeScale ?? 1;
  const firstToken = options.token ?? '100200300:LOCAL-fake_token_for_tests_only';
  const world: World = {
    bots: new Map(),
    firstToken,
    url: '',
    faults: new Faults(),
    calls: [],
    counts: { received: 0, refused: 0, dropped: 0, byMethod: {} },
    addBot(token, username) {
      const bot = new FakeBot({ token, username, timeScale });
      this.bots.set(token, bot);
      return bot;
    },
  };
  world.addBot(firstToken, options.username ?? 'local_test_bot');
  const control = createControl(world);

  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void readBody(request).then(
      (body) =>
        request.url?.startsWith('/control/') ? answerControl(control, request, body, response) : answerApi(world, request, body, response),
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
      for (const bot of world.bots.values()) bot.updates.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readBody(request: IncomingMessage): Promise<Buffer | 'too long'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_REQUEST_BYTES) chunks.push(chunk);
    });
    request.on('end', () => resolve(bytes > MAX_REQUEST_BYTES ? 'too long' : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => request.complete || reject(new Error('incomplete')));
  });
}

async function answerApi(world: World, request: IncomingMessage, body: Buffer | 'too long', response: ServerResponse): Promise<void> {
  try {
    const path = /^\/(file\/)?bot([^/]+)\/([^?]*)/.exec(request.url ?? '');
    if (path === null) throw new ApiFailure(404, 'Not Found');
    const token = decodeURIComponent(path[2] ?? '');
    if (!/^\d+:[\w-]+$/.test(token)) throw new ApiFailure(404, 'Not Found');
    const bot = world.bots.get(token);
    if (bot === undefined || bot.revoked) throw new ApiFailure(401, 'Unauthorized');
    if (path[1] !== undefined) return await answerFile(world, bot, path[3] ?? '', response);
    const method = path[3] ?? '';
    const run = METHODS[method.toLowerCase()];
    if (run === undefined) throw new ApiFailure(404, 'Not Found: method not found');
    if (body === 'too long') throw new ApiFailure(413, 'Request Entity Too Large');

    world.counts.received += 1;
    const { params, files } = readParams(request, body);
    const chatId = params.chat_id === undefined ? undefined : Number(params.chat_id);
    const fault = world.faults.take({ method, chatId, token });
    if (await faultStops(world, fault, response)) return;
    const result = await run({ bot, params, files }, (forget) => response.once('close', () => response.writableFinished || forget()));
    accept(world, method, token, chatId, result);
    if (fault?.type === 'stall' && fault.when === 'after') await sleep(fault.ms);
    if (fault?.type === 'drop') return drop(world, response);
    reply(response, 200, { ok: true, result });
  } catch (error) {
    world.counts.refused += 1;
    // Anything else is a bug of the fake; the words help whoever meets it.
    refuse(response, error instanceof ApiFailure ? error : new ApiFailure(500, `Internal Server Error: ${String(error)}`));
  }
}

/** What a fault does before the call is accepted; true when that was all. */
async function faultStops(world: World, fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.type === 'refuse') {
    throw new ApiFailure(
      fault.code,
      fault.description,
      fault.retryAfterSeconds === undefined ? undefined : { retry_after: fault.retryAfterSeconds },
    );
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

function accept(world: World, method: string, token: string, chatId: number | undefined, result: unknown): void {
  world.counts.byMethod[method] = (world.counts.byMethod[method] ?? 0) + 1;
  // Polls come without end and are nobody's message.
  if (method.toLowerCase() === 'getupdates') return;
  const messages = (Array.isArray(result) ? result : [result]).flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'message_id' in item ? [Number(item.message_id)] : [],
  );
  world.calls.push({
    at: preciseNow(),
    method,
    token,
    ...(chatId === undefined ? {} : { chatId }),
    ...(messages.length === 0 ? {} : { messageIds: messages }),
  });
}

async function answerFile(world: World, bot: FakeBot, path: string, response: ServerResponse): Promise<void> {
  const fault = world.faults.take({ method: 'download', chatId: undefined, token: bot.token });
  if (await faultStops(world, fault, response)) return;
  const file = bot.filesByPath.get(decodeURIComponent(path));
  if (file === undefined) throw new ApiFailure(404, 'Not Found');
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes.length });
  // A download that is lost "after" ends in the middle of the file.
  if (fault?.type === 'drop') {
    world.counts.dropped += 1;
    response.write(file.bytes.subarray(0, Math.floor(file.bytes.length / 2)), () => response.destroy());
    return;
  }
  response.end(file.bytes);
}

/** Parameters from the address and the body, in any of the encodings Telegram takes; values that are JSON texts are opened. */
function readParams(request: IncomingMessage, body: Buffer): { params: Record<string, unknown>; files: MultipartBody['files'] } {
  const params: Record<string, unknown> = {};
  const type = request.headers['content-type'] ?? '';
  const query = request.url?.indexOf('?') ?? -1;
  if (query >= 0) addTexts(params, new URLSearchParams(request.url?.slice(query + 1)));
  if (type.startsWith('multipart/form-data')) {
    const form = parseMultipart(body, type);
    if (form === undefined) throw new ApiFailure(400, "Bad Request: can't parse multipart form data");
    addTexts(params, Object.entries(form.fields));
    return { params, files: form.files };
  }
  if (type.startsWith('application/json') && body.length > 0) {
    const parsed = parseJson(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) throw new ApiFailure(400, "Bad Request: can't parse JSON object");
    for (const [name, value] of Object.entries(parsed))
      params[name] = name in JSON_PARAMS && typeof value === 'string' ? parseJson(value) : value;
  } else if (type.startsWith('application/x-www-form-urlencoded')) {
    addTexts(params, new URLSearchParams(body.toString('utf8')));
  }
  return { params, files: {} };
}

const JSON_PARAMS = { media: true, reply_markup: true, allowed_updates: true, reply_parameters: true, drop_pending_updates: true };

function addTexts(params: Record<string, unknown>, entries: Iterable<[string, string]>): void {
  for (const [name, value] of entries) params[name] = name in JSON_PARAMS ? parseJson(value) : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `POST /control/<name>` with a JSON array of arguments: the same calls as in the process. */
async function answerControl(
  control: object,
  request: IncomingMessage,
  body: Buffer | 'too long',
  response: ServerResponse,
): Promise<void> {
  const name = (request.url ?? '').slice('/control/'.length);
  const run: unknown = Object.hasOwn(control, name) ? Reflect.get(control, name) : undefined;
  if (typeof run !== 'function') return reply(response, 404, { error: `no control "${name}"` });
  try {
    const args: unknown = body.length === 0 ? [] : JSON.parse(body.toString());
    reply(response, 200, { result: await run(...(Array.isArray(args) ? args : [args])) });
  } catch (error) {
    reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function refuse(response: ServerResponse, { code, description, parameters }: ApiFailure): void {
  reply(response, code, { ok: false, error_code: code, description, ...(parameters === undefined ? {} : { parameters }) });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
