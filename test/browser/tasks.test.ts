import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Contact, ConversationItem } from '../../api/contract/index.ts';
import { connect } from '../../db/connection.ts';
import { startFakeIntegration } from '../fakes/custom/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { caller } from './lively.ts';
import { type Manager, openPages, texts } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const TOKEN = 'managers-tasks';
const COLLEAGUE = { name: 'Борис Смирнов', email: 'boris@example.com', password: 'correct horse' };

describe.skipIf(chromiumPath === undefined)("managers' tasks that need a messenger of one's own, in a real browser", () => {
  let system: TestSystem;
  let browser: Browser;
  let call: ReturnType<typeof caller>;
  let colleagueId: number;
  const integrations: Awaited<ReturnType<typeof startFakeIntegration>>[] = [];
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN, allowPrivateAddresses: true }), openBrowser()]);
    call = caller({ url: system.url, token: TOKEN });
    const sql = connect(system.databaseUrl, { max: 1 });
    const [account] = await sql<{ amojoId: string }[]>`select amojo_id "amojoId" from accounts where is_demo`;
    await sql.end();
    for (const name of ['Avito', 'SMS']) {
      const integration = await startFakeIntegration();
      integrations.push(integration);
      const made = await call<{ channelId: string; secret: string }>('POST', '/api/channels', {
        type: 'custom',
        name,
        credentials: { webhookUrl: `${integration.url}/hooks/:scope_id` },
      });
      Object.assign(integration, { api: system.url, channelId: made.channelId, secret: made.secret });
      await integration.connect(account!.amojoId);
    }
    colleagueId = (await call<{ id: number }>('POST', '/api/users', { ...COLLEAGUE, role: 'manager' })).id;
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(integrations.map((integration) => integration.stop()));
    await system?.stop();
  });

  /** A client of the first messenger writes; answers the conversation. */
  async function client(name: string, text: string): Promise<ConversationItem> {
    const [integration] = integrations;
    integration!.open(name);
    const event = integration!.newMessage(
      name,
      { type: 'text', text },
      { sender: { id: `u-${name}`, name, profile: { phone: '79991234567' } } },
    );
    expect((await integration!.scoped('POST', '', event)).status).toBe(200);
    const talk = async () =>
      (await call<{ items: ConversationItem[] }>('GET', '/api/conversations')).items.find(({ contact }) => contact.name === name);
    await expect.poll(talk, { timeout: PATIENCE_MS }).toBeDefined();
    return (await talk())!;
  }

  async function signIn(language: 'ru' | 'en'): Promise<Manager> {
    const context = await browser.newContext({ locale: language, viewport: { width: 1280, height: 860 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const t = texts[language];
    await page.goto(system.url);
    await page.getByLabel(t['signIn.email']).fill(COLLEAGUE.email);
    await page.getByLabel(t['signIn.password']).fill(COLLEAGUE.password);
    await page.getByRole('button', { name: t['signIn.enter'], exact: true }).click();
    await page.getByRole('navigation', { name: t['nav.label'] }).waitFor();
    return { page, t, context, troubles: [], bubble: (text) => page.locator('[data-message]').filter({ hasText: text }) };
  }

  test('a client is written to first in another messenger, what it refuses is sent again, colleagues join, a note is corrected and carries a file', async () => {
    const { number, contact } = await client('Вера Лапина', 'Есть ли доставка?');
    const manager = await openPages(browser, system.url, 'ru');
    const { page, t } = manager;
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${system.url}/inbox/${number}`);
    await manager.bubble('Есть ли доставка?').first().waitFor();

    // Refused first, in the integration's words; then sent again by its button.
    const [, sms] = integrations;
    sms!.fault({ type: 'answer', status: 422, body: '{"error":"no balance"}', headers: { 'content-type': 'application/json' } });
    await page.getByRole('button', { name: t['composer.channel'].replace('{{name}}', 'Avito') }).click();
    await page.getByRole('menuitem', { name: 'SMS' }).click();
    await page.locator('textarea[data-composer]').fill('Да, привезём завтра');
    await page.keyboard.press('Control+Enter');
    const retry = page.getByRole('button', { name: t['message.retry'] });
    await retry.waitFor();
    sms!.fault({ type: 'answer', status: 200, body: '{}' });
    await retry.click();
    await retry.waitFor({ state: 'detached' });
    await expect.poll(() => sms!.hooks.length, { timeout: PATIENCE_MS }).toBe(2);
    expect(sms!.hooks[1]!.body.message).toMatchObject({ receiver: { phone: expect.stringContaining('79991234567') } });
    const chats = (await call<Contact>('GET', `/api/contacts/${contact.id}`)).chats;
    expect(chats.find(({ channel }) => channel.name === 'SMS')?.conversationNumber).toBeNull();

    // Participants come and go by the list behind the avatars.
    await page.goto(`${system.url}/inbox/${number}`);
    await page.getByRole('button', { name: new RegExp(`^${t['team.people']}`) }).click();
    await page.getByRole('listbox', { name: t['team.search'] }).getByRole('option', { name: COLLEAGUE.name }).click();
    const leave = page.getByRole('button', { name: t['team.remove'].replace('{{name}}', COLLEAGUE.name) });
    await leave.waitFor();
    await expect
      .poll(async () => (await call<Contact>('GET', `/api/contacts/${contact.id}`)).participants.map(({ id }) => id))
      .toEqual([colleagueId]);
    await leave.click();
    await leave.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');

    // A note with a file, then other words for it.
    await page.locator('textarea[data-composer]').focus();
    await page.keyboard.press('Tab');
    await page.getByRole('textbox', { name: t['composer.noteLabel'] }).fill('Скидка 5');
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([{ name: 'price.txt', mimeType: 'text/plain', buffer: Buffer.from('price') }]);
    await page.getByText('price.txt').first().waitFor();
    await page.getByRole('button', { name: t['composer.noteSave'] }).click();
    const note = page.locator('[data-note]').filter({ hasText: 'Скидка 5' });
    await note.getByText('price.txt').waitFor();
    await note.getByRole('button', { name: t['note.edit'] }).click();
    await page.getByRole('textbox', { name: t['note.field'] }).fill('Скидка 10 %');
    await page.getByRole('button', { name: t['note.save'] }).click();
    await page.locator('[data-note]').filter({ hasText: 'Скидка 10 %' }).getByText(t['note.edited']).waitFor();
    expect(integrations.flatMap(({ hooks }) => hooks).some(({ body }) => JSON.stringify(body).includes('Скидка'))).toBe(false);
    expect(manager.troubles).toEqual([]);
    await manager.context.close();
  }, 120_000);

  test('many are handed over at once, and what was refused says why', async () => {
    const first = await client('Ann Reed', 'Hello');
    const second = await client('Ben Cole', 'Good day');
    const manager = await openPages(browser, system.url, 'en');
    const { page, t } = manager;
    page.setDefaultTimeout(PATIENCE_MS);
    await page.getByRole('button', { name: t['bulk.start'] }).click();
    for (const { number } of [first, second]) await page.locator(`a[data-number="${number}"]`).click();
    await page.getByRole('toolbar', { name: t['bulk.label'] }).getByRole('button', { name: t['bulk.assign'] }).click();
    await page.getByRole('menuitem', { name: COLLEAGUE.name }).click();
    await page.getByText(t['bulk.done.assign_other'].replace('{{count}}', '2')).waitFor();
    const responsible = async () =>
      Promise.all(
        [first, second].map(async ({ number }) => (await call<ConversationItem>('GET', `/api/conversations/${number}`)).responsible?.id),
      );
    await expect.poll(responsible, { timeout: PATIENCE_MS }).toEqual([colleagueId, colleagueId]);
    expect(manager.troubles).toEqual([]);
    await manager.context.close();

    // The colleague sees everybody's and changes their own only.
    await call('PATCH', `/api/users/${colleagueId}`, { rights: { edit: 'own' } });
    const me = await call<{ user: { id: number } }>('GET', '/api/me');
    await call('POST', `/api/conversations/${second.number}/transfer`, { userId: me.user.id });
    const colleague = await signIn('en');
    await colleague.page.getByRole('button', { name: t['bulk.start'] }).click();
    for (const { number } of [first, second]) await colleague.page.locator(`a[data-number="${number}"]`).click();
    await colleague.page.getByRole('toolbar', { name: t['bulk.label'] }).getByRole('button', { name: t['bulk.noReplyNeeded'] }).click();
    await colleague.page.getByRole('button', { name: t['bulk.why'] }).click();
    const reasons = colleague.page.getByRole('dialog');
    await reasons.getByText(`#${second.number}`).waitFor();
    expect(await reasons.getByText(`#${first.number}`).count()).toBe(0);
    await colleague.context.close();
  }, 120_000);
});
