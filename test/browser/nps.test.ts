/** The poll as people meet it: switched on in the settings, planned by a close, rated by the client, seen in the thread and its history. */
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const TOKEN = 'nps-test-token-nps-test-token-0001';

describe.skipIf(chromiumPath === undefined)('the poll, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN }), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  const put = (body: unknown) =>
    fetch(`${system.url}/api/settings`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  /** Number of the newest conversation. */
  const newest = async () => {
    const answer = await fetch(`${system.url}/api/conversations?limit=1`, { headers: { Authorization: `Bearer ${TOKEN}` } });
    const { items } = (await answer.json()) as { items: { number: number }[] };
    return String(items[0]!.number);
  };

  test.each<Language>(['ru', 'en'])(
    'a manager switches polls on, closes, the client rates, the history shows it (%s)',
    async (language) => {
      // Somewhere it is about two in the afternoon, whenever the tests run: polls go out by day.
      const behind = new Date().getUTCHours() - 14;
      await put({ schedule: { timeZone: `Etc/GMT${behind < 0 ? behind : `+${behind}`}` }, nps: { enabled: false, delaySeconds: 2 } });
      const manager = await openPages(browser, system.url, language);
      const { page, t } = manager;
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${system.url}/settings/chats`);
      await page.getByRole('switch', { name: t['nps.title'] }).check();
      await page.getByText(t['nps.preview']).waitFor();
      await page.locator('figure').getByText('10', { exact: true }).waitFor();
      await page.getByRole('link', { name: t['nps.edit'] }).waitFor();
      await look(page, `nps-settings-${language}`);

      const client = await openShop(browser, system.url, language);
      client.page.setDefaultTimeout(PATIENCE_MS);
      await client.write('Здравствуйте!');
      await client.option('Цены').waitFor();
      const number = await newest();
      await page.goto(`${system.url}/inbox/${number}`);
      await page.getByRole('button', { name: t['talk.menu'].replace('{{number}}', number) }).click();
      await page.getByRole('menuitem', { name: t['talk.close'], exact: true }).click();
      await page.locator('header').getByText(t['nps.asked']).waitFor();
      await client.option('10').waitFor();
      await look(page, `nps-asked-${language}`);
      await client.option('2').click();
      await page.getByText(t['line.rated'].replace('{{number}}', `#${number}`).replace('{{to}}', '2')).waitFor();
      await client.write('Долго ждал');
      await page.locator('header').getByText(t['talk.status.closed']).waitFor();
      // By the keys alone: the letter that the open menu shows beside its entry works there.
      await page.keyboard.press('m');
      await page.getByRole('menuitem', { name: t['talk.history'] }).waitFor();
      await page.keyboard.press('h');
      await page.getByRole('dialog').getByText('Долго ждал').waitFor();
      expect(await page.getByRole('dialog').textContent()).toContain(t['opening.rate'].replace('{{rate}}', '2'));
      await look(page, `nps-history-${language}`);
      expect(manager.troubles).toEqual([]);
      await client.context.close();
      await manager.context.close();
    },
    180_000,
  );
});

/** Pictures for whoever wants to see how it looks: wide, on a phone, in the dark. */
async function look(page: Page, name: string): Promise<void> {
  if (process.env.BESEDA_LOOK === undefined) return;
  mkdirSync(process.env.BESEDA_LOOK, { recursive: true });
  const size = page.viewportSize()!;
  const picture = (kind: string) => page.screenshot({ path: `${process.env.BESEDA_LOOK}/${name}-${kind}.png`, animations: 'disabled' });
  const poll = page.locator('figure');
  const seen = async () => {
    if ((await poll.count()) > 0) await poll.scrollIntoViewIfNeeded();
  };
  await seen();
  await picture('wide');
  await page.setViewportSize({ width: 390, height: 844 });
  await seen();
  await picture('phone');
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture('dark');
  await page.emulateMedia({ colorScheme: 'light' });
}
