import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { workThrough } from '../../activities/duplicates/duplicates.ts';
import type { DuplicatePage, MergeAnswer, Settings } from '../../api/contract/index.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let eve: Person;
let first: Card;
let second: Card;
let phoneId: number;

const HOUR = 3_600_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let wakes: string[] = [];
const work = (now = Date.now()) =>
  workThrough({
    sql: world.sql,
    log: quiet,
    now: () => now,
    wakeRun: async ({ id }) => {
      wakes.push(id);
    },
  });
const json = async <Answer>(answer: Response) => (await answer.json()) as Answer;
const list = async (person = ada, query = '') => json<DuplicatePage>(await world.call(person, 'GET', `/api/duplicates${query}`));
const setPhone = (card: Card, phone: string) =>
  world.call(ada, 'PATCH', `/api/contacts/${card.contactId}`, { fields: { [phoneId]: [{ value: phone }] } });

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.stop());
beforeEach(async () => {
  wakes = [];
  ada = await world.makePerson();
  eve = await world.makePerson();
  first = await makeCard(world, ada, { at: Date.now() - HOUR });
  second = await makeCard(world, ada);
  const [field] = await world.sql<
    { id: number }[]
  >`select id from custom_fields where account_id = ${ada.accountId} and entity = 'contact' and code = 'PHONE'`;
  phoneId = field!.id;
});

describe('candidates', () => {
  test('two ways to write one phone make a pair with its reason, the older contact first; another account sees nothing of it', async () => {
    await setPhone(first, '+7 912 345-67-89');
    await setPhone(second, '79123456789');
    await work();
    const page = await list();
    expect(page.items.map((pair) => [pair.first.id, pair.second.id, pair.reasons])).toEqual([
      [first.contactId, second.contactId, [{ signal: 'phone', value: '+79123456789' }]],
    ]);
    expect(page.items[0]!.first).toMatchObject({ openConversations: [first.number], leads: [{ id: first.leadId, name: 'Order' }] });
    expect((await list(ada, `?contact=${second.contactId}`)).items).toHaveLength(1);
    expect((await list(eve)).items).toEqual([]);
    expect((await world.call(eve, 'GET', `/api/duplicates/pair?first=${first.contactId}&second=${second.contactId}`)).status).toBe(404);

    await setPhone(second, '+79990000000');
    await work();
    expect((await list()).items).toEqual([]);
  });

  test('"not the same" stays said, whatever changes later', async () => {
    await setPhone(first, '+79123456789');
    await setPhone(second, '+79123456789');
    await work();
    const pair = { first: second.contactId, second: first.contactId };
    expect((await world.call(eve, 'POST', '/api/duplicates/different', pair)).status).toBe(404);
    expect((await world.call(ada, 'POST', '/api/duplicates/different', pair)).status).toBe(204);
    await setPhone(second, '8 912 345 67 89');
    await work();
    expect((await list()).items).toEqual([]);
  });

  test('a visitor of the site with two contacts is a reason', async () => {
    for (const card of [first, second])
      await world.sql`insert into visitors (account_id, visitor_id, contact_id, how, at) values (${ada.accountId}, 'v-1', ${card.contactId}, 'link', now())`;
    await work();
    expect((await list()).items[0]?.reasons).toEqual([{ signal: 'visitor', value: 'v-1' }]);
  });

  test('what many share is no reason, and a list goes on by its cursor', async () => {
    const at = Date.now();
    const insert = (count: number, value: string) => world.sql`
      insert into contacts (account_id, name, fields, created_at, updated_at)
      select ${ada.accountId}, 'C' || n, ${{ [phoneId]: [{ value }] } as never}::jsonb, ${at}, ${at} from generate_series(1, ${count}) n`;
    await insert(11, '+79120000000');
    await insert(4, '+79121111111');
    await work();
    const pageOne = await list(ada, '?limit=4');
    const pageTwo = await list(ada, `?limit=4&cursor=${pageOne.nextCursor}`);
    expect([pageOne.items.length, pageTwo.items.length, pageTwo.nextCursor]).toEqual([4, 2, null]);
    expect(new Set([...pageOne.items, ...pageTwo.items].map((pair) => `${pair.first.id}/${pair.second.id}`)).size).toBe(6);
  });

  test('off means off: nothing is marked, kept or shown; on again, everything is found', async () => {
    await setPhone(first, '+79123456789');
    await setPhone(second, '+79123456789');
    await work();
    const put = async (change: unknown) => json<Settings>(await world.call(ada, 'PUT', '/api/settings', { duplicates: change }));
    expect((await put({ enabled: false })).duplicates).toMatchObject({ enabled: false, by: { phone: true } });
    await setPhone(second, '+79123456788');
    await setPhone(second, '+79123456789');
    const counts = async () =>
      (
        await world.sql`select (select count(*) from contact_changes where account_id = ${ada.accountId}) changes,
          (select count(*) from contact_keys where account_id = ${ada.accountId}) keys, (select count(*) from duplicates where account_id = ${ada.accountId}) pairs`
      )[0];
    expect(await counts()).toEqual({ changes: 0, keys: 0, pairs: 0 });
    await work();
    expect(await list()).toEqual({ enabled: false, items: [], nextCursor: null });
    await put({ enabled: true });
    await work();
    expect((await list()).items).toHaveLength(1);
  });
});

