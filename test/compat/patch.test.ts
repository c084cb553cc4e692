/** Changes of contacts and leads in the vendor's published form, through the whole API: what is written, told and refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Card, makeCard } from '../api/data.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

let world: World;
let ada: Person;
let card: Card;
let second: Card;
const fields: Record<string, { id: number; enums: { id: number; value: string }[] }> = {};

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  card = await makeCard(world, ada);
  second = await makeCard(world, ada);
  const made = [
    ['city', 'contact', 'select', ['Kazan', 'Omsk']],
    ['size', 'contact', 'numeric', []],
    ['born', 'contact', 'date', []],
    ['likes', 'lead', 'multiselect', ['tea', 'coffee']],
    ['note', 'lead', 'text', []],
  ] as const;
  for (const [name, entity, type, enums] of made) {
    fields[name] = (await json(await world.call(ada, 'POST', '/api/fields', { name, entity, type, enums }))) as (typeof fields)[string];
  }
}, 120_000);
afterAll(() => world.stop());

type Json = Record<string, unknown>;
const json = async (answer: Response) => (await answer.json()) as Json;
const patch = async (path: string, body: unknown, person = ada) => {
  const answer = await world.call(person, 'PATCH', path, body);
  return { status: answer.status, type: answer.headers.get('Content-Type'), json: await json(answer) };
};
const get = async (path: string) => json(await world.call(ada, 'GET', path));
const contactPath = () => `/api/v4/contacts/${card.contactId}`;
/** `path` and `request_id` of everything that was wrong. */
const wrongs = (answer: { json: Json }) =>
  (answer.json['validation-errors'] as { request_id: string; errors: { path: string }[] }[]).flatMap(({ request_id, errors }) =>
    errors.map(({ path }) => `${request_id} ${path}`),
  );

test('a list of contacts is changed as the vendor publishes it, and answered with ids, instants and links', async () => {
  const before = (await get(contactPath())).updated_at as number;
  const answer = await patch('/api/v4/contacts', [
    {
      id: card.contactId,
      request_id: '7',
      first_name: 'Иван',
      last_name: 'Петров',
      custom_fields_values: [
        { field_code: 'PHONE', field_name: 'Телефон', values: [{ value: '+79123456789', enum_code: 'WORK' }] },
        { field_id: fields.city!.id, values: [{ enum_id: fields.city!.enums[1]!.id }] },
        { field_id: fields.size!.id, values: [{ value: '42' }] },
        { field_id: fields.born!.id, values: [{ value: '2001-02-03T00:00:00+00:00' }] },
      ],
      _embedded: { tags: [{ name: 'vip' }] },
    },
    { id: second.contactId, name: 'Boris de Witt', responsible_user_id: null },
  ]);
  expect(answer).toMatchObject({ status: 200, type: 'application/hal+json' });
  const link = (id: number) => ({ self: { href: expect.stringMatching(new RegExp(`/api/v4/contacts/${id}$`)) } });
  expect(answer.json).toEqual({
    _links: { self: { href: expect.stringMatching(/\/api\/v4\/contacts$/) } },
    _embedded: {
      contacts: [
        { id: card.contactId, request_id: '7', updated_at: expect.any(Number), _links: link(card.contactId) },
        { id: second.contactId, updated_at: expect.any(Number), _links: link(second.contactId) },
      ],
    },
  });
  const shown = await get(contactPath());
  expect(shown.updated_at).toBeGreaterThanOrEqual(before);
  expect(shown).toMatchObject({ name: 'Иван Петров', first_name: 'Иван', last_name: 'Петров', _embedded: { tags: [{ name: 'vip' }] } });
  const values = (shown.custom_fields_values as { field_id: number; field_code: string | null; values: object[] }[]).map((one) => [
    one.field_code ?? one.field_id,
    one.values,
  ]);
  expect(Object.fromEntries(values)).toEqual({
    PHONE: [{ value: '+79123456789', enum_code: 'WORK' }],
    [fields.city!.id]: [{ value: 'Omsk', enum_id: fields.city!.enums[1]!.id }],
    [fields.size!.id]: [{ value: '42' }],
    [fields.born!.id]: [{ value: Date.UTC(2001, 1, 3) / 1000 }],
  });
  expect(await get(`/api/v4/contacts/${second.contactId}`)).toMatchObject({
    name: 'Boris de Witt',
    first_name: 'Boris',
    last_name: 'de Witt',
    responsible_user_id: null,
  });
});

test('a change leaves the events of the own API, by its author', async () => {
  const { items } = (await get(`/api/events?entity=contact&contact=${second.contactId}`)) as { items: { type: string }[] };
  expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['entity_responsible_changed', 'name_field_changed']));
  const rows = await world.sql<{ type: string; author: number }[]>`
    select type, author_id author from events where account_id = ${ada.accountId} and entity_type = 'contact' and entity_id = ${card.contactId} order by type`;
  expect(rows.map(({ type }) => type)).toEqual([...Array(4).fill('custom_field_value_changed'), 'entity_tag_added', 'name_field_changed']);
  expect(new Set(rows.map(({ author }) => author))).toEqual(new Set([ada.userId]));
});

