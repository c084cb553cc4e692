/** A channel's rate over several workers: nothing goes out faster than the messenger takes it, and no queue of bots stands before a person. Real Postgres. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPacer, type Pacer } from '../../activities/lane/pace.ts';
import { connect } from '../../db/connection.ts';
import { createTurns, type Turns } from './world.ts';

let t: Turns;
let channelId = 0;

beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(() => {
  channelId += 1;
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Most calls that began within one second of each other. */
function mostInASecond(times: number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(...sorted.map((from, index) => sorted.slice(index).filter((at) => at < from + 1000).length));
}

/** A clock that stands until the test moves it, of the workers and of the database: on `sql` the clock of the schema `still` is found before PostgreSQL's own. */
async function stillClock() {
  await t.sql.unsafe(`create schema still; create table still.clock as select now() at;
    create function still.clock_timestamp() returns timestamptz language sql as 'select at from still.clock'`);
  const url = new URL(t.databaseUrl);
  url.searchParams.set('search_path', 'still,pg_catalog,public');
  const sql = connect(url.href, { max: 4 });
  let at = 0;
  return {
    sql,
    now: () => at,
    async pass(ms: number): Promise<void> {
      at += ms;
      await sql`update still.clock set at = at + ${ms} * interval '1 millisecond'`;
    },
  };
}

test('two workers with a long queue stay under the rate together, use most of it, and a person waits for nobody', async () => {
  const perSecond = 60;
  const clock = await stillClock();
  const workers = [createPacer(clock.sql, clock.now), createPacer(clock.sql, clock.now)];
  /** When each call may go out. */
  const times: number[] = [];
  const call = async (worker: Pacer, byPerson: boolean) => {
    const waitMs = await worker.place({ accountId: t.accountId, channelId, byPerson, perSecond });
    times.push(clock.now() + waitMs);
    return waitMs;
  };
  const waited = await Promise.all(Array.from({ length: 240 }, (_, index) => call(workers[index % 2]!, false)));
  expect(Math.max(...waited)).toBeGreaterThan(2000);
  await clock.pass(1500);
  expect([await call(workers[0]!, true), await call(workers[1]!, true)]).toEqual([0, 0]);
  expect(mostInASecond(times)).toBeLessThanOrEqual(perSecond);
  expect((240 / Math.max(...times)) * 1000).toBeGreaterThan(perSecond / 2);
  await clock.sql.end();
});

test('a channel with little to say asks nothing of the database', async () => {
  const pacer = createPacer(t.sql);
  for (let index = 0; index < 4; index += 1) {
    expect(await pacer.place({ accountId: t.accountId, channelId, byPerson: false, perSecond: 30 })).toBe(0);
    await sleep(250);
  }
  expect(await t.sql`select 1 from channel_rates where channel_id = ${channelId}`).toEqual([]);
});

test('people who send much use the whole rate where no bots queue', async () => {
  const pacer = createPacer(t.sql);
  const waits = [];
  for (let index = 0; index < 40; index += 1)
    waits.push(await pacer.place({ accountId: t.accountId, channelId, byPerson: true, perSecond: 40 }));
  // 40 calls at the people's own share alone would take over six seconds.
  expect(Math.max(...waits)).toBeLessThan(2000);
});

test('bots’ messages wait in their lanes without keeping anybody busy, and all go out; a manager’s answer passes them', async () => {
  const question = [{ handler: 'show', params: { type: 'text', value: 'News' } }];
  await t.bot({ 0: { question } }, { triggers: ['message_received'], settings: { joinSeconds: 0 } });
  const callsPerSecond = async (rate: number) => {
    await t.sql`update channels set settings = ${{ callsPerSecond: rate, chatPauseMs: 0 } as never} where id = ${t.telegram}`;
    t.forget();
  };
  // So few that nearly all of them need a place, however slowly they come.
  await callsPerSecond(2);
  // The first turn reads the scenario, as every process does once.
  await t.says('pace-first', 'go');
  t.sent.length = 0;
  // Others have filled the next hour: whoever waits for a place of bots waits that long.
  await t.sql`insert into channel_rates (account_id, channel_id, bots_at, people_at) values (${t.accountId}, ${t.telegram}, now() + interval '1 hour', now())
    on conflict (account_id, channel_id) do update set bots_at = excluded.bots_at`;
  const chats = Array.from({ length: 40 }, (_, index) => `pace-${index}`);
  const states = await Promise.all(chats.map((chat) => t.says(chat, 'go')));
  const isWaiting = (_: string, index: number) => states[index]?.lane === 'waiting';
  expect(chats.filter(isWaiting).length).toBeGreaterThan(20);
  // In a chat whose own bot waits for its place: what stands before the answer goes out with it.
  const last = chats.findLast(isWaiting)!;
  await t.orders(last, { type: 'write', by: t.userId, text: 'Mine', fileIds: [] });
  expect(await t.drain(last)).toBeUndefined();
  expect(t.sent.filter(({ chat }) => chat === last).map(({ text }) => text)).toEqual(['News', 'Mine']);
  expect(t.sent.filter(({ text }) => text === 'News')).toHaveLength(chats.length - chats.filter(isWaiting).length + 1);
  // The hour is over, and the places with it.
  await t.sql`update channel_rates set bots_at = bots_at - interval '2 hours' where channel_id = ${t.telegram}`;
  await t.sql`update parts set not_before = not_before - interval '2 hours', place_at = place_at - interval '2 hours' where channel_id = ${t.telegram}`;
  await callsPerSecond(20);
  const drainAll = async (chat: string): Promise<void> => {
    const waitMs = await t.drain(chat);
    if (waitMs === undefined) return;
    await sleep(waitMs);
    return drainAll(chat);
  };
  await Promise.all(chats.map(drainAll));
  expect(t.sent.filter(({ text }) => text === 'News')).toHaveLength(40);
  const attempts = await t.sql`select max(attempts) most from parts where account_id = ${t.accountId} and channel_id = ${t.telegram}`;
  expect(attempts[0]!.most).toBe(1);
});
