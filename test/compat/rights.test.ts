/**
 * Who may what in the amoCRM-shaped API, route by route. The table must hold every route that is mounted under `/api/v4` and `/api/v2`:
 * one that is added without a line here fails the first test. What is out of sight is refused with 403, as the vendor refuses it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Permission, permissions, type Rights } from '../../domain/rights/rights.ts';
import { type Card, makeCard } from '../api/data.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

interface Route {
  method: string;
  path: string;
  body?: () => unknown;
  client?: 'read' | 'change';
  right?: Permission;
  administrator?: true;
}
const route =
  (rest: Partial<Route>) =>
  (method: string, path: string, body?: () => unknown): Route => ({ method, path, ...(body === undefined ? {} : { body }), ...rest });
const open = route({});
const reads = route({ client: 'read' });
const changes = route({ client: 'change' });
const starts = route({ client: 'change', right: 'runBots' });
const administers = route({ administrator: true });

/** The contact stands in the body. */
const shortLink = () => [{ url: 'https://shop.example/tea', metadata: { entity_type: 'contacts', entity_id: card.contactId } }];
/** Routes that name the client in their body: one that is not seen is no choice there, the vendor's answer for an unknown one. */
const namesInBody = ['/api/v4/contacts/chats', '/api/v4/short_links', '/api/v2/url_shortener'];

const table: Route[] = [
  open('GET', '/api/v4/account'),
  open('GET', '/api/v4/users'),
  open('GET', '/api/v4/users/{userId}'),
  open('GET', '/api/v4/bots'),
  open('GET', '/api/v4/bots/{botId}'),
  open('GET', '/api/v4/events/types'),
  open('GET', '/api/v4/leads/pipelines'),
  open('GET', '/api/v4/leads/pipelines/{pipelineId}'),
  open('GET', '/api/v4/leads/pipelines/{pipelineId}/statuses'),
  open('GET', '/api/v4/leads/pipelines/{pipelineId}/statuses/{stageId}'),
  open('GET', '/api/v4/talks'),
  open('GET', '/api/v4/leads'),
  open('GET', '/api/v4/contacts'),
  open('GET', '/api/v4/contacts/chats?contact_id={contactId}'),
  route({ right: 'analytics' })('GET', '/api/v4/events'),
  route({ client: 'read', right: 'analytics' })('GET', '/api/v4/events/{eventId}'),
  reads('GET', '/api/v4/talks/{number}'),
  reads('GET', '/api/v4/talks/{number}/messages'),
  reads('GET', '/api/v4/contacts/{contactId}'),
  reads('GET', '/api/v4/leads/{leadId}'),
  route({ client: 'change', right: 'closeConversations' })('POST', '/api/v4/talks/{number}/close', () => ({ force_close: true })),
  changes('POST', '/api/v4/talks/{number}/send_message', () => ({ text: 'Hello' })),
  changes('PATCH', '/api/v4/contacts/{contactId}', () => ({ name: 'Changed' })),
  changes('PATCH', '/api/v4/contacts', () => [
    { id: nobodys.contactId, name: 'Changed' },
    { id: card.contactId, name: 'Changed' },
  ]),
  changes('PATCH', '/api/v4/leads/{leadId}', () => ({ price: 5 })),
  changes('PATCH', '/api/v4/leads', () => [
    { id: nobodys.leadId, price: 6 },
    { id: card.leadId, price: 6 },
  ]),
  changes('POST', '/api/v4/contacts/chats', () => [{ contact_id: card.contactId, chat_id: card.chatId }]),
  changes('POST', '/api/v4/short_links', shortLink),
  changes('POST', '/api/v2/url_shortener', shortLink),
  starts('POST', '/api/v4/bots/{botId}/run', () => ({ entity_id: card.leadId, entity_type: 'leads' })),
  starts('POST', '/api/v4/bots/{botId}/stop', () => ({ entity_id: card.leadId, entity_type: 'leads' })),
  starts('POST', '/api/v4/bots/run', () => [{ bot_id: card.botId, entity_id: card.contactId, entity_type: 'contacts' }]),
  starts('POST', '/api/v2/salesbot/run', () => [{ bot_id: card.botId, entity_id: card.leadId, entity_type: 2 }]),
  administers('GET', '/api/v4/webhooks'),
  administers('POST', '/api/v4/webhooks', () => ({ destination: 'https://example.com/hook', settings: ['add_talk'] })),
  administers('DELETE', '/api/v4/webhooks', () => ({ destination: 'https://example.com/hook' })),
];

