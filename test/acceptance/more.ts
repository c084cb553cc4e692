import { describe, expect, test } from 'vitest';
import { act, ask, choose, goto, Line, type MessageItem, say, timer } from './line.ts';
import { PNG } from './png.ts';
import { expectProblem } from './system.ts';
import { eventually, sleep, type World } from './world.ts';

const CITY = {
  0: { question: [ask('Which city?', ['North'])], answer: choose({ North: [goto(1)], else: [goto(2)] }) },
  1: { question: [say('North it is')] },
  2: { question: [say('Else {{message_text}}')] },
};

export function moreTests(world: () => World): void {
  describe.concurrent('more of the language', () => {
    test('the code dialect: show with buttons, wait_answer, regex, synonyms, condition, validations', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: {
            question: [{ handler: 'show', params: { type: 'buttons', value: 'Pick', buttons: ['Red', 'Blue'] } }],
            answer: [
              {
                handler: 'buttons',
                params: [
                  { value: 'Red', synonyms: ['r', 'rot'], params: [goto(1)] },
                  { regex: '/bl(ue|au)/iu', params: [goto(2)] },
                  { type: 'else', params: [goto(9)] },
                ],
              },
            ],
          },
          1: {
            question: [
              { handler: 'show', params: { type: 'text', value: 'Red. How many?' } },
              { handler: 'wait_answer', params: { type: 'question', step: 3 } },
            ],
          },
          2: {
            question: [
              { handler: 'show', params: { type: 'buttons_url', value: 'Blue', buttons: [{ text: 'Site', url: 'https://example.org/' }] } },
            ],
          },
          3: {
            question: [
              {
                handler: 'validations',
                params: {
                  logic: 'and',
                  conditions: [
                    {
                      client_value: '{{message_text}}',
                      type: 'range_numbers',
                      condition_value: { from: 1, to: 10 },
                      operation: 'contains',
                    },
                  ],
                  result: [goto(4)],
                },
              },
              {
                handler: 'condition',
                params: {
                  term1: 'chat.origin',
                  term2: 'telegram',
                  operation: '=',
                  result: [{ handler: 'show', params: { type: 'text', value: 'Not a number, from Telegram' } }],
                },
              },
            ],
          },
          4: {
            question: [
              { handler: 'show', params: { type: 'text', value: '{{last_validation_result}} of red for {{regexp./([0-9]+) pcs/}}' } },
            ],
          },
          9: { question: [{ handler: 'show', params: { type: 'text', value: 'Else' } }] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const [synonym, regex, words, other] = [line.client(), line.client(), line.client(), line.client()];
      for (const client of [synonym, regex, words, other]) await client.write('Hi');
      for (const client of [synonym, regex, words, other]) await client.got(1);
      await synonym.write(' ROT ');
      await synonym.got(2);
      await synonym.write('7 pcs');
      expect((await synonym.texts(3)).slice(1)).toEqual(['Red. How many?', '7 of red for 7']);
      await regex.write('something BLAU');
      const [, blue] = await regex.got(2);
      expect(blue).toMatchObject({ text: 'Blue', buttons: [[{ label: 'Site', url: expect.stringContaining('example.org') }]] });
      await words.press('Red');
      await words.got(2);
      await words.write('many');
      expect((await words.texts(3)).at(2)).toBe('Not a number, from Telegram');
      await other.write('green');
      expect((await other.texts(2)).at(1)).toBe('Else');
    });

    test('/start is a client’s message that waits for nothing; its payload is kept', async () => {
      const line = await Line.connect(world());
      await line.bot({ 0: { question: [say('Welcome')] } }, { on: 'message_received', settings: { joinSeconds: 30 } });
      const client = line.client();
      await client.write('/start promo7');
      await client.got(1, 8000);
      const [message] = await client.messages();
      expect(message).toMatchObject({ text: '/start promo7', extra: { startPayload: 'promo7' } });
    });

    test('joining ends after ten seconds however the client types', async () => {
      const line = await Line.connect(world());
      await line.bot(CITY, { on: 'conversation_started' });
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      for (let index = 0; index < 12; index += 1) {
        await client.write(`w${index}`);
        await sleep(1250);
      }
      const [, answer] = await client.got(2, 700);
      expect(answer!.text).toMatch(/^Else w0\nw1\nw2/);
    });

    test('a person’s reply takes away what was kept for the bot: it starts no other bot', async () => {
      const line = await Line.connect(world());
      await line.bot(CITY, { on: 'conversation_started', settings: { joinSeconds: 4 } });
      await line.bot(
        { 0: { question: [say('Triggered {{message_text}}')] } },
        { on: [{ type: 'message_received', cooldownSeconds: 0 }], settings: { joinSeconds: 0 } },
      );
      const client = line.client();
      await client.write('Hello');
      expect((await client.texts(2)).sort()).toEqual(['Triggered Hello', 'Which city?']);
      await client.write('some words');
      await client.messages((items) => items.some(({ text }) => text === 'some words'));
      await client.reply('A person here');
      await client.got(3);
      await sleep(5000);
      expect(await client.sent()).toHaveLength(3);
      await client.write('next');
      expect((await client.texts(4)).at(3)).toBe('Triggered next');
    });

    test('triggers: only the first opening, a stage, beside a waiting bot, after a delay', async () => {
      const line = await Line.connect(world());
      const settings = { joinSeconds: 0 };
      const pipelines = await line.must<{ items: { stages: { id: number; kind: string }[] }[] }>('GET', '/api/pipelines');
      const open = pipelines.items[0]!.stages.filter(({ kind }) => kind === 'open');
      await line.bot(
        { 0: { question: [say('First only')] } },
        { on: [{ type: 'conversation_started', filter: { firstOnly: true } }], settings },
      );
      await line.bot(
        { 0: { question: [say('In stage')] } },
        { on: [{ type: 'message_received', filter: { statusIds: [open[0]!.id] } }], settings },
      );
      await line.bot(
        { 0: { question: [say('Delayed')] } },
        { on: [{ type: 'conversation_started', delaySeconds: 2 } as { type: string }], settings },
      );
      const client = line.client();
      const began = performance.now();
      await client.write('Hello');
      expect(await client.texts(2)).toEqual(['First only', 'Delayed']);
      expect(performance.now() - began).toBeGreaterThan(1900);
      // a person's reply accepts the incoming lead into the first stage
      const talk = await client.talk();
      const incoming = await line.must<{ stage: { kind: string } }>('GET', `/api/leads/${talk.entity!.id}`);
      expect(incoming.stage.kind).toBe('incoming');
      await client.reply('Good day');
      await eventually(
        () => line.must<{ stage: { id: number } }>('GET', `/api/leads/${talk.entity!.id}`),
        ({ stage }) => stage.id === open[0]!.id,
      );
      await client.write('More');
      expect((await client.texts(4)).at(3)).toBe('In stage');
      await client.close();
      await client.write('Again');
      await eventually(
        () => client.sent(),
        (sent) => sent.filter(({ text }) => text === 'Delayed').length === 2,
      );
      expect((await client.sent()).filter(({ text }) => text === 'First only')).toHaveLength(1);

      const beside = await Line.connect(world());
      await beside.bot(CITY, { on: 'conversation_started', settings });
      await beside.bot(
        { 0: { question: [say('Beside')] } },
        { on: [{ type: 'message_received', filter: { alsoWhileBotWaits: true } }], settings },
      );
      const other = beside.client();
      await other.write('Hello');
      await other.got(2);
      await other.write('North');
      await other.got(4);
      expect((await other.sent()).map(({ text }) => text).sort()).toEqual(['Beside', 'Beside', 'North it is', 'Which city?']);
    });

    test('conditions on the card decide the way; an id of another account is false', async () => {
      const line = await Line.connect(world());
      const is = (term1: string, term2: string, step: number) => ({
        handler: 'conditions',
        params: { logic: 'and', conditions: [{ term1, term2, operation: '=', value_type: 'custom_value' }], result: [goto(step)] },
      });
      await line.bot(
        {
          0: {
            question: [
              act('set_tag', { type: 2, value: 'vip' }),
              is('{{lead.status_id}}', '999999999', 8),
              is('{{lead.cf.999999999}}', 'x', 8),
              { handler: 'condition', params: { term1: 'lead.tags', term2: 'vip', operation: '=', result: [goto(1)] } },
              say('No tag'),
            ],
          },
          1: { question: [say('VIP')] },
          8: { question: [say('Wrong')] },
        },
        { on: 'conversation_started' },
      );
      const client = line.client();
      await client.write('Hello');
      expect(await client.texts(1)).toEqual(['VIP']);
    });
  });

  describe.concurrent('channels and sending', () => {
    test('connecting a bot that is connected already is refused, and the first goes on receiving', async () => {
      const line = await Line.connect(world());
      const { token } = (await world().call<{ token: string }>('POST', '/api/accounts', { name: 'Greedy' })).body;
      for (const other of [world().token, token]) {
        const again = await world().call(
          'POST',
          '/api/channels',
          { type: 'telegram', credentials: { token: line.token }, apiRoot: world().fake.url, receive: 'webhook' },
          { token: other },
        );
        expectProblem(again, 409);
      }
      expect(await line.must('POST', `/api/channels/${line.channelId}/test`)).toMatchObject({ ok: true });
      const client = line.client();
      await client.write('Hello');
      await client.talk();
    });

    test('a disconnected channel keeps its chats, takes no webhook, and is connected again as itself', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      expect((await line.call('DELETE', `/api/channels/${line.channelId}`)).status).toBe(204);
      expect(await line.must('GET', `/api/channels/${line.channelId}`)).toMatchObject({ state: 'disconnected' });
      expect(await line.must('GET', `/api/conversations/${talk.number}`)).toMatchObject({ number: talk.number });
      const back = await line.call('PATCH', `/api/channels/${line.channelId}`, { credentials: { token: line.token } });
      expect(back).toMatchObject({ status: 200, body: { state: 'connected' } });
      await client.write('Again');
      await client.messages((items) => items.length === 2);
      expect((await client.conversations()).map(({ number }) => number)).toEqual([talk.number]);
    });

    test('twelve pictures and a long text go out in order, split as Telegram needs it', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      const form = new FormData();
      const text = `${'word '.repeat(300)}end`;
      form.append('text', text);
      for (let index = 0; index < 12; index += 1) form.append('files', new Blob([PNG], { type: 'image/png' }), `${index}.png`);
      const written = await world().call<MessageItem>('POST', `/api/conversations/${talk.number}/messages`, undefined, { raw: form });
      expect(written.status, written.text).toBe(201);
      const sent = await client.got(13, 30_000);
      expect(sent.filter(({ kind }) => kind === 'photo')).toHaveLength(12);
      const albums = new Map<string, number>();
      for (const { albumId } of sent) if (albumId !== undefined) albums.set(albumId, (albums.get(albumId) ?? 0) + 1);
      expect([...albums.values()]).toEqual([6, 6]);
      expect(sent.filter(({ kind }) => kind === 'text').map(({ text: words }) => words)).toEqual([text]);
      const message = await eventually(
        async () => (await client.messages()).find(({ direction }) => direction === 'out')!,
        ({ status }) => status === 'accepted',
      );
      expect(message.attachments).toHaveLength(12);
      const v4 = await line.must<{ _embedded: { messages: { type: string; attachments: unknown[] }[] } }>(
        'GET',
        `/api/v4/talks/${talk.number}/messages`,
      );
      expect(v4._embedded.messages.filter(({ type }) => type === 'outgoing').map(({ attachments }) => attachments.length)).toEqual([12]);
    });

    test('texts with NUL and half characters are taken everywhere and come back clean', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      const odd = 'a\u0000b\ud800c';
      const reply = await client.reply(odd);
      expect(reply).toMatchObject({ status: 201, body: { text: 'ab\ufffdc' } });
      expect((await client.texts(1))[0]).toBe('ab\ufffdc');
      expect(await line.must('PATCH', `/api/leads/${talk.entity!.id}`, { name: odd, tags: [odd] })).toMatchObject({
        name: 'ab\ufffdc',
        tags: [{ name: 'ab\ufffdc' }],
      });
      expect((await line.call('PATCH', `/api/v4/leads/${talk.entity!.id}`, { name: odd })).status).toBe(200);
      expect((await line.call('POST', '/api/bots/import', { 0: { question: [say(odd), { handler: odd, params: {} }] } })).status).toBe(201);
      for (const path of [
        '/api/leads?search=%00',
        '/api/v4/leads?query=%00',
        '/api/v4/events?filter[type]=%00',
        '/api/v4/events?filter[created_at][from]=999999999999999',
      ])
        expect((await line.call('GET', path)).status).toBeLessThan(500);
    });
  });
}

