import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPushes, type Pushes } from './world.ts';

let p: Pushes;
beforeEach(async () => {
  p = await createPushes();
});
afterEach(() => p.stop());

const shown = () => p.service.received.filter(({ payload }) => payload.type === 'show');
const withdrawn = () => p.service.received.filter(({ payload }) => payload.type === 'withdraw');

describe('a notification', () => {
  test('reaches every browser of its user once, signed and encrypted, with who and what', async () => {
    const [olga, boris] = [await p.addUser(), await p.addUser()];
    await p.addBrowser(olga, 'desk');
    await p.addBrowser(olga, 'phone');
    await p.addBrowser(boris, 'other');
    const number = await p.addTalk({ responsible: olga, text: 'Is it there?' });
    p.startSender();
    const id = await p.note({ userId: olga, number });
    await p.settled();
    expect(
      shown()
        .map(({ browser }) => browser)
        .sort(),
    ).toEqual(['desk', 'phone']);
    expect(shown()[0]!.payload).toMatchObject({
      type: 'show',
      id,
      tag: `talk-${number}`,
      url: `/inbox/${number}`,
      title: `Anna ${number} · Shop bot`,
      body: 'Is it there?',
    });
    expect(p.service.wrong).toEqual([]);
  });

  test('goes once to each browser also with two senders at work', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    p.startSender();
    p.startSender();
    const ids: number[] = [];
    for (let index = 0; index < 40; index += 1) ids.push(await p.note({ userId: olga, what: 'botFailed' }));
    await p.settled();
    expect(
      shown()
        .map(({ payload }) => payload.type === 'show' && payload.id)
        .toSorted(),
    ).toEqual(ids);
  });

  test('to nobody in particular goes to those who see the conversation and want to hear of such', async () => {
    const all = await p.addUser({ rights: { see: 'all' } });
    const own = await p.addUser({ rights: { see: 'own' } });
    const other = await p.addUser({ rights: { see: 'own' } });
    const deaf = await p.addUser({ settings: { nobodys: false } });
    for (const [name, id] of Object.entries({ all, own, other, deaf })) await p.addBrowser(id, name);
    const number = await p.addTalk({ responsible: own });
    p.startSender();
    await p.note({ number });
    await p.settled();
    expect(
      shown()
        .map(({ browser }) => browser)
        .sort(),
    ).toEqual(['all', 'own']);
  });

  test('keeps to what its user chose: kinds, words, language, quiet hours', async () => {
    const noPush = await p.addUser({ settings: { kinds: { clientWrote: { push: false } } } });
    const noWords = await p.addUser({ settings: { showText: false, language: 'en' } });
    const hour = Math.floor(((Date.now() + 3 * 3_600_000) % 86_400_000) / 3_600_000);
    const quiet = { enabled: true, from: hour * 60, to: ((hour + 2) % 24) * 60, timeZone: 'Europe/Moscow' };
    const asleep = await p.addUser({ settings: { quiet } });
    for (const [name, id] of Object.entries({ noPush, noWords, asleep })) await p.addBrowser(id, name);
    const number = await p.addTalk({ text: 'a secret' });
    p.startSender();
    await p.note({ number });
    await p.settled();
    expect(shown()).toHaveLength(1);
    expect(shown()[0]).toMatchObject({ browser: 'noWords', payload: { body: `New message #${number}` } });
  });

  test('that came before the browser, or hours ago, is no news', async () => {
    const olga = await p.addUser();
    await p.note({ userId: olga, what: 'botFailed', at: Date.now() - 60_000 });
    await p.addBrowser(olga, 'desk');
    p.startSender();
    await p.note({ userId: olga, what: 'botFailed', at: Date.now() - 7 * 3_600_000 });
    const id = await p.note({ userId: olga, what: 'botFailed' });
    await expect.poll(() => shown().length).toBe(1);
    expect(shown()[0]!.payload).toMatchObject({ id });
  });
});

