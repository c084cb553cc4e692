import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { defaultSettings } from '../../db/settings.ts';
import { foldFinishedDays, foldSome } from '../../db/stores/fold-totals.ts';
import { sumNewCounts, sumNewCountsOf } from '../../db/stores/new-counts.ts';
import { camelRows, type ResponseRow } from '../../db/turns/rows.ts';
import { bucketOf } from '../../domain/analytics/buckets.ts';
import { dayOf } from '../../domain/analytics/periods.ts';
import { messageBuckets, openedBuckets, outcomeBuckets } from '../../domain/analytics/totals.ts';
import { workingTimeBetween } from '../../domain/schedule/working-time.ts';
import { createTurns, START, type Turns } from './world.ts';

let t: Turns;
let chat = '';
let chats = 0;
const zone = 'Europe/Moscow';

beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `a${chats}`;
  t.at = START + chats * 86_400_000;
  t.failures.length = 0;
  await t.settings({ responseTime: { ...defaultSettings.responseTime, enabled: true, seconds: 600 } });
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
});

const responsesOf = async (external = chat) =>
  camelRows<ResponseRow>(
    await t.sql`
      select r.* from responses r join conversations c on c.account_id = r.account_id and c.number = r.number join chats h on h.account_id = c.account_id and h.id = c.chat_id
      where r.account_id = ${t.accountId} and h.external_chat_id = ${external} order by r.answered_at`,
  );
const writes = (text: string, external = chat) => t.orders(external, { type: 'write', by: t.userId, text, fileIds: [] });
const lastOut = async (external: string): Promise<string[]> => {
  const [row] = await t.sql<{ external_ids: string[] }[]>`
    select p.external_ids from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
    where p.account_id = ${t.accountId} and h.external_chat_id = ${external} and p.status = 'accepted' order by p.position desc limit 1`;
  return row?.external_ids ?? [];
};
const fails = (externalIds: string[], external = chat) =>
  t.turn(external, [
    t.fact({
      type: 'receiptCame',
      id: `receipt/${externalIds.join()}/failed`,
      chat: { externalChatId: external, kind: 'private' },
      externalIds,
      status: 'failed',
      words: 'gone',
      receivedAt: t.at,
    }),
  ]);

type Count = Record<string, [count: number, sum: number]>;
const add = (counts: Count, key: (string | number | null)[], sum = 0) => {
  const name = key.map((part) => part ?? 0).join('/');
  const [count, before] = counts[name] ?? [0, 0];
  counts[name] = [count + 1, before + sum];
};

/** What workers do beside the turns. */
const addUpAndFold = async (now: number) => {
  await sumNewCounts(t.sql);
  await foldFinishedDays(t.sql, now);
};

/** Totals of both tables, buckets in rows of their own. */
const totals = () => t.sql`
  select metric, day, channel_id, responsible_id, user_id, bot_id, bucket, count, sum from daily_totals where account_id = ${t.accountId}
  union all select metric, day, channel_id, responsible_id, user_id, bot_id, e.bucket, e.count, e.sum
  from folded_totals cross join unnest(buckets, counts, sums) e (bucket, count, sum) where account_id = ${t.accountId} and grain = 'day'`;

/** Totals as stored, with what turns have counted since. */
async function stored(): Promise<Count> {
  await sumNewCountsOf(t.sql, t.accountId);
  const rows = await t.sql<{ key: string; count: number; sum: number }[]>`
    select concat_ws('/', metric, day, channel_id, responsible_id, user_id, bot_id, bucket) as key, sum(count)::bigint as count, sum(sum)::bigint as sum
    from (${totals()}) of_both where responsible_id >= 0 group by 1 having sum(count) <> 0 or sum(sum) <> 0`;
  return Object.fromEntries(rows.map(({ key, count, sum }) => [key, [count, sum]]));
}

