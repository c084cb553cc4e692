import { describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { DAY, HOUR, withPolls } from './poll-bench.ts';
import type { Turns } from './world.ts';

let t: Turns;
let chat: string;
let botId: number;
const { polls, talkOf, runsOf, eventsOf, noticesOf, closes, asked } = withPolls((polled) => {
  ({ t, chat, botId } = polled);
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
    t.at += DAY + 7.5 * HOUR;
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
