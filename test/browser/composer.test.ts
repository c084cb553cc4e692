/** One message with text, pictures and buttons: what the composer says of it, what arrives in each messenger, and what the card shows when parts of it fail. */
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Contact, ConversationItem, MessagePage, Settings } from '../../api/contract/index.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { type LocalMessenger, telegram, viber, vk, whatsapp } from '../channels/one-bot-messengers.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';
import { type FakeWhatsApp, startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { caller } from './lively.ts';
import { type Manager, openPages } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 30_000;
const TOKEN = 'composer';
const HOUR = 3_600_000;

describe.skipIf(chromiumPath === undefined)('the composer, in a real browser', () => {
  let system: TestSystem;
  let browser: Browser;
  let sql: Sql;
  let call: ReturnType<typeof caller>;
  let pictures: { name: string; mimeType: string; buffer: Buffer }[];
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN, allowPrivateAddresses: true }), openBrowser()]);
    call = caller({ url: system.url, token: TOKEN });
    sql = connect(system.databaseUrl, { max: 2 });
    pictures = await Promise.all(
      ['#c33', '#3c3', '#33c'].map(async (background, index) => ({
        name: `picture-${index + 1}.jpg`,
        mimeType: 'image/jpeg',
        buffer: await sharp({ create: { width: 900, height: 600, channels: 3, background } })
          .jpeg()
          .toBuffer(),
      })),
    );
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(stops.map((stop) => stop()));
    await sql?.end();
    await system?.stop();
  });

  /** Connects a local messenger in the place of the one of its type that is there: all of them speak for the same account. */
  async function connected(type: string, credentials: Record<string, string>, apiRoot: string) {
    const { items } = await call<{ items: { id: number; type: string; state: string }[] }>('GET', '/api/channels');
    const [earlier] = items.filter((one) => one.type === type && one.state === 'connected');
    if (earlier !== undefined) await call('DELETE', `/api/channels/${earlier.id}`);
    return call<{ id: number }>('POST', '/api/channels', { type, name: type, credentials, apiRoot, receive: 'webhook' });
  }
  /** The conversation that a channel's first client has begun. */
  function talkIn(channelId: number): Promise<ConversationItem> {
    return vi.waitFor(
      async () => {
        const { items } = await call<{ items: ConversationItem[] }>('GET', '/api/conversations');
        const found = items.find(({ channel }) => channel.id === channelId);
        if (found === undefined) throw new Error('no conversation yet');
        return found;
      },
      { timeout: PATIENCE_MS, interval: 200 },
    );
  }
  const messagesOf = async (number: number) => (await call<MessagePage>('GET', `/api/conversations/${number}/messages`)).items;
  const composer = (page: Page) => page.locator('textarea[data-composer]');
  const shot = async (page: Page, name: string) => {
    const folder = process.env.BESEDA_SHOTS;
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  async function open(language: 'ru' | 'en'): Promise<Manager> {
    const manager = await openPages(browser, system.url, language);
    manager.page.setDefaultTimeout(PATIENCE_MS);
    return manager;
  }
  async function enter({ page, t }: Manager, number: number) {
    await page.goto(`${system.url}/inbox/${number}`);
    await page.getByRole('log', { name: t['thread.label'] }).locator('[data-message]').first().waitFor();
  }

  const kinds: [string, 'ru' | 'en', () => Promise<LocalMessenger>, number, string[]][] = [
    ['telegram', 'ru', telegram, 2, ['3 картинки', 'текст, 2 кнопки']],
    ['vk', 'en', vk, 1, []],
    ['viber', 'ru', viber, 4, ['1 картинка', '1 картинка', '1 картинка', 'текст, 2 кнопки']],
    ['whatsapp', 'en', whatsapp, 4, ['1 picture', '1 picture', '1 picture', 'text, 1 button']],
  ];
  test.each(kinds)(
    '%s: text, three pictures and two buttons are one message here, and as many there as was said before',
    async (type, language, start, count, words) => {
      const messenger = await start();
      stops.push(() => messenger.stop());
      const { id } = await connected(type, messenger.credentials, messenger.apiRoot);
      await messenger.writes('Good day');
      const { number } = await talkIn(id);
      const manager = await open(language);
      const { page, t } = manager;
      await enter(manager, number);
      await composer(page).fill('Which one is yours?');
      await page.locator('input[type=file]').first().setInputFiles(pictures);
      await page.getByRole('button', { name: t['composer.buttonAdd'] }).first().click();
      await page.getByLabel(`${t['composer.buttonLabel']} 1`).fill('Red');
      await page.getByRole('button', { name: t['composer.buttonAdd'] }).last().click();
      await page.getByLabel(`${t['composer.buttonLabel']} 2`).fill('Our shop');
      await page.getByLabel(`${t['composer.buttonUrl']} 2`).fill('shop');
      await page.getByText(t['composer.buttonUrlWrong']).waitFor();
      await page.getByLabel(`${t['composer.buttonUrl']} 2`).fill('https://shop.example');
      // The last picture goes first.
      for (const _ of [1, 2]) {
        await page.getByRole('list', { name: t['composer.files'] }).getByTitle('picture-3.jpg').hover();
        await page.getByRole('button', { name: t['composer.fileEarlier'].replace('{{name}}', 'picture-3.jpg') }).click();
      }
      const hint = page.locator('[data-plan]');
      if (count > 1) {
        await expect.poll(() => hint.getAttribute('data-plan')).toBe(String(count));
        await hint.click();
        const plan = page.getByRole('list', { name: t['composer.plan'], exact: true });
        await expect.poll(() => plan.getByRole('listitem').allTextContents()).toEqual(words);
        await shot(page, `plan-${type}`);
        await page.keyboard.press('Escape');
      } else {
        await page.getByTitle('picture-3.jpg').waitFor();
        expect(await hint.count()).toBe(0);
      }
      await composer(page).focus();
      await page.keyboard.press('Control+Enter');
      await expect.poll(async () => (await messenger.sees()).length, { timeout: PATIENCE_MS }).toBe(count);
      const seen = await messenger.sees();
      expect(seen.flatMap(({ files }) => files)).toHaveLength(3);
      expect(seen.at(-1)!.buttons[0]).toBe('Red');
      const [message] = (await messagesOf(number)).filter(({ direction }) => direction === 'out');
      expect(message).toMatchObject({
        text: 'Which one is yours?',
        attachments: [{ name: 'picture-3.jpg' }, { name: 'picture-1.jpg' }, { name: 'picture-2.jpg' }],
        buttons: [{ label: 'Red' }, { label: 'Our shop', url: 'https://shop.example' }],
      });
      // One bubble; its pictures are small copies in places of their own, the original stands behind a click.
      const bubble = manager.bubble('Which one is yours?');
      await bubble.first().waitFor();
      expect(await bubble.count()).toBe(1);
      const first = bubble.locator('img').first();
      await expect.poll(() => first.evaluate((img: HTMLImageElement) => img.currentSrc)).toMatch(/\?w=(160|480)$/);
      expect(await first.evaluate((img: HTMLImageElement) => [img.getAttribute('width'), img.getAttribute('height'), img.loading])).toEqual(
        ['900', '600', 'lazy'],
      );
      await bubble.getByRole('button', { name: t['attachment.open'].replace('{{name}}', 'picture-3.jpg') }).click();
      const large = page.getByRole('dialog').locator('img');
      await expect.poll(() => large.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(900);
      await page.keyboard.press('Escape');
      await shot(page, `sent-${type}`);
      // What the client presses is known for what it is.
      if (type !== 'whatsapp') await messenger.presses('Red');
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    },
    180_000,
  );

  test('files that cannot go are said before they are sent anywhere; dropped and pasted pictures join', async () => {
    const [talk] = (await call<{ items: ConversationItem[] }>('GET', '/api/conversations')).items;
    const manager = await open('en');
    const { page, t } = manager;
    await enter(manager, talk!.number);
    const uploads: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/files')) uploads.push(request.url());
    });
    await composer(page).focus();
    await page.evaluate(() => {
      const field = document.querySelector('textarea[data-composer]')!;
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(51 * 1024 * 1024)], 'film.mov', { type: 'video/quicktime' }));
      data.items.add(new File([], 'nothing.txt', { type: 'text/plain' }));
      field.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
    });
    const problem = page.getByRole('alert').filter({ hasText: 'film.mov' });
    await problem.waitFor();
    expect(await problem.textContent()).toContain('nothing.txt');
    expect(uploads).toEqual([]);
    expect(await page.getByRole('button', { name: t['composer.send'], exact: true }).isDisabled()).toBe(true);
    await shot(page, 'too-large');
    for (const name of ['film.mov', 'nothing.txt'])
      await page.getByRole('button', { name: t['composer.removeFile'].replace('{{name}}', name) }).click();
    await page.evaluate(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'pasted.jpg', { type: 'image/jpeg' }));
        document
          .querySelector('textarea[data-composer]')!
          .dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
      },
      [...pictures[0]!.buffer],
    );
    await page.getByRole('list', { name: t['composer.files'] }).getByTitle('pasted.jpg').waitFor();
    await expect.poll(() => uploads.length).toBe(1);
    expect(manager.troubles).toEqual([]);
    await manager.context.close();
  }, 120_000);

  describe('Telegram that fails', () => {
    let fake: FakeTelegram;
    let number: number;
    const chat = 5_550_777;
    beforeAll(async () => {
      fake = await startFakeTelegram({ timeScale: 0.01 });
      stops.push(() => fake.stop());
      const { id } = await connected('telegram', { token: fake.token }, fake.url);
      await fake.clientWrites(chat, 'Is it ready?', { username: 'vera' });
      number = (await talkIn(id)).number;
    }, 60_000);

    test('parts that got through stay; the rest is sent again by its button', async () => {
      const manager = await open('en');
      const { page, t } = manager;
      await enter(manager, number);
      await composer(page).fill('With the papers');
      const paper = { name: 'paper.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF') };
      await page.locator('input[type=file]').first().setInputFiles([pictures[0]!, paper]);
      await expect.poll(() => page.locator('[data-plan]').getAttribute('data-plan')).toBe('2');
      await fake.refuse(1, 400, 'Bad Request: file is broken', { method: 'sendDocument' });
      await page.keyboard.press('Control+Enter');
      const retry = page.getByRole('button', { name: t['message.retry'] });
      await retry.waitFor();
      const parts = page.locator('li').filter({ has: page.locator('[data-status]') });
      await expect
        .poll(() => parts.locator('[data-status]').evaluateAll((all) => all.map((one) => one.getAttribute('data-status'))))
        .toEqual(['accepted', 'refused']);
      await page.getByText('file is broken').first().waitFor();
      await shot(page, 'part-refused');
      await retry.click();
      await retry.waitFor({ state: 'detached' });
      await expect
        .poll(async () => (await fake.sentTo(chat)).map(({ kind }) => kind), { timeout: PATIENCE_MS })
        .toEqual(['photo', 'document']);
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('of what nobody knows somebody says that it arrived, where Settings ask for it', async () => {
      const manager = await open('ru');
      const { page, t } = manager;
      await page.goto(`${system.url}/settings/chats`);
      const again = page.getByRole('switch', { name: t['settings.bots.unknown'] });
      expect(await again.isChecked()).toBe(true);
      await again.uncheck();
      await expect
        .poll(async () => (await call<Settings>('GET', '/api/settings')).unknownOutcome, { timeout: PATIENCE_MS })
        .toBe('markAndAsk');
      await enter(manager, number);
      await fake.drop({ when: 'after', method: 'sendMessage' });
      await composer(page).fill('Уже едет');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('button', { name: t['message.sendAgain'] }).waitFor();
      await shot(page, 'unknown');
      const before = (await fake.sentTo(chat)).length;
      await page.getByRole('button', { name: t['message.arrived'] }).click();
      await page.getByRole('button', { name: t['message.arrived'] }).waitFor({ state: 'detached' });
      await expect.poll(async () => (await messagesOf(number)).find(({ text }) => text === 'Уже едет')?.status).toBe('accepted');
      expect((await fake.sentTo(chat)).length).toBe(before);
      await call('PUT', '/api/settings', { ...(await call<Settings>('GET', '/api/settings')), unknownOutcome: 'sendAgain' });
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('one message is answered there and here; what the client changes shows what it was', async () => {
      const { messageId } = await fake.clientWrites(chat, 'Blue or red?');
      const manager = await open('en');
      const { page, t } = manager;
      await enter(manager, number);
      const asked = manager.bubble('Blue or red?').first();
      await asked.waitFor();
      await asked.hover();
      await asked.locator('..').getByRole('button', { name: t['message.reply'] }).click();
      await composer(page).fill('Red, surely');
      await page.keyboard.press('Control+Enter');
      await manager.bubble('Red, surely').first().waitFor();
      await shot(page, 'reply-sent');
      await expect
        .poll(async () => (await fake.sentTo(chat)).at(-1), { timeout: PATIENCE_MS })
        .toMatchObject({ text: 'Red, surely', replyTo: messageId });
      await manager.bubble('Red, surely').getByTitle(t['message.quoted']).filter({ hasText: 'Blue or red?' }).waitFor();
      const ours = (await fake.sentTo(chat)).at(-1)!;
      await fake.clientWrites(chat, 'And the price?', { replyTo: ours.messageId });
      await manager.bubble('And the price?').getByTitle(t['message.quoted']).filter({ hasText: 'Red, surely' }).waitFor();
      await fake.clientEdits(chat, messageId, 'Blue, red or green?');
      await manager.bubble('Blue, red or green?').first().waitFor();
      await page.getByText(t['message.edited']).first().waitFor();
      await shot(page, 'replies');
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);
  });

  describe('WhatsApp whose window closes', () => {
    let fake: FakeWhatsApp;
    let channelId: number;
    let number: number;
    const phone = '79990004455';
    const lastWrote = async (agoMs: number) => {
      await sql`update chats set last_client_at = ${Date.now() - agoMs} where channel_id = ${channelId}`;
      if (agoMs > 24 * HOUR) await fake.closeWindow(phone);
    };
    beforeAll(async () => {
      fake = await startFakeWhatsApp({ timeScale: 0.01 });
      stops.push(() => fake.stop());
      const { token, phoneNumberId, businessAccountId, appSecret } = fake;
      await fake.approveTemplate('order_ready', 'ru', {
        components: [
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
        ],
      });
      await fake.approveTemplate('sale', 'en', {
        components: [
          { type: 'HEADER', format: 'IMAGE' },
          { type: 'BODY', text: 'A sale begins' },
        ],
      });
      channelId = (await connected('whatsapp', { token, phoneNumberId, businessAccountId, appSecret }, fake.apiRoot)).id;
      await fake.clientWrites(phone, 'Здравствуйте', { name: 'Анна' });
      number = (await talkIn(channelId)).number;
    }, 60_000);

    test('says how long it is open, then offers templates: filled, seen, sent; a press of one is the client’s answer', async () => {
      const manager = await open('ru');
      const { page, t } = manager;
      await lastWrote(22 * HOUR);
      await enter(manager, number);
      await page.getByText(t['composer.windowSoon'].split('{{left}}')[0]!).waitFor();
      await shot(page, 'window-soon');
      await lastWrote(30 * HOUR);
      await page.reload();
      await page.getByLabel(t['composer.template'], { exact: true }).selectOption('order_ready/ru');
      expect(await composer(page).count()).toBe(0);
      const preview = page.getByRole('region', { name: t['composer.templatePreview'] });
      await preview.getByText('{{1}}, заказ готов. Ждём вас {{2}}!').waitFor();
      await page.getByRole('button', { name: t['composer.templateSend'] }).click();
      await expect.poll(() => page.getByText('Заполните поле').count()).toBe(4);
      await page.getByLabel(t['composer.templateHeading'].replace('{{name}}', '{{1}}')).fill('№ 17');
      await page.getByLabel('{{1}}', { exact: true }).fill('Анна');
      await page.getByLabel('{{2}}', { exact: true }).fill('до восьми');
      await page.getByLabel(t['composer.templateLink'].replace('{{label}}', 'Отследить')).fill('a17');
      await preview.getByText('Анна, заказ готов. Ждём вас до восьми!').waitFor();
      await shot(page, 'template');
      await page.getByRole('button', { name: t['composer.templateSend'] }).click();
      await manager.bubble('Ждём вас до восьми!').waitFor();
      expect((await fake.waitForSent(phone, 1)).at(-1)).toMatchObject({
        kind: 'template',
        template: { name: 'order_ready', variables: ['Анна', 'до восьми'], heading: '№ 17', links: { 1: 'a17' } },
      });
      await fake.clientPresses(phone, 'Заберу сегодня');
      await manager.bubble('Заберу сегодня').first().waitFor();
      // The client has written: the field for words is back.
      await composer(page).waitFor();
      await shot(page, 'template-answered');
      const pressed = manager.bubble('Заберу сегодня').last();
      await pressed.hover();
      await pressed.locator('..').getByRole('button', { name: t['message.reply'] }).click();
      await composer(page).fill('До встречи');
      await page.keyboard.press('Control+Enter');
      await expect
        .poll(async () => (await fake.sentTo(phone)).at(-1), { timeout: PATIENCE_MS })
        .toMatchObject({ text: 'До встречи', replyTo: expect.stringMatching(/^wamid\./) });
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('a template with a picture, on a phone in the dark', async () => {
      await lastWrote(30 * HOUR);
      const manager = await open('en');
      const { page, t } = manager;
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${system.url}/inbox/${number}`);
      await page.getByLabel(t['composer.template'], { exact: true }).selectOption('sale/en');
      await page.locator('form input[type=file]').setInputFiles(pictures[0]!);
      await page.getByRole('region', { name: t['composer.templatePreview'] }).locator('img').waitFor();
      await shot(page, 'template-phone');
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

    test('a client of another messenger is written to first by a template', async () => {
      const tg = await startFakeTelegram({ timeScale: 0.01 });
      stops.push(() => tg.stop());
      const { id } = await connected('telegram', { token: tg.token }, tg.url);
      await tg.clientWrites(5_550_999, 'Call me on WhatsApp', { username: 'oleg' });
      const talk = await talkIn(id);
      const contact = await call<Contact>('GET', `/api/contacts/${talk.contact.id}`);
      const fields = await call<{ items: { id: number; code: string | null }[] }>('GET', '/api/fields?entity=contact');
      const phoneField = fields.items.find(({ code }) => code === 'PHONE')!;
      await call('PATCH', `/api/contacts/${contact.id}`, { fields: { [phoneField.id]: [{ value: '+7 999 000-77-88' }] } });
      await fake.clientWrites('79990007788', 'earlier', { name: 'Oleg' });
      await fake.waitUntilTaken();
      const manager = await open('en');
      const { page, t } = manager;
      await enter(manager, talk.number);
      await page.getByRole('button', { name: t['composer.channel'].replace('{{name}}', 'telegram') }).click();
      await page.getByRole('menuitem', { name: 'whatsapp' }).last().click();
      await page.getByText(t['composer.windowNever']).waitFor();
      await page.getByLabel(t['composer.template'], { exact: true }).waitFor();
      await shot(page, 'write-first');
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);
  });
});
