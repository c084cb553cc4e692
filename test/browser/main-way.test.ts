import { copyFileSync, mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ru } from '../../web/i18n/ru.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

if (chromiumPath === undefined)
  process.stderr.write('Browser tests are skipped: no Chromium here. Install one, or name it in CHROMIUM=/path/to/chromium.\n');

const PATIENCE_MS = 20_000;
const PICTURE = 'test/output/card.png';

describe.skipIf(chromiumPath === undefined)('the main way, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  test.each<Language>(['ru', 'en'])(
    'a client writes, the bot answers, the card steers, the number stays (%s)',
    async (language) => {
      const manager = await openPages(browser, system.url, language);
      const client = await openShop(browser, system.url, language);
      const { page, t } = manager;
      page.setDefaultTimeout(PATIENCE_MS);
      client.page.setDefaultTimeout(PATIENCE_MS);

      // The client writes and the bot answers; the open inbox shows the conversation without a reload.
      const known = await page.locator('a[data-number]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-number')));
      await client.write('Здравствуйте! Есть ли у вас чайники?');
      await client.option('Цены').waitFor();
      const row = page.locator(`a[data-number]${known.map((number) => `:not([data-number="${number}"])`).join('')}`);
      await row.click();
      await manager.bubble('Есть ли у вас чайники?').waitFor();
      await page.waitForURL(/\/inbox\/\d+/);
      const number = /\/inbox\/(\d+)/.exec(page.url())?.[1];

      // The client presses a button; the card shows it live, with the bot and what it waits for.
      await client.option('Цены').click();
      await manager.bubble('чайник — 2 400').waitFor();
      const run = page.locator('[data-run]');
      await run.getByText('Подсказать что-то ещё?').waitFor();
      await run.getByText(/\d\d:\d\d/).waitFor();

      // The card of the lead: fields are edited where they stand.
      await page.getByRole('link', { name: t['lead.openCard'] }).click();
      await page.waitForURL(/\/leads\/\d+/);
      await page.getByRole('textbox', { name: t['contact.name'], exact: true }).fill('Анна Петрова');
      await page.keyboard.press('Enter');
      await page.getByText(t['field.saved'].replace('{{label}}', t['contact.name'])).waitFor();
      await page.getByRole('textbox', { name: t['lead.name'] }).fill('Чайник на двоих');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.title(), { timeout: PATIENCE_MS }).toContain('Чайник на двоих');

      // The manager stops the bot and answers with two pictures.
      await page.getByRole('button', { name: t['run.stopNamed'].replace('{{name}}', 'Приветствие') }).click();
      await page.getByText(t['run.none']).waitFor();
      const pictures = await Promise.all(
        [0, 1].map((index) => client.page.locator('main .tin').nth(index).screenshot({ style: 'beseda-chat { display: none }' })),
      );
      await page
        .locator('input[type=file]')
        .setInputFiles(pictures.map((buffer, index) => ({ name: `tea-${index + 1}.png`, mimeType: 'image/png', buffer })));
      await page.locator('[data-composer]').fill('Да, вот два, которые берут чаще всего.');
      await page.keyboard.press('Control+Enter');
      const answer = manager.bubble('которые берут чаще всего');
      await answer.waitFor();
      expect(await answer.locator('img').count()).toBe(2);
      await client.says('которые берут чаще всего').waitFor();
      await expect.poll(() => client.page.locator('.media img').count(), { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(2);
      await page.locator('[data-status="read"]').last().waitFor();

      // The manager closes; the client writes again; the same number works again, live.
      await page.getByRole('button', { name: t['talk.menu'].replace('{{number}}', number ?? '') }).click();
      await page.getByRole('menuitem', { name: t['talk.close'], exact: true }).click();
      await page.locator('header').getByText(t['talk.status.closed']).waitFor();
      await client.write('Беру тот, что побольше!');
      await manager.bubble('Беру тот, что побольше!').waitFor();
      await page.getByRole('button', { name: t['talk.menu'].replace('{{number}}', number ?? '') }).waitFor();
      await page.getByText(t['line.reopened'].replace('{{number}}', `#${number}`)).waitFor();

      expect(manager.troubles).toEqual([]);
      if (language === 'ru') await takePicture(page);
      await client.context.close();
      await manager.context.close();
    },
    180_000,
  );
});

/** The picture of the README. The tree is touched only when somebody asks for it. */
async function takePicture(page: Awaited<ReturnType<typeof openPages>>['page']): Promise<void> {
  await page.locator('[data-run]').waitFor();
  await page.locator('[data-author="bot"]').last().locator('[data-status="read"]').waitFor();
  await page.getByText(ru['talk.unread']).waitFor({ state: 'hidden' });
  await page.mouse.move(0, 0);
  mkdirSync('test/output', { recursive: true });
  await page.screenshot({ path: PICTURE, animations: 'disabled', style: '[aria-live="polite"] { visibility: hidden }' });
  if (process.env.BESEDA_PICTURES !== undefined) {
    mkdirSync('docs/images', { recursive: true });
    copyFileSync(PICTURE, 'docs/images/card.png');
  }
}
