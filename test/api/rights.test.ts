/**
 * Who may what, route by route: every route of `/openapi.json` stands in this table with what it asks of a user. A route that is added
 * without a line here fails the first test.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Permission, permissions, type Rights } from '../../domain/rights/rights.ts';
import { type Card, greeting, makeCard } from './data.ts';
import { type NewMember, type Person, startWorld, type World } from './world.ts';

interface Route {
  method: string;
  /** With names of the card's ids. */
  path: string;
  body?: () => unknown;
  /** Names a client, whose sight it needs; `change`: and the right to change the client. */
  client?: 'read' | 'change';
  right?: Permission;
  /** A second right that is asked for besides. */
  also?: Permission;
  administrator?: true;
  /** What a client out of sight is answered with, where the body names another thing that is not seen either; 404. */
  hidden?: number;
  /** Beyond the right to change the client: what others made is not changed. */
  author?: true;
  /** As `/openapi.json` writes it, where one line there is several routes. */
  as?: string;
}

const route =
  (rest: Partial<Route>) =>
  (method: string, path: string, body?: unknown, more: Partial<Route> = {}): Route => ({
    method,
    path,
    ...(body === undefined ? {} : { body: typeof body === 'function' ? (body as () => unknown) : () => body }),
    ...rest,
    ...more,
  });
/** Everybody's who works here: lists show what is in sight, the rest is one's own affair. */
const open = route({});
const reads = route({ client: 'read' });
const changes = route({ client: 'change' });
const administers = route({ administrator: true });
const needing = (right: Permission) => route({ right });

