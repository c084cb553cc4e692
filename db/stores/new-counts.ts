/**
 * Counts on their way into daily totals. Turns only append theirs (db/turns/save.ts): rows that many write at once would make every chat of an account
 * wait for the others' commits. They are added up every few seconds, and before a report is read.
 */
import { gather, type Total, withLevels } from '../../domain/analytics/totals.ts';
import type { Queries, Sql, Transaction } from '../connection.ts';
import { snakeRow } from '../turns/rows.ts';
import { lockFold } from './fold-totals.ts';

/** Rows of one transaction. */
const ROWS_AT_ONCE = 5_000;

/** Appends counts; part of the caller's transaction where `sql` is one. */
export async function addCounts(sql: Queries, accountId: number, counts: readonly Total[]): Promise<void> {
  if (counts.length > 0) await sql`insert into new_counts ${sql(counts.map((count) => snakeRow({ ...count, accountId })))}`;
}

/** Adds up what is new in every account. Any number of workers may at once. */
export async function sumNewCounts(sql: Sql, stopping: () => boolean = () => false): Promise<void> {
  const accounts = await sql<{ id: number }[]>`select distinct account_id id from new_counts`;
  for (const { id } of accounts) if (!stopping()) await sumNewCountsOf(sql, id, stopping);
}

/** Adds up what is new in one account: what was committed before the call is in its daily totals afterwards. */
export async function sumNewCountsOf(sql: Sql, accountId: number, stopping: () => boolean = () => false): Promise<void> {
  for (;;) {
    const [some] = await sql`select from new_counts where account_id = ${accountId} limit 1`;
    if (some === undefined || stopping()) return;
    await sql.begin(async (tx) => {
      // One at a time: two would take each other's rows, and lock totals crosswise.
      await lockFold(tx as Transaction, accountId);
      const taken = await tx<Total[]>`
        delete from new_counts where ctid = any(array(select ctid from new_counts where account_id = ${accountId} limit ${ROWS_AT_ONCE}))
        returning metric, day::text, channel_id "channelId", responsible_id "responsibleId", user_id "userId", bot_id "botId", bucket, count, sum`;
      await addToTotals(tx as Transaction, accountId, gather(taken.flatMap(withLevels)));
    });
  }
}

async function addToTotals(tx: Transaction, accountId: number, totals: readonly Total[]): Promise<void> {
  if (totals.length === 0) return;
  const numbers = (of: (total: Total) => number) => totals.map(of);
  await tx`
    insert into daily_totals as t (account_id, metric, day, channel_id, responsible_id, user_id, bot_id, bucket, count, sum)
    select ${accountId}, metric, day::date, channel, responsible, by_user, bot, bucket, amount, total
    from unnest(${totals.map(({ metric }) => metric)}::text[], ${totals.map(({ day }) => day)}::text[], ${numbers((one) => one.channelId)}::bigint[],
      ${numbers((one) => one.responsibleId)}::bigint[], ${numbers((one) => one.userId)}::bigint[], ${numbers((one) => one.botId)}::bigint[],
      ${numbers((one) => one.bucket)}::int[], ${numbers((one) => one.count)}::bigint[], ${numbers((one) => one.sum)}::bigint[])
      as added (metric, day, channel, responsible, by_user, bot, bucket, amount, total)
    on conflict (account_id, metric, responsible_id, day, channel_id, user_id, bot_id, bucket)
    do update set count = t.count + excluded.count, sum = t.sum + excluded.sum`;
}
