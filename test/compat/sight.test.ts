/** Whose rows the amoCRM-shaped API shows and changes: not another account's, not those out of sight, none for a reader to change. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CompatWorld, createCompatWorld } from './world.ts';

let world: CompatWorld;
beforeAll(async () => {
  world = await createCompatWorld();
});
afterAll(() => world.end());
beforeEach(() => {
  world.orders.length = 0;
  world.starts.length = 0;
  world.stops.length = 0;
  world.changes.length = 0;
});

describe('who may what', () => {
  const reads = (a: CompatWorld['mine']) => [
    `/api/v4/talks/${a.openTalk + 0}`,
    `/api/v4/contacts/${a.contact}`,
    `/api/v4/leads/${a.lead}`,
    `/api/v4/bots/${a.bot}`,
    `/api/v4/events/${a.firstEvent}`,
    `/api/v4/users/${a.admin}`,
  ];

  test('a second account finds none of the ids and none of the rows', async () => {
    const { mine, theirs } = world;
    // Talk numbers are an account's own: the same number is another talk there, so what counts is whose it shows.
    expect((await world.call('/api/v4/talks/2', { as: [theirs, 'admin'] })).json).toMatchObject({
      account_id: theirs.id,
      contact_id: theirs.contact,
    });
    for (const path of reads(mine).slice(1))
      expect([path, (await world.call(path, { as: [theirs, 'admin'] })).status]).toEqual([path, 404]);
    for (const list of ['talks', 'leads', 'bots', 'events', 'users']) {
      const text = (await world.call(`/api/v4/${list}?limit=100`, { as: [theirs, 'admin'] })).text;
      for (const secret of [
        `contacts/${mine.contact}"`,
        `leads/${mine.lead}"`,
        `bots/${mine.bot}"`,
        `"account_id":${mine.id},`,
        '@mine.test',
      ]) {
        expect(text).not.toContain(secret);
      }
    }
    const orders: [string, unknown][] = [
      [`/api/v4/bots/${mine.bot}/run`, { entity_id: theirs.lead, entity_type: 'leads' }],
      [`/api/v4/bots/${theirs.bot}/run`, { entity_id: mine.lead, entity_type: 'leads' }],
      [`/api/v4/bots/${theirs.bot}/run`, { entity_id: mine.contact, entity_type: 'contacts' }],
      [`/api/v4/bots/${theirs.bot}/stop`, { entity_id: mine.lead, entity_type: 'leads' }],
      ['/api/v2/salesbot/run', [{ bot_id: mine.bot, entity_id: mine.lead, entity_type: 2 }]],
    ];
    for (const [path, body] of orders) {
      expect([path, (await world.call(path, { as: [theirs, 'admin'], method: 'POST', body })).status]).toEqual([path, 404]);
    }
    const patch = await world.call(`/api/v4/leads/${mine.lead}`, { as: [theirs, 'admin'], method: 'PATCH', body: { price: 1 } });
    expect(patch.status).toBe(404);
    const contact = await world.call(`/api/v4/contacts/${mine.contact}`, { as: [theirs, 'admin'], method: 'PATCH', body: { name: 'X' } });
    expect([contact.status, world.contactChanges]).toEqual([404, []]);
    expect([world.orders, world.starts, world.stops, world.changes]).toEqual([[], [], [], []]);
  });

  test('nobody gets 401, in the shape of problem+json', async () => {
    for (const path of reads(world.mine)) {
      const { status, type, json } = await world.call(path, { as: null });
      expect([path, status, type, json.status]).toEqual([path, 401, 'application/problem+json', 401]);
    }
    expect((await world.call('/api/v2/salesbot/run', { as: null, method: 'POST', body: [] })).status).toBe(401);
  });

  test('a manager of own contacts gets 403 for others and does not see them in lists', async () => {
    const { mine } = world;
    const as = [mine, 'manager'] as [typeof mine, 'manager'];
    expect((await world.call('/api/v4/talks/3', { as })).status).toBe(403);
    expect((await world.call('/api/v4/talks/3/messages', { as })).status).toBe(403);
    expect((await world.call('/api/v4/talks/3/close', { as, method: 'POST' })).status).toBe(403);
    expect((await world.call(`/api/v4/contacts/${mine.foreignContact}`, { as })).status).toBe(403);
    expect((await world.call('/api/v4/talks', { as })).json._embedded.talks).toHaveLength(2);
    expect((await world.call('/api/v4/leads', { as })).json._embedded.leads).toHaveLength(1);
    expect((await world.call('/api/v4/events', { as })).json._embedded.events).toHaveLength(4);
    expect(world.orders).toEqual([]);
  });

  test('a reader changes nothing', async () => {
    const { mine } = world;
    const as = [mine, 'reader'] as [typeof mine, 'reader'];
    const posts = [
      '/api/v4/talks/2/close',
      '/api/v4/talks/2/send_message',
      `/api/v4/bots/${mine.bot}/run`,
      `/api/v4/bots/${mine.bot}/stop`,
      '/api/v4/bots/run',
      '/api/v2/salesbot/run',
    ];
    for (const path of posts) expect([path, (await world.call(path, { as, method: 'POST', body: {} })).status]).toEqual([path, 403]);
    expect((await world.call(`/api/v4/leads/${mine.lead}`, { as, method: 'PATCH', body: {} })).status).toBe(403);
    expect((await world.call(`/api/v4/contacts/${mine.contact}`, { as, method: 'PATCH', body: {} })).status).toBe(403);
  });

  test('ids that cannot be ids and unknown paths are not found', async () => {
    for (const path of [
      '/api/v4/talks/x',
      '/api/v4/talks/0x2',
      '/api/v4/leads/99999999999999999999',
      '/api/v4/contacts/-1',
      '/api/v4/nothing',
    ]) {
      expect([path, (await world.call(path)).status]).toEqual([path, 404]);
    }
  });
});
