import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { createTurns, START, type Turns } from './world.ts';

let t: Turns;
let chat = '';
let chats = 0;
let head = 0;
let left = 0;
beforeAll(async () => {
  t = await createTurns();
  const addUser = async (name: string, isActive: boolean) => {
    const [row] = await t.sql<{ id: number }[]>`
      insert into users (account_id, name, email, role, is_active, created_at)
      values (${t.accountId}, ${name}, ${`${name}@example.test`}, 'manager', ${isActive}, ${START}) returning id`;
    return row!.id;
  };
  head = await addUser('head', true);
  left = await addUser('left', false);
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `n${chats}`;
  t.at = START + chats * 86_400_000;
  await t.settings({});
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
});

const notes = () => t.sql<{ what: string; user_id: number | null; withdrawn_at: number | null; at: number }[]>`
  select n.what, n.user_id, n.withdrawn_at, n.at from notifications n
  join conversations c on c.account_id = n.account_id and c.number = n.conversation_number
  join chats h on h.account_id = c.account_id and h.id = c.chat_id
  where n.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by n.id`;
const open = async () => (await notes()).filter((note) => note.withdrawn_at === null).map(({ what }) => what);
const runId = async () => {
  const [row] = await t.sql<{ id: string }[]>`
    select r.id from bot_runs r join chats h on h.account_id = r.account_id and h.id = r.chat_id
    where r.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by r.created_at desc limit 1`;
  return row!.id;
};
const step = async (ms = 1000) => {
  t.at += ms;
};

const text = (value: string) => ({ handler: 'show', params: { type: 'text', value } });
/** Asks, answers once, and ends. */
const asksOnce = {
  0: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North', 'Person'] } }],
    answer: [
      {
        handler: 'buttons',
        params: [
          { value: 'North', params: [text('Noted')] },
          { value: 'Person', params: [] },
          { type: 'else', params: [text('Noted')] },
        ],
      },
    ],
  },
};
/** Asks, answers, and waits for more. */
const asksOn = {
  0: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North'] } }],
    answer: [{ handler: 'buttons', params: [{ value: 'North', params: [{ handler: 'goto', params: { type: 'question', step: 0 } }] }] }],
  },
};

describe('while a bot listens', () => {
  test('nobody is told of the message that started it, nor of answers to it', async () => {
    await t.bot(asksOn);
    await t.says(chat, 'hello');
    await step();
    await t.presses(chat, 'North');
    await step();
    await t.says(chat, 'what is this?');
    await t.waits(chat, 5000);
    expect(await notes()).toEqual([]);
  });

  test('a bot that hands over leaves one notification, from that moment', async () => {
    await t.bot(asksOnce);
    await t.says(chat, 'hello');
    await step();
    await t.presses(chat, 'Person');
    expect(await notes()).toMatchObject([{ what: 'clientWrote', user_id: t.userId, at: t.at }]);
    await step();
    await t.says(chat, 'anybody there?');
    expect(await open()).toEqual(['clientWrote']);
  });

  test('an answer that ends the bot is told of together with its end', async () => {
    await t.bot(asksOnce);
    await t.says(chat, 'hello');
    await step();
    await t.says(chat, 'somewhere else');
    expect(await notes()).toEqual([]);
    await t.waits(chat, 3000);
    expect(await open()).toEqual(['clientWrote']);
  });

  test('a bot that was stopped by a person leaves the client to people', async () => {
    await t.bot(asksOn);
    await t.says(chat, 'hello');
    await step();
    await t.run(await runId(), [{ id: `stop-${chat}`, order: { type: 'stop', by: t.userId } }]);
    expect(await open()).toEqual(['clientWrote']);
  });

  test('a bot displaced by another that listens is no news; its end is', async () => {
    await t.bot(asksOn, { name: 'First' });
    await t.says(chat, 'hello');
    await t.bot(asksOnce, {
      name: 'Second',
      triggers: ['message_received'],
      filter: { alsoWhileBotWaits: true },
      settings: { joinSeconds: 0 },
    });
    await step();
    await t.says(chat, 'again');
    await t.waits(chat, 3000);
    expect(await notes()).toEqual([]);
    await t.presses(chat, 'Person');
    expect(await open()).toEqual(['clientWrote']);
  });

  test('a message that came before the question was with the client is not the bot’s: people are told', async () => {
    await t.bot(asksOn);
    t.failures.push(new ChannelError('unavailable', { code: '503', words: 'away' }));
    await t.says(chat, 'hello');
    expect(await notes()).toEqual([]);
    await step();
    await t.says(chat, 'quickly');
    expect(await open()).toEqual(['clientWrote']);
  });

  test('what a person read before the bot ended is not told of', async () => {
    await t.bot(asksOnce);
    await t.says(chat, 'hello');
    await step();
    await t.orders(chat, { type: 'read', by: t.userId, counts: true });
    await t.run(await runId(), [{ id: `stop-${chat}`, order: { type: 'stop', by: t.userId } }]);
    expect(await open()).toEqual([]);
  });

  test('by setting everybody is told all the same, once a stretch', async () => {
    await t.settings({ notifyWhileBotListens: true });
    await t.bot(asksOn);
    await t.says(chat, 'hello');
    await step();
    await t.says(chat, 'more');
    await step();
    await t.presses(chat, 'North');
    expect(await open()).toEqual(['clientWrote']);
  });

  test('the setting that is switched on meanwhile counts from the next message', async () => {
    await t.bot(asksOn);
    await t.says(chat, 'hello');
    await t.settings({ notifyWhileBotListens: true });
    await step();
    await t.presses(chat, 'North');
    expect(await open()).toEqual(['clientWrote']);
  });
});

