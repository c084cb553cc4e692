import { expect, test } from 'vitest';
import { webchatRoutes } from '../../api/webchat/routes.ts';
import type { WireFile, WireHistory, WireSession } from '../../api/webchat/wire.ts';
import { createWorld, type World } from './world.ts';

const SHOP = 'https://shop.example';
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

interface Site {
  world: World;
  channel: ReturnType<World['addChannel']>;
  request(path: string, init?: RequestInit & { token?: string; origin?: string | null }): Promise<Response>;
  visit(token?: string): Promise<{ token: string; visitorId: string }>;
  write(token: string, draft: Record<string, unknown>): Promise<Response>;
  upload(token: string, name: string, bytes: Uint8Array, claimed?: string): Promise<Response>;
}

function openSite(key = 'wc_one', world = createWorld()): Site {
  const channel = world.addChannel(key, { origins: [SHOP] });
  const app = webchatRoutes(world.deps);
  const site: Site = {
    world,
    channel,
    async request(path, { token, origin = SHOP, ...init } = {}) {
      const headers = new Headers(init.headers);
      headers.set('Host', 'beseda.example');
      if (origin !== null) headers.set('Origin', origin);
      if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
      return app.request(`https://beseda.example/${key}/${path}`, { ...init, headers });
    },
    async visit(visitorToken) {
      const response = await site.request('session', { method: 'POST', body: JSON.stringify({ visitorToken }) });
      expect(response.status).toBe(200);
      const { token } = (await response.json()) as WireSession;
      return { token, visitorId: token.split('.')[0]! };
    },
    write: (token, draft) => site.request('messages', { method: 'POST', token, body: JSON.stringify({ sentAt: world.now, ...draft }) }),
    upload(token, name, bytes, claimed = 'image/png') {
      const form = new FormData();
      form.set('file', new File([bytes as Uint8Array<ArrayBuffer>], name, { type: claimed }));
      return site.request('files', { method: 'POST', token, body: form });
    },
  };
  return site;
}

test('a visitor who comes back with the token keeps the thread', async () => {
  const site = openSite();
  const first = await site.visit();
  const second = await site.visit(first.token);
  expect(second.visitorId).toBe(first.visitorId);
});

test.each([
  ['an altered visitor', (t: string) => `A${t.slice(1)}`],
  ['an altered signature', (t: string) => `${t.slice(0, -2)}${t.endsWith('AA') ? 'BB' : 'AA'}`],
  ['an altered date', (t: string) => t.replace(/\.(\d+)\./, (_, seconds) => `.${Number(seconds) + 1}.`)],
  ['no token at all', () => 'x'],
])('a session with %s is refused, and at the door begins a new empty thread', async (_name, alter) => {
  const site = openSite();
  const { token, visitorId } = await site.visit();
  const forged = alter(token);
  for (const path of ['messages', 'stream']) expect((await site.request(path, { token: forged })).status).toBe(401);
  expect((await site.write(forged, { clientMessageId: crypto.randomUUID(), text: 'hi' })).status).toBe(401);
  expect((await site.visit(forged)).visitorId).not.toBe(visitorId);
  expect(site.world.facts).toEqual([]);
});

test("another channel's session opens nothing", async () => {
  const world = createWorld();
  const one = openSite('wc_one', world);
  const two = openSite('wc_two', world);
  const { token } = await one.visit();
  expect((await two.request('messages', { token })).status).toBe(401);
  expect((await one.request('messages', { token })).status).toBe(200);
});

test('a session ends after 400 days without a visit', async () => {
  const site = openSite();
  const { token } = await site.visit();
  site.world.now += 399 * 24 * 3600 * 1000;
  expect((await site.request('messages', { token })).status).toBe(200);
  site.world.now += 2 * 24 * 3600 * 1000;
  expect((await site.request('messages', { token })).status).toBe(401);
});

