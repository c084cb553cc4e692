/**
 * The rates of the channel table against a Telegram that enforces them: two workers, real turns, real adapter, real Postgres. Nothing here says how fast
 * to send; the table's row does.
 */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities } from '../../activities/index.ts';
import { type ChatPauses, createChatPauses } from '../../activities/lane/chat-pause.ts';
import { telegramChannel } from '../../channels/telegram/telegram.ts';
import { insertAccount } from '../../db/stores/accounts.ts';
import type { FileStorage } from '../../files/storage.ts';
import type { ConversationTurnEvent } from '../../workflows/messages.ts';
import { createTurns, START, type Turns } from '../turns/world.ts';
import { type StrictTelegram, startStrictTelegram } from './strict-telegram.ts';

const TOTAL = 500;
/** Few chats with a long queue, which their own pause holds up, and many with a short one, which the bot's rate does. */
const LONG = { firstChat: 5_550_001, chats: 15, lines: linesOf(24) };
const SHORT = { firstChat: 5_551_001, chats: 70, lines: linesOf(2) };

let strict: StrictTelegram;
let t: Turns;
let otherToken = '';
const tokens = new Map<number, string>();

/** The real adapter, which finds the strict server where Telegram is: the channel's row names no address, so that the table's rates hold from the start. */
function adapter() {
  const telegram = telegramChannel();
  return {
    ...telegram,
    send: ((channel, outgoing) => telegram.send({ ...channel, apiRoot: strict.url }, outgoing)) as typeof telegram.send,
  };
}
const deps = (): Partial<ActivityDeps> => {
  const telegram = adapter();
  return {
    channels: { get: (type) => (type === 'telegram' ? telegram : undefined) },
    openCredentials: (_account, id) => ({ token: tokens.get(id)! }),
  };
};

test('a chat may get a few calls at once and then one a pause, whichever process made them', () => {
  let at = 100_000;
  const [one, another] = [createChatPauses(() => at), createChatPauses(() => at)];
  const pace = { pauseMs: 1_000, burst: 3 };
  const made: number[] = [];
  const call = (pauses: ChatPauses, earlierCalls?: [number, number][]) => {
    const waitMs = pauses.waitMs({ chatId: 'a', ...(earlierCalls === undefined ? {} : { earlierCalls }) }, pace);
    at += waitMs;
    made.push(at);
    pauses.noted('a', 1);
    return waitMs;
  };
  expect([call(one), call(one), call(one), call(one), call(one)]).toEqual([0, 0, 0, 1_000, 1_000]);
  expect(
    call(
      another,
      made.slice(-4).map((one) => [one, 1]),
    ),
  ).toBe(1_000);
  at += 3_000;
  expect([call(one), call(one), call(one), call(one)]).toEqual([0, 0, 0, 1_000]);
  // An album of ten is more than a burst.
  at += 3_000;
  one.noted('a', 10);
  expect(call(one)).toBe(1_000);
  expect(one.waitMs({ chatId: 'b' }, pace)).toBe(0);
});

beforeAll(async () => {
  strict = await startStrictTelegram();
  t = await createTurns({ deps: deps() });
  tokens.set(t.telegram, strict.fake.token);
  otherToken = (await strict.fake.addBot()).token;
  await t.sql`update channels set settings = '{}' where account_id = ${t.accountId}`;
});
afterAll(async () => {
  await t.end();
  await strict.stop();
});

