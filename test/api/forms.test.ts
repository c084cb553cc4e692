/** Forms over real HTTP: what arrives is stored while it arrives, and what is refused leaves nothing. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ApiError } from '../../api/errors.ts';
import { readForm } from '../../api/form.ts';
import { createFileStorage } from '../../files/storage.ts';
import { makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

const MB = 1024 * 1024;
const LIMIT = 64 * MB;
const BOUNDARY = 'between';
const chunk = Buffer.alloc(64 * 1024, 'tea ');

let world: World;
let ada: Person;
let server: ReturnType<typeof serve>;
let port: number;
beforeAll(async () => {
  world = await startWorld(undefined, { fileBytesLimit: LIMIT });
  server = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(async () => {
  ada = await world.makePerson();
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await world.stop();
});

interface Sender {
  /** Resolves when the connection has taken the piece. */
  write(piece: string | Uint8Array): Promise<void>;
  end(): void;
  request: ClientRequest;
  answer: Promise<{ status: number; body: { id: string; name: string; code: string; detail: string; fields?: { field: string }[] } }>;
}

function open(path: string, headers: Record<string, string> = {}): Sender {
  const sent = request({
    port,
    path,
    method: 'POST',
    headers: { Authorization: `Bearer ${ada.token}`, 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
  });
  const answer = once(sent, 'response').then(async ([response]: IncomingMessage[]) => ({
    status: response!.statusCode!,
    body: (await json(response!)) as Awaited<Sender['answer']>['body'],
  }));
  // Of a sender who goes away, and of one whose rest is not taken.
  answer.catch(() => undefined);
  sent.on('error', () => undefined);
  return {
    request: sent,
    answer,
    end: () => void sent.end(),
    async write(piece) {
      if (!sent.write(piece)) await once(sent, 'drain');
    },
  };
}
const head = (field: string, file?: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"${file === undefined ? '' : `; ${file}`}\r\n\r\n`;
const text = (field: string, value: string) => `${head(field)}${value}\r\n`;
const file = (field: string, name: string, value: string) => `${head(field, `filename="${name}"`)}${value}\r\n`;
const END = `--${BOUNDARY}--\r\n`;

async function send(path: string, ...pieces: (string | Uint8Array)[]) {
  const sender = open(path);
  for (const piece of pieces) await sender.write(piece);
  sender.end();
  return sender.answer;
}

/** Everything that lies in storage of Ada's account, drafts too. */
function stored(): string[] {
  try {
    return readdirSync(join(world.folder, String(ada.accountId)), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
const rows = () => world.sql<{ id: string; name: string; sizeBytes: number; sha256: string; storageKey: string }[]>`
  select id, name, size_bytes "sizeBytes", sha256, storage_key "storageKey" from files where account_id = ${ada.accountId} order by created_at, name`;
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10);
}
async function nothingIsLeft(): Promise<void> {
  expect(await rows()).toEqual([]);
  expect(stored()).toEqual([]);
}

test('60 MB lie in storage before their last byte is sent, and in no memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const hash = createHash('sha256');
  const sender = open('/api/files');
  await sender.write(head('file', 'filename="big.txt"'));
  for (let sent = 0; sent < 60 * MB; sent += chunk.length) {
    hash.update(chunk);
    await sender.write(chunk);
  }
  await until(() => stored().some((path) => statSync(path).size > 59 * MB));
  collect();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30 * MB);
  // Whoever takes so long holds up nobody.
  expect((await world.call(ada, 'GET', '/api/session')).status).toBe(200);
  await sender.write(`\r\n${END}`);
  sender.end();
  expect((await sender.answer).status).toBe(201);
  expect(await rows()).toMatchObject([{ name: 'big.txt', sizeBytes: 60 * MB, sha256: hash.digest('hex') }]);
});

test('a sender is taken from no faster than its file is stored', async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      if (pulled === 1) controller.enqueue(Buffer.from(head('file', 'filename="a"')));
      else if (pulled <= 500) controller.enqueue(chunk);
      else {
        controller.enqueue(Buffer.from(`\r\n${END}`));
        controller.close();
      }
    },
  });
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` };
  const form = await readForm<number>(new Request('http://localhost', { method: 'POST', headers, body, duplex: 'half' } as RequestInit), {
    fields: ['file'],
    most: 1,
    async save(upload) {
      let bytes = 0;
      for await (const piece of upload.body) {
        bytes += (piece as Buffer).length;
        for (let i = 0; i < 20; i += 1) await turn();
        expect(pulled * chunk.length - bytes).toBeLessThan(MB);
      }
      return bytes;
    },
    remove: async () => undefined,
  });
  expect(form.files).toEqual([499 * chunk.length]);
});

test('a file above the limit is refused by name while it arrives, and the sender comes to read it', async () => {
  const sender = open('/api/files');
  await sender.write(head('file', 'filename="big.txt"'));
  for (let sent = 0; sent < LIMIT + 20 * MB; sent += chunk.length) await sender.write(chunk);
  await sender.write(`\r\n${END}`);
  const whole = once(sender.request, 'finish');
  sender.end();
  await whole;
  expect(await sender.answer).toMatchObject({ status: 413, body: { code: 'too_large', fields: [{ field: 'file' }] } });
  await nothingIsLeft();
});

test('files that are too much together are refused, announced or not', async () => {
  const announced = open('/api/files', { 'Content-Length': String(5 * LIMIT) });
  await announced.write(head('file', 'filename="big.txt"'));
  expect(await announced.answer).toMatchObject({ status: 413, body: { code: 'too_large' } });
  announced.request.destroy();

  const card = await makeCard(world, ada);
  const unannounced = open(`/api/conversations/${card.number}/messages`);
  let isAnswered = false;
  void unannounced.answer.finally(() => {
    isAnswered = true;
  });
  for (let index = 0; index < 6 && !isAnswered; index += 1) {
    await unannounced.write(head('files', `filename="${index}.txt"`));
    for (let sent = 0; sent < LIMIT - MB && !isAnswered; sent += chunk.length) {
      await Promise.race([unannounced.write(chunk).catch(() => undefined), unannounced.answer]);
    }
    if (!isAnswered) await Promise.race([unannounced.write('\r\n').catch(() => undefined), unannounced.answer]);
  }
  expect(await unannounced.answer).toMatchObject({ status: 413, body: { code: 'too_large' } });
  unannounced.request.destroy();
  await nothingIsLeft();
});

test('more files than a message may carry are refused, and none of them stays', async () => {
  const card = await makeCard(world, ada);
  const files = Array.from({ length: 51 }, (_, index) => file('files', `${index}.txt`, 'tea'));
  const answer = await send(`/api/conversations/${card.number}/messages`, text('text', 'many'), files.join(''), END);
  expect(answer).toMatchObject({ status: 422, body: { fields: [{ field: 'files' }] } });
  await nothingIsLeft();
  expect((await send('/api/files', file('file', 'a.txt', 'a'), file('file', 'b.txt', 'b'), END)).status).toBe(422);
  await nothingIsLeft();
});

test('texts have a length and a number', async () => {
  const card = await makeCard(world, ada);
  const address = `/api/conversations/${card.number}/messages`;
  const long = await send(address, file('files', 'a.txt', 'tea'), text('text', 'x'.repeat(300 * 1024)), END);
  expect(long).toMatchObject({ status: 413, body: { fields: [{ field: 'text' }] } });
  const many = await send(address, file('files', 'a.txt', 'tea'), text('x', '').repeat(60), END);
  expect(many.status).toBe(422);
  await nothingIsLeft();
});

test('files keep the order of the form, stand before or after the texts, and come in whatever pieces', async () => {
  const card = await makeCard(world, ada);
  const form = [
    file('files', 'первый.txt', 'x'.repeat(200_000)),
    text('text', 'здравствуйте\0'),
    file('files[]', 'second.txt', 'two'),
    file('elsewhere', 'not taken.txt', 'no'),
    text('shorten', 'false'),
    file('files', 'third.txt', 'three'),
    END,
  ].join('');
  world.answerOrder = async () => ({ taken: false });
  for (const pieceBytes of [7, 1000, form.length * 2]) {
    world.sent.length = 0;
    const bytes = Buffer.from(form);
    const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) =>
      bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes),
    );
    await send(`/api/conversations/${card.number}/messages`, ...pieces);
    const order = world.sent[0]?.order as { text: string; fileIds: string[]; shortenLinks: boolean };
    expect(order).toMatchObject({ type: 'write', text: 'здравствуйте', shortenLinks: false });
    const known = new Map((await rows()).map(({ id, name }) => [id, name]));
    expect(order.fileIds.map((id) => known.get(id))).toEqual(['первый.txt', 'second.txt', 'third.txt']);
  }
});

test.each([
  ['UTF-8, as browsers write it', Buffer.from('filename="прайс 2026.txt"'), 'прайс 2026.txt'],
  ['an encoded one (RFC 5987)', Buffer.from("filename*=UTF-8''%D0%BF%D1%80%D0%B0%D0%B9%D1%81.txt"), 'прайс.txt'],
  ['quotes as browsers write them', Buffer.from('filename="the %22best%22.txt"'), 'the "best".txt'],
  ['a path', Buffer.from('filename="C:\\tea\\list.txt"'), 'list.txt'],
  ['another encoding, unreadable letters marked', Buffer.from('filename="caf\xe9.txt"', 'latin1'), 'caf\ufffd.txt'],
])('a name is taken from %s', async (_what, written, name) => {
  const [before, after] = head('file', '@').split('@');
  const answer = await send('/api/files', Buffer.concat([Buffer.from(before!), written, Buffer.from(after!)]), `tea\r\n${END}`);
  expect(answer).toMatchObject({ status: 201, body: { name } });
});

test('a sender who goes away leaves neither rows nor bytes', async () => {
  const card = await makeCard(world, ada);
  const within = open('/api/files');
  await within.write(head('file', 'filename="a.txt"'));
  await within.write(chunk);
  await until(() => stored().length > 0);
  within.request.destroy();
  await until(() => stored().length === 0);

  const after = open(`/api/conversations/${card.number}/messages`);
  await after.write(`${file('files', 'a.txt', 'whole')}${head('files', 'filename="b.txt"')}half`);
  await until(async () => (await rows()).length === 1);
  after.request.destroy();
  await until(async () => (await rows()).length === 0 && stored().length === 0);
});

test.each([
  ['that ends in a file', [head('file', 'filename="a.txt"'), 'half'], {}],
  ['that ends after a file', [file('file', 'a.txt', 'whole')], {}],
  ['that ends in a head', ['--between\r\nContent-Disp'], {}],
  ['of another boundary', [file('file', 'a.txt', 'whole'), END], { 'Content-Type': 'multipart/form-data; boundary=else' }],
  ['without a boundary', [file('file', 'a.txt', 'whole'), END], { 'Content-Type': 'multipart/form-data' }],
  ['with a boundary that is too long', [END], { 'Content-Type': `multipart/form-data; boundary=${'x'.repeat(300)}` }],
  ['that is none', ['file=a'], { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['that is empty', [], {}],
])('a form %s is told to be sent again, and leaves nothing', async (_what, pieces, headers) => {
  const sender = open('/api/files', headers);
  for (const piece of pieces) await sender.write(piece);
  sender.end();
  expect(await sender.answer).toMatchObject({ status: 400, body: { code: 'bad_request', detail: expect.stringMatching(/form/) } });
  await nothingIsLeft();
});

test('files of a message that is refused are removed again, those of one that may still be written stay', async () => {
  const card = await makeCard(world, ada);
  const address = `/api/conversations/${card.number}/messages`;
  const form = [text('text', 'tea'), file('files', 'a.txt', 'tea'), END];
  expect((await send(address, text('channel', '999'), ...form)).status).toBe(422);
  await nothingIsLeft();
  world.answerOrder = async () => ({
    taken: true,
    answer: { status: 'in_work', isRead: true, refused: { code: 'unreachable', detail: 'The client has left' } },
  });
  expect((await send(address, ...form)).status).toBe(422);
  await nothingIsLeft();
  world.answerOrder = async () => {
    throw new ApiError('unavailable', 'The workflow server cannot be reached');
  };
  expect((await send(address, ...form)).status).toBe(503);
  expect(await rows()).toHaveLength(1);
});

test('a file that a message carries is not removed, nor one of another account', async () => {
  const bytes = { put: async () => undefined, get: () => Promise.reject(new Error('none')), remove: async () => undefined };
  const files = createFileStorage({ sql: world.sql, bytes, now: Date.now });
  expect((await send('/api/files', file('file', 'a.txt', 'tea'), END)).status).toBe(201);
  const [row] = await rows();
  await files.remove(ada.accountId + 1, [row!.id]);
  expect(await rows()).toHaveLength(1);
  await world.sql`insert into attachments (account_id, message_id, index, chat_id, channel_id, kind, file_id, copy, name, mime)
    values (${ada.accountId}, gen_random_uuid(), 0, gen_random_uuid(), 1, 'file', ${row!.id}, 'none', 'a.txt', 'text/plain')`;
  await files.remove(ada.accountId, [row!.id]);
  expect(await rows()).toHaveLength(1);
  await world.sql`delete from attachments where account_id = ${ada.accountId}`;
  await files.remove(ada.accountId, [row!.id]);
  expect(await rows()).toEqual([]);
});
