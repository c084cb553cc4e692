import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shippedPoll } from '../../api/shipped-poll.ts';
import { ChannelError } from '../../channels/channel.ts';
import { defaultSettings } from '../../db/settings.ts';
import { createTurns, START, type Turns } from './world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let t: Turns;
let chat = '';
let chats = 0;
let botId = 0;
let headId = 0;

beforeAll(async () => {
  t = await createTurns();
  botId = await t.bot(JSON.parse(shippedPoll('en', { from: 1, to: 10 })), { triggers: [], name: 'Rating' });
  await t.sql`update bots set kind = 'nps' where account_id = ${t.accountId} and id = ${botId}`;
  const [head] = await t.sql<{ id: number }[]>`
    insert into users (account_id, name, email, role, created_at) values (${t.accountId}, 'Head', 'head@example.test', 'manager', ${START}) returning id`;
  headId = head!.id;
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `p${chats}`;
  t.at = START + chats * DAY;
  t.sent.length = 0;
  t.failures.length = 0;
  t.checks.length = 0;
  await polls();
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  await t.sql`update bots set state = 'on' where account_id = ${t.accountId}`;
});

const polls = (change: Partial<typeof defaultSettings.nps> = {}, more: Partial<typeof defaultSettings> = {}) =>
  t.settings({
    ...more,
    nps: {
      ...defaultSettings.nps,
      enabled: true,
      delaySeconds: 3600,
      botId,
      alarm: { enabled: true, atOrBelow: 6, userIds: [headId] },
      ...change,
    },
  });
const talkOf = async (external: string) => {
  const [row] = await t.sql`
    select t.*, o.rate as opening_rate, o.comment, o.closed_by from conversations t join chats h on h.account_id = t.account_id and h.id = t.chat_id
    join openings o on o.account_id = t.account_id and o.number = t.number and o.opening = t.opening
    where t.account_id = ${t.accountId} and h.external_chat_id = ${external} order by t.number desc limit 1`;
  return row!;
};
const runsOf = (external: string) => t.sql`
  select r.* from bot_runs r join chats h on h.account_id = r.account_id and h.id = r.chat_id
  where r.account_id = ${t.accountId} and h.external_chat_id = ${external} order by r.created_at`;
const eventsOf = async (number: number, type: string) =>
  t.sql`select * from events where account_id = ${t.accountId} and conversation_number = ${number} and type = ${type} order by id`;
const noticesOf = async (number: number, what: string) =>
  t.sql`select user_id, withdrawn_at from notifications where account_id = ${t.accountId} and conversation_number = ${number} and what = ${what} order by id`;
const closes = (force = false) => t.orders(chat, { type: 'close', by: t.userId, force });

/** A conversation whose poll has been sent. */
async function asked(): Promise<number> {
  const { number } = await t.says(chat, 'hello');
  expect(await closes()).toMatchObject({ status: 'nps_scheduled', isRead: true });
  const state = await t.waits(chat, HOUR);
  expect(state.status).toBe('nps_in_progress');
  t.at += 60_000;
  return number!;
}