test('a site outside the allow-list is refused everywhere and told how to be let in', async () => {
  const site = openSite();
  const { token } = await site.visit();
  for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null']) {
    for (const path of ['config', 'messages', 'stream', 'files/x']) {
      const response = await site.request(path, { token, origin });
      expect([path, origin, response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([path, origin, 403, null]);
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      expect(await response.text()).toContain('allowed sites');
    }
    expect((await site.request('session', { method: 'POST', origin, body: '{}' })).status).toBe(403);
  }
  expect((await site.request('session', { method: 'POST', origin: null, body: '{}' })).status).toBe(403);
});

test('CORS names exactly the asking site, never allows cookies, and refuses another before the request is made', async () => {
  const site = openSite();
  const allowed = await site.request('messages', { method: 'OPTIONS' });
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe(SHOP);
  expect(allowed.headers.get('Access-Control-Allow-Credentials')).toBeNull();
  expect(allowed.headers.get('Vary')).toContain('Origin');
  expect((await site.request('messages', { method: 'OPTIONS', origin: 'https://evil.example' })).status).toBe(403);
  expect((await site.request('session', { method: 'POST', origin: 'https://beseda.example', body: '{}' })).status).toBe(200);
});

test('without an allow-list only pages on loopback may use a server on loopback', async () => {
  const world = createWorld();
  world.addChannel('wc_demo');
  const app = webchatRoutes(world.deps);
  const ask = (host: string, origin: string) => app.request(`http://${host}/wc_demo/config`, { headers: { Host: host, Origin: origin } });
  expect((await ask('localhost:3000', 'http://127.0.0.1:8080')).status).toBe(200);
  expect((await ask('localhost:3000', 'https://shop.example')).status).toBe(403);
  expect((await ask('beseda.example', 'http://localhost:8080')).status).toBe(403);
});

test('an unknown key is 404', async () => {
  const app = webchatRoutes(createWorld().deps);
  expect((await app.request('http://localhost/wc_none/config')).status).toBe(404);
});

test('a message becomes one fact with the browser’s own id, and a resent one is taken again without a double', async () => {
  const site = openSite();
  const { token, visitorId } = await site.visit();
  const clientMessageId = crypto.randomUUID();
  for (let i = 0; i < 3; i += 1) expect((await site.write(token, { clientMessageId, text: 'hello\0 \ud800' })).status).toBe(202);
  expect(site.world.facts).toHaveLength(3);
  expect(site.world.facts[0]).toMatchObject({
    type: 'messageReceived',
    id: `message/${clientMessageId}`,
    chat: { externalChatId: visitorId, kind: 'private' },
    sender: { externalUserId: visitorId },
    message: { externalId: clientMessageId, text: 'hello \uFFFD', receivedAt: site.world.now },
  });
  const history = (await (await site.request('messages', { token })).json()) as WireHistory;
  expect(history.messages.map((m) => [m.clientMessageId, m.text])).toEqual([[clientMessageId, 'hello \uFFFD']]);
});

test('while Temporal is away a message is answered 503, so that the browser keeps it', async () => {
  const site = openSite();
  const { token } = await site.visit();
  site.world.away = true;
  const response = await site.write(token, { clientMessageId: crypto.randomUUID(), text: 'hi' });
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toBe('2');
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe(SHOP);
  expect(await response.json()).toMatchObject({ code: 'unavailable', status: 503 });
});

test.each([
  ['clientMessageId', { clientMessageId: 'no-uuid', text: 'x' }],
  ['text', { clientMessageId: crypto.randomUUID(), text: 'x'.repeat(4097) }],
  ['text', { clientMessageId: crypto.randomUUID(), text: '  ' }],
  ['sentAt', { clientMessageId: crypto.randomUUID(), text: 'x', sentAt: 'yesterday' }],
  ['attachments', { clientMessageId: crypto.randomUUID(), text: 'x', attachments: Array(11).fill({ fileId: 'x' }) }],
])('a wrong %s is refused by name', async (field, draft) => {
  const site = openSite();
  const { token } = await site.visit();
  const response = await site.write(token, draft);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { detail: string }).detail).toMatch(new RegExp(`^${field}`));
});

