/** The feed of one subscription on a real database, with turns that make the events and a real server that takes the hooks. */
import { createHmac, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FeedDeps, feedWebhook } from '../../activities/feeds/feed-webhook.ts';
import { createFeedActivities } from '../../activities/feeds/feeds.ts';
import type { Actor } from '../../api/actor.ts';
import { changeCustomer, makeCustomer } from '../../api/change-customer.ts';
import { changeTask, makeNote, makeTask } from '../../api/change-task.ts';
import { connect, type Queries } from '../../db/connection.ts';
import { deleteWebhook, findFeed, saveWebhook, takeSleepingFeeds, type WebhookRow, webhookSecret } from '../../db/stores/webhooks.ts';
import { rightsOfRole } from '../../domain/rights/rights.ts';
import type { WebhookFeedResult } from '../../workflows/messages.ts';
import { createTurns, START, type Turns } from '../turns/world.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const MINUTE = 60_000;
const secretKey = Buffer.alloc(32, 7);
const warnings: string[] = [];

let t: Turns;
let receiver: Receiver;
let databaseUrl: string;
/** The feed's clock. */
let at = START;

beforeAll(async () => {
  t = await createTurns();
  const { host, port, user, pass, database } = t.sql.options;
  databaseUrl = `postgres://${user}:${pass ?? ''}@${host[0]}:${port[0]}/${database}`;
});
afterAll(() => t?.end());
beforeEach(async () => {
  at = START + MINUTE;
  warnings.length = 0;
  receiver = await startReceiver();
});
afterEach(async () => {
  await t.sql`delete from webhooks`;
  await receiver.close();
});

const deps = (change: Partial<FeedDeps> = {}): FeedDeps => ({
  sql: t.sql,
  log: { info: () => undefined, error: () => undefined, warn: (_fields, message) => void warnings.push(message) },
  secretKey,
  baseUrl: 'https://crm.test',
  allowPrivateAddresses: true,
  originOf: (type) => type,
  fileAddress: ({ id }) => `https://crm.test/files/${id}`,
  ...change,
});

async function subscribe(
  settings = ['add_talk', 'update_talk', 'add_message', 'add_outgoing_message'],
  destination = `${receiver.url}/hook`,
) {
  const row = await saveWebhook(t.sql, { accountId: t.accountId, userId: t.userId, destination, settings, at });
  return row!;
}

const feed = (row: WebhookRow, change: Partial<FeedDeps> = {}) =>
  feedWebhook(deps(change), { accountId: row.accountId, webhookId: row.id }, { now: () => at, forMs: 30_000 });
const texts = () => receiver.hooks.map(({ fields }) => fields['message[add][0][text]']).filter((text) => text !== undefined);
const rowOf = async (row: WebhookRow) => (await findFeed(t.sql, row.accountId, row.id))!;

test('a conversation is told from its birth to its close, in order, each event once', async () => {
  const row = await subscribe();
  await t.says('first', 'hello', 'are you there?');
  await t.orders('first', { type: 'write', by: t.userId, text: 'yes', fileIds: [] });
  await t.orders('first', { type: 'close', by: t.userId, force: true });
  expect(await feed(row)).toEqual({ ended: false, more: false });

  const told = receiver.hooks.map(({ fields }) => {
    if ('talk[add][0][talk_id]' in fields) return 'add_talk';
    if ('talk[update][0][talk_id]' in fields)
      return `update_talk ${fields['talk[update][0][is_in_work]']}${fields['talk[update][0][is_read]']}`;
    return `${fields['message[add][0][type]']} ${fields['message[add][0][text]']}`;
  });
  expect(told).toEqual(expect.arrayContaining(['add_talk', 'incoming hello', 'incoming are you there?', 'outgoing yes', 'update_talk 01']));
  expect(told.indexOf('incoming hello')).toBeLessThan(told.indexOf('incoming are you there?'));
  expect(told.at(-1)).toBe('update_talk 01');
  expect(new Set(receiver.hooks.map(({ eventId }) => eventId)).size).toBe(receiver.hooks.length);
  for (const { fields } of receiver.hooks) {
    expect(fields['account[id]']).toBe(String(t.accountId));
    expect(fields['account[_links][self]']).toBe('https://crm.test');
  }

  await feed(row);
  expect(receiver.hooks).toHaveLength(told.length);
});

test('a subscription hears of its own codes only, and of nothing before it', async () => {
  await t.says('own', 'before');
  const row = await subscribe(['add_message']);
  await t.says('own', 'after');
  await t.orders('own', { type: 'write', by: t.userId, text: 'answer', fileIds: [] });
  await feed(row);
  expect(texts()).toEqual(['after']);
});

