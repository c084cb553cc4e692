/** A messenger's window and what still goes out when it has closed: by the turns that people's orders and bots become. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import type { ConversationOrder } from '../../workflows/messages.ts';
import { createTurns, START, type Turns } from './world.ts';

const HOUR = 3_600_000;
let t: Turns;
let chat = '';
let chats = 0;
beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(() => {
  chats += 1;
  chat = `wa${chats}`;
  t.at = START + chats * 30 * 24 * HOUR;
  t.outgoing.length = 0;
});

const says = (text: string) => t.turn(chat, [t.message(chat, { text })], t.whatsapp);
const write = (more: Partial<Extract<ConversationOrder, { type: 'write' }>> = {}, id?: string) =>
  t.orders(chat, { type: 'write', by: t.userId, text: 'Ready', fileIds: [], ...more }, id, t.whatsapp);
const template = { name: 'order_ready', language: 'ru', variables: ['Anna'], answers: [0] };
const filled = { text: 'Anna, your order is ready', buttons: [{ type: 'reply' as const, label: 'Thanks' }], template };
const chatRow = async () => {
  const [row] = await t.sql`select * from chats where account_id = ${t.accountId} and external_chat_id = ${chat}`;
  return row!;
};

describe('a messenger with a window', () => {
  test('takes anything until it closes; then a text is refused with the remedy and nothing is written', async () => {
    await says('hello');
    t.at += 24 * HOUR - 1;
    expect((await write()).refused).toBeUndefined();
    t.at += 1;
    const late = await write();
    expect(late.refused).toMatchObject({ code: 'window_closed', detail: expect.stringContaining('template') });
    const stored =
      await t.sql`select text from messages where account_id = ${t.accountId} and chat_id = ${(await chatRow()).id} and direction = 'out'`;
    expect(stored).toHaveLength(1);
    await says('hello again');
    expect((await write()).refused).toBeUndefined();
  });

  test('takes a template at any time: one call, with the key of its answer, shown as what it reads as', async () => {
    await says('hello');
    t.at += 48 * HOUR;
    const { messageId } = await write(filled);
    expect(t.outgoing).toHaveLength(1);
    const [{ part }] = t.outgoing as [(typeof t.outgoing)[number]];
    expect(part).toMatchObject({
      index: 0,
      template,
      buttons: [{ type: 'reply', label: 'Thanks', key: expect.stringMatching(/^[\w-]{22}\.0$/) }],
    });
    const [message] =
      await t.sql`select text, extra, part_count, status from messages where account_id = ${t.accountId} and id = ${messageId as string}`;
    expect(message).toEqual({
      text: filled.text,
      extra: { template: { name: 'order_ready', language: 'ru' } },
      part_count: 1,
      status: 'accepted',
    });
    // Without a template the window stays what it was: our words do not open it.
    expect((await write()).refused).toMatchObject({ code: 'window_closed' });
    // A press of the template's answer is known for what it is.
    const key = part.buttons[0]!.type === 'reply' ? part.buttons[0]!.key : '';
    await t.turn(chat, [t.message(chat, { pressedKey: key })], t.whatsapp);
    const [pressed] = await t.sql`
      select extra from messages where account_id = ${t.accountId} and chat_id = ${(await chatRow()).id} and direction = 'in' order by position desc limit 1`;
    expect(pressed!.extra).toMatchObject({ pressed: { label: 'Thanks' } });
  });

  test('a template that failed is sent again as the template it was', async () => {
    await says('hello');
    t.at += 48 * HOUR;
    t.failures.push(new ChannelError('refused', { code: '132001', words: 'no such template' }));
    const { messageId } = await write(filled);
    const answer = await t.orders(chat, { type: 'retry', by: t.userId, messageId: messageId as string }, undefined, t.whatsapp);
    expect(answer.refused).toBeUndefined();
    await t.drain(chat, t.whatsapp);
    expect(t.outgoing.map(({ part }) => part.template)).toEqual([template]);
  });

  test('what a closed window refused to a bot does not stand in a template’s way; inside the window the unreachable stay so', async () => {
    await says('hello');
    await t.sql`update chats set reachable = false, unreachable_words = 'outside the window' where account_id = ${t.accountId} and external_chat_id = ${chat}`;
    expect((await write(filled)).refused).toMatchObject({ code: 'unreachable', detail: 'outside the window' });
    t.at += 25 * HOUR;
    expect((await write(filled)).refused).toBeUndefined();
    expect(t.outgoing).toHaveLength(1);
  });

  test('closed, no poll is planned: nobody would get it', async () => {
    await t.settings({ nps: { enabled: true, delaySeconds: 60, scale: 5 } } as never);
    await says('hello');
    t.at += 25 * HOUR;
    expect(await t.orders(chat, { type: 'close', by: t.userId, force: false }, undefined, t.whatsapp)).toMatchObject({ status: 'closed' });
    await t.settings({});
  });
});

test('a messenger without a window takes a text after a month', async () => {
  await t.says(chat, 'hello');
  t.at += 30 * 24 * HOUR;
  expect((await t.orders(chat, { type: 'write', by: t.userId, text: 'Ready', fileIds: [] })).refused).toBeUndefined();
});

test('a person’s message carries its buttons, and a press of one is known', async () => {
  await t.says(chat, 'hello');
  const buttons = [
    { type: 'reply' as const, label: 'Yes' },
    { type: 'url' as const, label: 'Shop', url: 'https://shop.example' },
  ];
  await t.orders(chat, { type: 'write', by: t.userId, text: 'Come?', fileIds: [], buttons });
  expect(t.outgoing.at(-1)!.part.buttons).toEqual([
    { type: 'reply', label: 'Yes', key: expect.any(String) },
    { type: 'url', label: 'Shop', url: 'https://shop.example' },
  ]);
  await t.presses(chat, 'Yes');
  const [pressed] = await t.sql`
    select extra from messages where account_id = ${t.accountId} and chat_id = ${(await chatRow()).id} and direction = 'in' order by position desc limit 1`;
  expect(pressed!.extra).toMatchObject({ pressed: { label: 'Yes' } });
});