/** Sums of a level against the sums of the single counts it is made of: what is left is wrong. */
const levelDifferences = () => t.sql`
  with totals as (${totals()}), singles as (select * from totals where responsible_id >= 0)
  select metric, day, responsible_id, channel_id, user_id, bot_id, sum(count) from (
    select metric, day, responsible_id, channel_id, user_id, bot_id, count from totals where responsible_id < 0
    union all select metric, day, -1, channel_id, 0, 0, -count from singles where metric not in ('bot_started', 'bot_ended')
    union all select metric, day, -2, 0, user_id, 0, -count from singles where bot_id = 0 and metric in ('closed', 'messages', 'first_raw', 'first_working', 'later_raw')
    union all select metric, day, -4, 0, 0, 0, -count from singles where metric in ('first_raw', 'first_working', 'later_raw', 'later_working')
    union all select metric, day, -5, 0, responsible_id, 0, -count from singles where metric in ('missed', 'rate')
    union all select metric, day, -3, 0, 0, bot_id, -count from singles where metric in ('bot_started', 'bot_ended')) all_rows
  group by 1, 2, 3, 4, 5, 6 having sum(count) <> 0`;

/** Folded months against the folded days they are made of, and rows that hold a bucket twice or none of its counts. */
const monthDifferences = () => t.sql`
  with entries as (
    select grain, metric, case grain when 'day' then date_trunc('month', day)::date else day end as month, channel_id, responsible_id, user_id, bot_id, e.*
    from folded_totals cross join unnest(buckets, counts, sums) e (bucket, count, sum) where account_id = ${t.accountId})
  select metric, month, channel_id, responsible_id, user_id, bot_id, bucket from entries group by 1, 2, 3, 4, 5, 6, 7
  having sum(count) filter (where grain = 'day') is distinct from sum(count) filter (where grain = 'month')
    or sum(sum) filter (where grain = 'day') is distinct from sum(sum) filter (where grain = 'month') or count(*) filter (where grain = 'month') > 1`;

/** The same, counted again from what it tells of. */
async function recounted(): Promise<Count> {
  const counts: Count = {};
  const events = await t.sql<
    {
      type: string;
      at: number;
      author_kind: string;
      author_id: number;
      outcome: keyof typeof outcomeBuckets;
      channel: number;
      run_channel: number;
      bot: number;
    }[]
  >`
    select e.type, e.at, e.author_kind, e.author_id, e.value_after -> 0 ->> 'outcome' as outcome, c.channel_id as channel, h.channel_id as run_channel, r.bot_id as bot
    from events e left join conversations c on c.account_id = e.account_id and c.number = e.conversation_number
    left join bot_runs r on r.account_id = e.account_id and r.id = e.run_id left join chats h on h.account_id = r.account_id and h.id = r.chat_id
    where e.account_id = ${t.accountId}`;
  for (const e of events) {
    const day = dayOf(e.at, zone);
    if (e.type === 'talk_created') add(counts, ['opened', day, e.channel, t.userId, 0, 0, openedBuckets.born]);
    if (e.type === 'talk_reopened') add(counts, ['opened', day, e.channel, t.userId, 0, 0, openedBuckets.reopened]);
    if (e.type === 'talk_missed_event') add(counts, ['missed', day, e.channel, t.userId, 0, 0, 0]);
    if (e.type === 'talk_closed') add(counts, ['closed', day, e.channel, t.userId, e.author_kind === 'user' ? e.author_id : 0, 0, 0]);
    if (e.type === 'bot_started') add(counts, ['bot_started', day, e.run_channel, t.userId, 0, e.bot, 0]);
    if (e.type === 'bot_ended') add(counts, ['bot_ended', day, e.run_channel, t.userId, 0, e.bot, outcomeBuckets[e.outcome]]);
  }
  const messages = await t.sql<{ at: number; channel: number; kind: 'client' | 'user' | 'bot'; author: number }[]>`
    select written_at as at, channel_id as channel, author_kind as kind, author_id as author from messages where account_id = ${t.accountId}`;
  for (const m of messages)
    add(counts, [
      'messages',
      dayOf(m.at, zone),
      m.channel,
      t.userId,
      m.kind === 'user' ? m.author : 0,
      m.kind === 'bot' ? m.author : 0,
      messageBuckets[m.kind],
    ]);
  for (const r of camelRows<ResponseRow>(await t.sql`select * from responses where account_id = ${t.accountId}`)) {
    const which = r.isFirst ? 'first' : 'later';
    const whose = [dayOf(r.answeredAt, zone), r.channelId, r.responsibleId, r.userId, r.botId];
    add(counts, [`${which}_raw`, ...whose, bucketOf(r.rawMs)], r.rawMs);
    add(counts, [`${which}_working`, ...whose, bucketOf(r.workingMs)], r.workingMs);
  }
  return counts;
}

