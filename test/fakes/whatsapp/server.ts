import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerControl } from '../base/control.ts';
import { cutAfter, cutBefore, giveFile } from '../base/faults.ts';
import { listen, readObject, reply } from '../base/http.ts';
import { createControl } from './control.ts';
import { ApiFailure, invalid } from './failure.ts';
import { type Fault, newFaults, type WhatsAppFaults } from './faults.ts';
import { configure, describeNumber, sendToClient } from './methods.ts';
import { FakeNumber } from './number.ts';
import { listTemplates } from './templates.ts';
import type { AcceptedCall, FakeFile, FakeWhatsApp } from './types.ts';
import { readUpload } from './uploads.ts';
import { preciseNow } from './wire.ts';

const VERSION = 'v25.0';
/** The address of a file lives for five minutes. */
const ADDRESS_MS = 300_000;

interface StoredMedia {
  number: FakeNumber;
  file: FakeFile;
  bytes: Buffer;
}

/** What the parts of the fake share. */
export interface World {
  numbers: Map<string, FakeNumber>;
  firstNumber: string;
  url: string;
  apiRoot: string;
  faults: WhatsAppFaults;
  calls: AcceptedCall[];
  counts: { received: number; refused: number; dropped: number; byMethod: Record<string, number> };
  /** Clients' files by id, and the addresses they are read from for a while. */
  media: Map<string, StoredMedia>;
  addresses: Map<string, { id: string; until: number }>;
  keepMedia(number: FakeNumber, file: FakeFile, bytes: Buffer): string;
  addNumber(phoneNumberId?: string, name?: string): FakeNumber;
}

export interface FakeWhatsAppOptions {
  port?: number;
  name?: string;
  /** Shortens the waits between repeats of deliveries: 0.01 makes the first one 50 ms. 1 when left out. */
  timeScale?: number;
}

/** Starts a local WhatsApp on the loopback: same paths, bodies, limits, errors, challenge and signed deliveries as the Cloud API's. */
export async function startFakeWhatsApp(options: FakeWhatsAppOptions = {}): Promise<FakeWhatsApp> {
  const timeScale = options.timeScale ?? 1;
  const world: World = {
    numbers: new Map(),
    firstNumber: '',
    url: '',
    apiRoot: '',
    faults: newFaults(),
    calls: [],
    counts: { received: 0, refused: 0, dropped: 0, byMethod: {} },
    media: new Map(),
    addresses: new Map(),
    keepMedia(number, file, bytes) {
      const id = number.mediaId();
      world.media.set(id, { number, file, bytes });
      return id;
    },
    addNumber(phoneNumberId, name) {
      const index = world.numbers.size;
      const number = new FakeNumber({
        phoneNumberId: phoneNumberId ?? `112233445566${index}`,
        name: name ?? `Local number ${index + 1}`,
        number: index,
        timeScale,
      });
      world.numbers.set(number.phoneNumberId, number);
      return number;
    },
  };
  const first = world.addNumber(undefined, options.name);
  world.firstNumber = first.phoneNumberId;
  const control = createControl(world);

  const listening = await listen((request, body, response) => answer(world, control, request, body, response), { port: options.port });
  world.url = listening.url;
  world.apiRoot = `${world.url}/${VERSION}`;

  const { phoneNumberId, businessAccountId, token, appSecret } = first;
  return {
    ...control,
    url: world.url,
    apiRoot: world.apiRoot,
    phoneNumberId,
    businessAccountId,
    token,
    appSecret,
    async stop() {
      for (const { events } of world.numbers.values()) events.stop();
      await listening.stop();
    },
  };
}

async function answer(world: World, control: object, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://local');
  if (url.pathname.startsWith('/control/')) return await answerControl(control, url.pathname.slice('/control/'.length), body, response);
  try {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const owner = [...world.numbers.values()].find((number) => number.token === token && !number.revoked);
    if (owner === undefined) {
      throw new ApiFailure(190, 'Invalid OAuth access token - Cannot parse access token', 'the token is not known', 401);
    }
    if (url.pathname.startsWith('/media/')) return await answerMedia(world, owner, url.pathname, response);
    await answerApi(world, owner, { request, url, body, token }, response);
  } catch (error) {
    world.counts.refused += 1;
    // Anything but a refusal is a bug of the fake; the words help whoever meets it.
    if (!(error instanceof ApiFailure)) return reply(response, 500, `Internal Server Error: ${String(error)}`);
    reply(response, error.httpStatus, JSON.stringify(error.body()));
  }
}