test('null leaves a field empty, tags too; what is not named stays', async () => {
  const answer = await patch(contactPath(), {
    custom_fields_values: [
      { field_id: fields.size!.id, values: null },
      { field_id: fields.born!.id, values: [{ value: null }] },
      { field_id: fields.city!.id, values: [] },
    ],
    _embedded: { tags: null },
  });
  expect(answer).toMatchObject({ status: 200, json: { id: card.contactId } });
  expect(await get(contactPath())).toMatchObject({
    name: 'Иван Петров',
    custom_fields_values: [{ field_code: 'PHONE' }],
    _embedded: { tags: [] },
  });
});

test('tags are named by name or id; those of another kind of card are not there', async () => {
  await patch(`/api/v4/leads/${card.leadId}`, { _embedded: { tags: [{ name: 'gold' }] } });
  const [gold] = ((await get(`/api/v4/leads/${card.leadId}`))._embedded as { tags: { id: number }[] }).tags;
  const path = `/api/v4/leads/${second.leadId}`;
  expect((await patch(path, { _embedded: { tags: [{ id: gold!.id }, { name: 'new' }] } })).status).toBe(200);
  expect(await get(path)).toMatchObject({ _embedded: { tags: [{ id: gold!.id, name: 'gold' }, { name: 'new' }] } });
  const wrong = await patch(contactPath(), { _embedded: { tags: [{ id: gold!.id }, {}] } });
  expect([wrong.status, wrongs(wrong)]).toEqual([400, ['0 _embedded.tags.0.id', '0 _embedded.tags.1.name']]);
});

test('tags are added and taken away beside those that stay', async () => {
  const path = `/api/v4/leads/${second.leadId}`;
  const names = async () => ((await get(path))._embedded as { tags: { name: string }[] }).tags.map(({ name }) => name).sort();
  await patch(path, { _embedded: { tags: [{ name: 'old' }, { name: 'stays' }] } });
  const change = { tags_to_add: [{ name: 'new' }, { name: 'stays' }], tags_to_delete: [{ name: 'OLD' }] };
  expect((await patch(path, change)).status).toBe(200);
  expect(await names()).toEqual(['new', 'stays']);
  await patch(path, { _embedded: { tags: [{ name: 'alone' }] }, tags_to_add: [{ name: 'second' }] });
  expect(await names()).toEqual(['alone', 'second']);
});

test('what this system has no data for is passed over: the rest of a program’s change is made', async () => {
  const path = `/api/v4/leads/${second.leadId}`;
  const change = { date_close: 1_589_297_221, loss_reason_id: 7323, updated_by: 0, price: 50_000, _embedded: { companies: [{ id: 1 }] } };
  expect((await patch('/api/v4/leads', [{ id: second.leadId, ...change }])).status).toBe(200);
  expect(await get(path)).toMatchObject({ price: 50_000, loss_reason_id: null });
});

test('a card that was read is written back whole, with one value changed', async () => {
  for (const [path, change] of [
    [contactPath(), { last_name: 'Иванов', name: 'Иван Иванов' }],
    [`/api/v4/leads/${card.leadId}`, { price: 77 }],
  ] as const) {
    const shown = await get(`${path}?with=leads,contacts`);
    expect((await patch(path, { ...shown, ...change, updated_at: 1 })).status).toBe(200);
    expect(await get(path)).toMatchObject(change);
  }
});

test('a lead’s fields are changed by id, several values of a list among them', async () => {
  const path = `/api/v4/leads/${card.leadId}`;
  const [tea, coffee] = fields.likes!.enums;
  const values = [
    { field_id: fields.likes!.id, values: [{ value: 'tea' }, { enum_id: coffee!.id }] },
    { field_id: fields.note!.id, values: [{ value: 'rings twice' }] },
  ];
  expect((await patch('/api/v4/leads', [{ id: card.leadId, custom_fields_values: values }])).status).toBe(200);
  expect((await get(path)).custom_fields_values).toMatchObject([
    {
      field_id: fields.likes!.id,
      values: [
        { value: 'tea', enum_id: tea!.id },
        { value: 'coffee', enum_id: coffee!.id },
      ],
    },
    { field_id: fields.note!.id, values: [{ value: 'rings twice' }] },
  ]);
  expect((await patch(path, { custom_fields_values: null, price: 3 })).status).toBe(200);
  expect((await get(path)).custom_fields_values).toHaveLength(2);
});

