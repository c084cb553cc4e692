/** A person's own account that a Telegram bot answers for: what comes from there, what goes there, and where it is seen. */
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../db/connection.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, openPages } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const TOKEN = 'business-token-business-token-0001';

describe.skipIf(chromiumPath === undefined)('a business account, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  let telegram: FakeTelegram;
  beforeAll(async () => {
    [system, browser, telegram] = await Promise.all([
      startSystem({ demoToken: TOKEN, isPublic: true }),
      openBrowser(),
      startFakeTelegram({ timeScale: 0.01 }),
    ]);
    const answer = await fetch(`${system.url}/api/channels`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        type: 'telegram',
        name: 'Shop bot',
        credentials: { token: telegram.token },
        apiRoot: telegram.url,
        receive: 'webhook',
      }),
    });
    expect(answer.status).toBe(201);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await telegram?.stop();
    await system?.stop();
  });

  /** The client's last message in the owner's account moves so far back. */
  async function lateBy(interval: string, owner: number): Promise<void> {
    const sql = connect(system.databaseUrl, { max: 1, name: 'business-test' });
    await sql`update chats set last_client_at = last_client_at - ${interval}::interval where external_chat_id like ${`business:${owner}:%`}`;
    await sql.end();
  }

  test.each<[Language, number]>([
    ['ru', 1],
    ['en', 2],
  ])(
    'a client is answered as the owner, who takes part in Telegram; switched off, the message says so (%s)',
    async (language, number) => {
      const owner = 990_000 + number;
      const client = 5_550_000 + number;
      const { connectionId: business } = await telegram.connectBusiness(owner, { name: `Olga ${language}`, username: `olga_${language}` });
      const { messageId } = await telegram.clientWrites(client, 'Is it open?', { business, name: `Anna ${language}` });
      await telegram.clientWrites(client, 'To the bot itself', { name: `Anna ${language}` });
      const { page, t, bubble, context, troubles } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${system.url}/inbox`);
      await page.getByText('Is it open?').first().click();
      await bubble('Is it open?').waitFor();

      const field = page.locator('[data-composer]');
      await field.fill('Until nine');
      await field.press('Control+Enter');
      expect((await telegram.waitForSent(client, 1, { business, timeoutMs: PATIENCE_MS })).map(({ text }) => text)).toEqual(['Until nine']);
      await telegram.ownerWrites(business, client, 'And on Sundays');
      await bubble('And on Sundays').waitFor();
      await page.getByText(t['author.inApp'].replace('{{messenger}}', t['channel.type.telegram'])).waitFor();
      expect(await bubble('Until nine').count()).toBe(1);

      await telegram.deletes(business, client, [messageId]);
      await page.getByText(t['message.deleted']).first().waitFor();
      await look(page, `business-thread-${language}`);

      await telegram.changeBusiness(business, { isEnabled: false });
      await page.goto(`${system.url}/settings/channels`);
      const account = page.getByRole('listitem').filter({ hasText: `@olga_${language}` });
      await account.getByText(t['channel.account.off']).waitFor();
      await account.scrollIntoViewIfNeeded();
      await look(page, `business-settings-${language}`);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await account.scrollIntoViewIfNeeded();
      await look(page, `business-settings-phone-${language}`);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1440, height: 900 });

      await page.goto(`${system.url}/inbox`);
      await page.getByText('And on Sundays').first().click();
      // Both threads of the client are there to choose from, told apart by whose account one is in.
      await page.getByRole('button', { name: t['composer.channel'].replace('{{name}}', `Shop bot · Olga ${language}`) }).click();
      await page.getByRole('menuitem', { name: /^Shop bot(?! ·)/ }).waitFor();
      await look(page, `business-picker-${language}`);
      await page.keyboard.press('Escape');
      await field.fill('Nobody gets this');
      await field.press('Control+Enter');
      await bubble('Nobody gets this').waitFor();
      await page
        .getByText(/Telegram (Business|для бизнеса)/)
        .first()
        .waitFor();
      await look(page, `business-refused-${language}`);

      // Telegram lets the bot write for a day after the client: what is left, and that it is over, is said before anything is written.
      await lateBy('22 hours', owner);
      await page.reload();
      await page.getByText(t['composer.windowSoonOver'].split('{{left}}')[0]!).waitFor();
      await lateBy('3 hours', owner);
      await page.reload();
      await page.getByText(t['composer.windowOver'].replace('{{hours}}', '24')).waitFor();
      expect(troubles).toEqual([]);
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