let world: World;
let ada: Person;
let eve: Person;
let chief: Person;
let watcher: Person;
let bare: Person;
let card: Card;
let nobodys: Card;
let ids: Record<string, unknown>;
const blind: Record<string, Person> = {};
const lacking = {} as Record<Permission, Person>;
const holding = {} as Record<Permission, Person>;
const all = (value: boolean) => Object.fromEntries(permissions.map((permission) => [permission, value])) as Record<Permission, boolean>;

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  const group = async (name: string) => ((await (await world.call(ada, 'POST', '/api/groups', { name })).json()) as { id: number }).id;
  const [first, second] = [await group('Sales'), await group('Support')];
  const member = (rights: Partial<Rights>, groupId?: number) =>
    world.addUser(ada, { role: 'manager', rights, ...(groupId === undefined ? {} : { groupId }) });
  chief = await member({ ...all(true), see: 'group', edit: 'own' }, first);
  blind.none = await member({ ...all(true), see: 'none' }, first);
  blind.own = await member({ ...all(true), see: 'own' }, first);
  blind.group = await member({ ...all(true), see: 'group' }, second);
  watcher = await member({ ...all(true), edit: 'none' });
  bare = await member({ ...all(false), edit: 'all' });
  for (const permission of permissions) {
    lacking[permission] = await member({ ...all(true), [permission]: false });
    holding[permission] = await member({ ...all(false), [permission]: true });
  }
  card = await makeCard(world, ada, { responsible: chief.userId });
  nobodys = await makeCard(world, ada, { responsible: null });
  await world.call(ada, 'PATCH', `/api/leads/${card.leadId}`, { price: 1 });
  const [event] = await world.sql<
    { id: number }[]
  >`select id from events where account_id = ${ada.accountId} and lead_id = ${card.leadId} limit 1`;
  ids = { ...card, userId: chief.userId, eventId: event!.id, stageId: card.stageIds[0] };
}, 120_000);
afterAll(() => world.stop());

const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));
const title = ({ method, path, right }: Route) => `${method} ${path}${right === undefined ? '' : ` (${right})`}`;
async function ask(person: Person, { method, path, body }: Route) {
  world.sent.length = 0;
  const answer = await world.call(person, method, fill(path), body?.());
  return { status: answer.status, sent: world.sent.length, type: answer.headers.get('Content-Type') ?? '', text: await answer.text() };
}
const words = ['Anna', 'Order', 'Good day', 'Which city'];

test('every mounted route stands in the table with what it asks of a user', () => {
  const shape = (path: string) =>
    path
      .replace(/\?.*$/, '')
      .replace(/\{\w+\}|:\w+(\{[^}]*\})?/g, '{}')
      .replace(/\/$/, '');
  const mounted = world.app.routes
    .filter(({ method, path }) => method !== 'ALL' && /^\/api\/v[24]\//.test(path))
    .map(({ method, path }) => `${method} ${shape(path)}`);
  const known = table.map(({ method, path }) => `${method} ${shape(path)}`);
  expect([...new Set(mounted)].sort()).toEqual([...new Set(known)].sort());
});

describe('a client out of sight is refused (403), nothing is told and nothing is done', () => {
  for (const one of table.filter(({ client }) => client !== undefined)) {
    for (const who of ['none', 'own', 'group']) {
      test(`${title(one)} · sees ${who}`, async () => {
        const before = await standing();
        const { status, sent, text, type } = await ask(blind[who]!, one);
        const refused = namesInBody.includes(one.path) ? [400, 403] : [403];
        expect(refused).toContain(status);
        expect([sent, type]).toEqual([0, 'application/problem+json']);
        for (const word of words) expect(text).not.toContain(word);
        expect(await standing()).toEqual(before);
      });
    }
  }
});

describe('another account’s things are not there (404)', () => {
  for (const one of table.filter(
    ({ client, path }) => client !== undefined && !namesInBody.includes(path) && !path.includes('contacts/chats'),
  )) {
    test(title(one), async () => {
      const { status, sent, text } = await ask(eve, one);
      expect({ status, sent }).toEqual({ status: 404, sent: 0 });
      for (const word of words) expect(text).not.toContain(word);
    });
  }
});

describe('who sees without the right to change reads, and is refused any change (403)', () => {
  for (const one of table.filter(({ client }) => client !== undefined)) {
    test(title(one), async () => {
      const before = await standing();
      const { status, sent } = await ask(watcher, one);
      if (one.client === 'read') expect(status).toBeLessThan(300);
      else expect({ status, sent }).toEqual({ status: 403, sent: 0 });
      expect(await standing()).toEqual(before);
    });
  }
});