describe('the shipped poll', () => {
  test('asks after the delay with a button for each rate; a press of a high one thanks, rates and closes by who asked for the close', async () => {
    const number = await asked();
    expect(t.sent.at(-1)).toMatchObject({
      text: expect.stringContaining('from 1 to 10'),
      buttons: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
    });
    const state = await t.presses(chat, '9');
    expect(state).toMatchObject({ status: 'closed' });
    expect(state.deadlineAt).toBeUndefined();
    const talk = await talkOf(chat);
    expect(talk).toMatchObject({ status: 'closed', rate: 9, opening_rate: 9, comment: '', closed_by: { kind: 'user', id: t.userId } });
    const [closed] = await eventsOf(number, 'talk_closed');
    expect(closed).toMatchObject({ author_kind: 'user', author_id: t.userId });
    expect((await eventsOf(number, 'nps_rate_added')).map((event) => event.value_after)).toEqual([[{ nps: { rate: 9 } }]]);
    expect(await noticesOf(number, 'npsAlarm')).toEqual([]);
    expect(t.sent.at(-1)!.text).toBe('Thank you for the rating!');
    expect((await runsOf(chat)).map(({ status, outcome }) => [status, outcome])).toEqual([['ended', 'completed']]);
  });

  test('a low rate in words raises the alarm at once, and the answer to its follow-up, in however many lines, is the comment', async () => {
    const number = await asked();
    expect((await t.says(chat, ' 3 ')).status).toBe('nps_in_progress');
    const alarms = await noticesOf(number, 'npsAlarm');
    expect(alarms.map(({ user_id }) => user_id)).toEqual([t.userId, headId]);
    t.at += 60_000;
    const gathering = await t.says(chat, 'Too slow', 'and rude');
    expect(gathering.status).toBe('nps_in_progress');
    expect((await t.waits(chat, gathering.deadlineAt! - t.at)).status).toBe('closed');
    expect(await talkOf(chat)).toMatchObject({ status: 'closed', opening_rate: 3, comment: 'Too slow\nand rude' });
    // Told to those who do not follow the card: neither the close nor a reading takes it away.
    expect((await noticesOf(number, 'npsAlarm')).every(({ withdrawn_at }) => withdrawn_at === null)).toBe(true);
  });

  test('a day without an answer closes the conversation without a rate', async () => {
    await asked();
    const [run] = await runsOf(chat);
    t.checks.length = 0;
    t.at = Number(run!.state.deadlineAt);
    expect(await t.run(run!.id)).toMatchObject({ ended: true });
    expect(await talkOf(chat)).toMatchObject({
      status: 'closed',
      rate: null,
      opening_rate: null,
      closed_by: { kind: 'user', id: t.userId },
    });
    // The conversation's own workflow is told, so that it ends too.
    expect(t.checks).toEqual([chat]);
  });

  test('a low rate without a comment closes after a day, rated', async () => {
    await asked();
    await t.presses(chat, '1');
    const [run] = await runsOf(chat);
    t.at = Number(run!.state.deadlineAt);
    await t.run(run!.id);
    expect(await talkOf(chat)).toMatchObject({ status: 'closed', opening_rate: 1, comment: '' });
  });

  test('a second press, or one on the poll after its follow-up, moves nothing', async () => {
    await asked();
    await t.presses(chat, '2');
    expect((await t.presses(chat, '8')).status).toBe('nps_in_progress');
    expect(await talkOf(chat)).toMatchObject({ opening_rate: 2 });
  });

  test('a rate that replaces another of the same opening names it; the same one again says nothing new', async () => {
    const set = {
      handler: 'action',
      params: { name: 'set_custom_fields', params: { custom_field: '{{cf.talk.nps}}', value: '{{message_text}}' } },
    };
    const ask = (value: string) => [{ handler: 'show', params: { type: 'text', value } }];
    const twice = await t.bot(
      {
        0: { question: ask('Rate?'), answer: [set, { handler: 'goto', params: { type: 'question', step: 1 } }] },
        1: { question: ask('Sure?'), answer: [set, { handler: 'goto', params: { type: 'question', step: 2 } }] },
        2: { question: ask('Really?'), answer: [set] },
      },
      { triggers: [], name: 'Twice' },
    );
    await t.sql`update bots set kind = 'nps' where account_id = ${t.accountId} and id = ${twice}`;
    await polls({ botId: twice }, { joinSeconds: 0 });
    const number = await asked();
    for (const rate of ['9', '9', '4']) {
      await t.says(chat, rate);
      t.at += 60_000;
    }
    expect((await eventsOf(number, 'nps_rate_added')).map((event) => [event.value_before, event.value_after])).toEqual([
      [[], [{ nps: { rate: 9 } }]],
      [[{ nps: { rate: 9 } }], [{ nps: { rate: 4 } }]],
    ]);
    expect(await talkOf(chat)).toMatchObject({ status: 'closed', rate: 4, opening_rate: 4 });
  });

  test('0 is a rate, and not the absence of one', async () => {
    const zero = await t.bot(JSON.parse(shippedPoll('en', { from: 0, to: 10 })), { triggers: [], name: 'From zero' });
    await t.sql`update bots set kind = 'nps' where account_id = ${t.accountId} and id = ${zero}`;
    await polls({ botId: zero });
    const number = await asked();
    await t.says(chat, '0');
    expect(await talkOf(chat)).toMatchObject({ rate: 0, opening_rate: 0 });
    expect(await noticesOf(number, 'npsAlarm')).toHaveLength(2);
  });
});

