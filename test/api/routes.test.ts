import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Card, greeting, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let card: Card;
let eve: Person;
let manager: Person;
let reader: Person;
let fileId: string;
let tokenId: string;

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  card = await makeCard(world, ada);
  manager = await world.addUser(ada, { role: 'manager', sees: 'own' });
  reader = await world.addUser(ada, { role: 'readonly' });
  const form = new FormData();
  form.set('file', new File(['hello'], 'a.txt', { type: 'text/plain' }));
  fileId = ((await (await world.call(ada, 'POST', '/api/files', form)).json()) as { id: string }).id;
  tokenId = ((await (await world.call(ada, 'GET', '/api/tokens')).json()) as { items: { id: string }[] }).items[0]!.id;
});
afterAll(() => world.stop());

interface Route {
  /** As `/openapi.json` writes it. */
  path: string;
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  body?: () => unknown;
  /** Only for these. */
  only?: 'administrator';
  /** Reads, or a read-only user's own affair. */
  reads?: true;
  /** Hidden from a manager who sees own contacts only. */
  sighted?: true;
}

const one = (path: string, rest: Partial<Route> = {}): Route => ({ path, method: 'get', reads: true, ...rest });
const change = (method: Route['method'], path: string, body?: unknown, rest: Partial<Route> = {}): Route => ({
  path,
  method,
  ...(body === undefined ? {} : { body: () => body }),
  ...rest,
});

/** Routes that name a thing by its id. That every route there is has its test, rights.test.ts sees to. */
const named: Route[] = [
  one('/api/conversations/{number}', { sighted: true }),
  one('/api/conversations/{number}/messages', { sighted: true }),
  change('post', '/api/conversations/{number}/messages', { text: 'x' }, { sighted: true }),
  change('post', '/api/conversations/{number}/close', { force: true }, { sighted: true }),
  change('post', '/api/conversations/{number}/no-reply-needed', undefined, { sighted: true }),
  change('post', '/api/conversations/{number}/read', undefined, { sighted: true }),
  change('post', '/api/conversations/{number}/unread', undefined, { sighted: true }),
  change('post', '/api/chats/{chatId}/messages', { text: 'x' }, { sighted: true }),
  change('post', '/api/messages/{messageId}/retry', undefined, { sighted: true }),
  change('post', '/api/messages/{messageId}/arrived', undefined, { sighted: true }),
  one('/api/contacts/{contactId}', { sighted: true }),
  change('patch', '/api/contacts/{contactId}', { name: 'Other' }, { sighted: true }),
  one('/api/contacts/{contactId}/thread', { sighted: true }),
  one('/api/contacts/{contactId}/runs', { sighted: true }),
  one('/api/leads/{leadId}', { sighted: true }),
  change('patch', '/api/leads/{leadId}', { name: 'Other' }, { sighted: true }),
  one('/api/leads/{leadId}/thread', { sighted: true }),
  one('/api/leads/{leadId}/runs', { sighted: true }),
  one('/api/runs/{runId}', { sighted: true }),
  one('/api/runs/{runId}/trace', { sighted: true }),
  change('post', '/api/runs/{runId}/stop', undefined, { sighted: true }),
  one('/api/bots/{botId}'),
  change('patch', '/api/bots/{botId}', { name: 'Other' }, { only: 'administrator' }),
  one('/api/bots/{botId}/export'),
  one('/api/bots/{botId}/versions'),
  one('/api/bots/{botId}/versions/1/source'),
  one('/api/bots/{botId}/triggers'),
  change('put', '/api/bots/{botId}/triggers', [], { only: 'administrator' }),
  change('post', '/api/bots/{botId}/publish', { acceptWarnings: true }, { only: 'administrator' }),
  change('post', '/api/bots/{botId}/rollback', { version: 1 }, { only: 'administrator' }),
  change('post', '/api/bots/{botId}/off', undefined, { only: 'administrator' }),
  change('post', '/api/bots/{botId}/on', undefined, { only: 'administrator' }),
  change('post', '/api/bots/{botId}/simulate', { script: 'hello' }),
  { path: '/api/bots/{botId}/start', method: 'post', body: () => ({ leadId: card.leadId }), sighted: true },
  one('/api/channels/{channelId}'),
  one('/api/channels/{channelId}/templates'),
  change('patch', '/api/channels/{channelId}', { name: 'Other' }, { only: 'administrator' }),
  change('post', '/api/channels/{channelId}/test', undefined, { only: 'administrator' }),
  one('/api/files/{fileId}', { sighted: true }),
  change('patch', '/api/users/{userId}', { name: 'Other' }, { only: 'administrator' }),
  // Last: it archives the bot.
  change('delete', '/api/bots/{botId}', undefined, { only: 'administrator' }),
];

