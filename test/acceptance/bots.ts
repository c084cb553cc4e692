import { describe, expect, test } from 'vitest';
import { act, ask, choose, goto, Line, say, timer } from './line.ts';
import { sleep, type World } from './world.ts';

const CITY = {
  0: { question: [ask('Which city?', ['North', 'South'])], answer: choose({ North: [goto(1)], South: [goto(2)], else: [goto(3)] }) },
  1: { question: [say('North it is')] },
  2: { question: [say('South it is')] },
  3: { question: [say('Else {{message_text}}')] },
  conversation: false,
};

export function botTests(world: () => World): void {
  describe.concurrent('bots in a conversation', () => {
    test('a press, an exact word and a synonym go at once; other text waits for two seconds and is one answer', async () => {
      const [slow, line] = [await Line.connect(world()), await Line.connect(world())];
      await slow.bot(CITY, { on: 'conversation_started', settings: { joinSeconds: 30 } });
      await line.bot(CITY, { on: 'conversation_started' });
      const [presses, types, joins] = [slow.client(), slow.client(), line.client()];
      await Promise.all([presses, types, joins].map((client) => client.write('Hello')));
      await Promise.all([presses, types, joins].map((client) => client.got(1)));
      await presses.press('North');
      await types.write('  sOUTH ');
      // far below the ten seconds that other words would wait
      expect((await presses.texts(2, 8000)).at(1)).toBe('North it is');
      expect((await types.texts(2, 8000)).at(1)).toBe('South it is');
      await joins.write('one');
      await sleep(1200);
      await joins.write('two');
      await sleep(1200);
      expect(await joins.sent()).toHaveLength(1);
      expect((await joins.texts(2)).at(1)).toBe('Else one\ntwo');
      await joins.runs((runs) => runs[0]?.outcome === 'completed');
    });

    test('the message that starts a run is its text, never its answer; a message taken by the listener fires no message trigger', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: { question: [ask('Start {{message_text}}', ['Yes'])], answer: choose({ Yes: [goto(1)], else: [goto(1)] }) },
          1: { question: [say('Answer {{message_text}}')] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      await line.bot({ 0: { question: [say('Trigger {{message_text}}')] } }, { on: 'message_received', settings: { joinSeconds: 0 } });
      const client = line.client();
      await client.write('Yes');
      // both triggers fire for the message that opens the conversation
      expect((await client.texts(2)).sort()).toEqual(['Start Yes', 'Trigger Yes']);
      await client.press('Yes');
      expect((await client.texts(3)).at(2)).toBe('Answer Yes');
      await client.write('again');
      expect((await client.texts(4)).at(3)).toBe('Trigger again');
      await sleep(300);
      expect(await client.sent()).toHaveLength(4);
    });

    test('a later run that waits takes the slot and the earlier one ends as displaced, visibly', async () => {
      const line = await Line.connect(world());
      await line.bot(CITY, { on: 'conversation_started' });
      const second = await line.bot({
        0: { question: [ask('Second?', ['Ok'])], answer: choose({ Ok: [goto(1)] }) },
        1: { question: [say('Second done')] },
      });
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      const talk = await client.talk();
      const started = await line.call<{ id: string }>('POST', `/api/bots/${second}/start`, { leadId: talk.entity!.id });
      expect(started.status, started.text).toBe(201);
      await client.got(2);
      const runs = await client.runs((all) => all.some((run) => run.outcome === 'displaced'));
      expect(runs.find(({ bot }) => bot.id === second)).toMatchObject({ status: 'running', listens: true });
      // the old question's button moves nothing, and its press is answered
      const [first] = await client.sent();
      const { callbackId } = await client.press('North', first!.messageId);
      await client.press('Ok');
      expect((await client.texts(3)).at(2)).toBe('Second done');
      await sleep(300);
      expect(await client.sent()).toHaveLength(3);
      expect(await world().fake.control.pressAnswered(callbackId)).toBe(true);
      expect((await client.messages()).filter(({ direction }) => direction === 'in').map(({ text }) => text)).toEqual([
        'Hello',
        'North',
        'Ok',
      ]);
    });

    test('started again: the same key gives the first run; a run that waits is returned; by hand it is restarted or returned as asked', async () => {
      const line = await Line.connect(world());
      const bot = await line.bot(CITY);
      const always = await line.bot(CITY, { settings: { whenRunning: 'restart' } });
      const client = line.client();
      await client.write('Hello');
      const { entity } = await client.talk();
      const leadId = entity!.id;
      const start = (id: number, body: object = {}, key?: string) =>
        line.call<{ id: string; status: string }>(
          'POST',
          `/api/bots/${id}/start`,
          { leadId, ...body },
          key === undefined ? undefined : { 'Idempotency-Key': key },
        );
      const one = await start(bot, {}, `key-${line.channelId}`);
      expect(one.status).toBe(201);
      const same = await start(bot, {}, `key-${line.channelId}`);
      expect(same.status, same.text).toBeLessThan(202);
      expect(same.body.id).toBe(one.body.id);
      const returned = await start(bot);
      expect(returned).toMatchObject({ status: 200, body: { id: one.body.id } });
      const restarted = await start(bot, { ifRunning: 'restart' });
      expect(restarted.status).toBe(201);
      expect(restarted.body.id).not.toBe(one.body.id);
      await client.runs((runs) => runs.find(({ id }) => id === one.body.id)?.outcome === 'restarted');
      const first = await start(always);
      const second = await start(always);
      expect(second.body.id).not.toBe(first.body.id);
      await client.runs((runs) => runs.find(({ id }) => id === first.body.id)?.outcome === 'restarted');
    });

    test('a person’s reply ends the listener, unless the bot keeps it', async () => {
      const line = await Line.connect(world());
      await line.bot(CITY, { on: 'conversation_started' });
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      expect((await client.reply('Good day')).status).toBe(201);
      await client.runs((runs) => runs[0]?.outcome === 'stopped' && runs[0].endedBy?.kind === 'user');
      await client.write('North');
      await sleep(500);
      expect(await client.texts(2)).toEqual(['Which city?', 'Good day']);

      const keeping = await Line.connect(world());
      await keeping.bot(CITY, { on: 'conversation_started', settings: { personReplyEnds: false } });
      const other = keeping.client();
      await other.write('Hello');
      await other.got(1);
      await other.reply('Good day');
      await other.got(2);
      await other.write('North');
      expect(await other.texts(3)).toEqual(['Which city?', 'Good day', 'North it is']);
    });

    test('stop from the card ends the run at once; a second stop says so', async () => {
      const line = await Line.connect(world());
      await line.bot(CITY, { on: 'conversation_started' });
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      const [run] = await client.runs((runs) => runs[0]?.status === 'running');
      const stopped = await line.call('POST', `/api/runs/${run!.id}/stop`);
      expect(stopped).toMatchObject({ status: 200, body: { id: run!.id, status: 'ended', outcome: 'stopped' } });
      expect(await line.call('POST', `/api/runs/${run!.id}/stop`)).toMatchObject({
        status: 200,
        body: { status: 'ended', outcome: 'stopped' },
      });
      const trace = await line.must<{ items: { step: number; handler: string; outcome: string }[] }>('GET', `/api/runs/${run!.id}/trace`);
      expect(trace.items).toEqual(expect.arrayContaining([expect.objectContaining({ step: 0, handler: 'send_message', outcome: 'sent' })]));
      await client.press('North');
      await sleep(400);
      expect(await client.sent()).toHaveLength(1);
    });

    test('no answer: the pause counts from the question and starts again after a message that matched nothing', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: { question: [ask('Well?', ['Yes'])], answer: choose({ Yes: [goto(1)] }), no_answer: goto(5) },
          1: { question: [say('Good')] },
          5: { question: [timer(3, 6)] },
          6: { question: [say('Still there?')] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      await sleep(1800);
      await client.write('what');
      await sleep(1800);
      expect(await client.sent()).toHaveLength(1);
      expect((await client.texts(2)).at(1)).toBe('Still there?');
      await client.runs((runs) => runs[0]?.outcome === 'completed');
    });

    test('waits race: the message wins over the timer, and a timer alone goes on by itself', async () => {
      const line = await Line.connect(world());
      const race = {
        handler: 'waits',
        params: {
          logic: 'or',
          conditions: [
            { event: { source: 'message', action: 'received' }, action: { type: 'question', step: 1 } },
            { event: { source: 'timer', action: 'ended', delay: 4 }, action: { type: 'question', step: 2 } },
          ],
        },
      };
      await line.bot(
        {
          0: { question: [say('Wait'), race] },
          1: { question: [say('Heard {{message_text}}'), timer(1, 3)] },
          2: { question: [say('Silent')] },
          3: { question: [say('Later')] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const [talks, silent] = [line.client(), line.client()];
      await Promise.all([talks.write('a'), silent.write('a')]);
      await Promise.all([talks.got(1), silent.got(1)]);
      await talks.write('b');
      expect(await talks.texts(3)).toEqual(['Wait', 'Heard b', 'Later']);
      expect(await silent.texts(2)).toEqual(['Wait', 'Silent']);
      await sleep(1500);
      expect(await talks.sent()).toHaveLength(3);
    });

    test('an answer without text is its caption or empty and goes to else; a shared contact counts as its phone', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: {
            question: [ask('Your phone?', ['Skip'])],
            answer: [
              {
                handler: 'validations',
                params: {
                  logic: 'or',
                  conditions: [{ client_value: '{{message_text}}', type: 'phone', condition_value: '', operation: 'contains' }],
                  result: [goto(1)],
                },
              },
              ...choose({ Skip: [goto(2)], else: [goto(2)] }),
            ],
          },
          1: { question: [say('Phone {{last_validation_result}}')] },
          2: { question: [say('No phone <{{message_text}}>')] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const [phone, photo, caption] = [line.client(), line.client(), line.client()];
      for (const client of [phone, photo, caption]) await client.write('Hi');
      for (const client of [phone, photo, caption]) await client.got(1);
      await phone.sends({ contact: { phone: '+79990000001', own: true } });
      await photo.sends({ photo: {} });
      await caption.sends({ photo: {}, caption: 'look' });
      expect((await phone.texts(2)).at(1)).toContain('79990000001');
      expect((await photo.texts(2)).at(1)).toBe('No phone <>');
      expect((await caption.texts(2)).at(1)).toBe('No phone <look>');
    });

    test('no button matched and no else: the run stays on its step', async () => {
      const line = await Line.connect(world());
      await line.bot(
        { 0: { question: [ask('Well?', ['Yes'])], answer: choose({ Yes: [goto(1)] }) }, 1: { question: [say('Good')] } },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      await client.write('banana');
      await sleep(500);
      const [run] = await client.runs();
      expect(run).toMatchObject({ status: 'running', listens: true });
      await client.write('yes');
      expect((await client.texts(2)).at(1)).toBe('Good');
    });

    test('actions change the card; placeholders read it, an unknown one is empty, and an empty text is not sent', async () => {
      const line = await Line.connect(world());
      const pipelines = await line.must<{ items: { id: number; stages: { id: number; kind: string }[] }[] }>('GET', '/api/pipelines');
      const stage = pipelines.items[0]!.stages.find(({ kind }) => kind === 'open')!;
      await line.bot(
        {
          0: {
            question: [
              say('{{contact.first_name}}|{{contact.name}}|{{nothing.here}}|{{talk.id}}|{{origin}}'),
              say('{{nothing.here}}'),
              act('change_status', { value: stage.id }),
              act('set_tag', { type: 2, value: ['vip', 'tea'] }),
              act('unset_tag', { type: 2, value: 'tea' }),
              act('set_custom_fields', { type: 2, value: '700', custom_field: '{{lead.price}}' }),
              act('set_custom_fields', { type: 2, value: 'x', custom_fields_id: 999_999_999 }),
              act('change_status', { value: 999_999_999 }),
              act('change_responsible_user', { value: 999_999_999 }),
              say('{{lead.price}} {{lead.status_id}}'),
              goto(9, 'finish'),
            ],
          },
          9: { finish: [{ handler: 'stop', params: { action: 'talk-close' } }] },
        },
        { on: 'conversation_started' },
      );
      const client = line.client({ name: 'Anna', lastName: `L${line.channelId}` });
      await client.write('Hello');
      const texts = await client.texts(2);
      const [talk] = (
        await line.must<{ items: { number: number; entity: { id: number } }[] }>(
          'GET',
          `/api/conversations?view=closed&channel=${line.channelId}`,
        )
      ).items;
      expect(texts).toEqual([`Anna|Anna L${line.channelId}||${talk!.number}|telegram`, `700 ${stage.id}`]);
      const lead = await line.must<{ price: number; stage: { id: number }; tags: { name: string }[] }>(
        'GET',
        `/api/leads/${talk!.entity.id}`,
      );
      expect(lead).toMatchObject({ price: 700, stage: { id: stage.id }, tags: [{ name: 'vip' }] });
      const { items } = await line.must<{ items: { outcome: string; id: string }[] }>(
        'GET',
        `/api/leads/${talk!.entity.id}/runs?state=all`,
      );
      expect(items[0]!.outcome).toBe('completed');
      const trace = await line.must<{ items: { handler: string; outcome: string }[] }>('GET', `/api/runs/${items[0]!.id}/trace`);
      expect(trace.items.map(({ outcome }) => outcome)).toContain('notSentEmpty');
      // unmapped ids are skipped and traced
      expect(
        trace.items
          .filter(({ handler }) => handler.startsWith('action'))
          .map(({ outcome }) => outcome)
          .filter((outcome) => outcome === 'skippedUnknownId'),
      ).toHaveLength(3);
    });

    test('an unsupported handler that acts is skipped and traced, one that decides ends the run as failed', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: {
            question: [
              { handler: 'send_internal', params: { entity_id: 1, entity_type: 2, message: 'x' } },
              say('after'),
              ask('go?', ['Go']),
            ],
            answer: choose({ Go: [goto(1)] }),
          },
          1: { question: [{ handler: 'widget_request', params: { url: 'https://example.test', data: {} } }, say('never')] },
        },
        { on: 'conversation_started' },
      );
      const client = line.client();
      await client.write('Hello');
      await client.got(2);
      await client.press('Go');
      const [run] = await client.runs((runs) => runs[0]?.status === 'ended');
      expect(run).toMatchObject({ outcome: 'failed' });
      expect(run!.outcomeWords).not.toBe('');
      const trace = await line.must<{ items: { handler: string; outcome: string }[] }>('GET', `/api/runs/${run!.id}/trace`);
      expect(trace.items).toEqual(
        expect.arrayContaining([expect.objectContaining({ handler: 'send_internal', outcome: 'skippedUnsupported' })]),
      );
    });

    test('a bot that goes in a circle ends as looped and says so', async () => {
      const line = await Line.connect(world());
      await line.bot(
        { 0: { question: [act('set_tag', { type: 2, value: 'x' }), goto(1)] }, 1: { question: [goto(0)] } },
        { on: 'conversation_started' },
      );
      const client = line.client();
      await client.write('Hello');
      await client.runs((runs) => runs[0]?.outcome === 'looped');
      const notifications = await line.must<{ items: { what: string; conversationNumber: number | null }[] }>(
        'GET',
        '/api/notifications?limit=200',
      );
      const talk = await client.talk();
      expect(notifications.items.some(({ what, conversationNumber }) => what === 'botFailed' && conversationNumber === talk.number)).toBe(
        true,
      );
    });

    test('bots that start each other end as looped instead of writing for ever', async () => {
      const line = await Line.connect(world());
      const first = await line.bot({ 0: { question: [say('placeholder')] } }, { settings: { whenRunning: 'restart' } });
      const second = await line.bot(
        {
          0: { question: [say('second'), goto(9, 'finish')] },
          9: { finish: [{ handler: 'stop', params: { action: 'salesbot-start', bot: first } }] },
        },
        { settings: { whenRunning: 'restart' } },
      );
      await line.must('PATCH', `/api/bots/${first}`, {
        source: JSON.stringify({
          0: { question: [say('first'), goto(9, 'finish')] },
          9: { finish: [{ handler: 'stop', params: { action: 'salesbot-start', bot: second } }] },
        }),
      });
      await line.must('POST', `/api/bots/${first}/publish`, { acceptWarnings: true });
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      await line.must('POST', `/api/bots/${first}/start`, { leadId: talk.entity!.id });
      await client.runs((runs) => runs.some(({ outcome }) => outcome === 'looped'));
      const count = (await client.sent()).length;
      expect(count).toBeLessThanOrEqual(12);
      await sleep(500);
      expect((await client.sent()).length).toBeLessThanOrEqual(12);
    });

    test('a run keeps its version; publishing says how many stay, and new runs take the new one', async () => {
      const line = await Line.connect(world());
      const bot = await line.bot(CITY, { on: 'conversation_started' });
      const old = line.client();
      await old.write('Hello');
      await old.got(1);
      await line.must('PATCH', `/api/bots/${bot}`, { source: JSON.stringify({ ...CITY, 1: { question: [say('New North')] } }) });
      const published = await line.must<{ version: number; stayOn: { version: number; running: number }[] }>(
        'POST',
        `/api/bots/${bot}/publish`,
        {},
      );
      expect(published).toMatchObject({ version: 2, stayOn: [{ version: 1, running: 1 }] });
      await old.press('North');
      expect((await old.texts(2)).at(1)).toBe('North it is');
      const fresh = line.client();
      await fresh.write('Hello');
      await fresh.got(1);
      await fresh.press('North');
      expect((await fresh.texts(2)).at(1)).toBe('New North');
      expect(await line.must('POST', `/api/bots/${bot}/rollback`, { version: 1 })).toMatchObject({ version: 3 });
      const last = line.client();
      await last.write('Hello');
      await last.got(1);
      await last.press('North');
      expect((await last.texts(2)).at(1)).toBe('North it is');
    });

    test('a bot that is off starts nothing, and its running runs go on or end as asked; an archived one is gone from the lists', async () => {
      const line = await Line.connect(world());
      const bot = await line.bot(CITY, { on: 'conversation_started' });
      const [one, two] = [line.client(), line.client()];
      await one.write('Hello');
      await one.got(1);
      expect(await line.must('POST', `/api/bots/${bot}/off`, {})).toMatchObject({ state: 'off', running: 1 });
      await two.write('Hello');
      const talk = await two.talk();
      await sleep(300);
      expect(await two.sent()).toEqual([]);
      expect((await line.call('POST', `/api/bots/${bot}/start`, { leadId: talk.entity!.id })).status).toBeGreaterThanOrEqual(400);
      await one.press('North');
      expect((await one.texts(2)).at(1)).toBe('North it is');
      await line.must('POST', `/api/bots/${bot}/on`);
      const three = line.client();
      await three.write('Hello');
      await three.got(1);
      await line.must('POST', `/api/bots/${bot}/off`, { endRuns: true });
      await three.runs((runs) => runs[0]?.outcome === 'stopped');
      const archived = await line.call('DELETE', `/api/bots/${bot}`);
      expect(archived.status, archived.text).toBeLessThan(300);
      const list = await line.must<{ items: { id: number }[] }>('GET', '/api/bots');
      expect(list.items.some(({ id }) => id === bot)).toBe(false);
      expect((await one.runs()).length).toBe(1);
    });

    test('a message trigger cools down per lead, and the close ends the cool-down', async () => {
      const line = await Line.connect(world());
      await line.bot(
        { 0: { question: [say('Hi {{message_text}}')] } },
        { on: [{ type: 'message_received', cooldownSeconds: 3600 }], settings: { joinSeconds: 0 } },
      );
      const client = line.client();
      await client.write('1');
      await client.got(1);
      await client.write('2');
      await sleep(400);
      expect(await client.texts(1)).toEqual(['Hi 1']);
      await client.close();
      await client.write('3');
      expect(await client.texts(2)).toEqual(['Hi 1', 'Hi 3']);
    });
  });
}
