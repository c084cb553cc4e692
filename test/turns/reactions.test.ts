/** What people put under messages in the messenger: it stands there, and nothing follows from it. On real Postgres. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChannelFact } from '../../channels/channel.ts';
import type { Reaction } from '../../db/schema/chats.ts';
import { createTurns, START, type Turns } from './world.ts';

let t: Turns;

beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());

let count = 0;
const reaction = (
  chat: string,
  externalId: string,
  emoji: string[],
  change: Partial<Extract<ChannelFact, { type: 'reactionChanged' }>> = {},
) => {
  count += 1;
  return t.turn(chat, [
    t.fact({
      type: 'reactionChanged',
      id: `reaction/${count}`,
      chat: { externalChatId: chat, kind: 'private' },
      externalId,
      by: { externalUserId: chat, side: 'client' },
      emoji,
      receivedAt: START + count,
      ...change,
    }),
  ]);
};
const under = async (chat: string) => {
  const rows = await t.sql<{ text: string; reactions: Reaction[] }[]>`
    select m.text, m.reactions from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
    where m.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by m.position`;
  return rows.map(({ text, reactions }) => [text, ...reactions.flatMap(({ emoji, side }) => emoji.map((one) => `${side} ${one}`))]);
};

test('a reaction stands under the message it was put under, the client’s or ours; the latest of a person is all they say', async () => {
  await t.turn('a', [t.message('a', { text: 'hello', externalId: 'a-1' })]);
  await t.orders('a', { type: 'write', by: t.userId, text: 'good day', fileIds: [] });
  const [part] = await t.sql<
    { external_ids: string[] }[]
  >`select external_ids from parts where account_id = ${t.accountId} order by id desc limit 1`;
  const ours = part!.external_ids[0]!;
  await reaction('a', ours, ['👍']);
  await reaction('a', 'a-1', ['🎉'], { by: { externalUserId: '77', side: 'user' } });
  expect(await under('a')).toEqual([
    ['hello', 'user 🎉'],
    ['good day', 'client 👍'],
  ]);
  await reaction('a', ours, ['❤️', '🔥']);
  await reaction('a', ours, ['👎'], { by: { externalUserId: '78', side: 'client' } });
  expect((await under('a'))[1]).toEqual(['good day', 'client ❤️', 'client 🔥', 'client 👎']);
  await reaction('a', ours, []);
  expect((await under('a'))[1]).toEqual(['good day', 'client 👎']);
});

test('one that comes late changes nothing, not even after it was taken back', async () => {
  await t.turn('b', [t.message('b', { text: 'hello', externalId: 'b-1' })]);
  await reaction('b', 'b-1', ['👍'], { receivedAt: START + 1_000 });
  await reaction('b', 'b-1', [], { receivedAt: START + 2_000 });
  await reaction('b', 'b-1', ['👍'], { receivedAt: START + 1_000 });
  expect(await under('b')).toEqual([['hello']]);
});

test('one that comes with its message stands under it, and a repeat is the same', async () => {
  const fact = {
    type: 'reactionChanged' as const,
    id: 'reaction/same',
    chat: { externalChatId: 'c', kind: 'private' as const },
    externalId: 'c-1',
    by: { externalUserId: 'c', side: 'client' as const },
    emoji: ['👍'],
    receivedAt: START,
  };
  await t.turn('c', [t.message('c', { text: 'hello', externalId: 'c-1' }), t.fact(fact)]);
  await t.turn('c', [t.fact(fact)]);
  expect(await under('c')).toEqual([['hello', 'client 👍']]);
});

test('it opens no conversation, starts no bot, is no answer and makes no chat', async () => {
  await t.turn('d', [t.message('d', { text: 'hello', externalId: 'd-1' })]);
  await t.orders('d', { type: 'close', by: t.userId, force: true });
  const bot = await t.bot(
    { 0: { question: [{ handler: 'send_message', params: { text: 'Hi' } }] } },
    {
      triggers: ['conversation_started', 'message_received'],
    },
  );
  t.sent.length = 0;
  const { state } = await reaction('d', 'd-1', ['👍']);
  expect(state.status).toBe('closed');
  await reaction('nobody', 'x-1', ['👍']);
  const [runs] = await t.sql<{ count: number }[]>`select count(*)::int from bot_runs where account_id = ${t.accountId} and bot_id = ${bot}`;
  const [chats] = await t.sql<
    { count: number }[]
  >`select count(*)::int from chats where account_id = ${t.accountId} and external_chat_id = 'nobody'`;
  expect([runs!.count, chats!.count, t.sent.length]).toEqual([0, 0, 0]);
});

test('whose reply in the messenger’s own app it is the channel’s settings may know; otherwise it is a person’s without a name', async () => {
  await t.turn('e', [t.message('e', { text: 'hello', externalId: 'e-1' })]);
  const reply = (id: string, externalAuthorId?: string) =>
    t.turn('e', [
      t.fact({
        type: 'colleagueReplied',
        id: `reply/${id}`,
        chat: { externalChatId: 'e', kind: 'private' },
        message: { externalId: id, receivedAt: t.at, order: [t.at, 0], text: id, attachments: [] },
        ...(externalAuthorId === undefined ? {} : { externalAuthorId }),
      }),
    ]);
  const colleagues = [
    { externalId: '501', name: 'Olga in VK', userId: t.userId },
    { externalId: '502', name: 'Somebody gone', userId: 999_999 },
  ];
  await t.sql`update channels set settings = settings || ${t.sql.json({ colleagues })} where account_id = ${t.accountId} and id = ${t.telegram}`;
  t.forget();
  await reply('e-2', '501');
  await reply('e-3', '502');
  await reply('e-4', '503');
  await reply('e-5');
  const rows = await t.sql<{ author_kind: string; author_id: number | null }[]>`
    select author_kind, author_id from messages where account_id = ${t.accountId} and external_id like 'e-_' and direction = 'out' order by position`;
  expect(rows.map(({ author_kind, author_id }) => [author_kind, author_id])).toEqual([
    ['user', t.userId],
    ['user', null],
    ['user', null],
    ['user', null],
  ]);
});