test('the receiver can check who sent a hook: body, event and time are signed with its own secret', async () => {
  const row = await subscribe(['add_message']);
  await t.says('signed', 'hello');
  await feed(row);
  const { headers, body, eventId } = receiver.hooks[0]!;
  const signed = `${headers['x-beseda-timestamp']}.${eventId}.${body}`;
  const signature = createHmac('sha256', webhookSecret(secretKey, row)).update(signed).digest('hex');
  expect(headers['x-beseda-signature']).toBe(`sha256=${signature}`);
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  const other = await subscribe(['add_message'], `${receiver.url}/other`);
  expect(webhookSecret(secretKey, other)).not.toBe(webhookSecret(secretKey, row));
});

test('an event that fails is tried again at its time, what follows waits behind it', async () => {
  const row = await subscribe(['add_message']);
  await t.says('behind', 'one', 'two');
  receiver.answer = () => 503;
  expect(await feed(row)).toEqual({ ended: false, more: false, nextAt: at + 5 * MINUTE });
  at += 4 * MINUTE;
  expect(await feed(row)).toEqual({ ended: false, more: false, nextAt: at + MINUTE });
  expect(texts()).toEqual(['one']);
  at += MINUTE;
  receiver.answer = () => 200;
  await feed(row);
  expect(texts()).toEqual(['one', 'one', 'two']);
  expect(receiver.hooks.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
  expect(receiver.hooks[0]!.eventId).toBe(receiver.hooks[1]!.eventId);
});

test("by the worker's own clock, too, an invalid answer is noted: the next attempt waits its time instead of coming at once", async () => {
  const row = await subscribe();
  await t.says('by the clock', 'hello');
  receiver.answer = () => 503;
  const environment = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: at });
  const input = { accountId: row.accountId, webhookId: row.id };
  const { nextAt }: WebhookFeedResult = await environment.run(createFeedActivities(deps()).feedWebhook, input);
  const noted = await rowOf(row);
  expect(noted).toMatchObject({ attempts: 1, nextAttemptAt: nextAt, invalidAt: [nextAt! - 5 * MINUTE] });
  expect(receiver.hooks.map(({ attempt }) => attempt)).toEqual([1]);
});

test('after its last attempt an event is given up and the next ones are told', async () => {
  const row = await subscribe(['add_message']);
  await t.says('given up', 'bad');
  receiver.answer = () => 404;
  for (const pauseMinutes of [5, 15]) {
    expect((await feed(row)).nextAt).toBe(at + pauseMinutes * MINUTE);
    at += pauseMinutes * MINUTE;
  }
  expect(await feed(row)).toEqual({ ended: false, more: false });
  expect(warnings).toEqual(['a webhook was given up after its last attempt']);
  receiver.answer = () => 200;
  await t.says('given up', 'good');
  await feed(row);
  expect(texts()).toEqual(['bad', 'bad', 'bad', 'good']);
});

test('a redirect is not followed, and a receiver that answers nothing within two seconds has not answered', async () => {
  const row = await subscribe(['add_message']);
  await t.says('slow', 'hello');
  receiver.answer = () => 302;
  expect((await feed(row)).nextAt).toBe(at + 5 * MINUTE);
  at += 5 * MINUTE;
  receiver.answer = () => 0;
  const beganAt = performance.now();
  expect((await feed(row)).nextAt).toBe(at + 15 * MINUTE);
  expect(performance.now() - beganAt).toBeLessThan(10_000);
  expect(receiver.hooks.map(({ path }) => path)).toEqual(['/hook', '/hook']);
});

test('a connection that breaks is no answer of the receiver: the hook goes out once more at once', async () => {
  const row = await subscribe(['add_message']);
  await t.says('broken', 'hello');
  receiver.answer = () => (receiver.hooks.length === 1 ? -1 : 200);
  expect(await feed(row)).toEqual({ ended: false, more: false });
  expect(receiver.hooks.map(({ attempt }) => attempt)).toEqual([1, 1]);
  expect((await rowOf(row)).invalidAt).toEqual([]);
});

