import { createECDH, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NotificationPage, NotificationSettingsView } from '../../api/contract/index.ts';
import type { Env } from '../../api/deps.ts';
import { pages } from '../../api/pages.ts';
import type { NotificationKind } from '../../db/schema/events.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let bob: Person;
let eve: Person;
let card: Card;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  bob = await world.addUser(ada, { role: 'manager', sees: 'own' });
  card = await makeCard(world, ada);
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.sql`delete from notifications`;
  await world.sql`update users set notification_settings = '{}'`;
});

async function note(
  what: NotificationKind,
  values: { userId?: number; number?: number; at?: number; data?: object } = {},
): Promise<number> {
  const [row] = await world.sql<{ id: number }[]>`
    insert into notifications (account_id, user_id, what, conversation_number, data, at)
    values (${ada.accountId}, ${values.userId ?? null}, ${what}, ${values.number ?? null}, ${(values.data ?? {}) as never}, ${values.at ?? Date.now()}) returning id`;
  return row!.id;
}
const list = async (person: Person, query = ''): Promise<NotificationPage> => {
  const answer = await world.call(person, 'GET', `/api/notifications${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as NotificationPage;
};
const kinds = async (person: Person, query = '') => (await list(person, query)).items.map(({ what }) => what);

describe('the centre', () => {
  test('pages go on where the last one ended, also among notifications of one instant', async () => {
    const at = Date.now();
    const ids: number[] = [];
    for (let index = 0; index < 7; index += 1) ids.push(await note('botFailed', { userId: ada.userId, at }));
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: NotificationPage = await list(ada, `?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test('filters by kind and by unread', async () => {
    const wrote = await note('clientWrote', { userId: ada.userId, number: card.number });
    await note('mentioned', { userId: ada.userId });
    await note('botFailed', { userId: ada.userId });
    expect(await kinds(ada, '?group=clients')).toEqual(['clientWrote']);
    expect(await kinds(ada, '?group=team')).toEqual(['mentioned']);
    expect(await kinds(ada, '?group=system')).toEqual(['botFailed']);
    await world.call(ada, 'POST', '/api/notifications/read', { ids: [wrote] });
    expect(await kinds(ada, '?unread=true')).toEqual(['botFailed', 'mentioned']);
    expect((await list(ada)).unread).toBe(2);
    await world.call(ada, 'POST', '/api/notifications/read', { group: 'team' });
    expect(await kinds(ada, '?unread=true')).toEqual(['botFailed']);
    const answer = await world.call(ada, 'POST', '/api/notifications/read');
    expect(await answer.json()).toEqual({ unread: 0 });
    expect((await world.call(ada, 'GET', '/api/notifications?group=nothing')).status).toBe(422);
  });

  test('what is told to all is read by each for themselves', async () => {
    const other = await world.addUser(ada, { role: 'manager' });
    await note('clientWrote', { number: card.number });
    await world.call(ada, 'POST', '/api/notifications/read');
    expect((await list(ada)).unread).toBe(0);
    expect((await list(other)).unread).toBe(1);
    expect((await list(other)).items[0]!.readAt).toBeNull();
  });

  test('of two that tell one user the same, one stands', async () => {
    const at = Date.now();
    await note('missed', { number: card.number, at });
    await note('missed', { number: card.number, at, userId: ada.userId });
    expect(await kinds(ada)).toEqual(['missed']);
  });

  test('shows nobody what their rights or their account do not', async () => {
    await note('clientWrote', { number: card.number });
    await note('missed', { number: card.number, userId: ada.userId });
    const secret = await note('botFailed', { userId: ada.userId });
    expect(await kinds(bob)).toEqual([]);
    expect(await kinds(eve)).toEqual([]);
    for (const person of [bob, eve]) await world.call(person, 'POST', '/api/notifications/read', { ids: [secret] });
    expect((await list(ada)).unread).toBe(3);
  });

  test('leaves out what its user does not want there, and keeps alarms', async () => {
    await world.call(ada, 'PUT', '/api/me/notifications', {
      kinds: { botFailed: { centre: false }, npsAlarm: { centre: false } },
      nobodys: false,
    });
    await note('botFailed', { userId: ada.userId });
    await note('clientWrote', { number: card.number });
    await note('npsAlarm', { userId: ada.userId, number: card.number });
    expect(await kinds(ada)).toEqual(['npsAlarm']);
    expect((await list(ada)).unread).toBe(1);
  });
});