test('500 messages of bots go out over two workers without a single 429, once each and in order; people and other accounts pass the queue', async () => {
  const second = createActivities({
    sql: t.sql,
    files: { find: async () => [] } as unknown as FileStorage,
    wakeRun: async () => undefined,
    checkLane: async () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...(deps() as Pick<ActivityDeps, 'channels' | 'openCredentials'>),
  });
  const workers = [t.activities, second.activities];
  const shop = { accountId: t.accountId, channelId: t.telegram, userId: t.userId };
  const other = await otherAccount();

  const knows = async (chat: string, token?: string) => {
    await strict.fake.clientWrites(Number(chat), 'hello', token === undefined ? {} : { token });
    return chat;
  };
  const turn = (worker: number, of: typeof shop, chat: string, events: ConversationTurnEvent[]) =>
    workers[worker]!.conversationTurn({ key: { accountId: of.accountId, channelId: of.channelId, externalChatId: chat }, events });
  /** As the chat's workflow does: another attempt after each pause, on whichever worker takes it. */
  const empties = async (chat: string, worker: number, of = shop): Promise<void> => {
    for (let attempt = worker; ; attempt += 1) {
      const environment = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: t.at });
      const key = { accountId: of.accountId, channelId: of.channelId, externalChatId: chat };
      const waitMs = await environment
        .run(() => workers[attempt % 2]!.drainLane(key))
        .then(
          () => undefined,
          (error: unknown) => {
            if (error instanceof ApplicationFailure && error.type === 'lane.waiting') return Number(error.nextRetryDelay);
            throw error;
          },
        );
      if (waitMs === undefined) return;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  };
  /** How many of the queue's messages were still to go when a person's was let through. */
  const passes = async (worker: number, of: typeof shop, chat: string): Promise<number> => {
    const before = strict.taken.length;
    const order: ConversationTurnEvent = {
      type: 'order',
      id: randomUUID(),
      at: t.at,
      order: { type: 'write', by: of.userId, text: 'Mine', fileIds: [] },
    };
    await turn(worker, of, chat, [order]);
    await empties(chat, worker, of);
    const place = strict.taken.findIndex((call, index) => index >= before && call.chat === chat);
    const ofQueue = strict.taken.slice(0, place).filter((call) => call.chat !== answered && call.chat !== elsewhere);
    return place < 0 ? 0 : TOTAL - ofQueue.length;
  };

  const answered = await knows('5560001');
  const elsewhere = await knows('5560002', otherToken);
  await turn(0, shop, answered, [t.message(answered, { text: 'I want a person' })]);
  await turn(1, other, elsewhere, [t.message(elsewhere, { text: 'Another shop' })]);
  const queued: string[] = [];
  for (const { firstChat, chats, lines } of [LONG, SHORT]) {
    await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
    await t.bot(
      { 0: { question: lines.map((value) => ({ handler: 'show', params: { type: 'text', value } })) } },
      { triggers: ['message_received'], settings: { joinSeconds: 0 } },
    );
    second.forget();
    t.forget();
    const known = await Promise.all(chatsFrom(firstChat, chats).map((chat) => knows(chat)));
    await Promise.all(known.map((chat, index) => turn(index % 2, shop, chat, [t.message(chat, { text: 'go' })])));
    queued.push(...known);
  }
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  second.forget();
  t.forget();

  const sending = queued.map((chat, index) => empties(chat, index));
  for (const [worker, of, chat] of [[0, shop, answered] as const, [1, shop, answered] as const, [0, other, elsewhere] as const])
    expect(await passes(worker, of, chat)).toBeGreaterThan(100);
  await Promise.all(sending);
  await second.settled();

  expect(strict.refused).toEqual([]);
  for (const { firstChat, chats, lines } of [LONG, SHORT])
    for (const chat of chatsFrom(firstChat, chats)) expect((await strict.fake.sentTo(Number(chat))).map(({ text }) => text)).toEqual(lines);
  expect((await strict.fake.sentTo(Number(answered))).map(({ text }) => text)).toEqual(['Mine', 'Mine']);
  expect((await strict.fake.sentTo(Number(elsewhere), { token: otherToken })).map(({ text }) => text)).toEqual(['Mine']);
  const [tries] = await t.sql<{ most: number }[]>`select max(attempts) most from parts where account_id = ${t.accountId}`;
  expect(tries!.most).toBe(1);
}, 180_000);

function linesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `News ${index + 1}`);
}

function chatsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

/** Another account with a bot of its own in the same installation. */
async function otherAccount() {
  const names = { name: 'Other', subdomain: randomUUID(), organizationId: randomUUID() };
  const { id: accountId } = await insertAccount(t.sql, { ...names, timeZone: 'Europe/Moscow', language: 'ru', isDemo: false }, START);
  const [user] = await t.sql<{ id: number }[]>`
    insert into users (account_id, name, email, role, created_at) values (${accountId}, 'Ivan', 'ivan@example.test', 'administrator', ${START}) returning id`;
  const [channel] = await t.sql<{ id: number }[]>`
    insert into channels (account_id, type, name, external_id, credentials_sealed, receive, webhook_secret, settings, connected_by, created_at, updated_at)
    values (${accountId}, 'telegram', 'Other', ${randomUUID()}, '', 'webhook', 's', '{}', ${user!.id}, ${START}, ${START}) returning id`;
  tokens.set(channel!.id, otherToken);
  return { accountId, channelId: channel!.id, userId: user!.id };
}
