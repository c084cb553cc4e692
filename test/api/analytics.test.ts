import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type {
  BotsReport,
  ConversationsReport,
  EventPage,
  ManagersReport,
  MissedReport,
  NpsReport,
  ResponsesReport,
} from '../../api/contract/index.ts';
import { addCounts } from '../../db/stores/new-counts.ts';
import { bucketOf } from '../../domain/analytics/buckets.ts';
import { addDays, dayOf } from '../../domain/analytics/periods.ts';
import { rateBucket, type Total } from '../../domain/analytics/totals.ts';
import { insertEvent, makeCard, read } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let owner: Person;
let other: Person;
const today = dayOf(Date.now(), 'Europe/Moscow');

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  [owner, other] = await Promise.all([world.makePerson(), world.makePerson()]);
});

const count = (person: Person, counts: Partial<Total>[]) => {
  const empty: Total = {
    metric: 'opened',
    day: today,
    channelId: 0,
    responsibleId: 0,
    userId: 0,
    botId: 0,
    bucket: 0,
    count: 1,
    sum: 0,
  };
  return addCounts(
    world.sql,
    person.accountId,
    counts.map((one) => ({ ...empty, ...one })),
  );
};
const get = <Answer>(person: Person, path: string) => read<Answer>(world, person, path);
const event = (person: Person, row: Record<string, unknown>) => insertEvent(world, person, row);

