import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTurns, type Turns } from './world.ts';

const question = { handler: 'show', params: { type: 'buttons', value: 'Start {{message_text}}', buttons: ['Next'] } };
const answer = [{ handler: 'buttons', params: [{ type: 'else', params: [{ handler: 'goto', params: { type: 'question', step: 0 } }] }] }];

let t: Turns;
beforeAll(async () => {
  t = await createTurns();
  await t.bot({ 0: { question: [question], answer } }, { triggers: ['conversation_started'], settings: { joinSeconds: 0 } });
});
afterAll(() => t.end());

test('the same first message in two turns side by side is one message, one conversation, one answer, and nothing is parked', async () => {
  for (let round = 0; round < 10; round += 1) {
    const chat = `new-${round}`;
    const first = t.message(chat, { text: 'hello' });
    const results = await Promise.all([t.turn(chat, [first]), t.turn(chat, [first]), t.turn(chat, [first])]);
    expect(results.map(({ state }) => state.status)).toEqual(['in_work', 'in_work', 'in_work']);
    expect(t.sent.filter((sent) => sent.chat === chat).map((sent) => sent.text)).toEqual(['Start hello']);
  }
  const [counts] = await t.sql`
    select (select count(*) from messages where direction = 'in') messages, (select count(*) from conversations) conversations,
      (select count(*) from contacts) contacts, (select count(*) from parked_events) parked, (select conversation_number from counters) number`;
  expect(counts).toMatchObject({ messages: 10, conversations: 10, contacts: 10, parked: 0, number: 10 });
});

test('a second message beside the first of a new chat is not lost', async () => {
  const chat = 'pair';
  const [one, two] = [t.message(chat, { text: 'one' }), t.message(chat, { text: 'two' })];
  await Promise.all([t.turn(chat, [one]), t.turn(chat, [one, two])]);
  const rows =
    await t.sql`select m.text from messages m join chats h on h.id = m.chat_id where h.external_chat_id = ${chat} and m.direction = 'in' order by m.position`;
  expect(rows.map((row) => row.text)).toEqual(['one', 'two']);
});