describe('withdrawal', () => {
  test.each([
    ['no reply needed', { type: 'noReplyNeeded' as const }],
    ['reading', { type: 'read' as const, counts: true }],
    ['the close', { type: 'close' as const, force: true }],
  ])('%s takes every notification of the conversation back', async (_name, order) => {
    await t.says(chat, 'hello');
    expect(await open()).toEqual(['clientWrote']);
    await step();
    await t.orders(chat, { ...order, by: t.userId });
    expect(await open()).toEqual([]);
  });
});

describe('a late answer', () => {
  const rule = (notifyUserIds: number[]) => ({
    enabled: true,
    seconds: 600,
    time: 'calendar' as const,
    stoppedBy: 'person' as const,
    notifyUserIds,
  });
  test('is told to the responsible user and to the heads of the setting, once each; not to who has left', async () => {
    await t.settings({ responseTime: rule([head, t.userId, left]) });
    await t.says(chat, 'hello');
    await t.waits(chat, 599_000);
    expect(await open()).toEqual(['clientWrote']);
    await t.waits(chat, 1000);
    const missed = (await notes()).filter(({ what }) => what === 'missed');
    expect(missed.map((note) => note.user_id).sort()).toEqual([t.userId, head].sort());
    // The stretch goes on: it is told of once.
    await t.waits(chat, 3_600_000);
    expect((await notes()).filter(({ what }) => what === 'missed')).toHaveLength(2);
  });

  test('stands after a restart however late the worker comes back, with the instant at which it was due', async () => {
    await t.settings({ responseTime: rule([]) });
    const state = await t.says(chat, 'hello');
    const writtenAt = t.at;
    expect(state.deadlineAt).toBe(writtenAt + 600_000);
    // Nobody was there for two hours: the timer rings when the workflow goes on.
    await t.waits(chat, 2 * 3_600_000);
    const [talk] = await t.sql<{ missed_at: number }[]>`
      select c.missed_at from conversations c join chats h on h.account_id = c.account_id and h.id = c.chat_id
      where c.account_id = ${t.accountId} and h.external_chat_id = ${chat}`;
    expect(talk!.missed_at).toBe(writtenAt + 600_000);
    expect(await open()).toEqual(['clientWrote', 'missed']);
  });

  test('is due by working hours: written on Friday evening, late on Monday morning', async () => {
    const day = [
      { from: 540, to: 780 },
      { from: 840, to: 1080 },
    ];
    await t.settings({
      responseTime: { ...rule([]), time: 'working' },
      schedule: { timeZone: 'UTC', week: [day, day, day, day, day, [], []], holidays: [{ date: '2031-03-10' }] },
    });
    t.at = Date.UTC(2031, 2, 7, 17, 55);
    const state = await t.says(chat, 'hello');
    expect(state.deadlineAt).toBe(Date.UTC(2031, 2, 11, 9, 5));
  });
});
