import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, type Manager, openPages, openShop, texts } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const words = (text: string, values: Record<string, string>) =>
  Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`{{${name}}}`, value), text);

describe.skipIf(chromiumPath === undefined)('two managers and one client, in real browsers', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
    mkdirSync('test/output', { recursive: true });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  /** A call of the API in the name of whoever is signed in on the page. */
  async function api<Answer>({ page }: Manager, method: string, path: string, data?: unknown): Promise<Answer> {
    const answer = await page.request.fetch(`${system.url}${path}`, {
      method,
      headers: { Origin: system.url },
      ...(data === undefined ? {} : { data }),
    });
    if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  async function signIn(language: Language, email: string, password: string): Promise<Manager> {
    const context = await browser.newContext({ locale: language, viewport: { width: 1280, height: 860 }, colorScheme: 'dark' });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const t = texts[language];
    await page.goto(system.url);
    await page.getByLabel(t['signIn.email']).fill(email);
    await page.getByLabel(t['signIn.password']).fill(password);
    await page.getByRole('button', { name: t['signIn.enter'], exact: true }).click();
    await page.getByRole('navigation', { name: t['nav.label'] }).waitFor();
    return { page, t, context, troubles: [], bubble: (text) => page.locator('[data-message]').filter({ hasText: text }) };
  }

  const picture = ({ page }: Manager, name: string) =>
    page.screenshot({ path: `test/output/team-${name}.png`, animations: 'disabled', style: '[aria-live="polite"] { visibility: hidden }' });

  test.each<Language>(['ru', 'en'])(
    'they see who types, ask before answering twice, mention, hand over, block, and answer by a word (%s)',
    async (language) => {
      const anna = await openPages(browser, system.url, language);
      anna.page.setDefaultTimeout(PATIENCE_MS);
      const { t } = anna;
      const me = await api<{ user: { id: number; name: string } }>(anna, 'GET', '/api/me');
      const email = `boris-${language}@example.test`;
      const name = language === 'ru' ? 'Борис Смирнов' : 'Boris Smith';
      const { id: borisId } = await api<{ id: number }>(anna, 'POST', '/api/users', {
        name,
        email,
        password: 'correct horse',
        role: 'manager',
      });
      const boris = await signIn(language, email, 'correct horse');
      const client = await openShop(browser, system.url, language);
      client.page.setDefaultTimeout(PATIENCE_MS);

      const numbers = async () =>
        (await api<{ items: { number: number }[] }>(anna, 'GET', '/api/conversations')).items.map((item) => item.number);
      const known = await numbers();
      await client.write(`Можно доставку? ${language}`);
      const fresh = async () => (await numbers()).find((number) => !known.includes(number));
      await expect.poll(fresh, { timeout: PATIENCE_MS }).toBeTypeOf('number');
      const number = await fresh();
      for (const one of [anna, boris]) {
        await one.page.goto(`${system.url}/inbox/${number}`);
        await one.bubble(`Можно доставку? ${language}`).waitFor();
      }
      const field = (one: Manager) => one.page.locator('textarea[data-composer]');

      // Anna types: her colleague and the client see it, and it ends by itself.
      await field(anna).pressSequentially('Да, до', { delay: 30 });
      await boris.page.locator('[data-typing]').first().filter({ hasText: me.user.name }).waitFor();
      await client.page.locator('.typing').filter({ hasText: me.user.name }).waitFor();

      // Boris has begun his own answer when hers goes out: he is asked before his is sent.
      await field(boris).fill('Доставка есть');
      await field(anna).fill('Да, доставка завтра');
      await anna.page.keyboard.press('Control+Enter');
      await client.says('Да, доставка завтра').waitFor();
      await boris.page.locator('[data-answered]').filter({ hasText: me.user.name }).waitFor();
      await field(boris).focus();
      await boris.page.keyboard.press('Control+Enter');
      await picture(boris, `asks-${language}`);
      expect(await client.says('Доставка есть').count()).toBe(0);
      await boris.page.getByRole('button', { name: t['composer.sendAnyway'] }).click();
      await client.says('Доставка есть').waitFor();

      // A note names Boris by keys only; he is told, the client is not.
      await field(anna).focus();
      await anna.page.keyboard.press('Tab');
      await anna.page.getByRole('textbox', { name: t['composer.noteLabel'] }).waitFor();
      await anna.page.keyboard.type(`@${name.slice(0, 3)}`);
      await anna.page.getByRole('listbox', { name: t['mention.list'] }).getByRole('option', { name }).waitFor();
      await picture(anna, `mention-${language}`);
      await anna.page.keyboard.press('Enter');
      await anna.page.keyboard.type('проверь склад, только для своих');
      await anna.page.keyboard.press('Control+Enter');
      for (const one of [anna, boris]) await one.page.locator('[data-note]').filter({ hasText: 'проверь склад' }).waitFor();
      await expect
        .poll(async () => (await api<{ items: { what: string }[] }>(boris, 'GET', '/api/notifications')).items.map(({ what }) => what), {
          timeout: PATIENCE_MS,
        })
        .toContain('mentioned');
      await anna.page.keyboard.press('Tab');
      await anna.page.getByRole('textbox', { name: t['composer.label'] }).waitFor();

      // A quick reply by its first letters, with the writer's own name in it.
      await api(anna, 'POST', '/api/quick-replies', {
        title: `Hours ${language}`,
        text: 'Open 9–21. {{user.name}}, #{{conversation.number}}',
      });
      await field(anna).pressSequentially('/hou');
      await anna.page
        .getByRole('listbox', { name: t['composer.quick'] })
        .getByRole('option', { name: `Hours ${language}` })
        .waitFor();
      await picture(anna, `quick-${language}`);
      await anna.page.keyboard.press('Enter');
      await expect.poll(() => field(anna).inputValue(), { timeout: PATIENCE_MS }).toBe(`Open 9–21. ${me.user.name}, #${number}`);
      await anna.page.keyboard.press('Control+Enter');
      await client.says(`Open 9–21. ${me.user.name}`).waitFor();

      // Handed over by keys: the new responsible user is told, everybody sees the line.
      await anna.page.keyboard.press('Escape');
      await anna.page.keyboard.press('t');
      await anna.page.getByRole('dialog').waitFor();
      await anna.page.getByRole('combobox', { name: t['team.search'] }).fill(name.slice(0, 4));
      await anna.page.keyboard.press('Enter');
      await anna.page.getByLabel(t['transfer.comment']).fill('клиент ждёт к пятнице');
      await picture(anna, `transfer-${language}`);
      await anna.page.getByRole('button', { name: t['transfer.do'] }).click();
      await anna.page.getByRole('dialog').waitFor({ state: 'hidden' });
      await boris.page.locator('[data-note]').filter({ hasText: 'к пятнице' }).waitFor();
      await boris.page.getByText(new RegExp(`→ ${name}`)).waitFor();
      await expect
        .poll(async () => (await api<{ items: { what: string }[] }>(boris, 'GET', '/api/notifications')).items.map(({ what }) => what), {
          timeout: PATIENCE_MS,
        })
        .toContain('transferred');
      const contact = await api<{ contact: { id: number }; responsible: { id: number } }>(anna, 'GET', `/api/conversations/${number}`);
      expect(contact.responsible.id).toBe(borisId);

      // Blocked: closed without a poll, what the client writes is stored and reopens nothing; then let in again.
      await anna.page.keyboard.press('d');
      await anna.page.getByRole('dialog').getByRole('button', { name: t['block.do'] }).click();
      await anna.page.locator('header').getByText(t['block.badge']).waitFor();
      await anna.page.locator('header').getByText(t['talk.status.closed']).waitFor();
      await client.write('вы ещё здесь?');
      await anna.bubble('вы ещё здесь?').waitFor();
      await picture(anna, `blocked-${language}`);
      expect((await api<{ status: string }>(anna, 'GET', `/api/conversations/${number}`)).status).toBe('closed');
      await anna.page.getByRole('button', { name: t['composer.unblock'] }).click();
      await anna.page.locator('header').getByText(t['block.badge']).waitFor({ state: 'hidden' });
      await client.write('спасибо, что вернули');
      await anna.page.getByText(words(t['line.reopened'], { number: `#${number}` })).waitFor();

      // Nothing of the notes has come to the client.
      const seen = await client.page.locator('beseda-chat').evaluate((element) => element.shadowRoot?.textContent ?? '');
      expect(seen).toContain('Доставка есть');
      expect(seen).not.toContain('склад');
      expect(seen).not.toContain('пятнице');

      // Made where quick replies are kept, and an integration is connected by its address; its keys are shown once.
      await anna.page.goto(`${system.url}/settings/quick`);
      await anna.page.getByRole('button', { name: t['quick.add'] }).click();
      await anna.page.getByLabel(t['quick.name'], { exact: true }).fill(`Address ${language}`);
      await anna.page.getByLabel(t['quick.text'], { exact: true }).fill('Main street 1, ');
      await anna.page.getByRole('button', { name: '{{contact.first_name}}' }).click();
      await anna.page.getByRole('button', { name: t['common.save'] }).click();
      await anna.page.getByText('Main street 1, {{contact.first_name}}').waitFor();
      await picture(anna, `settings-${language}`);
      await anna.page.goto(`${system.url}/settings/channels`);
      await anna.page.getByRole('button', { name: t['inbox.connect'] }).first().click();
      await anna.page.getByRole('button', { name: t['channel.type.custom'] }).click();
      await anna.page.getByLabel(t['custom.webhookUrl']).fill('https://integration.example/hooks/:scope_id');
      await anna.page.getByRole('button', { name: t['connect.connect'], exact: true }).click();
      await anna.page.getByText(t['custom.once']).waitFor();
      expect(await anna.page.getByLabel(t['custom.channelId'], { exact: true }).inputValue()).toMatch(/^[0-9a-f-]{36}$/);
      await picture(anna, `custom-${language}`);

      await boris.page.setViewportSize({ width: 390, height: 844 });
      await boris.page.goto(`${system.url}/inbox/${number}`);
      await boris.bubble('спасибо, что вернули').waitFor();
      await picture(boris, `phone-${language}`);
      expect(anna.troubles).toEqual([]);
      await Promise.all([anna.context.close(), boris.context.close(), client.context.close()]);
    },
    300_000,
  );
});
