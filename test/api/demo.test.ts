import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureDemo } from '../../api/demo.ts';
import { secretKey, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(undefined, { demo: true });
});
afterAll(() => world.stop());

const log = pino({ level: 'silent' });
const ensure = (demoToken?: string) => ensureDemo({ databaseUrl: world.databaseUrl, demoToken, secretKey, log });
const ask = (token: string, path: string, method = 'GET', body?: unknown) =>
  world.call({ accountId: 0, userId: 0, email: '', password: '', token }, method, path, body);

test('the demo account is made once, whoever starts at the same time, and stays as it was', async () => {
  const [first, second] = await Promise.all([ensure(), ensure()]);
  expect(second).toEqual(first);
  expect(await ensure()).toEqual(first);
  const [counts] = await world.sql`
    select (select count(*)::int from accounts where is_demo) accounts, (select count(*)::int from bots) bots, (select count(*)::int from channels) channels`;
  expect(counts).toEqual({ accounts: 1, bots: 1, channels: 1 });
});

test('its bot is published, on, and answers in its own web chat only; response time is off', async () => {
  const { token, accountId } = await ensure();
  const { items } = (await (await ask(token, '/api/bots')).json()) as {
    items: { id: number; liveVersion: number; state: string; errors: number }[];
  };
  expect(items).toMatchObject([{ liveVersion: 1, state: 'on', errors: 0 }]);
  const channels = (await (await ask(token, '/api/channels')).json()) as { items: { id: number; type: string; state: string }[] };
  expect(channels.items).toMatchObject([{ type: 'webchat', state: 'connected' }]);
  expect(await (await ask(token, `/api/bots/${items[0]!.id}/triggers`)).json()).toMatchObject([
    { type: 'conversation_started', filter: { channelIds: [channels.items[0]!.id] } },
  ]);
  expect(await (await ask(token, '/api/settings')).json()).toMatchObject({ responseTime: { enabled: false } });
  expect(await (await ask(token, '/api/me')).json()).toMatchObject({
    account: { id: accountId, isDemo: true },
    role: 'administrator',
    rights: { operate: true },
  });
});

test('its token is the one that is configured, in the place of the one before', async () => {
  const { token } = await ensure();
  expect((await ask(token, '/api/me')).status).toBe(200);
  expect((await ensure('fixed-token')).token).toBe('fixed-token');
  expect((await ask('fixed-token', '/api/me')).status).toBe(200);
  expect(await world.sql`select id from auth_api_keys`).toHaveLength(1);
  expect((await ask('fixed-token', '/api/accounts', 'POST', { name: 'Second' })).status).toBe(201);
});

test('one click signs in on this very machine only', async () => {
  await ensure();
  const click = (headers: Record<string, string> = {}) =>
    world.call(undefined, 'POST', '/api/session/demo', undefined, { Origin: `http://${headers.Host ?? 'localhost'}`, ...headers });
  const answer = await click();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ signedIn: true, demo: true, me: { account: { isDemo: true } } });
  expect((await click({ 'X-Forwarded-For': '127.0.0.1' })).status).toBe(403);
  expect((await click({ Host: 'rebound.example' })).status).toBe(403);
  world.ip = '192.168.1.7';
  expect((await click()).status).toBe(403);
  expect(await (await world.call(undefined, 'GET', '/api/session')).json()).toEqual({ signedIn: false, demo: false, me: null });
  world.ip = '::1';
  expect((await click({ Host: '[::1]:3000' })).status).toBe(200);
});