const CARDS = '/api/{card}/{id}';
const table: Route[] = [
  open('GET', '/api/me'),
  open('GET', '/api/users'),
  open('GET', '/api/groups'),
  open('GET', '/api/tokens'),
  open('GET', '/api/bots'),
  open('GET', '/api/bots/{botId}'),
  open('GET', '/api/bots/{botId}/export'),
  open('GET', '/api/bots/{botId}/versions'),
  open('GET', '/api/bots/{botId}/versions/1/source'),
  open('GET', '/api/bots/{botId}/triggers'),
  open('POST', '/api/bots/{botId}/simulate', { script: 'hello' }),
  open('GET', '/api/channels'),
  open('GET', '/api/channels/{channelId}'),
  open('GET', '/api/settings'),
  open('GET', '/api/pipelines'),
  open('GET', '/api/tags'),
  open('GET', '/api/fields'),
  open('GET', '/api/events/types'),
  open('GET', '/api/notifications'),
  open('POST', '/api/notifications/read', {}),
  open('GET', '/api/search?q=Anna'),
  open('GET', '/api/duplicates'),
  open('GET', '/api/conversations'),
  open('GET', '/api/conversations/counts'),
  open('GET', '/api/leads'),
  open('GET', '/api/leads/totals'),
  open('GET', '/api/customers'),
  open('GET', '/api/customers/stages'),
  open('GET', '/api/me/notifications'),
  open('PUT', '/api/me/notifications', {}),
  open('GET', '/api/push-key'),
  open('GET', '/api/me/push-subscriptions'),
  open('GET', '/api/internal-chats'),
  open('GET', '/api/internal-chats/counts'),
  open('GET', '/api/quick-replies'),

  open('GET', '/api/links'),
  open('GET', '/api/pixel'),
  reads('GET', '/api/contacts/{contactId}/visits'),
  changes('POST', '/api/links', () => ({ contactId: card.contactId, url: 'https://shop.example/a' })),

  reads('GET', '/api/conversations/{number}'),
  reads('GET', '/api/conversations/{number}/messages'),
  reads('GET', '/api/contacts/{contactId}'),
  reads('GET', '/api/duplicates/pair?first={contactId}&second={secondId}'),
  reads('GET', '/api/contacts/{contactId}/thread'),
  reads('GET', '/api/contacts/{contactId}/runs'),
  reads('GET', '/api/leads/{leadId}'),
  reads('GET', '/api/leads/{leadId}/thread'),
  reads('GET', '/api/leads/{leadId}/runs'),
  reads('GET', '/api/leads/{leadId}/internal-chat'),
  reads('GET', '/api/customers/{customerId}'),
  reads('GET', '/api/leads/{leadId}/tasks', undefined, { as: `${CARDS}/tasks` }),
  reads('GET', '/api/contacts/{contactId}/tasks', undefined, { as: `${CARDS}/tasks` }),
  reads('GET', '/api/leads/{leadId}/notes', undefined, { as: `${CARDS}/notes` }),
  reads('GET', '/api/customers/{customerId}/notes', undefined, { as: `${CARDS}/notes` }),
  reads('GET', '/api/leads/{leadId}/events', undefined, { as: `${CARDS}/events` }),
  reads('GET', '/api/contacts/{contactId}/events', undefined, { as: `${CARDS}/events` }),
  reads('GET', '/api/runs/{runId}'),
  reads('GET', '/api/runs/{runId}/trace'),
  reads('GET', '/api/files/{fileId}'),
  reads('GET', '/api/quick-replies/{replyId}/filled?contact={contactId}'),

  changes('POST', '/api/conversations/{number}/messages', { text: 'x' }),
  changes('POST', '/api/conversations/{number}/no-reply-needed'),
  changes('POST', '/api/conversations/{number}/read'),
  changes('POST', '/api/conversations/{number}/unread'),
  changes('POST', '/api/conversations/{number}/close', { force: true }, { right: 'closeConversations' }),
  changes('POST', '/api/conversations/{number}/transfer', () => ({ userId: chief.userId })),
  changes('POST', '/api/conversations/{number}/participants', () => ({ userId: chief.userId })),
  changes('DELETE', '/api/conversations/{number}/participants/{chiefId}'),
  changes('POST', '/api/conversations/{number}/typing', {}),
  changes('POST', '/api/conversations/{number}/notes', { text: 'x' }),
  changes('PATCH', '/api/conversations/{number}/notes/{noteId}', { text: 'y' }, { author: true }),
  changes('POST', '/api/messages/{messageId}/arrived'),
  changes('DELETE', '/api/conversations/{number}/notes/{noteId}', undefined, { author: true }),
  changes('POST', '/api/conversations/{number}/attach', () => ({ type: 'lead', id: card.leadId }), { hidden: 422 }),
  changes('POST', '/api/chats/{chatId}/messages', { text: 'x' }),
  changes('POST', '/api/contacts/{contactId}/messages', () => ({ text: 'x', channel: card.channelId })),
  changes('POST', '/api/messages/{messageId}/retry'),
  changes('PATCH', '/api/contacts/{contactId}', { tags: ['new'] }),
  changes('POST', '/api/contacts/{contactId}/block'),
  changes('POST', '/api/contacts/{contactId}/unblock'),
  changes('POST', '/api/duplicates/different', () => ({ first: card.contactId, second: ids.secondId }), { right: 'merge' }),
  changes('PATCH', '/api/leads/{leadId}', { price: 7 }),
  changes('POST', '/api/leads/{leadId}/accept'),
  changes('POST', '/api/leads/{leadId}/decline', undefined, { right: 'closeConversations' }),
  changes('PATCH', '/api/customers/{customerId}', { tags: ['new'] }),
  changes('POST', '/api/leads/{leadId}/tasks', { text: 'Call', dueAt: 1_795_000_000_000 }, { as: `${CARDS}/tasks` }),
  changes('POST', '/api/customers/{customerId}/tasks', { text: 'Call', dueAt: 1_795_000_000_000 }, { as: `${CARDS}/tasks` }),
  changes('PATCH', '/api/tasks/{taskId}', { completed: true }),
  changes('POST', '/api/leads/{leadId}/notes', { text: 'x' }, { as: `${CARDS}/notes` }),
  changes('POST', '/api/contacts/{contactId}/notes', { text: 'x' }, { as: `${CARDS}/notes` }),
  changes('POST', '/api/runs/{runId}/stop', undefined, { right: 'runBots' }),
  changes('POST', '/api/bots/{botId}/start', () => ({ leadId: card.leadId }), { right: 'runBots' }),
  changes('POST', '/api/bots/{botId}/start', () => ({ conversation: card.number }), { right: 'runBots' }),

  needing('analytics')('GET', '/api/events'),
  ...['conversations', 'responses', 'missed', 'nps', 'managers', 'bots'].map((name) => needing('analytics')('GET', `/api/reports/${name}`)),
  needing('export')('GET', '/api/exports', undefined, { also: 'analytics' }),
  needing('export')('POST', '/api/exports', { filter: {}, language: 'en' }, { also: 'analytics' }),
  needing('analytics')('GET', '/api/exports', undefined, { also: 'export' }),
  needing('analytics')('POST', '/api/exports', { filter: {}, language: 'en' }, { also: 'export' }),
  needing('settings')('PUT', '/api/settings', { joinSeconds: 3 }),
  needing('settings')('POST', '/api/fields', () => ({ entity: 'lead', name: randomUUID(), type: 'text' })),
  needing('editBots')('POST', '/api/bots/import', () => greeting),
  needing('editBots')('PATCH', '/api/bots/{botId}', { name: 'Other' }),
  needing('editBots')('PUT', '/api/bots/{botId}/triggers', []),
  needing('editBots')('POST', '/api/bots/{botId}/publish', { acceptWarnings: true }),
  needing('editBots')('POST', '/api/bots/{botId}/rollback', { version: 1 }),
  needing('editBots')('POST', '/api/bots/{botId}/off'),
  needing('editBots')('POST', '/api/bots/{botId}/on'),
  needing('editBots')('DELETE', '/api/bots/{spareBotId}'),

  administers('POST', '/api/channels', { type: 'webchat' }),
  administers('PATCH', '/api/channels/{channelId}', { name: 'Other' }),
  administers('POST', '/api/channels/{channelId}/test'),
  administers('DELETE', '/api/channels/{channelId}'),
  administers('POST', '/api/users', () => ({ name: 'New', email: `${randomUUID()}@example.com` })),
  administers('PATCH', '/api/users/{chiefId}', { name: 'Chief' }),
  administers('POST', '/api/groups', { name: 'Third' }),
  administers('PATCH', '/api/groups/{groupId}', { name: 'Sales' }),
  administers('DELETE', '/api/groups/{groupId}'),
  administers('GET', '/api/webhooks'),
  administers('POST', '/api/webhooks', { destination: 'https://example.com/hook', settings: ['add_message'] }),
  administers('DELETE', '/api/webhooks/1'),
];

