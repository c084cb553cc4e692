import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerControl } from '../base/control.ts';
import { cutAfter, cutBefore, giveFile } from '../base/faults.ts';
import { listen, reply } from '../base/http.ts';
import { FakeBot, preciseNow } from './bot.ts';
import { createControl } from './control.ts';
import { ApiFailure } from './failure.ts';
import { type Fault, newFaults, type TelegramFaults } from './faults.ts';
import { METHODS } from './methods.ts';
import { type MultipartBody, parseMultipart } from './multipart.ts';
import type { AcceptedCall, FakeTelegram } from './types.ts';

const MAX_REQUEST_BYTES = 52 * 1024 * 1024;

/** What the parts of the fake share. */
export interface World {
  bots: Map<string, FakeBot>;
  firstToken: string;
  url: string;
  faults: TelegramFaults;
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
    faults: newFaults(),
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

  const listening = await listen(
    (request, body, response) => {
      const name = /^\/control\/(.*)/.exec(request.url ?? '')?.[1];
      return name === undefined ? answerApi(world, request, body, response) : answerControl(control, name, body, response);
    },
    { port: options.port, mostBytes: MAX_REQUEST_BYTES },
  );
  world.url = listening.url;

  return {
    ...control,
    url: world.url,
    token: firstToken,
    async stop() {
      for (const bot of world.bots.values()) bot.updates.stop();
      await listening.stop();
    },
  };
}

async function answerApi(world: World, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
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
    if (body.length > MAX_REQUEST_BYTES) throw new ApiFailure(413, 'Request Entity Too Large');

    world.counts.received += 1;
    const { params, files } = readParams(request, body);
    const chatId = params.chat_id === undefined ? undefined : Number(params.chat_id);
    const fault = world.faults.take({ method, chatId, token });
    if (await faultStops(world, fault, response)) return;
    const result = await run({ bot, params, files }, (forget) => response.once('close', () => response.writableFinished || forget()));
    accept(world, method, token, chatId, result);
    if (await cutAfter(fault, world.counts, response)) return;
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
  return await cutBefore(fault, world.counts, response);
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
  giveFile(fault, world.counts, response, { bytes: file.bytes, mime: 'application/octet-stream' });
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

function refuse(response: ServerResponse, { code, description, parameters }: ApiFailure): void {
  reply(response, code, { ok: false, error_code: code, description, ...(parameters === undefined ? {} : { parameters }) });
}