describe('merging', () => {
  const merge = (person: Person, body: object) => world.call(person, 'POST', '/api/contacts/merge', body);

  test('everything of the one that goes hangs on the one that stays; numbers stay, old ids lead on', async () => {
    const { sql } = world;
    const { accountId } = ada;
    await setPhone(first, '+79123456789');
    await setPhone(second, '+79990000000');
    await world.call(ada, 'POST', `/api/contacts/${second.contactId}/notes`, { text: 'Likes tea' });
    await world.call(ada, 'POST', `/api/contacts/${second.contactId}/tasks`, { text: 'Call', dueAt: 1_795_000_000_000 });
    const link = (card: Card, code: string) => sql`
      insert into short_links (account_id, code, contact_id, url, url_key, created_at) values (${accountId}, ${code}, ${card.contactId}, 'https://shop.example/', 'same', now())`;
    await link(first, `a${first.contactId}`);
    await link(second, `b${first.contactId}`);
    await sql`update contacts set blocked_at = now(), blocked_by = ${ada.userId} where account_id = ${accountId} and id = ${second.contactId}`;

    const answer = await merge(ada, { into: first.contactId, from: second.contactId });
    expect(await json<MergeAnswer>(answer)).toEqual({ contactId: first.contactId, endedRuns: [], blocked: true });

    const [counts] = await sql`
      select (select count(*) from chats where account_id = ${accountId} and contact_id = ${first.contactId}) chats,
        (select count(*) from conversations where account_id = ${accountId} and contact_id = ${first.contactId} and status = 'in_work') open,
        (select count(*) from leads where account_id = ${accountId} and contact_id = ${first.contactId}) leads,
        (select count(*) from bot_runs where account_id = ${accountId} and contact_id = ${first.contactId} and status = 'running') runs,
        (select count(*) from short_links where account_id = ${accountId} and contact_id = ${first.contactId}) links,
        (select count(*) from chats where account_id = ${accountId} and listener_run_id is not null) listeners`;
    expect(counts).toEqual({ chats: 2, open: 2, leads: 2, runs: 2, links: 2, listeners: 2 });
    const left = await sql`
      select 1 from chats where account_id = ${accountId} and contact_id = ${second.contactId}
      union all select 1 from leads where account_id = ${accountId} and contact_id = ${second.contactId}
      union all select 1 from bot_runs where account_id = ${accountId} and contact_id = ${second.contactId}
      union all select 1 from notes where account_id = ${accountId} and entity_type = 'contact' and entity_id = ${second.contactId}
      union all select 1 from events where account_id = ${accountId} and contact_id = ${second.contactId}`;
    expect(left).toHaveLength(0);

    const old = await world.call(ada, 'GET', `/api/contacts/${second.contactId}`);
    const contact = await json<{ id: number; fields: Record<string, { value: string }[]>; chats: unknown[] }>(old);
    expect([contact.id, contact.fields[phoneId]!.map(({ value }) => value), contact.chats.length]).toEqual([
      first.contactId,
      ['+79123456789', '+79990000000'],
      2,
    ]);
    expect((await world.call(ada, 'PATCH', `/api/contacts/${second.contactId}`, { name: 'Anna P.' })).status).toBe(200);
    for (const path of ['thread', 'runs', 'tasks', 'notes', 'events', 'visits'])
      expect((await world.call(ada, 'GET', `/api/contacts/${second.contactId}/${path}`)).status, path).toBe(200);
    const note = await world.call(ada, 'POST', `/api/contacts/${second.contactId}/notes`, { text: 'For whoever stayed' });
    expect(note.status).toBe(201);
    const [written] = await sql`select entity_id from notes where account_id = ${accountId} and text = 'For whoever stayed'`;
    expect(written).toEqual({ entity_id: first.contactId });
    const made = await world.call(ada, 'POST', '/api/links', { contactId: second.contactId, url: 'https://shop.example/kept' });
    expect((await json<{ contactId: number }>(made)).contactId).toBe(first.contactId);
    expect((await world.call(ada, 'GET', `/api/v4/contacts/${second.contactId}`)).status).toBe(404);
    for (const card of [first, second]) {
      const conversation = await json<{ number: number }>(await world.call(ada, 'GET', `/api/conversations/${card.number}`));
      expect(conversation.number).toBe(card.number);
    }
    const [event] =
      await sql`select entity_id, author_id, value_before from events where account_id = ${accountId} and type = 'entity_merged'`;
    expect(event).toEqual({
      entity_id: first.contactId,
      author_id: ada.userId,
      value_before: [{ contact: { id: second.contactId, name: 'Anna' } }],
    });
    expect((await merge(ada, { into: first.contactId, from: second.contactId })).status).toBe(404);
  });

  test('of two running runs of one bot the older ends, visibly, and its workflow is woken', async () => {
    const { sql } = world;
    await sql`update bot_runs set bot_id = ${first.botId} where account_id = ${ada.accountId} and id = ${second.runId}`;
    const answer = await json<MergeAnswer>(await merge(ada, { into: first.contactId, from: second.contactId }));
    expect(answer.endedRuns).toEqual([first.runId]);
    const runs = await sql`select id, status, outcome from bot_runs where account_id = ${ada.accountId} order by created_at`;
    expect(runs).toEqual([
      { id: first.runId, status: 'ended', outcome: 'displaced' },
      { id: second.runId, status: 'running', outcome: null },
    ]);
    const chats = await sql`select listener_run_id from chats where account_id = ${ada.accountId} order by created_at`;
    expect(chats.map((chat) => chat.listener_run_id)).toEqual([null, second.runId]);
    expect(
      await sql`select 1 from events where account_id = ${ada.accountId} and type = 'bot_ended' and run_id = ${first.runId}`,
    ).toHaveLength(1);
    expect(
      await sql`select 1 from new_counts where account_id = ${ada.accountId} and metric = 'bot_ended' and bucket = 3`,
    ).not.toHaveLength(0);
    await work();
    expect(wakes).toEqual([first.runId]);
  });

  test('choices decide, a pointer never points at a pointer, and what was written meanwhile is taken along', async () => {
    const third = await makeCard(world, ada);
    await merge(ada, { into: second.contactId, from: third.contactId });
    await world.call(ada, 'PATCH', `/api/contacts/${second.contactId}`, { name: 'Anya' });
    await merge(ada, { into: first.contactId, from: second.contactId, choices: { name: 'from' } });
    const contact = await json<{ id: number; name: string }>(await world.call(ada, 'GET', `/api/contacts/${third.contactId}`));
    expect(contact).toMatchObject({ id: first.contactId, name: 'Anya' });
    await world.sql`insert into notes (account_id, entity_type, entity_id, text, created_by, created_at)
      values (${ada.accountId}, 'contact', ${second.contactId}, 'late', ${{ kind: 'user', id: ada.userId } as never}, now())`;
    await work(Date.now() + 60_000);
    expect(
      await world.sql`select 1 from notes where account_id = ${ada.accountId} and entity_id = ${first.contactId} and text = 'late'`,
    ).toHaveLength(1);
  });

  test('needs the right to merge, and the right to change both', async () => {
    const body = { into: first.contactId, from: second.contactId };
    const noRight = await world.addUser(ada, { role: 'manager', rights: { merge: false } });
    const watcher = await world.addUser(ada, { role: 'manager', rights: { see: 'all', edit: 'own' } });
    const blind = await world.addUser(ada, { role: 'manager', rights: { see: 'own', edit: 'own' } });
    expect((await merge(noRight, body)).status).toBe(403);
    expect((await merge(watcher, body)).status).toBe(403);
    expect((await merge(blind, body)).status).toBe(404);
    expect((await merge(eve, body)).status).toBe(404);
    expect((await merge(ada, { into: first.contactId, from: first.contactId })).status).toBe(422);
    expect(await world.sql`select 1 from contacts where account_id = ${ada.accountId} and merged_into is not null`).toHaveLength(0);
  });
});

test('a rule merges by itself, the younger into the older, and says so; without one nothing is merged', async () => {
  await setPhone(first, '+79123456789');
  await setPhone(second, '+79123456789');
  await work();
  expect((await list()).items).toHaveLength(1);
  await world.call(ada, 'PUT', '/api/settings', { duplicates: { automatic: { phone: true } } });
  await work();
  const contact = await json<{ id: number }>(await world.call(ada, 'GET', `/api/contacts/${second.contactId}`));
  expect(contact.id).toBe(first.contactId);
  expect((await list()).items).toEqual([]);
  const events = await world.sql`select author_kind, author_id from events where account_id = ${ada.accountId} and type = 'entity_merged'`;
  expect(events).toEqual([{ author_kind: 'system', author_id: null }]);
});
