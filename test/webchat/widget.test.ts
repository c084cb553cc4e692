import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, openBrowser } from './browser.ts';
import { openShop, type Site } from './site.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Waits for a condition as long as a busy machine may need. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 30_000, interval: 50 });

describe.skipIf(chromiumPath === undefined)('the widget in Chromium', () => {
  let browser: Browser;
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  let violations: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    site = await openShop();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    await visit();
  });
  afterEach(async () => {
    site.dead = false;
    site.loseAnswers = 0;
    site.world.away = false;
    site.world.onMessage = undefined;
    await context.close();
    expect(violations).toEqual([]);
  });

  async function visit(options: BrowserContextOptions = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1200, height: 800 }, ...options });
    page = await context.newPage();
    violations = [];
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) violations.push(message.text());
    });
    page.on('pageerror', (error) => violations.push(String(error)));
    await page.goto(`${site.url}/shop`);
    await page.locator('.launcher').waitFor();
  }

  const bubbles = () => page.locator('.list .bubble').allTextContents();
  const visitorId = () => site.world.facts.findLast((fact) => fact.type === 'messageReceived')?.chat.externalChatId ?? '';
  const say = (text: string, more: Parameters<Site['world']['say']>[2] = {}) =>
    site.world.say(site.channel, visitorId(), { author: { kind: 'person', name: 'Anna' }, text, ...more });

  async function open(): Promise<void> {
    await page.locator('.launcher').click();
    await page.locator('.panel').waitFor();
  }

  async function write(text: string): Promise<void> {
    await page.locator('textarea').fill(text);
    await page.keyboard.press('Enter');
  }

  /** The server has the message and the page knows. */
  async function writeThrough(text: string): Promise<void> {
    await write(text);
    await page.locator('.item.own .meta.sent, .item.own .meta.seen').last().waitFor();
  }

  test('a browser that the pixel knows says so with its first message, once; without consent there is nothing to say', async () => {
    const told = () => site.world.facts.flatMap((fact) => (fact.type === 'messageReceived' ? [fact.message.startPayload] : []));
    const before = told().length;
    await open();
    await writeThrough('nobody asked me yet');
    const id = 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H';
    await page.evaluate((visitor) => Object.assign(window, { beseda: { visitor: () => visitor } }), id);
    await writeThrough('now I agreed');
    await writeThrough('and write on');
    expect(told().slice(before)).toEqual([undefined, id, undefined]);
  });

  test('a message goes out, the answer comes in with its author, and a choice answers with its key', async () => {
    const pressed: (string | undefined)[] = [];
    site.world.onMessage = (channel, visitor, message, pressedKey) => {
      pressed.push(pressedKey);
      if (message.text !== 'hello') return;
      const buttons = [{ type: 'reply' as const, label: 'No caffeine', key: 'k1' }];
      site.world.say(channel, visitor, { author: { kind: 'bot', name: 'Tea helper' }, text: 'Which tea?', buttons });
    };
    await open();
    await write('hello');
    await page.getByRole('button', { name: 'No caffeine' }).click();
    await soon(bubbles).toEqual(['hello', 'Which tea?', 'No caffeine']);
    expect(await page.locator('.names p').textContent()).toBe('Tea helper, a bot, answers');
    await soon(() => pressed).toEqual([undefined, 'k1']);
    say('I am here too');
    await soon(() => page.locator('.names p').textContent()).toBe('Anna answers');
  });

  test('what anybody writes is shown as text, never run as a page', async () => {
    await open();
    const attack = '<img src=x onerror="document.title=1"><b>bold</b> javascript:alert(1) https://a.example/?q=<script>';
    await writeThrough(attack);
    say(attack, { buttons: [{ type: 'url', label: 'bad', url: 'javascript:alert(1)' }] });
    await soon(bubbles).toEqual([attack, attack]);
    expect(await page.locator('.list img, .list b:not(.who b)').count()).toBe(0);
    expect(await page.locator('.bubble a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))).toEqual(
      Array(2).fill('https://a.example/?q='),
    );
    expect(await page.locator('.chip').count()).toBe(0);
  });

  test('an answer lost on its way makes the page send again, and the message stands once', async () => {
    await open();
    await writeThrough('first');
    site.loseAnswers = 2;
    const before = site.world.facts.length;
    await write('second');
    await soon(() => site.world.facts.length - before).toBeGreaterThanOrEqual(2);
    await soon(() => page.locator('.item.own .meta.sending').count()).toBe(0);
    await soon(bubbles).toEqual(['first', 'second']);
    const ids = site.world.facts.slice(before).map((fact) => fact.id);
    expect(new Set(ids).size).toBe(1);
  });

  test('while Temporal is away messages wait in their order and go out by themselves', async () => {
    await open();
    await writeThrough('zero');
    site.world.away = true;
    for (const text of ['one', 'two', 'three']) await write(text);
    await soon(bubbles).toEqual(['zero', 'one', 'two', 'three']);
    expect(await page.locator('.meta.sending').count()).toBe(1); // under the last of the group
    site.world.away = false;
    await soon(() => site.world.thread(site.channel, visitorId()).messages.map((m) => m.text)).toEqual(['zero', 'one', 'two', 'three']);
    await soon(bubbles).toEqual(['zero', 'one', 'two', 'three']);
  });

  test('after a break the page says so, comes back by itself, gets what it missed and doubles nothing', async () => {
    await open();
    await writeThrough('hello');
    say('before the break');
    await soon(bubbles).toEqual(['hello', 'before the break']);
    site.dead = true;
    site.dropConnections();
    for (let i = 0; i < 3; i += 1) say(`missed ${i}`);
    await write('written offline');
    await page.locator('.notice:not([hidden])').waitFor({ timeout: 20_000 });
    site.dead = false;
    await soon(async () => (await bubbles()).toSorted()).toEqual([
      'before the break',
      'hello',
      'missed 0',
      'missed 1',
      'missed 2',
      'written offline',
    ]);
    await soon(() => page.locator('.notice').isHidden()).toBe(true);
    await soon(() => site.world.thread(site.channel, visitorId()).messages.filter((m) => m.text === 'written offline').length).toBe(1);
  });

  test('on return the thread is there, and what could not be sent before goes out then', async () => {
    await open();
    await writeThrough('yesterday’s question');
    say('the answer');
    await soon(bubbles).toEqual(['yesterday’s question', 'the answer']);
    site.dead = true;
    site.dropConnections();
    await write('unsent');
    await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes(':out:')));
    await page.goto('about:blank');
    site.dead = false;
    await page.goto(`${site.url}/shop`);
    await open();
    await soon(bubbles).toEqual(['yesterday’s question', 'the answer', 'unsent']);
    await soon(() => page.evaluate(() => Object.keys(localStorage).filter((name) => name.includes(':out:')).length)).toBe(0);
  });

  test('a long history opens at its end and grows backwards', async () => {
    await open();
    await writeThrough('hello');
    for (let i = 0; i < 130; i += 1) say(`line ${i}`);
    await soon(async () => (await bubbles()).at(-1)).toBe('line 129');
    await page.reload();
    await page.locator('.launcher').click();
    await soon(async () => (await bubbles()).at(-1)).toBe('line 129');
    await soon(() => page.locator('.list .bubble').last().isVisible()).toBe(true);
    for (let pages = 0; pages < 4; pages += 1) {
      await page.locator('.scroll').evaluate((node) => node.scrollTo(0, 0));
      await page.waitForTimeout(50);
    }
    await soon(async () => (await bubbles())[0]).toBe('hello');
    expect(await page.locator('.earlier').isHidden()).toBe(true);
    expect((await bubbles()).length).toBe(131);
  });

  test('unread messages are counted on the button, and reading tells the server once', async () => {
    await open();
    await writeThrough('hello');
    await page.keyboard.press('Escape');
    say('one');
    const last = say('two');
    await soon(() => page.locator('.badge').textContent()).toBe('2');
    expect(await page.locator('.launcher').getAttribute('aria-label')).toContain('2 unread');
    await soon(() => site.world.facts.some((fact) => fact.type === 'receiptCame' && fact.status === 'delivered')).toBe(true);
    expect(
      site.world.facts.some((fact) => fact.type === 'receiptCame' && fact.status === 'read' && fact.chat.externalChatId === visitorId()),
    ).toBe(false);
    await open();
    await soon(() => site.world.thread(site.channel, visitorId()).readUpTo).toBe(last);
    expect(await page.locator('.badge').isHidden()).toBe(true);
    site.world.seeAll(site.channel, visitorId());
    await page.locator('.item.own .meta.seen').waitFor();
  });

  test('everything can be done from the keyboard, Tab stays inside, Esc gives the focus back', async () => {
    const inside = () => page.evaluate(() => document.querySelector('beseda-chat')?.shadowRoot?.activeElement?.className);
    await page.locator('.launcher').focus();
    await page.keyboard.press('Enter');
    await soon(() => page.evaluate(() => document.querySelector('beseda-chat')?.shadowRoot?.activeElement?.tagName)).toBe('TEXTAREA');
    await page.keyboard.type('from the keyboard');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await soon(bubbles).toEqual(['from the keyboard\nsecond line']);
    await page.locator('.item.own .meta.sent').waitFor();
    say('pick', { buttons: [{ type: 'reply', label: 'Yes', key: 'y' }] });
    await page.locator('.chip').waitFor();
    const stops = new Set<string | undefined>();
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      stops.add(await inside());
    }
    expect([...stops].toSorted()).toEqual(['', 'chip', 'scroll', 'tool']); // '' is the text; sending is off while it is empty
    await page.locator('.chip').focus();
    await page.keyboard.press('Enter');
    await soon(async () => (await bubbles()).at(-1)).toBe('Yes');
    await page.keyboard.press('Escape');
    expect(await page.locator('.panel').isHidden()).toBe(true);
    expect(await inside()).toBe('launcher');
  });

  test('screen readers get names, states and new messages', async () => {
    await open();
    expect(await page.getByRole('dialog', { name: 'Тихий лист' }).count()).toBe(1);
    await writeThrough('hello');
    say('good evening');
    await soon(() => page.locator('[aria-live=polite]').textContent()).toBe('Anna: good evening');
    for (const name of ['Send', 'Attach files', 'Close chat']) expect(await page.getByRole('button', { name }).count()).toBeGreaterThan(0);
    expect(await page.getByRole('textbox', { name: 'Message' }).count()).toBe(1);
  });

  test('pictures and files go out by clip, paste and drop, and come back as pictures and files', async () => {
    await open();
    await page.locator('input[type=file]').setInputFiles([{ name: 'cup.png', mimeType: 'image/png', buffer: png }]);
    await page.locator('textarea').evaluate(
      (input, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
        input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        const dropped = new DataTransfer();
        dropped.items.add(new File(['words'], 'list.txt', { type: 'text/plain' }));
        input.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true, composed: true }));
      },
      [...png],
    );
    await soon(() => page.locator('.up').count()).toBe(3);
    await soon(() => page.locator('.go').isEnabled()).toBe(true);
    await write('three files');
    await soon(() => page.locator('.list .pic img').count()).toBe(2);
    await soon(() =>
      page.locator('.list .pic img').evaluateAll((all) => all.every((image) => (image as HTMLImageElement).naturalWidth > 0)),
    ).toBe(true);
    expect(await page.locator('.doc .name').textContent()).toBe('list.txt');
    const fact = site.world.facts.findLast((f) => f.type === 'messageReceived');
    expect(fact?.type === 'messageReceived' && fact.message.attachments.map((a) => [a.kind, a.name])).toEqual([
      ['picture', 'cup.png'],
      ['picture', 'pasted.png'],
      ['file', 'list.txt'],
    ]);
  });

  test('a refused file says why and does not hold the message back', async () => {
    await open();
    await page
      .locator('input[type=file]')
      .setInputFiles([{ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<html><script>') }]);
    await soon(() => page.locator('.hint').textContent()).toContain('page.html');
    expect(await page.locator('.up').count()).toBe(0);
    await writeThrough('without it');
  });

  test('on a phone the panel fills the screen, and nothing of the page ever moves', async () => {
    await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'ru-RU' });
    await page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      // The thread itself may scroll; what counts is the host page. Nodes inside the shadow root have it as their root.
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as { value: number; sources: { node: Node | null }[] }[]) {
          if (entry.sources.some(({ node }) => node !== null && node.getRootNode() === document)) shifts.push(entry.value);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.locator('.launcher').tap();
    await soon(() => page.locator('.panel').boundingBox()).toMatchObject({ x: 0, y: 0, width: 390 });
    expect((await page.locator('.panel').boundingBox())?.height).toBeCloseTo(844, 2);
    expect(await page.getByRole('textbox', { name: 'Сообщение' }).count()).toBe(1);
    await writeThrough('привет');
    say('здравствуйте');
    await soon(bubbles).toEqual(['привет', 'здравствуйте']);
    expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0))).toBeLessThan(0.01);
  });

  test('two pages of one site are one visitor and show the same', async () => {
    const second = await context.newPage();
    await second.goto(`${site.url}/shop`);
    await open();
    await writeThrough('from the first');
    await second.reload();
    await second.locator('.launcher').click();
    await second.locator('textarea').fill('from the second');
    await second.keyboard.press('Enter');
    await soon(bubbles).toEqual(['from the first', 'from the second']);
    await soon(() => second.locator('.list .bubble').allTextContents()).toEqual(['from the first', 'from the second']);
  });

  test('on a site that is not allowed the button does not appear', async () => {
    const foreign = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<body><script src="${site.url}/widget.js" data-channel="wc_shop"></script>`);
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', () => resolve()));
    const address = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`;
    try {
      site.channel.settings.origins = ['https://shop.example'];
      const warning = page.waitForEvent('console', (message) => message.text().includes('allowed sites'));
      await page.goto(address);
      await warning;
      expect(await page.locator('beseda-chat').count()).toBe(0);
      site.channel.settings.origins = []; // without a list loopback may use loopback
      await page.goto(address);
      await page.locator('.launcher').waitFor();
    } finally {
      site.channel.settings.origins = [];
      foreign.closeAllConnections();
      foreign.close();
    }
  });
});
