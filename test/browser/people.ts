import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { en } from '../../web/i18n/en.ts';
import { ru } from '../../web/i18n/ru.ts';

export type Language = 'ru' | 'en';
export const texts = { ru, en };

/** Everything that went wrong in a page: errors thrown, errors logged, answers of a failing server. */
function troubles(page: Page): string[] {
  const list: string[] = [];
  page.on('pageerror', (error) => list.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') list.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) list.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return list;
}

export interface Visitor {
  page: Page;
  write(text: string): Promise<void>;
  says(text: string): Locator;
  option(label: string): Locator;
  troubles: string[];
  context: BrowserContext;
}

/** A client on the demo shop's page with the chat open. */
export async function openShop(browser: Browser, url: string, language: Language): Promise<Visitor> {
  const context = await browser.newContext({ locale: language, viewport: { width: 1000, height: 800 } });
  const page = await context.newPage();
  const list = troubles(page);
  await page.goto(`${url}/shop?lang=${language}`);
  await page.locator('.launcher').click();
  return {
    page,
    context,
    troubles: list,
    async write(text) {
      await page.locator('.composer textarea').fill(text);
      await page.keyboard.press('Enter');
    },
    says: (text) => page.locator('.bubble').filter({ hasText: text }),
    option: (label) => page.locator('button.chip:enabled').filter({ hasText: label }).last(),
  };
}

export interface Manager {
  page: Page;
  t: typeof en;
  bubble(text: string): Locator;
  troubles: string[];
  context: BrowserContext;
}

/** A manager who has entered the demo account by its one click. */
export async function openPages(browser: Browser, url: string, language: Language): Promise<Manager> {
  const context = await browser.newContext({ locale: language, viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  const page = await context.newPage();
  const list = troubles(page);
  const t = texts[language];
  await page.goto(url);
  await page.getByRole('button', { name: t['signIn.demo'] }).click();
  await page.getByRole('navigation', { name: t['nav.label'] }).waitFor();
  return { page, t, context, troubles: list, bubble: (text) => page.locator('[data-message]').filter({ hasText: text }) };
}
