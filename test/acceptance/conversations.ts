import { describe, expect, test } from 'vitest';
import { ask, choose, goto, Line, say } from './line.ts';
import { eventually, sleep, type World } from './world.ts';

export function conversationTests(world: () => World): void {
  const account = async (settings?: object) => {
    const { body } = await world().call<{ token: string; id: number; administrator: { id: number } }>('POST', '/api/accounts', {
      name: 'Conversations',
    });
    const line = await Line.connect(world(), { apiToken: body.token });
    if (settings !== undefined) await line.must('PUT', '/api/settings', settings);
    return { line, ...body };
  };

  describe.concurrent('conversations', () => {
    test('numbers are the account’s, from one, without gaps, however many write at once', async () => {
      const { line } = await account();
      const clients = Array.from({ length: 25 }, () => line.client());
      await Promise.all(clients.map((client) => client.write('Hello')));
      const page = () => line.must<{ items: { number: number }[] }>('GET', '/api/conversations?limit=200');
      const { items } = await eventually(page, (found) => found.items.length === 25);
      expect(items.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    });

    test('after a close the same conversation opens again; closing twice answers the same', async () => {
      const { line, administrator } = await account();
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      expect(talk).toMatchObject({ number: 1, status: 'in_work', isRead: false, unread: 1, waitingSince: expect.any(Number) });
      const closes = await Promise.all([client.close(), client.close(), client.close()]);
      for (const close of closes) expect(close).toMatchObject({ status: 200, body: { number: 1, status: 'closed', isRead: true } });
      expect(await client.close({ force: true })).toMatchObject({ status: 200, body: { status: 'closed' } });
      await client.write('Again');
      await client.talk(({ status, number, isRead }) => status === 'in_work' && number === 1 && !isRead);
      const full = await line.must<{ openings: { how: string; closedBy: { id: number } | null }[] }>('GET', '/api/conversations/1');
      expect(full.openings.map(({ how }) => how).sort()).toEqual(['born', 'reopened']);
      expect(full.openings.find(({ how }) => how === 'born')?.closedBy).toMatchObject({ id: administrator.id });
      const types = (await client.events()).map(({ type }) => type);
      expect(types.filter((type) => type === 'talk_closed')).toHaveLength(1);
      expect(types.filter((type) => type === 'talk_created')).toHaveLength(1);
    });

    test('a new conversation instead: always, or when it was closed longer than the hours that are set', async () => {
      const always = await account({ newConversation: { rule: 'alwaysNew' } });
      const client = always.line.client();
      await client.write('Hello');
      await client.talk();
      await client.close();
      await client.write('Again');
      await client.talk(({ number, status }) => number === 2 && status === 'in_work');
      expect((await client.conversations()).map(({ number, status }) => ({ number, status }))).toEqual([
        { number: 2, status: 'in_work' },
        { number: 1, status: 'closed' },
      ]);

      const after = await account({ newConversation: { rule: 'newAfter', hours: 2 / 3600 } });
      const other = after.line.client();
      await other.write('Hello');
      await other.talk();
      await other.close();
      await other.write('Soon');
      await other.talk(({ number, status }) => number === 1 && status === 'in_work');
      await other.close();
      await sleep(2600);
      await other.write('Late');
      await other.talk(({ number, status }) => number === 2 && status === 'in_work');
    });

    test('thanks alone do not reopen where that is set', async () => {
      const { line } = await account({ thanksDoNotReopen: true });
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      await client.close();
      await client.write('Спасибо! 👍');
      await client.messages((items) => items.length >= 1);
      await sleep(600);
      expect((await client.talk()).status).toBe('closed');
      await client.write('One more question');
      await client.talk(({ status }) => status === 'in_work');
    });

    test('a manager writes into a closed chat: it is sent, and nothing is opened', async () => {
      const { line } = await account();
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      await client.close();
      const written = await line.call('POST', `/api/chats/${talk.chatId}/messages`, { text: 'By the way' });
      expect(written.status, written.text).toBe(201);
      expect(await client.texts(1)).toEqual(['By the way']);
      expect(await client.talk()).toMatchObject({ number: 1, status: 'closed' });
      expect((await line.must<{ items: unknown[] }>('GET', '/api/conversations?view=all')).items).toEqual([]);
      const v4 = await line.call('POST', '/api/v4/talks/1/send_message', { text: 'No' });
      expect(v4.status).toBe(422);
    });

    test('no reply needed reads it and stops the clock, keeps it in work, and gives one event', async () => {
      const { line } = await account();
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      const press = () => line.call('POST', '/api/conversations/1/no-reply-needed');
      expect(await press()).toMatchObject({ status: 200, body: { number: 1, status: 'in_work', isRead: true } });
      expect((await press()).status).toBe(200);
      expect(await client.talk()).toMatchObject({ status: 'in_work', isRead: true, waitingSince: null, unread: 0 });
      const events = (await client.events()).filter(({ type }) => type === 'conversation_answered');
      expect(events).toHaveLength(1);
      expect(events[0]!.author.kind).toBe('user');
      const { unread } = await line.must<{ unread: number }>('GET', '/api/notifications');
      expect(unread).toBe(0);
    });

    test('the responsible user’s look reads it, a bot’s answer does not', async () => {
      const { line } = await account();
      await line.bot({ 0: { question: [say('Automatic')] } }, { on: 'conversation_started' });
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      await sleep(200);
      expect(await client.talk()).toMatchObject({ isRead: false, waitingSince: expect.any(Number) });
      expect(await line.call('POST', '/api/conversations/1/read')).toMatchObject({ status: 200, body: { isRead: true } });
      expect(await client.talk()).toMatchObject({ isRead: true, unread: 0, waitingSince: expect.any(Number) });
      expect(await line.call('POST', '/api/conversations/1/unread')).toMatchObject({ status: 200, body: { isRead: false } });
      await client.reply('A person');
      await client.talk(({ isRead, waitingSince }) => isRead && waitingSince === null);
    });

    test('the response time is missed once per stretch, shown and notified; an answer ends the stretch', async () => {
      const { line } = await account({ responseTime: { enabled: true, seconds: 1 } });
      const client = line.client();
      await client.write('Hello');
      await sleep(400);
      await client.write('Anybody?');
      const late = await client.talk(({ missedAt }) => missedAt !== null);
      expect(late.missedAt! - late.waitingSince!).toBe(1000);
      const missed = async () => (await client.events()).filter(({ type }) => type === 'talk_missed_event').length;
      await eventually(missed, (count) => count === 1);
      await client.write('Hello?');
      await sleep(1500);
      expect(await missed()).toBe(1);
      const notices = await line.must<{ items: { what: string }[] }>('GET', '/api/notifications');
      expect(notices.items.some(({ what }) => what === 'missed')).toBe(true);
      await client.reply('Here');
      await client.talk(({ waitingSince }) => waitingSince === null);
      await client.write('Second stretch');
      await eventually(missed, (count) => count === 2);
      const quick = line.client();
      await quick.write('Hello');
      await quick.talk();
      await quick.reply('At once');
      await sleep(1500);
      expect((await quick.talk()).missedAt).toBeNull();
    });

    test('a message beside the close is never lost: it is in the closed opening or opens the conversation again', async () => {
      const { line } = await account();
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([client.close(), client.write(`beside ${round}`)]);
        await client.messages((items) => items.some(({ text }) => text === `beside ${round}`));
      }
      await eventually(
        () => client.messages(),
        (items) => items.length === 6,
      );
      expect((await client.conversations()).map(({ number }) => number)).toEqual([1]);
    });

    test('a message written twice with one key is one message with one answer, also at once', async () => {
      const { line } = await account();
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      const headers = { 'Idempotency-Key': 'the-same' };
      const answers = await Promise.all([1, 2, 3].map(() => client.reply('Once', headers)));
      for (const answer of answers) expect(answer.status, answer.text).toBe(201);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      const later = await client.reply('Once', headers);
      expect(later.body.id).toBe(answers[0]!.body.id);
      await sleep(300);
      expect(await client.texts(1)).toEqual(['Once']);
    });

    test('what a manager may not write is refused with the field named', async () => {
      const { line } = await account();
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      const write = (body: unknown) => line.call<{ fields?: { field: string }[] }>('POST', '/api/conversations/1/messages', body);
      expect(await write({})).toMatchObject({ status: 422, body: { fields: [{ field: 'text' }] } });
      expect(await write({ text: '   ' })).toMatchObject({ status: 422, body: { fields: [{ field: 'text' }] } });
      expect(await write({ text: 1 })).toMatchObject({ status: 422, body: { fields: [{ field: 'text' }] } });
      expect((await write({ text: 'x', attachments: [{ id: '00000000-0000-4000-8000-000000000000' }] })).status).toBe(422);
      expect(await write({ text: 'x', channel: 999_999_999 })).toMatchObject({ status: 422, body: { fields: [{ field: 'channel' }] } });
      expect((await line.call('POST', '/api/conversations/99/messages', { text: 'x' })).status).toBe(404);
      const odd = await write({ text: 'nul \u0000 and \ud800 half' });
      expect(odd.status, odd.text).toBeLessThan(500);
      expect((await write({ text: 'x'.repeat(9000) })).status).toBe(201);
      await eventually(
        () => client.sent(),
        (sent) =>
          sent
            .filter(({ text }) => /^x+$/.test(text))
            .map(({ text }) => text)
            .join('').length === 9000,
      );
    });

    test('the bot that closes the conversation ends it as the bot, and its listener with it', async () => {
      const { line } = await account();
      await line.bot(
        {
          0: { question: [ask('Done?', ['Yes'])], answer: choose({ Yes: [goto(1)] }) },
          1: { question: [say('Bye'), goto(9, 'finish')] },
          9: { finish: [{ handler: 'stop', params: { action: 'talk-close' } }] },
        },
        { on: 'conversation_started' },
      );
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      await client.press('Yes');
      await client.talk(({ status }) => status === 'closed');
      expect(await client.texts(2)).toEqual(['Done?', 'Bye']);
      const closed = (await client.events()).find(({ type }) => type === 'talk_closed');
      expect(closed?.author.kind).toBe('bot');
      // the next message starts the bot anew
      await client.write('Hello again');
      expect((await client.texts(3)).at(2)).toBe('Done?');
    });

    test('a close ends the listener; a run that waits for a timer goes on unless all bots are stopped', async () => {
      const { line } = await account();
      const pause = {
        handler: 'waits',
        params: {
          logic: 'or',
          conditions: [{ event: { source: 'timer', action: 'ended', delay: 2 }, action: { type: 'question', step: 1 } }],
        },
      };
      await line.bot({ 0: { question: [pause] }, 1: { question: [say('Later')] } }, { on: 'conversation_started' });
      await line.bot(
        { 0: { question: [ask('Listening', ['Yes'])], answer: choose({ Yes: [goto(1)] }) }, 1: { question: [say('x')] } },
        { on: 'conversation_started' },
      );
      const [goes, stops] = [line.client(), line.client()];
      for (const client of [goes, stops]) {
        await client.write('Hello');
        await client.got(1);
      }
      await goes.close();
      await stops.close({ stopBots: true });
      expect(await goes.texts(2)).toEqual(['Listening', 'Later']);
      await sleep(500);
      expect(await stops.texts(1)).toEqual(['Listening']);
      expect((await stops.runs((runs) => runs.every(({ status }) => status === 'ended'))).map(({ outcome }) => outcome)).toEqual([
        'stopped',
        'stopped',
      ]);
    });
  });
}
