/** What people do in the messenger itself, as the card shows it: reactions, edits, replies in its own app, and whose they are. */
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeVk, startFakeVk } from '../fakes/vk/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, openPages } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const TOKEN = 'messenger-token-messenger-token-001';
/** The administrator of the stand-in's community. */
const ADMIN = 117_253;

describe.skipIf(chromiumPath === undefined)('a messenger’s own app, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  let vk: FakeVk;
  beforeAll(async () => {
    [system, browser, vk] = await Promise.all([
      startSystem({ demoToken: TOKEN, isPublic: true }),
      openBrowser(),
      startFakeVk({ timeScale: 0.01 }),
    ]);
    const answer = await fetch(`${system.url}/api/channels`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ type: 'vk', credentials: { token: vk.token, groupId: vk.groupId }, apiRoot: vk.url, receive: 'webhook' }),
    });
    expect(answer.status).toBe(201);
    // Somebody to be found by their page.
    await vk.clientWrites(ADMIN, 'hello', { name: 'Olga Admin', screenName: 'olga_admin' });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await vk?.stop();
    await system?.stop();
  });

  test.each<[Language, number]>([
    ['ru', 5_550_001],
    ['en', 5_550_002],
  ])(
    'a reaction comes and goes while the card is open, and an administrator’s reply gets its name by the settings (%s)',
    async (language, peer) => {
      const { messageId } = await vk.clientWrites(peer, 'Привет', { name: `Anna ${language}` });
      const { page, t, bubble, context, troubles } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${system.url}/inbox`);
      await page.getByText(`Anna ${language}`).first().click();
      await bubble('Привет').waitFor();

      const { conversationMessageId: cmid } = (await vk.transcript(peer)).find((item) => item.messageId === messageId)!;
      const reacts = (reaction: object) => vk.pushEvent('message_reaction_event', { reacted_id: peer, peer_id: peer, cmid, ...reaction });
      await reacts({ reaction_id: 4 });
      const reactions = bubble('Привет').getByRole('list', { name: t['message.reactions'] });
      await reactions.getByText('👍').waitFor();
      await vk.adminWrites(peer, 'Из приложения');
      const inApp = t['author.inApp'].replace('{{messenger}}', t['channel.type.vk']);
      await page.getByText(inApp).waitFor();
      await look(page, `messenger-reaction-${language}`);

      await page.goto(`${system.url}/settings/channels`);
      await page.getByText(t['channel.colleagues']).click();
      const field = page.getByLabel(t['channel.colleaguesPage']);
      await page.getByLabel(t['channel.colleaguesUser'], { exact: true }).locator('option').first().waitFor({ state: 'attached' });
      await field.fill('vk.com/nobody_at_all');
      await field.press('Enter');
      // The server's own words in the page's language: what was given stands in them.
      await page.getByText(/vk\.com\/nobody_at_all/).waitFor();
      await field.fill('vk.com/olga_admin');
      await field.press('Enter');
      await page.getByText('Olga Admin').waitFor();
      await field.scrollIntoViewIfNeeded();
      await look(page, `messenger-colleagues-${language}`);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await field.scrollIntoViewIfNeeded();
      await look(page, `messenger-colleagues-phone-${language}`);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1440, height: 900 });

      await page.goto(`${system.url}/inbox`);
      await page.getByText(`Anna ${language}`).first().click();
      await reactions.getByText('👍').waitFor();
      // The directory of the turns is a few seconds old at most.
      await expect
        .poll(
          async () => {
            await vk.adminWrites(peer, 'Подписано');
            await bubble('Подписано').last().waitFor();
            return page.locator('[data-author="user"]').filter({ hasText: 'Подписано' }).filter({ hasNotText: inApp }).count();
          },
          { timeout: PATIENCE_MS, interval: 1_000 },
        )
        .toBeGreaterThan(0);
      await reacts({});
      await reactions.waitFor({ state: 'detached' });

      // The next language begins without the name.
      await page.goto(`${system.url}/settings/channels`);
      await page.getByRole('button', { name: t['common.remove'].replace('{{name}}', 'Olga Admin') }).click();
      await page.getByRole('button', { name: t['common.remove'].replace('{{name}}', 'Olga Admin') }).waitFor({ state: 'detached' });
      // A refused address is an answer of the server that the browser writes down.
      expect(troubles.filter((one) => !one.includes('422'))).toEqual([]);
      await context.close();
    },
    120_000,
  );
});

async function look(page: Page, name: string): Promise<void> {
  const folder = process.env.BESEDA_LOOK;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
}