test('a reply is a response from the first unanswered message to its acceptance; the next one of the opening is no longer the first', async () => {
  await t.says(chat, 'hello');
  const askedAt = t.at;
  t.at += 60_000;
  await t.says(chat, 'anybody?');
  t.at += 60_000;
  await writes('good day');
  await writes('and welcome');
  t.at += 5_000;
  await t.says(chat, 'one more thing');
  t.at += 3_600_000;
  await writes('yes?');
  const [first, later, ...rest] = await responsesOf();
  expect(rest).toEqual([]);
  expect(first).toMatchObject({
    isFirst: true,
    byKind: 'user',
    userId: t.userId,
    responsibleId: t.userId,
    waitingSince: askedAt,
    missed: false,
  });
  expect(first!.rawMs).toBeGreaterThanOrEqual(120_000);
  expect(first!.rawMs).toBeLessThan(130_000);
  expect(later).toMatchObject({ isFirst: false });
});

test('the first response of a reopened conversation is a first one again', async () => {
  await t.says(chat, 'hello');
  await writes('good day');
  await t.orders(chat, { type: 'close', by: t.userId, force: true });
  t.at += 1000;
  await t.says(chat, 'again');
  await writes('welcome back');
  expect((await responsesOf()).map(({ isFirst, opening }) => [isFirst, opening])).toEqual([
    [true, 1],
    [true, 2],
  ]);
});