describe('reports', () => {
  test('conversations: both periods, by day and channel, counts added up, another account’s sums left out', async () => {
    const { channelId } = await makeCard(world, owner);
    await count(owner, [
      { channelId, count: 3 },
      { channelId, count: 2 },
      { channelId, bucket: 1 },
      { metric: 'closed', channelId, day: addDays(today, -1), count: 4 },
      { day: addDays(today, -7), count: 9 },
      { metric: 'messages', bucket: 0, count: 20 },
      { metric: 'messages', bucket: 2, count: 5 },
    ]);
    await count(other, [{ count: 100 }]);
    const report = await get<ConversationsReport>(owner, '/reports/conversations?period=week');
    expect(report.totals).toEqual({ opened: 6, born: 5, reopened: 1, closed: 4, clientMessages: 20, userMessages: 0, botMessages: 5 });
    expect(report.previous).toMatchObject({ opened: 9, closed: 0 });
    expect(report.points).toHaveLength(7);
    expect(report.points.at(-1)).toMatchObject({ day: today, born: 5, reopened: 1, closed: 0 });
    expect(report.points.at(-2)).toMatchObject({ closed: 4 });
    expect(report.channels).toEqual([{ channel: { id: channelId, name: 'Site', type: 'webchat' }, opened: 6, closed: 4 }]);
    const filtered = await get<ConversationsReport>(owner, `/reports/conversations?period=week&channel=${channelId + 1000}`);
    expect(filtered.totals.opened).toBe(0);
    const weeks = await get<ConversationsReport>(owner, '/reports/conversations?period=quarter&group=week');
    expect(weeks.points.length).toBeLessThanOrEqual(14);
    expect(weeks.totals.opened).toBe(15);
    expect((await get<ConversationsReport>(other, '/reports/conversations')).totals.opened).toBe(100);
  });

  test('response times: medians and 90th percentiles come out of the sums', async () => {
    const waits = [60, 120, 240, 600, 6000].map((seconds) => seconds * 1000);
    await count(
      owner,
      waits.flatMap((ms): Partial<Total>[] => [
        { metric: 'first_raw', bucket: bucketOf(ms), sum: ms },
        { metric: 'first_working', bucket: bucketOf(ms / 2), sum: ms / 2 },
      ]),
    );
    await count(owner, [{ metric: 'missed', count: 2 }]);
    const report = await get<ResponsesReport>(owner, '/reports/responses?period=today');
    expect(report.totals.missed).toBe(2);
    expect(report.totals.first.count).toBe(5);
    expect(Math.abs(report.totals.first.medianMs! / 240_000 - 1)).toBeLessThan(0.045);
    expect(Math.abs(report.totals.first.p90Ms! / 6_000_000 - 1)).toBeLessThan(0.045);
    expect(Math.abs(report.totals.first.medianWorkingMs! / 120_000 - 1)).toBeLessThan(0.045);
    expect(report.totals.later).toMatchObject({ count: 0, medianMs: null });
    expect(report.steps.reduce((sum, step) => sum + step.count, 0)).toBe(5);
  });

  test('NPS: score, distribution and who is behind it', async () => {
    await count(owner, [
      { metric: 'rate', bucket: rateBucket(10, 10), responsibleId: owner.userId, count: 5, sum: 50 },
      { metric: 'rate', bucket: rateBucket(8, 10), count: 3, sum: 24 },
      { metric: 'rate', bucket: rateBucket(2, 10), count: 2, sum: 4 },
    ]);
    const report = await get<NpsReport>(owner, '/reports/nps?period=month');
    expect(report.totals).toEqual({ count: 10, score: 30, promoters: 5, passives: 3, detractors: 2, average: 7.8 });
    expect(report.distribution.find(({ rate }) => rate === 2)).toEqual({ rate: 2, kind: 'detractor', count: 2 });
    expect(report.users.map(({ user, nps }) => [user?.name ?? null, nps.count])).toEqual(
      expect.arrayContaining([
        ['Ada', 5],
        [null, 5],
      ]),
    );
  });

  test('managers side by side, with those who did nothing; bots by how their runs ended; late answers by person', async () => {
    const bob = await world.addUser(owner, { role: 'manager' });
    const { botId } = await makeCard(world, owner);
    await count(owner, [
      { metric: 'first_raw', userId: owner.userId, responsibleId: owner.userId, bucket: bucketOf(60_000), count: 4, sum: 240_000 },
      { metric: 'first_raw', botId, bucket: bucketOf(1000), count: 9, sum: 9000 },
      { metric: 'later_raw', userId: owner.userId, bucket: bucketOf(60_000), count: 2, sum: 120_000 },
      { metric: 'closed', userId: owner.userId, count: 3 },
      { metric: 'missed', responsibleId: owner.userId, count: 1 },
      { metric: 'bot_started', botId, count: 7 },
      { metric: 'bot_ended', botId, bucket: 0, count: 3 },
      { metric: 'bot_ended', botId, bucket: 2, count: 2 },
      { metric: 'bot_ended', botId, bucket: 3, count: 1 },
      { metric: 'bot_ended', botId, bucket: 5, count: 1 },
    ]);
    const { managers } = await get<ManagersReport>(owner, '/reports/managers?period=today');
    expect(managers.find(({ user }) => user?.id === owner.userId)).toMatchObject({ answered: 6, closed: 3, missed: 1 });
    expect(managers.find(({ user }) => user?.id === bob.userId)).toMatchObject({ answered: 0, medianFirstMs: null });
    const bots = await get<BotsReport>(owner, '/reports/bots?period=today');
    expect(bots.totals).toEqual({ started: 7, completed: 3, handedOver: 2, displaced: 1, failed: 1, restarted: 0 });
    expect(bots.bots[0]?.bot?.id).toBe(botId);
    const missed = await get<MissedReport>(owner, '/reports/missed?period=today');
    expect(missed.users).toEqual([{ user: { id: owner.userId, name: 'Ada' }, missed: 1 }]);
  });

  test('who sees own clients gets sums over those, and nobody’s; without the right there are no reports', async () => {
    const bob = await world.addUser(owner, { role: 'manager' });
    await world.sql`update users set rights = ${{ see: 'own' } as never} where account_id = ${owner.accountId} and id = ${bob.userId}`;
    await count(owner, [
      { responsibleId: owner.userId, count: 10 },
      { responsibleId: bob.userId, count: 3 },
      { responsibleId: 0, count: 1 },
    ]);
    const reportOf = async () => {
      const carl = { ...bob, token: await freshToken(bob) };
      return world.call(carl, 'GET', '/api/reports/conversations');
    };
    expect(((await (await reportOf()).json()) as ConversationsReport).totals.opened).toBe(4);
    await world.sql`update users set rights = ${{ see: 'none' } as never} where account_id = ${owner.accountId} and id = ${bob.userId}`;
    expect(((await (await reportOf()).json()) as ConversationsReport).totals.opened).toBe(0);
    await world.sql`update users set rights = ${{ analytics: false } as never} where account_id = ${owner.accountId} and id = ${bob.userId}`;
    expect((await reportOf()).status).toBe(403);
  });

  test('a period that is none names the field', async () => {
    for (const query of [
      'period=custom',
      'period=custom&from=2026-11-22&to=2026-11-01',
      'period=custom&from=2026-02-30&to=2026-11-01',
      'period=custom&from=2020-01-01&to=2026-01-01',
    ])
      expect((await world.call(owner, 'GET', `/api/reports/nps?${query}`)).status).toBe(422);
  });
});

