import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, type Manager, openPages, openShop, type Visitor } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 30_000;
const PHONE = { width: 390, height: 844 };

describe.skipIf(chromiumPath === undefined)('the inbox, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  const opened: (Manager | Visitor)[] = [];
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  }, 300_000);
  afterEach(async () => {
    const troubles = opened.flatMap((each) => each.troubles);
    await Promise.all(opened.splice(0).map(({ context }) => context.close()));
    expect(troubles).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  async function manager(language: Language): Promise<Manager> {
    const made = await openPages(browser, system.url, language);
    made.page.setDefaultTimeout(PATIENCE_MS);
    opened.push(made);
    return made;
  }
  /** A new client who writes; answers the number that the inbox shows for them. */
  async function client(of: Manager, language: Language, text: string): Promise<number> {
    const visitor = await openShop(browser, system.url, language);
    opened.push(visitor);
    visitor.page.setDefaultTimeout(PATIENCE_MS);
    const known = await numbers(of);
    await visitor.write(text);
    const row = of.page.locator(`a[data-number]${known.map((number) => `:not([data-number="${number}"])`).join('')}`);
    await row.first().waitFor();
    return Number(await row.first().getAttribute('data-number'));
  }
  const numbers = ({ page }: Manager) =>
    page.locator('a[data-number]').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-number'))));
  const row = ({ page }: Manager, number: number) => page.locator(`a[data-number="${number}"]`);

  test.each<Language>(['ru', 'en'])(
    'views, filters, keys, many at once with a second thought, and search (%s)',
    async (language) => {
      const who = await manager(language);
      const { page, t } = who;
      await page.getByRole('heading', { name: t['inbox.view.all'], exact: true }).waitFor();
      const word = language === 'ru' ? 'самовары' : 'samovars';
      const form = language === 'ru' ? 'самоваром' : 'samovar';
      const first = await client(who, language, `${word} ${language} 48151`);
      const second = await client(who, language, language === 'ru' ? 'Когда привезёте чайник?' : 'When will you deliver the kettle?');

      // Filters: chosen by keys alone, said in words, kept in the address, removable.
      await page.getByRole('button', { name: t['inbox.addFilter'] }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: t['inbox.filter.read'], exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: t['inbox.filter.read.false'], exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(/read=false/);
      const chips = page.getByRole('region', { name: t['inbox.filters'] });
      await chips.getByText(`${t['inbox.filter.read']}: ${t['inbox.filter.read.false']}`).waitFor();
      await page.reload();
      await row(who, second).waitFor();
      await chips.getByRole('button', { name: t['common.removeFilter'] }).click();
      await expect.poll(() => page.url()).not.toContain('read=');

      // Keys: down the list, mark two, close them, think again.
      await row(who, first).focus();
      await page.keyboard.press('x');
      await row(who, second).focus();
      await page.keyboard.press('x');
      await page
        .getByText(t[language === 'ru' ? ('bulk.selected_few' as 'bulk.selected_other') : 'bulk.selected_other'].replace('{{count}}', '2'))
        .waitFor();
      await page.keyboard.press('e');
      await page.getByRole('button', { name: t['common.undo'] }).click();
      await row(who, first).waitFor();
      await row(who, second).waitFor();

      // Shift and a click mark a range; without a second thought both are closed.
      await page.getByRole('button', { name: t['bulk.start'] }).click();
      await row(who, first).click();
      await row(who, second).click({ modifiers: ['Shift'] });
      await page.getByRole('toolbar', { name: t['bulk.label'] }).getByRole('button', { name: t['bulk.close'], exact: true }).click();
      await row(who, first).waitFor({ state: 'detached' });
      await row(who, second).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: t['inbox.view.closed'] }).first().click();
      await row(who, first).waitFor();
      await row(who, second).waitFor();

      // Search: another form of the word; the hit is marked and opens the thread at the message.
      await page.keyboard.press('/');
      await page.keyboard.type(`${form} ${language} 481`);
      const hit = page.locator('[data-results] a[data-hit]').filter({ hasText: word }).first();
      await hit.locator('mark').filter({ hasText: word }).waitFor();
      await hit.click();
      await page.waitForURL(new RegExp(`/inbox/${first}\\?.*message=`));
      await who.bubble(`${word} ${language} 48151`).first().waitFor();
      await page.getByRole('button', { name: t['search.clear'] }).click();
      await row(who, first).waitFor();
    },
    180_000,
  );

  test.each<Language>(['ru', 'en'])(
    'marking unread for many can be undone, and a phone shows one pane (%s)',
    async (language) => {
      const who = await manager(language);
      const { page, t } = who;
      await page.getByRole('heading', { name: t['inbox.view.all'], exact: true }).waitFor();
      const number = await client(who, language, language === 'ru' ? 'Добрый день' : 'Good day');
      await page.setViewportSize(PHONE);
      await page.getByRole('button', { name: t['bulk.start'] }).click();
      await row(who, number).click();
      const bar = page.getByRole('toolbar', { name: t['bulk.label'] });
      await bar.getByRole('button', { name: t['bulk.unread'] }).click();
      await page.locator(`a[data-number="${number}"][data-unread="true"]`).waitFor();
      await page.getByRole('button', { name: t['common.undo'] }).click();
      await page.locator(`a[data-number="${number}"][data-unread="false"]`).waitFor();
      await row(who, number).click();
      await page.waitForURL(new RegExp(`/inbox/${number}`));
      await page.getByRole('log').waitFor();
      expect(await row(who, number).isVisible()).toBe(false);
      await page.goBack();
      await row(who, number).waitFor();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(PHONE.width);
    },
    120_000,
  );
});
