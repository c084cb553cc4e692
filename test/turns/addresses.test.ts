/** Files that a bot gives by an address: our own copies of them, made before anything is sent. On real Postgres, with a server of files beside it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sql } from '../../db/connection.ts';
import { folderByteStore } from '../../files/byte-store.ts';
import { createFileStorage, DEFAULT_FILE_BYTES } from '../../files/storage.ts';
import { SAMPLE_PNG } from '../fakes/telegram/images.ts';
import { createTurns, START, type Turns } from './world.ts';

const DAY_MS = 86_400_000;

let t: Turns;
let folder = '';
let base = '';
let chat = '';
let chats = 0;
const asked: string[] = [];
let answer: (response: ServerResponse, path: string) => void;
const server = createServer((request, response) => {
  asked.push(request.url!);
  answer(response, request.url!);
});
const storageOf = (sql: Sql) => createFileStorage({ sql, bytes: folderByteStore(folder), now: () => START });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beseda-addresses-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t = await createTurns({ files: storageOf, allowPrivateAddresses: true });
});
afterAll(async () => {
  await t.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  chats += 1;
  chat = `u${chats}`;
  t.at = START + chats * 10 * DAY_MS;
  asked.length = 0;
  t.outgoing.length = 0;
  t.failures.length = 0;
  t.checks.length = 0;
  await t.settings({});
  answer = (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(SAMPLE_PNG);
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
});

/** A bot that answers a conversation's beginning with pictures from addresses. */
const shows = (world: Turns, ...urls: string[]) =>
  world.bot({
    0: {
      question: [
        {
          handler: 'send_message',
          params: { type: 'external', text: 'Look', attachments: urls.map((url) => ({ type: 'picture', value: url })) },
        },
      ],
    },
  });
const rows = (world = t) => world.sql<
  { copy: string; copy_words: string; file_id: string | null; mime: string; size_bytes: number | null }[]
>`
  select a.copy, a.copy_words, a.file_id, a.mime, a.size_bytes from attachments a join chats h on h.account_id = a.account_id and h.id = a.chat_id
  where a.account_id = ${world.accountId} and h.external_chat_id = ${chat} order by a.index`;
const parts = (world = t) => world.sql<{ status: string; status_words: string; attempts: number }[]>`
  select p.status, p.status_words, p.attempts from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
  where p.account_id = ${world.accountId} and h.external_chat_id = ${chat} order by p.position, p.index`;
const pauseOver = () => t.sql`update parts set not_before = null where account_id = ${t.accountId}`;
/** As if the process had been killed while it held the part, longer ago than any call may take. */
const killed = () => t.sql`
  update parts set status = 'claimed', claimed_at = ${Date.now() - 60_000}, claim_ends_at = ${Date.now() - 1000}, not_before = null
  where account_id = ${t.accountId} and chat_id = (select id from chats where account_id = ${t.accountId} and external_chat_id = ${chat})`;

test('the messenger gets our copy, with the type that its bytes show, and no address', async () => {
  await shows(t, `${base}/a.png`);
  await t.says(chat, 'hello');
  await t.drain(chat);
  const [sent] = t.outgoing;
  const [attachment] = sent!.part.attachments;
  expect(attachment).toMatchObject({ kind: 'picture', mime: 'image/png', sizeBytes: SAMPLE_PNG.length });
  expect(attachment).not.toHaveProperty('url');
  expect(await buffer(await sent!.files[attachment!.fileId!]!.open())).toEqual(SAMPLE_PNG);
  expect(await rows()).toEqual([
    { copy: 'stored', copy_words: '', file_id: attachment!.fileId, mime: 'image/png', size_bytes: SAMPLE_PNG.length },
  ]);
});

test('a copy is made once, however often its part is sent', async () => {
  t.failures.push(Object.assign(new Error('database away'), { code: 'ECONNREFUSED' }));
  await shows(t, `${base}/once.png`, `${base}/once.png`);
  await t.says(chat, 'hello');
  await pauseOver();
  await t.drain(chat);
  expect(t.outgoing).toHaveLength(1);
  expect(asked).toEqual(['/once.png']);
});

test('a server that is away is asked again later; what was copied meanwhile is kept', async () => {
  answer = (response, path) => void response.writeHead(path === '/2.png' ? 503 : 200).end(SAMPLE_PNG);
  await shows(t, `${base}/1.png`, `${base}/2.png`);
  await t.says(chat, 'hello');
  expect(await t.drain(chat)).toBeGreaterThan(0);
  expect(await parts()).toMatchObject([{ status: 'planned', status_words: expect.stringContaining('503') }]);
  expect(t.outgoing).toEqual([]);

  answer = (response) => void response.writeHead(200).end(SAMPLE_PNG);
  await pauseOver();
  expect(await t.drain(chat)).toBeUndefined();
  expect(asked.toSorted()).toEqual(['/1.png', '/2.png', '/2.png']);
  expect(t.outgoing.map(({ part }) => part.attachments.length)).toEqual([2]);
});

