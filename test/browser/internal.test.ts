import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, type Manager, openPages, openShop, texts } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const PASSWORD = 'correct horse';

/** Signs a second user of the demo account in, in a browser of their own. */
async function openAs(browser: Browser, url: string, language: Language, email: string, phone: boolean): Promise<Manager> {
  const context = await browser.newContext({
    locale: language,
    viewport: phone ? { width: 390, height: 780 } : { width: 1440, height: 900 },
    colorScheme: phone ? 'dark' : 'light',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  const t = texts[language];
  await page.goto(url);
  await page.getByLabel(t['signIn.email']).fill(email);
  await page.getByLabel(t['signIn.password']).fill(PASSWORD);
  await page.getByRole('button', { name: t['signIn.enter'], exact: true }).click();
  await page.getByRole('navigation', { name: t['nav.label'] }).waitFor();
  return { page, t, context, troubles, bubble: (text) => page.locator('[data-message]').filter({ hasText: text }) };
}

async function post<Answer>(page: Page, path: string, body: unknown): Promise<Answer> {
  return page.evaluate(
    async ([to, sent]) => {
      const answer = await fetch(to as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return answer.json() as Promise<unknown>;
    },
    [path, body],
  ) as Promise<Answer>;
}

const line = (page: Page, text: string) => page.locator('[data-internal-message]').filter({ hasText: text });
const field = ({ page, t }: Manager) => page.getByRole('textbox', { name: t['internal.field'] });

describe.skipIf(chromiumPath === undefined)('colleagues among themselves, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  test.each<[Language, string, boolean]>([
    ['ru', 'Борис Седов', false],
    ['en', 'Clara Mint', true],
  ])(
    'two write to each other, name, correct, search, and talk about a lead where the client sees nothing (%s)',
    async (language, name, phone) => {
      const first = await openPages(browser, system.url, language);
      const { page, t } = first;
      const email = `${language}@colleagues.example`;
      await post(page, '/api/users', { name, email, password: PASSWORD, role: 'manager' });
      const second = await openAs(browser, system.url, language, email, phone);
      for (const each of [page, second.page]) each.setDefaultTimeout(PATIENCE_MS);

      // A chat is begun from the rail; what is written there is on the other's screen without a reload.
      await page.getByRole('link', { name: t['nav.team'] }).click();
      await page.getByRole('button', { name: t['internal.new'] }).first().click();
      await page.getByRole('checkbox', { name }).check();
      await page.getByRole('button', { name: t['internal.startChat'], exact: true }).click();
      await page.waitForURL(/\/team\/\d+/);
      await field(first).fill('Посмотри заказ 77');
      await page.keyboard.press('Enter');
      await line(page, 'Посмотри заказ 77').waitFor();

      // The other one finds it counted, opens it, and answers with a file that is chosen and one that is dropped.
      const rail = second.page.getByRole('navigation', { name: t['nav.label'] }).getByRole('link', { name: t['nav.team'] });
      await rail.getByText('1', { exact: true }).waitFor();
      await rail.click();
      await second.page.locator('[data-chat]').first().click();
      await line(second.page, 'Посмотри заказ 77').waitFor();
      await second.page.locator('[data-unread-line]').waitFor();
      await rail.getByText('1', { exact: true }).waitFor({ state: 'hidden' });
      await second.page.locator('[data-internal-composer]').getByText(t['internal.notForClient']).waitFor();
      await second.page
        .locator('[data-internal-composer] input[type=file]')
        .setInputFiles([{ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('plan') }]);
      const dropped = await second.page.evaluateHandle(() => {
        const carried = new DataTransfer();
        carried.items.add(new File(['list'], 'list.txt', { type: 'text/plain' }));
        return carried;
      });
      await field(second).dispatchEvent('dragover', { dataTransfer: dropped });
      await second.page.getByText(t['internal.drop']).waitFor();
      await field(second).dispatchEvent('drop', { dataTransfer: dropped });
      await second.page.getByText(t['internal.drop']).waitFor({ state: 'hidden' });
      await field(second).fill('Смотрю');
      await second.page.keyboard.press('Control+Enter');
      await line(page, 'plan.txt').getByText('list.txt').waitFor();

      // ArrowUp in the empty field corrects the last message.
      await field(second).press('ArrowUp');
      await expect.poll(() => field(second).inputValue()).toBe('Смотрю');
      await field(second).fill('Смотрю, отвечу к чаю');
      await second.page.keyboard.press('Enter');
      await line(page, 'отвечу к чаю').getByText(t['internal.edited']).waitFor();

      // A draft waits for its writer.
      await field(first).fill('Черновик');
      await page.goto(`${system.url}/team`);
      await page.locator('[data-chat]').first().click();
      expect(await field(first).inputValue()).toBe('Черновик');

      // A name is taken from the list by keys alone; it becomes a mention in the other's notifications.
      await field(first).fill('');
      await field(first).pressSequentially(`@${name.slice(0, 3)}`);
      await page.getByRole('listbox', { name: t['mention.list'] }).waitFor();
      await page.keyboard.press('Enter');
      await field(first).pressSequentially('чай готов');
      expect(await field(first).inputValue()).toBe(`@${name} чай готов`);
      await page.keyboard.press('Enter');
      await line(second.page, 'чай готов')
        .locator('strong')
        .filter({ hasText: `@${name}` })
        .waitFor();

      // Search finds another form of the word and leads to its place.
      await page.locator('#internal-search').fill('чая');
      await page.locator('[data-hit]').filter({ hasText: 'чаю' }).locator('mark').first().waitFor();
      await page.locator('[data-hit]').filter({ hasText: 'чаю' }).first().click();
      await page.locator('[data-found="true"]').filter({ hasText: 'отвечу к чаю' }).waitFor();
      await shoot(page, `team-${language}`);
      await shoot(second.page, `team-${language}-other`);
      for (const each of [page, second.page]) expect(await seriousFindings(each)).toEqual([]);

      // In the lead's card colleagues have a panel of their own beside the client's thread.
      const known = await leadIds(page);
      const client = await openShop(browser, system.url, language);
      await client.write('Здравствуйте! Есть чайники?');
      let lead: number | undefined;
      await expect
        .poll(
          async () => {
            lead = (await leadIds(page)).find((id) => !known.includes(id));
            return lead;
          },
          { timeout: PATIENCE_MS },
        )
        .toBeDefined();
      for (const each of [first, second]) await each.page.goto(`${system.url}/leads/${lead}`);
      await second.page.locator('[data-internal-handle]').waitFor();
      await shoot(second.page, `lead-handle-${language}`);
      await page.locator('[data-internal-handle]').click();
      await page.locator('[data-internal-chat]').waitFor();
      await field(first).fill('Дадим скидку?');
      await page.keyboard.press('Enter');
      await line(page, 'Дадим скидку?').waitFor();
      await second.page.locator('[data-internal-handle]').click();
      await line(second.page, 'Дадим скидку?').waitFor();
      await shoot(page, `lead-internal-${language}`);
      await shoot(second.page, `lead-internal-${language}-other`);
      expect(await client.page.getByText('Дадим скидку?').count()).toBe(0);
      expect(await page.locator('[data-message]').filter({ hasText: 'Дадим скидку?' }).count()).toBe(0);

      expect(first.troubles).toEqual([]);
      expect(second.troubles).toEqual([]);
      for (const { context } of [first, second, client]) await context.close();
    },
    180_000,
  );
});

async function leadIds(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const answer = (await (await fetch('/api/leads?limit=50')).json()) as { items: { id: number }[] };
    return answer.items.map(({ id }) => id);
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious findings of the accessibility check on what stands on the screen, but for the rail, which is every page's. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run: (context: { exclude: string[][] }) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ exclude: [['nav']] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  });
}

/** Pictures for whoever wants to look; the tree is not touched otherwise. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.BESEDA_LOOK;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
}
