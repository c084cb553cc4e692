import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConversationCounts, ConversationPage } from '../../api/contract/index.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

/** A room of conversations, each different in what a filter asks for. */
let world: World;
let ada: Person;
let stranger: Person;
let manager: Person;
const START = Date.now() - 3_600_000;
const names = ['mine', 'nobody', 'managers', 'answered', 'polled', 'closed'] as const;
type Name = (typeof names)[number];
const cards = {} as Record<Name, Card>;

async function set(name: Name, columns: Record<string, unknown>): Promise<void> {
  await world.sql`update conversations set ${world.sql(columns)} where account_id = ${ada.accountId} and number = ${cards[name].number}`;
}

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  stranger = await world.makePerson();
  manager = await world.addUser(ada, { role: 'manager', sees: 'own' });
  for (const [index, name] of names.entries()) {
    const responsible = name === 'nobody' ? null : name === 'managers' ? manager.userId : ada.userId;
    cards[name] = await makeCard(world, ada, { responsible, at: START + index * 60_000 });
    await world.sql`update chats set listener_run_id = null where account_id = ${ada.accountId} and id = ${cards[name].chatId}`;
    await world.sql`update bot_runs set status = 'ended' where account_id = ${ada.accountId} and id = ${cards[name].runId}`;
  }
  await set('answered', { waiting_since: null, is_read: true, missed_at: START, rate: 2 });
  await set('polled', { waiting_since: null, is_read: true, status: 'nps_in_progress' });
  await set('closed', { waiting_since: null, is_read: true, status: 'closed', closed_at: START + 1_000_000, rate: 9 });
});
afterAll(() => world.stop());

const page = async (query: string, by = ada): Promise<ConversationPage> => {
  const answer = await world.call(by, 'GET', `/api/conversations?${query}`);
  if (answer.status !== 200) throw new Error(await answer.text());
  return (await answer.json()) as ConversationPage;
};
const nameOf = (number: number) => names.find((name) => cards[name].number === number);
const shown = async (query: string, by = ada) => (await page(query, by)).items.map(({ number }) => nameOf(number)).toSorted();
const counts = async (by: Person) => (await (await world.call(by, 'GET', '/api/conversations/counts')).json()) as ConversationCounts;

test('each view holds its conversations, and the counts say how many', async () => {
  const views = {
    mine: ['answered', 'mine', 'polled'],
    unassigned: ['nobody'],
    waiting: ['managers', 'mine', 'nobody'],
    unread: ['managers', 'mine', 'nobody'],
    awaiting: ['polled'],
    all: ['answered', 'managers', 'mine', 'nobody', 'polled'],
    closed: ['closed'],
  };
  for (const [view, names] of Object.entries(views))
    for (const order of ['time', 'waiting']) expect({ view, names: await shown(`view=${view}&order=${order}`) }).toEqual({ view, names });
  expect(await counts(ada)).toEqual({ mine: 3, unassigned: 1, waiting: 3, unread: 3, awaiting: 1, all: 5 });
});

test('whoever sees own clients only finds and counts theirs and nobody’s; another account finds nothing', async () => {
  expect(await shown('view=all', manager)).toEqual(['managers', 'nobody']);
  expect(await shown('view=mine', manager)).toEqual(['managers']);
  expect(await shown('view=closed', manager)).toEqual([]);
  expect(await counts(manager)).toEqual({ mine: 1, unassigned: 1, waiting: 2, unread: 2, awaiting: 0, all: 2 });
  expect(await shown('view=all', stranger)).toEqual([]);
  expect(await shown(`responsible=${ada.userId}`, manager)).toEqual([]);
  expect(Object.values(await counts(stranger)).every((count) => count === 0)).toBe(true);
});