test('a moment the visitor’s clock cannot know becomes the server’s', async () => {
  const site = openSite();
  const { token } = await site.visit();
  await site.write(token, { clientMessageId: crypto.randomUUID(), text: 'future', sentAt: site.world.now + 3_600_000 });
  await site.write(token, { clientMessageId: crypto.randomUUID(), text: 'hour ago', sentAt: site.world.now - 3_600_000 });
  expect(site.world.facts.map((f) => f.type === 'messageReceived' && f.message.receivedAt - site.world.now)).toEqual([0, -3_600_000]);
});

test('a file goes up, into a message and comes back with headers that keep it from running', async () => {
  const site = openSite();
  const { token } = await site.visit();
  const up = await site.upload(token, '../cup "1".png', png);
  expect(up.status).toBe(201);
  const file = (await up.json()) as WireFile;
  expect(file).toMatchObject({ kind: 'picture', name: 'cup "1".png', mime: 'image/png', sizeBytes: png.byteLength });
  expect((await site.write(token, { clientMessageId: crypto.randomUUID(), text: '', attachments: [{ fileId: file.fileId }] })).status).toBe(
    202,
  );
  const history = (await (await site.request('messages', { token })).json()) as WireHistory;
  const handle = history.messages[0]?.attachments[0]?.handle ?? '';
  const got = await site.request(`files/${handle}`); // as an <img> would: no Authorization
  expect(got.status).toBe(200);
  expect(Buffer.from(await got.arrayBuffer()).equals(png)).toBe(true);
  expect(got.headers.get('Content-Type')).toBe('image/png');
  expect(got.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(got.headers.get('Content-Security-Policy')).toContain('sandbox');
  expect(got.headers.get('Content-Disposition')).toBe("inline; filename*=UTF-8''cup%20%221%22.png");
});

test.each([
  ['bytes=0-3', 206, 'abcd', 'bytes 0-3/10'],
  ['bytes=8-', 206, 'ij', 'bytes 8-9/10'],
  ['bytes=-2', 206, 'ij', 'bytes 8-9/10'],
  ['bytes=5-99', 206, 'fghij', 'bytes 5-9/10'],
  ['bytes=10-', 200, 'abcdefghij', null],
  ['bytes=x', 200, 'abcdefghij', null],
])('a player that asks for %s of a file gets it', async (range, status, words, header) => {
  const site = openSite();
  const { token } = await site.visit();
  const { fileId } = (await (await site.upload(token, 'a.txt', Buffer.from('abcdefghij'))).json()) as WireFile;
  const got = await site.request(`files/${fileId}`, { headers: { Range: range } });
  expect([got.status, await got.text(), got.headers.get('Content-Range')]).toEqual([status, words, header]);
  expect(got.headers.get('Content-Length')).toBe(String(words.length));
});

test('files are judged by their bytes: a page or a program under any name is refused, text is only downloaded', async () => {
  const site = openSite();
  const { token } = await site.visit();
  expect((await site.upload(token, 'cute.png', Buffer.from('<svg onload="x()"/>'))).status).toBe(415);
  expect((await site.upload(token, 'cute.png', Buffer.from('MZ\0\0\0\0binary'))).status).toBe(415);
  expect((await site.upload(token, 'empty.txt', Buffer.from(''))).status).toBe(400);
  const text = await site.upload(token, 'a.html', Buffer.from('only words'), 'text/html');
  const { fileId, mime } = (await text.json()) as WireFile;
  expect(mime).toBe('text/plain');
  const got = await site.request(`files/${fileId}`);
  expect(got.headers.get('Content-Type')).toBe('application/octet-stream');
  expect(got.headers.get('Content-Disposition')).toMatch(/^attachment/);
});

test('a file above the limit is refused', async () => {
  const site = openSite();
  site.world.deps.fileBytesLimit = 100_000;
  const app = webchatRoutes(site.world.deps);
  const { token } = await site.visit();
  for (const size of [100_001, 400_000]) {
    const form = new FormData();
    form.set('file', new File([new Uint8Array(size).fill(65)], 'a.txt'));
    const headers = { Host: 'beseda.example', Origin: SHOP, Authorization: `Bearer ${token}` };
    expect((await app.request('https://beseda.example/wc_one/files', { method: 'POST', body: form, headers })).status).toBe(413);
  }
});

test('files of another chat are not there, whether read or put into a message', async () => {
  const site = openSite();
  const owner = await site.visit();
  const other = await site.visit();
  const { fileId } = (await (await site.upload(owner.token, 'cup.png', png)).json()) as WireFile;
  const [name, visitor, expires, mac] = fileId.split('.');
  expect((await site.request(`files/${fileId}`, { token: other.token })).status).toBe(404);
  expect((await site.request(`files/${[name, other.visitorId, expires, mac].join('.')}`)).status).toBe(404);
  expect((await site.request(`files/${[name, visitor, `9${expires}`, mac].join('.')}`)).status).toBe(404);
  expect((await site.request('files/file-1')).status).toBe(404);
  expect((await site.write(other.token, { clientMessageId: crypto.randomUUID(), text: '', attachments: [{ fileId }] })).status).toBe(400);
  site.world.now += 15 * 24 * 3600 * 1000;
  expect((await site.request(`files/${fileId}`)).status).toBe(404);
});

test('history is read in both directions, a page at a time', async () => {
  const site = openSite();
  const { token, visitorId } = await site.visit();
  const cursors = Array.from({ length: 120 }, (_, i) => site.world.say(site.channel, visitorId, { text: `m${i}` }));
  const read = async (query: string) => (await (await site.request(`messages${query}`, { token })).json()) as WireHistory;
  const latest = await read('');
  expect([latest.messages.length, latest.messages.at(-1)?.cursor, latest.more]).toEqual([50, cursors.at(-1), true]);
  const before = await read(`?before=${latest.messages[0]?.cursor}`);
  expect([before.messages[0]?.text, before.messages.at(-1)?.text, before.more]).toEqual(['m20', 'm69', true]);
  const after = await read(`?after=${cursors[100]}`);
  expect([after.messages[0]?.text, after.messages.length, after.more]).toEqual(['m101', 19, false]);
  expect((await site.request('messages?after=-1', { token })).status).toBe(400);
});

test('receipts are signalled once per news, and only for what was not confirmed yet', async () => {
  const site = openSite();
  const { token, visitorId } = await site.visit();
  const first = site.world.say(site.channel, visitorId, { text: 'one' });
  const second = site.world.say(site.channel, visitorId, { text: 'two' });
  const confirm = (upTo: number, status: string) => site.request('seen', { method: 'POST', token, body: JSON.stringify({ upTo, status }) });
  expect((await confirm(first, 'read')).status).toBe(204);
  expect((await confirm(second, 'delivered')).status).toBe(204);
  expect((await confirm(second, 'delivered')).status).toBe(204);
  expect(site.world.facts).toMatchObject([
    { type: 'receiptCame', status: 'read', externalIds: [String(first)] },
    { type: 'receiptCame', status: 'delivered', externalIds: [String(second)] },
  ]);
});

test('a visitor who floods is slowed down and told for how long; others are not', async () => {
  const site = openSite();
  const loud = await site.visit();
  const quiet = await site.visit();
  const statuses = [];
  for (let i = 0; i < 22; i += 1) statuses.push((await site.write(loud.token, { clientMessageId: crypto.randomUUID(), text: 'x' })).status);
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(202));
  expect(statuses.slice(20)).toEqual([429, 429]);
  expect((await site.write(quiet.token, { clientMessageId: crypto.randomUUID(), text: 'x' })).status).toBe(202);
  site.world.now += 2000;
  expect((await site.write(loud.token, { clientMessageId: crypto.randomUUID(), text: 'x' })).status).toBe(202);
});

test.each([
  ['the pixel’s id of the browser', 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H', 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H'],
  ['anything else', 'VisitorUid_1', undefined],
  ['what is no text', 5, undefined],
])('%s comes with the message, which is taken in any case', async (_name, visitor, payload) => {
  const site = openSite();
  const { token } = await site.visit();
  expect((await site.write(token, { clientMessageId: crypto.randomUUID(), text: 'hello', visitor })).status).toBe(202);
  expect(site.world.facts.flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message.startPayload] : []))).toEqual([payload]);
});
