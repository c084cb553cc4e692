/** Bots that a followed link or a visit starts obey what every trigger obeys; on a real database. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBotStarts } from '../../api/links/bot-starts.ts';
import type { Transaction } from '../../db/connection.ts';
import { aliveRuns } from '../../db/stores/alive.ts';
import { type Card, insertChannelRow, makeCard } from '../api/data.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

let world: World;
let ada: Person;
let card: Card;
let eventId = 0;
const at = Date.UTC(2026, 10, 2, 12);
const told: string[] = [];
let fails = false;
let now = at;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  ada = await world.makePerson();
  card = await makeCard(world, ada, { at });
  await world.sql`update bot_runs set status = 'ended' where account_id = ${ada.accountId}`;
  told.length = 0;
  fails = false;
  now = at;
});

const starts = () =>
  createBotStarts({
    sql: world.sql,
    log: { warn: () => undefined },
    now: () => now,
    orders: {
      sendToRun: async (run, order) => {
        if (fails) throw new Error('Temporal is away');
        told.push(`${order.type} ${run.runId}`);
        return { taken: true, answer: { status: 'running' } };
      },
    },
  });

async function trigger(filter: object = {}, { delay = 0, cooldown = 0 } = {}): Promise<void> {
  await world.sql`delete from bot_triggers where account_id = ${ada.accountId}`;
  await world.sql`
    insert into bot_triggers (account_id, bot_id, type, filter, delay_seconds, cooldown_seconds)
    values (${ada.accountId}, ${card.botId}, 'link_followed', ${filter as never}, ${delay}, ${cooldown})`;
}

/** The client follows a link at `now`; answers the run that came of it. */
async function follows(): Promise<{ id: string; deadline: number | null } | undefined> {
  eventId += 1;
  const did = [{ accountId: ada.accountId, contactId: card.contactId, eventId }];
  const all = starts();
  await all.begin(await world.sql.begin((tx) => all.plan(tx as Transaction, 'link_followed', did)));
  const [row] = await world.sql<{ id: string; deadline: number | null }[]>`
    select id, deadline_at deadline from bot_runs where account_id = ${ada.accountId} and start_key like ${`%/${eventId}`}`;
  return row;
}
const ends = () => world.sql`update bot_runs set status = 'ended' where account_id = ${ada.accountId}`;

test('filters by channel, pipeline and stage are those of the lead and the chat with which the bot would start', async () => {
  const other = await insertChannelRow(world.sql, ada.accountId);
  const [first, second] = card.stageIds as [number, number];
  const tries: [object, boolean][] = [
    [{ channelIds: [other] }, false],
    [{ pipelineIds: [card.pipelineId + 1] }, false],
    [{ statusIds: [second] }, false],
    [{ statusIds: [second, first], pipelineIds: [card.pipelineId], channelIds: [card.channelId] }, true],
  ];
  for (const [filter, does] of tries) {
    await trigger(filter);
    expect([filter, (await follows()) !== undefined]).toEqual([filter, does]);
  }
  await ends();
  // The lead moves on: the same trigger no longer fits.
  await world.sql`update leads set status_id = ${second} where account_id = ${ada.accountId} and id = ${card.leadId}`;
  await trigger({ statusIds: [first] });
  expect(await follows()).toBeUndefined();
  expect(told).toHaveLength(1);
});

test('a delay is the run’s own deadline: its workflow hears of it at once and begins then', async () => {
  await trigger({}, { delay: 600 });
  const run = await follows();
  expect(run?.deadline).toBe(at + 600_000);
  expect(told).toEqual([`begin ${run?.id}`]);
});

test('a cool-down counts on the lead and ends with the close', async () => {
  await trigger({}, { cooldown: 3600 });
  expect(await follows()).toBeDefined();
  await ends();
  now = at + 3_599_000;
  expect(await follows()).toBeUndefined();
  now = at + 3_600_000;
  expect(await follows()).toBeDefined();
  await ends();
  now += 1000;
  expect(await follows()).toBeUndefined();
  await world.sql`update conversations set status = 'closed', closed_at = ${now + 1} where account_id = ${ada.accountId}`;
  now += 2;
  expect(await follows()).toBeDefined();
});

test('a run that is there already is left or makes room, as the bot is set', async () => {
  await trigger();
  const setTo = (rule: string) =>
    world.sql`update bots set settings = ${{ whenRunning: rule } as never} where account_id = ${ada.accountId} and id = ${card.botId}`;
  await setTo('never');
  const first = await follows();
  expect(await follows()).toBeUndefined();
  await setTo('restart');
  told.length = 0;
  const second = await follows();
  expect(told).toEqual([`stop ${first?.id}`, `begin ${second?.id}`]);
  await world.sql`update bot_runs set status = 'ended' where account_id = ${ada.accountId} and id = ${first!.id}`;
  await setTo('restartAfterHour');
  now = at + 3_599_000;
  expect(await follows()).toBeUndefined();
  now = at + 3_601_000;
  expect(await follows()).toBeDefined();
});

test('who has no chat is written to by nobody; the same event starts a bot once', async () => {
  await trigger();
  const all = starts();
  const did = [{ accountId: ada.accountId, contactId: card.contactId, eventId: 777 }];
  const plan = () => world.sql.begin((tx) => all.plan(tx as Transaction, 'link_followed', did));
  expect(await plan()).toHaveLength(1);
  await ends();
  expect(await plan()).toHaveLength(0);
  await world.sql`delete from chats where account_id = ${ada.accountId}`;
  expect(await follows()).toBeUndefined();
});

test('a run that its workflow was never told of is found by repair', async () => {
  await trigger();
  fails = true;
  const run = await follows();
  expect(told).toEqual([]);
  const alive = await aliveRuns(world.sql, { accountId: ada.accountId - 1, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }, 100);
  expect(alive.filter(({ accountId }) => accountId === ada.accountId)).toEqual([expect.objectContaining({ id: run?.id, wakeDue: true })]);
});

test('what cannot be planned undoes no click', async () => {
  await trigger();
  await world.sql`update bots set settings = 'null' where account_id = ${ada.accountId} and id = ${card.botId}`;
  await world.sql`update bot_runs set status = 'running' where account_id = ${ada.accountId}`;
  const all = starts();
  const stored = await world.sql.begin(async (tx) => {
    await tx`insert into visitors (account_id, visitor_id, contact_id, how, at) values (${ada.accountId}, 'Qq0Bb1Cc2Dd3Ee4Ff5Gg6H', ${card.contactId}, 'link', ${at})`;
    return all.plan(tx as Transaction, 'link_followed', [{ accountId: ada.accountId, contactId: card.contactId, eventId: 778 }]);
  });
  expect(stored).toEqual([]);
  expect(await world.sql`select 1 from visitors where account_id = ${ada.accountId}`).toHaveLength(1);
});