/** Routes of the account as a whole. */
const whole: Route[] = [
  one('/api/me'),
  one('/api/conversations'),
  one('/api/conversations/counts'),
  one('/api/leads'),
  change('post', '/api/leads', { name: 'New' }),
  one('/api/bots'),
  { path: '/api/bots/import', method: 'post', body: () => greeting, only: 'administrator' },
  one('/api/channels'),
  change('post', '/api/channels', { type: 'webchat' }, { only: 'administrator' }),
  one('/api/settings'),
  change('put', '/api/settings', { joinSeconds: 3 }, { only: 'administrator' }),
  one('/api/pipelines'),
  one('/api/tags'),
  one('/api/fields'),
  change('post', '/api/fields', { entity: 'lead', name: 'Size', type: 'text' }, { only: 'administrator' }),
  one('/api/users'),
  one('/api/tokens'),
  one('/api/events'),
  one('/api/notifications'),
  { path: '/api/notifications/read', method: 'post', reads: true },
];
function fill(path: string): string {
  const ids: Record<string, unknown> = { ...card, fileId, userId: manager.userId };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));
}
const ask = (person: Person | undefined, route: Route) => world.call(person, route.method.toUpperCase(), fill(route.path), route.body?.());
const title = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;

describe('a user of another account gets nothing of', () => {
  for (const route of named) {
    test(title(route), async () => {
      world.sent.length = 0;
      const answer = await ask(eve, route);
      expect([403, 404]).toContain(answer.status);
      expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
      const text = await answer.text();
      for (const word of ['Anna', 'Order', 'Good day', 'Which city', 'Greeting', 'hello', card.chatId]) expect(text).not.toContain(word);
      expect(world.sent).toEqual([]);
    });
  }
});

describe('nobody gets in without a user', () => {
  for (const route of [...named, ...whole]) {
    test(title(route), async () => {
      expect((await ask(undefined, route)).status).toBe(401);
      const wrong = await world.call({ ...ada, token: 'bsd_wrong' }, route.method.toUpperCase(), fill(route.path), route.body?.());
      expect(wrong.status).toBe(401);
      expect(await wrong.json()).toMatchObject({ status: 401, code: 'unauthorized', requestId: expect.any(String) });
    });
  }
});

describe('a read-only user reads and changes nothing', () => {
  for (const route of [...named, ...whole]) {
    test(title(route), async () => {
      world.sent.length = 0;
      const { status } = await ask(reader, route);
      if (route.reads === true) expect(status).toBeLessThan(300);
      else expect({ status, sent: world.sent }).toEqual({ status: 403, sent: [] });
    });
  }
});

describe('a manager who sees own contacts only', () => {
  for (const route of [...named, ...whole]) {
    test(title(route), async () => {
      world.sent.length = 0;
      const { status } = await ask(manager, route);
      if (route.only === 'administrator') expect(status).toBe(403);
      else if (route.sighted === true) expect({ status, sent: world.sent }).toEqual({ status: 404, sent: [] });
      else expect(status).toBeLessThan(300);
    });
  }

  test('finds others’ contacts in no list', async () => {
    for (const path of ['/api/conversations', '/api/leads', '/api/v4/leads', '/api/v4/talks', '/api/events']) {
      const answer = await world.call(manager, 'GET', path);
      const text = await answer.text();
      for (const word of ['Anna', 'Good day', 'Which city']) expect(text).not.toContain(word);
    }
    expect(await (await world.call(manager, 'GET', '/api/conversations/counts')).json()).toEqual({
      mine: 0,
      unassigned: 0,
      waiting: 0,
      unread: 0,
      awaiting: 0,
      all: 0,
    });
  });

  test('sees own contacts and those of nobody', async () => {
    const own = await makeCard(world, ada, { responsible: manager.userId });
    const nobodys = await makeCard(world, ada, { responsible: null });
    const { items } = (await (await world.call(manager, 'GET', '/api/conversations')).json()) as { items: { number: number }[] };
    expect(items.map((item) => item.number).sort()).toEqual([own.number, nobodys.number].sort());
    expect((await world.call(manager, 'GET', `/api/leads/${own.leadId}`)).status).toBe(200);
    expect((await world.call(manager, 'GET', `/api/leads/${nobodys.leadId}`)).status).toBe(200);
  });
});