test('every filter narrows a view, and they narrow one another', async () => {
  const { accountId } = ada;
  const { mine, nobody, managers } = cards;
  await world.sql`update leads set tag_ids = '{71}' where account_id = ${accountId} and id = ${mine.leadId}`;
  await world.sql`update contacts set tag_ids = '{72}' where account_id = ${accountId} and id = ${nobody.contactId}`;
  await world.sql`update leads set status_id = ${mine.stageIds[1]!} where account_id = ${accountId} and id = ${managers.leadId}`;
  await world.sql`update chats set listener_run_id = ${mine.runId} where account_id = ${accountId} and id = ${mine.chatId}`;
  await world.sql`update bot_runs set status = 'running' where account_id = ${accountId} and id = ${managers.runId}`;
  const cases: [string, Name[]][] = [
    [`channel=${mine.channelId},${nobody.channelId}`, ['mine', 'nobody']],
    [`contact=${mine.contactId}`, ['mine']],
    [`lead=${managers.leadId}`, ['managers']],
    [`responsible=${manager.userId}`, ['managers']],
    ['responsible=0', ['nobody']],
    [`responsible=0,${manager.userId}`, ['managers', 'nobody']],
    [`stage=${mine.pipelineId}:${mine.stageIds[1]!}`, ['managers']],
    [`stage=${mine.pipelineId + 999}:${mine.stageIds[1]!}`, []],
    ['tag=71,72', ['mine', 'nobody']],
    ['tag=73', []],
    ['read=true', ['answered', 'polled']],
    ['read=false', ['managers', 'mine', 'nobody']],
    ['waitingSeconds=3570', ['mine']],
    ['waitingSeconds=1', ['managers', 'mine', 'nobody']],
    ['missed=true', ['answered']],
    ['missed=false', ['managers', 'mine', 'nobody', 'polled']],
    ['bot=true', ['managers', 'mine']],
    ['bot=false', ['answered', 'nobody', 'polled']],
    ['rateTo=5', ['answered']],
    ['rateFrom=3', []],
    ['view=closed&rateFrom=3&rateTo=9', ['closed']],
    [`period=opened&from=${START + 60_000}&to=${START + 120_000}`, ['managers', 'nobody']],
    [`view=closed&period=closed&from=${START + 1_000_000}`, ['closed']],
    [`view=closed&period=closed&to=${START + 999_999}`, []],
    [`read=false&responsible=0&tag=72&missed=false`, ['nobody']],
    [`read=true&responsible=0`, []],
  ];
  for (const [query, expected] of cases)
    for (const order of ['time', 'waiting'])
      expect({ query, found: await shown(`${query}&order=${order}`) }).toEqual({ query, found: expected });
});

test('a page follows the other in both orders, filters kept, none twice', async () => {
  for (const order of ['time', 'waiting']) {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const next: ConversationPage = await page(`order=${order}&limit=2&missed=false${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...next.items.map(({ number }) => number));
      cursor = next.nextCursor;
    } while (cursor !== null);
    expect(seen.map(nameOf)).toEqual(
      order === 'time' ? ['polled', 'managers', 'nobody', 'mine'] : ['mine', 'nobody', 'managers', 'polled'],
    );
  }
});

test('a row says who takes part and what the client rated', async () => {
  await world.sql`update contacts set participant_ids = ${[manager.userId]}::bigint[] where account_id = ${ada.accountId} and id = ${cards.answered.contactId}`;
  const { items } = await page('missed=true');
  expect(items).toMatchObject([{ rate: 2, participantIds: [manager.userId] }]);
  expect(await shown('missed=true', manager)).toEqual(['answered']);
});

test('counts stop at a thousand, however many conversations are open', async () => {
  await world.sql`
    insert into conversations (account_id, number, chat_id, channel_id, contact_id, status, is_read, opening, opened_at, last_message_at, created_at, updated_at)
    select ${stranger.accountId}, i, gen_random_uuid(), 1, c.id, 'in_work', i % 4 = 0, 1, now(), now(), now(), now()
    from generate_series(1, 5600) i, (
      select id from contacts where account_id = ${ada.accountId} and id = ${cards.mine.contactId}) c`;
  await world.sql`
    insert into contacts (account_id, id, name, responsible_user_id, created_at, updated_at)
    select ${stranger.accountId}, ${cards.mine.contactId}, 'Big', ${stranger.userId}, now(), now()`;
  expect(await counts(stranger)).toEqual({ mine: 1000, unassigned: 0, waiting: 0, unread: 1000, awaiting: 0, all: 1000 });
  // Below the number at which each view is counted for itself, the answer is the same.
  await world.sql`delete from conversations where account_id = ${stranger.accountId} and number > 1200`;
  expect(await counts(stranger)).toEqual({ mine: 1000, unassigned: 0, waiting: 0, unread: 900, awaiting: 0, all: 1000 });
});

test('a filter that cannot be read is refused by its name', async () => {
  for (const [query, field] of [
    ['stage=5', 'stage'],
    ['responsible=me', 'responsible'],
    ['read=maybe', 'read'],
    ['waitingSeconds=-1', 'waitingSeconds'],
    ['from=yesterday', 'from'],
    ['view=others', 'view'],
  ] as const) {
    const answer = await world.call(ada, 'GET', `/api/conversations?${query}`);
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { fields: { field: string }[] }).fields[0]?.field).toBe(field);
  }
});
