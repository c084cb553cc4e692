import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let card: Card;

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  card = await makeCard(world, ada);
});
afterAll(() => world.stop());

const read = async <Shape>(path: string, person = ada): Promise<Shape> => {
  const answer = await world.call(person, 'GET', path);
  expect({ path, status: answer.status, body: answer.ok ? '' : await answer.text() }).toEqual({ path, status: 200, body: '' });
  return (await answer.json()) as Shape;
};

test('a conversation stands in its views with its contact, bot, lead and unread messages', async () => {
  const page = await read<{ items: Record<string, unknown>[]; nextCursor: string | null }>('/api/conversations?view=all');
  expect(page.nextCursor).toBeNull();
  expect(page.items).toHaveLength(1);
  expect(page.items[0]).toMatchObject({
    number: card.number,
    contact: { id: card.contactId, name: 'Anna' },
    channel: { id: card.channelId, type: 'webchat' },
    status: 'in_work',
    isRead: false,
    unread: 1,
    bot: { runId: card.runId, name: 'Greeting' },
    entity: { type: 'lead', id: card.leadId, name: 'Order' },
    responsible: { id: ada.userId },
    lastMessage: { text: 'Which city?', author: 'bot' },
  });
  for (const view of ['mine', 'waiting', 'unread']) {
    const { items } = await read<{ items: unknown[] }>(`/api/conversations?view=${view}&order=waiting`);
    expect(items).toHaveLength(1);
  }
  expect((await read<{ items: unknown[] }>('/api/conversations?view=closed')).items).toEqual([]);
  expect(await read('/api/conversations/counts')).toEqual({ mine: 1, unassigned: 0, waiting: 1, unread: 1, awaiting: 0, all: 1 });
});

test('every page of an account can be read', async () => {
  const paths = [
    `/api/conversations/${card.number}`,
    `/api/conversations/${card.number}/messages`,
    `/api/conversations/${card.number}/messages?order=asc&limit=1`,
    `/api/contacts/${card.contactId}`,
    `/api/contacts/${card.contactId}/thread`,
    `/api/contacts/${card.contactId}/runs`,
    '/api/leads?search=ann',
    `/api/leads/${card.leadId}`,
    `/api/leads/${card.leadId}/thread`,
    `/api/leads/${card.leadId}/runs?state=all`,
    `/api/runs/${card.runId}`,
    `/api/runs/${card.runId}/trace`,
    '/api/bots',
    `/api/bots/${card.botId}`,
    `/api/bots/${card.botId}/versions`,
    `/api/bots/${card.botId}/triggers`,
    '/api/channels',
    `/api/channels/${card.channelId}`,
    '/api/settings',
    '/api/users',
    '/api/tokens',
    '/api/pipelines',
    '/api/tags',
    '/api/fields',
    '/api/events',
    '/api/notifications',
    '/api/me',
    '/api/session',
    '/api/v4/leads',
    `/api/v4/talks/${card.number}`,
    '/healthz',
    '/readyz',
    '/openapi.json',
  ];
  for (const path of paths) await read(path);
});

test('a lead is changed with its events in one step, and the thread tells of it', async () => {
  const [, second] = card.stageIds;
  const answer = await world.call(ada, 'PATCH', `/api/leads/${card.leadId}`, {
    name: 'Tea',
    price: 700,
    stageId: second,
    responsibleId: null,
    tags: ['vip', 'tea'],
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    name: 'Tea',
    price: 700,
    stage: { id: second },
    responsible: null,
    tags: [{ name: 'tea' }, { name: 'vip' }],
  });
  const { items } = await read<{ items: { type: string; after: unknown[] }[] }>(`/api/events?lead=${card.leadId}`);
  expect(items.map((event) => event.type).sort()).toEqual([
    'entity_responsible_changed',
    'entity_tag_added',
    'lead_status_changed',
    'name_field_changed',
    'sale_field_changed',
  ]);
  expect(items.find((event) => event.type === 'entity_tag_added')?.after).toEqual([{ tag: { name: 'vip' } }, { tag: { name: 'tea' } }]);
  const thread = await read<{ items: { kind: string; line?: { type: string; to: string | null } }[] }>(`/api/leads/${card.leadId}/thread`);
  expect(thread.items.filter((item) => item.kind === 'line').map((item) => item.line?.type)).toContain('stageChanged');
  expect(thread.items.filter((item) => item.kind === 'message')).toHaveLength(2);
});
