/** Bots behind a messenger's window: what goes out as a template, what as a text, what not at all, and which way the run takes then. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { keepTemplates } from '../../db/stores/templates.ts';
import type { ApprovedTemplate } from '../../domain/message/template.ts';
import { orderReady } from '../../domain/message/template-for-tests.ts';
import { go, options, pause, say } from '../../domain/scenario/play-for-tests.ts';
import { createTurns, START, type Turns } from './world.ts';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const ready = orderReady();
const message = (rest: object = {}, values: object = { 'text.1': '{{contact.first_name}}', 'text.2': '{{message_text}}' }) => ({
  handler: 'send_message',
  params: { type: 'external', templateType: 'waba', template: { name: 'order_ready', language: 'ru', values }, ...rest },
});

let t: Turns;
let chat = '';
let chats = 0;
beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `b${chats}`;
  t.at = START + chats * 60 * 24 * HOUR;
  t.outgoing.length = 0;
  await t.sql`delete from channel_templates where account_id = ${t.accountId}`;
  await t.sql`update bots set state = 'off' where account_id = ${t.accountId}`;
});

const says = (text: string, channelId = t.whatsapp) => t.turn(chat, [t.message(chat, { text })], channelId);
const approve = (templates: ApprovedTemplate[]) => keepTemplates(t.sql, t.accountId, t.whatsapp, { templates, fetchedAt: t.at });
/** A bot that waits for a week and then does this; the client has begun with a word, and the week is over. */
async function afterAWeek(then: object[], { rest = {}, channelId = t.whatsapp } = {}): Promise<string> {
  await t.bot({ 0: { question: [pause(WEEK / 1000, 1)] }, 1: { question: then, ...rest } });
  await says('17', channelId);
  t.at += WEEK;
  const runId = t.wakes.at(-1)!;
  await t.run(runId);
  return runId;
}
const runOf = async (id: string) => {
  const [run] =
    await t.sql`select status, outcome, outcome_words words, wait from bot_runs where account_id = ${t.accountId} and id = ${id}`;
  return run!;
};
const traceOf = async (id: string) =>
  (await t.sql`select step, handler, outcome, data from run_traces where account_id = ${t.accountId} and run_id = ${id} order by id`).map(
    ({ step, handler, outcome, data }) => ({ step, handler, outcome, data }),
  );
const chatRow = async () => {
  const [row] = await t.sql`select * from chats where account_id = ${t.accountId} and external_chat_id = ${chat}`;
  return row!;
};
const stored = async () =>
  t.sql`select m.text, m.extra from messages m where m.account_id = ${t.accountId} and m.chat_id = ${(await chatRow()).id} and m.direction = 'out' order by m.position`;