describe('without a right its routes are refused (403); the right alone is enough', () => {
  for (const one of table.filter(({ right }) => right !== undefined)) {
    test(title(one), async () => {
      expect(await ask(lacking[one.right!], one)).toMatchObject({ status: 403, sent: 0 });
      expect((await ask(holding[one.right!], one)).status).toBeLessThan(300);
    });
  }
  for (const one of table.filter(({ right, administrator }) => right === undefined && administrator !== true)) {
    test(title(one), async () => expect((await ask(bare, one)).status).toBeLessThan(300));
  }
});

describe('webhooks of the account are its administrators’', () => {
  for (const one of table.filter(({ administrator }) => administrator === true)) {
    test(title(one), async () => {
      expect((await ask(chief, one)).status).toBe(403);
      expect((await ask(ada, one)).status).toBeLessThan(300);
    });
  }
});

test('lists show the clients in sight and nothing of the others, nor of their ids', async () => {
  for (const path of [
    '/api/v4/talks',
    '/api/v4/leads',
    '/api/v4/contacts',
    '/api/v4/events',
    `/api/v4/contacts/chats?contact_id=${card.contactId}`,
  ]) {
    for (const who of ['none', 'own', 'group']) {
      const { text } = await ask(blind[who]!, { method: 'GET', path });
      expect(text).not.toContain(card.chatId);
      expect(text).not.toMatch(new RegExp(`/(leads/${card.leadId}|contacts/${card.contactId}|talks/${card.number})"`));
    }
    expect((await ask(chief, { method: 'GET', path })).text).not.toBe('');
  }
});

test('a lead names no other contact that is out of sight, and a contact no such lead', async () => {
  await world.sql`insert into lead_contacts (account_id, lead_id, contact_id) values (${ada.accountId}, ${nobodys.leadId}, ${card.contactId})
    on conflict do nothing`;
  await world.sql`insert into lead_contacts (account_id, lead_id, contact_id) values (${ada.accountId}, ${card.leadId}, ${nobodys.contactId})
    on conflict do nothing`;
  const linked = async (person: Person) => {
    const lead = await world.call(person, 'GET', `/api/v4/leads/${nobodys.leadId}?with=contacts`);
    const contact = await world.call(person, 'GET', `/api/v4/contacts/${nobodys.contactId}?with=leads`);
    const { _embedded: ofLead } = (await lead.json()) as { _embedded: { contacts: { id: number }[] } };
    const { _embedded: ofContact } = (await contact.json()) as { _embedded: { leads: { id: number }[] } };
    return [ofLead.contacts.map(({ id }) => id), ofContact.leads.map(({ id }) => id)];
  };
  expect(await linked(blind.own!)).toEqual([[nobodys.contactId], [nobodys.leadId]]);
  expect(await linked(ada)).toEqual([[nobodys.contactId, card.contactId], [card.leadId, nobodys.leadId].sort((a, b) => a - b)]);
});

test('users show their rights in the vendor’s letters, and their groups where asked', async () => {
  const user = async (person: Person) =>
    (await (await world.call(ada, 'GET', `/api/v4/users/${person.userId}?with=group`)).json()) as object;
  expect(await user(chief)).toMatchObject({
    rights: {
      is_admin: false,
      is_active: true,
      leads: { view: 'G', edit: 'M', add: 'A', delete: 'D', export: 'G' },
      contacts: { view: 'G', edit: 'M' },
      tasks: { edit: 'M' },
    },
    _embedded: { groups: [{ name: 'Sales' }] },
  });
  expect(await user(watcher)).toMatchObject({
    rights: { leads: { view: 'A', edit: 'D', add: 'D' }, group_id: null },
    _embedded: { groups: [] },
  });
  expect(await user(ada)).toMatchObject({ rights: { is_admin: true, leads: { view: 'A', edit: 'A' } } });
  const account = (await (await world.call(ada, 'GET', '/api/v4/account?with=users_groups')).json()) as object;
  expect(account).toMatchObject({ _embedded: { users_groups: [{ name: 'Sales' }, { name: 'Support' }] } });
});

/** What the routes that change cards would have changed. */
const standing = async () =>
  await world.sql<{ price: number; name: string }[]>`
    select l.price, c.name from leads l join contacts c on c.account_id = l.account_id and c.id = l.contact_id
    where l.account_id = ${ada.accountId} and l.id in ${world.sql([card.leadId, nobodys.leadId])} order by l.id`;
