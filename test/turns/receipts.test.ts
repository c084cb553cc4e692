/** What messengers say of messages after they were taken: read, delivered, taken back, answered. On real Postgres. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ChannelError, type ChannelFact } from '../../channels/channel.ts';
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
  chat = `r${chats}`;
  t.at = START + chats * 86_400_000;
  t.sent.length = 0;
  await t.says(chat, 'hello');
});

const writes = (text: string, inChat = chat, replyTo?: string) =>
  t.orders(inChat, { type: 'write', by: t.userId, text, fileIds: [], ...(replyTo === undefined ? {} : { replyTo }) });
const messages = (inChat = chat) =>
  t.sql<{ id: string; text: string; status: string; external_id: string | null; deleted: boolean }[]>`
    select m.id, m.text, m.status, m.external_id, m.deleted_at is not null as deleted from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
    where m.account_id = ${t.accountId} and h.external_chat_id = ${inChat} order by m.position`;
const sentStates = async (inChat = chat) => (await messages(inChat)).filter((row) => row.external_id === null).map(({ status }) => status);
const parts = (inChat = chat) =>
  t.sql<{ id: number; status: string; external_ids: string[]; reply_to: string | null }[]>`
    select p.id, p.status, p.external_ids, p.reply_to from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
    where p.account_id = ${t.accountId} and h.external_chat_id = ${inChat} order by p.position, p.index`;
const idOf = async (place: number, inChat = chat) => (await parts(inChat))[place]!.external_ids[0]!;
const receipt = (status: 'delivered' | 'read' | 'failed', externalIds: string[], upTo = false, inChat = chat) =>
  t.turn(inChat, [
    t.fact({
      type: 'receiptCame',
      id: `${status}/${externalIds.join()}`,
      chat: { externalChatId: inChat, kind: 'private' },
      status,
      externalIds,
      upTo,
      receivedAt: t.at,
    } satisfies ChannelFact),
  ]);

test('reading up to a message reads everything of ours before it, and nothing after it', async () => {
  for (const text of ['one', 'two', 'three']) await writes(text);
  await receipt('read', [await idOf(1)], true);
  expect(await sentStates()).toEqual(['read', 'read', 'accepted']);
  await writes('four');
  await receipt('read', [await idOf(3)], true);
  expect(await sentStates()).toEqual(['read', 'read', 'read', 'read']);
});

test('a client who read up to their own message has read what stands before it', async () => {
  await writes('one');
  await t.turn(chat, [t.message(chat, { text: 'seen', externalId: `own-${chat}` })]);
  await writes('two');
  await receipt('read', [`own-${chat}`], true);
  expect(await sentStates()).toEqual(['read', 'accepted']);
});

test('a receipt of one message reads that message only', async () => {
  for (const text of ['one', 'two']) await writes(text);
  await receipt('read', [await idOf(1)]);
  expect(await sentStates()).toEqual(['accepted', 'read']);
});

test('ids that repeat in another chat of the channel move nothing there', async () => {
  const other = `${chat}-other`;
  await t.says(other, 'hello');
  await writes('one');
  await writes('one', other);
  const [own] = await parts();
  await t.sql`update parts set external_ids = ${own!.external_ids} where account_id = ${t.accountId} and id = ${(await parts(other))[0]!.id}`;
  await receipt('read', own!.external_ids, true);
  expect(await sentStates()).toEqual(['read']);
  expect(await sentStates(other)).toEqual(['accepted']);
});

test('states of parts only move forward, and a message is as far as its slowest part', async () => {
  await writes('word '.repeat(1500).trim());
  const [a, b] = (await parts()).map(({ external_ids }) => external_ids[0]!);
  await receipt('read', [a!]);
  expect(await sentStates()).toEqual(['accepted']);
  await receipt('delivered', [a!]);
  await receipt('delivered', [b!]);
  expect((await parts()).map(({ status }) => status)).toEqual(['read', 'delivered']);
  expect(await sentStates()).toEqual(['delivered']);
  await receipt('read', [b!]);
  expect(await sentStates()).toEqual(['read']);
});

test('an id of any item of an album names its part', async () => {
  await writes('album');
  await t.sql`update parts set external_ids = ${['al-1', 'al-2']} where account_id = ${t.accountId} and id = ${(await parts())[0]!.id}`;
  await receipt('delivered', ['al-2']);
  expect(await sentStates()).toEqual(['delivered']);
});

test('a message that the client took back is marked, and its text is kept', async () => {
  await t.turn(chat, [t.message(chat, { text: 'forget it', externalId: `gone-${chat}` })]);
  const fact: ChannelFact = {
    type: 'messageDeleted',
    id: `deleted/gone-${chat}`,
    chat: { externalChatId: chat, kind: 'private' },
    externalId: `gone-${chat}`,
    receivedAt: t.at,
  };
  await t.turn(chat, [t.fact(fact)]);
  await t.turn(chat, [t.fact(fact)]);
  expect((await messages()).map(({ text, deleted }) => [text, deleted])).toEqual([
    ['hello', false],
    ['forget it', true],
  ]);
});

test('an answer names the client’s message, or ours, as the messenger knows it, on its first part only', async () => {
  const [hello] = await messages();
  await writes('word '.repeat(1500).trim(), chat, hello!.id);
  const own = (await messages()).at(-1)!;
  await writes('and that', chat, own.id);
  await writes('nothing of the kind', chat, randomUUID());
  const rows = await parts();
  expect(rows.map(({ reply_to }) => reply_to)).toEqual([hello!.external_id, null, rows[0]!.external_ids[0], null]);
});

test('what nobody knows of can be said to have arrived: it is not sent again, and the rest of the message goes out', async () => {
  await t.settings({ unknownOutcome: 'markAndAsk' });
  t.failures.push(new ChannelError('unknown', { code: 'timeout', words: 'No answer' }));
  const { messageId } = (await writes('word '.repeat(1500).trim())) as { messageId: string };
  expect((await parts()).map(({ status }) => status)).toEqual(['unknown', 'refused']);
  expect(await sentStates()).toEqual(['unknown']);
  await t.orders(chat, { type: 'arrived', by: t.userId, messageId });
  expect((await parts()).map(({ status }) => status)).toEqual(['accepted', 'planned']);
  await t.drain(chat);
  expect(await sentStates()).toEqual(['accepted']);
  expect(t.sent).toHaveLength(1);
  expect(await t.orders(chat, { type: 'arrived', by: t.userId, messageId })).toMatchObject({ refused: { code: 'no_message' } });
  await t.settings({});
});
