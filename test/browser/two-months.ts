import type { Sql } from '../../db/connection.ts';
import { addCounts } from '../../db/stores/new-counts.ts';
import { bucketOf } from '../../domain/analytics/buckets.ts';
import { addDays, dayOf } from '../../domain/analytics/periods.ts';
import { outcomeBuckets, rateBucket, type Total } from '../../domain/analytics/totals.ts';

/** Two months of a small team, as turns would have counted them; a fixed pattern, so that pictures look alike. `names`: colleagues of the administrator, made where they are missing. */
export async function seedTotals(
  sql: Sql,
  names = ['Ольга Смирнова', 'Игорь Волков', 'Anna Lee'],
): Promise<{ accountId: number; users: number[] }> {
  const [account] = await sql<{ id: number; zone: string }[]>`select id, time_zone zone from accounts where is_demo limit 1`;
  const accountId = account!.id;
  const [channel] = await sql<{ id: number }[]>`select id from channels where account_id = ${accountId} order by id limit 1`;
  const [bot] = await sql<{ id: number }[]>`select id from bots where account_id = ${accountId} order by id limit 1`;
  const [admin] = await sql<{ id: number }[]>`select id from users where account_id = ${accountId} order by id limit 1`;
  const users = [admin!.id];
  for (const name of names) {
    const [known] = await sql<{ id: number }[]>`select id from users where account_id = ${accountId} and name = ${name}`;
    const [made] =
      known === undefined
        ? await sql<{ id: number }[]>`
            insert into users (account_id, name, email, role, created_at)
            values (${accountId}, ${name}, ${`${name}@example.test`}, 'manager', ${Date.now()}) returning id`
        : [known];
    users.push(made!.id);
  }
  const today = dayOf(Date.now(), account!.zone);
  const counts: Total[] = [];
  for (let ago = 0; ago < 60; ago += 1) {
    const day = addDays(today, -ago);
    const load = 6 + ((ago * 7) % 11) - (ago % 7 === 5 ? 5 : 0);
    for (const [index, userId] of users.entries()) {
      const add = (metric: Total['metric'], count: number, rest: Partial<Total> = {}) =>
        counts.push({
          metric,
          day,
          channelId: channel!.id,
          responsibleId: userId,
          userId: 0,
          botId: 0,
          bucket: 0,
          count,
          sum: 0,
          ...rest,
        });
      add('opened', load);
      add('opened', load % 3, { bucket: 1 });
      add('closed', load - 1 + (ago % 2), { userId });
      add('messages', load * 4, { bucket: 0 });
      add('messages', load * 3, { bucket: 1, userId });
      add('messages', load * 2, { bucket: 2, botId: bot!.id });
      add('missed', (ago + index) % 5 === 0 ? 2 : 0);
      for (let n = 0; n < load; n += 1) {
        const ms = 20_000 * (1 + ((n * 13 + ago + index * 5) % 40));
        for (const [metric, value] of [
          ['first_raw', ms],
          ['first_working', ms * 0.7],
          ['later_raw', ms * 0.5],
          ['later_working', ms * 0.4],
        ] as const)
          add(metric, 1, { userId, bucket: bucketOf(value), sum: Math.round(value) });
      }
      for (const rate of [10, 9, 10, 8, 3 + ((ago + index) % 7)]) add('rate', 1, { bucket: rateBucket(rate, 10), sum: rate });
      add('bot_started', load, { botId: bot!.id });
      add('bot_ended', load - 2, { botId: bot!.id, bucket: outcomeBuckets.completed });
      add('bot_ended', 1, { botId: bot!.id, bucket: outcomeBuckets.stopped });
      add('bot_ended', ago % 2, { botId: bot!.id, bucket: outcomeBuckets.failed });
    }
  }
  const real = counts.filter(({ count }) => count > 0);
  for (let from = 0; from < real.length; from += 1000) await addCounts(sql, accountId, real.slice(from, from + 1000));
  return { accountId, users };
}