describe('what a user wants to be told', () => {
  const settings = async (person: Person) =>
    (await (await world.call(person, 'GET', '/api/me/notifications')).json()) as NotificationSettingsView;

  test('changes by what is named, for this user only', async () => {
    const before = await settings(ada);
    expect(before).toMatchObject({ language: 'en', quiet: { enabled: false, timeZone: 'Europe/Moscow' } });
    const answer = await world.call(ada, 'PUT', '/api/me/notifications', {
      quiet: { enabled: true, from: 600 },
      kinds: { missed: { push: false } },
    });
    expect(await answer.json()).toMatchObject({
      quiet: { enabled: true, from: 600, to: before.quiet.to },
      kinds: { missed: { centre: true, push: false, sound: true }, clientWrote: before.kinds.clientWrote },
    });
    await world.call(ada, 'PUT', '/api/me/notifications', { kinds: { missed: { sound: false } } });
    expect((await settings(ada)).kinds.missed).toEqual({ centre: true, push: false, sound: false });
    expect(await settings(bob)).toMatchObject({ quiet: { enabled: false } });
    expect((await settings(eve)).kinds.missed.push).toBe(true);
  });

  test('is checked, with the field named', async () => {
    const answer = await world.call(ada, 'PUT', '/api/me/notifications', { quiet: { timeZone: 'Mars/Olympus' } });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ fields: [{ field: 'quiet.timeZone' }] });
    expect((await world.call(ada, 'PUT', '/api/me/notifications', { kinds: { nothing: { push: true } } })).status).toBe(422);
  });

  test('a read-only user chooses too', async () => {
    const reader = await world.addUser(ada, { role: 'readonly' });
    expect((await world.call(reader, 'PUT', '/api/me/notifications', { sound: false })).status).toBe(200);
  });
});

describe('browsers', () => {
  const browser = (name: string) => {
    const pair = createECDH('prime256v1');
    return {
      endpoint: `https://push.example.com/${name}`,
      keys: { p256dh: pair.generateKeys().toString('base64url'), auth: randomBytes(16).toString('base64url') },
      device: 'Chrome · Linux',
    };
  };
  const devices = async (person: Person) =>
    ((await (await world.call(person, 'GET', '/api/me/push-subscriptions')).json()) as { items: { id: number }[] }).items;

  test('come once however often they are told, are listed without their secrets, and go', async () => {
    const own = browser('one');
    const first = await world.call(ada, 'POST', '/api/me/push-subscriptions', own);
    expect(first.status).toBe(201);
    const { id } = (await first.json()) as { id: number };
    expect(((await (await world.call(ada, 'POST', '/api/me/push-subscriptions', own)).json()) as { id: number }).id).toBe(id);
    const listed = await devices(ada);
    expect(listed).toEqual([{ id, device: 'Chrome · Linux', createdAt: expect.any(Number), lastError: '' }]);
    const [row] = await world.sql<{ sealed: string }[]>`select sealed from push_subscriptions where id = ${id}`;
    expect(row!.sealed).not.toContain('push.example.com');
    // Neither another account nor a colleague may take it away.
    for (const person of [eve, bob]) expect((await world.call(person, 'DELETE', `/api/me/push-subscriptions/${id}`)).status).toBe(404);
    expect((await world.call(ada, 'DELETE', `/api/me/push-subscriptions/${id}`)).status).toBe(204);
    expect(await devices(ada)).toEqual([]);
  });

  test('belong to who signed in last in that browser', async () => {
    const shared = browser('shared');
    await world.call(ada, 'POST', '/api/me/push-subscriptions', shared);
    await world.call(bob, 'POST', '/api/me/push-subscriptions', shared);
    expect(await devices(ada)).toEqual([]);
    expect(await devices(bob)).toHaveLength(1);
  });

  test('are twenty a user: the oldest make room', async () => {
    for (let index = 0; index < 22; index += 1) await world.call(ada, 'POST', '/api/me/push-subscriptions', browser(`many-${index}`));
    expect(await devices(ada)).toHaveLength(20);
  });

  test.each([
    'http://push.example.com/a',
    'https://127.0.0.1/a',
    'https://[::1]/a',
    'https://10.0.0.8/a',
    'https://localhost/a',
    'ftp://push.example.com/a',
    'nothing',
  ])('the address %s is none of a push service', async (endpoint) => {
    const answer = await world.call(ada, 'POST', '/api/me/push-subscriptions', { ...browser('x'), endpoint });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ fields: [{ field: 'endpoint' }] });
  });

  test('subscribe with one key that stays', async () => {
    const ask = async () => ((await (await world.call(ada, 'GET', '/api/push-key')).json()) as { publicKey: string }).publicKey;
    const key = await ask();
    expect(Buffer.from(key, 'base64url')).toHaveLength(65);
    expect(await ask()).toBe(key);
  });
});

test('the service worker stands at the root, is asked for anew each time, and is held to the policy of pages', async () => {
  const app = new Hono<Env>().all('*', pages(new URL('../../web/public', import.meta.url).pathname));
  const answer = await app.request('/service-worker.js');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect((await app.request('/manifest.webmanifest')).headers.get('content-type')).toBe('application/manifest+json');
});
