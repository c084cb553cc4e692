/** The lane's statements: who may send next, and what came of it. Claims and pauses are on the real clock; `accepted_at` is on the turns' clock. */
import type { PendingQuery, Row } from 'postgres';
import { MOST_BURST } from '../../domain/message/abilities.ts';
import type { Queries } from '../connection.ts';
import { camelRows, type MessageRow, type PartRow } from './rows.ts';

export interface LanePart extends PartRow {
  externalChatId: string;
  authorKind: MessageRow['authorKind'];
  /** The chat's last calls by any process, in no order: when they were claimed (epoch ms), and how many messages each made. Absent: not asked for. */
  earlierCalls?: [number, number][] | null;
}

export interface ClaimTimes {
  claimedAt: number;
  claimEndsAt: number;
}

/**
 * Claims the chat's next part: only the first unfinished one, only when its pause is over or its earlier claim has run out. One statement, so two
 * drainers never hold the same part and never overtake. It joins nothing: without statistics a join was planned over all messages of the account. `again`: repeat a part whose claim ran out (its outcome is unknown).
 */
export async function claimNext(
  sql: Queries,
  accountId: number,
  chatId: string,
  times: ClaimTimes,
  again: boolean,
): Promise<LanePart | undefined> {
  const rows = await sql`
    update parts p set status = 'claimed', claimed_at = ${times.claimedAt}, claim_ends_at = ${times.claimEndsAt}, attempts = p.attempts + 1
    where p.account_id = ${accountId} and p.chat_id = ${chatId}
      and p.id = (select id from parts where account_id = ${accountId} and chat_id = ${chatId} and status in ('planned', 'claimed')
                  order by position, index limit 1)
      and ((p.status = 'planned' and (p.not_before is null or p.not_before <= ${times.claimedAt}))
        or (p.status = 'claimed' and p.claim_ends_at < ${times.claimedAt} and ${again}))
    returning p.*,
      (select external_chat_id from chats where account_id = p.account_id and id = p.chat_id) as external_chat_id,
      (select author_kind from messages where account_id = p.account_id and id = p.message_id) as author_kind, (
      select jsonb_agg(jsonb_build_array(call.at, call.messages)) from (
        select (extract(epoch from sent.claimed_at) * 1000)::float8 as at, greatest(1, cardinality(sent.external_ids)) as messages
        from (select id from messages where account_id = p.account_id and chat_id = p.chat_id and position <= p.position and direction = 'out'
              order by position desc limit ${MOST_BURST + 1}) last
        join lateral (select * from parts where account_id = p.account_id and message_id = last.id and id <> p.id and claimed_at is not null
              order by index desc limit ${MOST_BURST}) sent on true) call) as earlier_calls`;
  return camelRows<LanePart>(rows)[0];
}

/** The first unfinished part of a lane, as it stands: why nothing could be claimed. */
export async function firstUnfinished(sql: Queries, accountId: number, chatId: string): Promise<PartRow | undefined> {
  const rows = await sql`
    select * from parts where account_id = ${accountId} and chat_id = ${chatId} and status in ('planned', 'claimed') order by position, index limit 1`;
  return camelRows<PartRow>(rows)[0];
}

/**
 * The messenger took the part; the message follows when all its parts are through (what a stop withdrew is no longer waited for).
 * Answers whether the whole message is.
 */
export async function acceptPart(sql: Queries, part: Accepted, externalIds: string[], at: number): Promise<{ whole: boolean }> {
  const [row] = await sql<{ whole: boolean }[]>`${accepting(sql, part, externalIds, at, sql`true`)}`;
  return { whole: row!.whole };
}

/**
 * The same in one statement for a bot's plain message, which moves nothing else. False, and nothing is changed, where it does: by the account's setting
 * anybody's reply stops the clock, and then the conversation must be told in the same transaction.
 */
export async function acceptPlainPart(sql: Queries, part: Accepted, externalIds: string[], at: number): Promise<boolean> {
  const nobodyIsTold = sql`not exists (select 1 from settings where account_id = ${part.accountId}
    and data #>> '{responseTime,enabled}' = 'true' and data #>> '{responseTime,stoppedBy}' = 'anybody')`;
  const [row] = await sql<{ done: boolean }[]>`${accepting(sql, part, externalIds, at, nobodyIsTold)}`;
  return row!.done;
}

type Accepted = Pick<PartRow, 'accountId' | 'id' | 'messageId'>;

function accepting(sql: Queries, part: Accepted, externalIds: string[], at: number, when: PendingQuery<Row[]>) {
  return sql`
    with done as (
      update parts set status = 'accepted', external_ids = ${externalIds}::text[], accepted_at = ${at}, status_words = ''
      where account_id = ${part.accountId} and id = ${part.id} and status in ('claimed', 'planned', 'unknown') and ${when} returning message_id),
    whole as (
      update messages set status = 'accepted', accepted_at = ${at}, status_words = ''
      where account_id = ${part.accountId} and id in (select message_id from done)
        and not exists (select 1 from parts other where other.account_id = ${part.accountId} and other.message_id = ${part.messageId}
          and other.id <> ${part.id} and other.status not in ('accepted', 'delivered', 'read', 'withdrawn'))
      returning id)
    select exists (select 1 from done) as done, exists (select 1 from whole) as whole`;
}

