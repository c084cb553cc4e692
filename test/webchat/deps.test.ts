import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiDeps } from '../../api/deps.ts';
import type { LiveNews } from '../../api/live.ts';
import { webchatRoutes } from '../../api/webchat/routes.ts';
import type { WireFile, WireHistory, WireSession } from '../../api/webchat/wire.ts';
import { webchatDeps } from '../../api/webchat-deps.ts';
import type { ChannelFact } from '../../channels/channel.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { channelOfKey } from '../../db/stores/channels.ts';
import { createTestDatabase, type TestDatabase } from '../../embedded/testing.ts';
import { folderByteStore } from '../../files/byte-store.ts';
import { createFileStorage } from '../../files/storage.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const listeners = new Map<number, Set<(news: LiveNews) => void>>();
const facts: ChannelFact[] = [];
let database: TestDatabase;
let sql: Sql;
let folder: string;
let app: ReturnType<typeof webchatRoutes>;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect(database.url, { max: 4 });
  folder = await mkdtemp(join(tmpdir(), 'beseda-files-'));
  const at = Date.now();
  await sql`insert into accounts (id, name, subdomain, created_at) values (1, 'Tea', 'tea', ${at})`;
  await sql`insert into channels (account_id, id, type, name, external_id, credentials_sealed, receive, webhook_secret, settings, created_at, updated_at)
    values (1, 11, 'webchat', 'Shop chat', 'wc_real', 'x', 'webhook', 's', ${sql.typed.json({ accent: 'nonsense', greeting: 'Hi' })}, ${at}, ${at})`;
  const live: ApiDeps['live'] = {
    subscribe(accountId, listener) {
      const ofAccount = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, ofAccount.add(listener));
      return () => void ofAccount.delete(listener);
    },
    stop: async () => undefined,
  };
  const deps = {
    sql,
    live,
    files: createFileStorage({ sql, bytes: folderByteStore(folder), now: Date.now }),
    signaller: { deliver: async (_channel: unknown, given: ChannelFact[]) => void facts.push(...given) },
    secretKey: new Uint8Array(32).fill(1),
    now: Date.now,
    clientIp: () => undefined,
    log: { error: (details: unknown) => console.error(details) },
    closing: new AbortController().signal,
  } as unknown as ApiDeps;
  app = webchatRoutes(webchatDeps(deps, { byKey: (key) => channelOfKey(sql, key) }));
});
afterAll(async () => {
  await sql.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit & { token?: string } = {}): ReturnType<Hono['request']> => {
  const headers = new Headers({
    Host: 'localhost',
    Origin: 'http://localhost',
    ...(init.token === undefined ? {} : { Authorization: `Bearer ${init.token}` }),
    ...(init.headers as Record<string, string> | undefined),
  });
  return app.request(`http://localhost/wc_real/${path}`, { ...init, headers });
};

/** What a turn leaves of a fact or of an answer. */
async function store(
  chatId: string,
  position: number,
  row: { direction: 'in' | 'out'; text: string; externalId?: string; fileId?: string },
): Promise<void> {
  const id = randomUUID();
  await sql`insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, text, status, external_id, written_at)
    values (1, ${id}, ${chatId}, 11, ${position}, ${row.direction}, ${row.direction === 'in' ? 'client' : 'system'}, ${row.text}, 'accepted', ${row.externalId ?? null}, ${Date.now()})`;
  if (row.fileId !== undefined) {
    await sql`insert into attachments (account_id, message_id, index, chat_id, channel_id, kind, file_id, copy, name, mime)
      values (1, ${id}, 0, ${chatId}, 11, 'picture', ${row.fileId}, 'none', 'cup.png', 'image/png')`;
  }
  await sql`update chats set last_position = ${position} where id = ${chatId}`;
}

const change = (chatId: string) => {
  for (const listener of listeners.get(1) ?? []) listener({ type: 'change', accountId: 1, kind: 'chat', ids: [chatId] });
};

test('settings of a stored channel that cannot be read take their defaults, and the head shows the channel’s name', async () => {
  expect(await (await ask('config')).json()).toMatchObject({ accent: '#3563e9', title: 'Shop chat', greeting: 'Hi' });
});

test('a stream that was opened before the thread exists tells its first messages, files come back byte for byte', async () => {
  const { token } = (await (await ask('session', { method: 'POST' })).json()) as WireSession;
  const stream = await ask('stream', { token });
  const reader = stream.body!.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  let text = '';
  const until = async (words: string) => {
    while (!text.includes(words)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`The stream ended before "${words}"`);
      text += value;
    }
  };
  await until('event: state');

  const form = new FormData();
  form.set('file', new File([png], 'cup.png'));
  const { fileId: handle } = (await (await ask('files', { method: 'POST', token, body: form })).json()) as WireFile;
  const clientMessageId = randomUUID();
  const body = JSON.stringify({ clientMessageId, text: 'look', attachments: [{ fileId: handle }], sentAt: Date.now() });
  expect((await ask('messages', { method: 'POST', token, body })).status).toBe(202);
  const fact = facts.at(-1);
  if (fact?.type !== 'messageReceived') throw new Error('no message was delivered');
  const [file] = fact.message.attachments;
  expect(file).toMatchObject({ kind: 'picture', name: 'cup.png', mime: 'image/png', sizeBytes: png.byteLength });

  const chatId = randomUUID();
  await sql`insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
    values (1, ${chatId}, 11, ${fact.chat.externalChatId}, 'private', 1, ${Date.now()})`;
  await store(chatId, 1, { direction: 'in', text: 'look', externalId: clientMessageId, fileId: file?.fileId });
  change(randomUUID());
  change(chatId);
  await until(clientMessageId);
  await store(chatId, 2, { direction: 'out', text: 'lovely cup' });
  change(chatId);
  await until('lovely cup');
  for (const listener of listeners.get(1) ?? []) listener({ type: 'resync' });
  await store(chatId, 3, { direction: 'out', text: 'after resync' });
  for (const listener of listeners.get(1) ?? []) listener({ type: 'resync' });
  await until('after resync');
  await reader.cancel();

  const { messages } = (await (await ask('messages', { token })).json()) as WireHistory;
  expect(messages.map((message) => [message.cursor, message.author.kind, message.text])).toEqual([
    [1, 'visitor', 'look'],
    [2, 'bot', 'lovely cup'],
    [3, 'bot', 'after resync'],
  ]);
  const got = await ask(`files/${messages[0]?.attachments[0]?.handle}`);
  expect(Buffer.from(await got.arrayBuffer()).equals(png)).toBe(true);
});

test('an upload that is refused leaves neither a row nor bytes', async () => {
  const { token } = (await (await ask('session', { method: 'POST' })).json()) as WireSession;
  const facts = () => sql`select id from files where created_by = 'visitor'`;
  const bytes = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  const before = { rows: (await facts()).length, bytes: bytes() };
  const form = (...files: (Uint8Array<ArrayBuffer> | string)[]) => {
    const made = new FormData();
    for (const file of files) made.append('file', new File([file], 'a.bin'));
    return made;
  };
  const type = { 'Content-Type': 'multipart/form-data; boundary=x' };
  const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const tries: [RequestInit, number][] = [
    [{ body: form(new Uint8Array(200_000)) }, 415],
    [{ body: form('one', 'two') }, 400],
    [{ body: `${part}half`, headers: type }, 400],
    [{ body: `${part}whole\r\n--x\r\nContent-Disp`, headers: type }, 400],
    [{ body: form() }, 400],
  ];
  for (const [init, status] of tries) expect((await ask('files', { method: 'POST', token, ...init })).status).toBe(status);
  expect({ rows: (await facts()).length, bytes: bytes() }).toEqual(before);
});
