/** Pictures of the widget for the eye: `node --import tsx test/webchat/look.ts <folder>`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { openBrowser } from './browser.ts';
import { openShop } from './site.ts';

const folder = process.argv[2] ?? 'test/output/webchat';
await mkdir(folder, { recursive: true });
const site = await openShop();
const browser = await openBrowser();
const { world, channel } = site;
world.onMessage = (_channel, visitorId, message) => {
  if (message.text === 'Здравствуйте! Хочу чай на вечер') {
    world.say(channel, visitorId, { author: { kind: 'bot', name: 'Чайный помощник' }, text: 'Добрый вечер! Вам чай с кофеином или без?' });
    world.say(channel, visitorId, {
      author: { kind: 'bot', name: 'Чайный помощник' },
      text: 'Выберите, и я подскажу:',
      buttons: [
        { type: 'reply', label: 'Без кофеина', key: 'a' },
        { type: 'reply', label: 'Можно с кофеином', key: 'b' },
        { type: 'url', label: 'О наших чаях', url: 'https://example.com/tea' },
      ],
    });
  }
  if (message.text === 'Без кофеина') {
    const picture = world.addFile('ivan-chay.png', 'image/png', 'picture', paint(480, 320));
    const list = world.addFile('Прайс осень 2026.pdf', 'application/pdf', 'file', Buffer.alloc(184_320, 1));
    world.say(channel, visitorId, {
      author: { kind: 'person', name: 'Анна Петрова' },
      text: 'Тогда иван-чай с липой. Заваривать 7 минут, подробно: https://example.com/brew.',
      attachments: [
        { kind: 'picture', fileId: picture.id, name: picture.name, mime: picture.mime, widthPx: 480, heightPx: 320 },
        { kind: 'file', fileId: list.id, name: list.name, mime: list.mime, sizeBytes: list.sizeBytes },
      ],
    });
    world.seeAll(channel, visitorId);
  }
};

for (const [name, options] of [
  ['wide', { viewport: { width: 1280, height: 860 }, locale: 'ru-RU' }],
  ['dark', { viewport: { width: 1280, height: 860 }, locale: 'ru-RU', colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 }, locale: 'ru-RU', hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
] as const) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', (message) => console.log(name, message.type(), message.text()));
  await page.goto(`${site.url}/shop?lang=ru`);
  await page.locator('.launcher').waitFor();
  await page.screenshot({ path: join(folder, `${name}-0-shop.png`) });
  await page.locator('.launcher').click();
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(folder, `${name}-1-empty.png`) });
  await page.locator('textarea').fill('Здравствуйте! Хочу чай на вечер');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Без кофеина' }).waitFor();
  await page.screenshot({ path: join(folder, `${name}-2-choices.png`) });
  await page.getByRole('button', { name: 'Без кофеина' }).click();
  await page.locator('.bubble', { hasText: 'иван-чай с липой' }).waitFor();
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(folder, `${name}-3-person.png`) });
  const tray = page.locator('input[type=file]');
  await tray.setInputFiles([
    { name: 'cup.png', mimeType: 'image/png', buffer: Buffer.from(paint(200, 200)) },
    { name: 'два.png', mimeType: 'image/png', buffer: Buffer.from(paint(200, 300)) },
    { name: 'заметки о чае.txt', mimeType: 'text/plain', buffer: Buffer.from('чай') },
  ]);
  await page.locator('textarea').fill('Вот такая чашка,\nи ещё список');
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}-4-tray.png`) });
  await page.locator('.go').click();
  await page.waitForTimeout(400);
  world.typing(channel, [...new Set(world.facts.map((f) => f.chat.externalChatId))].at(-1)!, 'Анна Петрова');
  await page.waitForTimeout(200);
  await page.screenshot({ path: join(folder, `${name}-5-sent.png`) });
  world.away = true;
  await page.locator('textarea').fill('А доставка завтра?');
  await page.keyboard.press('Enter');
  site.dead = true;
  site.dropConnections();
  await page.waitForTimeout(3500);
  await page.screenshot({ path: join(folder, `${name}-6-offline.png`) });
  world.away = false;
  site.dead = false;
  await context.close();
}
await browser.close();
await site.close();

/** A plain PNG with soft stripes, so that a picture is a picture. */
function paint(width: number, height: number): Uint8Array {
  const raw = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      raw.set([120 + Math.round((60 * x) / width), 150 + Math.round((50 * y) / height), 110 + ((x + y) % 40)], at);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = ~0;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(~crc >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
