import { describe, expect, test } from 'vitest';
import { ask, choose, goto, Line, say } from './line.ts';
import { eventually, sleep, type World } from './world.ts';

const BLOCKED = 'Forbidden: bot was blocked by the user';

export function deliveryTests(world: () => World): void {
  const control = () => world().fake.control;

  describe.concurrent('what does not arrive', () => {
    test('a refused message takes its on_error, else the root’s error, else the run fails with the messenger’s words', async () => {
      const line = await Line.connect(world());
      const sure = ask('Question', ['Yes'], { on_error: goto(7) });
      const own = {
        0: { question: [sure], answer: choose({ Yes: [goto(1)] }) },
        1: { question: [say('Good')] },
        7: { question: [say('Plan B')] },
      };
      await line.bot(own, { on: [{ type: 'conversation_started' }] });
      const first = line.client();
      await control().refuse(1, 400, 'Bad Request: cannot be shown', { ...first.fault });
      await first.write('Hello');
      expect(await first.texts(1)).toEqual(['Plan B']);
      await first.runs((runs) => runs[0]?.outcome === 'completed');

      const rooted = await Line.connect(world());
      await rooted.bot(
        {
          0: { question: [ask('Question', ['Yes'])], answer: choose({ Yes: [goto(1)] }) },
          1: { question: [say('Good')] },
          8: { question: [say('Root plan')] },
          error: [goto(8)],
        },
        { on: 'conversation_started' },
      );
      const second = rooted.client();
      await control().refuse(1, 400, 'Bad Request: cannot be shown', { ...second.fault });
      await second.write('Hello');
      expect(await second.texts(1)).toEqual(['Root plan']);

      const bare = await Line.connect(world());
      await bare.bot(
        { 0: { question: [ask('Question', ['Yes'])], answer: choose({ Yes: [goto(1)] }) }, 1: { question: [say('Good')] } },
        { on: 'conversation_started' },
      );
      const third = bare.client();
      await control().refuse(1, 400, 'Bad Request: cannot be shown', { ...third.fault });
      await third.write('Hello');
      const [run] = await third.runs((runs) => runs[0]?.status === 'ended');
      expect(run).toMatchObject({ outcome: 'failed', outcomeWords: expect.stringContaining('cannot be shown') });
      const talk = await third.talk();
      const notices = await bare.must<{ items: { what: string; conversationNumber: number | null; data: { words?: string } }[] }>(
        'GET',
        '/api/notifications?limit=200',
      );
      expect(
        notices.items.find(({ what, conversationNumber }) => what === 'botFailed' && conversationNumber === talk.number)?.data.words,
      ).toContain('cannot be shown');
      const v4 = await bare.must<{ _embedded: { messages: { type: string; delivery_status: string }[] } }>(
        'GET',
        `/api/v4/talks/${talk.number}/messages`,
      );
      expect(v4._embedded.messages.find(({ type }) => type === 'outgoing')?.delivery_status).toBe('error');
      const [, out] = await third.messages();
      expect(out).toMatchObject({ status: 'refused', statusWords: expect.stringContaining('cannot be shown') });
    });

    test('a client who blocked the bot cannot be written to until they write again', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      await client.block();
      const conversation = () => line.must<{ chat: { reachable: boolean; words: string } }>('GET', `/api/conversations/${talk.number}`);
      await eventually(conversation, ({ chat }) => !chat.reachable);
      const refused = await client.reply('Are you there?');
      expect(refused.status).toBe(422);
      expect(refused.type).toContain('application/problem+json');
      await client.write('I am back');
      await eventually(conversation, ({ chat }) => chat.reachable);
      expect((await client.reply('Good')).status).toBe(201);
      await client.got(1);
      // a refusal says the same as the update
      await control().refuse(1, 403, BLOCKED, { ...client.fault });
      const late = await client.reply('And now?');
      expect(late.status).toBe(201);
      await client.messages((items) => items.some(({ status, statusWords }) => status === 'refused' && statusWords.includes('blocked')));
      expect((await conversation()).chat).toMatchObject({ reachable: false, words: expect.stringContaining('blocked') });
    });

    test('a rate limit is obeyed to the second and nothing is lost or doubled', async () => {
      const line = await Line.connect(world());
      await line.bot({ 0: { question: [say('One'), say('Two'), say('Three')] } }, { on: 'conversation_started' });
      const client = line.client();
      await control().rateLimit(3, { ...client.fault });
      const began = performance.now();
      await client.write('Hello');
      await client.got(1);
      expect(performance.now() - began).toBeGreaterThan(2900);
      expect(await client.texts(3)).toEqual(['One', 'Two', 'Three']);
      expect(performance.now() - began).toBeLessThan(9000);
      await sleep(300);
      expect(await client.sent()).toHaveLength(3);
    });

    test('an outage of the messenger and a lost answer are tried again; the order stays', async () => {
      const line = await Line.connect(world());
      await line.bot({ 0: { question: [say('One'), say('Two')] } }, { on: 'conversation_started' });
      const [failing, dropped, stalled] = [line.client(), line.client(), line.client()];
      await control().refuse(2, 502, 'Bad Gateway', { ...failing.fault });
      await control().drop({ when: 'before', ...dropped.fault });
      await control().drop({ when: 'after', ...stalled.fault });
      await Promise.all([failing, dropped, stalled].map((client) => client.write('Hello')));
      expect(await failing.texts(2, 20_000)).toEqual(['One', 'Two']);
      expect(await dropped.texts(2, 20_000)).toEqual(['One', 'Two']);
      // the answer was lost after the messenger took it: it is sent again, as the account's setting says
      expect(await stalled.texts(3, 20_000)).toEqual(['One', 'One', 'Two']);
      const talk = await failing.talk();
      await eventually(
        () => line.must<{ items: { status: string }[] }>('GET', `/api/conversations/${talk.number}/messages`),
        ({ items }) => items.every(({ status }) => status === 'accepted'),
      );
    });

    test('an unknown outcome is marked and asked where the account says so', async () => {
      const { call } = world();
      const { token } = (await call<{ token: string }>('POST', '/api/accounts', { name: 'Careful' })).body;
      const line = await Line.connect(world(), { apiToken: token });
      await line.must('PUT', '/api/settings', { unknownOutcome: 'markAndAsk' });
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      await control().drop({ when: 'after', ...client.fault });
      await client.reply('Only once');
      const items = await client.messages((all) => all.some(({ status }) => status === 'unknown'));
      const unknown = items.find(({ status }) => status === 'unknown')!;
      await sleep(1500);
      expect(await client.sent()).toHaveLength(1);
      const again = await line.call('POST', `/api/messages/${unknown.id}/retry`);
      expect(again.status, again.text).toBeLessThan(300);
      expect(await client.texts(2)).toEqual(['Only once', 'Only once']);
    });

    test('stop, close and a person’s reply withdraw what has not gone out yet', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: { question: [say('One'), say('Two'), ask('Three', ['Yes'])], answer: choose({ Yes: [goto(1)] }) },
          1: { question: [say('Good')] },
        },
        { on: 'conversation_started' },
      );
      const [stopped, closed, answered] = [line.client(), line.client(), line.client()];
      for (const client of [stopped, closed, answered]) {
        await control().rateLimit(4, { ...client.fault });
        await client.write('Hello');
      }
      const [run] = await stopped.runs();
      expect((await line.call('POST', `/api/runs/${run!.id}/stop`)).status).toBe(200);
      expect((await closed.close()).status).toBe(200);
      await closed.talk(({ status }) => status === 'closed');
      expect((await answered.reply('A person')).status).toBeLessThan(300);
      expect(await answered.texts(1)).toEqual(['A person']);
      await sleep(5000);
      expect(await stopped.sent()).toEqual([]);
      expect(await closed.sent()).toEqual([]);
      expect(await answered.texts(1)).toEqual(['A person']);
      const outgoing = (await stopped.messages()).filter(({ direction }) => direction === 'out');
      expect(outgoing.map(({ status }) => status)).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
    });

    test('a revoked token disconnects the channel and tells administrators; the queue is held until it is connected again', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      await control().refuse(1, 401, 'Unauthorized', { ...client.fault });
      const written = await client.reply('Held');
      expect(written.status).toBeLessThan(300);
      await eventually(
        () => line.must<{ state: string; words: string }>('GET', `/api/channels/${line.channelId}`),
        ({ state, words }) => state === 'disconnected' && words !== '',
      );
      await eventually(
        () => line.must<{ items: { what: string }[] }>('GET', '/api/notifications?limit=200'),
        ({ items }) => items.some(({ what }) => what === 'channelDisconnected'),
      );
      await sleep(500);
      expect(await client.sent()).toEqual([]);
      expect((await line.call('PATCH', `/api/channels/${line.channelId}`, { credentials: { token: line.token } })).status).toBe(200);
      expect(await client.texts(1, 40_000)).toEqual(['Held']);
    });

    test('a message received before the question was accepted is not its answer', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: { question: [ask('Question', ['Yes'])], answer: choose({ Yes: [goto(1)], else: [goto(2)] }) },
          1: { question: [say('Yes it is')] },
          2: { question: [say('Else')] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const client = line.client();
      await control().rateLimit(2, { ...client.fault });
      await client.write('Hello');
      await client.talk();
      await client.write('Yes');
      expect(await client.texts(1)).toEqual(['Question']);
      await sleep(500);
      expect(await client.sent()).toHaveLength(1);
      await client.press('Yes');
      expect(await client.texts(2)).toEqual(['Question', 'Yes it is']);
    });
  });
}