/** Routes without a client, a right or a role to test, each with the place that does. */
const elsewhere: Record<string, string> = {
  'POST /api/contacts/merge': 'test/api/duplicates.test.ts',
  'GET /api/session': 'session.test.ts',
  'POST /api/session': 'session.test.ts',
  'DELETE /api/session': 'session.test.ts',
  'POST /api/session/demo': 'session.test.ts',
  'POST /api/session/account': 'session.test.ts',
  'POST /api/accounts': 'session.test.ts: the operator’s alone',
  'POST /api/tokens': 'routes.test.ts: one’s own',
  'DELETE /api/tokens/{id}': 'routes.test.ts: one’s own',
  'POST /api/files': 'below: seen by who brought it',
  'POST /api/leads': 'below: needs a client one may change',
  'POST /api/customers': 'below: needs a client one may change',
  'POST /api/conversations/bulk': 'below: number by number',
  'GET /api/exports/{id}': 'exports’ tests: one’s own',
  'POST /api/exports/{id}/cancel': 'exports’ tests: one’s own',
  'POST /api/me/push-subscriptions': 'one’s own',
  'DELETE /api/me/push-subscriptions/{id}': 'one’s own',
  'POST /api/quick-replies': 'team tests: one’s own, shared ones by right',
  'PUT /api/quick-replies/{id}': 'team tests',
  'DELETE /api/quick-replies/{id}': 'team tests',
  'GET /api/internal-chats/search': 'internal chats’ tests: members only',
  'POST /api/internal-chats': 'internal chats’ tests',
  'POST /api/internal-chats/direct': 'internal chats’ tests',
  'GET /api/internal-chats/{id}': 'internal chats’ tests: members only',
  'PATCH /api/internal-chats/{id}': 'internal chats’ tests: members only',
  'POST /api/internal-chats/{id}/members': 'internal chats’ tests: members only',
  'DELETE /api/internal-chats/{id}/members/{userId}': 'internal chats’ tests: members only',
  'GET /api/internal-chats/{id}/messages': 'internal chats’ tests: members only',
  'POST /api/internal-chats/{id}/messages': 'internal chats’ tests: members only',
  'PATCH /api/internal-chats/{id}/messages/{messageId}': 'internal chats’ tests: one’s own',
  'DELETE /api/internal-chats/{id}/messages/{messageId}': 'internal chats’ tests: one’s own',
  'POST /api/internal-chats/{id}/read': 'internal chats’ tests: members only',
};