test('a receiver that is dead for good is switched off; subscribing again goes on from now', async () => {
  const row = await subscribe(['add_message']);
  await t.says('dead', ...Array.from({ length: 120 }, (_, index) => `lost ${index}`));
  receiver.answer = () => 500;
  let result = await feed(row);
  for (; result.nextAt !== undefined; result = await feed(row)) at = result.nextAt;
  expect(result).toEqual({ ended: true, more: false });
  expect((await rowOf(row)).disabled).toBe(true);
  // 5 attempts of the first event, the second and fifth of them within the last two hours; one each of those that waited behind it.
  expect(receiver.hooks.length).toBeGreaterThan(100);
  expect(receiver.hooks.length).toBeLessThan(115);
  expect(warnings.at(-1)).toBe('a webhook was switched off after too many invalid answers');
  const notified =
    await t.sql`select what, data ->> 'words' words from notifications where account_id = ${t.accountId} and what = 'webhookOff'`;
  expect(notified).toEqual([{ what: 'webhookOff', words: `${receiver.url}/hook` }]);

  expect((await feed(row)).ended).toBe(true);
  const told = receiver.hooks.length;
  receiver.answer = () => 200;
  const again = await subscribe(['add_message']);
  expect(again.id).toBe(row.id);
  await t.says('dead', 'alive');
  await feed(again);
  expect(texts().slice(told)).toEqual(['alive']);
});

test('a process that dies between a delivery and its note delivers once more under the same event id, and loses nothing', async () => {
  const row = await subscribe(['add_message']);
  await t.says('killed', 'one', 'two', 'three');
  const sql = connect(databaseUrl, { max: 1 });
  receiver.answer = async ({ fields }) => {
    if (fields['message[add][0][text]'] === 'two') await sql.end();
    return 200;
  };
  await expect(feed(row, { sql })).rejects.toThrow();
  expect(texts()).toEqual(['one', 'two']);
  receiver.answer = () => 200;
  await feed(row);
  expect(texts()).toEqual(['one', 'two', 'two', 'three']);
  expect(receiver.hooks[1]!.eventId).toBe(receiver.hooks[2]!.eventId);
});

/** The event of a lead's change, as the API writes it. Its id. */
async function renames(sql: Queries, leadId: number, changedAt: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into events (account_id, type, entity_type, entity_id, author_kind, at)
    values (${t.accountId}, 'name_field_changed', 'lead', ${leadId}, 'system', ${t.sql.typed.instant(changedAt)}) returning id`;
  return row!.id;
}

test('several fields that were changed at once are one update, under the id of the last', async () => {
  const row = await subscribe(['update_lead']);
  const [lead] = await t.sql<{ id: number }[]>`select id from leads where account_id = ${t.accountId} limit 1`;
  const ids = [];
  for (const changedAt of [at, at, at, at + 1]) ids.push(await renames(t.sql, lead!.id, changedAt));
  await feed(row);
  expect(receiver.hooks.map(({ eventId }) => eventId)).toEqual([ids[2], ids[3]]);
});

test('an event whose transaction commits later than one with a higher id is told before it', async () => {
  const row = await subscribe(['update_lead']);
  const [lead] = await t.sql<{ id: number }[]>`select id from leads where account_id = ${t.accountId} limit 1`;
  let commit = () => {};
  let early = 0;
  let slow: Promise<unknown> = Promise.resolve();
  const drawn = new Promise<void>((resolve, reject) => {
    slow = t.sql.begin(async (tx) => {
      await tx`select id from leads where account_id = ${t.accountId} and id = ${lead!.id} for update`;
      early = await renames(tx, lead!.id, at);
      resolve();
      await new Promise<void>((done) => {
        commit = done;
      });
    });
    slow.catch(reject);
  });
  await drawn;
  const late = await renames(t.sql, lead!.id, at + 1);
  expect(late).toBeGreaterThan(early);

  const result = await feed(row);
  expect(result.nextAt).toBeGreaterThan(at);
  expect(receiver.hooks).toEqual([]);
  commit();
  await slow;
  await feed(row);
  expect(receiver.hooks.map(({ eventId }) => eventId)).toEqual([early, late]);
});

test('a private address is not called unless the installation allows it', async () => {
  const { port } = new URL(receiver.url);
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']) {
    const row = await subscribe(['add_message'], `http://${host}:${port}/private`);
    await t.says('private', `to ${host}`);
    expect((await feed(row, { allowPrivateAddresses: false })).nextAt, host).toBe(at + 5 * MINUTE);
    expect((await rowOf(row)).invalidAt).toEqual([at]);
  }
  expect(receiver.hooks).toEqual([]);
});