test('a process killed while it copied leaves nothing unknown: the part is sent, though a repeat is asked about', async () => {
  await t.settings({ unknownOutcome: 'markAndAsk' });
  answer = (response) => void response.writeHead(503).end();
  await shows(t, `${base}/a.png`);
  await t.says(chat, 'hello');
  await killed();
  answer = (response) => void response.writeHead(200).end(SAMPLE_PNG);
  expect(await t.drain(chat)).toBeUndefined();
  expect(await parts()).toMatchObject([{ status: 'accepted' }]);
});

test('a process killed between the copy and the call finds the copy again by its message', async () => {
  answer = (response) => void response.writeHead(503).end();
  await shows(t, `${base}/a.png`);
  await t.says(chat, 'hello');
  const file = await storageOf(t.sql).save({ accountId: t.accountId, name: 'a.png', body: SAMPLE_PNG, createdBy: 'channel:1' });
  await t.sql`update attachments set file_id = ${file.id}, copy = 'stored', mime = ${file.mime} where account_id = ${t.accountId} and url = ${`${base}/a.png`}
    and chat_id = (select id from chats where account_id = ${t.accountId} and external_chat_id = ${chat})`;
  await killed();
  asked.length = 0;
  expect(await t.drain(chat)).toBeUndefined();
  expect(asked).toEqual([]);
  expect(t.outgoing[0]!.part.attachments[0]).toMatchObject({ fileId: file.id });
});

const refusals: [string, (response: ServerResponse) => void, string][] = [
  ['gone', (response) => void response.writeHead(404).end(), 'answered 404'],
  ['empty', (response) => void response.writeHead(200).end(), 'The file is empty'],
  ['too large', (response) => void response.writeHead(200, { 'content-length': DEFAULT_FILE_BYTES + 1 }).write('x'), 'up to 50 MB'],
];
for (const [what, answers, words] of refusals) {
  test(`a file that is ${what} refuses its message in words`, async () => {
    answer = answers;
    await shows(t, `${base}/a.png`);
    await t.says(chat, 'hello');
    await t.drain(chat);
    expect(await parts()).toMatchObject([{ status: 'refused', status_words: expect.stringContaining(words) }]);
    expect(t.outgoing).toEqual([]);
  });
}

test('a private address is not read unless the installation allows it', async () => {
  const guarded = await createTurns({ files: storageOf });
  try {
    await shows(guarded, `${base}/a.png`);
    await guarded.says(chat, 'hello');
    await guarded.drain(chat);
    expect(await parts(guarded)).toMatchObject([{ status: 'refused', status_words: expect.stringContaining('private address') }]);
    expect(asked).toEqual([]);
  } finally {
    await guarded.end();
  }
});

test('servers of files that are away do not make the channel count as broken', async () => {
  answer = (response) => void response.writeHead(503).end();
  await shows(t, `${base}/a.png`);
  for (let index = 0; index < 8; index += 1) await t.says(`${chat}-${index}`, 'hello');
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  await t.says(chat, 'hello');
  await t.orders(chat, { type: 'write', by: t.userId, text: 'at once', fileIds: [] });
  expect(t.outgoing.map(({ part }) => part.text)).toEqual(['at once']);
});

test('in the web chat the message stands at once, and its file comes when it is copied', async () => {
  await shows(t, `${base}/a.png`);
  const { state } = await t.turn(chat, [t.message(chat, { text: 'hello' })], t.webchat);
  expect(state).toMatchObject({ lane: 'empty', media: 'waiting' });
  expect(await parts()).toMatchObject([{ status: 'accepted' }]);
  expect(await rows()).toMatchObject([{ copy: 'waiting', file_id: null }]);
  expect(asked).toEqual([]);

  answer = (response) => void response.writeHead(503).end();
  await expect(t.copies(chat)).rejects.toThrow();
  expect(await rows()).toMatchObject([{ copy: 'waiting' }]);
  answer = (response) => void response.writeHead(200).end(SAMPLE_PNG);
  await t.copies(chat);
  expect(await rows()).toMatchObject([{ copy: 'stored', file_id: expect.any(String), mime: 'image/png' }]);
});

test('in the web chat a file that is gone is said to be', async () => {
  answer = (response) => void response.writeHead(404).end();
  await shows(t, `${base}/a.png`);
  await t.turn(chat, [t.message(chat, { text: 'hello' })], t.webchat);
  await t.copies(chat);
  expect(await rows()).toMatchObject([{ copy: 'failed', copy_words: expect.stringContaining('404') }]);
});
