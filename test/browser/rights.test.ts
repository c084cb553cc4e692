import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, openPages, texts } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const FOLDER = 'test/output/rights';

describe.skipIf(chromiumPath === undefined)('users, groups and their rights, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  test.each<Language>(['ru', 'en'])(
    'an administrator makes a group, narrows and widens rights; the open page of the manager follows without a reload (%s)',
    async (language) => {
      const admin = await openPages(browser, system.url, language);
      const { page, t } = admin;
      page.setDefaultTimeout(PATIENCE_MS);
      const shot = (name: string) => page.screenshot({ path: `${FOLDER}/${language}-${name}.png` });
      await page.goto(`${system.url}/settings/users`);

      // A group, and what its users may do.
      const groupName = language === 'ru' ? 'Отдел продаж' : 'Sales';
      await page.getByRole('button', { name: t['groups.add'] }).click();
      await page.getByRole('textbox', { name: t['groups.name'] }).fill(groupName);
      await page.getByRole('dialog').getByRole('button', { name: t['groups.add'] }).click();
      const group = { rights: page.getByRole('button', { name: t['users.rightsOf'].replace('{{name}}', groupName) }) };
      await group.rights.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: t['right.see'] }).selectOption('own');
      await dialog.getByRole('button', { name: `${t['rights.reset']}: ${t['right.see']}` }).waitFor();
      await shot('group');
      await dialog.getByRole('button', { name: t['common.close'] }).last().click();

      // A manager in it.
      const email = `bob-${language}@example.com`;
      await page.getByRole('button', { name: t['users.add'] }).click();
      await page.getByRole('textbox', { name: t['users.name'] }).fill('Bob');
      await page.getByRole('dialog').getByRole('textbox', { name: t['signIn.email'] }).fill(email);
      await page.getByRole('dialog').getByRole('combobox', { name: t['users.group'] }).selectOption({ label: groupName });
      await page.getByRole('dialog').getByRole('button', { name: t['users.add'] }).click();
      const made = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
      const password = made.split(' · ')[1] ?? '';
      await page.getByRole('dialog').getByRole('button', { name: t['common.close'] }).last().click();
      await page.getByText(email).waitFor();
      await shot('users');

      // The manager's own page: what is not theirs says why.
      const context = await browser.newContext({ locale: language, viewport: { width: 1280, height: 800 } });
      const bob = await context.newPage();
      bob.setDefaultTimeout(PATIENCE_MS);
      await bob.goto(`${system.url}/sign-in`);
      await bob.getByLabel(t['signIn.email']).fill(email);
      await bob.getByLabel(t['signIn.password']).fill(password);
      await bob.keyboard.press('Enter');
      await bob.getByRole('navigation', { name: t['nav.label'] }).waitFor();
      await bob.goto(`${system.url}/bots`);
      const load = bob.getByRole('button', { name: t['bots.import'] }).first();
      await load.waitFor();
      expect(await load.isDisabled()).toBe(true);
      expect(await load.getAttribute('title')).toContain(t['right.editBots']);
      await bob.screenshot({ path: `${FOLDER}/${language}-bots.png` });

      // What is inherited is shown with where it comes from, is overridden, and reset.
      await page
        .getByRole('button', { name: t['users.rightsOf'].replace('{{name}}', 'Bob') })
        .last()
        .click();
      const see = page.getByRole('dialog').getByRole('combobox', { name: t['right.see'] });
      expect(await see.locator('option').first().textContent()).toBe(
        t['rights.inherit'].replace('{{value}}', t['rights.scope.own']).replace('{{from}}', t['rights.from.group']),
      );
      await page.getByRole('dialog').getByRole('combobox', { name: t['right.editBots'] }).selectOption('true');
      await expect.poll(() => load.isEnabled(), { timeout: PATIENCE_MS }).toBe(true);
      await shot('user');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `${t['rights.reset']}: ${t['right.editBots']}` })
        .click();
      await expect.poll(() => load.isDisabled(), { timeout: PATIENCE_MS }).toBe(true);

      // On a phone the same, without anything cut off.
      await page.setViewportSize({ width: 390, height: 844 });
      await shot('phone-rights');
      await page.getByRole('dialog').getByRole('button', { name: t['common.close'] }).last().click();
      await shot('phone');
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      expect(admin.troubles).toEqual([]);
      await context.close();
      await admin.context.close();
    },
    120_000,
  );

  test('every text of rights is there in both languages', () => {
    const keys = Object.keys(texts.ru).filter((key) => /^(right|rights|groups|may)\./.test(key) && !/_(few|many)$/.test(key));
    expect(keys.filter((key) => !(key in texts.en))).toEqual([]);
  });
});