test('another subscription goes its own way, and another account’s is not touched', async () => {
  const failing = await subscribe(['add_message'], `${receiver.url}/failing`);
  const well = await subscribe(['add_message'], `${receiver.url}/well`);
  const [other] = await t.sql<{ id: number }[]>`
    insert into accounts (name, subdomain, created_at) values ('Other', ${randomUUID()}, ${START}) returning id`;
  const theirs = (await saveWebhook(t.sql, {
    accountId: other!.id,
    userId: 1,
    destination: `${receiver.url}/theirs`,
    settings: ['add_message'],
    at,
  }))!;
  receiver.answer = ({ path }) => (path === '/failing' ? 500 : 200);
  await t.says('others', 'hello');
  const before = await rowOf(theirs);
  await Promise.all([feed(failing), feed(well), feed(theirs)]);
  expect(receiver.hooks.map(({ path }) => path).sort()).toEqual(['/failing', '/well']);
  expect(await rowOf(theirs)).toEqual(before);
  await deleteWebhook(t.sql, t.accountId, `${receiver.url}/theirs`, at);
  expect((await rowOf(theirs)).deletedAt).toBeNull();
});

test('a feed that has told everything sleeps until somebody takes it to wake it, once', async () => {
  const row = await subscribe(['add_message']);
  expect(await takeSleepingFeeds(t.sql, t.accountId)).toEqual([{ accountId: t.accountId, id: row.id }]);
  expect(await takeSleepingFeeds(t.sql, t.accountId)).toEqual([]);
  await feed(row);
  expect(await takeSleepingFeeds(t.sql, t.accountId)).toEqual([{ accountId: t.accountId, id: row.id }]);
});

test('a message waits for the copy of its file, and is told without a link when there will be none', async () => {
  const row = await subscribe(['add_message']);
  await t.turn('file', [
    t.message('file', { text: 'look', attachments: [{ kind: 'picture', ref: 'r1', name: 'cat.jpg', mime: 'image/jpeg' }] as never }),
  ]);
  at = t.at + 1000;
  expect((await feed(row)).nextAt).toBe(at + 1000);
  expect(receiver.hooks).toEqual([]);
  at = t.at + 31_000;
  await feed(row);
  expect(receiver.hooks[0]!.fields).toMatchObject({
    'message[add][0][attachment][type]': 'picture',
    'message[add][0][attachment][file_name]': 'cat.jpg',
  });
});

test('a subscription that was ended takes its feed and its row with it', async () => {
  const row = await subscribe(['add_message']);
  await t.says('ended', 'hello');
  expect(await deleteWebhook(t.sql, t.accountId, row.destination, at)).toBe(true);
  expect(await feed(row)).toEqual({ ended: true, more: false });
  expect(await findFeed(t.sql, t.accountId, row.id)).toBeUndefined();
  expect(receiver.hooks).toEqual([]);
});

test('customers and their tasks are told as they are made, changed, given away, noted on and done', async () => {
  const codes = ['add', 'update', 'responsible'].flatMap((action) => [`${action}_customer`, `${action}_task`]);
  const row = await subscribe([...codes, 'note_customer']);
  const api = { sql: t.sql, now: () => at };
  const olga: Actor = {
    accountId: t.accountId,
    userId: t.userId,
    role: 'administrator',
    rights: rightsOfRole.administrator,
    colleagueIds: [t.userId],
    isOperator: false,
    via: 'token',
  };
  const customerId = await makeCustomer(api, olga, { name: 'Regular' });
  await changeCustomer(api, olga, customerId, { name: 'Very regular', nextPurchaseAt: START });
  await changeCustomer(api, olga, customerId, { responsibleId: null });
  await makeNote(api, olga, { type: 'customer', id: customerId }, 'Likes tea');
  const task = await makeTask(api, olga, { type: 'customer', id: customerId }, { text: 'Call', dueAt: START });
  await changeTask(api, olga, task.id, { text: 'Call back', responsibleId: null });
  await changeTask(api, olga, task.id, { completed: true });
  at += 1000;
  await changeTask(api, olga, task.id, { completed: false });
  expect(await feed(row)).toEqual({ ended: false, more: false });
  const told = receiver.hooks.map(({ fields }) =>
    [...new Set(Object.keys(fields).map((key) => /^(\w+\[\w+\])\[0\]/.exec(key)?.[1] ?? ''))].join(' ').trim(),
  );
  expect(told).toEqual([
    'customers[add]',
    // Name and date were changed at once.
    'customers[update]',
    'customers[responsible] customers[update]',
    'customers[note]',
    'task[add]',
    'task[update]',
    'task[responsible] task[update]',
    'task[update]',
    'task[update]',
  ]);
  expect(receiver.hooks[1]!.fields).toMatchObject({ 'customers[update][0][next_date]': String(START / 1000) });
  expect(receiver.hooks[3]!.fields).toMatchObject({ 'customers[note][0][note][text]': 'Likes tea' });
});
