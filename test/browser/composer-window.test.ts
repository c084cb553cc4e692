/** A messenger whose window closes: how long it is open, templates when it is not, and writing first. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Contact } from '../../api/contract/index.ts';
import { startFakeTelegram } from '../fakes/telegram/index.ts';
import { type FakeWhatsApp, startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { chromiumPath } from '../webchat/browser.ts';
import { type ComposerBench, PATIENCE_MS, startComposer } from './composer-bench.ts';

const HOUR = 3_600_000;
const components = [
  { type: 'HEADER', format: 'TEXT', text: 'Заказ {{1}}', example: { header_text: ['17'] } },
  { type: 'BODY', text: '{{1}}, заказ готов. Ждём вас {{2}}!', example: { body_text: [['Анна', 'до 20:00']] } },
  { type: 'FOOTER', text: 'Магазин' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Заберу сегодня' },
      { type: 'URL', text: 'Отследить', url: 'https://shop.example/o/{{1}}', example: ['https://shop.example/o/a17'] },
    ],
  },
];

describe.skipIf(chromiumPath === undefined)('the composer where a window closes, in a real browser', () => {
  let bench: ComposerBench;
  beforeAll(async () => {
    bench = await startComposer();
  }, 240_000);
  afterAll(() => bench?.stop());

  describe('WhatsApp whose window closes', () => {
    let fake: FakeWhatsApp;
    let channelId: number;
    let number: number;
    const phone = '79990004455';
    const lastWrote = async (agoMs: number) => {
      await bench.sql`update chats set last_client_at = ${Date.now() - agoMs} where channel_id = ${channelId}`;
      if (agoMs > 24 * HOUR) await fake.closeWindow(phone);
    };
    beforeAll(async () => {
      fake = await startFakeWhatsApp({ timeScale: 0.01 });
      bench.stops.push(() => fake.stop());
      const { token, phoneNumberId, businessAccountId, appSecret } = fake;
      await fake.approveTemplate('order_ready', 'ru', { components });
      await fake.approveTemplate('sale', 'en', {
        components: [
          { type: 'HEADER', format: 'IMAGE' },
          { type: 'BODY', text: 'A sale begins' },
        ],
      });
      channelId = (await bench.connected('whatsapp', { token, phoneNumberId, businessAccountId, appSecret }, fake.apiRoot)).id;
      await fake.clientWrites(phone, 'Здравствуйте', { name: 'Анна' });
      number = (await bench.talkIn(channelId)).number;
    }, 60_000);

    test('says how long it is open, then offers templates: filled, seen, sent; a press of one is the client’s answer', async () => {
      const manager = await bench.open('ru');
      const { page, t } = manager;
      await lastWrote(22 * HOUR);
      await bench.enter(manager, number);
      await page.getByText(t['composer.windowSoon'].split('{{left}}')[0]!).waitFor();
      await bench.shot(page, 'window-soon');
      await lastWrote(30 * HOUR);
      await page.reload();
      await page.getByLabel(t['composer.template'], { exact: true }).selectOption('order_ready/ru');
      expect(await bench.composer(page).count()).toBe(0);
      const preview = page.getByRole('region', { name: t['composer.templatePreview'] });
      await preview.getByText('{{1}}, заказ готов. Ждём вас {{2}}!').waitFor();
      await page.getByRole('button', { name: t['composer.templateSend'] }).click();
      await expect.poll(() => page.getByText('Заполните поле').count()).toBe(4);
      await page.getByLabel(t['composer.templateHeading'].replace('{{name}}', '{{1}}')).fill('№ 17');
      await page.getByLabel('{{1}}', { exact: true }).fill('Анна');
      await page.getByLabel('{{2}}', { exact: true }).fill('до восьми');
      await page.getByLabel(t['composer.templateLink'].replace('{{label}}', 'Отследить')).fill('a17');
      await preview.getByText('Анна, заказ готов. Ждём вас до восьми!').waitFor();
      await bench.shot(page, 'template');
      await page.getByRole('button', { name: t['composer.templateSend'] }).click();
      await manager.bubble('Ждём вас до восьми!').waitFor();
      await page.getByText(t['message.template'].replace('{{name}}', 'order_ready'), { exact: true }).waitFor();
      expect((await fake.waitForSent(phone, 1)).at(-1)).toMatchObject({
        kind: 'template',
        template: { name: 'order_ready', variables: ['Анна', 'до восьми'], heading: '№ 17', links: { 1: 'a17' } },
      });
      await fake.clientPresses(phone, 'Заберу сегодня');
      await manager.bubble('Заберу сегодня').first().waitFor();
      // The client has written: the field for words is back.
      await bench.composer(page).waitFor();
      await bench.shot(page, 'template-answered');
      const pressed = manager.bubble('Заберу сегодня').last();
      await pressed.hover();
      await pressed.locator('..').getByRole('button', { name: t['message.reply'] }).click();
      await bench.composer(page).fill('До встречи');
      await page.keyboard.press('Control+Enter');
      await expect
        .poll(async () => (await fake.sentTo(phone)).at(-1), { timeout: PATIENCE_MS })
        .toMatchObject({ text: 'До встречи', replyTo: expect.stringMatching(/^wamid\./) });
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('a template with a picture, on a phone in the dark', async () => {
      await lastWrote(30 * HOUR);
      const manager = await bench.open('en');
      const { page, t } = manager;
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${bench.system.url}/inbox/${number}`);
      await page.getByLabel(t['composer.template'], { exact: true }).selectOption('sale/en');
      await page.locator('form input[type=file]').setInputFiles(bench.pictures[0]!);
      await page.getByRole('region', { name: t['composer.templatePreview'] }).locator('img').waitFor();
      await bench.shot(page, 'template-phone');
      const before = (await fake.sentTo(phone)).length;
      // A press before the upload has ended is asked for again: nothing goes without its picture.
      await expect
        .poll(
          async () => {
            const button = page.getByRole('button', { name: t['composer.templateSend'] });
            if ((await fake.sentTo(phone)).length === before && (await page.locator('[role=progressbar]').count()) === 0)
              await button.click();
            return (await fake.sentTo(phone)).length;
          },
          { timeout: PATIENCE_MS },
        )
        .toBeGreaterThan(before);
      expect((await fake.sentTo(phone))[before]).toMatchObject({ kind: 'template', fileKind: 'image', template: { name: 'sale' } });
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('a bot writes by a template: tried out as it reads, named in the thread; one withdrawn since is said at publishing', async () => {
      const values = { 'heading.1': '17', 'text.1': '{{contact.first_name}}', 'text.2': 'завтра', 'button.1': 'a17' };
      const params = { type: 'external', templateType: 'waba', template: { name: 'order_ready', language: 'ru', values } };
      const source = { 0: { question: [{ handler: 'send_message', params }] } };
      const bot = await bench.call<{ id: number; problems: unknown[] }>('POST', '/api/bots/import?name=Reminder', source);
      expect(bot.problems).toEqual([]);
      const manager = await bench.open('ru');
      const { page, t } = manager;
      const named = page.getByText(t['message.template'].replace('{{name}}', 'order_ready'), { exact: true });
      await page.goto(`${bench.system.url}/bots/${bot.id}/test`);
      await named.waitFor();
      await page.getByText('Анна, заказ готов. Ждём вас завтра!').waitFor();
      await bench.shot(page, 'template-simulator');

      await fake.approveTemplate('order_ready', 'ru', { components, status: 'REJECTED' });
      await bench.sql`update channel_templates set fetched_at = ${Date.now() - HOUR} where channel_id = ${channelId}`;
      await page.getByRole('button', { name: t['bot.publish'], exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('нет одобренного шаблона «order_ready» (ru)').waitFor();
      await bench.shot(page, 'template-withdrawn');
      await fake.approveTemplate('order_ready', 'ru', { components });
      await bench.sql`update channel_templates set fetched_at = ${Date.now() - HOUR} where channel_id = ${channelId}`;
      await dialog.getByLabel(t['bot.acceptWarnings']).check();
      await dialog.getByRole('button', { name: t['bot.publish'] }).click();
      await page.getByText(t['bot.published'].replace('{{version}}', '1')).waitFor();

      await lastWrote(30 * HOUR);
      await bench.call('POST', `/api/bots/${bot.id}/start`, { conversation: number });
      await bench.enter(manager, number);
      await manager.bubble('Ждём вас завтра!').waitFor();
      await named.last().waitFor();
      await bench.shot(page, 'template-of-bot');
      expect((await fake.sentTo(phone)).at(-1)).toMatchObject({ template: { name: 'order_ready', variables: ['Анна', 'завтра'] } });
      // The refused publishing is the browser's one complaint.
      expect(manager.troubles).toEqual([expect.stringContaining('422')]);
      await manager.context.close();
    }, 120_000);

    test('a client of another messenger is written to first by a template', async () => {
      const tg = await startFakeTelegram({ timeScale: 0.01 });
      bench.stops.push(() => tg.stop());
      const { id } = await bench.connected('telegram', { token: tg.token }, tg.url);
      await tg.clientWrites(5_550_999, 'Call me on WhatsApp', { username: 'oleg' });
      const talk = await bench.talkIn(id);
      const contact = await bench.call<Contact>('GET', `/api/contacts/${talk.contact.id}`);
      const fields = await bench.call<{ items: { id: number; code: string | null }[] }>('GET', '/api/fields?entity=contact');
      const phoneField = fields.items.find(({ code }) => code === 'PHONE')!;
      await bench.call('PATCH', `/api/contacts/${contact.id}`, { fields: { [phoneField.id]: [{ value: '+7 999 000-77-88' }] } });
      await fake.clientWrites('79990007788', 'earlier', { name: 'Oleg' });
      await fake.waitUntilTaken();
      const manager = await bench.open('en');
      const { page, t } = manager;
      await bench.enter(manager, talk.number);
      await page.getByRole('button', { name: t['composer.channel'].replace('{{name}}', 'telegram') }).click();
      await page.getByRole('menuitem', { name: 'whatsapp' }).last().click();
      await page.getByText(t['composer.windowNever']).waitFor();
      await page.getByLabel(t['composer.template'], { exact: true }).waitFor();
      await bench.shot(page, 'write-first');
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);
  });
});
