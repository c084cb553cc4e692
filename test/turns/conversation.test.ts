import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
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
  chat = `c${chats}`;
  t.at = START + chats * 86_400_000;
  t.sent.length = 0;
  t.failures.length = 0;
  t.hold = undefined;
  await t.settings({});
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
});

const talkOf = async (external: string) => {
  const [row] = await t.sql`
    select t.* from conversations t join chats h on h.account_id = t.account_id and h.id = t.chat_id
    where t.account_id = ${t.accountId} and h.external_chat_id = ${external} order by t.number desc limit 1`;
  return row;
};
const messagesOf = (external: string) => t.sql`
  select m.* from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
  where m.account_id = ${t.accountId} and h.external_chat_id = ${external} order by m.position`;
const runsOf = (external: string) => t.sql`
  select r.* from bot_runs r join chats h on h.account_id = r.account_id and h.id = r.chat_id
  where r.account_id = ${t.accountId} and h.external_chat_id = ${external} order by r.created_at`;

const askCity = {
  0: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North', 'South'] } }],
    answer: [
      {
        handler: 'buttons',
        params: [
          { value: 'North', params: [{ handler: 'show', params: { type: 'text', value: 'To the north, {{contact.first_name}}' } }] },
          { type: 'else', params: [{ handler: 'show', params: { type: 'text', value: 'You said {{message_text}}' } }] },
        ],
      },
    ],
  },
};

