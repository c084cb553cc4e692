/** The schedule of a channel's calls, one row for all processes: who sends much reserves the next places in it. Times are the database's. */
import type { Queries } from '../connection.ts';

export interface Pace {
  /** Milliseconds between two calls of bots, and between two of people while bots queue. */
  botStepMs: number;
  personStepMs: number;
}

/** People's calls that may go out at once before they, too, are spread. */
const PEOPLE_BURST = 2;

/**
 * Reserves places for so many calls of bots, one after the other. Answers in how many ms the first of them is due; the others follow at the step.
 * Also counts calls that have gone out already (`count` of them): whoever reserves next comes after those.
 */
export async function reserveForBots(sql: Queries, accountId: number, channelId: number, pace: Pace, count: number): Promise<number> {
  const span = sql`(${count * pace.botStepMs} * interval '1 millisecond')`;
  const [row] = await sql<{ wait: number }[]>`
    insert into channel_rates as r (account_id, channel_id, bots_at, people_at)
    values (${accountId}, ${channelId}, clock_timestamp() + ${span}, clock_timestamp())
    on conflict (account_id, channel_id) do update set bots_at = greatest(r.bots_at, clock_timestamp()) + ${span}
    returning (extract(epoch from bots_at - ${span} - clock_timestamp()) * 1000)::float8 as wait`;
  return Math.max(0, row!.wait);
}

/**
 * A place for one call of a person: in people's own share, which no queue of bots can fill, or in the common one where that is sooner.
 * Answers in how many ms it is due.
 */
export async function reserveForPerson(sql: Queries, accountId: number, channelId: number, pace: Pace): Promise<number> {
  const step = sql`(${pace.personStepMs} * interval '1 millisecond')`;
  const botStep = sql`(${pace.botStepMs} * interval '1 millisecond')`;
  const own = sql`greatest(r.people_at, clock_timestamp() - ${PEOPLE_BURST} * ${step})`;
  const common = sql`greatest(r.bots_at, clock_timestamp())`;
  const [row] = await sql<{ wait: number }[]>`
    with first as (insert into channel_rates (account_id, channel_id, bots_at, people_at)
      values (${accountId}, ${channelId}, clock_timestamp() + ${botStep}, clock_timestamp()) on conflict (account_id, channel_id) do nothing returning 1),
    next as (select account_id, channel_id, ${own} as own, ${common} as common from channel_rates r
      where account_id = ${accountId} and channel_id = ${channelId} for update)
    , taken as (
      update channel_rates r set people_at = case when next.own < next.common then next.own + ${step} else r.people_at end,
        bots_at = case when next.own < next.common then r.bots_at else next.common + ${botStep} end
      from next where r.account_id = next.account_id and r.channel_id = next.channel_id
      returning (extract(epoch from least(next.own, next.common) - clock_timestamp()) * 1000)::float8 as wait)
    select coalesce((select wait from taken), 0) as wait`;
  return Math.max(0, row!.wait);
}
