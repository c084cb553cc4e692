import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerControl } from '../base/control.ts';
import { cutAfter, cutBefore, giveFile } from '../base/faults.ts';
import { listen, reply as replyTo } from '../base/http.ts';
import { Community } from './community.ts';
import { createControl } from './control.ts';
import { ApiFailure } from './failure.ts';
import { type Fault, newFaults, type VkFaults } from './faults.ts';
import { METHODS } from './methods.ts';
import type { AcceptedCall, FakeVk } from './types.ts';
import { takeUpload } from './uploads.ts';

const MAX_REQUEST_BYTES = 210 * 1024 * 1024;

/** What the parts of the fake share. */
export interface World {
  communities: Map<string, Community>;
  firstToken: string;
  url: string;
  faults: VkFaults;
  calls: AcceptedCall[];
  counts: { received: number; refused: number; dropped: number; uploads: number; repeatedSends: number; byMethod: Record<string, number> };
  addCommunity(token: string, groupId: number): Community;
}

export interface FakeVkOptions {
  port?: number;
  token?: string;
  groupId?: number;
  /** Shortens the waits between repeats of events: 0.001 makes the first one 10 ms. 1 when left out. */
  timeScale?: number;
}

/** Starts a local VK on the loopback: same paths, form bodies, error objects, upload servers, callback events and long poll as the real one. */
export async function startFakeVk(options: FakeVkOptions = {}): Promise<FakeVk> {
  const timeScale = options.timeScale ?? 1;
  const firstToken = options.token ?? 'vk1.a.LOCAL-fake_key_for_tests_only';
  const world: World = {
    communities: new Map(),
    firstToken,
    url: '',
    faults: newFaults(),
    calls: [],
    counts: { received: 0, refused: 0, dropped: 0, uploads: 0, repeatedSends: 0, byMethod: {} },
    addCommunity(token, groupId) {
      const community = new Community({ token, groupId, timeScale });
      this.communities.set(token, community);
      return community;
    },
  };
  const first = world.addCommunity(firstToken, options.groupId ?? 77_000_077);
  const control = createControl(world);

  const listening = await listen((request, body, response) => route(world, control, request, body, response), {
    port: options.port,
    mostBytes: MAX_REQUEST_BYTES,
  });
  world.url = listening.url;

  return {
    ...control,
    url: world.url,
    token: firstToken,
    groupId: first.groupId,
    async stop() {
      for (const { events } of world.communities.values()) events.stop();
      await listening.stop();
    },
  };
}

async function route(world: World, control: object, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  if (body.length > MAX_REQUEST_BYTES) return void response.destroy();
  const url = new URL(request.url ?? '/', world.url);
  const [, area = '', name = ''] = url.pathname.split('/');
  if (area === 'control') return answerControl(control, name, body, response);
  if (area === 'method') return answerMethod(world, name, request, body, response);
  const groupId = Number(area === 'whp' ? name : url.searchParams.get('group'));
  const community = [...world.communities.values()].find((one) => one.groupId === groupId);
  if (area === 'upload' && community !== undefined) {
    const fault = world.faults.take({ method: 'upload', token: community.token });
    if (await faultStops(world, fault, response)) return;
    const answer = takeUpload(community, name, body, request.headers['content-type'] ?? '');
    world.counts.uploads += 1;
    if (await cutAfter(fault, world.counts, response)) return;
    return reply(response, 200, answer);
  }
  if (area === 'whp' && community !== undefined) {
    if (await faultStops(world, world.faults.take({ method: 'poll', token: community.token }), response)) return;
    return reply(
      response,
      200,
      await community.events.poll(url.searchParams, (forget) => response.once('close', () => response.writableFinished || forget())),
    );
  }
  if (area === 'cdn') return answerFile(world, url.pathname, response);
  reply(response, 404, 'Not Found');
}

async function answerMethod(world: World, method: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.url);
  const params: Record<string, string> = Object.fromEntries(url.searchParams);
  // JSON bodies are not read: their parameters are simply missing.
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    Object.assign(params, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  }
  const { access_token: bodyToken, v: version, ...rest } = params;
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? bodyToken ?? '';
  world.counts.received += 1;
  try {
    const run = METHODS[method];
    if (run === undefined) throw new ApiFailure(3, 'Unknown method passed');
    if (version === undefined) throw new ApiFailure(8, 'Invalid request: v (version) is required');
    if (version !== '5.199') throw new ApiFailure(8, 'Invalid request: versions below 5.199 are not supported here');
    const community = world.communities.get(token);
    if (community === undefined || community.revoked) throw new ApiFailure(5, 'User authorization failed: invalid access_token (4).');
    const peerId = rest.peer_id ?? rest.peer_ids;
    const about = { method, token, ...(peerId === undefined ? {} : { peerId: Number(peerId) }) };
    const fault = world.faults.take(about);
    if (await faultStops(world, fault, response)) return;
    const result = run({ world, community, params: rest });
    world.counts.byMethod[method] = (world.counts.byMethod[method] ?? 0) + 1;
    world.calls.push({ at: performance.timeOrigin + performance.now(), ...about, params: rest });
    if (await cutAfter(fault, world.counts, response)) return;
    reply(response, 200, { response: result });
  } catch (error) {
    world.counts.refused += 1;
    // Anything else is a bug of the fake; the words help whoever meets it.
    const failure = error instanceof ApiFailure ? error : new ApiFailure(10, `Internal server error: ${String(error)}`);
    const request_params = Object.entries({ ...rest, method, v: version ?? '', oauth: '1' }).map(([key, value]) => ({ key, value }));
    reply(response, 200, { error: { error_code: failure.code, error_msg: failure.message, request_params } });
  }
}

/** What a fault does before the call is accepted; true when that was all. */
async function faultStops(world: World, fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.type === 'refuse') throw new ApiFailure(fault.code, fault.words);
  if (fault.type === 'status') {
    world.counts.refused += 1;
    reply(
      response,
      fault.status,
      '<html>…</html>',
      fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) },
    );
    return true;
  }
  return await cutBefore(fault, world.counts, response);
}

async function answerFile(world: World, path: string, response: ServerResponse): Promise<void> {
  const community = [...world.communities.values()].find(({ filesByPath }) => filesByPath.has(path));
  const file = community?.filesByPath.get(path);
  if (community === undefined || file === undefined) return reply(response, 404, 'Not Found');
  const fault = world.faults.take({ method: 'download', token: community.token });
  if (await faultStops(world, fault, response)) return;
  giveFile(fault, world.counts, response, file);
}

function reply(response: ServerResponse, status: number, body: object | string, headers: Record<string, string> = {}): void {
  replyTo(response, status, body, {
    'content-type': typeof body === 'string' ? 'text/html' : 'application/json; charset=utf-8',
    ...headers,
  });
}
