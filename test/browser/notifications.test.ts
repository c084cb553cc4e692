import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PushPayload } from '../../domain/notifications/push-words.ts';
import { type FakeBrowser, type FakePushService, startPushService } from '../fakes/push/server.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages, openShop } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

/** What the tests use of a service worker's own world. */
interface WorkerScope {
  registration: {
    getNotifications(): Promise<{ title: string; body: string; tag: string }[]>;
    showNotification(title: string): Promise<void>;
  };
  clients: { matchAll(options?: object): Promise<Pick<Window & { focused: boolean }, 'focus' | 'focused' | 'postMessage'>[]> };
  dispatchEvent(event: Event): boolean;
}

const PATIENCE_MS = 20_000;
const pictures = 'test/output/notifications';

/** A browser's push service is not to be had in tests: the page subscribes with the fake one instead, everything else is the browser's own. */
function subscribeWith({ endpoint, keys }: FakeBrowser): void {
  let subscription: object | null = null;
  PushManager.prototype.subscribe = async (options) => {
    const applicationServerKey = Uint8Array.from(
      atob(String(options?.applicationServerKey).replaceAll('-', '+').replaceAll('_', '/')),
      (one) => one.charCodeAt(0),
    ).buffer;
    subscription = {
      endpoint,
      options: { applicationServerKey },
      toJSON: () => ({ endpoint, keys }),
      unsubscribe: async () => {
        subscription = null;
        return true;
      },
    };
    return subscription as PushSubscription;
  };
  PushManager.prototype.getSubscription = async () => subscription as PushSubscription | null;
}

/** Hands pushes to the page's service worker as the browser would. */
async function pushesInto(context: BrowserContext, page: Page): Promise<(payload: PushPayload) => Promise<void>> {
  const session = await context.newCDPSession(page);
  const registration = new Promise<{ registrationId: string; scopeURL: string }>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const known = registrations.find(({ isDeleted }) => !isDeleted);
      if (known !== undefined) resolve(known);
    });
  });
  await session.send('ServiceWorker.enable');
  const { registrationId, scopeURL } = await registration;
  const origin = new URL(scopeURL).origin;
  return async (payload) => {
    await session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(payload) });
  };
}

/** A page that can be put in the background, and that tells of each note it would have sounded: in a browser without windows and loudspeakers both are ours to say. */
function watchAlerts(): void {
  const page = Object.assign(globalThis as unknown as { isBehind: boolean; sounded(): void }, { isBehind: false });
  Object.defineProperty(Document.prototype, 'visibilityState', { get: () => (page.isBehind ? 'hidden' : 'visible') });
  const node = () => ({
    frequency: { value: 0 },
    gain: { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined },
    connect: (next: object) => next,
    start: () => page.sounded(),
    stop: () => undefined,
  });
  class SilentContext {
    state = 'running';
    currentTime = 0;
    createOscillator = node;
    createGain = node;
  }
  Object.assign(page, { AudioContext: SilentContext });
}

