/** One message with text, pictures and buttons: what the composer says of it, what arrives in each messenger, and what the card shows when parts of it fail. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConversationItem, Settings } from '../../api/contract/index.ts';
import { type LocalMessenger, telegram, viber, vk, whatsapp } from '../channels/one-bot-messengers.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';
import { chromiumPath } from '../webchat/browser.ts';
import { type ComposerBench, PATIENCE_MS, startComposer } from './composer-bench.ts';

describe.skipIf(chromiumPath === undefined)('the composer, in a real browser', () => {
  let bench: ComposerBench;
  beforeAll(async () => {
    bench = await startComposer();
  }, 240_000);
  afterAll(() => bench?.stop());

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
      bench.stops.push(() => messenger.stop());
      const { id } = await bench.connected(type, messenger.credentials, messenger.apiRoot);
      await messenger.writes('Good day');
      const { number } = await bench.talkIn(id);
      const manager = await bench.open(language);
      const { page, t } = manager;
      await bench.enter(manager, number);
      await bench.composer(page).fill('Which one is yours?');
      await page.locator('input[type=file]').first().setInputFiles(bench.pictures);
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
        await bench.shot(page, `plan-${type}`);
        await page.keyboard.press('Escape');
      } else {
        await page.getByTitle('picture-3.jpg').waitFor();
        expect(await hint.count()).toBe(0);
      }
      await bench.composer(page).focus();
      await page.keyboard.press('Control+Enter');
      await expect.poll(async () => (await messenger.sees()).length, { timeout: PATIENCE_MS }).toBe(count);
      const seen = await messenger.sees();
      expect(seen.flatMap(({ files }) => files)).toHaveLength(3);
      expect(seen.at(-1)!.buttons[0]).toBe('Red');
      const [message] = (await bench.messagesOf(number)).filter(({ direction }) => direction === 'out');
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
      await bench.shot(page, `sent-${type}`);
      // What the client presses is known for what it is.
      if (type !== 'whatsapp') await messenger.presses('Red');
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    },
    180_000,
  );

  test('files that cannot go are said before they are sent anywhere; dropped and pasted pictures join', async () => {
    const [talk] = (await bench.call<{ items: ConversationItem[] }>('GET', '/api/conversations')).items;
    const manager = await bench.open('en');
    const { page, t } = manager;
    await bench.enter(manager, talk!.number);
    const uploads: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/files')) uploads.push(request.url());
    });
    await bench.composer(page).focus();
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
    await bench.shot(page, 'too-large');
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
      [...bench.pictures[0]!.buffer],
    );
    await page.getByRole('list', { name: t['composer.files'] }).getByTitle('pasted.jpg').waitFor();
    await expect.poll(() => uploads.length).toBe(1);
    expect(manager.troubles).toEqual([]);
    await manager.context.close();
  }, 120_000);

  test('chosen pictures and those of quick replies are shown as small copies, in tiles that keep their size', async () => {
    const [talk] = (await bench.call<{ items: ConversationItem[] }>('GET', '/api/conversations')).items;
    const manager = await bench.open('ru');
    const { page, t } = manager;
    await bench.enter(manager, talk!.number);
    const tiles = page.getByRole('list', { name: t['composer.files'] });
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([
        bench.pictures[0]!,
        // No browser can show it: a file like any other.
        { name: 'torn.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture at all') },
      ]);
    const own = tiles.getByTitle('picture-1.jpg');
    const size = async () => ({ ...(await own.boundingBox()), x: 0, y: 0 });
    const before = await size();
    await own.locator('img').waitFor();
    expect(await own.locator('img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(480);
    expect(await size()).toEqual(before);
    await tiles.getByTitle('torn.jpg').getByText('torn.jpg').waitFor();

    // Files of a quick reply are at the server: its copy of the tile's width is asked for, never the original.
    const stored = await page.evaluate(
      async (bytes) => {
        const form = new FormData();
        form.set('file', new File([new Uint8Array(bytes)], 'price.jpg', { type: 'image/jpeg' }));
        return (await (await fetch('/api/files', { method: 'POST', body: form })).json()) as { id: string; url: string };
      },
      [...bench.pictures[1]!.buffer],
    );
    await bench.call('POST', '/api/quick-replies', { title: 'Прайс', text: 'Вот цены', shared: true, files: [stored.id] });
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes(new URL(stored.url, bench.system.url).pathname)) asked.push(new URL(request.url()).search);
    });
    await bench.composer(page).press('/');
    await page.getByRole('option', { name: 'Прайс' }).click();
    const known = tiles.getByTitle('price.jpg').locator('img');
    await known.evaluate((image: HTMLImageElement) => image.decode());
    expect(asked).toEqual(['?w=160']);
    expect(manager.troubles).toEqual([]);
    await manager.context.close();
  }, 120_000);

  describe('Telegram that fails', () => {
    let fake: FakeTelegram;
    let number: number;
    const chat = 5_550_777;
    beforeAll(async () => {
      fake = await startFakeTelegram({ timeScale: 0.01 });
      bench.stops.push(() => fake.stop());
      const { id } = await bench.connected('telegram', { token: fake.token }, fake.url);
      await fake.clientWrites(chat, 'Is it ready?', { username: 'vera' });
      number = (await bench.talkIn(id)).number;
    }, 60_000);

    test('parts that got through stay; the rest is sent again by its button', async () => {
      const manager = await bench.open('en');
      const { page, t } = manager;
      await bench.enter(manager, number);
      await bench.composer(page).fill('With the papers');
      const paper = { name: 'paper.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF') };
      await page.locator('input[type=file]').first().setInputFiles([bench.pictures[0]!, paper]);
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
      await bench.shot(page, 'part-refused');
      await retry.click();
      await retry.waitFor({ state: 'detached' });
      await expect
        .poll(async () => (await fake.sentTo(chat)).map(({ kind }) => kind), { timeout: PATIENCE_MS })
        .toEqual(['photo', 'document']);
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('of what nobody knows somebody says that it arrived, where Settings ask for it', async () => {
      const manager = await bench.open('ru');
      const { page, t } = manager;
      await page.goto(`${bench.system.url}/settings/chats`);
      const again = page.getByRole('switch', { name: t['settings.bots.unknown'] });
      expect(await again.isChecked()).toBe(true);
      await again.uncheck();
      await expect
        .poll(async () => (await bench.call<Settings>('GET', '/api/settings')).unknownOutcome, { timeout: PATIENCE_MS })
        .toBe('markAndAsk');
      await bench.enter(manager, number);
      await fake.drop({ when: 'after', method: 'sendMessage' });
      await bench.composer(page).fill('Уже едет');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('button', { name: t['message.sendAgain'] }).waitFor();
      await bench.shot(page, 'unknown');
      const before = (await fake.sentTo(chat)).length;
      await page.getByRole('button', { name: t['message.arrived'] }).click();
      await page.getByRole('button', { name: t['message.arrived'] }).waitFor({ state: 'detached' });
      await expect.poll(async () => (await bench.messagesOf(number)).find(({ text }) => text === 'Уже едет')?.status).toBe('accepted');
      expect((await fake.sentTo(chat)).length).toBe(before);
      await bench.call('PUT', '/api/settings', { ...(await bench.call<Settings>('GET', '/api/settings')), unknownOutcome: 'sendAgain' });
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);

    test('one message is answered there and here; what the client changes shows what it was', async () => {
      const { messageId } = await fake.clientWrites(chat, 'Blue or red?');
      const manager = await bench.open('en');
      const { page, t } = manager;
      await bench.enter(manager, number);
      const asked = manager.bubble('Blue or red?').first();
      await asked.waitFor();
      await asked.hover();
      await asked.locator('..').getByRole('button', { name: t['message.reply'] }).click();
      await bench.composer(page).fill('Red, surely');
      await page.keyboard.press('Control+Enter');
      await manager.bubble('Red, surely').first().waitFor();
      await bench.shot(page, 'reply-sent');
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
      await bench.shot(page, 'replies');
      expect(manager.troubles).toEqual([]);
      await manager.context.close();
    }, 120_000);
  });
});
