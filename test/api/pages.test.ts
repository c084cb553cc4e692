import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
const cards: Card[] = [];
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  // Two of each instant: an instant alone does not order a list.
  for (let index = 0; index < 7; index += 1)
    cards.push(await makeCard(world, ada, { at: 1_795_000_000_000 + Math.floor(index / 2) * 1000 }));
  await world.sql`update conversations set waiting_since = null where account_id = ${ada.accountId} and number % 3 = 0`;
});
afterAll(() => world.stop());

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

async function all<Item>(path: string, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const separator = path.includes('?') ? '&' : '?';
    const answer = await world.call(ada, 'GET', `${path}${separator}limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(answer.status).toBe(200);
    const page = (await answer.json()) as Page<Item>;
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

for (const path of ['/api/conversations', '/api/conversations?order=waiting', '/api/leads', '/api/events']) {
  test(`${path}: pages of any size show the same list, each row once`, async () => {
    if (path === '/api/events') for (const card of cards) await world.call(ada, 'PATCH', `/api/leads/${card.leadId}`, { price: 9 });
    const whole = await all(path, 100);
    expect(whole.length).toBeGreaterThanOrEqual(7);
    for (const limit of [1, 2, 3, 7]) expect(await all(path, limit)).toEqual(whole);
  });
}

test('who waits longest stands first, then everything by its newest message', async () => {
  const items = await all<{ number: number; waitingSince: number | null; lastMessageAt: number }>('/api/conversations?order=waiting', 2);
  const waiting = items.filter((item) => item.waitingSince !== null);
  expect(items.slice(0, waiting.length)).toEqual(waiting);
  expect(waiting.map((item) => item.waitingSince)).toEqual(waiting.map((item) => item.waitingSince).sort());
  const rest = items.slice(waiting.length).map((item) => item.lastMessageAt);
  expect(rest).toEqual([...rest].sort().reverse());
});

test('a thread of several chats is read to its end in pages of any size, although messages arrive meanwhile', async () => {
  const card = cards[0]!;
  const at = 1_795_100_000_000;
  const second = crypto.randomUUID();
  await world.sql`
    insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, last_position, created_at)
    values (${ada.accountId}, ${second}, ${cards[1]!.channelId}, 'second', 'private', ${card.contactId}, 5, ${at})`;
  const write = (chatId: string, position: number, writtenAt: number) => world.sql`
    insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, text, status, written_at)
    values (${ada.accountId}, gen_random_uuid(), ${chatId}, ${card.channelId}, ${position}, 'in', 'client', ${`${position}`}, 'accepted', ${writtenAt})`;
  // Clocks of two workers differ: positions rule.
  for (let position = 3; position <= 9; position += 1) await write(card.chatId, position, at + position * 10 - (position % 2) * 15);
  for (let position = 1; position <= 5; position += 1) await write(second, position, at + position * 17);
  await world.sql`update chats set last_position = 9 where id = ${card.chatId}`;
  interface Item {
    kind: string;
    message?: { id: string; chatId: string; position: number };
    line?: { id: number };
  }
  const path = `/api/contacts/${card.contactId}/thread`;
  const keys = (items: Item[]) => items.map((item) => item.message?.id ?? item.line?.id);
  const whole = await all<Item>(path, 100);
  expect(whole.filter((item) => item.kind === 'message')).toHaveLength(14);
  for (const chatId of [card.chatId, second]) {
    const positions = whole.flatMap((item) => (item.message?.chatId === chatId ? [item.message.position] : []));
    expect(positions).toEqual([...positions].sort((a, b) => b - a));
  }
  for (const limit of [1, 2, 5]) expect(new Set(keys(await all<Item>(path, limit)))).toEqual(new Set(keys(whole)));
  const first = (await (await world.call(ada, 'GET', `${path}?limit=4`)).json()) as Page<Item>;
  await write(second, 6, at + 1000);
  const next = (await (await world.call(ada, 'GET', `${path}?limit=100&cursor=${first.nextCursor}`)).json()) as Page<Item>;
  expect([...keys(first.items), ...keys(next.items)]).toHaveLength(whole.length);
});

test('a request that is too large is refused before it is read', async () => {
  const answer = await world.call(ada, 'POST', '/api/leads', JSON.stringify({ name: 'x'.repeat(6 * 1024 * 1024) }), {
    'Content-Type': 'application/json',
  });
  expect(answer.status).toBe(413);
});
