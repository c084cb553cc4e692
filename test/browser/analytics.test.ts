import { mkdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { bucketOf } from '../../domain/analytics/buckets.ts';
import { addDays, dayOf } from '../../domain/analytics/periods.ts';
import { type Count, gather, outcomeBuckets, rateBucket } from '../../domain/analytics/totals.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

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
      const point = numbers.locator('tbody a').last();
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

  test('a bar is a link too', async () => {
    const { page, context } = await openPages(browser, system.url, 'en');
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${system.url}/analytics/conversations?period=week`);
    await page.locator('.recharts-bar-rectangle path').last().click({ force: true });
    await page.waitForURL(/\/analytics\/events\?/);
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

/** Two months of a small team, as turns would have counted them; a fixed pattern, so that pictures look alike. */
async function seed(sql: Sql): Promise<void> {
  const [account] = await sql<{ id: number; zone: string }[]>`select id, time_zone zone from accounts where is_demo limit 1`;
  const accountId = account!.id;
  const [channel] = await sql<{ id: number }[]>`select id from channels where account_id = ${accountId} order by id limit 1`;
  const [bot] = await sql<{ id: number }[]>`select id from bots where account_id = ${accountId} order by id limit 1`;
  const [admin] = await sql<{ id: number }[]>`select id from users where account_id = ${accountId} order by id limit 1`;
  const users = [admin!.id];
  for (const name of ['Ольга Смирнова', 'Игорь Волков', 'Anna Lee']) {
    const [user] = await sql<{ id: number }[]>`
      insert into users (account_id, name, email, role, created_at) values (${accountId}, ${name}, ${`${name}@example.test`}, 'manager', ${Date.now()}) returning id`;
    users.push(user!.id);
  }
  const today = dayOf(Date.now(), account!.zone);
  const counts: Count[] = [];
  for (let ago = 0; ago < 60; ago += 1) {
    const day = addDays(today, -ago);
    const load = 6 + ((ago * 7) % 11) - (ago % 7 === 5 ? 5 : 0);
    for (const [index, userId] of users.entries()) {
      const add = (metric: Count['metric'], count: number, rest: Partial<Count> = {}) =>
        counts.push({
          metric,
          day,
          channelId: channel!.id,
          responsibleId: userId,
          userId: 0,
          botId: 0,
          bucket: 0,
          spread: String(index),
          count,
          sum: 0,
          ...rest,
        });
      add('opened', load);
      add('opened', load % 3, { bucket: 1 });
      add('closed', load - 1 + (ago % 2), { userId });
      add('messages', load * 4, { bucket: 0 });
      add('messages', load * 3, { bucket: 1, userId });
      add('messages', load * 2, { bucket: 2, botId: bot!.id });
      add('missed', (ago + index) % 5 === 0 ? 2 : 0);
      for (let n = 0; n < load; n += 1) {
        const ms = 20_000 * (1 + ((n * 13 + ago + index * 5) % 40));
        for (const [metric, value] of [
          ['first_raw', ms],
          ['first_working', ms * 0.7],
          ['later_raw', ms * 0.5],
          ['later_working', ms * 0.4],
        ] as const)
          add(metric, 1, { userId, bucket: bucketOf(value), sum: Math.round(value) });
      }
      for (const rate of [10, 9, 10, 8, 3 + ((ago + index) % 7)]) add('rate', 1, { bucket: rateBucket(rate, 10), sum: rate });
      add('bot_started', load, { botId: bot!.id });
      add('bot_ended', load - 2, { botId: bot!.id, bucket: outcomeBuckets.completed });
      add('bot_ended', 1, { botId: bot!.id, bucket: outcomeBuckets.stopped });
      add('bot_ended', ago % 2, { botId: bot!.id, bucket: outcomeBuckets.failed });
    }
  }
  const rows = gather(counts.filter(({ count }) => count > 0)).map((row) => ({
    account_id: accountId,
    metric: row.metric,
    day: row.day,
    channel_id: row.channelId,
    responsible_id: row.responsibleId,
    user_id: row.userId,
    bot_id: row.botId,
    bucket: row.bucket,
    shard: row.shard,
    count: row.count,
    sum: row.sum,
  }));
  for (let from = 0; from < rows.length; from += 1000) await sql`insert into daily_totals ${sql(rows.slice(from, from + 1000) as never[])}`;
  await sql`
    insert into events (account_id, type, entity_type, entity_id, author_kind, author_id, value_after, conversation_number, at)
    select ${accountId}, (array['talk_created', 'talk_closed', 'outgoing_chat_message', 'talk_missed_event', 'nps_rate_added'])[1 + n % 5], 'talk', 1 + n % 40,
      (array['client', 'user', 'user', 'system', 'client'])[1 + n % 5], case when n % 5 in (1, 2) then ${users[1]!}::bigint end,
      case when n % 5 = 4 then jsonb_build_array(jsonb_build_object('nps', jsonb_build_object('rate', n % 11))) else '[]' end, 1 + n % 40,
      ${Date.now() - 60_000}::timestamptz - n * interval '97 minutes'
    from generate_series(1, 400) n`;
}
