import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Webhooks } from '../../api/contract/index.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let eve: Person;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
});
afterAll(() => world.stop());

const list = async (person: Person) => (await (await world.call(person, 'GET', '/api/webhooks')).json()) as Webhooks;
const add = (person: Person, destination: string, settings = ['add_talk']) =>
  world.call(person, 'POST', '/api/webhooks', { destination, settings });

test('a subscription is made once an address, with a key of its own, and shows how its receiver answers', async () => {
  const made = (await (await add(ada, 'https://shop.example/hook')).json()) as { id: number; secret: string };
  expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
  const changed = (await (await add(ada, 'https://shop.example/hook', ['add_talk', 'add_talk', 'add_message'])).json()) as { id: number };
  expect(changed.id).toBe(made.id);
  await world.sql`update webhooks set recent = ${world.sql.json([{ eventId: 7, type: 'talk_created', status: 500, attempt: 1, at: 5, tookMs: 12 }])},
    failing_since = ${5} where id = ${made.id}`;
  const { items, codes } = await list(ada);
  expect(items).toMatchObject([
    {
      id: made.id,
      destination: 'https://shop.example/hook',
      settings: ['add_talk', 'add_message'],
      disabled: false,
      failingSince: 5,
      behind: 0,
    },
  ]);
  expect(items[0]!.recent).toEqual([{ eventId: 7, type: 'talk_created', status: 500, attempt: 1, at: 5, tookMs: 12 }]);
  expect(codes).toContain('update_talk');
});

test.each([
  ['ftp://shop.example', ['add_talk'], 'destination'],
  ['https://user:secret@shop.example', ['add_talk'], 'destination'],
  ['https://shop.example', [], 'settings'],
  ['https://shop.example', ['sing'], 'settings.0'],
])('what cannot be subscribed is named: %s %j', async (destination, settings, field) => {
  const answer = await add(ada, destination, settings);
  expect(answer.status).toBe(422);
  expect(((await answer.json()) as { fields: { field: string }[] }).fields.map((one) => one.field)).toContain(field);
});

test('another account neither sees nor ends a subscription, a manager of the account may not look', async () => {
  const [webhook] = (await list(ada)).items;
  expect((await list(eve)).items).toEqual([]);
  expect((await world.call(eve, 'DELETE', `/api/webhooks/${webhook!.id}`)).status).toBe(404);
  const manager = await world.addUser(ada, { role: 'manager' });
  expect((await world.call(manager, 'GET', '/api/webhooks')).status).toBe(403);
  expect((await world.call(ada, 'DELETE', `/api/webhooks/${webhook!.id}`)).status).toBe(204);
  expect((await list(ada)).items).toEqual([]);
});
