import { describe, expect, test } from 'vitest';
import { act, ask, CITY, choose, goto, Line, say, timer } from './line.ts';
import { sleep, type World } from './world.ts';

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
  });
}