describe('behind the window', () => {
  test('the template goes out as it reads, and a press of its answer is the run’s answer', async () => {
    await approve([ready]);
    const runId = await afterAWeek([message()], { rest: { answer: [options({ value: 'Заберу', params: [go(2)] })] } });
    expect(t.outgoing).toMatchObject([
      {
        part: {
          template: { name: 'order_ready', language: 'ru', variables: ['Client', '17'], answers: [0] },
          buttons: [{ type: 'reply', label: 'Заберу' }],
        },
      },
    ]);
    expect(await stored()).toMatchObject([
      { text: 'Client, заказ 17 готов', extra: { template: { name: 'order_ready', language: 'ru' } } },
    ]);
    const [button] = t.outgoing[0]!.part.buttons;
    await t.turn(chat, [t.message(chat, { pressedKey: button?.type === 'reply' ? button.key : '' })], t.whatsapp);
    expect((await traceOf(runId)).map(({ outcome }) => outcome)).toContain('matched');
  });

  test('a template that nobody has asked the messenger about goes out by its name and places', async () => {
    await afterAWeek([message()]);
    expect(t.outgoing).toMatchObject([{ part: { template: { name: 'order_ready', variables: ['Client', '17'] }, buttons: [] } }]);
    expect(await stored()).toMatchObject([{ text: 'order_ready: Client, 17' }]);
  });

  test('what the messenger refuses is traced at its step, in the messenger’s words', async () => {
    t.failures.push(new ChannelError('refused', { code: '132001', words: 'no such template' }));
    const runId = await afterAWeek([message()]);
    expect(await traceOf(runId)).toContainEqual({ step: 1, handler: 'run', outcome: 'refused', data: { words: 'no such template' } });
  });

  test('an empty place is refused before anything is sent; the trace and the card name it', async () => {
    await approve([ready]);
    const runId = await afterAWeek([message({}, { 'text.1': 'Анна', 'text.2': '{{contact.cf.99}}' })]);
    const words = 'a place of the template is empty: text.2 (order_ready)';
    expect(t.outgoing).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await runOf(runId)).toMatchObject({ status: 'ended', outcome: 'failed', words });
    expect(await traceOf(runId)).toContainEqual({ step: 1, handler: 'run', outcome: 'refused', data: { words } });
  });

  test('a plain text is refused before it is sent: it takes its on_error, which may send a template; the client stays reachable', async () => {
    await t.bot({
      0: { question: [pause(WEEK / 1000, 1)] },
      1: { question: [{ handler: 'show', params: { type: 'text', value: 'Готово', on_error: go(2) } }] },
      2: { question: [message()] },
    });
    await says('17');
    t.at += WEEK;
    const runId = t.wakes.at(-1)!;
    await t.run(runId);
    expect(t.outgoing.map(({ part }) => part.template?.name)).toEqual(['order_ready']);
    expect(await runOf(runId)).toMatchObject({ outcome: 'completed' });
    expect((await chatRow()).reachable).toBe(true);
    const words = expect.stringContaining('24 h');
    expect(await traceOf(runId)).toContainEqual({ step: 1, handler: 'run', outcome: 'refused', data: { words } });
  });

  test('without such a way the run ends as failed, with the words on the card', async () => {
    const runId = await afterAWeek([say('Готово')]);
    expect(await runOf(runId)).toMatchObject({ outcome: 'failed', words: expect.stringContaining('only an approved template') });
    expect(t.outgoing).toEqual([]);
  });

  test('a chat that only the closed window had made unreachable gets the template', async () => {
    await t.bot({ 0: { question: [pause(WEEK / 1000, 1)] }, 1: { question: [message()] } });
    await says('17');
    await t.sql`update chats set reachable = false, unreachable_words = 'outside the window' where account_id = ${t.accountId} and external_chat_id = ${chat}`;
    t.at += WEEK;
    await t.run(t.wakes.at(-1)!);
    expect(t.outgoing).toHaveLength(1);
  });
});

describe('in a messenger without templates', () => {
  test('the text of the step goes out', async () => {
    await afterAWeek([message({ text: 'Готово, {{contact.first_name}}', buttons: ['Да'] })], { channelId: t.telegram });
    expect(t.outgoing).toMatchObject([{ part: { text: 'Готово, Client', buttons: [{ label: 'Да' }] } }]);
    expect(t.outgoing[0]!.part.template).toBeUndefined();
  });

  test('a step without a text is skipped, visibly, and its branch for no answer is armed all the same', async () => {
    const rest = { answer: [options({ value: 'Заберу', params: [go(2)] })], no_answer: go(8) };
    await t.bot({
      0: { question: [pause(WEEK / 1000, 1)] },
      1: { question: [message()], ...rest },
      8: { question: [pause(600, 9)] },
      9: { question: [say('Вы здесь?')] },
    });
    await says('17', t.telegram);
    t.at += WEEK;
    const runId = t.wakes.at(-1)!;
    const state = await t.run(runId);
    expect(t.outgoing).toEqual([]);
    expect(await traceOf(runId)).toContainEqual({
      step: 1,
      handler: 'send_message',
      outcome: 'skippedNoTemplates',
      data: { template: 'order_ready' },
    });
    expect(state.deadlineAt).toBe(t.at + 600_000);
    t.at += 600_000;
    await t.run(runId);
    expect(t.outgoing.map(({ part }) => part.text)).toEqual(['Вы здесь?']);
  });

  test('of all chats of a client each gets what its messenger takes', async () => {
    await approve([ready]);
    const all = { recipient: { type: 'all_contacts', way_of_communication: 'over_all' }, send_to_all_chat_sources: true };
    await t.bot({ 0: { question: [pause(WEEK / 1000, 1)] }, 1: { question: [message({ ...all, text: 'Готово' })] } });
    await says('17');
    const runId = t.wakes.at(-1)!;
    const { contact_id: contactId } = await chatRow();
    await t.sql`
      insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, reachable, created_at)
      values (${t.accountId}, ${crypto.randomUUID()}, ${t.telegram}, ${chat}, 'private', ${contactId}, true, ${t.at})`;
    t.at += WEEK;
    await t.run(runId);
    await t.drain(chat);
    await t.drain(chat, t.whatsapp);
    expect(t.outgoing.map(({ part }) => part.template?.name ?? part.text).sort()).toEqual(['order_ready', 'Готово'].sort());
  });
});
