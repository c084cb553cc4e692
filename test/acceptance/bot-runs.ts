import { describe, expect, test } from 'vitest';
import { act, ask, CITY, choose, goto, Line, say } from './line.ts';
import { sleep, type World } from './world.ts';

export function botRunTests(world: () => World): void {
  describe.concurrent('how runs of bots begin, give way and end', () => {
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