let world: World;
let ada: Person;
let eve: Person;
/** Answers for the client; in the first group. */
let chief: Person;
/** Members of the account who see less, by what they see. */
const blind: Record<string, Person> = {};
let colleague: Person;
let participant: Person;
let watcher: Person;
let reader: Person;
let bare: Person;
let both: Person;
const lacking = {} as Record<Permission, Person>;
const holding = {} as Record<Permission, Person>;
let card: Card;
let ids: Record<string, unknown>;

const none = Object.fromEntries(permissions.map((permission) => [permission, false])) as Record<Permission, boolean>;
const every = Object.fromEntries(permissions.map((permission) => [permission, true])) as Record<Permission, boolean>;

async function made(person: Person, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await world.call(person, 'POST', path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  const first = (await made(ada, '/api/groups', { name: 'Sales' })).id as number;
  const second = (await made(ada, '/api/groups', { name: 'Support' })).id as number;
  const member = (rights: Partial<Rights>, rest: Partial<NewMember> = {}) => world.addUser(ada, { role: 'manager', rights, ...rest });
  chief = await member({ see: 'own', edit: 'own' }, { groupId: first });
  colleague = await member({ ...every, see: 'group' }, { groupId: first });
  blind.none = await member({ ...every, see: 'none' }, { groupId: first });
  blind.own = await member({ ...every, see: 'own' }, { groupId: first });
  blind.group = await member({ ...every, see: 'group' }, { groupId: second });
  blind.alone = await member({ ...every, see: 'group' });
  participant = await member({ ...every, see: 'own' });
  watcher = await member({ ...every, see: 'all', edit: 'none' });
  reader = await world.addUser(ada, { role: 'readonly', rights: { ...every, edit: 'all' } });
  both = await member({ ...none, analytics: true, export: true });
  bare = await member({ ...none, see: 'all', edit: 'all' });
  for (const permission of permissions) {
    lacking[permission] = await member({ ...every, [permission]: false });
    holding[permission] = await member({ ...none, [permission]: true });
  }
  card = await makeCard(world, ada, { responsible: chief.userId });
  await world.sql`update contacts set participant_ids = array[${participant.userId}]::bigint[] where account_id = ${ada.accountId} and id = ${card.contactId}`;
  const form = new FormData();
  form.set('file', new File(['secret plan'], 'plan.txt', { type: 'text/plain' }));
  const { id: fileId } = (await (await world.call(ada, 'POST', '/api/files', form)).json()) as { id: string };
  await world.sql`
    insert into attachments (account_id, message_id, index, chat_id, channel_id, kind, file_id, copy, name, mime, size_bytes)
    values (${ada.accountId}, ${card.messageId}, 0, ${card.chatId}, ${card.channelId}, 'file', ${fileId}, 'stored', 'plan.txt', 'text/plain', 11)`;
  const { id: spareBotId } = await made(ada, '/api/bots/import', greeting);
  const { id: customerId } = await made(ada, '/api/customers', { name: 'Buyer', contactId: card.contactId, responsibleId: chief.userId });
  const { id: taskId } = await made(ada, `/api/leads/${card.leadId}/tasks`, { text: 'Call', dueAt: 1_795_000_000_000 });
  const { id: noteId } = await made(ada, `/api/conversations/${card.number}/notes`, { text: 'Secret note' });
  const { id: replyId } = await made(ada, '/api/quick-replies', { title: 'Hello', text: 'Hello {{contact.name}}', shared: true });
  const [someone] = await world.sql<{ id: number }[]>`
    insert into contacts (account_id, name, created_at, updated_at) values (${ada.accountId}, 'Someone else', now(), now()) returning id`;
  ids = { ...card, secondId: someone!.id, chiefId: chief.userId, groupId: second, fileId, spareBotId, customerId, taskId, noteId, replyId };
}, 120_000);
afterAll(() => world.stop());

