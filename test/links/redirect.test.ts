/** Short links as clients open them, on a real database: where they lead, what is a click, what a crash can lose. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createClickWriter, WRITTEN_EVERY_MS } from '../../api/links/click-writer.ts';
import { linksFor, urlKey } from '../../db/stores/links.ts';
import { type Card, makeCard } from '../api/data.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';
const DESK = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36';

let world: World;
let ada: Person;
let card: Card;
let made = 0;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  card = await makeCard(world, ada);
});
afterAll(() => world.stop());
afterEach(() => vi.useRealTimers());

async function link(given?: string): Promise<{ code: string; id: number; url: string }> {
  made += 1;
  const url = given ?? `https://shop.example/${made}`;
  const code = (await linksFor(world.sql, ada.accountId, card.contactId, [url], Date.now())).get(url)!;
  const [row] = await world.sql<{ id: number }[]>`select id from short_links where code = ${code}`;
  return { code, url, id: row!.id };
}
const open = (code: string, headers: Record<string, string> = {}, method = 'GET') =>
  world.app.request(`/s/${code}`, { method, headers: { Host: 'localhost', 'User-Agent': PHONE, ...headers } });
const kinds = async (id: number) =>
  (
    await world.sql<{ kind: string }[]>`select kind from link_clicks where account_id = ${ada.accountId} and link_id = ${id} order by id`
  ).map(({ kind }) => kind);
const clicks = (id: number, expected: string[]) => expect.poll(() => kinds(id), { timeout: 10_000, interval: 30 }).toEqual(expected);

test('a person is led to the address and nothing is kept by anybody between', async () => {
  const { code, id, url } = await link();
  const answer = await open(code);
  expect([answer.status, answer.headers.get('Location'), answer.headers.get('Cache-Control')]).toEqual([302, url, 'no-store']);
  await clicks(id, ['person']);
  const [event] = await world.sql<{ entity_id: number; value_after: { note: { id: number } }[] }[]>`
    select entity_id, value_after from events where account_id = ${ada.accountId} and type = 'link_followed' order by id desc limit 1`;
  expect(event!.entity_id).toBe(card.contactId);
  const [note] = await world.sql<
    { type: string; params: object }[]
  >`select type, params from notes where account_id = ${ada.accountId} and id = ${event!.value_after[0]!.note.id}`;
  expect(note).toEqual({ type: 'link_followed', params: { url } });
  const [stored] = await world.sql<{ agent: string }[]>`select agent from link_clicks where link_id = ${id}`;
  expect(stored!.agent).toBe('mobile');
  expect(
    (await world.sql`select 1 from visitors where account_id = ${ada.accountId} and contact_id = ${card.contactId}`).length,
  ).toBeGreaterThan(0);
});

test('previews, crawlers, HEAD and prefetches are no clicks, and leave no note', async () => {
  const { code, id, url } = await link();
  const before = await world.sql`select 1 from events where account_id = ${ada.accountId} and type = 'link_followed'`;
  const fetchers = [
    'TelegramBot (like TwitterBot)',
    'WhatsApp/2.23.20.0',
    'WhatsApp/2.24.6.77 A',
    'Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)',
    'Viber/13.3.0.5 CFNetwork/1197 Darwin/20.0.0',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (compatible; OdklBot/1.0 like Linux; klass@odnoklassniki.ru)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/120.0.0.0 Safari/537.36',
  ];
  const answers: Response[] = [];
  for (const userAgent of fetchers) answers.push(await open(code, { 'User-Agent': userAgent }));
  for (const purpose of ['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip'])
    answers.push(await open(code, { 'Sec-Purpose': purpose }));
  answers.push(
    await open(code, { Purpose: 'prefetch' }),
    await open(code, { 'X-Moz': 'prefetch' }),
    await open(code, { 'X-Purpose': 'preview' }),
    await open(code, {}, 'HEAD'),
  );
  expect(answers.map((answer) => [answer.status, answer.headers.get('Location'), answer.headers.get('Set-Cookie')])).toEqual(
    answers.map(() => [302, url, null]),
  );
  await clicks(
    id,
    answers.map(() => 'preview'),
  );
  const after = await world.sql`select 1 from events where account_id = ${ada.accountId} and type = 'link_followed'`;
  expect(after.length).toBe(before.length);
});

test('clicks of one visitor within half an hour are one interest, with a cookie and without', async () => {
  const { code, id } = await link();
  const first = await open(code);
  const cookie = first.headers.get('Set-Cookie')!.split(';')[0]!;
  await open(code, { Cookie: cookie });
  await clicks(id, ['person', 'repeat']);
  await open(code); // the messenger's own browser kept no cookie
  await clicks(id, ['person', 'repeat', 'repeat']);
  await open(code, { 'User-Agent': DESK });
  await clicks(id, ['person', 'repeat', 'repeat', 'person']);
  await world.sql`update link_clicks set at = at - interval '31 minutes' where link_id = ${id}`;
  await open(code, { Cookie: cookie });
  await clicks(id, ['person', 'repeat', 'repeat', 'person', 'person']);
});

test('unknown and expired codes get a page in the browser’s language', async () => {
  const { code } = await link();
  await world.sql`update short_links set expires_at = ${Date.now() - 1000} where code = ${code}`;
  const expired = await open(code, { 'Accept-Language': 'ru-RU,ru' });
  expect([expired.status, await expired.text()]).toEqual([410, expect.stringContaining('Срок ссылки истёк')]);
  for (const bad of ['0000000000', 'x', '../etc', `${code}a`]) {
    const unknown = await open(encodeURIComponent(bad), { 'Accept-Language': 'en' });
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('There is no such link')]);
  }
});

test('what a sentence or a messenger left behind the code does not keep anybody from the address', async () => {
  const { code, url } = await link();
  for (const rest of ['.', ',', ')', '…', '»', '!', '%29', '/', '/*', '\u200b'])
    expect([rest, (await open(`${code}${rest}`)).headers.get('Location')]).toEqual([rest, url]);
});

test('only the account’s own sites learn who comes', async () => {
  await world.call(ada, 'PUT', '/api/settings', { pixelSites: ['https://shop.example'] });
  try {
    const own = await link('https://shop.example/a?x=%20y#part');
    const foreign = await link('https://elsewhere.example/a');
    expect((await open(own.code)).headers.get('Location')).toMatch(/^https:\/\/shop\.example\/a\?x=%20y&bv=[0-9A-Za-z]{22}#part$/);
    expect((await open(foreign.code)).headers.get('Location')).toBe('https://elsewhere.example/a');
    expect((await open(own.code, { 'User-Agent': 'WhatsApp/2' })).headers.get('Location')).toBe('https://shop.example/a?x=%20y#part');
  } finally {
    await world.call(ada, 'PUT', '/api/settings', { pixelSites: [] });
  }
});

test('a crash loses the clicks of a quarter of a second: then they are written without anybody’s doing, and later ones do not put that off', async () => {
  const { id } = await link();
  const writer = createClickWriter({ sql: world.sql, log: { warn: () => undefined } });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  writer.add({
    accountId: ada.accountId,
    linkId: id,
    at: Date.now(),
    visitorId: 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H',
    agent: 'mobile',
    isProgram: false,
  });
  expect([WRITTEN_EVERY_MS <= 250, await kinds(id)]).toEqual([true, []]);
  vi.advanceTimersByTime(WRITTEN_EVERY_MS - 1);
  writer.add({ accountId: ada.accountId, linkId: id, at: Date.now(), visitorId: null, agent: 'program', isProgram: true });
  vi.advanceTimersByTime(1);
  vi.useRealTimers();
  await clicks(id, ['person', 'preview']);
  await writer.stop();
});

test('clicks outlive a database that is away, and an orderly end writes all of them', async () => {
  const { id } = await link();
  let away = true;
  const sql = new Proxy(world.sql, {
    get: (target, name, self) => (name === 'begin' && away ? () => Promise.reject(new Error('away')) : Reflect.get(target, name, self)),
  });
  const writer = createClickWriter({ sql, log: { warn: () => undefined } });
  writer.add({ accountId: ada.accountId, linkId: id, at: Date.now(), visitorId: null, agent: 'program', isProgram: true });
  await writer.flush();
  expect(await kinds(id)).toEqual([]);
  away = false;
  await writer.stop();
  expect(await kinds(id)).toEqual(['preview']);
});

test('a bot starts once when its client follows a link, and hears nothing of programs', async () => {
  // An account of its own: clicks of the tests before may still be on their way.
  const bob = await world.makePerson();
  const his = await makeCard(world, bob);
  const { accountId } = bob;
  await world.sql`insert into bot_triggers (account_id, bot_id, type) values (${accountId}, ${his.botId}, 'link_followed')`;
  await world.sql`update bot_runs set status = 'ended' where account_id = ${accountId}`;
  await world.sql`update bots set live_version = coalesce(live_version, 1), state = 'on' where account_id = ${accountId} and id = ${his.botId}`;
  const starts = () => world.sent.filter(({ order, to }) => order.type === 'begin' && to.accountId === accountId).length;
  const url = 'https://shop.example/start';
  const code = (await linksFor(world.sql, accountId, his.contactId, [url], Date.now())).get(url)!;
  const told = async () =>
    (await world.sql<{ kind: string }[]>`select kind from link_clicks where account_id = ${accountId} order by id`).map(({ kind }) => kind);
  await open(code, { 'User-Agent': 'WhatsApp/2' });
  await expect.poll(told, { timeout: 10_000, interval: 30 }).toEqual(['preview']);
  expect(starts()).toBe(0);
  await open(code);
  await expect.poll(starts, { timeout: 10_000 }).toBe(1);
  const [run] = await world.sql<{ contact_id: number; started_by: object }[]>`
    select contact_id, started_by from bot_runs where account_id = ${accountId} and start_key like 'trigger/%/link_followed/%'`;
  expect(run).toMatchObject({ contact_id: his.contactId, started_by: { kind: 'trigger' } });
});

test('the same address of one contact is one link, whoever asks for it at once', async () => {
  const url = 'https://shop.example/together';
  const all = await Promise.all(
    Array.from({ length: 8 }, () => linksFor(world.sql, ada.accountId, card.contactId, [url, `${url}/2`], Date.now())),
  );
  expect(new Set(all.map((codes) => codes.get(url))).size).toBe(1);
  expect((await world.sql`select 1 from short_links where account_id = ${ada.accountId} and url_key = ${urlKey(url)}`).length).toBe(1);
});
