/** Chats of a business account, from Telegram to the rows and back, on real Postgres: the tests play the poller and the workflow. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected } from '../../activities/lane/send-part.ts';
import { telegramChannel } from '../../channels/telegram/telegram.ts';
import { defaultSettings } from '../../db/settings.ts';
import { learnFacts } from '../../db/stores/channels.ts';
import { type ChannelRow, camelRows } from '../../db/turns/rows.ts';
import { businessChatId } from '../../domain/message/business.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';
import { createTurns, type Turns } from './world.ts';

const telegram = telegramChannel();
const OWNER = 990_001;
const chatOf = (client: number) => businessChatId(String(OWNER), client);
let t: Turns;
let fake: FakeTelegram;
let business: string;
let cursor: string | undefined;

beforeAll(async () => {
  fake = await startFakeTelegram({ timeScale: 0.01 });
  const openCredentials = () => ({ token: fake.token });
  t = await createTurns({ deps: { channels: { get: () => telegram } as never, openCredentials } });
  await t.sql`update channels set api_root = ${fake.url}, receive = 'polling' where account_id = ${t.accountId} and id = ${t.telegram}`;
  await t.settings({ responseTime: { ...defaultSettings.responseTime, enabled: true } });
  business = (await fake.connectBusiness(OWNER, { name: 'Olga', username: 'olga_shop' })).connectionId;
});
afterAll(async () => {
  await t.end();
  await fake.stop();
});

/** What Telegram has to tell, told. */
async function pull(): Promise<void> {
  const rows = await t.sql`select * from channels where account_id = ${t.accountId} and id = ${t.telegram}`;
  const channel = connected({ openCredentials: () => ({ token: fake.token }) }, camelRows<ChannelRow>(rows)[0]!);
  const batch = await telegram.poll!(channel, cursor, AbortSignal.timeout(20_000));
  cursor = batch.cursor;
  if (batch.learned !== undefined) await learnFacts(t.sql, { accountId: t.accountId, id: t.telegram }, batch.learned);
  t.forget();
  for (const fact of batch.facts) await t.turn(fact.chat.externalChatId, [t.fact(fact)]);
}
const writes = (client: number, text: string) => t.orders(chatOf(client), { type: 'write', by: t.userId, text, fileIds: [] });
const messages = (externalChatId: string) => t.sql<
  {
    text: string;
    direction: string;
    authorKind: string;
    authorId: number | null;
    status: string;
    words: string;
    deleted: boolean;
    previous: string | null;
  }[]
>`
  select m.text, m.direction, m.author_kind "authorKind", m.author_id "authorId", m.status, m.status_words words, m.deleted_at is not null deleted,
    m.previous_text previous
  from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
  where m.account_id = ${t.accountId} and h.external_chat_id = ${externalChatId} order by m.position`;
const talkOf = async (externalChatId: string) => {
  const [row] = await t.sql<{ number: number; waiting: number | null; due: number | null; contact: number }[]>`
    select v.number, v.waiting_since waiting, v.answer_due_at due, v.contact_id contact from conversations v join chats h on h.account_id = v.account_id and h.id = v.chat_id
    where v.account_id = ${t.accountId} and h.external_chat_id = ${externalChatId} order by v.number desc limit 1`;
  return row;
};

test('a client of the account is answered as the owner, and what Telegram tells of the answer stands once', async () => {
  await fake.clientWrites(1, 'is it open?', { business, name: 'Anna' });
  await pull();
  expect((await talkOf(chatOf(1)))?.waiting).not.toBeNull();
  await writes(1, 'until nine');
  await pull();
  expect(await messages(chatOf(1))).toMatchObject([
    { text: 'is it open?', direction: 'in' },
    { text: 'until nine', direction: 'out', authorKind: 'user', authorId: t.userId, status: 'accepted' },
  ]);
  expect((await talkOf(chatOf(1)))?.waiting).toBeNull();
  expect((await fake.transcript(1, { business })).map(({ from, text }) => `${from}: ${text}`)).toEqual([
    'client: is it open?',
    'bot: until nine',
  ]);
});

test('the same client in the bot’s own chat is the same contact in another thread', async () => {
  await fake.clientWrites(1, 'hello, bot', { name: 'Anna' });
  await pull();
  expect((await messages('1')).map(({ text }) => text)).toEqual(['hello, bot']);
  const [own, ofAccount] = [await talkOf('1'), await talkOf(chatOf(1))];
  expect(own?.contact).toBe(ofAccount?.contact);
  expect(own?.number).not.toBe(ofAccount?.number);
});

