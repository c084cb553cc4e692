/** Two chats of one person: the quiet line in the card, the list, two contacts side by side, merged with the keyboard. */
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const TOKEN = 'duplicates-token-duplicates-token-01';

describe.skipIf(chromiumPath === undefined)('duplicates, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN }), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${system.url}/api/${path}`, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Answer;
  }

  /** A client of the shop's chat; answers their contact and the conversation's number. */
  async function writes(language: Language, text: string): Promise<{ contactId: number; number: number }> {
    const client = await openShop(browser, system.url, language);
    client.page.setDefaultTimeout(PATIENCE_MS);
    await client.write(text);
    await client.option('Цены').waitFor();
    await client.context.close();
    const { items } = await call<{ items: { number: number; contact: { id: number } }[] }>('GET', 'conversations?limit=1');
    return { contactId: items[0]!.contact.id, number: items[0]!.number };
  }

  test.each<Language>(['ru', 'en'])(
    'the card says who looks alike, the two are compared and merged, the conversation is where it was (%s)',
    async (language) => {
      const phone = language === 'ru' ? '+7 912 345-67-89' : '+7 912 345-67-80';
      const { items: fields } = await call<{ items: { id: number; code: string }[] }>('GET', 'fields?entity=contact');
      const phoneId = fields.find(({ code }) => code === 'PHONE')!.id;
      const first = await writes(language, 'Здравствуйте!');
      const second = await writes(language, 'Это снова я');
      for (const [{ contactId }, name, value] of [
        [first, 'Анна Петрова', phone],
        [second, 'Аня', phone.replace('+7', '8')],
      ] as const)
        await call('PATCH', `contacts/${contactId}`, { name, fields: { [phoneId]: [{ value }] } });

      const { page, t, context, troubles } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${system.url}/inbox/${second.number}`);
      await page.getByText(t['duplicates.like'].replace('{{name}}', 'Анна Петрова')).waitFor();
      await look(page, `duplicates-line-${language}`);
      await page.goto(`${system.url}/settings/duplicates`);
      const row = page.locator(`[data-pair="${first.contactId}-${second.contactId}"]`);
      await row.getByText(`${t['duplicates.reason.phone']} ${phone.replace(/[ -]/g, '')}`).waitFor();
      await look(page, `duplicates-list-${language}`);
      await row.getByRole('link', { name: t['duplicates.compare'] }).press('Enter');
      await page.getByRole('heading', { name: t['duplicates.compareTitle'] }).waitFor();
      await page.getByRole('radio', { name: 'Аня' }).press('Space');
      await look(page, `duplicates-compare-${language}`);
      await page.setViewportSize({ width: 390, height: 844 });
      await look(page, `duplicates-compare-phone-${language}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await page.setViewportSize({ width: 1360, height: 900 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await look(page, `duplicates-compare-dark-${language}`);
      await page.getByRole('button', { name: t['duplicates.merge'], exact: true }).press('Enter');
      await page.getByText(t['duplicates.merged'].replace('{{name}}', 'Аня')).waitFor();
      await page.getByText(t['duplicates.none']).waitFor();
      expect(await call('GET', `contacts/${second.contactId}`)).toMatchObject({ id: first.contactId, name: 'Аня' });

      await page.goto(`${system.url}/inbox/${second.number}`);
      await page.getByText('Это снова я').first().waitFor();
      await page.goto(`${system.url}/settings/duplicates`);
      await page.getByRole('switch', { name: t['duplicates.enabled'] }).uncheck();
      await page.getByText(t['duplicates.none']).waitFor({ state: 'detached' });
      await look(page, `duplicates-off-${language}`);
      await page.getByRole('switch', { name: t['duplicates.enabled'] }).check();
      await page.getByText(t['duplicates.none']).waitFor();
      expect(troubles).toEqual([]);
      await context.close();
    },
    180_000,
  );
});

async function look(page: Page, name: string): Promise<void> {
  const folder = process.env.BESEDA_LOOK;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}