describe('a client who asks instead of rating', () => {
  test.each(['Where is my order?', '11', '9 of 10', '8.5'])(
    'has the conversation back at work with the clock from that message: %s',
    async (text) => {
      await polls({}, { responseTime: { ...defaultSettings.responseTime, enabled: true, seconds: 600 } });
      const number = await asked();
      const { at } = t;
      const state = await t.says(chat, text);
      expect(state).toMatchObject({ status: 'in_work', deadlineAt: at + 600_000 });
      expect(await talkOf(chat)).toMatchObject({ status: 'in_work', is_read: false, opening: 1, waiting_since: at, rate: null });
      expect((await runsOf(chat)).map(({ status, outcome }) => [status, outcome])).toEqual([['ended', 'completed']]);
      expect(await noticesOf(number, 'clientWrote')).toHaveLength(2);
      // This opening has been asked about: the next close is plain.
      expect(await closes()).toMatchObject({ status: 'closed' });
    },
  );

  test('a message sent before the poll was handed to the messenger is no answer to it', async () => {
    await t.says(chat, 'hello');
    await closes();
    let release = () => {};
    t.hold = new Promise((resolve) => {
      release = resolve;
    });
    const due = t.waits(chat, HOUR);
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await due;
    t.hold = undefined;
    const early = t.message(chat, { text: '5' });
    const state = await t.turn(chat, [{ ...early, arrivedAt: t.at - 5_000_000_000_000 } as typeof early]);
    expect(state.state.status).toBe('in_work');
    expect(await talkOf(chat)).toMatchObject({ rate: null });
  });

  test('while the poll is planned: it is dropped, and sent after a later close', async () => {
    await t.says(chat, 'hello');
    await closes();
    t.at += 60_000;
    expect((await t.says(chat, 'one more thing')).status).toBe('in_work');
    t.at += 60_000;
    expect(await closes()).toMatchObject({ status: 'nps_scheduled' });
    expect((await t.waits(chat, HOUR)).status).toBe('nps_in_progress');
  });

  test('the message goes on to the bots that answer messages', async () => {
    await t.bot(
      { 0: { question: [{ handler: 'show', params: { type: 'text', value: 'A person comes' } }] } },
      { triggers: ['message_received'], settings: { joinSeconds: 0 } },
    );
    await t.says(chat, 'hello');
    await closes();
    await t.waits(chat, HOUR);
    t.sent.length = 0;
    t.at += 60_000;
    await t.says(chat, 'Where is my order?');
    expect(t.sent.map(({ text }) => text)).toEqual(['A person comes']);
  });

  test('what an edited bot says to such a message is not sent any more', async () => {
    const again = { handler: 'show', params: { type: 'text', value: 'A number, please' } };
    const stubborn = await t.bot(
      {
        0: {
          question: [{ handler: 'show', params: { type: 'text', value: 'Rate?' } }],
          answer: [again, { handler: 'wait_answer', params: { type: 'answer', step: 0 } }],
        },
      },
      { triggers: [], name: 'Stubborn' },
    );
    await t.sql`update bots set kind = 'nps' where account_id = ${t.accountId} and id = ${stubborn}`;
    await polls({ botId: stubborn });
    await asked();
    await t.says(chat, 'Where is my order?');
    expect(t.sent.map(({ text }) => text)).toEqual(['Rate?']);
    expect((await runsOf(chat)).map(({ status, outcome }) => [status, outcome])).toEqual([['ended', 'stopped']]);
    expect((await talkOf(chat)).status).toBe('in_work');
  });

  test('a rate and a question that arrive together: rated, closed, and open again for the question', async () => {
    const number = await asked();
    const state = await t.says(chat, '9', 'Where is my order?');
    expect(state.status).toBe('in_work');
    expect(await talkOf(chat)).toMatchObject({ number, opening: 2, is_read: false, waiting_since: t.at });
    const [first] = await t.sql`select rate from openings where account_id = ${t.accountId} and number = ${number} and opening = 1`;
    expect(first).toMatchObject({ rate: 9 });
  });

  test('a deadline that is given twice asks once', async () => {
    await t.says(chat, 'hello');
    await closes();
    await t.waits(chat, HOUR);
    await t.waits(chat, 0);
    expect(await runsOf(chat)).toHaveLength(1);
    expect(t.sent).toHaveLength(1);
  });

  test('a repeated turn drops the poll once and rates once', async () => {
    const number = await asked();
    const rate = t.message(chat, { text: '10' });
    await t.turn(chat, [rate]);
    await t.turn(chat, [rate, rate]);
    expect(await eventsOf(number, 'nps_rate_added')).toHaveLength(1);
    expect(await eventsOf(number, 'talk_closed')).toHaveLength(1);
    expect((await talkOf(chat)).status).toBe('closed');
  });
});

