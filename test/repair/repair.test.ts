import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RepairDeps, repair } from '../../activities/repair.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { createTestDatabase, type TestDatabase } from '../../embedded/testing.ts';

const ACCOUNT = 7;
const CHANNEL = 70;
const at = Date.UTC(2026, 0, 5, 9);
let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect(database.url, { max: 4 });
  const contact = 1;
  for (const [name, talk] of [
    ['open', 'in_work'],
    ['closed', 'closed'],
    ['closing-with-parts', 'closed'],
    ['never-numbered', undefined],
  ] as const) {
    const chat = randomUUID();
    const number = talk === undefined ? null : ['open', 'closed', 'closing-with-parts'].indexOf(name) + 1;
    await sql`insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, talk_number, created_at)
      values (${ACCOUNT}, ${chat}, ${CHANNEL}, ${name}, 'private', ${contact}, ${number}, ${at})`;
    if (number !== null && talk !== undefined) {
      await sql`insert into conversations (account_id, number, chat_id, channel_id, contact_id, status, is_read, opening, opened_at, last_message_at, created_at, updated_at)
        values (${ACCOUNT}, ${number}, ${chat}, ${CHANNEL}, ${contact}, ${talk}, true, 1, ${at}, ${at}, ${at}, ${at})`;
    }
    if (name === 'closing-with-parts') {
      await sql`insert into parts (account_id, chat_id, channel_id, message_id, position, index, text, status, created_at)
        values (${ACCOUNT}, ${chat}, ${CHANNEL}, ${randomUUID()}, 1, 0, 'late', 'planned', ${at})`;
    }
  }
  for (const [key, status, wakeDue] of [
    ['waits', 'running', false],
    ['fresh', 'new', true],
    ['over', 'ended', false],
  ] as const) {
    await sql`insert into bot_runs (account_id, id, bot_id, version, status, start_key, started_by, wake_due, created_at)
      values (${ACCOUNT}, ${randomUUID()}, 3, 1, ${status}, ${key}, ${sql.typed.json({ kind: 'system' })}, ${wakeDue}, ${at})`;
  }
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** A server in memory: `listed` is what its list shows, `open` what is true. */
function server(open: Set<string>, listed = open) {
  const started: string[] = [];
  const deps: RepairDeps = {
    sql,
    async *openWorkflowIds() {
      yield* listed;
    },
    isOpen: async (id) => open.has(id),
    startConversation: async (key) => void started.push(`conversation:${key.accountId}:${key.channelId}:${key.externalChatId}`),
    wakeRun: async (run) => void started.push(`bot:${run.accountId}:${run.id}`),
  };
  return { deps, started };
}

const runId = async (key: string) => `bot:${ACCOUNT}:${(await sql`select id from bot_runs where start_key = ${key}`)[0]!.id}`;

test('after a lost server everything that is alive is started again, and nothing that is over', async () => {
  const { deps, started } = server(new Set());
  expect(await repair(deps)).toEqual({ conversations: { alive: 2, repaired: 2 }, runs: { alive: 2, repaired: 2 } });
  const expected = [
    `conversation:${ACCOUNT}:${CHANNEL}:open`,
    `conversation:${ACCOUNT}:${CHANNEL}:closing-with-parts`,
    await runId('waits'),
    await runId('fresh'),
  ];
  expect(started.sort()).toEqual(expected.sort());
});

test('what runs is left alone; a run whose wake is still due is woken', async () => {
  const open = new Set([
    `conversation:${ACCOUNT}:${CHANNEL}:open`,
    `conversation:${ACCOUNT}:${CHANNEL}:closing-with-parts`,
    await runId('waits'),
    await runId('fresh'),
  ]);
  const { deps, started } = server(open);
  expect(await repair(deps)).toEqual({ conversations: { alive: 2, repaired: 0 }, runs: { alive: 2, repaired: 1 } });
  expect(started).toEqual([await runId('fresh')]);
});

test('a list that lags behind starts nothing twice', async () => {
  const open = new Set([
    `conversation:${ACCOUNT}:${CHANNEL}:open`,
    `conversation:${ACCOUNT}:${CHANNEL}:closing-with-parts`,
    await runId('waits'),
  ]);
  const { deps, started } = server(open, new Set());
  await repair(deps);
  expect(started).toEqual([await runId('fresh')]);
});
