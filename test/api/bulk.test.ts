import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BulkAnswer } from '../../api/contract/index.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let stranger: Person;
let manager: Person;
let cards: Card[];

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  stranger = await world.makePerson();
  manager = await world.addUser(ada, { role: 'manager', sees: 'own' });
  cards = [await makeCard(world, ada), await makeCard(world, ada), await makeCard(world, ada, { responsible: manager.userId })];
});
afterAll(() => world.stop());
beforeEach(() => {
  world.sent.length = 0;
  world.answerOrder = async () => ({ taken: true, answer: { status: 'closed', isRead: true, number: 1 } });
});

const numbers = () => cards.map(({ number }) => number);
const order = async (by: Person, body: unknown, key: string = crypto.randomUUID()) => {
  const answer = await world.call(by, 'POST', '/api/conversations/bulk', body, { 'Idempotency-Key': key });
  return { status: answer.status, body: (await answer.json()) as BulkAnswer };
};

test('each conversation gets the order under a key of its own, and has its own answer', async () => {
  for (const [action, sent] of [
    ['close', { type: 'close', by: ada.userId, force: false, stopBots: false }],
    ['closeWithoutRating', { type: 'close', by: ada.userId, force: true, stopBots: false }],
    ['noReplyNeeded', { type: 'noReplyNeeded', by: ada.userId }],
    ['unread', { type: 'markUnread', by: ada.userId }],
  ] as const) {
    world.sent.length = 0;
    const { status, body } = await order(ada, { numbers: numbers(), action }, `key-${action}`);
    expect(status).toBe(200);
    expect(body.items.map(({ number, outcome }) => ({ number, outcome }))).toEqual(
      numbers().map((number) => ({ number, outcome: 'done' })),
    );
    expect(world.sent.map((each) => each.order)).toEqual(cards.map(() => sent));
    expect(world.sent.map(({ id }) => id).toSorted()).toEqual(
      numbers()
        .map((number) => `key-${action}/${number}`)
        .toSorted(),
    );
  }
});

test('a repeat with the same key sends the same ids, so that nothing happens twice; a number named twice is one order', async () => {
  await order(ada, { numbers: [...numbers(), ...numbers()], action: 'close' }, 'again');
  const first = world.sent.map(({ id }) => id).toSorted();
  world.sent.length = 0;
  await order(ada, { numbers: numbers(), action: 'close' }, 'again');
  expect(world.sent.map(({ id }) => id).toSorted()).toEqual(first);
});

test('what is refused says why and stops no other', async () => {
  world.answerOrder = async (to) =>
    to.externalChatId === cards[0]!.externalChatId
      ? {
          taken: true,
          answer: { status: 'in_work', isRead: true, refused: { code: 'no_conversation', detail: 'There is no conversation' } },
        }
      : to.externalChatId === cards[1]!.externalChatId
        ? { taken: false }
        : { taken: true, answer: { status: 'closed', isRead: true, number: cards[2]!.number } };
  const { body } = await order(ada, { numbers: [...numbers(), 999_999], action: 'close' });
  expect(body.items).toMatchObject([
    { number: cards[0]!.number, outcome: 'refused', answer: null, problem: { code: 'not_found', detail: 'There is no conversation' } },
    { number: cards[1]!.number, outcome: 'accepted', answer: null, problem: null },
    { number: cards[2]!.number, outcome: 'done', answer: { status: 'closed' }, problem: null },
    { number: 999_999, outcome: 'refused', problem: { code: 'not_found' } },
  ]);
});

test('nobody acts on what they do not see, or close without the right', async () => {
  const foreign = await order(stranger, { numbers: numbers(), action: 'read' });
  expect(foreign.body.items.every(({ outcome, problem }) => outcome === 'refused' && problem?.code === 'not_found')).toBe(true);
  expect(world.sent).toEqual([]);
  const own = await order(manager, { numbers: numbers(), action: 'noReplyNeeded' });
  expect(own.body.items.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'done']);
  const other = await world.addUser(ada, { role: 'manager' });
  await world.sql`update users set rights = '{"closeConversations": false}' where account_id = ${ada.accountId} and id = ${other.userId}`;
  const closing = await order(other, { numbers: numbers(), action: 'close' });
  expect(closing.body.items.map(({ problem }) => problem?.code)).toEqual(['forbidden', 'forbidden', 'forbidden']);
});

test('many are marked as read by whoever may change the client, not by the responsible user alone', async () => {
  const other = await world.addUser(ada, { role: 'manager', sees: 'all' });
  const { body } = await order(other, { numbers: numbers(), action: 'read' });
  expect(body.items.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  expect(world.sent.map((sent) => sent.order)).toEqual(numbers().map(() => ({ type: 'read', by: other.userId, counts: true })));
});

test('many orders run side by side, but never more than eight at once', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => makeCard(world, ada)));
  world.sent.length = 0;
  let now = 0;
  let most = 0;
  world.answerOrder = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return { taken: true, answer: { status: 'closed', isRead: true } };
  };
  const { body } = await order(ada, { numbers: many.map(({ number }) => number), action: 'close' });
  expect(body.items).toHaveLength(20);
  expect(most).toBe(8);
});

test('a list that is empty, too long or of no known action is refused', async () => {
  for (const body of [
    { numbers: [], action: 'close' },
    { numbers: Array.from({ length: 201 }, (_, index) => index + 1), action: 'close' },
    { numbers: numbers(), action: 'delete' },
  ])
    expect((await order(ada, body)).status).toBe(422);
  expect(world.sent).toEqual([]);
});