describe('a poll', () => {
  test('that cannot be delivered leaves the conversation in work with the error, and says why', async () => {
    const { number } = await t.says(chat, 'hello');
    await closes();
    t.failures.push(new ChannelError('refused', { code: '400', words: 'The chat was deleted' }));
    await t.waits(chat, HOUR);
    expect(await talkOf(chat)).toMatchObject({ status: 'with_error' });
    expect(t.checks).toContain(chat);
    expect(await noticesOf(number!, 'botFailed')).toHaveLength(1);
    expect(await closes()).toMatchObject({ status: 'closed' });
  });

  test('is sent once in 30 days to a contact', async () => {
    await asked();
    await t.presses(chat, '10');
    t.at += 29 * DAY;
    await t.says(chat, 'me again');
    expect(await closes()).toMatchObject({ status: 'closed' });
    t.at += 2 * DAY;
    await t.says(chat, 'and again');
    expect(await closes()).toMatchObject({ status: 'nps_scheduled' });
  });

  test('is ended by a close with force, by whoever forces it', async () => {
    const number = await asked();
    expect(await closes()).toMatchObject({ status: 'nps_in_progress' });
    expect(await closes(true)).toMatchObject({ status: 'closed' });
    expect((await runsOf(chat)).map(({ outcome }) => outcome)).toEqual(['stopped']);
    expect(await eventsOf(number, 'talk_closed')).toHaveLength(1);
  });

  test.each(['reopen', 'alwaysNew'] as const)(
    'that is over takes no late press: it stands in the thread, nothing opens (%s), nothing is rated, no bot starts',
    async (rule) => {
      const number = await asked();
      await t.presses(chat, '9');
      await polls({}, { newConversation: { rule } });
      await t.bot(
        { 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Hello' } }] }, conversation: false },
        { name: `Late ${rule}` },
      );
      t.at += DAY;
      expect(await t.presses(chat, '2')).toMatchObject({ status: 'closed', number });
      expect(await talkOf(chat)).toMatchObject({
        number,
        status: 'closed',
        is_read: true,
        opening: 1,
        opening_rate: 9,
        waiting_since: null,
      });
      expect(await runsOf(chat)).toHaveLength(1);
      const [last] = await t.sql`
        select text, direction from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
        where m.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by m.position desc limit 1`;
      expect(last).toMatchObject({ text: '2', direction: 'in' });
      // The same rate typed is a message: a person may understand it.
      expect((await t.says(chat, '2')).status).toBe('in_work');
      const { waiting_since: since } = await talkOf(chat);
      t.at += 60_000;
      await t.presses(chat, '2');
      expect((await talkOf(chat)).waiting_since).toEqual(since);
    },
  );

  test('that is stopped by hand closes the conversation', async () => {
    await asked();
    const [run] = await runsOf(chat);
    await t.run(run!.id, [{ id: 'stop-poll', order: { type: 'stop', by: t.userId } }]);
    expect((await talkOf(chat)).status).toBe('closed');
  });

  test('whose run is lost is given up after three days, exactly once', async () => {
    const number = await asked();
    const state = await t.waits(chat, 72 * HOUR);
    expect(state.status).toBe('closed');
    expect((await runsOf(chat)).map(({ outcome }) => outcome)).toEqual(['expired']);
    await t.waits(chat, HOUR);
    expect(await eventsOf(number, 'talk_closed')).toHaveLength(1);
  });

  test('is not sent where its bot is off: the conversation closes', async () => {
    await t.says(chat, 'hello');
    await closes();
    await t.sql`update bots set state = 'off' where account_id = ${t.accountId} and id = ${botId}`;
    expect((await t.waits(chat, HOUR)).status).toBe('closed');
    expect(await runsOf(chat)).toHaveLength(0);
  });

  test('is not ended by a word of a person, nor displaced by a bot; that bot listens once the poll is over', async () => {
    await asked();
    await t.orders(chat, { type: 'write', by: t.userId, text: 'Good night', fileIds: [] });
    expect((await talkOf(chat)).status).toBe('nps_in_progress');
    const other = await t.bot(
      {
        0: {
          question: [{ handler: 'show', params: { type: 'text', value: 'Size?' } }],
          answer: [{ handler: 'show', params: { type: 'text', value: 'Noted' } }],
        },
      },
      { triggers: ['message_received'], settings: { joinSeconds: 0 }, filter: { alsoWhileBotWaits: true } },
    );
    t.at += 60_000;
    // A low rate goes to the poll, and starts the bot that also listens while another waits.
    await t.says(chat, '2');
    const [poll, run] = await runsOf(chat);
    expect([poll!.status, run!.status, run!.bot_id]).toEqual(['running', 'running', other]);
    t.at += 60_000;
    const gathering = await t.says(chat, 'too slow');
    await t.waits(chat, gathering.deadlineAt! - t.at);
    expect(await talkOf(chat)).toMatchObject({ status: 'closed', comment: 'too slow' });
    const [row] = await t.sql`select listener_run_id from chats where account_id = ${t.accountId} and external_chat_id = ${chat}`;
    expect(row!.listener_run_id).toBe(run!.id);
  });

  test('waits for the morning when it falls due at night', async () => {
    // 20:30 in Moscow: an hour later is past nine.
    t.at = START + (chats + 1) * DAY + 7.5 * HOUR;
    await t.says(chat, 'hello');
    await closes();
    const state = await t.waits(chat, 1000);
    expect(new Date(state.deadlineAt!).toISOString()).toMatch(/T06:00:00\.000Z$/);
    expect((await t.waits(chat, state.deadlineAt! - t.at)).status).toBe('nps_in_progress');
  });

  test('none for a group, a blocked client, or one who blocked us', async () => {
    await t.says(chat, 'hello');
    await t.sql`update contacts set blocked_at = ${t.at} where account_id = ${t.accountId} and id = (select contact_id from chats where account_id = ${t.accountId} and external_chat_id = ${chat})`;
    expect(await closes()).toMatchObject({ status: 'closed' });
    chat = `${chat}-gone`;
    await t.says(chat, 'hello');
    await t.turn(chat, [
      t.fact({ type: 'clientBlocked', id: `blocked/${chat}`, chat: { externalChatId: chat, kind: 'private' }, receivedAt: t.at }),
    ]);
    expect(await closes()).toMatchObject({ status: 'closed' });
  });

  test('a bot that closes the conversation has it rated too, and is the author of the close', async () => {
    await t.bot({ 0: { question: [{ handler: 'action', params: { name: 'close_talk', params: {} } }] } }, { name: 'Closer' });
    expect((await t.says(chat, 'hello')).status).toBe('nps_scheduled');
    await t.waits(chat, HOUR);
    t.at += 60_000;
    await t.says(chat, '10');
    expect(await talkOf(chat)).toMatchObject({ status: 'closed', rate: 10, closed_by: { kind: 'bot' } });
  });
});
