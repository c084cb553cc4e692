import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  InternalChat,
  InternalChatPage,
  InternalHitPage,
  InternalMessage,
  InternalMessagePage,
  NotificationPage,
} from '../../api/contract/index.ts';
import { type Card, makeCard } from './data.ts';
import { openStream } from './open-stream.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let bob: Person;
let cid: Person;
let own: Person;
let reader: Person;
let eve: Person;
let card: Card;

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  card = await makeCard(world, ada);
  bob = await world.addUser(ada, { role: 'manager' });
  cid = await world.addUser(ada, { role: 'manager' });
  own = await world.addUser(ada, { role: 'manager', sees: 'own' });
  reader = await world.addUser(ada, { role: 'readonly' });
});
afterAll(() => world.stop());

async function ask<Answer>(person: Person, method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  const answer = await world.call(person, method, `/api${path}`, body, key === undefined ? {} : { 'Idempotency-Key': key });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? (undefined as Answer) : ((await answer.json()) as Answer);
}
const status = async (person: Person, method: string, path: string, body?: unknown) =>
  (await world.call(person, method, `/api${path}`, body)).status;
const direct = (one: Person, other: Person) => ask<InternalChat>(one, 'POST', '/internal-chats/direct', { userId: other.userId });
const group = (of: Person, title: string, people: Person[]) =>
  ask<InternalChat>(of, 'POST', '/internal-chats', { title, userIds: people.map(({ userId }) => userId) });
const write = (person: Person, chatId: number, text: string, more: object = {}, key?: string) =>
  ask<InternalMessage>(person, 'POST', `/internal-chats/${chatId}/messages`, { text, ...more }, key);
const thread = (person: Person, chatId: number, query = '') =>
  ask<InternalMessagePage>(person, 'GET', `/internal-chats/${chatId}/messages${query}`);
const chats = async (person: Person) => (await ask<InternalChatPage>(person, 'GET', '/internal-chats')).items;
const chatOf = async (person: Person, chatId: number) => (await chats(person)).find(({ id }) => id === chatId);
const notes = async (person: Person, chatId: number) =>
  (await ask<NotificationPage>(person, 'GET', '/notifications')).items.filter(({ data }) => data.internalChatId === chatId);

describe('a chat of two', () => {
  test('is one, whoever begins it and however often, also at the same moment', async () => {
    const made = await Promise.all([direct(ada, bob), direct(bob, ada), direct(ada, bob), direct(bob, ada)]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await direct(ada, bob)).members.map(({ id }) => id).sort()).toEqual([ada.userId, bob.userId].sort());
  });

  test('is not held with oneself, a stranger, or somebody who is gone', async () => {
    const gone = await world.addUser(ada, { role: 'manager' });
    await ask(ada, 'PATCH', `/users/${gone.userId}`, { isActive: false });
    for (const userId of [ada.userId, eve.userId, gone.userId])
      expect(await status(ada, 'POST', '/internal-chats/direct', { userId })).toBe(422);
  });

  test('counts what the other has not read, and reading withdraws its one notification', async () => {
    const { id } = await direct(ada, cid);
    await write(ada, id, 'Привет');
    await write(ada, id, 'Посмотри отчёт');
    expect(await chatOf(cid, id)).toMatchObject({
      unread: 2,
      isMentioned: false,
      last: { text: 'Посмотри отчёт', author: { id: ada.userId } },
    });
    expect((await chatOf(ada, id))?.unread).toBe(0);
    expect((await ask<{ unread: number }>(cid, 'GET', '/internal-chats/counts')).unread).toBe(1);
    expect(await notes(cid, id)).toMatchObject([{ what: 'internalMessage', data: { words: 'Посмотри отчёт', name: 'Ada' } }]);
    expect(await notes(ada, id)).toEqual([]);
    await ask(cid, 'POST', `/internal-chats/${id}/read`, { position: 1 });
    expect((await chatOf(cid, id))?.unread).toBe(1);
    expect(await notes(cid, id)).toHaveLength(1);
    await ask(cid, 'POST', `/internal-chats/${id}/read`, { position: 2 });
    expect(await notes(cid, id)).toEqual([]);
    expect((await ask<{ unread: number }>(cid, 'GET', '/internal-chats/counts')).unread).toBe(0);
    await ask(cid, 'POST', `/internal-chats/${id}/read`, { position: 1 });
    expect((await chatOf(cid, id))?.readPosition).toBe(2);
  });

  test('cannot be renamed, widened or left', async () => {
    const { id } = await direct(ada, bob);
    expect(await status(ada, 'PATCH', `/internal-chats/${id}`, { title: 'x' })).toBe(409);
    expect(await status(ada, 'POST', `/internal-chats/${id}/members`, { userIds: [cid.userId] })).toBe(409);
    expect(await status(ada, 'DELETE', `/internal-chats/${id}/members/${ada.userId}`)).toBe(409);
  });
});