interface Call {
  request: IncomingMessage;
  url: URL;
  body: Buffer;
  token: string;
}

async function answerApi(world: World, owner: FakeNumber, call: Call, response: ServerResponse): Promise<void> {
  const [version, node = '', edge = ''] = call.url.pathname.slice(1).split('/');
  if (version !== VERSION) throw new ApiFailure(2500, 'Unknown path components', call.url.pathname);
  const method = edge || (call.request.method === 'GET' ? 'get' : 'configure');
  const isForm = (call.request.headers['content-type'] ?? '').startsWith('multipart/form-data');
  const fields = call.request.method === 'GET' || isForm ? {} : readFields(call);
  const to = typeof fields.to === 'string' ? fields.to : typeof fields.recipient === 'string' ? fields.recipient : undefined;
  world.counts.received += 1;
  const fault = world.faults.take({ method, to });
  if (await faultStops(world, fault, response)) return;
  const result = await run(world, owner, { node, edge, fields }, call);
  world.counts.byMethod[method] = (world.counts.byMethod[method] ?? 0) + 1;
  const [message] = Array.isArray(result.messages) ? (result.messages as { id: string }[]) : [];
  world.calls.push({
    at: preciseNow(),
    method,
    token: call.token,
    ...(to === undefined ? {} : { to }),
    ...(message === undefined ? {} : { messageId: message.id }),
  });
  if (await cutAfter(fault, world.counts, response)) return;
  reply(response, 200, JSON.stringify(result));
}

async function run(
  world: World,
  owner: FakeNumber,
  { node, edge, fields }: { node: string; edge: string; fields: Record<string, unknown> },
  { request, url, body }: Call,
): Promise<Record<string, unknown>> {
  const isGet = request.method === 'GET';
  if (node === owner.phoneNumberId && !isGet) {
    if (edge === 'messages') return sendToClient(owner, fields);
    if (edge === 'media') {
      const id = owner.mediaId();
      owner.uploads.set(id, readUpload(body, request.headers['content-type'] ?? ''));
      return { id };
    }
    if (edge === '') return await configure(owner, fields);
  }
  if (node === owner.phoneNumberId && edge === '') return describeNumber(owner, url.searchParams.get('fields'));
  if (node === owner.businessAccountId && edge === 'subscribed_apps' && !isGet) return { success: true };
  if (node === owner.businessAccountId && edge === 'message_templates' && isGet) return listTemplates(owner, url.searchParams);
  const media = edge === '' && isGet ? world.media.get(node) : undefined;
  if (media?.number === owner) return addressOf(world, node, media);
  throw new ApiFailure(100, `Unsupported ${isGet ? 'get' : 'post'} request. Object with ID '${node}' does not exist`, '', 400);
}

function addressOf(world: World, id: string, { file }: StoredMedia): Record<string, unknown> {
  const path = `/media/${randomUUID()}`;
  world.addresses.set(path, { id, until: Date.now() + ADDRESS_MS });
  const { mime, sha256, sizeBytes } = file;
  return { messaging_product: 'whatsapp', url: world.url + path, mime_type: mime, sha256, file_size: sizeBytes, id };
}

function readFields({ request, body }: Call): Record<string, unknown> {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) throw invalid('the body must be JSON');
  return readObject(body, invalid);
}

/** What a fault does before the call is accepted; true when that was all. */
async function faultStops(world: World, fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.type === 'refuse') {
    if (fault.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fault.retryAfterSeconds));
    throw new ApiFailure(fault.code, fault.words, '', fault.httpStatus);
  }
  if (fault.type === 'break') {
    world.counts.refused += 1;
    reply(response, fault.httpStatus, '<html><body>Bad Gateway</body></html>');
    return true;
  }
  return await cutBefore(fault, world.counts, response);
}

async function answerMedia(world: World, owner: FakeNumber, path: string, response: ServerResponse): Promise<void> {
  const fault = world.faults.take({ method: 'download' });
  const address = world.addresses.get(path);
  const media = address === undefined || address.until < Date.now() ? undefined : world.media.get(address.id);
  if (media === undefined || media.number !== owner) return reply(response, 404, 'Not Found');
  if (await faultStops(world, fault, response)) return;
  giveFile(fault, world.counts, response, { bytes: media.bytes, mime: media.file.mime });
}