describe('withdrawal', () => {
  test.each(['withdrawn', 'read'] as const)('what was %s disappears from every browser', async (how) => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    await p.addBrowser(olga, 'phone');
    const number = await p.addTalk({ responsible: olga });
    p.startSender();
    const id = await p.note({ userId: olga, number });
    await p.settled();
    await p.change(how, id);
    await p.settled();
    expect(
      withdrawn()
        .map(({ browser }) => browser)
        .sort(),
    ).toEqual(['desk', 'phone']);
    expect(withdrawn()[0]!.payload).toEqual({ type: 'withdraw', tag: `talk-${number}`, upTo: id });
    // The service lets it take the place of what a sleeping device has not got yet.
    expect(withdrawn()[0]!.headers.topic).toBe(shown()[0]!.headers.topic);
  });

  test('what is settled before it went out is never shown', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    const id = await p.note({ userId: olga, what: 'botFailed' });
    await p.change('withdrawn', id);
    p.startSender();
    await p.settled();
    expect(p.service.calls).toBe(0);
  });

  test('what still stands under the same tag is not closed with it', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    const number = await p.addTalk({ responsible: olga });
    p.startSender();
    const first = await p.note({ userId: olga, number });
    await p.note({ userId: olga, number, what: 'missed' });
    await p.settled();
    await p.change('read', first);
    await p.settled();
    expect(withdrawn()).toEqual([]);
  });
});

describe('trouble', () => {
  test.each([404, 410])('a browser that is gone (%i) is forgotten', async (status) => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    p.service.answers.push(status);
    p.startSender();
    await p.note({ userId: olga, what: 'botFailed' });
    await expect.poll(async () => (await p.sql`select 1 from push_subscriptions`).length).toBe(0);
    await p.settled();
    expect(p.service.calls).toBe(1);
  });

  test('a service that fails, is silent or asks for a pause is asked again, and the error goes when all is well', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    p.service.answers.push(503, 'silence', { status: 429, retryAfter: 1 });
    p.startSender();
    await p.note({ userId: olga, what: 'botFailed' });
    for (const calls of [1, 2, 3]) {
      await expect.poll(() => p.service.calls, { timeout: 10_000 }).toBe(calls);
      await expect.poll(async () => (await p.sql`select 1 from push_subscriptions where last_error <> ''`).length).toBe(1);
      await expect.poll(async () => (await p.sql`select 1 from push_deliveries where claimed_until is null`).length).toBe(1);
      await p.sql`update push_deliveries set not_before = ${Date.now()}`;
    }
    await p.settled();
    expect(shown()).toHaveLength(1);
    expect((await p.sql`select last_error from push_subscriptions`)[0]!.last_error).toBe('');
  });

  test('what the service refuses for good is not repeated, and the device shows why', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    p.service.answers.push(403);
    p.startSender();
    await p.note({ userId: olga, what: 'botFailed' });
    await p.settled();
    expect(p.service.calls).toBe(1);
    expect((await p.sql`select last_error from push_subscriptions`)[0]!.last_error).toBe('403');
  });

  test('no push goes to a private address unless the installation allows it', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'number');
    await p.addBrowser(olga, 'name', p.service.browser('name').endpoint.replace('127.0.0.1', 'localhost'));
    p.startSender({ allowPrivateAddresses: false });
    await p.note({ userId: olga, what: 'botFailed' });
    await p.settled();
    expect(p.service.calls).toBe(0);
    expect((await p.sql`select last_error from push_subscriptions`).map((row) => row.last_error)).toEqual([
      'private address',
      'private address',
    ]);
  });

  test('a sender that was killed with a push in hand leaves it to the next', async () => {
    const olga = await p.addUser();
    await p.addBrowser(olga, 'desk');
    const first = p.startSender();
    await p.note({ userId: olga, what: 'botFailed' });
    await p.settled();
    await first.stop();
    await p.sql`update push_deliveries set state = 'due', claimed_until = ${Date.now() - 1000}`;
    p.startSender();
    await expect.poll(() => shown().length).toBe(2);
  });
});