test('neither "no reply needed", nor the close, nor a bot is a response', async () => {
  await t.bot({ 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Hi' } }] } });
  await t.says(chat, 'hello');
  await t.orders(chat, { type: 'noReplyNeeded', by: t.userId });
  t.at += 1000;
  await t.says(chat, 'again');
  await t.orders(chat, { type: 'close', by: t.userId, force: true });
  expect(await responsesOf()).toEqual([]);
});

test('where anybody stops the clock, a bot gives responses too', async () => {
  await t.settings({ responseTime: { ...defaultSettings.responseTime, enabled: true, stoppedBy: 'anybody' } });
  const botId = await t.bot({ 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Hi' } }] } });
  await t.says(chat, 'hello');
  await t.says(chat, 'now');
  expect((await responsesOf())[0]).toMatchObject({ byKind: 'bot', botId, userId: null });
});

test('a reply that fails later takes its response along; the next answer counts from the old start and is the first', async () => {
  await t.says(chat, 'hello');
  const askedAt = t.at;
  t.at += 60_000;
  await writes('lost');
  const lost = await lastOut(chat);
  expect(await responsesOf()).toHaveLength(1);
  t.at += 60_000;
  await fails(lost);
  expect(await responsesOf()).toEqual([]);
  t.at += 60_000;
  await writes('arrives');
  expect(await responsesOf()).toMatchObject([{ isFirst: true, waitingSince: askedAt }]);
  expect(await stored()).toEqual(await recounted());
});

test('when the reply that stopped the clock fails and a second one stands, the second is the response', async () => {
  await t.says(chat, 'hello');
  t.at += 60_000;
  await writes('lost');
  const lost = await lastOut(chat);
  const [before] = await responsesOf();
  t.at += 60_000;
  await writes('stands');
  await fails(lost);
  const [after, ...rest] = await responsesOf();
  expect(rest).toEqual([]);
  expect(after).toMatchObject({ isFirst: true, waitingSince: before!.waitingSince });
  expect(after!.messageId).not.toBe(before!.messageId);
  expect(after!.rawMs).toBeGreaterThanOrEqual(120_000);
});

test('a reply of a folded day that fails is taken out of that day and its month', async () => {
  await t.says(chat, 'hello');
  t.at += 60_000;
  await writes('lost');
  const lost = await lastOut(chat);
  t.at += 86_400_000;
  await addUpAndFold(t.at);
  const [left] = await t.sql`select from daily_totals where account_id = ${t.accountId} and day < ${dayOf(t.at, zone)}::text::date`;
  expect(left).toBeUndefined();
  expect(await stored()).toEqual(await recounted());
  await fails(lost);
  expect(await responsesOf()).toEqual([]);
  expect(await stored()).toEqual(await recounted());
  t.at += 86_400_000;
  await addUpAndFold(t.at);
  expect(await stored()).toEqual(await recounted());
  expect(await levelDifferences()).toEqual([]);
  expect(await monthDifferences()).toEqual([]);
});

test('folds at once, in small steps and beside turns of the same days count everything once', async () => {
  await t.says(chat, 'hello');
  t.at += 60_000;
  await writes('answer');
  const later = t.at + 86_400_000;
  const foldAll = async () => {
    for (let round = 0; round < 40; round += 1) {
      await sumNewCounts(t.sql);
      await foldSome(t.sql, t.accountId, later, 3);
    }
  };
  await Promise.all([
    foldAll(),
    foldAll(),
    (async () => {
      for (let round = 0; round < 8; round += 1) await t.says(`${chat}-${round}`, 'meanwhile');
    })(),
  ]);
  expect(await stored()).toEqual(await recounted());
  await addUpAndFold(later);
  expect(await stored()).toEqual(await recounted());
  expect(await levelDifferences()).toEqual([]);
  expect(await monthDifferences()).toEqual([]);
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('says' as const), chat: fc.nat(2), ms: fc.integer({ min: 1, max: 30_000_000 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom('writes' as const, 'refused' as const),
      chat: fc.nat(2),
      ms: fc.integer({ min: 1, max: 900_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom(
        'close' as const,
        'noReply' as const,
        'rings' as const,
        'failsLater' as const,
        'repeated' as const,
        'folds' as const,
      ),
      chat: fc.nat(2),
      ms: fc.integer({ min: 1, max: 900_000 }),
    }),
  },
);

test('whatever happens, the totals are what counting again gives, and every response can be worked out from its two instants', async () => {
  await t.bot(
    { 0: { question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North', 'South'] } }], answer: [] } },
    { triggers: ['message_received'] },
  );
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      round += 1;
      for (const { what, chat: index, ms } of steps) {
        const external = `p${chats}-${round}-${index}`;
        t.at += ms;
        if (what === 'says') await t.says(external, 'text');
        else if (what === 'repeated') {
          const message = t.message(external, { text: 'twice' });
          await t.turn(external, [message]);
          await t.turn(external, [message, message]);
        } else if (what === 'writes') await writes('answer', external);
        else if (what === 'refused') {
          t.failures.push(new ChannelError('refused', { code: 'no', words: 'no' }));
          await writes('refused', external);
          t.failures.length = 0;
        } else if (what === 'close') await t.orders(external, { type: 'close', by: t.userId, force: true });
        else if (what === 'folds') await addUpAndFold(t.at);
        else if (what === 'noReply') await t.orders(external, { type: 'noReplyNeeded', by: t.userId });
        else if (what === 'rings') await t.waits(external, 900_000);
        else {
          const ids = await lastOut(external);
          if (ids.length > 0) await fails(ids, external);
        }
      }
      expect(await stored()).toEqual(await recounted());
      expect(await levelDifferences()).toEqual([]);
      expect(await monthDifferences()).toEqual([]);
      const rows = camelRows<ResponseRow>(
        await t.sql`select * from responses where account_id = ${t.accountId} order by number, opening, answered_at`,
      );
      const firsts = new Map<string, number>();
      for (const row of rows) {
        expect(row.rawMs).toBe(row.answeredAt - row.waitingSince);
        expect(row.workingMs).toBe(workingTimeBetween(defaultSettings.schedule, row.waitingSince, row.answeredAt));
        const opening = `${row.number}/${row.opening}`;
        firsts.set(opening, (firsts.get(opening) ?? 0) + Number(row.isFirst));
      }
      expect([...firsts.values()].every((count) => count === 1)).toBe(true);
    }),
    { numRuns: 25 },
  );
}, 240_000);
