import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isHookSigned, signedHeaders } from './sign.ts';

/** The message in a hook, as far as an integration reads it. Flat hooks (v1) are this and `FlatHook` in one. */
interface HookMessage {
  id?: string;
  type: string;
  text: string;
  media: string;
  markup?: { buttons?: { text: string }[][] };
}

interface FlatHook extends HookMessage {
  message_id?: string;
  conversation_id: string;
}

/** A hook as it came, and what the integration read of it. */
export interface SeenHook {
  path: string;
  body: FlatHook & { message: { message: HookMessage; conversation: { id: string; client_id?: string }; receiver: { id: string } } };
  isSigned: boolean;
}

export interface Shown {
  id: string;
  type: string;
  text: string;
  media: string;
  buttons: { text: string; url?: string; callback_data?: string }[];
  sha256?: string;
}

type Fault =
  | { type: 'answer'; status: number; body: string; headers?: Record<string, string> }
  | { type: 'stall'; ms: number; when: 'before' | 'after' }
  | { type: 'drop'; when: 'before' | 'after' };

export interface Reply {
  status: number;
  text: string;
  /** What callers name in the API's answers; undefined where the answer is no JSON. */
  json: ReplyJson;
}

interface HistoryItem {
  receiver: object;
  sender: object;
  message: { type: string; text: string; location: object };
}

/** Which of it there is depends on the call. */
interface ReplyJson {
  id: string;
  scope_id: string;
  user: { id: string };
  new_message: { msgid: string; conversation_id: string; sender_id: string };
  messages: HistoryItem[];
}

export type Send = (url: string, init: { method: string; headers: Record<string, string>; body?: string }) => Promise<Response>;

/**
 * An integration that exists already, as it is seen from our side: a program written for the vendor's chats API. It takes our hooks (v2), shows them to its
 * messenger's clients once each, and calls the API with the vendor's signatures. `send` makes its calls; over the network where left out.
 */
export async function startFakeIntegration(options: { secret?: string; channelId?: string; send?: Send } = {}) {
  const send: Send = options.send ?? ((url, init) => fetch(url, init));
  const faults: Fault[] = [];
  const media = new Map<string, Buffer>();
  const threads = new Map<string, Shown[]>();
  let downloadsToDrop = 0;

  const integration = {
    url: '',
    secret: options.secret ?? 'f1e2d3c4b5a697887766554433221100ffeeddcc',
    channelId: options.channelId ?? randomUUID(),
    scopeId: '',
    /** Scheme, host and port of the chats API. */
    api: 'http://localhost',
    hooks: [] as SeenHook[],
    /** What clients of a conversation were shown, once each. */
    shown: (conversationId: string) => threads.get(conversationId) ?? [],
    open(conversationId: string) {
      threads.set(conversationId, threads.get(conversationId) ?? []);
    },
    keep(content: Buffer, name = 'file.bin'): string {
      const path = `/media/${media.size + 1}/${encodeURIComponent(name)}`;
      media.set(path, content);
      return integration.url + path;
    },
    fault: (fault: Fault) => void faults.push(fault),
    dropDownload() {
      downloadsToDrop += 1;
    },
    clearFaults() {
      faults.length = 0;
      downloadsToDrop = 0;
    },
    /** A signed call; `path` begins at the host. `change` spoils its headers. */
    async call(method: string, path: string, body?: unknown, change: Record<string, string | undefined> = {}): Promise<Reply> {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const signedPath = path.split('?', 1)[0]!;
      const headers = { ...signedHeaders(integration.secret, { method, path: signedPath, body: text }), ...change };
      const kept = Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));
      const answer = await send(integration.api + path, { method, headers: kept, ...(text === '' ? {} : { body: text }) });
      const reply = await answer.text();
      return { status: answer.status, text: reply, json: reply.startsWith('{') ? JSON.parse(reply) : undefined };
    },
    async connect(accountId: string, hookVersion: string | undefined = 'v2'): Promise<Reply> {
      const reply = await integration.call('POST', `/v2/origin/custom/${integration.channelId}/connect`, {
        account_id: accountId,
        title: 'Shop chat',
        ...(hookVersion === undefined ? {} : { hook_api_version: hookVersion }),
      });
      if (reply.status === 200) integration.scopeId = reply.json.scope_id;
      return reply;
    },
    /** A call below the scope that `connect` gave. */
    scoped: (method: string, path: string, body?: unknown) =>
      integration.call(method, `/v2/origin/custom/${integration.scopeId}${path}`, body),
    /** A message of a client, as such integrations send it. `change` goes over the payload, `message` into its message. */
    newMessage(conversationId: string, message: object, change: object = {}) {
      const at = Date.now();
      return {
        event_type: 'new_message',
        payload: {
          timestamp: Math.floor(at / 1000),
          msec_timestamp: at,
          msgid: `m-${randomUUID()}`,
          conversation_id: conversationId,
          sender: { id: `u-${conversationId}`, name: 'Ann', profile: { phone: '79990000000', email: 'ann@example.test' } },
          message,
          silent: false,
          ...change,
        },
      };
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function hook(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await read(request);
    const isSigned = isHookSigned(integration.secret, raw, request.headers['x-signature'] as string | undefined);
    const body = JSON.parse(raw);
    integration.hooks.push({ path: request.url ?? '', body, isSigned });
    const fault = faults.shift();
    if (fault?.type === 'answer') return void response.writeHead(fault.status, fault.headers).end(fault.body);
    if (fault?.type === 'drop' && fault.when === 'before') return void response.destroy();
    if (fault?.type === 'stall' && fault.when === 'before') {
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return void response.destroy();
    }
    if (!isSigned) return json(response, 403, { error: 'bad signature' });
    const conversationId = body.message?.conversation?.client_id ?? body.conversation_id;
    const thread = threads.get(conversationId);
    if (thread === undefined) return json(response, 404, { error: 'no such conversation' });
    const { id = body.message_id, type, text, media: address, markup } = body.message?.message ?? body;
    if (!thread.some((one) => one.id === id)) {
      const shown: Shown = { id, type, text, media: address, buttons: markup?.buttons?.flat() ?? [] };
      if (address !== '') shown.sha256 = await digestOf(address);
      thread.push(shown);
    }
    if (fault?.type === 'drop') return void response.destroy();
    if (fault?.type === 'stall') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    json(response, 200, {});
  }

  function download(path: string, response: ServerResponse): void {
    const content = media.get(path);
    if (content === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-length': content.length });
    if (downloadsToDrop === 0) return void response.end(content);
    downloadsToDrop -= 1;
    response.write(content.subarray(0, content.length >> 1), () => response.destroy());
  }

  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/media/')) return download(request.url, response);
    hook(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  integration.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return integration;
}

export type FakeIntegration = Awaited<ReturnType<typeof startFakeIntegration>>;

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function digestOf(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the file cannot be read: ${answer.status}`);
  return createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex');
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
