/** The API of short links and the pixel's address, on a real database. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPixel } from '../../widget/build.ts';
import { type Card, makeCard } from '../api/data.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

const SITE = 'https://shop.example';
const VISITOR = 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H';
let world: World;
let ada: Person;
let eve: Person;
let card: Card;
let key = '';
beforeAll(async () => {
  world = await startWorld();
  [ada, eve] = [await world.makePerson(), await world.makePerson()];
  card = await makeCard(world, ada);
  await world.call(ada, 'PUT', '/api/settings', { pixelSites: [SITE] });
  key = ((await (await world.call(ada, 'GET', '/api/pixel')).json()) as { key: string }).key;
});
afterAll(() => world.stop());

const json = async (answer: Response) => (await answer.json()) as Record<string, never>;
const pixel = (body: unknown, headers: Record<string, string> = {}, of = key) =>
  world.app.request(`/pixel/${of}`, {
    method: 'POST',
    headers: { Host: 'localhost', Origin: SITE, 'Content-Type': 'text/plain', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('a link is made once per contact and address, listed with its clicks, and is nobody else’s', async () => {
  const first = await json(await world.call(ada, 'POST', '/api/links', { contactId: card.contactId, url: 'https://shop.example/a' }));
  const second = await json(await world.call(ada, 'POST', '/api/links', { contactId: card.contactId, url: 'https://shop.example/a' }));
  expect(second.id).toBe(first.id);
  expect(first.shortUrl).toMatch(/^http:\/\/localhost\/s\/[0-9A-Za-z]{10}$/);
  const list = await world.call(ada, 'GET', `/api/links?contact=${card.contactId}`);
  expect(await list.json()).toMatchObject({
    items: [{ url: 'https://shop.example/a', clicks: { count: 0, repeats: 0, previews: 0, lastAt: null } }],
  });
  expect(await (await world.call(eve, 'GET', `/api/links?contact=${card.contactId}`)).json()).toMatchObject({ items: [] });
  expect((await world.call(eve, 'POST', '/api/links', { contactId: card.contactId, url: 'https://shop.example/a' })).status).toBe(404);
  expect((await world.call(eve, 'GET', `/api/contacts/${card.contactId}/visits`)).status).toBe(404);
  const wrong = await world.call(ada, 'POST', '/api/links', { contactId: card.contactId, url: 'javascript:alert(1)' });
  expect([wrong.status, (await json(wrong)).code]).toEqual([422, 'invalid']);
});

test('the vendor’s addresses answer in the order of the requests', async () => {
  const ask = (url: string, id = card.contactId) => ({ url, metadata: { entity_type: 'contacts', entity_id: id } });
  for (const path of ['/api/v4/short_links', '/api/v2/url_shortener', '/api/v2/url_shortener/']) {
    const answer = await world.call(ada, 'POST', path, [ask('https://b.example/'), ask('https://a.example/'), ask('https://b.example/')]);
    expect([path, answer.status]).toEqual([path, 200]);
    const { _embedded } = (await answer.json()) as { _embedded: { short_links: { url: string; account_id: number; metadata: object }[] } };
    const [b, a, again] = _embedded.short_links;
    expect(b).toEqual({
      url: expect.any(String),
      account_id: ada.accountId,
      metadata: { entity_type: 'contacts', entity_id: card.contactId },
    });
    expect([b!.url === again!.url, a!.url === b!.url]).toEqual([true, false]);
  }
  expect((await world.call(eve, 'POST', '/api/v4/short_links', [ask('https://b.example/')])).status).toBe(400);
  expect((await world.call(ada, 'POST', '/api/v4/short_links', [{ url: 'x' }])).status).toBe(400);
  expect((await world.call(undefined, 'POST', '/api/v4/short_links', [])).status).toBe(401);
});

test('the pixel speaks only for the account’s own sites, in small bodies', async () => {
  const visit = { v: VISITOR, page: `${SITE}/a?secret=1#x`, title: 'A' };
  const answer = await pixel(visit);
  expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([204, SITE]);
  expect((await pixel(visit, { Origin: 'https://elsewhere.example' })).status).toBe(403);
  expect((await pixel(visit, {}, `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
  expect((await pixel({ ...visit, title: 'x'.repeat(5000) })).status).toBe(400);
  expect((await pixel({ ...visit, v: 'short' })).status).toBe(400);
  const rows = await world.sql`select page from site_visits where account_id = ${ada.accountId}`;
  expect([...rows]).toEqual([{ page: `${SITE}/a` }]);
});

test('who came by a short link is known on the site: visits stand on the card, the first of a visit is an event', async () => {
  await world.sql`insert into visitors (account_id, visitor_id, contact_id, how, at) values (${ada.accountId}, 'Zz0Bb1Cc2Dd3Ee4Ff5Gg6H', ${card.contactId}, 'link', ${Date.now()})`;
  const other = 'Yy0Bb1Cc2Dd3Ee4Ff5Gg6H';
  for (const path of ['/one', '/two']) await pixel({ v: other, l: 'Zz0Bb1Cc2Dd3Ee4Ff5Gg6H', page: SITE + path, title: path });
  const seen = await world.call(ada, 'GET', `/api/contacts/${card.contactId}/visits`);
  expect(await seen.json()).toMatchObject({ items: [{ page: `${SITE}/two` }, { page: `${SITE}/one`, title: '/one' }] });
  const events = await world.sql<
    { entity_id: number }[]
  >`select entity_id from events where account_id = ${ada.accountId} and type = 'site_visit_note_added'`;
  expect([...events]).toEqual([{ entity_id: card.contactId }]);
});

test('a phone or an e-mail in a form ties the visitor to the contact that has it', async () => {
  const [field] = await world.sql<
    { id: number }[]
  >`select id from custom_fields where account_id = ${ada.accountId} and entity = 'contact' and code = 'PHONE'`;
  await world.sql`update contacts set fields = ${{ [field!.id]: [{ value: '+7 (999) 123-45-67', code: 'WORK' }] } as never} where account_id = ${ada.accountId} and id = ${card.contactId}`;
  const visitor = 'Xx0Bb1Cc2Dd3Ee4Ff5Gg6H';
  await pixel({ v: visitor, phone: '8 999 123 45 67', email: 'Nobody@Example.com ' });
  const tied = await world.sql`select contact_id, how from visitors where account_id = ${ada.accountId} and visitor_id = ${visitor}`;
  expect([...tied]).toEqual([{ contact_id: card.contactId, how: 'form' }]);
  const forms = await world.sql`select kind, value from visitor_forms where account_id = ${ada.accountId} order by kind`;
  expect([...forms]).toEqual([
    { kind: 'email', value: 'nobody@example.com' },
    { kind: 'phone', value: '89991234567' },
  ]);
  // The card tells of what it does not know already.
  const shown = await world.call(ada, 'GET', `/api/contacts/${card.contactId}/visits`);
  expect(((await shown.json()) as { forms: object[] }).forms).toEqual([
    { kind: 'email', value: 'nobody@example.com', at: expect.any(Number) },
  ]);
});

test('somebody who floods is slowed down and told for how long', async () => {
  let last = await pixel({ v: VISITOR });
  for (let i = 0; i < 300 && last.status === 204; i += 1) last = await pixel({ v: VISITOR });
  expect([last.status, Number(last.headers.get('Retry-After')) > 0]).toEqual([429, true]);
});

test('the script is smaller than 3 KB as it travels', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beseda-pixel-'));
  try {
    await buildPixel(folder);
    expect(gzipSync(readFileSync(join(folder, 'pixel.js'))).length).toBeLessThan(3072);
  } finally {
    await rm(folder, { recursive: true });
  }
});
