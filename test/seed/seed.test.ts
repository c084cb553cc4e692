import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedAccount } from '../../bin/seed/seed-account.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

const UNTIL = Date.UTC(2026, 10, 1);
let world: World;
let ada: Person;

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  await seed(ada);
});
afterAll(() => world.stop());

const seed = (person: Person, more: { seed?: number; force?: boolean } = {}) =>
  seedAccount({
    databaseUrl: world.databaseUrl,
    sql: world.sql,
    accountId: person.accountId,
    conversations: 300,
    messages: 3000,
    seed: more.seed ?? 1,
    untilAt: UNTIL,
    force: more.force ?? false,
    say: () => undefined,
  });

/** What a made account says, without the ids that the database gives. */
async function essence(person: Person): Promise<string[]> {
  const rows = await world.sql<{ line: string }[]>`
    select concat_ws('|', t.number, t.status, t.is_read, m.position, m.author_kind, m.text, extract(epoch from m.written_at), m.id) line
    from conversations t join messages m on m.account_id = t.account_id and m.conversation_number = t.number
    where t.account_id = ${person.accountId} order by t.number, m.position`;
  return rows.map(({ line }) => line);
}

async function count(table: string): Promise<number> {
  const [row] = await world.sql<
    { count: number }[]
  >`select count(*)::int count from ${world.sql(table)} where account_id = ${ada.accountId}`;
  return row!.count;
}

test('an account is filled with as much as was asked for, numbered without gaps, and nothing younger than its end', async () => {
  expect([await count('conversations'), await count('messages'), await count('contacts')]).toEqual([300, 3000, 240]);
  const [row] = await world.sql<{ first: number; last: number; counter: number; youngest: number; words: number }[]>`
    select min(number) "first", max(number) "last", (select conversation_number from counters where account_id = ${ada.accountId}) counter,
      (select max(written_at) from messages where account_id = ${ada.accountId}) youngest,
      (select count(*)::int from message_words where account_id = ${ada.accountId}) words
    from conversations where account_id = ${ada.accountId}`;
  expect(row).toMatchObject({ first: 1, last: 300, counter: 300, words: 3000 });
  expect(row!.youngest).toBeLessThanOrEqual(UNTIL);
});

test('the summaries of reports agree with events, messages and responses', async () => {
  const rows = await world.sql<{ metric: string; count: number }[]>`
    select metric, sum(count)::int count from (
      select metric, count from daily_totals where account_id = ${ada.accountId} and responsible_id >= 0
      union all select metric, unnest(counts) from folded_totals where account_id = ${ada.accountId} and responsible_id >= 0 and grain = 'day') of_both
    group by metric`;
  const total = Object.fromEntries(rows.map((one) => [one.metric, one.count]));
  const events = await world.sql<{ type: string; count: number }[]>`
    select type, count(*)::int count from events where account_id = ${ada.accountId} group by type`;
  const of = (type: string) => events.find((one) => one.type === type)?.count ?? 0;
  expect(total.messages).toBe(3000);
  expect(of('incoming_chat_message') + of('outgoing_chat_message')).toBe(3000);
  expect(total.opened).toBe(of('talk_created') + of('talk_reopened'));
  expect([total.closed, total.missed, total.rate]).toEqual([of('talk_closed'), of('talk_missed_event'), of('nps_rate_added')]);
  expect((total.first_raw ?? 0) + (total.later_raw ?? 0)).toBe(await count('responses'));
});

test('lists, cards, search and reports show it', async () => {
  const paths = [
    '/api/conversations?view=waiting',
    '/api/conversations?view=closed',
    '/api/conversations/300',
    '/api/conversations/300/messages',
    '/api/leads',
    `/api/search?q=${encodeURIComponent('заказы')}`,
    '/api/events',
  ];
  for (const path of paths) {
    const answer = await world.call(ada, 'GET', path);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    const body = (await answer.json()) as { items?: unknown[] };
    if (body.items !== undefined) expect({ path, some: body.items.length > 0 }).toEqual({ path, some: true });
  }
});

test('the same seed and end make the same account, another seed another one', async () => {
  const [eve, joe] = [await world.makePerson(), await world.makePerson()];
  await seed(eve);
  await seed(joe, { seed: 2 });
  const first = await essence(ada);
  expect(await essence(eve)).toEqual(first);
  expect(await essence(joe)).not.toEqual(first);
});

test('an account with conversations is left alone unless it is forced, the demo account too', async () => {
  await expect(seed(ada)).rejects.toThrow('--force');
  const demo = await world.makePerson({ isDemo: true });
  await expect(seed(demo)).rejects.toThrow('demo');
  await seed(ada, { force: true });
  expect(await count('conversations')).toBe(300);
});
