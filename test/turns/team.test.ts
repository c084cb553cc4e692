import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTurns, START, type Turns } from './world.ts';

let t: Turns;
let chat = '';
let chats = 0;

beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `team${chats}`;
  t.at = START + chats * 86_400_000;
  await t.settings({});
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
});

const talksOf = (external: string) => t.sql`
  select t.* from conversations t join chats h on h.account_id = t.account_id and h.id = t.chat_id
  where t.account_id = ${t.accountId} and h.external_chat_id = ${external} order by t.number`;
const messagesOf = (external: string) => t.sql`
  select m.* from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
  where m.account_id = ${t.accountId} and h.external_chat_id = ${external} order by m.position`;
const lastNumber = async () => {
  const [row] = await t.sql`select conversation_number "number" from counters where account_id = ${t.accountId}`;
  return row!.number as number;
};
const openNotices = (number: number) => t.sql`
  select what from notifications where account_id = ${t.accountId} and conversation_number = ${number} and withdrawn_at is null`;
const block = (blocked: boolean) => t.orders(chat, { type: 'block', by: t.userId, blocked });

const greets = {
  0: {
    question: [{ handler: 'show', params: { type: 'text', value: 'Hello' } }],
    answer: [{ handler: 'show', params: { type: 'text', value: 'Thanks' } }],
  },
};

describe('a blocked contact', () => {
  test('comes to rest with the block: read, no clock, no notification, no bot, and an event with the author', async () => {
    await t.settings({ responseTime: { enabled: true, seconds: 60, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] } } as never);
    await t.bot(greets, { triggers: ['conversation_started'] });
    await t.says(chat, 'spam');
    const [before] = await talksOf(chat);
    expect(before).toMatchObject({ is_read: false, waiting_since: t.at });
    t.at += 1000;
    expect(await block(true)).toMatchObject({ status: 'in_work', isRead: true });
    const [talk] = await talksOf(chat);
    expect(talk).toMatchObject({ is_read: true, waiting_since: null, answer_due_at: null });
    expect(await openNotices(talk!.number)).toEqual([]);
    const runs = await t.sql`select outcome from bot_runs where account_id = ${t.accountId} and conversation_number = ${talk!.number}`;
    expect(runs.map(({ outcome }) => outcome)).toEqual(['stopped']);
    const events = await t.sql`
      select author_id from events where account_id = ${t.accountId} and type = 'contact_blocked' and contact_id = ${talk!.contact_id}`;
    expect(events).toEqual([{ author_id: t.userId }]);
  });

  test('writes into the open conversation: stored, but unread, clock, notification and bots stay as they are', async () => {
    await t.says(chat, 'spam');
    await block(true);
    await t.bot(greets, { triggers: ['message_received'] });
    t.at += 60_000;
    const state = await t.says(chat, 'more spam');
    const [talk] = await talksOf(chat);
    expect(talk).toMatchObject({ status: 'in_work', is_read: true, waiting_since: null });
    expect(state.deadlineAt).toBeUndefined();
    expect(await openNotices(talk!.number)).toEqual([]);
    const stored = await messagesOf(chat);
    expect(stored.map(({ text, conversation_number }) => [text, conversation_number])).toEqual([
      ['spam', talk!.number],
      ['more spam', null],
    ]);
    expect(await t.sql`select 1 from bot_runs where account_id = ${t.accountId} and chat_id = ${talk!.chat_id}`).toEqual([]);
  });

  test('reopens nothing, and takes no number where every close begins a new one', async () => {
    await t.settings({ newConversation: { rule: 'alwaysNew' } });
    await t.says(chat, 'spam');
    await t.orders(chat, { type: 'close', by: t.userId, force: true });
    await block(true);
    const before = await lastNumber();
    await t.says(chat, 'again');
    expect(await lastNumber()).toBe(before);
    expect((await talksOf(chat)).map(({ status }) => status)).toEqual(['closed']);
  });

  test('stays blocked in a chat that begins later, and is heard again after the block is taken back', async () => {
    await t.says(chat, 'spam');
    await block(true);
    const before = await lastNumber();
    const other = `${chat}-other`;
    const message = t.message(other, { text: 'from another thread' });
    if (message.type === 'fact' && message.fact.type === 'messageReceived') message.fact.sender.externalUserId = chat;
    await t.turn(other, [message]);
    expect(await lastNumber()).toBe(before);
    expect(await talksOf(other)).toEqual([]);
    await block(false);
    t.at += 1000;
    await t.turn(other, [t.message(other, { text: 'sorry' })]);
    expect(await talksOf(other)).toHaveLength(1);
  });

  test('the block ordered twice is one block, with one event', async () => {
    await t.says(chat, 'spam');
    await block(true);
    await block(true);
    const [talk] = await talksOf(chat);
    expect(
      await t.sql`select 1 from events where account_id = ${t.accountId} and type = 'contact_blocked' and contact_id = ${talk!.contact_id}`,
    ).toHaveLength(1);
  });
});

describe('an answer of somebody who has not seen a colleague’s', () => {
  const write = (by: number, text: string, seenPosition?: number, id = randomUUID()) =>
    t.orders(chat, { type: 'write', by, text, fileIds: [], ...(seenPosition === undefined ? {} : { seenPosition }) }, id);

  test('is refused with who answered and when; what was seen, one’s own and the client’s messages hinder nobody', async () => {
    await t.says(chat, 'hello');
    expect(await write(t.userId, 'mine', 1)).not.toHaveProperty('refused');
    t.at += 5000;
    await t.says(chat, 'and?');
    expect(await write(t.userId, 'mine again', 1)).not.toHaveProperty('refused');
    t.at += 5000;
    const refused = await write(t.userId + 1, 'from a colleague', 1);
    expect(refused).toMatchObject({ refused: { code: 'answered_since', answered: { userId: t.userId, at: t.at - 5000, position: 4 } } });
    expect((await messagesOf(chat)).map(({ text }) => text)).toEqual(['hello', 'mine', 'and?', 'mine again']);
    expect(await write(t.userId + 1, 'from a colleague', 4)).not.toHaveProperty('refused');
    expect(await write(t.userId + 2, 'without looking')).not.toHaveProperty('refused');
  });

  test('a refused order that is repeated with its key is refused again, and one that was taken is answered as taken', async () => {
    await t.says(chat, 'hello');
    const taken = randomUUID();
    const first = await write(t.userId, 'mine', 1, taken);
    const refused = randomUUID();
    await write(t.userId + 1, 'late', 1, refused);
    expect(await write(t.userId + 1, 'late', 1, refused)).toMatchObject({ refused: { code: 'answered_since' } });
    expect(await write(t.userId, 'mine', 1, taken)).toMatchObject({ messageId: first.messageId });
    expect((await messagesOf(chat)).map(({ text }) => text)).toEqual(['hello', 'mine']);
  });
});

test('a mention outlives what the reading of the conversation withdraws', async () => {
  await t.says(chat, 'hello');
  const [talk] = await talksOf(chat);
  await t.sql`insert into notifications (account_id, user_id, what, conversation_number, at) values (${t.accountId}, ${t.userId}, 'mentioned', ${talk!.number}, ${t.at})`;
  t.at += 1000;
  await t.orders(chat, { type: 'noReplyNeeded', by: t.userId });
  expect((await openNotices(talk!.number)).map(({ what }) => what)).toEqual(['mentioned']);
});