/** Puts a page behind others, or before them. */
const putBehind = (page: Page, isBehind: boolean) =>
  page.evaluate((now) => {
    Object.assign(globalThis, { isBehind: now });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isBehind);

/** What a browser shows of a page that nobody looks at: its title's count and its picture. */
const tab = async (page: Page) => ({
  count: /^\((\d+)\) /.exec(await page.title())?.[1] ?? '',
  icon: await page.locator('link[rel="icon"]').getAttribute('href'),
});
const BARE = { count: '', icon: '/icon.svg' };
const counted = (count: number) => ({ count: String(count), icon: '/icon-unread.svg' });

describe.skipIf(chromiumPath === undefined)('notifications in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  let service: FakePushService;
  let publicKey = '';
  beforeAll(async () => {
    service = await startPushService(() => publicKey);
    [system, browser] = await Promise.all([startSystem({ allowPrivateAddresses: true }), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await system?.stop();
  });

  const pushesTo = (name: string, type: PushPayload['type']) =>
    service.received.filter((one) => one.browser === name && one.payload.type === type);

  test.each<Language>(['ru', 'en'])(
    'a bot hands over: bell, title and push on every screen, and all of them are gone when no reply is needed (%s)',
    async (language) => {
      const manager = await openPages(browser, system.url, language);
      const { page, context, t } = manager;
      page.setDefaultTimeout(PATIENCE_MS);
      await context.grantPermissions(['notifications'], { origin: system.url });
      const own = service.browser(`desk-${language}`);
      await context.addInitScript(subscribeWith, { ...own });
      await page.goto(`${system.url}/settings/notifications`);
      const answer = await page.evaluate(() => fetch('/api/push-key').then((response) => response.json()));
      publicKey = (answer as { publicKey: string }).publicKey;

      // Turned on in this browser, in the language that is wanted.
      await page.getByLabel(t['push.language']).selectOption(language);
      const here = page.getByRole('switch', { name: t['push.here'] });
      await here.click();
      await page.getByText(t['push.thisOne'], { exact: true }).waitFor();
      expect(await here.isChecked()).toBe(true);
      await page.screenshot({ path: `${pictures}/settings-${language}.png`, fullPage: true });
      expect(await audit(page)).toEqual([]);

      // While the bot listens nobody is told.
      await page.goto(`${system.url}/leads`);
      const second = await context.newPage();
      second.setDefaultTimeout(PATIENCE_MS);
      await second.goto(`${system.url}/leads`);
      const client = await openShop(browser, system.url, language);
      client.page.setDefaultTimeout(PATIENCE_MS);
      await client.write('Здравствуйте! Есть чайники?');
      await client.option('Позвать человека').waitFor();
      const unread = (at: Page) =>
        at.evaluate(() => fetch('/api/notifications?unread=true').then((response) => response.json())) as Promise<{
          unread: number;
          items: { id: number; conversationNumber: number; what: string }[];
        }>;
      expect((await unread(page)).unread).toBe(0);
      expect(pushesTo(own.name, 'show')).toEqual([]);

      // The bot hands over: every screen shows it, and the push says who and what.
      await client.option('Позвать человека').click();
      for (const screen of [page, second]) {
        await expect.poll(() => screen.title(), { timeout: PATIENCE_MS }).toMatch(/^\(1\) /);
        await screen.getByRole('button', { name: t['bell.title'] }).waitFor();
      }
      await expect.poll(() => pushesTo(own.name, 'show').length, { timeout: PATIENCE_MS }).toBe(1);
      expect(service.wrong).toEqual([]);
      const { items } = await unread(page);
      const number = items[0]!.conversationNumber;
      const { payload } = pushesTo(own.name, 'show')[0]!;
      expect(payload).toMatchObject({ tag: `talk-${number}`, url: `/inbox/${number}`, body: 'Позвать человека', lang: language });

      // The centre, opened by its key; its entry leads on with Enter.
      await second.keyboard.press('b');
      const entry = second.locator(`[data-entry="talk-${number}"]`);
      await entry.waitFor();
      await second.screenshot({ path: `${pictures}/centre-${language}.png` });
      expect(await audit(second)).toEqual([]);
      await second.setViewportSize({ width: 390, height: 844 });
      await second.emulateMedia({ colorScheme: 'dark' });
      await second.screenshot({ path: `${pictures}/centre-phone-dark-${language}.png` });
      await second.setViewportSize({ width: 1440, height: 900 });
      await second.getByRole('button', { name: t['centre.group.team'] }).click();
      await second.getByText(t['bell.empty']).waitFor();
      await second.getByRole('button', { name: t['centre.showAll'] }).click();
      await entry.waitFor();

      // No reply is needed: gone from both screens, live, and withdrawn from the device.
      await page.evaluate((talk) => fetch(`/api/conversations/${talk}/no-reply-needed`, { method: 'POST' }), number);
      await entry.waitFor({ state: 'detached' });
      await second.getByText(t['bell.empty']).waitFor();
      for (const screen of [page, second]) await expect.poll(() => screen.title(), { timeout: PATIENCE_MS }).not.toMatch(/^\(/);
      await expect.poll(() => pushesTo(own.name, 'withdraw').length, { timeout: PATIENCE_MS }).toBe(1);
      expect(pushesTo(own.name, 'withdraw')[0]!.payload).toMatchObject({ tag: `talk-${number}` });

      // Signed out, nothing more comes to this browser.
      await second.close();
      await page.getByRole('button', { name: t['person.menu'] }).click();
      await page.getByRole('menuitem', { name: t['person.signOut'] }).click();
      await page.getByRole('button', { name: t['signIn.demo'] }).waitFor();
      expect(manager.troubles.filter((line) => !line.includes('401'))).toEqual([]);
      await context.close();
      await client.context.close();
    },
    180_000,
  );

  test('a page in the background counts in its title and picture; of all pages one rings, while sound is on; what is settled on another page is gone', async () => {
    const { page: desk, context, troubles, t } = await openPages(browser, system.url, 'en');
    let notes = 0;
    await context.exposeFunction('sounded', () => {
      notes += 1;
    });
    await context.addInitScript(watchAlerts);
    const other = await context.newPage();
    for (const page of [desk, other]) page.setDefaultTimeout(PATIENCE_MS);
    const bothShow = async (what: object) => {
      for (const page of [desk, other]) await expect.poll(() => tab(page), { timeout: PATIENCE_MS }).toEqual(what);
    };
    /** A chime is two notes. */
    const haveRung = (times: number) => expect.poll(() => notes, { timeout: PATIENCE_MS }).toBe(2 * times);

    const [client, another] = [await openShop(browser, system.url, 'en'), await openShop(browser, system.url, 'en')];
    for (const [{ page, write, option }, words] of [[another, 'And the teapot?'] as const, [client, 'Is the kettle here?'] as const]) {
      page.setDefaultTimeout(PATIENCE_MS);
      await write(words);
      await option('Позвать человека').waitFor();
    }
    await desk.goto(`${system.url}/inbox?order=time`);
    await desk.locator('a[data-number]').first().click();
    await desk.waitForURL(/\/inbox\/\d+/);
    const number = new URL(desk.url()).pathname.split('/').at(-1);
    await desk.getByRole('log').getByText('Is the kettle here?').waitFor();
    await putBehind(desk, true);
    await other.goto(`${system.url}/settings/notifications`);
    const sound = other.getByRole('switch', { name: t['settings.silence.sound'] });
    await sound.waitFor();
    await bothShow(BARE);

    // Open, but not looked at: it stays unread.
    await client.option('Позвать человека').click();
    await bothShow(counted(1));
    await haveRung(1);
    await another.option('Позвать человека').click();
    await bothShow(counted(2));
    await haveRung(2);
    // Looked at again it is read, on the other page too; the rest by the bell's own button.
    await putBehind(desk, false);
    await bothShow(counted(1));
    await desk.keyboard.press('b');
    await desk.getByRole('button', { name: t['bell.readAll'] }).click();
    await bothShow(BARE);

    // Turned off on one page, sound is off on all: what comes is only counted.
    await desk.getByRole('button', { name: t['centre.soundOff'] }).waitFor();
    await putBehind(desk, true);
    await sound.click();
    await desk.getByRole('button', { name: t['centre.soundOn'] }).waitFor();
    await client.write('Hello?');
    await bothShow(counted(1));
    await other.goto(`${system.url}/inbox?order=time`);
    await other.locator(`a[data-number="${number}"]`).focus();
    await other.keyboard.press('n');
    await bothShow(BARE);
    expect(notes).toBe(4);

    // Turned on it says so by a chime of its own; then what comes rings again, and only that.
    await other.goto(`${system.url}/settings/notifications`);
    await sound.click();
    await desk.getByRole('button', { name: t['centre.soundOff'] }).waitFor();
    await haveRung(3);
    await client.write('Nobody?');
    await bothShow(counted(1));
    await haveRung(4);
    expect(troubles).toEqual([]);
    for (const each of [context, client.context, another.context]) await each.close();
  }, 120_000);

  test('the service worker shows a push once, lets what is newer take its place, closes what is withdrawn and opens the page in the window that is there', async () => {
    const { page, context } = await openPages(browser, system.url, 'en');
    page.setDefaultTimeout(PATIENCE_MS);
    await context.grantPermissions(['notifications'], { origin: system.url });
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const shown = () =>
      worker.evaluate(async () => {
        const { registration } = globalThis as unknown as WorkerScope;
        return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
      });
    // Nobody looks at a page of ours: what shows and closes below is the worker's own doing.
    await worker.evaluate(() => {
      const scope = globalThis as unknown as WorkerScope;
      scope.clients.matchAll = async () => [];
    });
    const deliver = await pushesInto(context, page);
    const push = { type: 'show', tag: 'talk-7', url: '/inbox/7', at: Date.now() + 60_000, lang: 'en', title: 'Anna' } as const;
    await deliver({ ...push, id: 5, body: 'first' });
    await expect.poll(shown, { timeout: PATIENCE_MS }).toEqual([{ title: 'Anna', body: 'first', tag: 'talk-7' }]);
    await deliver({ ...push, id: 6, body: 'second' });
    await expect.poll(shown, { timeout: PATIENCE_MS }).toEqual([{ title: 'Anna', body: 'second', tag: 'talk-7' }]);
    await deliver({ ...push, id: 5, body: 'first, late' });
    await deliver({ type: 'withdraw', tag: 'talk-7', upTo: 5 });
    await deliver({ ...push, tag: 'talk-8', id: 9, title: 'Boris', body: 'other' });
    await expect.poll(async () => (await shown()).map(({ body }) => body).sort(), { timeout: PATIENCE_MS }).toEqual(['other', 'second']);
    await deliver({ type: 'withdraw', tag: 'talk-7', upTo: 6 });
    await expect.poll(async () => (await shown()).map(({ body }) => body), { timeout: PATIENCE_MS }).toEqual(['other']);
    await context.close();
  }, 120_000);

  test('who looks at a page is not told twice, and a click opens the place in that page', async () => {
    const { page, context } = await openPages(browser, system.url, 'en');
    page.setDefaultTimeout(PATIENCE_MS);
    await context.grantPermissions(['notifications'], { origin: system.url });
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    await expect
      .poll(() =>
        worker.evaluate(async () => (await (globalThis as unknown as WorkerScope).clients.matchAll({ includeUncontrolled: true })).length),
      )
      .toBe(1);
    await worker.evaluate(() => {
      const scope = globalThis as unknown as WorkerScope;
      const pages = scope.clients.matchAll.bind(scope.clients);
      scope.clients.matchAll = async (options) => {
        const found = await pages(options);
        return found.map((one) => ({
          focused: true,
          focus: () => one.focus(),
          postMessage: (message: unknown) => one.postMessage(message),
        }));
      };
    });
    const deliver = await pushesInto(context, page);
    await deliver({ type: 'show', tag: 'talk-1', id: 1, url: '/bots', at: 1, lang: 'en', title: 'A', body: 'b' });
    const click = () =>
      worker.evaluate(() => {
        const notification = { data: { url: '/bots' }, close: () => undefined };
        const event = Object.assign(new Event('notificationclick'), { notification, waitUntil: () => undefined });
        (globalThis as unknown as WorkerScope).dispatchEvent(event);
      });
    await click();
    await page.waitForURL(/\/bots/);
    expect(await worker.evaluate(async () => (await (globalThis as unknown as WorkerScope).registration.getNotifications()).length)).toBe(
      0,
    );
    await context.close();
  }, 120_000);
});