describe('an administrator may do all of it', () => {
  for (const route of [...whole, ...named]) {
    test(title(route), async () => {
      const answer = await ask(ada, route);
      // A fake order makes no message; everything else answers as in production.
      const writes = route.path.endsWith('/messages') && route.method === 'post';
      expect({
        status: answer.status < 300 || (writes && answer.status === 409),
        text: answer.ok || writes ? '' : await answer.text(),
      }).toEqual({ status: true, text: '' });
    });
  }
});

describe('wrong input is refused by the name of its field', () => {
  const cases: [string, string, unknown, string][] = [
    ['GET', '/api/conversations?view=none', undefined, 'view'],
    ['GET', '/api/conversations?limit=0', undefined, 'limit'],
    ['GET', '/api/conversations?cursor=abc', undefined, 'cursor'],
    ['GET', '/api/leads?cursor=WzFd', undefined, 'cursor'],
    ['POST', '/api/conversations/{number}/messages', { text: ' ' }, 'text'],
    ['POST', '/api/conversations/{number}/messages', { text: 'x', channel: 99_999 }, 'channel'],
    ['POST', '/api/conversations/{number}/messages', { attachments: [{ id: randomUUID() }] }, 'attachments.0.id'],
    ['PATCH', '/api/leads/{leadId}', { stageId: 99_999 }, 'stageId'],
    ['PATCH', '/api/leads/{leadId}', { pipelineId: 99_999 }, 'pipelineId'],
    ['PATCH', '/api/leads/{leadId}', { responsibleId: 99_999 }, 'responsibleId'],
    ['PATCH', '/api/leads/{leadId}', { fields: { 99999: [{ value: 'x' }] } }, 'fields.99999'],
    ['PATCH', '/api/leads/{leadId}', { price: -1 }, 'price'],
    ['PUT', '/api/settings', { responseTime: { seconds: 0 } }, 'responseTime.seconds'],
    ['PUT', '/api/settings', { schedule: { timeZone: 'Mars' } }, 'schedule.timeZone'],
    ['POST', '/api/channels', { type: 'pigeon' }, 'type'],
    ['POST', '/api/channels', { type: 'webchat', receive: 'polling' }, 'receive'],
    ['POST', '/api/channels', { type: 'webchat', settings: { origins: ['nonsense'] } }, 'settings.origins'],
    ['PUT', '/api/bots/{botId}/triggers', [{ type: 'never' }], '0.type'],
    ['PUT', '/api/bots/{botId}/triggers', [{ type: 'message_received', filter: { channelIds: [99_999] } }], 'filter.channelIds'],
    ['POST', '/api/bots/import', 'no json', 'body'],
    ['POST', '/api/bots/{botId}/start', {}, 'leadId'],
    ['POST', '/api/users', { name: 'x', email: 'no address' }, 'email'],
    ['POST', '/api/fields', { entity: 'lead', name: '', type: 'text' }, 'name'],
  ];
  for (const [method, path, body, field] of cases) {
    test(`${method} ${path}: ${field}`, async () => {
      const answer = await world.call(ada, method, fill(path), body);
      expect(answer.status).toBe(422);
      const problem = (await answer.json()) as { fields: { field: string; message: string }[]; detail: string };
      expect(problem.fields[0]?.field).toBe(field);
      expect(problem.fields[0]?.message).not.toBe('');
    });
  }

  test('a body that is no JSON is told so', async () => {
    const answer = await world.call(ada, 'PATCH', `/api/leads/${card.leadId}`, '{', { 'Content-Type': 'application/json' });
    expect([400, 422]).toContain(answer.status);
    expect(answer.headers.get('Content-Type')).toContain('problem+json');
  });
});

test('an id of another shape is not found rather than an error', async () => {
  for (const path of [
    '/api/runs/1',
    '/api/leads/abc',
    '/api/conversations/0',
    '/api/files/x',
    '/api/nothing',
    '/webhooks/webchat/999999',
    '/webhooks/x/y',
  ]) {
    const { status } = await world.call(ada, 'GET', path);
    expect({ path, refused: status === 404 || status === 422 }).toEqual({ path, refused: true });
  }
});

test('an unknown error is answered without its text', async () => {
  const broken = world.answerRun;
  world.answerRun = async () => {
    throw new Error('secret inside');
  };
  const fresh = await makeCard(world, ada);
  const answer = await world.call(ada, 'POST', `/api/runs/${fresh.runId}/stop`);
  world.answerRun = broken;
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret inside');
});

test('a token of another account ends nobody’s token', async () => {
  expect((await world.call(eve, 'DELETE', `/api/tokens/${tokenId}`)).status).toBe(404);
  expect((await world.call(ada, 'GET', '/api/me')).status).toBe(200);
});
