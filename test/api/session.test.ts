import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
});
afterAll(() => world.stop());

const ours = { Origin: 'http://localhost' };
const signIn = (email: string, password: string, headers: Record<string, string> = ours) =>
  world.call(undefined, 'POST', '/api/session', { email, password }, headers);
const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

test('a person signs in with e-mail and password, works by cookie and signs out', async () => {
  const answer = await signIn(ada.email.toUpperCase(), ada.password);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    signedIn: true,
    me: { user: { id: ada.userId }, role: 'administrator', rights: { administer: true, operate: false } },
  });
  for (const cookie of answer.headers.getSetCookie()) expect(cookie).toMatch(/HttpOnly.*SameSite=Lax/i);
  const Cookie = cookieOf(answer);
  expect((await world.call(undefined, 'GET', '/api/me', undefined, { Cookie })).status).toBe(200);
  const out = await world.call(undefined, 'DELETE', '/api/session', undefined, { Cookie, ...ours });
  expect(await out.json()).toMatchObject({ signedIn: false });
  expect((await world.call(undefined, 'GET', '/api/me', undefined, { Cookie })).status).toBe(401);
});

test('a wrong password and an unknown person are answered alike, and guessing ends soon', async () => {
  const wrong = await signIn(ada.email, 'not this one');
  const unknown = await signIn('nobody@example.com', 'not this one');
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(((await wrong.json()) as { detail: string }).detail).toBe(((await unknown.json()) as { detail: string }).detail);
  const statuses: number[] = [];
  for (let tried = 0; tried < 12; tried += 1) statuses.push((await signIn('guess@example.com', 'x')).status);
  expect(statuses.at(-1)).toBe(429);
});

test('a page of another site changes nothing with our cookie, and cannot sign anybody in', async () => {
  const Cookie = cookieOf(await signIn(ada.email, ada.password));
  const change = (headers: Record<string, string>) =>
    world.call(undefined, 'POST', '/api/leads', { name: 'Forged' }, { Cookie, ...headers });
  expect((await change({ Origin: 'https://evil.example' })).status).toBe(403);
  expect((await change({})).status).toBe(403);
  expect((await change({ Origin: 'null' })).status).toBe(403);
  expect((await change(ours)).status).toBe(201);
  expect((await signIn(ada.email, ada.password, { Origin: 'https://evil.example' })).status).toBe(403);
  const v4 = await world.call(undefined, 'PATCH', '/api/v4/leads/1', { name: 'x' }, { Cookie, Origin: 'https://evil.example' });
  expect(v4.status).toBe(403);
});

test('a user who was switched off is out at once, by token and by cookie', async () => {
  const bob = await world.addUser(ada, { role: 'manager' });
  const Cookie = cookieOf(await signIn(bob.email, bob.password));
  expect((await world.call(bob, 'GET', '/api/me')).status).toBe(200);
  expect((await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { isActive: false })).status).toBe(200);
  expect((await world.call(bob, 'GET', '/api/me')).status).toBe(401);
  expect((await world.call(undefined, 'GET', '/api/me', undefined, { Cookie })).status).toBe(401);
});

test('the last administrator stays one', async () => {
  const answer = await world.call(ada, 'PATCH', `/api/users/${ada.userId}`, { role: 'manager' });
  expect(answer.status).toBe(409);
});

test('a person of two accounts switches between them, and a token stays with its own', async () => {
  const other = await world.makePerson();
  const added = await world.call(other, 'POST', '/api/users', { name: 'Ada', email: ada.email });
  expect(added.status).toBe(201);
  expect(await added.json()).toMatchObject({ password: null });
  const Cookie = cookieOf(await signIn(ada.email, ada.password));
  const switched = await world.call(undefined, 'POST', '/api/session/account', { accountId: other.accountId }, { Cookie, ...ours });
  expect(await switched.json()).toMatchObject({ me: { account: { id: other.accountId }, role: 'manager' } });
  expect(await (await world.call(undefined, 'GET', '/api/me', undefined, { Cookie })).json()).toMatchObject({
    account: { id: other.accountId },
  });
  expect(await (await world.call(ada, 'GET', '/api/me')).json()).toMatchObject({ account: { id: ada.accountId } });
  const foreign = await world.call(undefined, 'POST', '/api/session/account', { accountId: 1 }, { Cookie, ...ours });
  expect(foreign.status).toBe(404);
});

test('a token is shown once, kept as a hash only, and ends when it is deleted', async () => {
  const made = (await (await world.call(ada, 'POST', '/api/tokens', { name: 'crm' })).json()) as { id: string; token: string };
  const rows = await world.sql<{ all: string }[]>`select auth_api_keys::text "all" from auth_api_keys`;
  expect(rows.some(({ all }) => all.includes(made.token))).toBe(false);
  const crm = { ...ada, token: made.token };
  expect((await world.call(crm, 'GET', '/api/me')).status).toBe(200);
  const list = await (await world.call(ada, 'GET', '/api/tokens')).text();
  expect(list).not.toContain(made.token);
  expect((await world.call(ada, 'DELETE', `/api/tokens/${made.id}`)).status).toBe(204);
  expect((await world.call(crm, 'GET', '/api/me')).status).toBe(401);
});

test('only the operator makes accounts, and such an account can work at once', async () => {
  expect((await world.call(ada, 'POST', '/api/accounts', { name: 'Shop' })).status).toBe(403);
  const operator = await world.makePerson({ isDemo: true });
  const answer = await world.call(operator, 'POST', '/api/accounts', {
    name: 'Shop',
    administrator: { name: 'Ida', email: 'ida@example.com', password: 'long enough' },
  });
  expect(answer.status).toBe(201);
  const made = (await answer.json()) as { id: number; token: string; administrator: { id: number } };
  const ida = { ...ada, accountId: made.id, token: made.token };
  const { items } = (await (await world.call(ida, 'GET', '/api/pipelines')).json()) as {
    items: { stages: { id: number; kind: string }[] }[];
  };
  expect(items).toHaveLength(1);
  expect(items[0]?.stages.map((stage) => stage.kind)).toEqual(['incoming', 'open', 'open', 'open', 'open', 'won', 'lost']);
  expect(items[0]?.stages.slice(-2).map((stage) => stage.id)).toEqual([142, 143]);
  const fields = (await (await world.call(ida, 'GET', '/api/fields?entity=contact')).json()) as { items: { code: string }[] };
  expect(fields.items.map((field) => field.code)).toEqual(['PHONE', 'EMAIL']);
  expect((await signIn('ida@example.com', 'long enough')).status).toBe(200);
});

test('without a demo account nobody signs in by one click', async () => {
  expect((await world.call(undefined, 'POST', '/api/session/demo', undefined, ours)).status).toBe(403);
});