test('everything wrong in a list is named by request and path, and nothing of it is changed', async () => {
  const before = await get(contactPath());
  const answer = await patch('/api/v4/contacts', [
    { id: card.contactId, name: 'Fine' },
    {
      id: card.contactId,
      tags_to_add: [{ id: 999_999_999 }],
      custom_fields_values: [
        { field_id: 999_999_999, values: [{ value: 1 }] },
        { field_code: 'NOTHING', values: [{ value: 1 }] },
        { values: [{ value: 1 }] },
        { field_id: fields.note!.id, values: [{ value: 'a lead’s field' }] },
        { field_id: fields.size!.id, values: [{ value: 'many' }] },
        { field_id: fields.size!.id, values: null },
        { field_id: fields.city!.id, values: [{ value: 'Paris' }] },
        { field_code: 'PHONE', values: [{ value: '1', enum_id: 1 }] },
      ],
    },
    {
      id: second.contactId,
      custom_fields_values: [{ field_id: fields.born!.id, values: [{ value: 'soon' }, { value: 1, enum_code: 'X' }] }],
    },
  ]);
  expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
  expect(wrongs(answer)).toEqual([
    '1 custom_fields_values.0.field_id',
    '1 custom_fields_values.1.field_code',
    '1 custom_fields_values.2.field_id',
    '1 custom_fields_values.3.field_id',
    '1 custom_fields_values.4.values',
    '1 custom_fields_values.5.field_id',
    '1 custom_fields_values.6.values.0',
    '1 custom_fields_values.7.values.0',
    '1 tags_to_add.0.id',
    '2 custom_fields_values.0.values.0',
    '2 custom_fields_values.0.values.1',
  ]);
  expect(JSON.stringify(answer.json)).toContain('999999999');
  expect(await get(contactPath())).toEqual(before);
});

test.each([
  ['a name that is empty', { name: ' ' }, '0 name'],
  ['a value of another type', { first_name: 5 }, '0 first_name'],
  ['fields that are no list', { custom_fields_values: { 1: 'x' } }, '0 custom_fields_values'],
  ['a field without values', { custom_fields_values: [{ field_code: 'PHONE' }] }, '0 custom_fields_values.0.values'],
  [
    'a value’s unknown property',
    { custom_fields_values: [{ field_code: 'PHONE', values: [{ subtype: 1 }] }] },
    '0 custom_fields_values.0.values.0.subtype',
  ],
  ['another id than the address', { id: 1 }, '0 id'],
  ['a user of nobody here', { responsible_user_id: 999_999 }, '0 responsible_user_id'],
])('%s is refused (400) by its path', async (_, body, wrong) => {
  const answer = await patch(contactPath(), body);
  expect([answer.status, wrongs(answer)]).toEqual([400, [wrong]]);
});

test('items without an id, no list at all and more than 250 items are refused', async () => {
  expect(wrongs(await patch('/api/v4/contacts', [{ id: card.contactId }, { name: 'X' }]))).toEqual(['1 id']);
  expect((await patch('/api/v4/contacts', [])).status).toBe(400);
  expect((await patch('/api/v4/contacts', 'x')).status).toBe(400);
  expect((await patch('/api/v4/contacts', Array(251).fill({ id: card.contactId }))).status).toBe(400);
  expect(await patch('/api/v4/contacts', { id: card.contactId, name: 'One' })).toMatchObject({
    status: 200,
    json: { _embedded: { contacts: [{ id: card.contactId }] } },
  });
});

test('a stage or a user that the account does not have is refused by the item that named it', async () => {
  const path = '/api/v4/leads';
  const stage = await patch(path, [
    { id: second.leadId, price: 1 },
    { id: card.leadId, status_id: 987_654 },
  ]);
  expect([stage.status, wrongs(stage)]).toEqual([400, ['1 status_id']]);
  const user = await patch(path, [{ id: card.leadId, responsible_user_id: 987_654 }]);
  expect([user.status, wrongs(user)]).toEqual([400, ['0 responsible_user_id']]);
});

test('another account finds neither the contact nor its fields', async () => {
  const eve = await world.makePerson();
  const own = await makeCard(world, eve);
  expect((await patch(contactPath(), { name: 'Eve' }, eve)).status).toBe(404);
  const list = [
    { id: own.contactId, name: 'Eve' },
    { id: card.contactId, name: 'Eve' },
  ];
  expect((await patch('/api/v4/contacts', list, eve)).status).toBe(404);
  const foreign = { custom_fields_values: [{ field_id: fields.city!.id, values: [{ value: 'Omsk' }] }] };
  const answer = await patch(`/api/v4/contacts/${own.contactId}`, foreign, eve);
  expect([answer.status, wrongs(answer)]).toEqual([400, ['0 custom_fields_values.0.field_id']]);
  expect(await get(contactPath())).toMatchObject({ name: 'One' });
  const [row] = await world.sql<
    { name: string }[]
  >`select name from contacts where account_id = ${eve.accountId} and id = ${own.contactId}`;
  expect(row!.name).toBe('Anna');
});
