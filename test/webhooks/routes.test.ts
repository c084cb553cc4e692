/** `/api/v4/webhooks`: the vendor's shapes, for administrators of their own account only. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CompatWorld, createCompatWorld } from '../compat/world.ts';

let w: CompatWorld;

beforeAll(async () => {
  w = await createCompatWorld();
});
afterAll(() => w?.end());
beforeEach(() => w.sql`delete from webhooks`);

const destination = 'https://example.test/hook';
const subscribe = (body: unknown, as?: NonNullable<Parameters<CompatWorld['call']>[1]>['as']) =>
  w.call('/api/v4/webhooks', { method: 'POST', body, ...(as === undefined ? {} : { as }) });

test('a subscription is made, listed, found by its address and removed', async () => {
  expect((await w.call('/api/v4/webhooks')).status).toBe(204);
  const made = await subscribe({ destination, settings: ['add_talk', 'update_talk', 'add_message'], sort: 10 });
  expect(made.status).toBe(201);
  expect(made.type).toContain('application/hal+json');
  const model = {
    id: expect.any(Number),
    destination,
    created_at: expect.any(Number),
    updated_at: expect.any(Number),
    account_id: w.mine.id,
    created_by: w.mine.admin,
    sort: 10,
    disabled: false,
    settings: ['add_talk', 'update_talk', 'add_message'],
  };
  expect(made.json).toEqual({ ...model, secret: expect.any(String) });
  await subscribe({ destination: `${destination}/2`, settings: ['add_lead'] });

  const listed = await w.call('/api/v4/webhooks');
  expect(listed.status).toBe(200);
  expect(listed.json._total_items).toBe(2);
  expect(listed.json._embedded.webhooks.map((one: { sort: number }) => one.sort)).toEqual([0, 10]);
  const found = await w.call(`/api/v4/webhooks?filter[destination]=${encodeURIComponent(destination)}`);
  expect(found.json._embedded.webhooks).toEqual([model]);

  const removed = await w.call('/api/v4/webhooks', { method: 'DELETE', body: { destination } });
  expect([removed.status, removed.text]).toEqual([204, '']);
  expect((await w.call('/api/v4/webhooks')).json._total_items).toBe(1);
  expect((await w.call('/api/v4/webhooks', { method: 'DELETE', body: { destination } })).status).toBe(404);
});

test('subscribing an address again changes its subscription and switches it on', async () => {
  const first = await subscribe({ destination, settings: ['add_talk'], sort: 3 });
  await w.sql`update webhooks set disabled = true`;
  expect((await w.call('/api/v4/webhooks')).json._embedded.webhooks[0].disabled).toBe(true);
  const second = await subscribe({ destination, settings: ['add_message', 'add_message'] });
  expect(second.json).toMatchObject({ id: first.json.id, settings: ['add_message'], sort: 3, disabled: false });
});

test('wrong fields are named, all at once', async () => {
  const problems = async (body: unknown) => {
    const answer = await subscribe(body);
    expect(answer.status).toBe(400);
    expect(answer.type).toContain('application/problem+json');
    return answer.json['validation-errors'][0].errors.map(({ code, path }: { code: string; path: string }) => `${path} ${code}`);
  };
  expect(await problems({})).toEqual(['destination FieldMissing', 'settings FieldMissing']);
  expect(await problems({ destination: '', settings: [] })).toEqual(['destination NotBlank', 'settings TooFew']);
  expect(await problems({ destination: 7, settings: 'add_talk' })).toEqual(['destination InvalidType', 'settings InvalidType']);
  expect(await problems({ destination: 'ftp://example.test', settings: ['add_talk', 'typing', 5], sort: '1' })).toEqual([
    'destination InvalidType',
    'settings.1 NotSupportedChoice',
    'settings.2 NotSupportedChoice',
    'sort InvalidType',
  ]);
  expect(await problems({ destination: 'https://me:secret@example.test', settings: ['add_talk'] })).toEqual(['destination InvalidType']);
  expect(await problems({ destination: `https://example.test/${'x'.repeat(2048)}`, settings: ['add_talk'] })).toEqual([
    'destination TooHigh',
  ]);
  expect((await subscribe([])).status).toBe(400);
  expect((await subscribe('{')).status).toBe(400);
});

test('an account has a hundred subscriptions at most, however many ask at once', async () => {
  for (let n = 0; n < 98; n += 1) await subscribe({ destination: `${destination}/${n}`, settings: ['add_talk'] });
  const more = await Promise.all([98, 99, 100, 101].map((n) => subscribe({ destination: `${destination}/${n}`, settings: ['add_talk'] })));
  expect(more.map(({ status }) => status).sort()).toEqual([201, 201, 400, 400]);
  expect((await subscribe({ destination: `${destination}/5`, settings: ['add_lead'] })).status).toBe(201);
});

test('only administrators, and only of their own account', async () => {
  await subscribe({ destination, settings: ['add_talk'] });
  for (const method of ['GET', 'POST', 'DELETE']) {
    const body = method === 'GET' ? undefined : { destination, settings: ['add_talk'] };
    for (const role of ['manager', 'reader'] as const) {
      expect((await w.call('/api/v4/webhooks', { method, body, as: [w.mine, role] })).status).toBe(403);
    }
    expect((await w.call('/api/v4/webhooks', { method, body, as: null })).status).toBe(401);
  }
  expect((await w.call('/api/v4/webhooks', { as: [w.theirs, 'admin'] })).status).toBe(204);
  expect((await w.call('/api/v4/webhooks', { method: 'DELETE', body: { destination }, as: [w.theirs, 'admin'] })).status).toBe(404);
  const theirs = await subscribe({ destination, settings: ['add_lead'] }, [w.theirs, 'admin']);
  expect(theirs.status).toBe(201);
  const mine = await w.call('/api/v4/webhooks');
  expect(mine.json._embedded.webhooks[0]).toMatchObject({ settings: ['add_talk'] });
});