/** Tokens are believed for a moment; a new one is asked about at once. */
async function freshToken(person: Person): Promise<string> {
  const answer = await world.call(person, 'POST', '/api/tokens', { name: 'again' });
  return answer.status === 201 ? ((await answer.json()) as { token: string }).token : person.token;
}

describe('the list of events', () => {
  test('is filtered by author, entity, bot, outcome, rate, wait and day, and pages by keyset', async () => {
    const card = await makeCard(world, owner);
    const mine = { contact_id: card.contactId, lead_id: card.leadId, conversation_number: card.number, entity_id: card.number };
    const at = Date.now();
    const created = await event(owner, { ...mine, at: at - 4000 });
    const closed = await event(owner, { ...mine, type: 'talk_closed', author_kind: 'user', author_id: owner.userId, at: at - 3000 });
    const ended = await event(owner, {
      type: 'bot_ended',
      entity_type: 'lead',
      entity_id: card.leadId,
      author_kind: 'bot',
      author_id: card.botId,
      value_after: [{ bot: { id: card.botId, name: 'B', version: 1 }, outcome: 'failed', words: '' }] as never,
      at: at - 2000,
    });
    const rated = await event(owner, { ...mine, type: 'nps_rate_added', value_after: [{ nps: { rate: 3 } }] as never, at: at - 1000 });
    await event(other, { at });
    const ids = async (query: string) => (await get<EventPage>(owner, `/events?${query}`)).items.map(({ id }) => id);
    expect(await ids('')).toEqual([rated, ended, closed, created]);
    expect(await ids('type=talk_created,talk_closed')).toEqual([closed, created]);
    expect(await ids(`author=user:${owner.userId}`)).toEqual([closed]);
    expect(await ids('author=bot,user')).toEqual([ended, closed]);
    expect(await ids('author=client')).toEqual([rated, created]);
    expect(await ids('entity=lead')).toEqual([ended]);
    expect(await ids(`bot=${card.botId}&outcome=failed,looped`)).toEqual([ended]);
    expect(await ids('type=nps_rate_added&rate=0-6')).toEqual([rated]);
    expect(await ids('type=nps_rate_added&rate=7-10')).toEqual([]);
    expect(await ids(`channel=${card.channelId}`)).toEqual([rated, closed, created]);
    expect(await ids(`user=${owner.userId}`)).toEqual([rated, closed, created]);
    expect(await ids(`fromDay=${addDays(today, 1)}`)).toEqual([]);
    expect(await ids(`fromDay=${addDays(today, -1)}&toDay=${today}`)).toHaveLength(4);
    // Replies that ended a wait, by how long it was: what the bars of the report lead to.
    const answered = await Promise.all(
      [50_000, 70_000].map(async (rawMs, index) => {
        const messageId = randomUUID();
        await world.sql`insert into responses ${world.sql({
          account_id: owner.accountId,
          message_id: messageId,
          number: card.number,
          opening: 1,
          channel_id: card.channelId,
          by_kind: 'user',
          user_id: owner.userId,
          waiting_since: at - rawMs,
          answered_at: at,
          is_first: index === 0,
          raw_ms: rawMs,
          working_ms: 0,
          missed: false,
        })}`;
        const after = [{ message: { id: messageId } }] as never;
        return event(owner, {
          ...mine,
          type: 'outgoing_chat_message',
          author_kind: 'user',
          author_id: owner.userId,
          value_after: after,
          at: at - 5000 - index,
        });
      }),
    );
    await event(owner, {
      ...mine,
      type: 'outgoing_chat_message',
      value_after: [{ message: { id: randomUUID() } }] as never,
      at: at - 6000,
    });
    expect(await ids('answer=any')).toEqual(answered);
    expect(await ids('type=outgoing_chat_message&answer=first')).toEqual([answered[0]]);
    expect(await ids('waited=0-60000')).toEqual([answered[0]]);
    expect(await ids('answer=any&waited=60000-')).toEqual([answered[1]]);
    await world.sql`delete from events where account_id = ${owner.accountId} and type = 'outgoing_chat_message'`;
    const first = await get<EventPage>(owner, '/events?limit=3');
    expect(first.items.map(({ contactName }) => contactName)).toEqual(['Anna', null, 'Anna']);
    expect(await ids(`limit=3&cursor=${first.nextCursor}`)).toEqual([created]);
    for (const wrong of ['author=me', 'entity=moon', 'rate=x', 'waited=long', 'answer=last', 'fromDay=yesterday', 'since=zzz'])
      expect((await world.call(owner, 'GET', `/api/events?${wrong}`)).status).toBe(422);
    // Who answers in the messenger's own app is a person, and no user.
    const unknown = await event(owner, { ...mine, type: 'outgoing_chat_message', author_kind: 'user', author_id: null, at: at - 9000 });
    expect(await ids('author=user:0')).toEqual([unknown]);
    expect(await ids(`author=user:${owner.userId}`)).not.toContain(unknown);
  });

  test('names the customer that it tells of, or whose task it is', async () => {
    const post = async (path: string, body: unknown) => {
      const answer = await world.call(owner, 'POST', path, body);
      expect(answer.status).toBe(201);
      return (await answer.json()) as { id: number };
    };
    const { id } = await post('/api/customers', { name: 'Roastery' });
    await post(`/api/customers/${id}/tasks`, { text: 'Call', dueAt: Date.now() });
    const { items } = await get<EventPage>(owner, '/events');
    expect(items.map(({ type, customerId, customerName }) => [type, customerId, customerName])).toEqual([
      ['task_added', id, 'Roastery'],
      ['customer_added', id, 'Roastery'],
    ]);
    const card = await get<EventPage>(owner, `/customers/${id}/events`);
    expect(card.items).toEqual(items);
    const vendors = (await (await world.call(owner, 'GET', '/api/v4/events?with=customer_name&filter[entity]=customer')).json()) as {
      _embedded: { events: { _embedded: { entity: object } }[] };
    };
    expect(vendors._embedded.events.map((row) => row._embedded.entity)).toEqual([{ id, name: 'Roastery' }]);
  });

  test('the live tail brings what came since, also what was committed a little late', async () => {
    const at = Date.now();
    await event(owner, { at: at - 60_000 });
    const shown = await event(owner, { at });
    const { newestCursor } = await get<EventPage>(owner, '/events');
    const late = await event(owner, { at: at - 500 });
    const fresh = await event(owner, { at: at + 1000 });
    const tail = await get<EventPage>(owner, `/events?since=${newestCursor}`);
    expect(tail.items.map(({ id }) => id)).toEqual([fresh, late]);
    expect(tail.items.map(({ id }) => id)).not.toContain(shown);
    const quiet = await get<EventPage>(owner, `/events?since=${tail.newestCursor}&type=talk_closed`);
    expect(quiet).toMatchObject({ items: [], newestCursor: tail.newestCursor });
  });
});