/** Runs that were ended from outside: what they had planned and not sent is no longer wanted. */
const endedByOthers = (sql: Queries, part: Pick<PartRow, 'accountId' | 'runId'>) =>
  sql`exists (select 1 from bot_runs where account_id = ${part.accountId} and id = ${part.runId} and status = 'ended' and outcome not in ('completed', 'failed'))`;

/**
 * Back into the lane: certainly not sent (or to be repeated by the account's setting). A part whose run was stopped while it was under way is
 * withdrawn instead, like the rest of that run's parts.
 */
export async function postponePart(
  sql: Queries,
  part: Pick<PartRow, 'accountId' | 'id' | 'messageId' | 'runId'>,
  notBefore: number,
  words: string,
): Promise<void> {
  const [row] = await sql<{ status: PartRow['status'] }[]>`
    update parts set not_before = ${notBefore}, place_at = null, status_words = ${words}, status = case when ${endedByOthers(sql, part)} then 'withdrawn' else 'planned' end
    where account_id = ${part.accountId} and id = ${part.id} and status = 'claimed' returning status`;
  if (row?.status === 'withdrawn') await withdrawMessage(sql, part);
}

/**
 * Back into the lane until its turn comes: nothing was tried. `isPlace`: then it has a place in the channel's schedule. What belongs to a stopped run is
 * withdrawn. A claim that ran out and was taken by another sender is that sender's: nothing changes.
 */
export async function awaitPlace(
  sql: Queries,
  part: Pick<PartRow, 'accountId' | 'id' | 'messageId' | 'runId' | 'claimedAt'>,
  dueAt: number,
  isPlace: boolean,
): Promise<void> {
  const [row] = await sql<{ status: PartRow['status'] }[]>`
    update parts set not_before = ${dueAt}, place_at = ${isPlace ? dueAt : null}, attempts = greatest(0, attempts - 1), claimed_at = null, claim_ends_at = null,
      status = case when ${endedByOthers(sql, part)} then 'withdrawn' else 'planned' end
    where account_id = ${part.accountId} and id = ${part.id} and status = 'claimed' and claimed_at = ${part.claimedAt} returning status`;
  if (row?.status === 'withdrawn') await withdrawMessage(sql, part);
}

/** True when a part still stands for somebody who wants it sent: its run was not ended from outside. */
export async function isWanted(sql: Queries, part: Pick<PartRow, 'accountId' | 'runId'>): Promise<boolean> {
  if (part.runId === null) return true;
  const [row] = await sql<{ gone: boolean }[]>`select ${endedByOthers(sql, part)} as gone`;
  return row?.gone !== true;
}

/** What a message says of itself once nothing more of it is sent: accepted where a part got through, else withdrawn. */
async function withdrawMessage(sql: Queries, part: Pick<PartRow, 'accountId' | 'messageId'>): Promise<void> {
  const { accountId, messageId } = part;
  const sent = sql`exists (select 1 from parts where account_id = ${accountId} and message_id = ${messageId} and status in ('accepted', 'delivered', 'read'))`;
  await sql`update messages set status = case when ${sent} then 'accepted' else 'withdrawn' end
    where account_id = ${accountId} and id = ${messageId} and status = 'planned'
      and not exists (select 1 from parts where account_id = ${accountId} and message_id = ${messageId} and status in ('planned', 'claimed'))`;
}

/** The chat's parts that a messenger names by these ids; the first of a part's ids is what receipts mostly name. */
export function namedParts(sql: Queries, accountId: number, chatId: string, externalIds: string[]) {
  return sql`account_id = ${accountId} and chat_id = ${chatId} and external_ids <> '{}'
    and (external_ids[1] = any(${externalIds}::text[]) or (cardinality(external_ids) > 1 and external_ids && ${externalIds}::text[]))`;
}

/**
 * Final: the rest of the message is not tried, and certainly not sent; what was accepted stays. The messenger's words are of the part that it met,
 * the rest has none. False: somebody has settled it before.
 */
export async function giveUpMessage(
  sql: Queries,
  part: Pick<PartRow, 'accountId' | 'id' | 'messageId'>,
  status: 'refused' | 'unknown',
  words: string,
): Promise<boolean> {
  const { accountId } = part;
  const rows = await sql`update parts set status = case when id = ${part.id} then ${status} else 'refused' end,
      status_words = case when id = ${part.id} then ${words} else '' end
    where account_id = ${accountId} and message_id = ${part.messageId} and (id = ${part.id} or status = 'planned') and status in ('planned', 'claimed') returning id`;
  if (rows.length === 0) return false;
  await sql`update messages set status = ${status}, status_words = ${words} where account_id = ${accountId} and id = ${part.messageId}`;
  return true;
}
