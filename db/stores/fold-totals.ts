/** Moves sums of days that are over into few rows, which reports of long periods read (schema/analytics.ts). */
import type { Sql, Transaction } from '../connection.ts';

/** Rows of one transaction. */
const ROWS_AT_ONCE = 5_000;

/** Folds what there is to fold, account by account. Any number of workers may at once. `now` in epoch ms. */
export async function foldFinishedDays(sql: Sql, now: number, stopping: () => boolean = () => false): Promise<void> {
  // Folded away, days leave nothing here: the table holds about a day of each account.
  const accounts = await sql<{ id: number }[]>`
    select distinct t.account_id id from daily_totals t join accounts a on a.id = t.account_id
    where t.day < (${now}::timestamptz at time zone a.time_zone)::date`;
  for (const { id } of accounts) while (!stopping() && (await foldSome(sql, id, now)) === ROWS_AT_ONCE);
}

/** Waits until nobody else changes the totals of this account, and holds them until the transaction ends. */
export async function lockFold(tx: Transaction, accountId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`fold/${accountId}`}, 0))`;
}

/**
 * Folds some rows of an account and answers how many: fewer than at once when none are left. What is taken out of one table is what goes into the other, in
 * one statement, so every reader finds each count once.
 */
export async function foldSome(sql: Sql, accountId: number, now: number, rows = ROWS_AT_ONCE): Promise<number> {
  return sql.begin(async (tx) => {
    // Two at once would each add to what the other has not written yet.
    await lockFold(tx as Transaction, accountId);
    const [taken] = await tx<{ count: number }[]>`
      with taken as (
        delete from daily_totals where ctid = any(array(
          select t.ctid from daily_totals t join accounts a on a.id = t.account_id
          where t.account_id = ${accountId} and t.day < (${now}::timestamptz at time zone a.time_zone)::date
          limit ${rows}))
        returning metric, day, channel_id, responsible_id, user_id, bot_id, bucket, count, sum),
      added as (
        select 'day' grain, * from taken
        union all
        select 'month', metric, date_trunc('month', day)::date, channel_id, responsible_id, user_id, bot_id, bucket, count, sum from taken),
      entries as (
        select * from added
        union all
        select k.*, e.bucket, e.count, e.sum
        from (select distinct grain, metric, day, channel_id, responsible_id, user_id, bot_id from added) k
        join folded_totals f on f.account_id = ${accountId} and f.grain = k.grain and f.metric = k.metric and f.responsible_id = k.responsible_id
          and f.day = k.day and f.channel_id = k.channel_id and f.user_id = k.user_id and f.bot_id = k.bot_id
        cross join unnest(f.buckets, f.counts, f.sums) e (bucket, count, sum)),
      summed as (
        select grain, metric, day, channel_id, responsible_id, user_id, bot_id, bucket, sum(count)::bigint count, sum(sum)::bigint sum
        from entries group by 1, 2, 3, 4, 5, 6, 7, 8),
      folded as (
        insert into folded_totals (account_id, grain, metric, day, channel_id, responsible_id, user_id, bot_id, buckets, counts, sums)
        select ${accountId}, grain, metric, day, channel_id, responsible_id, user_id, bot_id,
          coalesce(array_agg(bucket order by bucket) filter (where count <> 0 or sum <> 0), '{}'),
          coalesce(array_agg(count order by bucket) filter (where count <> 0 or sum <> 0), '{}'),
          coalesce(array_agg(sum order by bucket) filter (where count <> 0 or sum <> 0), '{}')
        from summed group by grain, metric, day, channel_id, responsible_id, user_id, bot_id
        on conflict (account_id, grain, metric, responsible_id, day, channel_id, user_id, bot_id)
        do update set buckets = excluded.buckets, counts = excluded.counts, sums = excluded.sums)
      select count(*)::int count from taken`;
    return taken!.count;
  });
}
