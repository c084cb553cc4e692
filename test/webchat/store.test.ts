import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { chatIdOfVisitor, messagesOfVisitor, stateOfVisitor, unconfirmedOfVisitor, type VisitorChat } from '../../db/stores/webchat.ts';
import { createTestDatabase, type TestDatabase } from '../../embedded/testing.ts';

let database: TestDatabase;
let sql: Sql;
const at = Date.UTC(2026, 10, 22, 9);
const chat: VisitorChat = { accountId: 1, channelId: 11, externalChatId: 'visitor-one' };
const chatId = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect(database.url, { max: 2 });
  for (const id of [1, 2]) {
    await sql`insert into accounts (id, name, subdomain, created_at) values (${id}, ${`Account ${id}`}, ${`a${id}`}, ${at})`;
    await sql`insert into users (account_id, id, name, email, created_at) values (${id}, 7, ${`Anna of ${id}`}, 'a@example.com', ${at})`;
    await sql`insert into bots (account_id, id, name, draft_source, created_at, updated_at) values (${id}, 5, ${`Bot of ${id}`}, '{}', ${at}, ${at})`;
  }
  await addChat(chat, chatId);
  await addMessage({ position: 1, direction: 'in', author: 'client', text: 'hello', status: 'read', externalId: 'uuid-1' });
  const answer = await addMessage({ position: 2, direction: 'out', author: 'bot', authorId: 5, text: 'which?', status: 'read' });
  await sql`insert into attachments (account_id, message_id, index, chat_id, channel_id, kind, file_id, copy, name, mime, size_bytes)
    values (1, ${answer}, 0, ${chatId}, 11, 'picture', ${randomUUID()}, 'none', 'cup.png', 'image/png', 70)`;
  await addMessage({ position: 3, direction: 'in', author: 'client', text: 'this', status: 'accepted', externalId: 'uuid-3' });
  await addMessage({ position: 4, direction: 'out', author: 'user', authorId: 7, text: 'mine', status: 'delivered' });
  await addMessage({ position: 5, direction: 'out', author: 'bot', authorId: 5, text: 'stopped', status: 'withdrawn' });
  await addMessage({ position: 6, direction: 'out', author: 'system', text: 'note', status: 'accepted' });
  // The same visitor id in another channel and in another account: neither may be seen.
  await addChat({ ...chat, channelId: 12 }, randomUUID());
  await addChat({ ...chat, accountId: 2 }, randomUUID());
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function addChat(key: VisitorChat, id: string): Promise<void> {
  await sql`insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, last_position, created_at)
    values (${key.accountId}, ${id}, ${key.channelId}, ${key.externalChatId}, 'private', 1, ${id === chatId ? 6 : 1}, ${at})`;
  if (id === chatId) return;
  await sql`insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, text, status, written_at)
    values (${key.accountId}, ${randomUUID()}, ${id}, ${key.channelId}, 1, 'out', 'bot', 'not for you', 'accepted', ${at})`;
}

interface Draft {
  position: number;
  direction: 'in' | 'out';
  author: string;
  authorId?: number;
  text: string;
  status: string;
  externalId?: string;
}

async function addMessage(draft: Draft): Promise<string> {
  const id = randomUUID();
  await sql`insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, author_id, text, status, external_id, written_at)
    values (1, ${id}, ${chatId}, 11, ${draft.position}, ${draft.direction}, ${draft.author}, ${draft.authorId ?? null}, ${draft.text}, ${draft.status},
      ${draft.externalId ?? null}, ${at + draft.position})`;
  if (draft.direction === 'out') {
    await sql`insert into parts (account_id, chat_id, channel_id, message_id, position, index, text, status, external_ids, created_at)
      values (1, ${chatId}, 11, ${id}, ${draft.position}, 0, ${draft.text}, ${draft.status}, ${[`m${draft.position}`]}, ${at})`;
  }
  return id;
}

test('a visitor reads the own thread with authors and files, without what was withdrawn', async () => {
  const rows = await messagesOfVisitor(sql, chat, { limit: 10 });
  expect(rows.map((row) => [row.position, row.direction, row.authorName, row.text, row.externalId])).toEqual([
    [1, 'in', 'Account 1', 'hello', 'uuid-1'],
    [2, 'out', 'Bot of 1', 'which?', null],
    [3, 'in', 'Account 1', 'this', 'uuid-3'],
    [4, 'out', 'Anna of 1', 'mine', null],
    [6, 'out', 'Account 1', 'note', null],
  ]);
  expect(rows[1]?.attachments).toMatchObject([{ kind: 'picture', name: 'cup.png', mime: 'image/png', sizeBytes: 70 }]);
  expect(rows[0]?.writtenAt).toBe(at + 1);
});

test('pages go both ways and always read oldest first', async () => {
  const positions = async (range: { after?: number; before?: number; limit: number }) =>
    (await messagesOfVisitor(sql, chat, range)).map((row) => row.position);
  expect(await positions({ limit: 2 })).toEqual([4, 6]);
  expect(await positions({ before: 4, limit: 2 })).toEqual([2, 3]);
  expect(await positions({ after: 2, limit: 2 })).toEqual([3, 4]);
  expect(await positions({ after: 0, limit: 10 })).toEqual([1, 2, 3, 4, 6]);
  expect(await positions({ after: 6, limit: 10 })).toEqual([]);
});

test('the state says how far a person has seen and the visitor has read', async () => {
  expect(await stateOfVisitor(sql, chat)).toEqual({ cursor: 6, seenUpTo: 1, readUpTo: 2 });
  expect(await stateOfVisitor(sql, { ...chat, externalChatId: 'nobody' })).toEqual({ cursor: 0, seenUpTo: 0, readUpTo: 0 });
});

test('only what has not come so far yet is left to confirm', async () => {
  expect((await unconfirmedOfVisitor(sql, chat, 6, 'read')).toSorted()).toEqual(['m4', 'm6']);
  expect(await unconfirmedOfVisitor(sql, chat, 5, 'read')).toEqual(['m4']);
  expect(await unconfirmedOfVisitor(sql, chat, 6, 'delivered')).toEqual(['m6']);
});

test('a thread is found by account, channel and visitor together', async () => {
  expect(await chatIdOfVisitor(sql, chat)).toBe(chatId);
  expect(await chatIdOfVisitor(sql, { ...chat, accountId: 3 })).toBeUndefined();
  const other = await messagesOfVisitor(sql, { ...chat, channelId: 12 }, { limit: 10 });
  expect(other.map((row) => row.text)).toEqual(['not for you']);
});
