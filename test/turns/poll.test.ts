import { describe, expect, test } from 'vitest';
import { shippedPoll } from '../../api/shipped-poll.ts';
import { defaultSettings } from '../../db/settings.ts';
import { HOUR, withPolls } from './poll-bench.ts';
import type { Turns } from './world.ts';

let t: Turns;
let chat: string;
let headId: number;
const { polls, talkOf, runsOf, eventsOf, noticesOf, closes, asked } = withPolls((polled) => {
  ({ t, chat, headId } = polled);
});

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
