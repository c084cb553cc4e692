import { afterAll, beforeAll, expect, test } from 'vitest';
import { mergeContacts } from '../../db/stores/merge-contacts.ts';
import { createTurns, type Turns } from './world.ts';

const question = { handler: 'show', params: { type: 'text', value: 'Hello {{message_text}}' } };
const answer = [{ handler: 'goto', params: { type: 'question', step: 0 } }];

let t: Turns;
beforeAll(async () => {
  t = await createTurns();
  await t.bot({ 0: { question: [question], answer } }, { triggers: ['conversation_started'], settings: { joinSeconds: 0 } });
});
afterAll(() => t.end());

async function contactOf(chat: string): Promise<number> {
  const [row] = await t.sql<{ contact_id: number }[]>`select contact_id from chats where external_chat_id = ${chat}`;
  return row!.contact_id;
}

test('50 messages from both sides while their contacts are merged: none is lost, none is parked, all stand with the one that stays', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [a, b] = [`a-${round}`, `b-${round}`];
    await t.says(a, 'first');
    await t.says(b, 'first');
    const [into, from] = [await contactOf(a), await contactOf(b)];
    const says = async (chat: string, count: number) => {
      for (let index = 0; index < count; index += 1) {
        // As the workflow does: a turn that meets the merge is tried again.
        const message = t.message(chat, { text: `${chat}/${index}` });
        for (;;) {
          try {
            await t.turn(chat, [message]);
            break;
          } catch (error) {
            if (!['40001', '40P01'].includes(String((error as { code?: unknown }).code))) throw error;
          }
        }
      }
    };
    const merging = (async () => {
      await says(`c-${round}`, 1);
      return mergeContacts(t.sql, { accountId: t.accountId, into, from, by: { kind: 'system' }, at: t.at });
    })();
    // Turns of one chat come one after another; three chats at once.
    const [merged] = await Promise.all([merging, says(a, 25), says(b, 25)]);
    expect(merged?.into).toBe(into);
    expect(merged?.endedRuns).toHaveLength(1);
    const rows = await t.sql`
      select h.external_chat_id chat, h.contact_id, (select count(*) from messages m where m.account_id = h.account_id and m.chat_id = h.id and m.direction = 'in') count
      from chats h where h.external_chat_id in (${a}, ${b}) order by 1`;
    expect(rows).toEqual([
      { chat: a, contact_id: into, count: 26 },
      { chat: b, contact_id: into, count: 26 },
    ]);
    const [left] = await t.sql`
      select (select count(*) from parked_events) parked, (select count(*) from conversations where contact_id = ${from}) talks,
        (select count(*) from leads where contact_id = ${from}) leads, (select count(*) from bot_runs where contact_id = ${from}) runs`;
    expect(left).toEqual({ parked: 0, talks: 0, leads: 0, runs: 0 });
    const alive = await t.sql`select 1 from bot_runs where contact_id = ${into} and status = 'running'`;
    expect(alive).toHaveLength(1);
  }
});

test('a person who comes in a new chat while merging lands on the contact that stays', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [a, b] = [`n-${round}`, `m-${round}`];
    await t.says(a, 'first');
    await t.says(b, 'first');
    const [into, from] = [await contactOf(a), await contactOf(b)];
    const fresh = `${b}-again`;
    // The same person (the sender's id) in another chat of the channel.
    const message = t.message(fresh, { text: 'me again' });
    if (message.type === 'fact' && message.fact.type === 'messageReceived') message.fact.sender.externalUserId = b;
    await Promise.all([
      t.turn(fresh, [message]),
      mergeContacts(t.sql, { accountId: t.accountId, into, from, by: { kind: 'system' }, at: t.at }),
    ]);
    expect(await contactOf(fresh)).toBe(into);
    expect(await contactOf(b)).toBe(into);
  }
});
