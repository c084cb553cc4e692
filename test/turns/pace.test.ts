/** A channel's rate over several workers: nothing goes out faster than the messenger takes it, and no queue of bots stands before a person. Real Postgres. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPacer, type Pacer } from '../../activities/lane/pace.ts';
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

test('two workers with a long queue stay under the rate together, use most of it, and a person waits for nobody', async () => {
  const perSecond = 60;
  const workers = [createPacer(t.sql), createPacer(t.sql)];
  const times: number[] = [];
  const call = async (worker: Pacer, byPerson: boolean) => {
    const waitMs = await worker.place({ accountId: t.accountId, channelId, byPerson, perSecond });
    await sleep(waitMs);
    times.push(performance.now());
    return waitMs;
  };
  const beganAt = performance.now();
  const bots = Array.from({ length: 240 }, (_, index) => call(workers[index % 2]!, false));
  await sleep(1500);
  const answers = [await call(workers[0]!, true), await call(workers[1]!, true)];
  const waited = await Promise.all(bots);
  expect(Math.max(...waited)).toBeGreaterThan(2000);
  expect(Math.max(...answers)).toBeLessThan(200);
  expect(mostInASecond(times)).toBeLessThanOrEqual(perSecond);
  expect((240 / (performance.now() - beganAt)) * 1000).toBeGreaterThan(perSecond / 2);
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
  await t.sql`update channels set settings = '{"callsPerSecond": 20, "chatPauseMs": 0}' where id = ${t.telegram}`;
  t.forget();
  // The first turn reads the scenario, as every process does once.
  await t.says('pace-first', 'go');
  t.sent.length = 0;
  const chats = Array.from({ length: 40 }, (_, index) => `pace-${index}`);
  const states = await Promise.all(chats.map((chat) => t.says(chat, 'go')));
  const waiting = states.filter(({ lane }) => lane === 'waiting').length;
  expect(waiting).toBeGreaterThan(20);
  const beganAt = performance.now();
  // In a chat whose own bot waits for its place: what stands before the answer goes out with it.
  const last = chats.findLast((_, index) => states[index]?.lane === 'waiting')!;
  await t.orders(last, { type: 'write', by: t.userId, text: 'Mine', fileIds: [] });
  const mine = performance.now() - beganAt;
  expect(t.sent.filter(({ chat }) => chat === last).map(({ text }) => text)).toEqual(['News', 'Mine']);
  expect(mine).toBeLessThan(1000);
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