test('the owner’s own reply is a person’s: it stops the clock; a greeting that goes out by itself does not', async () => {
  await fake.clientWrites(2, 'anybody there?', { business });
  await pull();
  await fake.ownerWrites(business, 2, 'We answer soon', { automatic: true });
  await pull();
  expect((await talkOf(chatOf(2)))?.due).not.toBeNull();
  await fake.ownerWrites(business, 2, 'yes, me');
  await pull();
  expect((await talkOf(chatOf(2)))?.waiting).toBeNull();
  expect((await talkOf(chatOf(2)))?.due).toBeNull();
  expect((await messages(chatOf(2))).slice(1)).toMatchObject([
    { text: 'We answer soon', direction: 'out', authorKind: 'bot' },
    { text: 'yes, me', direction: 'out', authorKind: 'user', authorId: null, status: 'accepted' },
  ]);
  const colleague = { ...(await telegram.findColleague!({ facts: await factsOf() } as never, '@olga_shop')), userId: t.userId };
  await t.sql`update channels set settings = settings || ${{ colleagues: [colleague] } as never} where account_id = ${t.accountId} and id = ${t.telegram}`;
  await fake.ownerWrites(business, 2, 'it is Olga');
  await pull();
  expect((await messages(chatOf(2))).at(-1)).toMatchObject({ text: 'it is Olga', authorKind: 'user', authorId: t.userId });
});
const factsOf = async () =>
  (
    await t.sql<{ facts: Record<string, string> }[]>`select facts from channels where account_id = ${t.accountId} and id = ${t.telegram}`
  )[0]!.facts;

test('what was edited or deleted in the account stands so in the thread, the client’s messages and ours', async () => {
  const { messageId } = await fake.clientWrites(3, 'two please', { business });
  await pull();
  await fake.clientEdits(3, messageId, 'three please', { business });
  await writes(3, 'noted');
  const [sent] = await fake.sentTo(3, { business });
  await fake.deletes(business, 3, [messageId, sent!.messageId]);
  await pull();
  expect(await messages(chatOf(3))).toMatchObject([
    { text: 'three please', previous: 'two please', deleted: true },
    { text: 'noted', deleted: true },
  ]);
  // Ids count per account: the first message of the bot's own chat is another.
  expect((await messages('1')).every(({ deleted }) => !deleted)).toBe(true);
});

test('while the account has the bot switched off a message is refused in words, at once; connected again, the thread goes on', async () => {
  await fake.clientWrites(4, 'hello', { business });
  await fake.changeBusiness(business, { isEnabled: false });
  await pull();
  await writes(4, 'into the void');
  const refused = (await messages(chatOf(4))).at(-1);
  expect(refused).toMatchObject({ status: 'refused', words: expect.stringContaining('not connected to the bot any more') });
  expect(await t.drain(chatOf(4))).toBeUndefined();

  business = (await fake.connectBusiness(OWNER, { canReply: false })).connectionId;
  await pull();
  await writes(4, 'not yet');
  expect((await messages(chatOf(4))).at(-1)).toMatchObject({
    status: 'refused',
    words: expect.stringContaining('does not let the bot reply'),
  });

  await fake.changeBusiness(business, { canReply: true });
  await pull();
  await writes(4, 'back again');
  await fake.clientWrites(4, 'fine', { business });
  await pull();
  expect((await messages(chatOf(4))).map(({ text, status }) => [text, status])).toEqual([
    ['hello', expect.any(String)],
    ['into the void', 'refused'],
    ['not yet', 'refused'],
    ['back again', 'accepted'],
    ['fine', 'accepted'],
  ]);
  expect(
    (
      await t.sql`select 1 from conversations v join chats h on h.account_id = v.account_id and h.id = v.chat_id
    where v.account_id = ${t.accountId} and h.external_chat_id = ${chatOf(4)}`
    ).length,
  ).toBe(1);
});

test('a day after the client’s last word nothing goes out there, a person’s or a bot’s, and the bot’s own chat stays open', async () => {
  await fake.clientWrites(6, 'hello', { business });
  await fake.clientWrites(6, 'hello, bot');
  await pull();
  t.at += 24 * 3_600_000;
  const late = await writes(6, 'still there?');
  expect(late.refused).toMatchObject({ code: 'unreachable', detail: expect.stringContaining('until the client writes') });
  expect(await fake.sentTo(6, { business })).toEqual([]);
  await t.orders('6', { type: 'write', by: t.userId, text: 'still there?', fileIds: [] });
  expect((await fake.sentTo(6)).map(({ text }) => text)).toEqual(['still there?']);
});

test('a bot asks and is answered there by a press; the owner who takes over ends it', async () => {
  const ask = (value: string) => ({ handler: 'show', params: { type: 'buttons', value, buttons: ['North', 'South'] } });
  const to = (step: number) => [
    { handler: 'buttons', params: [{ value: 'North', params: [{ handler: 'goto', params: { type: 'question', step } }] }] },
  ];
  await t.bot({ 0: { question: [ask('City?')], answer: to(1) }, 1: { question: [ask('Which shop?')], answer: to(0) } });
  await fake.clientWrites(5, 'hello', { business });
  await pull();
  await fake.clientPresses(5, 'last', 'North', { business });
  t.at += 1000;
  await pull();
  expect((await fake.sentTo(5, { business })).map(({ text }) => text)).toEqual(['City?', 'Which shop?']);
  await fake.ownerWrites(business, 5, 'let me help');
  await pull();
  const runs = await t.sql<{ status: string }[]>`select status from bot_runs where account_id = ${t.accountId}`;
  expect(runs.map(({ status }) => status)).toEqual(['ended']);
});
