/** Short links and the pixel between a manager's pages, a client's messenger and the client's site on another origin. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { startFakeTelegram } from '../fakes/telegram/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type ClientSite, openClientSite } from './client-site.ts';
import { openPages } from './people.ts';
import { takePicture } from './picture.ts';
import { startSystem, type TestSystem } from './system.ts';

const TOKEN = 'demo-token-of-the-test-of-links';
const PATIENCE_MS = 30_000;
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';
const folder = 'test/output/links';

describe.skipIf(chromiumPath === undefined)('links and the pixel, in a real browser', () => {
  let system: TestSystem;
  let browser: Browser;
  let telegram: Awaited<ReturnType<typeof startFakeTelegram>>;
  let site: ClientSite;
  let sql: Sql;
  let base = '';
  let accountId = 0;
  let channelId = 0;

  beforeAll(async () => {
    [system, browser, telegram, site] = await Promise.all([
      startSystem({ demoToken: TOKEN, isPublic: true }),
      openBrowser(),
      startFakeTelegram(),
      openClientSite(),
    ]);
    base = system.url.replace('localhost', '127.0.0.1');
    sql = connect(system.databaseUrl, { max: 2 });
    accountId = (await sql<{ id: number }[]>`select id from accounts where is_demo`)[0]!.id;
    const channel = await call('POST', '/api/channels', {
      type: 'telegram',
      name: 'Чайный бот',
      credentials: { token: telegram.token },
      apiRoot: telegram.url,
      receive: 'polling',
    });
    channelId = (channel as { id: number }).id;
    await call('PUT', '/api/settings', { pixelSites: [site.origin] });
    const { key, scriptUrl } = (await call('GET', '/api/pixel')) as { key: string; scriptUrl: string };
    expect(scriptUrl).toBe(`${base}/pixel.js`);
    site.tag = `<script src="${scriptUrl}" data-key="${key}" async></script>`;
  }, 300_000);
  afterAll(async () => {
    await sql?.end();
    await browser?.close();
    await site?.stop();
    await telegram?.stop();
    await system?.stop();
  });

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(base + path, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** A browser of a client's, with what its pages sent to the pixel and what went wrong in them. */
  async function openVisitor() {
    const context = await browser.newContext({ locale: 'ru', userAgent: PHONE });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const sent: { status: number; body: string }[] = [];
    const troubles: string[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(`${base}/pixel/`)) sent.push({ status: response.status(), body: response.request().postData() ?? '' });
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('favicon')) troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(error.message));
    // Messengers are elsewhere: where the link leads is all that counts.
    await context.route(/^https:\/\/(t\.me|wa\.me|viber\.example)\//, (route) => route.fulfill({ body: 'messenger' }));
    /** Where the link with this id leads, and back again. */
    const leads = async (id: string): Promise<string> => {
      await page.click(`#${id}`);
      await page.waitForURL(/^https:/);
      const there = page.url();
      await page.goBack();
      await ready(page);
      return there;
    };
    const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
    return { context, page, sent, troubles, leads, stored };
  }
  const ready = (page: Page) => page.waitForFunction(() => 'beseda' in window);
  const open = async (page: Page, path: string) => {
    await page.goto(site.origin + path);
    await ready(page);
  };
  const visits = async () => Number((await sql`select count(*) from site_visits where account_id = ${accountId}`)[0]!.count);

  test('without consent the pixel keeps nothing and sends nothing; with it visits and a form’s phone are the visitor’s; "no" forgets', async () => {
    const [card] = await sql<{ id: number }[]>`
      insert into contacts (account_id, name, first_name, fields, created_at, updated_at)
      select ${accountId}::bigint, 'Пётр', 'Пётр', jsonb_build_object(id::text, '[{"value":"+7 916 555-01-02","code":"WORK"}]'::jsonb), ${Date.now()}::timestamptz, ${Date.now()}::timestamptz
      from custom_fields where account_id = ${accountId} and entity = 'contact' and code = 'PHONE' returning id`;
    const visitor = await openVisitor();
    const { page } = visitor;
    await open(page, '/?utm_source=mail&token=secret');
    await open(page, '/contacts');
    await page.fill('input[type=tel]', '8 (916) 555-01-02');
    await page.click('form button');
    expect(await visitor.leads('telegram')).toBe('https://t.me/shop_bot?start=');
    expect(await visitor.leads('whatsapp')).toBe('https://wa.me/79990001122?text=');
    expect([visitor.sent, await visitor.stored(), await visits(), await visitor.context.cookies()]).toEqual([[], '{}', 0, []]);

    await page.click('#agree');
    await expect.poll(() => visitor.sent.length, { timeout: PATIENCE_MS }).toBe(1);
    await page.fill('input[type=tel]', '8 (916) 555-01-02');
    await page.fill('input[type=email]', 'Petr@Example.com');
    await page.fill('input[name=comment]', 'between us');
    await page.click('form button');
    await expect.poll(() => visitor.sent.length, { timeout: PATIENCE_MS }).toBe(2);
    const id = (JSON.parse(await visitor.stored()) as Record<string, string>)['beseda.visitor']!;
    expect(id).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(visitor.sent.map(({ status, body }) => [status, JSON.parse(body)])).toEqual([
      [204, { v: id, page: `${site.origin}/contacts`, title: 'Контакты' }],
      [204, { v: id, phone: '8 (916) 555-01-02', email: 'Petr@Example.com' }],
    ]);
    const tied = await sql`select contact_id, how from visitors where account_id = ${accountId} and visitor_id = ${id}`;
    expect([...tied]).toEqual([{ contact_id: card!.id, how: 'form' }]);

    // The same links, clicked before: they now say who comes. One without a place for it is left as it is.
    expect(await visitor.leads('telegram')).toBe(`https://t.me/shop_bot?start=VisitorUid_${id}`);
    expect(await visitor.leads('whatsapp')).toBe(`https://wa.me/79990001122?text=ID:%20${id}`);
    expect(await visitor.leads('viber')).toBe(`https://viber.example/?chatURI=shop&context=VisitorUid_${id}`);
    expect(await visitor.leads('plain')).toBe('https://t.me/shop_bot?start=promo7');

    // Without a question asked again, the next page is this visitor's.
    const before = visitor.sent.length;
    await open(page, '/tea?size=100#reviews');
    await expect.poll(() => visitor.sent.length, { timeout: PATIENCE_MS }).toBe(before + 1);
    expect(JSON.parse(visitor.sent.at(-1)!.body)).toMatchObject({ v: id, page: `${site.origin}/tea` });
    await page.click('#forget');
    expect(await visitor.stored()).toBe('{}');
    const quiet = visitor.sent.length;
    await open(page, '/');
    expect([visitor.sent.length, await visitor.context.cookies()]).toEqual([quiet, []]);
    expect(visitor.troubles).toEqual([]);
    await visitor.context.close();
  }, 120_000);

  test('who opens the messenger from the site is recognised: the card shows their visits, and a later visit starts a bot', async () => {
    const bot = (await call('POST', '/api/bots/import', {
      0: { question: [{ handler: 'send_message', params: { type: 'external', text: 'Вижу, вы снова выбираете чай.' } }] },
    })) as { id: number };
    await call('POST', `/api/bots/${bot.id}/publish`, { acceptWarnings: true });
    await call('PUT', `/api/bots/${bot.id}/triggers`, [{ type: 'site_visited', filter: { channelIds: [channelId] } }]);

    const visitor = await openVisitor();
    await open(visitor.page, '/tea');
    await visitor.page.click('#agree');
    await expect.poll(() => visitor.sent.length, { timeout: PATIENCE_MS }).toBe(1);
    await open(visitor.page, '/contacts');
    await expect.poll(() => visitor.sent.length, { timeout: PATIENCE_MS }).toBeGreaterThan(1);
    const link = new URL(await visitor.leads('telegram'));

    const anna = 700_100_200;
    await telegram.clientWrites(anna, `/start ${link.searchParams.get('start')}`, { name: 'Анна', languageCode: 'ru' });
    await telegram.clientWrites(anna, 'Здравствуйте! Есть ли улун?', { name: 'Анна' });
    const manager = await openPages(browser, base, 'ru');
    const { page } = manager;
    page.setDefaultTimeout(PATIENCE_MS);
    await page.locator('a[data-number]').filter({ hasText: 'Есть ли улун?' }).first().click();
    const shown = page.locator('[data-visits]');
    await shown.getByRole('link', { name: 'Улун «Те Гуань Инь»' }).waitFor();
    expect(await shown.getByRole('link', { name: 'Улун «Те Гуань Инь»' }).getAttribute('href')).toBe(`${site.origin}/tea`);
    const sent = visitor.sent.length;
    await visitor.page.fill('input[type=email]', 'Anna@Example.com');
    await visitor.page.click('form button');
    await expect.poll(() => visitor.sent.length, { timeout: PATIENCE_MS }).toBe(sent + 1);
    await page.reload();
    await page.locator('[data-form]').getByText('anna@example.com').waitFor();
    await takePicture(page, { file: `${folder}/card-visits` });

    // Half an hour later the same browser comes back: a new visit, shown live, and the bot writes.
    await sql`update site_visits set at = at - interval '31 minutes' where account_id = ${accountId}`;
    await open(visitor.page, '/');
    const said = await telegram.waitForSent(anna, 1, { timeoutMs: PATIENCE_MS });
    expect(said.map(({ text }) => text)).toEqual(['Вижу, вы снова выбираете чай.']);
    await shown.getByRole('link', { name: 'Чайная', exact: true }).waitFor();
    expect([visitor.troubles, manager.troubles]).toEqual([[], []]);
    await call('PUT', `/api/bots/${bot.id}/triggers`, []);
    await visitor.context.close();
    await manager.context.close();
  }, 180_000);

  test('the manager sees the original, opens it without a click, and sees the client’s click live; "as is" and the channel’s switch are obeyed', async () => {
    const boris = 700_100_300;
    const address = `${site.origin}/tea?from=chat`;
    await telegram.clientWrites(boris, 'Пришлите ссылку на улун', { name: 'Борис', languageCode: 'ru' });
    const manager = await openPages(browser, base, 'ru');
    const { page, t } = manager;
    page.setDefaultTimeout(PATIENCE_MS);
    await page.locator('a[data-number]').filter({ hasText: 'Пришлите ссылку' }).first().click();
    const composer = page.locator('[data-composer]');
    const toggle = page.locator('[data-shorten]');
    const sends = async (text: string, count: number) => {
      await composer.fill(text);
      await page.keyboard.press('Control+Enter');
      return (await telegram.waitForSent(boris, count, { timeoutMs: PATIENCE_MS })).at(-1)!.text;
    };

    await composer.fill('Ссылок здесь нет');
    expect(await toggle.count()).toBe(0);
    await composer.fill(`Вот: ${address}`);
    await toggle.waitFor();
    expect([await toggle.getAttribute('aria-pressed'), await toggle.getAttribute('aria-label')]).toEqual(['true', t['links.toggleOn']]);
    await takePicture(page, { file: `${folder}/composer-short` });
    const short = /^Вот: (http:\/\/127\.0\.0\.1:\d+\/s\/[0-9A-Za-z]{10})$/.exec(await sends(`Вот: ${address}`, 1))?.[1];
    expect(short).toBeDefined();
    const shown = manager.bubble('Вот:').getByRole('link', { name: address });
    expect(await shown.getAttribute('href')).toBe(address);
    const [opened] = await Promise.all([page.context().waitForEvent('page'), shown.click()]);
    await opened.waitForURL(address);
    await opened.close();
    const clicks = async () =>
      (await sql<{ kind: string }[]>`select kind from link_clicks where account_id = ${accountId} order by id`).map(({ kind }) => kind);
    expect(await clicks()).toEqual([]);

    // As is, for one message; the next one follows the channel again.
    await composer.fill(address);
    await toggle.click();
    expect(await toggle.getAttribute('aria-label')).toBe(t['links.toggleOff']);
    await takePicture(page, { file: `${folder}/composer-as-is` });
    await composer.focus();
    await page.keyboard.press('Control+Enter');
    expect((await telegram.waitForSent(boris, 2, { timeoutMs: PATIENCE_MS })).at(-1)!.text).toBe(address);
    await composer.fill(address);
    expect(await toggle.getAttribute('aria-pressed')).toBe('true');
    await composer.fill('');

    // The messenger's preview is nobody's interest; the client's click is, and stands on the open card at once.
    await fetch(short!, { redirect: 'manual', headers: { 'User-Agent': 'TelegramBot (like TwitterBot)' } });
    await expect.poll(clicks, { timeout: PATIENCE_MS }).toEqual(['preview']);
    expect(await page.locator('[data-visits]').count()).toBe(0);
    const client = await openVisitor();
    await client.page.goto(short!);
    await ready(client.page);
    expect(client.page.url()).toBe(address);
    await page.locator('[data-visits]').getByText(t['links.followed']).waitFor();
    expect(await page.locator('[data-visits]').getByRole('link').getAttribute('href')).toBe(address);
    expect(await clicks()).toEqual(['preview', 'person']);
    await takePicture(page, { file: `${folder}/card-followed` });
    const [line, list] = await Promise.all(['[data-visits] a', '[data-visits]'].map((part) => page.locator(part).first().boundingBox()));
    expect(line!.x + line!.width).toBeLessThanOrEqual(list!.x + list!.width);
    // What the short link knew the browser by is the pixel's from the consent on: the visit is Boris's without any messenger.
    await client.page.click('#agree');
    await page.locator('[data-visits]').getByRole('link', { name: 'Улун «Те Гуань Инь»' }).waitFor();
    expect(client.troubles).toEqual([]);
    await client.context.close();

    // The channel's switch, with what it costs said beside it.
    await page.goto(`${base}/settings/chats`);
    const section = page.locator('[data-links]');
    const own = section.getByRole('switch', { name: 'Чайный бот' });
    await own.waitFor();
    await section.getByText(t['links.on']).first().waitFor();
    await takePicture(page, { file: `${folder}/settings-on` }, section);
    await section.locator('label', { hasText: 'Чайный бот' }).click();
    await section.getByText(t['links.off']).waitFor();
    await takePicture(page, { file: `${folder}/settings-off` }, section);
    await page.goBack();
    await page.locator('a[data-number]').filter({ hasText: 'Борис' }).first().click();
    await composer.fill(address);
    await toggle.waitFor();
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    expect(await sends(address, 3)).toBe(address);
    // Links that were sent before go on working.
    expect((await fetch(short!, { redirect: 'manual' })).status).toBe(302);
    expect(manager.troubles).toEqual([]);
    await manager.context.close();
  }, 240_000);

  test('each message of a bot says how its links go out; in English, dark and on a phone', async () => {
    const bot = (await call('POST', '/api/bots/import', {
      0: {
        question: [
          { handler: 'send_message', params: { type: 'external', text: `Our teas: ${site.origin}/tea` } },
          { handler: 'send_message', params: { type: 'external', text: 'No links here' } },
        ],
      },
    })) as { id: number };
    const { context, page, t, troubles } = await openPages(browser, base, 'en');
    page.setDefaultTimeout(PATIENCE_MS);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${base}/bots/${bot.id}`);
    const section = page.locator('[data-linked-messages]');
    const choice = section.getByRole('combobox', { name: `Our teas: ${site.origin}/tea` });
    await choice.waitFor();
    expect([await section.getByRole('combobox').count(), await choice.inputValue()]).toEqual([1, 'channel']);
    const kept = async () => JSON.stringify(await call('GET', `/api/bots/${bot.id}/export`));
    await choice.selectOption({ label: t['links.choice.asIs'] });
    await expect.poll(kept, { timeout: PATIENCE_MS }).toMatch(/shorten_links[^,}]*false/);
    await takePicture(page, { file: `${folder}/bot-en-dark` });
    await choice.selectOption({ label: t['links.choice.channel'] });
    await expect.poll(kept, { timeout: PATIENCE_MS }).not.toContain('shorten_links');

    await page.setViewportSize({ width: 390, height: 844 });
    await takePicture(page, { file: `${folder}/bot-en-phone` });
    await page.goto(`${base}/settings/chats`);
    await page.locator('[data-links]').getByRole('switch').first().waitFor();
    await takePicture(page, { file: `${folder}/settings-en-phone` }, page.locator('[data-links]'));
    expect(troubles).toEqual([]);
    await context.close();
  }, 120_000);

  test('a link that leads nowhere says so in the reader’s language, on a phone and in the dark', async () => {
    const contact = (await sql<{ id: number }[]>`select id from contacts where account_id = ${accountId} limit 1`)[0]!.id;
    const { shortUrl, id } = (await call('POST', '/api/links', { contactId: contact, url: 'https://shop.example/old' })) as {
      shortUrl: string;
      id: number;
    };
    await sql`update short_links set expires_at = ${Date.now() - 1000} where account_id = ${accountId} and id = ${id}`;
    const looks = [
      {
        name: 'ru-phone',
        locale: 'ru-RU',
        viewport: { width: 390, height: 700 },
        colorScheme: 'light' as const,
        says: ['Срок ссылки истёк', 'Такой ссылки нет'],
      },
      {
        name: 'en-dark',
        locale: 'en-GB',
        viewport: { width: 1200, height: 700 },
        colorScheme: 'dark' as const,
        says: ['This link has expired', 'There is no such link'],
      },
    ];
    for (const { name, says, ...look } of looks) {
      const context = await browser.newContext({ ...look, userAgent: PHONE });
      const page = await context.newPage();
      const statuses: number[] = [];
      for (const [index, address] of [shortUrl, `${base}/s/0000000000`].entries()) {
        statuses.push((await page.goto(address))!.status());
        await page.getByRole('heading', { name: says[index]! }).waitFor();
        await takePicture(page, { file: `${folder}/${index === 0 ? 'expired' : 'unknown'}-${name}` });
      }
      expect(statuses).toEqual([410, 404]);
      await context.close();
    }
  }, 60_000);
});
