import { mkdirSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Customer, Lead } from '../../api/contract/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const PHONE = { width: 390, height: 844 };
const LOOKS = 'test/output';

describe.skipIf(chromiumPath === undefined)('leads and customers, in a real browser against the real system', () => {
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

  /** What the API says, asked with the page's own session. */
  const ask = <Answer>(page: Page, path: string): Promise<Answer> =>
    page.evaluate(async (address) => (await fetch(address)).json(), path) as Promise<Answer>;
  const card = (page: Page, name: string): Locator => page.locator('[data-lead]').filter({ hasText: name });
  const columnOf = (page: Page, name: string) => page.locator('[data-stage]').filter({ has: card(page, name) });
  /** Of the page itself; the frame around it is audited by the walk over all pages. */
  const findings = async (page: Page) => {
    await page.locator('nav[class*="rail"]').evaluateAll((rails) => rails.map((rail) => rail.setAttribute('data-outside', '')));
    const frame = await page
      .locator('[data-outside] button')
      .evaluateAll((buttons) => buttons.map(({ outerHTML }) => outerHTML.slice(0, 60)));
    return (await audit(page)).filter((finding) => !frame.some((html) => finding.includes(html)));
  };
  const look = (page: Page, name: string) => page.screenshot({ path: `${LOOKS}/${name}.png`, animations: 'disabled' });

  /** A client of the shop writes; the incoming lead gets a name that only this test has. */
  async function newLead(page: Page, language: Language, name: string) {
    const client = await openShop(browser, system.url, language);
    client.page.setDefaultTimeout(PATIENCE_MS);
    const before = new Set((await ask<{ items: Lead[] }>(page, '/api/leads?incoming=true')).items.map(({ id }) => id));
    await client.write(name);
    let lead: Lead | undefined;
    await expect
      .poll(
        async () => {
          const { items } = await ask<{ items: Lead[] }>(page, '/api/leads?incoming=true');
          lead = items.find(({ id }) => !before.has(id));
          return lead?.id;
        },
        { timeout: PATIENCE_MS },
      )
      .toBeDefined();
    await client.option('Цены').waitFor();
    await page.evaluate(
      async ([id, text]) =>
        fetch(`/api/leads/${id}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: text, price: 1200 }),
        }),
      [lead!.id, name] as const,
    );
    return { client, leadId: lead!.id };
  }

  test.each<Language>(['ru', 'en'])(
    'incoming leads are accepted and declined, cards are carried by mouse and by keys, filters are words of the address (%s)',
    async (language) => {
      const { page, t, context, troubles } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      const [tea, spam] = [`Tea ${language}`, `Spam ${language}`];
      await page.goto(`${system.url}/leads?view=board`);
      const good = await newLead(page, language, tea);
      const bad = await newLead(page, language, spam);
      await card(page, tea).waitFor();
      await card(page, spam).waitFor();
      await look(page, `board-${language}`);

      // Accepted: into the first stage, live.
      const stages = await page
        .locator('[data-stage]')
        .evaluateAll((columns) => columns.map((column) => column.getAttribute('data-stage')));
      const stageNow = async () => (await ask<Lead>(page, `/api/leads/${good.leadId}`)).stage.id;
      const isIn = async (index: number) => {
        await page
          .locator(`[data-stage="${stages[index]}"]`)
          .filter({ has: card(page, tea) })
          .waitFor();
        await expect.poll(stageNow, { timeout: PATIENCE_MS }).toBe(Number(stages[index]));
      };
      await card(page, tea).getByRole('button', { name: t['lead.accept'] }).click();
      await isIn(1);

      // Carried by the mouse.
      const from = (await card(page, tea).getByRole('link').boundingBox())!;
      const to = (await page.locator(`[data-stage="${stages[2]}"]`).boundingBox())!;
      await page.mouse.move(from.x + 60, from.y + 40);
      await page.mouse.down();
      await page.mouse.move(from.x + 80, from.y + 50, { steps: 3 });
      await page.mouse.move(to.x + 100, to.y + 160, { steps: 8 });
      await page.mouse.up();
      await isIn(2);
      expect(new URL(page.url()).pathname).toBe('/leads');
      // And back.
      await page.getByRole('button', { name: t['common.undo'] }).last().click();
      await isIn(1);

      // Carried by keys: Space, arrows, Space.
      await card(page, tea).getByRole('link').focus();
      await page.keyboard.press('Space');
      await page.locator('[data-lead][data-dragging="true"]').waitFor();
      for (const index of [2, 3]) {
        await page.keyboard.press('ArrowRight');
        await page.locator(`[data-stage="${stages[index]}"][data-over="true"]`).waitFor();
      }
      await page.keyboard.press('Space');
      await isIn(3);

      // Sent by the card's menu, which keys open too.
      await card(page, tea)
        .getByRole('button', { name: t['board.move'].replace('{{name}}', tea) })
        .focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem').first().click();
      await isIn(1);

      // Declined: lost, its conversation closed.
      await card(page, spam).getByRole('button', { name: t['lead.decline'] }).click();
      await page.getByText(t['incoming.declined'].replace('{{name}}', spam)).waitFor();
      const declined = async () => {
        const lead = await ask<Lead>(page, `/api/leads/${bad.leadId}`);
        return [lead.stage.kind, ...lead.conversations.map(({ status }) => status), lead.runs.length];
      };
      await expect.poll(declined, { timeout: PATIENCE_MS }).toEqual(['lost', 'closed', 0]);
      await columnOf(page, spam).waitFor();

      // The same leads as a list, by a filter in plain words that stands in the address and can be taken away.
      await page.getByRole('button', { name: t['leads.view.list'] }).click();
      await page.getByRole('button', { name: t['leads.addFilter'] }).click();
      await page.getByRole('menuitem', { name: t['leads.conversations.unread'], exact: true }).click();
      const chip = page.getByText(`${t['leads.conversations']}: ${t['leads.conversations.unread']}`);
      await chip.waitFor();
      expect(new URL(page.url()).searchParams.get('conversations')).toBe('unread');
      await card(page, tea).waitFor();
      await card(page, spam).waitFor({ state: 'detached' });
      await look(page, `leads-${language}`);
      expect(await findings(page)).toEqual([]);
      await page.reload();
      await chip.waitFor();
      await page.getByRole('button', { name: t['common.removeFilter'] }).click();
      await card(page, spam).waitFor();

      await good.client.context.close();
      await bad.client.context.close();
      expect(troubles).toEqual([]);
      await context.close();
    },
    180_000,
  );

  test('a card keeps tasks, notes and events; a conversation moves to a customer, whose card it is written from', async () => {
    const { page, t, context, troubles } = await openPages(browser, system.url, 'ru');
    page.setDefaultTimeout(PATIENCE_MS);
    const { client, leadId } = await newLead(page, 'ru', 'Постоянный клиент');
    await page.goto(`${system.url}/leads/${leadId}`);

    await page.getByRole('tab', { name: t['tab.tasks'] }).click();
    await page.getByRole('textbox', { name: t['task.text'] }).fill('Позвонить утром');
    await page.getByRole('button', { name: t['task.add'] }).click();
    const box = page.getByRole('checkbox', { name: t['task.complete'].replace('{{text}}', 'Позвонить утром') });
    await box.waitFor();
    await look(page, 'card-tasks');
    expect(await findings(page)).toEqual([]);
    await box.click();
    await page.locator('[data-task][data-done="true"]').waitFor();

    await page.getByRole('tab', { name: t['tab.notes'] }).click();
    await page.getByRole('textbox', { name: t['note.text'] }).fill('Любит улун');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-note]').filter({ hasText: 'Любит улун' }).waitFor();
    await look(page, 'card-notes');

    await page.getByRole('tab', { name: t['tab.events'] }).click();
    await page.getByText('Задача выполнена').waitFor();
    await look(page, 'card-events');

    // A customer for the same person; the conversation goes there.
    await page.getByRole('button', { name: t['lead.customerFor'] }).click();
    await page.getByRole('dialog').getByRole('button', { name: t['leads.make'] }).click();
    await page.waitForURL(/\/customers\/\d+/);
    const customerId = Number(/\/customers\/(\d+)/.exec(page.url())?.[1]);
    await page.goto(`${system.url}/leads/${leadId}?tab=chats`);
    await page.locator('[data-chat] button').click();
    await look(page, 'card-chats');
    await page.getByRole('menuitem').filter({ hasText: t['customer.title'] }).click();
    await expect
      .poll(async () => (await ask<Customer>(page, `/api/customers/${customerId}`)).conversations.length, { timeout: PATIENCE_MS })
      .toBe(1);
    await page.goto(`${system.url}/customers/${customerId}`);
    await page.locator('[data-message]').filter({ hasText: 'Постоянный клиент' }).first().waitFor();
    await page.locator('[data-composer]').fill('Рады видеть вас снова');
    await page.keyboard.press('Control+Enter');
    await client.says('Рады видеть вас снова').waitFor();
    await page.getByRole('combobox', { name: t['lead.stage'] }).selectOption({ index: 2 });
    await expect
      .poll(async () => (await ask<Customer>(page, `/api/customers/${customerId}`)).stage?.name, { timeout: PATIENCE_MS })
      .toBe('Повторные покупки');
    await look(page, 'customer-card');
    expect(await findings(page)).toEqual([]);
    await page.goto(`${system.url}/customers`);
    await page.locator(`[data-customer="${customerId}"]`).waitFor();
    await look(page, 'customers');
    await client.context.close();
    expect(troubles).toEqual([]);
    await context.close();
  }, 120_000);

  test('on a phone, in the dark, the board shows one stage at a time and a card one part at a time', async () => {
    const { page, t, context, troubles } = await openPages(browser, system.url, 'ru');
    page.setDefaultTimeout(PATIENCE_MS);
    await page.emulateMedia({ colorScheme: 'dark' });
    const { client, leadId } = await newLead(page, 'ru', 'С телефона');
    await page.setViewportSize(PHONE);
    await page.goto(`${system.url}/leads?view=board`);
    await card(page, 'С телефона').waitFor();
    expect(await page.locator('[data-stage]').count()).toBe(1);
    await look(page, 'board-phone');
    expect(await findings(page)).toEqual([]);
    await card(page, 'С телефона')
      .getByRole('button', { name: t['board.move'].replace('{{name}}', 'С телефона') })
      .click();
    await page.getByRole('menuitem').nth(1).click();
    await card(page, 'С телефона').waitFor({ state: 'detached' });
    await page.locator('select').first().selectOption({ index: 2 });
    await card(page, 'С телефона').getByRole('link').click();
    await page.waitForURL(new RegExp(`/leads/${leadId}`));
    await page.locator('[data-message]').first().waitFor();
    await look(page, 'card-phone');
    await page.getByRole('tab', { name: t['lead.pane.fields'] }).click();
    await page.getByRole('textbox', { name: t['lead.name'] }).waitFor();
    await look(page, 'card-phone-fields');
    await page.getByRole('tab', { name: t['tab.tasks'] }).click();
    await page.getByRole('textbox', { name: t['task.text'] }).waitFor();
    await look(page, 'card-phone-tasks');
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
    await client.context.close();
    expect(troubles).toEqual([]);
    await context.close();
  }, 120_000);
});
