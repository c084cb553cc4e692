/** What is seen and done by right beyond the table of routes: lists, orders for many, addresses, files, and rights that change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permission, Rights } from '../../domain/rights/rights.ts';
import { type Card, makeCard } from './data.ts';
import { made, startCast, words } from './rights-cast.ts';
import type { Person, World } from './world.ts';

let world: World;
let ada: Person;
let eve: Person;
let chief: Person;
let blind: Record<string, Person>;
let colleague: Person;
let watcher: Person;
let lacking: Record<Permission, Person>;
let card: Card;
let ids: Record<string, unknown>;
beforeAll(async () => {
  ({ world, ada, eve, chief, blind, colleague, watcher, lacking, card, ids } = await startCast());
}, 120_000);
afterAll(() => world.stop());

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
    const tell = (userId: number | null, number: number | null, leadId: number | null, data: object = {}) => world.sql`
      insert into notifications (account_id, user_id, what, conversation_number, lead_id, data, at)
      values (${ada.accountId}, ${userId}, 'botFailed', ${number}, ${leadId}, ${{ words: 'Quiet words', ...data } as never}, ${Date.now()})`;
    await tell(null, card.number, card.leadId);
    await tell(null, null, card.leadId);
    await tell(blind.own!.userId, null, card.leadId);
    await tell(null, null, null, { customerId: ids.customerId });
    const told = async (person: Person) => {
      const { items, unread } = (await (await world.call(person, 'GET', '/api/notifications')).json()) as {
        items: { cardName: string | null }[];
        unread: number;
      };
      return [items.map(({ cardName }) => cardName), unread];
    };
    expect(await told(blind.own!)).toEqual([[], 0]);
    expect(await told(blind.none!)).toEqual([[], 0]);
    expect((await told(colleague))[0]).toEqual(['Buyer', 'Order', null]);
  });

  test('what hangs on a lead without a contact follows the lead', async () => {
    const lead = await made(world, ada, '/api/leads', { name: 'Quiet deal', responsibleId: chief.userId });
    expect((await world.call(blind.own, 'GET', `/api/leads/${lead.id}`)).status).toBe(404);
    expect(await (await world.call(blind.own, 'GET', `/api/events?lead=${lead.id}`)).text()).not.toContain('lead_added');
    expect(await (await world.call(colleague, 'GET', `/api/events?lead=${lead.id}`)).text()).toContain('lead_added');
    expect((await world.call(blind.own, 'POST', `/api/bots/${card.botId}/start`, { leadId: lead.id })).status).toBe(404);
  });

  test('what hangs on a customer without a client follows the customer: its events and tasks are told to nobody else', async () => {
    const { id } = await made(world, ada, '/api/customers', { name: 'Hidden buyer', responsibleId: chief.userId });
    await made(world, ada, `/api/customers/${id}/tasks`, { text: 'Hidden call', dueAt: 1_795_000_000_000 });
    for (const path of ['/api/events?entity=customer,task', '/api/v4/events?with=customer_name']) {
      const hidden = await (await world.call(blind.own, 'GET', path)).text();
      for (const word of ['Hidden buyer', 'Hidden call', `"entity_id":${id},`]) expect(hidden).not.toContain(word);
      expect(await (await world.call(colleague, 'GET', path)).text()).toContain('Hidden buyer');
    }
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
  await made(world, ada, '/api/quick-replies', { title: 'Prices', text: '', files: [shared], shared: true });
  expect((await world.call(blind.own, 'GET', `/api/files/${shared}`)).status).toBe(200);
  const secret = await upload(ada);
  const chat = await made(world, ada, '/api/internal-chats/direct', { userId: chief.userId });
  await made(world, ada, `/api/internal-chats/${chat.id}/messages`, { text: 'For you', files: [{ id: secret }] });
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
    const { id } = (await made(world, ada, '/api/groups', { name: 'Night', rights: { see: 'own' } })) as { id: number };
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
    const { id } = (await made(world, eve, '/api/groups', { name: 'Theirs' })) as { id: number };
    expect((await world.call(ada, 'PATCH', `/api/users/${chief.userId}`, { groupId: id })).status).toBe(422);
    expect((await world.call(ada, 'PATCH', `/api/groups/${id}`, { name: 'Mine' })).status).toBe(404);
    expect((await world.call(ada, 'DELETE', `/api/groups/${id}`)).status).toBe(404);
  });

  async function chiefsGroup() {
    const { items } = (await (await world.call(ada, 'GET', '/api/groups')).json()) as { items: { id: number; userIds: number[] }[] };
    return items.find(({ userIds }) => userIds.includes(chief.userId))!;
  }
});