const title = ({ method, path, right }: Route) => `${method} ${path}${right === undefined ? '' : ` (${right})`}`;
const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));

async function ask(person: Person, { method, path, body }: Route) {
  world.sent.length = 0;
  const answer = await world.call(person, method, fill(path), body?.());
  return { status: answer.status, sent: world.sent.length, text: await answer.text() };
}
const words = ['Anna', 'Good day', 'Which city', 'Secret note', 'secret plan', 'Buyer'];

test('every described route stands in the table with what it asks of a user', async () => {
  const document = (await (await world.call(undefined, 'GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const bare = (path: string) =>
    path
      .replace(/\?.*$/, '')
      .replace('/versions/1/', '/versions/{}/')
      .replace(/webhooks\/1$/, 'webhooks/{}')
      .replace(/\{\w+\}/g, '{}');
  const known = new Set([...table.map(({ method, path, as }) => `${method} ${bare(as ?? path)}`), ...Object.keys(elsewhere).map(bare)]);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.filter((one) => !known.has(bare(one)))).toEqual([]);
  const there = new Set(described.map(bare));
  expect([...known].filter((one) => !there.has(one))).toEqual([]);
});

test('nobody gets in without a user: not by any described route', async () => {
  const document = (await (await world.call(undefined, 'GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  for (const [path, methods] of Object.entries(document.paths)) {
    // Signing in is for those who are not signed in; the demo account's one click asks for the loopback.
    if (path === '/api/session' || path === '/api/session/demo') continue;
    const address = path.replace('{card}', 'leads').replace(/\{\w+\}/g, '1');
    for (const method of Object.keys(methods)) {
      const { status } = await world.call(
        undefined,
        method.toUpperCase(),
        address,
        method === 'get' || method === 'delete' ? undefined : {},
      );
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  }
});

describe('a read-only user changes nothing, whatever rights the user was given', () => {
  for (const one of table.filter((each) => each.method !== 'GET' && (each.client ?? each.right ?? each.administrator) !== undefined)) {
    test(title(one), async () => {
      const { status, sent } = await ask(reader, one);
      // An export is no change of anything.
      if (one.path === '/api/exports') expect(status).toBeLessThan(300);
      else expect({ status, sent }).toEqual({ status: 403, sent: 0 });
    });
  }
});

describe('a client out of sight is not there (404), nothing is told and nothing is done', () => {
  for (const one of table.filter(({ client }) => client !== undefined)) {
    for (const who of ['none', 'own', 'group', 'alone']) {
      test(`${title(one)} · sees ${who}`, async () => {
        const { status, sent, text } = await ask(blind[who]!, one);
        expect({ status, sent }).toEqual({ status: one.hidden ?? 404, sent: 0 });
        for (const word of words) expect(text).not.toContain(word);
      });
    }
    test(`${title(one)} · another account`, async () => {
      const { status, sent, text } = await ask(eve, one);
      expect({ status, sent }).toEqual({ status: one.hidden ?? 404, sent: 0 });
      for (const word of words) expect(text).not.toContain(word);
    });
  }
});

describe('who sees without the right to change reads, and is refused any change (403)', () => {
  for (const one of table.filter(({ client }) => client !== undefined)) {
    test(title(one), async () => {
      const { status, sent } = await ask(watcher, one);
      if (one.client === 'read') expect(status).toBeLessThan(300);
      else expect({ status, sent }).toEqual({ status: 403, sent: 0 });
    });
  }
});

describe('without a right its routes are refused (403), whatever else one may', () => {
  for (const one of table.filter(({ right }) => right !== undefined)) {
    test(title(one), async () => {
      expect(await ask(lacking[one.right!], one)).toMatchObject({ status: 403, sent: 0 });
    });
  }
});

describe('what is an administrator’s is nobody else’s, with all rights there are', () => {
  for (const one of table.filter(({ administrator }) => administrator === true)) {
    test(title(one), async () => {
      expect((await ask(colleague, one)).status).toBe(403);
      expect((await ask(lacking.merge, one)).status).toBe(403);
    });
  }
});

const passes = ({ status, text }: { status: number; text: string }) => {
  expect({ refused: [401, 403, 404].includes(status) || status >= 500, text: status < 400 ? '' : text }).toMatchObject({ refused: false });
};

describe('the right alone is enough', () => {
  for (const one of table.filter(({ administrator, author }) => administrator !== true && author !== true)) {
    test(title(one), async () =>
      passes(await ask(one.also !== undefined ? both : one.right === undefined ? bare : holding[one.right], one)),
    );
  }
});

describe('sight by group and by taking part', () => {
  for (const one of table.filter(({ client, method, path }) => client === 'read' || (method === 'PATCH' && path.includes('contactId')))) {
    test(title(one), async () => {
      passes(await ask(colleague, one));
      passes(await ask(participant, one));
      passes(await ask(chief, one));
    });
  }
});

describe('lists', () => {
  const paths = [
    '/api/conversations',
    '/api/conversations?view=closed',
    '/api/leads',
    '/api/customers',
    '/api/events',
    '/api/search?in=contacts&q=Anna',
    '/api/search?in=messages&q=Good',
    '/api/search?in=leads&q=Order',
    '/api/notifications',
    '/api/v4/talks',
    '/api/v4/leads',
    '/api/v4/contacts',
    '/api/v4/events',
  ];
  for (const path of paths) {
    test(`${path} shows nothing of a client out of sight`, async () => {
      for (const who of Object.values(blind)) {
        const answer = await world.call(who, 'GET', path);
        expect(answer.status).toBeLessThan(300);
        const text = await answer.text();
        for (const word of words) expect(text).not.toContain(word);
        expect(text).not.toContain(card.chatId);
        // The client's own manager is shown more: the list is not empty by accident.
        if (path.includes('closed') || path.includes('notifications')) continue;
        expect((await (await world.call(chief, 'GET', path)).text()).length).toBeGreaterThan(text.length);
      }
    });
  }

  test('clients nobody answers for are everybody’s, but for those who see none', async () => {
    const nobodys = await makeCard(world, ada, { responsible: null });
    const numbers = async (person: Person) => {
      const { items } = (await (await world.call(person, 'GET', '/api/conversations')).json()) as {
        items: { number: number; mayEdit: boolean }[];
      };
      return items.map(({ number, mayEdit }) => [number, mayEdit]);
    };
    expect(await numbers(blind.own!)).toContainEqual([nobodys.number, true]);
    expect(await numbers(blind.group!)).toContainEqual([nobodys.number, true]);
    expect(await numbers(watcher)).toContainEqual([nobodys.number, false]);
    expect(await numbers(blind.none!)).toEqual([]);
  });

  test('notifications about a lead or conversation out of sight are told to nobody, by name neither', async () => {
    const tell = (userId: number | null, number: number | null, leadId: number | null) => world.sql`
      insert into notifications (account_id, user_id, what, conversation_number, lead_id, data, at)
      values (${ada.accountId}, ${userId}, 'botFailed', ${number}, ${leadId}, ${{ words: 'Quiet words' } as never}, ${Date.now()})`;
    await tell(null, card.number, card.leadId);
    await tell(null, null, card.leadId);
    await tell(blind.own!.userId, null, card.leadId);
    const told = async (person: Person) => {
      const { items, unread } = (await (await world.call(person, 'GET', '/api/notifications')).json()) as {
        items: unknown[];
        unread: number;
      };
      return [items.length, unread];
    };
    expect(await told(blind.own!)).toEqual([0, 0]);
    expect(await told(blind.none!)).toEqual([0, 0]);
    expect((await told(colleague))[0]).toBe(2);
  });

  test('what hangs on a lead without a contact follows the lead', async () => {
    const lead = await made(ada, '/api/leads', { name: 'Quiet deal', responsibleId: chief.userId });
    expect((await world.call(blind.own, 'GET', `/api/leads/${lead.id}`)).status).toBe(404);
    expect(await (await world.call(blind.own, 'GET', `/api/events?lead=${lead.id}`)).text()).not.toContain('lead_added');
    expect(await (await world.call(colleague, 'GET', `/api/events?lead=${lead.id}`)).text()).toContain('lead_added');
    expect((await world.call(blind.own, 'POST', `/api/bots/${card.botId}/start`, { leadId: lead.id })).status).toBe(404);
  });
});

describe('an order for many is answered number by number', () => {
  const codes = async (person: Person, action: string) => {
    world.sent.length = 0;
    const answer = await world.call(person, 'POST', '/api/conversations/bulk', { numbers: [card.number], action });
    const { items } = (await answer.json()) as { items: { outcome: string; problem: { code: string } | null }[] };
    return [items[0]?.outcome, items[0]?.problem?.code, world.sent.length];
  };
  for (const action of ['close', 'closeWithoutRating', 'noReplyNeeded', 'read', 'unread']) {
    test(action, async () => {
      for (const who of ['none', 'own', 'group']) expect(await codes(blind[who]!, action)).toEqual(['refused', 'not_found', 0]);
      expect(await codes(eve, action)).toEqual(['refused', 'not_found', 0]);
      expect(await codes(watcher, action)).toEqual(['refused', 'forbidden', 0]);
      expect(await codes(colleague, action)).toEqual(['done', undefined, 1]);
      const closes = action.startsWith('close');
      expect(await codes(lacking.closeConversations, action)).toEqual(closes ? ['refused', 'forbidden', 0] : ['done', undefined, 1]);
    });
  }
});

test('an address out of Temporal’s pages leads to the card only who may see it', async () => {
  const goes = async (person: Person, path: string) => (await world.call(person, 'GET', path)).headers.get('Location');
  const [chat, run] = [`/open/${card.channelId}/${card.externalChatId}`, `/open/run/${card.runId}`];
  for (const person of [...Object.values(blind), eve]) expect([await goes(person, chat), await goes(person, run)]).toEqual(['/', '/']);
  expect([await goes(chief, chat), await goes(chief, run)]).toEqual([`/inbox/${card.number}`, `/leads/${card.leadId}`]);
});

test('a lead or customer is made only by who may change clients, and only with a contact one may change', async () => {
  expect((await world.call(watcher, 'POST', '/api/leads', { name: 'x' })).status).toBe(403);
  expect((await world.call(watcher, 'POST', '/api/customers', { name: 'x' })).status).toBe(403);
  expect((await world.call(blind.own, 'POST', '/api/leads', { name: 'x', contactId: card.contactId })).status).toBe(422);
  expect((await world.call(blind.own, 'POST', '/api/customers', { name: 'x', contactId: card.contactId })).status).toBe(422);
  expect((await world.call(colleague, 'POST', '/api/leads', { name: 'x', contactId: card.contactId })).status).toBe(201);
});

test('a file is seen by who brought it, and by nobody else before it hangs on a client in sight; others’ files cannot be sent on', async () => {
  const form = new FormData();
  form.set('file', new File(['mine'], 'mine.txt', { type: 'text/plain' }));
  const { id } = (await (await world.call(chief, 'POST', '/api/files', form)).json()) as { id: string };
  expect((await world.call(chief, 'GET', `/api/files/${id}`)).status).toBe(200);
  expect((await world.call(colleague, 'GET', `/api/files/${id}`)).status).toBe(404);
  const nobodys = await makeCard(world, ada, { responsible: null });
  world.sent.length = 0;
  const stolen = await world.call(blind.own, 'POST', `/api/conversations/${nobodys.number}/messages`, {
    attachments: [{ id: ids.fileId }],
  });
  expect([stolen.status, world.sent.length]).toEqual([422, 0]);
  const kept = await world.call(blind.own, 'POST', '/api/quick-replies', { title: 'x', text: '', files: [ids.fileId] });
  expect(kept.status).toBe(422);
  expect(
    (await world.call(blind.own, 'POST', `/api/conversations/${nobodys.number}/notes`, { text: '', files: [ids.fileId] })).status,
  ).toBe(422);
});

test('files of shared quick replies are everybody’s to send; what was shown to colleagues is theirs alone', async () => {
  const upload = async (person: Person) => {
    const form = new FormData();
    form.set('file', new File(['price list'], 'prices.txt', { type: 'text/plain' }));
    return ((await (await world.call(person, 'POST', '/api/files', form)).json()) as { id: string }).id;
  };
  const shared = await upload(ada);
  await made(ada, '/api/quick-replies', { title: 'Prices', text: '', files: [shared], shared: true });
  expect((await world.call(blind.own, 'GET', `/api/files/${shared}`)).status).toBe(200);
  const secret = await upload(ada);
  const chat = await made(ada, '/api/internal-chats/direct', { userId: chief.userId });
  await made(ada, `/api/internal-chats/${chat.id}/messages`, { text: 'For you', files: [{ id: secret }] });
  expect((await world.call(chief, 'GET', `/api/files/${secret}`)).status).toBe(200);
  expect((await world.call(watcher, 'GET', `/api/files/${secret}`)).status).toBe(404);
});

test('who gives a client away is answered once more, and does not see the client any longer', async () => {
  const own = await makeCard(world, ada, { responsible: blind.own!.userId });
  const answer = await world.call(blind.own, 'PATCH', `/api/contacts/${own.contactId}`, { responsibleId: chief.userId });
  expect([answer.status, ((await answer.json()) as { mayEdit: boolean }).mayEdit]).toEqual([200, false]);
  expect((await world.call(blind.own, 'GET', `/api/contacts/${own.contactId}`)).status).toBe(404);
});

describe('a change of rights is in force with the next request', () => {
  const sees = async (person: Person) => (await world.call(person, 'GET', `/api/contacts/${card.contactId}`)).status;

  test('of a user: own rights, role, group', async () => {
    const bob = await world.addUser(ada, { role: 'manager' });
    const change = (body: unknown) => world.call(ada, 'PATCH', `/api/users/${bob.userId}`, body);
    expect(await sees(bob)).toBe(200);
    await change({ rights: { see: 'own', export: true } });
    expect(await sees(bob)).toBe(404);
    await change({ rights: { see: 'group' }, groupId: (await chiefsGroup()).id });
    expect(await sees(bob)).toBe(200);
    await change({ groupId: null });
    expect(await sees(bob)).toBe(404);
    const user = (await (await change({ rights: {} })).json()) as { rights: object; inForce: Rights };
    expect([user.rights, user.inForce.see]).toEqual([{}, 'all']);
    expect(await sees(bob)).toBe(200);
    await change({ isActive: false });
    expect(await sees(bob)).toBe(401);
  });

  test('`sees` changes two rights and leaves the others', async () => {
    const bob = await world.addUser(ada, { role: 'manager', rights: { export: true } });
    const answer = await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { sees: 'own' });
    expect(await answer.json()).toMatchObject({
      sees: 'own',
      rights: { export: true, see: 'own', edit: 'own' },
      inForce: { export: true },
    });
  });

  test('of a group: its rights and its end', async () => {
    const { id } = (await made(ada, '/api/groups', { name: 'Night', rights: { see: 'own' } })) as { id: number };
    const bob = await world.addUser(ada, { role: 'manager', groupId: id });
    expect(await sees(bob)).toBe(404);
    expect((await world.call(ada, 'PATCH', `/api/groups/${id}`, { rights: {} })).status).toBe(200);
    expect(await sees(bob)).toBe(200);
    await world.call(ada, 'PATCH', `/api/groups/${id}`, { rights: { see: 'none' } });
    expect(await sees(bob)).toBe(404);
    expect((await world.call(ada, 'DELETE', `/api/groups/${id}`)).status).toBe(204);
    expect(await sees(bob)).toBe(200);
  });

  test('a group of another account is no group', async () => {
    const { id } = (await made(eve, '/api/groups', { name: 'Theirs' })) as { id: number };
    expect((await world.call(ada, 'PATCH', `/api/users/${chief.userId}`, { groupId: id })).status).toBe(422);
    expect((await world.call(ada, 'PATCH', `/api/groups/${id}`, { name: 'Mine' })).status).toBe(404);
    expect((await world.call(ada, 'DELETE', `/api/groups/${id}`)).status).toBe(404);
  });

  async function chiefsGroup() {
    const { items } = (await (await world.call(ada, 'GET', '/api/groups')).json()) as { items: { id: number; userIds: number[] }[] };
    return items.find(({ userIds }) => userIds.includes(chief.userId))!;
  }
});