describe('messages', () => {
  test('written at once by many have consecutive positions without gaps', async () => {
    const { id } = await group(ada, 'Rush', [bob, cid]);
    await Promise.all(Array.from({ length: 60 }, (_, index) => write([ada, bob, cid][index % 3]!, id, `Line ${index}`)));
    const { items } = await thread(ada, id, '?limit=200');
    expect(items.map(({ position }) => position)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  test('with the same key are one, also at the same moment', async () => {
    const { id } = await direct(ada, bob);
    const before = (await thread(ada, id)).items.length;
    const key = randomUUID();
    const made = await Promise.all(Array.from({ length: 5 }, () => write(ada, id, 'Once', {}, key)));
    expect(new Set(made.map((message) => message.id)).size).toBe(1);
    expect(made[0]?.key).toBe(key);
    expect((await thread(ada, id)).items.length).toBe(before + 1);
  });

  test('are read in pages both ways and around a place', async () => {
    const { id } = await group(ada, 'Pages', []);
    for (let index = 1; index <= 25; index += 1) await write(ada, id, `Line ${index}`);
    const positions = async (query: string) => {
      const { items, hasOlder, hasNewer } = await thread(ada, id, query);
      return [items.at(0)?.position, items.at(-1)?.position, hasOlder, hasNewer];
    };
    expect(await positions('?limit=10')).toEqual([16, 25, true, false]);
    expect(await positions('?limit=10&before=16')).toEqual([6, 15, true, true]);
    expect(await positions('?limit=10&before=6')).toEqual([1, 5, false, true]);
    expect(await positions('?limit=10&after=20')).toEqual([21, 25, true, false]);
    expect(await positions('?limit=10&around=12')).toEqual([8, 17, true, true]);
    expect(await status(ada, 'GET', `/internal-chats/${id}/messages?before=3&after=3`)).toBe(422);
  });

  test('are corrected and deleted by their writer alone; a deleted one keeps its place and tells nobody', async () => {
    const { id } = await direct(bob, cid);
    const message = await write(bob, id, 'Secret word', {});
    expect(await status(cid, 'PATCH', `/internal-chats/${id}/messages/${message.id}`, { text: 'x' })).toBe(404);
    expect(await status(cid, 'DELETE', `/internal-chats/${id}/messages/${message.id}`)).toBe(404);
    expect(await ask<InternalMessage>(bob, 'PATCH', `/internal-chats/${id}/messages/${message.id}`, { text: 'Other word' })).toMatchObject({
      text: 'Other word',
      editedAt: expect.any(Number),
    });
    expect(await status(bob, 'PATCH', `/internal-chats/${id}/messages/${message.id}`, { text: ' ' })).toBe(422);
    expect(await notes(cid, id)).toHaveLength(1);
    expect(await status(bob, 'DELETE', `/internal-chats/${id}/messages/${message.id}`)).toBe(204);
    expect(await status(bob, 'DELETE', `/internal-chats/${id}/messages/${message.id}`)).toBe(404);
    expect((await thread(cid, id)).items.at(-1)).toMatchObject({ text: '', position: message.position, deletedAt: expect.any(Number) });
    expect(await notes(cid, id)).toEqual([]);
    expect(await chatOf(cid, id)).toMatchObject({ unread: 0, last: { isDeleted: true, text: '' } });
  });

  test('carry files that their writer uploaded, and no others', async () => {
    const form = new FormData();
    form.set('file', new File(['plan'], 'plan.txt', { type: 'text/plain' }));
    const file = (await (await world.call(ada, 'POST', '/api/files', form)).json()) as { id: string };
    const { id } = await direct(ada, bob);
    const message = await write(ada, id, '', { files: [{ id: file.id }] });
    expect(message.files).toMatchObject([{ id: file.id, name: 'plan.txt', kind: 'file', url: expect.stringContaining(file.id) }]);
    const got = await world.call(undefined, 'GET', new URL((await thread(bob, id)).items.at(-1)!.files[0]!.url).pathname);
    expect(await got.text()).toBe('plan');
    const hidden = await direct(ada, own);
    expect(await status(own, 'GET', `/files/${file.id}`)).toBe(404);
    await write(ada, hidden.id, 'For you too', { files: [{ id: file.id }] });
    expect(await status(own, 'GET', `/files/${file.id}`)).toBe(200);
    expect(await status(bob, 'POST', `/internal-chats/${id}/messages`, { files: [{ id: file.id }] })).toBe(422);
    expect(await status(ada, 'POST', `/internal-chats/${id}/messages`, { text: '  ' })).toBe(422);
  });
});

describe('a group', () => {
  test('tells only whom it names; a mention is one notification that stays one', async () => {
    const { id } = await group(ada, 'Sales', [bob, cid]);
    await write(ada, id, 'Hello all');
    expect(await notes(bob, id)).toEqual([]);
    await write(ada, id, '@Bob look', { mentions: [bob.userId] });
    await write(cid, id, '@Bob too', { mentions: [bob.userId] });
    expect(await notes(bob, id)).toMatchObject([{ what: 'mentioned', data: { words: '@Bob too', chat: 'Sales' } }]);
    expect(await notes(cid, id)).toEqual([]);
    expect(await chatOf(bob, id)).toMatchObject({ unread: 3, isMentioned: true });
    expect(await status(ada, 'POST', `/internal-chats/${id}/messages`, { text: '@x', mentions: [own.userId] })).toBe(422);
  });

  test('takes members in, who read on from there, and lets them go, who see nothing any more', async () => {
    const { id } = await group(ada, 'Team', [bob]);
    await write(ada, id, 'Before');
    await ask(bob, 'POST', `/internal-chats/${id}/members`, { userIds: [cid.userId] });
    expect(await chatOf(cid, id)).toMatchObject({ unread: 0, title: 'Team' });
    await write(ada, id, '@Bob', { mentions: [cid.userId] });
    expect(await notes(cid, id)).toHaveLength(1);
    expect(await status(bob, 'DELETE', `/internal-chats/${id}/members/${cid.userId}`)).toBe(403);
    expect(await status(ada, 'DELETE', `/internal-chats/${id}/members/${cid.userId}`)).toBe(204);
    expect(await notes(cid, id)).toEqual([]);
    expect(await chatOf(cid, id)).toBeUndefined();
    expect(await status(cid, 'GET', `/internal-chats/${id}/messages`)).toBe(404);
    expect(await status(bob, 'DELETE', `/internal-chats/${id}/members/${bob.userId}`)).toBe(204);
    expect(await status(bob, 'GET', `/internal-chats/${id}`)).toBe(404);
    expect((await ask<InternalChat>(ada, 'PATCH', `/internal-chats/${id}`, { title: 'Alone' })).title).toBe('Alone');
  });
});

describe('the chat inside a lead’s card', () => {
  test('is one for all who see the lead; who writes or is named is in it; the list of events tells of it without its words', async () => {
    const chat = await ask<InternalChat>(bob, 'GET', `/leads/${card.leadId}/internal-chat`);
    expect(chat).toMatchObject({ kind: 'lead', title: 'Order', lead: { id: card.leadId }, isMember: false, members: [] });
    expect((await ask<InternalChat>(cid, 'GET', `/leads/${card.leadId}/internal-chat`)).id).toBe(chat.id);
    expect(await status(own, 'GET', `/leads/${card.leadId}/internal-chat`)).toBe(404);
    expect(await status(own, 'GET', `/internal-chats/${chat.id}`)).toBe(404);
    expect(await chatOf(bob, chat.id)).toBeUndefined();

    await write(bob, chat.id, 'Скидку дадим?');
    expect(await chatOf(ada, chat.id)).toMatchObject({ unread: 1 });
    expect((await ask<InternalChat>(cid, 'GET', `/internal-chats/${chat.id}`)).isMember).toBe(false);
    await write(bob, chat.id, '@Own, помоги', { mentions: [own.userId] });
    expect(await notes(own, chat.id)).toHaveLength(1);
    expect((await thread(own, chat.id)).items).toHaveLength(2);

    const events = await (await world.call(ada, 'GET', '/api/events?type=entity_direct_message')).text();
    expect(JSON.parse(events)).toMatchObject({ items: [{ entity: { type: 'lead', id: card.leadId }, author: { id: bob.userId } }, {}] });
    expect(events).not.toContain('Скидку');
  });
});

describe('search', () => {
  test('finds forms of words in both languages, in what one may read only, with the hits set off', async () => {
    const { id } = await group(ada, 'Findings', [bob]);
    await write(ada, id, 'Клиент просил три синих чайника до пятницы');
    await write(bob, id, 'The kettles are shipped');
    const find = async (person: Person, q: string) =>
      (await ask<InternalHitPage>(person, 'GET', `/internal-chats/search?q=${encodeURIComponent(q)}`)).items;
    const [hit] = await find(bob, 'синий чайник');
    expect(hit).toMatchObject({ chat: { id, title: 'Findings' }, position: 1 });
    expect(hit?.segments.filter((segment) => segment.hit).map(({ text }) => text)).toEqual(['синих', 'чайника']);
    expect(hit?.segments.map(({ text }) => text).join('')).toBe('Клиент просил три синих чайника до пятницы');
    expect(await find(ada, 'kettle ship')).toHaveLength(1);
    expect(await find(ada, 'чайн')).toHaveLength(1);
    expect(await find(cid, 'чайник')).toEqual([]);
    expect(await find(eve, 'чайник')).toEqual([]);
    expect(await find(ada, "!'&|:*()")).toEqual([]);
    await ask(ada, 'DELETE', `/internal-chats/${id}/messages/${hit!.id}`);
    expect(await find(ada, 'чайник')).toEqual([]);
  });
});

describe('who is not in a chat', () => {
  test('gets 404 from every address of it, the administrator and another account alike', async () => {
    const { id } = await group(bob, 'Private', [cid]);
    const message = await write(bob, id, 'Only for us');
    const routes: [string, string, unknown?][] = [
      ['GET', `/internal-chats/${id}`],
      ['PATCH', `/internal-chats/${id}`, { title: 'x' }],
      ['POST', `/internal-chats/${id}/members`, { userIds: [] }],
      ['DELETE', `/internal-chats/${id}/members/${bob.userId}`],
      ['GET', `/internal-chats/${id}/messages`],
      ['POST', `/internal-chats/${id}/messages`, { text: 'x' }],
      ['PATCH', `/internal-chats/${id}/messages/${message.id}`, { text: 'x' }],
      ['DELETE', `/internal-chats/${id}/messages/${message.id}`],
      ['POST', `/internal-chats/${id}/read`, { position: 1 }],
    ];
    for (const person of [ada, own, eve])
      for (const [method, path, body] of routes) {
        const given = path.endsWith('/members') ? { userIds: [person.userId] } : body;
        expect({ method, path, status: await status(person, method, path, given) }).toEqual({ method, path, status: 404 });
      }
    expect(await status(eve, 'GET', `/leads/${card.leadId}/internal-chat`)).toBe(404);
    expect(await status(eve, 'POST', '/internal-chats', { title: 'x', userIds: [ada.userId] })).toBe(422);
    expect((await thread(bob, id)).items.map(({ text }) => text)).toEqual(['Only for us']);
  });

  test('does not see it anywhere else: neither the amoCRM-shaped API nor the client’s thread', async () => {
    const chat = await ask<InternalChat>(ada, 'GET', `/leads/${card.leadId}/internal-chat`);
    await write(ada, chat.id, 'Внутреннее слово');
    const paths = [
      '/api/v4/talks',
      `/api/v4/talks/${card.number}/messages`,
      '/api/v4/events',
      `/api/v4/leads/${card.leadId}`,
      '/api/v4/contacts/chats',
    ];
    const own = [`/api/leads/${card.leadId}/thread`, `/api/conversations/${card.number}/messages`, '/api/conversations', '/api/events'];
    for (const path of [...paths, ...own]) expect(await (await world.call(ada, 'GET', path)).text()).not.toContain('Внутреннее слово');
    const [row] = await world.sql<{ count: number }[]>`select count(*)::int count from messages where text like 'Внутреннее%'`;
    expect(row?.count).toBe(0);
  });

  test('a read-only user reads and writes nothing; a user who is deactivated is out at once', async () => {
    const chat = await ask<InternalChat>(reader, 'GET', `/leads/${card.leadId}/internal-chat`);
    expect(await status(reader, 'GET', `/internal-chats/${chat.id}/messages`)).toBe(200);
    expect(await status(reader, 'POST', `/internal-chats/${chat.id}/read`, { position: 1 })).toBe(200);
    expect(await status(reader, 'POST', `/internal-chats/${chat.id}/messages`, { text: 'x' })).toBe(403);
    expect(await status(reader, 'POST', '/internal-chats/direct', { userId: ada.userId })).toBe(403);
    const leaver = await world.addUser(ada, { role: 'manager' });
    const { id } = await group(ada, 'Leaver', [leaver]);
    await world.sql`update users set is_active = false where account_id = ${ada.accountId} and id = ${leaver.userId}`;
    expect([401, 404]).toContain(await status(leaver, 'GET', `/internal-chats/${id}`));
    expect(await status(ada, 'POST', `/internal-chats/${id}/members`, { userIds: [leaver.userId] })).toBe(422);
  });

  test('hears nothing of it on the stream of changes, an administrator neither; who is taken out hears that', async () => {
    const { id } = await group(bob, 'Quiet', [cid]);
    const streams = await Promise.all([ada, cid].map(open));
    await write(bob, id, 'Sh');
    const { id: shared } = await group(bob, 'Loud', [ada, cid]);
    await Promise.all(streams.map((stream) => stream.until(`"${shared}"`)));
    expect(streams[0]!.text).not.toContain(`"${id}"`);
    expect(streams[1]!.text).toContain(`"${id}"`);
    await ask(bob, 'DELETE', `/internal-chats/${shared}/members/${ada.userId}`);
    await streams[0]!.until(`left/${ada.userId}`);
    await Promise.all(streams.map((stream) => stream.close()));
  });
});

async function open(person: Person) {
  const stream = await openStream(world, person);
  await stream.until('event: resync');
  return stream;
}