/** The system is stopped and started again on its data: last of all, alone. */
export function restartTests(world: () => World): void {
  describe.sequential('a restart', () => {
    test('updates that arrive backwards or all at once are each taken once, in one conversation', async () => {
      const line = await Line.connect(world());
      for (const order of ['reversed', 'together'] as const) {
        const client = line.client();
        const { control } = world().fake;
        await control.hold();
        for (let index = 0; index < 8; index += 1) await client.write(`m${index}`);
        await control.release(order);
        const messages = await client.messages((items) => items.length === 8);
        expect(messages.map(({ text }) => text).sort()).toEqual(Array.from({ length: 8 }, (_, index) => `m${index}`));
        expect(await client.conversations()).toHaveLength(1);
      }
    });

    test('SIGTERM ends everything within 30 s; the next start finds all data, waiting bots, timers and what came meanwhile', async () => {
      const [hooked, polled] = [await Line.connect(world()), await Line.connect(world(), { receive: 'polling' })];
      await hooked.bot(
        { ...CITY, 1: { question: [say('North it is'), timer(1, 3)] }, 3: { question: [say('Later')] } },
        { on: 'conversation_started' },
      );
      await hooked.bot({ 0: { question: [timer(6, 1)] }, 1: { question: [say('Timer')] } }, { on: 'conversation_started' });
      await polled.bot({ 0: { question: [say('Echo {{message_text}}')] } }, { on: 'message_received', settings: { joinSeconds: 0 } });
      const [client, poller, newcomer] = [hooked.client(), polled.client(), hooked.client()];
      await client.write('Hello');
      await client.got(1);
      await poller.write('one');
      await poller.got(1, 20_000);
      const talk = await client.talk();
      const { stopMs, startMs } = await world().restart(async () => {
        // the messenger keeps what nobody takes
        await client.press('North');
        await poller.write('two');
        await newcomer.write('Hello');
      });
      process.stdout.write(`acceptance: stopped in ${Math.round(stopMs)} ms, ready again after ${Math.round(startMs)} ms\n`);
      expect(stopMs).toBeLessThan(30_000);
      await eventually(
        () => client.sent(),
        (sent) => sent.length === 4,
        60_000,
      );
      expect((await client.sent()).map(({ text }) => text).sort()).toEqual(['Later', 'North it is', 'Timer', 'Which city?']);
      expect(await poller.texts(2, 60_000)).toEqual(['Echo one', 'Echo two']);
      await newcomer.got(1, 60_000);
      expect(await client.talk()).toMatchObject({ number: talk.number, status: 'in_work' });
      await sleep(500);
      expect(await poller.sent()).toHaveLength(2);
    });
  });
}
