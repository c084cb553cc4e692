import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages, openShop, texts } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** More pages than this is a mistake of the walk. */
const MOST_PAGES = 80;

const looks: [Language, 'wide' | 'phone', 'light' | 'dark'][] = [
  ['ru', 'wide', 'light'],
  ['ru', 'phone', 'dark'],
  ['en', 'wide', 'dark'],
  ['en', 'phone', 'light'],
];

describe.skipIf(chromiumPath === undefined)('every page is usable without sight of colours, mouse or a large screen', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
    const client = await openShop(browser, system.url, 'ru');
    client.page.setDefaultTimeout(PATIENCE_MS);
    await client.write('Здравствуйте! Есть ли у вас чайники?');
    await client.option('Цены').waitFor();
    await client.option('Цены').click();
    await client.says('чайник').first().waitFor();
    await client.context.close();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  test.each(looks)('pages: %s, %s, %s', { timeout: 400_000 }, async (language, width, colours) => {
    const { page, context, troubles } = await openPages(browser, system.url, language);
    page.setDefaultTimeout(PATIENCE_MS);
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    await page.setViewportSize(width === 'wide' ? WIDE : PHONE);
    const findings: string[] = [];
    const seen = new Map<string, string>();
    const waiting = ['/inbox', '/leads', '/bots', '/settings'];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const kind = path.replace(/\d+/g, 'N').replace(/[?#].*/, '');
      if (seen.has(kind)) continue;
      seen.set(kind, path);
      await page.goto(system.url + path);
      await settled(page);
      for (const finding of await audit(page)) findings.push(`${path}: ${finding}`);
      findings.push(...(await overflows(page)).map((words) => `${path}: ${words}`));
      waiting.push(...(await links(page)));
      expect(seen.size).toBeLessThan(MOST_PAGES);
    }
    // The walk has really been inside.
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['/inbox/N', '/leads/N', '/bots/N', '/settings/chats']));
    expect([...new Set(findings)]).toEqual([]);
    expect(troubles).toEqual([]);
    await context.close();
  });

  test.each<Language>(['ru', 'en'])('door and web chat: %s', { timeout: 120_000 }, async (language) => {
    const door = await (await browser.newContext({ locale: language })).newPage();
    await door.goto(system.url);
    await door.getByRole('button', { name: texts[language]['signIn.demo'] }).waitFor();
    const findings = (await audit(door)).map((finding) => `door: ${finding}`);
    const client = await openShop(browser, system.url, language);
    await client.page.locator('.composer textarea').waitFor();
    findings.push(...(await audit(client.page)).map((finding) => `shop: ${finding}`));
    expect(findings).toEqual([]);
    await client.context.close();
  });
});

/** Something is shown, and nothing that is shown is loading any more: no skeleton, no busy list. Says what is, when it goes on for too long. */
async function settled(page: Page): Promise<void> {
  const loading = () => {
    const shown = (selector: string) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    if (shown('main, section, aside').length === 0) return 'nothing is shown';
    return shown('[aria-busy="true"], [class*="skeleton"]')
      .map((one) => one.outerHTML.slice(0, 120))
      .join('; ');
  };
  await expect.poll(() => page.evaluate(loading), { timeout: PATIENCE_MS, message: page.url() }).toBe('');
}

/** A page that scrolls sideways as a whole has something that is wider than the screen. */
async function overflows(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 1 ? [`the page is ${wide} px wider than the screen`] : [];
}

/** Addresses of our own pages that this one leads to. */
async function links(page: Page): Promise<string[]> {
  const all = await page
    .locator('a[href^="/"]:not([download]):not([target="_blank"])')
    .evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
  return [...new Set(all)].filter((href) => !/^\/(api|files|webchat)\//.test(href));
}