describe('a client writes', () => {
  test('the first message makes contact, incoming lead, numbered conversation, events and one notification', async () => {
    const state = await t.says(chat, 'hello');
    const talk = await talkOf(chat);
    expect(state).toMatchObject({ status: 'in_work', lane: 'empty', number: talk!.number });
    expect(talk).toMatchObject({ status: 'in_work', is_read: false, opening: 1, waiting_since: t.at, entity_type: 'lead' });
    const [lead] =
      await t.sql`select l.*, s.kind from leads l join stages s on s.account_id = l.account_id and s.pipeline_id = l.pipeline_id and s.id = l.status_id where l.id = ${talk!.entity_id}`;
    expect(lead).toMatchObject({ kind: 'incoming', responsible_user_id: t.userId, name: `Client ${chat}` });
    const events =
      await t.sql`select type from events where account_id = ${t.accountId} and conversation_number = ${talk!.number} order by id`;
    expect(events.map(({ type }) => type)).toEqual(['talk_created', 'incoming_chat_message']);
    const notices = await t.sql`select what from notifications where account_id = ${t.accountId} and conversation_number = ${talk!.number}`;
    expect(notices.map(({ what }) => what)).toEqual(['clientWrote']);
  });

  test('a repeated turn with the same message, alone or among others, changes nothing twice', async () => {
    const first = t.message(chat, { text: 'one' });
    const second = t.message(chat, { text: 'two' });
    await t.turn(chat, [first]);
    await t.turn(chat, [first, first, second]);
    await t.turn(chat, [second, first]);
    expect((await messagesOf(chat)).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('messages that arrive together are stored in the order of the messenger', async () => {
    const late = t.message(chat, { text: 'second', order: [2, 2] });
    const early = t.message(chat, { text: 'first', order: [1, 9] });
    await t.turn(chat, [late, early]);
    expect((await messagesOf(chat)).map(({ text }) => text)).toEqual(['first', 'second']);
  });

  test('after the close the same conversation opens again, and a late duplicate does not open it', async () => {
    const hello = t.message(chat, { text: 'hello' });
    await t.turn(chat, [hello]);
    const { number } = (await talkOf(chat))!;
    expect(await t.orders(chat, { type: 'close', by: t.userId, force: false })).toMatchObject({ status: 'closed', number });
    expect((await t.turn(chat, [hello])).state.status).toBe('closed');
    t.at += 1000;
    expect(await t.says(chat, 'again')).toMatchObject({ status: 'in_work', number });
    expect((await talkOf(chat))!.opening).toBe(2);
  });

  test('numbers of an account have no gaps', async () => {
    const numbers = await t.sql`select number from conversations where account_id = ${t.accountId} order by number`;
    expect(numbers.map(({ number }) => number)).toEqual(numbers.map((_, index) => index + 1));
  });

  test('a poisoned message is parked and its neighbours are stored', async () => {
    await t.turn(chat, [
      t.message(chat, { text: 'before' }),
      t.message(chat, { text: 'bad \u0000 text' }),
      t.message(chat, { text: 'after' }),
    ]);
    expect((await messagesOf(chat)).map(({ text }) => text)).toEqual(['before', 'after']);
    const parked = await t.sql`select event from parked_events where account_id = ${t.accountId}`;
    expect(parked).toHaveLength(1);
  });

  test('items of an album are one message, whenever they come', async () => {
    const photo = (ref: string, text = '') =>
      t.message(chat, { text, albumId: 'a1', attachments: [{ kind: 'picture', ref, name: ref, mime: 'image/jpeg' }] });
    await t.turn(chat, [photo('p1', 'two shots'), photo('p2')]);
    const late = photo('p3');
    expect((await t.turn(chat, [late])).state.media).toBe('waiting');
    await t.turn(chat, [late]);
    const [message] = await messagesOf(chat);
    expect(message).toMatchObject({ text: 'two shots' });
    const attachments =
      await t.sql`select ref from attachments where account_id = ${t.accountId} and message_id = ${message!.id} order by index`;
    expect(attachments.map(({ ref }) => ref)).toEqual(['p1', 'p2', 'p3']);
    expect(await messagesOf(chat)).toHaveLength(1);
  });
});

describe('a manager answers', () => {
  test('the answer goes out, reads the conversation, accepts the lead and stops the clock', async () => {
    await t.says(chat, 'hello');
    t.at += 5000;
    const answer = await t.orders(chat, { type: 'write', by: t.userId, text: 'Good day', fileIds: [] });
    expect(answer).toMatchObject({ status: 'in_work', isRead: true });
    expect(t.sent.map(({ text }) => text)).toEqual(['Good day']);
    const talk = (await talkOf(chat))!;
    expect(talk).toMatchObject({ is_read: true, waiting_since: null });
    const [message] = await t.sql`select status from messages where account_id = ${t.accountId} and id = ${answer.messageId as string}`;
    expect(message!.status).toBe('accepted');
    const [stage] =
      await t.sql`select s.kind from leads l join stages s on s.account_id = l.account_id and s.pipeline_id = l.pipeline_id and s.id = l.status_id where l.id = ${talk.entity_id}`;
    expect(stage!.kind).toBe('open');
  });

  test('the same order twice is one message, answered alike', async () => {
    await t.says(chat, 'hello');
    const order = { type: 'write' as const, by: t.userId, text: 'Once', fileIds: [] };
    const first = await t.orders(chat, order, `once-${chat}`);
    const second = await t.orders(chat, order, `once-${chat}`);
    expect(second).toEqual(first);
    expect(t.sent).toHaveLength(1);
  });

  test('a client who blocked the bot makes the message refused, in the words of the messenger, and the clock runs on', async () => {
    await t.says(chat, 'hello');
    const since = t.at;
    t.at += 1000;
    t.failures.push(new ChannelError('refused', { scope: 'contact', code: '403', words: 'bot was blocked by the user' }));
    const { messageId } = await t.orders(chat, { type: 'write', by: t.userId, text: 'Hi', fileIds: [] });
    const [message] =
      await t.sql`select status, status_words from messages where account_id = ${t.accountId} and id = ${messageId as string}`;
    expect(message).toMatchObject({ status: 'refused', status_words: 'bot was blocked by the user' });
    expect((await talkOf(chat))!.waiting_since).toBe(since);
    expect(await t.orders(chat, { type: 'write', by: t.userId, text: 'Hi?', fileIds: [] })).toMatchObject({
      refused: { code: 'unreachable' },
    });
    t.at += 1000;
    await t.says(chat, 'I am back');
    expect(await t.orders(chat, { type: 'write', by: t.userId, text: 'Hi!', fileIds: [] })).toMatchObject({ status: 'in_work' });
  });

  test('a rate limit leaves the message in the lane for the activity', async () => {
    await t.says(chat, 'hello');
    t.failures.push(new ChannelError('rateLimited', { code: '429', words: 'slow down', retryAfterMs: 60_000 }));
    await t.orders(chat, { type: 'write', by: t.userId, text: 'Hi', fileIds: [] });
    expect((await t.turn(chat, [])).state.lane).toBe('waiting');
    const [part] =
      await t.sql`select p.status, p.not_before from parts p join chats h on h.id = p.chat_id where h.external_chat_id = ${chat}`;
    expect(part!.status).toBe('planned');
  });
});

describe('response time', () => {
  test('a late answer is one event, shown until the next stretch', async () => {
    await t.settings({ responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] } });
    const state = await t.says(chat, 'hello');
    expect(state.deadlineAt).toBe(t.at + 600_000);
    await t.waits(chat, 600_000);
    await t.waits(chat, 600_000);
    const { number } = (await talkOf(chat))!;
    const missed =
      await t.sql`select 1 from events where account_id = ${t.accountId} and conversation_number = ${number} and type = 'talk_missed_event'`;
    expect(missed).toHaveLength(1);
  });

  test.each([
    ['person', true],
    ['anybody', false],
  ] as const)('stopped by %s: after a bot’s plain reply the client still waits: %s', async (stoppedBy, waits) => {
    await t.settings({ responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy, notifyUserIds: [] } });
    await t.bot({ 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Hello' } }] } });
    await t.says(chat, 'hello');
    const [, reply] = await messagesOf(chat);
    expect(reply).toMatchObject({ text: 'Hello', status: 'accepted' });
    expect((await talkOf(chat))!.waiting_since !== null).toBe(waits);
  });
});

describe('a bot', () => {
  test('greets at the start, takes the press, and ends; its run leaves a trace', async () => {
    await t.bot(askCity);
    const state = await t.says(chat, 'hello');
    expect(state).toMatchObject({ lane: 'empty' });
    expect(t.sent).toMatchObject([{ text: 'City?', buttons: ['North', 'South'] }]);
    const [run] = await runsOf(chat);
    expect(run).toMatchObject({ status: 'running', wake_due: true });
    expect(t.wakes).toContain(run!.id);
    t.at += 1000;
    await t.presses(chat, 'North');
    expect(t.sent.map(({ text }) => text)).toEqual(['City?', 'To the north, Client']);
    expect((await runsOf(chat))[0]).toMatchObject({ status: 'ended', outcome: 'completed', wake_due: true });
    const trace = await t.sql`select handler from run_traces where account_id = ${t.accountId} and run_id = ${run!.id} order by id`;
    expect(trace.length).toBeGreaterThan(2);
    expect((await messagesOf(chat)).map(({ text }) => text)).toEqual(['hello', 'City?', 'North', 'To the north, Client']);
    expect(await t.run(run!.id)).toMatchObject({ ended: true });
    expect((await runsOf(chat))[0]!.wake_due).toBe(false);
  });

  test('a typed number chooses, at once, from answers that had to be numbered lines', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `City ${index + 1}`);
    await t.bot({
      0: {
        question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: names } }],
        answer: [
          {
            handler: 'buttons',
            params: [{ value: 'City 7', params: [{ handler: 'show', params: { type: 'text', value: 'The seventh' } }] }],
          },
        ],
      },
    });
    await t.says(chat, 'hello');
    expect(t.sent.flatMap(({ buttons }) => buttons)).toEqual([]);
    t.at += 5000;
    await t.says(chat, ' 7. ');
    expect(t.sent.at(-1)).toMatchObject({ text: 'The seventh' });
    expect((await runsOf(chat))[0]).toMatchObject({ outcome: 'completed' });
    expect((await messagesOf(chat)).map(({ text }) => text)).toContain(' 7. ');
  });

  test('an exact option goes at once; other text waits for silence and is one answer', async () => {
    await t.bot(askCity);
    await t.says(chat, 'hello');
    t.at += 5000;
    const state = await t.says(chat, 'somewhere');
    expect(state.deadlineAt).toBe(t.at + 2000);
    t.at += 1000;
    await t.says(chat, 'in the east');
    expect(t.sent).toHaveLength(1);
    await t.waits(chat, 2000);
    expect(t.sent.at(-1)!.text).toBe('You said somewhere\nin the east');
  });

  test('the message that starts it is not its answer', async () => {
    await t.bot(askCity);
    await t.says(chat, 'North');
    expect(t.sent.map(({ text }) => text)).toEqual(['City?']);
  });

  test('a person’s reply ends the listener, and stop cancels what is not sent', async () => {
    await t.bot(askCity);
    await t.says(chat, 'hello');
    t.at += 1000;
    await t.orders(chat, { type: 'write', by: t.userId, text: 'I take over', fileIds: [] });
    const [run] = await runsOf(chat);
    expect(run).toMatchObject({ status: 'ended', outcome: 'stopped', ended_by: { kind: 'user', id: t.userId } });
    t.at += 1000;
    await t.says(chat, 'North');
    expect(t.sent.map(({ text }) => text)).toEqual(['City?', 'I take over']);
  });

  test('a later bot that waits for a message takes the slot; the earlier one ends as displaced', async () => {
    await t.bot(askCity, { name: 'First' });
    await t.says(chat, 'hello');
    await t.bot(
      {
        0: {
          question: [{ handler: 'show', params: { type: 'buttons', value: 'Colour?', buttons: ['Red'] } }],
          answer: [{ handler: 'buttons', params: [{ value: 'Red', params: [] }] }],
        },
      },
      { name: 'Second', triggers: ['message_received'], filter: { alsoWhileBotWaits: true } },
    );
    t.at += 5000;
    await t.says(chat, 'nothing of that');
    const runs = await runsOf(chat);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['displaced', null]);
  });

  test('a message trigger rests for its cool-down, which the close ends', async () => {
    await t.settings({ joinSeconds: 0 });
    await t.bot(
      { 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Got it' } }] } },
      { triggers: ['message_received'], cooldownSeconds: 3600 },
    );
    await t.says(chat, 'one');
    t.at += 1000;
    await t.says(chat, 'two');
    expect(t.sent).toHaveLength(1);
    await t.orders(chat, { type: 'close', by: t.userId, force: true });
    t.at += 1000;
    await t.says(chat, 'three');
    expect(t.sent).toHaveLength(2);
  });

  test('sets fields and tags, moves the lead and closes the conversation, each with its event', async () => {
    const [stage] = await t.sql`select id from stages where account_id = ${t.accountId} and kind = 'open' order by sort limit 1`;
    await t.bot({
      0: {
        question: [
          { handler: 'action', params: { name: 'set_tag', params: { type: 2, value: 'hot' } } },
          { handler: 'action', params: { name: 'change_status', params: { value: stage!.id } } },
          { handler: 'action', params: { name: 'set_custom_fields', params: { type: 2, custom_field: '{{lead.price}}', value: '500' } } },
        ],
        finish: [{ handler: 'stop', params: { action: 'talk-close' } }],
      },
    });
    await t.says(chat, 'hello');
    const talk = (await talkOf(chat))!;
    const [lead] = await t.sql`select * from leads where id = ${talk.entity_id}`;
    expect(lead).toMatchObject({ status_id: stage!.id, price: 500 });
    expect(lead!.tag_ids).toHaveLength(1);
    const events =
      await t.sql`select type from events where account_id = ${t.accountId} and lead_id = ${talk.entity_id} and author_kind = 'bot' order by id`;
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['entity_tag_added', 'lead_status_changed']));
  });

  test('an undelivered question takes on_error; without it the run ends as failed, with the words on the card', async () => {
    await t.bot(askCity);
    t.failures.push(new ChannelError('refused', { scope: 'message', code: '400', words: 'message is too long' }));
    await t.says(chat, 'hello');
    expect((await runsOf(chat))[0]).toMatchObject({ status: 'ended', outcome: 'failed', outcome_words: 'message is too long' });
  });

  test('a last message that nobody got makes the completed run fail visibly', async () => {
    await t.bot({ 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Hello' } }] } });
    t.failures.push(new ChannelError('refused', { scope: 'message', code: '400', words: 'no' }));
    await t.says(chat, 'hello');
    expect((await runsOf(chat))[0]).toMatchObject({ status: 'ended', outcome: 'failed', outcome_words: 'no' });
  });

  test('no answer: the timer starts when the question was accepted, and the run is woken for it', async () => {
    await t.bot({
      0: {
        question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North'] } }],
        answer: [{ handler: 'buttons', params: [{ value: 'North', params: [] }] }],
        no_answer: { handler: 'goto', params: { type: 'question', step: 1 } },
      },
      1: {
        question: [
          {
            handler: 'waits',
            params: {
              logic: 'or',
              conditions: [{ event: { source: 'timer', action: 'ended', delay: 600 }, action: { type: 'question', step: 2 } }],
            },
          },
        ],
      },
      2: { question: [{ handler: 'show', params: { type: 'text', value: 'Still there?' } }] },
    });
    await t.says(chat, 'hello');
    const [run] = await runsOf(chat);
    const { deadlineAt } = await t.run(run!.id);
    expect(deadlineAt).toBeGreaterThanOrEqual(t.at + 600_000);
    t.at = deadlineAt!;
    await t.run(run!.id);
    expect(t.sent.map(({ text }) => text)).toEqual(['City?', 'Still there?']);
    expect((await runsOf(chat))[0]!.status).toBe('ended');
  });

  test('stop by hand ends it at once and is answered alike when repeated', async () => {
    await t.bot(askCity);
    await t.says(chat, 'hello');
    const [run] = await runsOf(chat);
    expect(await t.run(run!.id, [{ id: 'stop-1', order: { type: 'stop', by: t.userId } }])).toMatchObject({ ended: true });
    expect(await t.run(run!.id, [{ id: 'stop-1', order: { type: 'stop', by: t.userId } }])).toMatchObject({ ended: true });
    expect((await runsOf(chat))[0]).toMatchObject({ outcome: 'stopped' });
  });
});
