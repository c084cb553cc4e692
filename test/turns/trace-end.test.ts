/** The last line of a run's trace tells what ended it, and who. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { insertRun } from '../../db/stores/runs.ts';
import { createTurns, START, type Turns } from './world.ts';

let t: Turns;
let chat = '';
let chats = 0;
beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `end-${chats}`;
  t.at = START + chats * 86_400_000;
  await t.sql`update bots set state = 'off' where account_id = ${t.accountId}`;
  await t.settings({ joinSeconds: 0 });
});

const says = (value: string) => ({ handler: 'show', params: { type: 'text', value } });
const asks = (question: string) => ({
  0: { question: [says(question)], answer: [says('Noted')] },
  conversation: false,
});

interface Line {
  runId: string;
  outcome: string;
  data: Record<string, unknown>;
}
/** The last line of each run in the chat, the oldest run first. */
const lastLines = () => t.sql<Line[]>`
  select distinct on (r.created_at, r.id) r.id "runId", l.outcome, l.data from bot_runs r join chats c on c.account_id = r.account_id and c.id = r.chat_id
  join run_traces l on l.account_id = r.account_id and l.run_id = r.id
  where c.account_id = ${t.accountId} and c.external_chat_id = ${chat} order by r.created_at, r.id, l.id desc`;
const waiting = async () => {
  await t.bot(asks('City?'));
  await t.says(chat, 'hello');
  const [line] = await lastLines();
  expect(line).toMatchObject({ outcome: 'waits' });
  return line!.runId;
};
const person = () => ({ by: 'user', userId: t.userId });

test('a person’s reply, stop, close and block are told apart', async () => {
  const lines: unknown[] = [];
  const acts: ((runId: string) => Promise<unknown>)[] = [
    () => t.orders(chat, { type: 'write', by: t.userId, text: 'I take over', fileIds: [] }),
    (runId) => t.run(runId, [{ id: runId, order: { type: 'stop', by: t.userId } }]),
    () => t.orders(chat, { type: 'close', by: t.userId, force: true }),
    () => t.orders(chat, { type: 'block', by: t.userId, blocked: true }),
  ];
  for (const [index, act] of acts.entries()) {
    chat = `told-${index}`;
    await t.sql`update bots set state = 'off' where account_id = ${t.accountId}`;
    const runId = await waiting();
    t.at += 1000;
    await act(runId);
    lines.push(...(await lastLines()).map(({ outcome, data }) => ({ outcome, data })));
  }
  expect(lines).toEqual([
    { outcome: 'ended', data: { outcome: 'stopped', why: 'replied', ...person() } },
    { outcome: 'ended', data: { outcome: 'stopped', ...person() } },
    { outcome: 'ended', data: { outcome: 'stopped', why: 'closed', ...person() } },
    { outcome: 'ended', data: { outcome: 'stopped', why: 'blocked', ...person() } },
  ]);
});

test('a displaced run names the run that took its place', async () => {
  const first = await waiting();
  const second = await t.bot(asks('Colour?'), { triggers: ['message_received'], filter: { alsoWhileBotWaits: true } });
  t.at += 5000;
  const [chatRow] = await t.sql<{ id: string; contact_id: number }[]>`
    select id, contact_id from chats where account_id = ${t.accountId} and external_chat_id = ${chat}`;
  const id = '00000000-0000-4000-8000-0000000000aa';
  const place = { leadId: null, customerId: null, contactId: chatRow!.contact_id, chatId: chatRow!.id, conversationNumber: null };
  await insertRun(
    t.sql,
    t.accountId,
    { id, botId: second, version: 1, ...place, startKey: id, startedBy: { kind: 'user', id: t.userId } },
    t.at,
  );
  await t.run(id);
  const lines = await lastLines();
  expect(lines.find(({ runId }) => runId === first)).toMatchObject({
    outcome: 'ended',
    data: { outcome: 'displaced', by: 'bot', botId: second, runId: id },
  });
});

test('a bot that closes the conversation while it waits has ended itself; one at its scenario’s end says so once', async () => {
  await t.bot({
    0: {
      question: [says('City?'), { handler: 'action', params: { name: 'close_talk', params: {} } }],
      answer: [says('Noted')],
    },
    conversation: false,
  });
  await t.says(chat, 'hello');
  expect((await lastLines()).map(({ outcome, data }) => [outcome, data.why ?? data.outcome])).toEqual([['ended', 'closedItself']]);
  chat = `${chat}-own`;
  await t.sql`update bots set state = 'off' where account_id = ${t.accountId}`;
  await t.bot({ 0: { question: [says('Bye')] }, conversation: false });
  await t.says(chat, 'hello');
  const [own] = await lastLines();
  expect(own).toMatchObject({ outcome: 'ended', data: { outcome: 'completed' } });
  const said = await t.sql`select 1 from run_traces where account_id = ${t.accountId} and run_id = ${own!.runId} and outcome = 'ended'`;
  expect(said).toHaveLength(1);
});
