import { mkdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages, openShop, texts } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';
import { seedTotals } from './two-months.ts';

if (chromiumPath === undefined)
  process.stderr.write('Browser tests are skipped: no Chromium here. Install one, or name it in CHROMIUM=/path/to/chromium.\n');

const PATIENCE_MS = 30_000;
const OUTPUT = 'test/output/analytics';
const widths = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 780 } };

describe.skipIf(chromiumPath === undefined)('analytics, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  let sql: Sql;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
    sql = connect(system.databaseUrl, { max: 2 });
    await seed(sql);
    mkdirSync(OUTPUT, { recursive: true });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await sql?.end();
    await system?.stop();
  });

  const combinations: [Language, keyof typeof widths][] = [
    ['ru', 'wide'],
    ['en', 'phone'],
    ['en', 'wide'],
    ['ru', 'phone'],
  ];
  test.each(combinations)(
    'reports say what they show, and every number leads to its events (%s, %s)',
    async (language, width) => {
      const { page, t, troubles, context } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.setViewportSize(widths[width]);
      // A phone's bar has no room for it: it is in the menu.
      if (width === 'phone') await page.getByRole('button', { name: t['person.menu'] }).click();
      await page.getByRole(width === 'phone' ? 'menuitem' : 'link', { name: t['nav.analytics'] }).click();
      await page.waitForURL(/\/analytics\/conversations/);
      await page.getByRole('heading', { name: t['analytics.conversations.flow'] }).waitFor();
      await page.getByRole('button', { name: t['analytics.period.month'] }).click();
      await page.waitForURL(/period=month/);

      for (const report of ['conversations', 'speed', 'nps', 'managers', 'bots'] as const) {
        await page
          .getByRole('navigation', { name: t['nav.analytics'] })
          .getByRole('link', { name: t[`analytics.tab.${report}`] })
          .click();
        await page.waitForURL(new RegExp(`/analytics/${report}\\?.*period=month`));
        // The page of the report before may still be there for a moment.
        await page.locator(`nav a[href^="/analytics/${report}"][aria-current="page"]`).waitFor();
        await page.locator('[aria-busy="false"] section').nth(2).waitFor();
        await page.locator('.recharts-surface').first().waitFor();
        // Nothing is wider than the page.
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        await page.screenshot({ path: `${OUTPUT}/${report}-${language}-${width}.png`, animations: 'disabled' });
        expect(await audit(page, 'main'), report).toEqual([]);
      }

      // By keyboard: the numbers of a chart, and the first of them leads to the list behind it.
      await page.goto(`${system.url}/analytics/conversations?period=month`);
      const numbers = page.locator('details').first();
      await numbers.locator('summary').focus();
      await page.keyboard.press('Enter');
      // Yesterday: today may have begun a moment ago.
      const point = numbers.locator('tbody tr').nth(-2).locator('a').first();
      await point.focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/analytics\/events\?.*fromDay=/);
      await page.locator('[data-event="talk_created"]').first().waitFor();
      expect(await page.locator('[data-event]:not([data-event^="talk_"])').count()).toBe(0);
      expect(troubles).toEqual([]);
      await context.close();
    },
    240_000,
  );

  test('a bar is a link too, to what it counts and nothing else', async () => {
    const { page, context } = await openPages(browser, system.url, 'en');
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${system.url}/analytics/conversations?period=week`);
    await page.locator('.recharts-bar-rectangle path').last().click({ force: true });
    await page.waitForURL(/\/analytics\/events\?/);
    await page.goto(`${system.url}/analytics/conversations?period=week`);
    const flow = page.locator('section').filter({ has: page.getByRole('heading', { name: texts.en['analytics.conversations.flow'] }) });
    await flow.locator('.recharts-bar-rectangle path').last().click({ force: true });
    await page.waitForURL(/\/analytics\/events\?.*type=talk_closed(&|$)/);
    await context.close();
  }, 120_000);

  test.each<Language>(['ru', 'en'])(
    'the list of events grows while it is looked at, is filtered in the address, and becomes a file (%s)',
    async (language) => {
      const manager = await openPages(browser, system.url, language);
      const { page, t } = manager;
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${system.url}/analytics/events`);
      await page.locator('[data-event]').first().waitFor();
      const client = await openShop(browser, system.url, language);
      client.page.setDefaultTimeout(PATIENCE_MS);
      await client.write(language === 'ru' ? 'Добрый день!' : 'Good day!');
      await page.locator('[data-event="incoming_chat_message"][data-new="true"]').first().waitFor();
      await page.screenshot({ path: `${OUTPUT}/events-${language}-wide.png`, animations: 'disabled' });
      expect(await audit(page, 'main')).toEqual([]);

      // Filters stand in the address and can be taken away.
      await page.goto(`${system.url}/analytics/events?type=nps_rate_added&rate=0-6`);
      await page.locator('[data-event="nps_rate_added"]').first().waitFor();
      expect(await page.locator('[data-event]:not([data-event="nps_rate_added"])').count()).toBe(0);
      await page.getByRole('button', { name: t['common.removeFilter'] }).first().click();
      await page.getByRole('button', { name: t['common.removeFilter'] }).first().click();
      await page.waitForURL((url) => url.search === '');
      await page.setViewportSize(widths.phone);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.screenshot({ path: `${OUTPUT}/events-${language}-phone.png`, animations: 'disabled' });
      expect(await audit(page, 'main')).toEqual([]);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(widths.wide);

      await page.getByRole('button', { name: t['analytics.export'] }).click();
      const ready = page.locator('a[download]');
      await ready.waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), ready.click()]);
      const text = readFileSync(await download.path(), 'utf8');
      expect(text.startsWith(language === 'ru' ? '\uFEFF№;Время;' : '\uFEFFNo.,Time,')).toBe(true);
      expect(text.split('\r\n').length).toBeGreaterThan(100);
      expect(manager.troubles).toEqual([]);
      await client.context.close();
      await manager.context.close();
    },
    240_000,
  );

  test('without anything to show, a report says the next step', async () => {
    const { page, t, context } = await openPages(browser, system.url, 'en');
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${system.url}/analytics/nps?period=custom&from=2020-01-01&to=2020-01-02`);
    await page.getByRole('heading', { name: t['analytics.empty'] }).waitFor();
    await page.getByRole('link', { name: t['analytics.nps.switchOn'] }).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${system.url}/analytics/speed?period=month`);
    await page.locator('.recharts-surface').first().waitFor();
    await page.screenshot({ path: `${OUTPUT}/speed-dark.png`, animations: 'disabled' });
    expect(await audit(page, 'main')).toEqual([]);
    await context.close();
  }, 120_000);
});

/** What reports and the list of events show. */
async function seed(sql: Sql): Promise<void> {
  const { accountId, users } = await seedTotals(sql);
  await sql`
    insert into events (account_id, type, entity_type, entity_id, author_kind, author_id, value_after, conversation_number, at)
    select ${accountId}, (array['talk_created', 'talk_closed', 'outgoing_chat_message', 'talk_missed_event', 'nps_rate_added'])[1 + n % 5], 'talk', 1 + n % 40,
      (array['client', 'user', 'user', 'system', 'client'])[1 + n % 5], case when n % 5 in (1, 2) then ${users[1]!}::bigint end,
      case when n % 5 = 4 then jsonb_build_array(jsonb_build_object('nps', jsonb_build_object('rate', n % 11))) else '[]' end, 1 + n % 40,
      ${Date.now() - 60_000}::timestamptz - n * interval '97 minutes'
    from generate_series(1, 400) n`;
}
