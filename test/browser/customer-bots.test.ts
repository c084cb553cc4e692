import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Customer, Lead, Run } from '../../api/contract/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const PHONE = { width: 390, height: 844 };
const LOOKS = 'test/output';
/** The demo shop's bot, and how it begins. */
const [BOT, GREETING] = ['Приветствие', 'Здравствуйте! Я бот магазина'];

describe.skipIf(chromiumPath === undefined)('bots on customers’ cards, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(LOOKS, { recursive: true });
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  /** What the API says, asked with the page's own session; with a body, ordered. */
  const ask = <Answer>(page: Page, path: string, body?: object): Promise<Answer> =>
    page.evaluate(
      async ([address, sent]) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(address, sent === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(sent) });
        if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
        return answer.json();
      },
      [path, body] as const,
    ) as Promise<Answer>;

  /** A client of the shop who has a customer's card that the conversation hangs on. */
  async function newCustomer(page: Page, language: Language) {
    const incoming = async () => (await ask<{ items: Lead[] }>(page, '/api/leads?incoming=true')).items;
    const before = new Set((await incoming()).map(({ id }) => id));
    const client = await openShop(browser, system.url, language);
    client.page.setDefaultTimeout(PATIENCE_MS);
    await client.write(`Hello (${language})`);
    await client.option('Цены').waitFor();
    const made = (await incoming()).find(({ id }) => !before.has(id))!;
    const { contact, conversations } = await ask<Lead>(page, `/api/leads/${made.id}`);
    const customer = await ask<Customer>(page, '/api/customers', { name: `Regular ${language}`, contactId: contact!.id });
    await ask(page, `/api/conversations/${conversations[0]!.number}/attach`, { type: 'customer', id: customer.id });
    return { client, customerId: customer.id, number: conversations[0]!.number };
  }

  test.each<Language>(['ru', 'en'])(
    'a bot is started, seen and stopped on a customer’s card, wide and on a phone, and the card’s history keeps it (%s)',
    async (language) => {
      const { page, t, context, troubles, bubble } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      const { client, customerId, number } = await newCustomer(page, language);
      const runs = async () =>
        (await ask<{ items: Run[] }>(page, `/api/customers/${customerId}/runs?state=all`)).items.map(({ bot, outcome, leadId }) => [
          bot.name,
          outcome,
          leadId,
        ]);
      const look = (name: string) => page.screenshot({ path: `${LOOKS}/customer-bots-${name}-${language}.png`, animations: 'disabled' });
      const strip = page.getByRole('region', { name: t['run.strip'] });
      const history = page.locator('section').filter({ has: page.getByRole('heading', { name: t['run.history'] }) });
      const told = bubble(GREETING);

      await page.goto(`${system.url}/customers/${customerId}`);
      await strip.getByText(t['run.none']).waitFor();
      await told.first().waitFor();

      // Started by hand: the client is written to, the strip says who works and what is waited for.
      await strip.getByRole('button', { name: t['run.start'] }).click();
      await page.getByRole('menuitem', { name: BOT }).click();
      const line = strip.locator('[data-run]').filter({ hasText: `${BOT} v1` });
      await line.getByText(`${t['run.waitsMessage'].split('{{')[0]}${GREETING}`).waitFor();
      await told.nth(1).waitFor();
      await history.getByText(t['run.running']).waitFor();
      expect(await runs()).toEqual([[BOT, null, null]]);
      await look('wide');
      expect(await audit(page)).toEqual([]);

      // Whoever moves the conversation away is told which bot stays.
      await page.getByRole('tab', { name: t['tab.chats'] }).click();
      await page.getByRole('button', { name: t['chats.attach'].replace('{{number}}', String(number)) }).click();
      await page.getByText(t['chats.botsStay_one'].replace('{{names}}', BOT)).waitFor();
      await look('move');
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: t['tab.thread'] }).click();

      // The same bot a second time is asked about, and left as it is.
      await strip.getByRole('button', { name: t['run.start'] }).click();
      await page.getByRole('menuitem', { name: BOT }).click();
      await page.getByRole('dialog').getByRole('button', { name: t['run.keep'] }).click();

      // On a phone, in the dark, it is stopped from the strip.
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: 'dark' });
      await look('phone');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
      await strip.getByRole('button', { name: t['run.stopNamed'].replace('{{name}}', BOT) }).click();
      await strip.getByText(t['run.none']).waitFor();
      expect(await runs()).toEqual([[BOT, 'stopped', null]]);

      // What was is in the card's history, and one press away its trace.
      await page.getByRole('tab', { name: t['customer.title'] }).click();
      await history.getByRole('button', { name: BOT }).filter({ hasText: t['outcome.stopped'] }).click();
      await page.getByRole('dialog').getByText(t['outcome.stopped'], { exact: true }).waitFor();
      await page.getByRole('dialog').locator('[data-end="stopped"]').getByText(t['end.stopped'].split('{{')[0]!.trim()).waitFor();
      await look('trace');

      await client.context.close();
      expect(troubles).toEqual([]);
      await context.close();
    },
    120_000,
  );
});
