import type { TalkStatus } from '../../domain/conversation/model.ts';
import { type ConversationView, countedViews } from '../../domain/conversation/views.ts';
import type { Queries } from '../connection.ts';
import { type Sight, seesAll, visible } from './sight.ts';

/** Statuses of the view "awaiting rating". */
export const AWAITING: readonly TalkStatus[] = ['nps_scheduled', 'nps_in_progress'];

export interface ConversationFilter {
  view: ConversationView;
  channelIds?: number[];
  contactId?: number;
  leadId?: number;
  /** 0 stands for nobody. */
  responsibleIds?: number[];
  /** Stages by pipeline: won and lost have the same id in every one. */
  stages?: { pipelineId: number; stageId: number }[];
  /** Tags of the lead or of the contact. */
  tagIds?: number[];
  isRead?: boolean;
  /** Somebody waits, and since this instant or longer. */
  waitingBefore?: number;
  /** Its latest unanswered stretch was answered too late, or is late now. */
  missed?: boolean;
  /** A bot owns the client's next message, or a run of the chat or of the lead is alive. */
  botAtWork?: boolean;
  rateFrom?: number;
  rateTo?: number;
  /** What `from` and `to` (epoch ms, both included) are about: the latest message, the latest opening or the latest close. */
  period?: 'activity' | 'opened' | 'closed';
  from?: number;
  to?: number;
}

const periodColumn = { activity: 'last_message_at', opened: 'opened_at', closed: 'closed_at' } as const;

/** What a filter asks of `conversations t`, the account and sight included. */
export function conversationCondition(sql: Queries, actor: Sight, filter: ConversationFilter) {
  const { channelIds, contactId, leadId, responsibleIds, stages, tagIds, isRead, waitingBefore, missed, botAtWork, rateFrom, rateTo } =
    filter;
  const { period = 'activity', from, to } = filter;
  const at = sql`t.${sql(periodColumn[period])}`;
  return sql`
    t.account_id = ${actor.accountId} and ${inView(sql, actor, filter.view)} ${inSight(sql, actor)}
    ${channelIds === undefined ? sql`` : sql`and t.channel_id = any(${channelIds}::bigint[])`}
    ${contactId === undefined ? sql`` : sql`and t.contact_id = ${contactId}`}
    ${leadId === undefined ? sql`` : sql`and t.entity_type = 'lead' and t.entity_id = ${leadId}`}
    ${responsibleIds === undefined ? sql`` : sql`and ${answeredBy(sql, actor.accountId, responsibleIds)}`}
    ${stages === undefined ? sql`` : sql`and ${inStages(sql, stages)}`}
    ${tagIds === undefined ? sql`` : sql`and ${tagged(sql, tagIds)}`}
    ${isRead === undefined ? sql`` : isRead ? sql`and t.is_read` : sql`and not t.is_read`}
    ${waitingBefore === undefined ? sql`` : sql`and t.waiting_since <= ${waitingBefore}::timestamptz`}
    ${missed === undefined ? sql`` : missed ? sql`and t.missed_at is not null` : sql`and t.missed_at is null`}
    ${botAtWork === undefined ? sql`` : botAtWork ? sql`and ${withBot(sql)}` : sql`and not ${withBot(sql)}`}
    ${rateFrom === undefined ? sql`` : sql`and t.rate >= ${rateFrom}`}
    ${rateTo === undefined ? sql`` : sql`and t.rate <= ${rateTo}`}
    ${from === undefined ? sql`` : sql`and ${at} >= ${from}::timestamptz`}
    ${to === undefined ? sql`` : sql`and ${at} <= ${to}::timestamptz`}`;
}

function inView(sql: Queries, actor: Sight, view: ConversationView) {
  switch (view) {
    case 'mine':
      return sql`t.status <> 'closed' and ${answeredBy(sql, actor.accountId, [actor.userId])}`;
    case 'unassigned':
      return sql`t.status <> 'closed' and ${answeredBy(sql, actor.accountId, [0])}`;
    case 'waiting':
      return sql`t.status <> 'closed' and t.waiting_since is not null`;
    case 'unread':
      return sql`t.status <> 'closed' and not t.is_read`;
    case 'awaiting':
      return sql`t.status <> 'closed' and t.status in ${sql(AWAITING)}`;
    case 'all':
      return sql`t.status <> 'closed'`;
    case 'closed':
      return sql`t.status = 'closed'`;
    default:
      return view satisfies never;
  }
}

function answeredBy(sql: Queries, accountId: number, ids: number[]) {
  const users = ids.filter((id) => id !== 0);
  const nobody = users.length < ids.length ? sql`own.responsible_user_id is null` : sql`false`;
  const who = users.length === 0 ? nobody : sql`(own.responsible_user_id = any(${users}::bigint[]) or ${nobody})`;
  return sql`exists (select 1 from contacts own where own.account_id = ${accountId} and own.id = t.contact_id and ${who})`;
}

function inStages(sql: Queries, stages: { pipelineId: number; stageId: number }[]) {
  return sql`t.entity_type = 'lead' and exists (
    select 1 from leads sl where sl.account_id = t.account_id and sl.id = t.entity_id and (sl.pipeline_id, sl.status_id) in (
      select * from unnest(${stages.map(({ pipelineId }) => pipelineId)}::bigint[], ${stages.map(({ stageId }) => stageId)}::bigint[])))`;
}

function tagged(sql: Queries, ids: number[]) {
  return sql`(exists (select 1 from contacts tc where tc.account_id = t.account_id and tc.id = t.contact_id and tc.tag_ids && ${ids}::bigint[])
    or t.entity_type = 'lead' and exists (select 1 from leads tl where tl.account_id = t.account_id and tl.id = t.entity_id and tl.tag_ids && ${ids}::bigint[]))`;
}

function withBot(sql: Queries) {
  return sql`(exists (select 1 from chats bc where bc.account_id = t.account_id and bc.id = t.chat_id and bc.talk_number = t.number and bc.listener_run_id is not null)
    or exists (select 1 from bot_runs br where br.account_id = t.account_id and br.chat_id = t.chat_id and br.status <> 'ended')
    or t.entity_type = 'lead' and exists (select 1 from bot_runs lr where lr.account_id = t.account_id and lr.lead_id = t.entity_id and lr.status <> 'ended')
    or t.entity_type = 'customer' and exists (
      select 1 from bot_runs cr where cr.account_id = t.account_id and cr.customer_id = t.entity_id and cr.status <> 'ended'))`;
}

/** As a plain semi-join, unlike the condition for rows that may have no contact: the planner may then go by the list's own order, or from the contacts. */
function inSight(sql: Queries, actor: Sight) {
  if (seesAll(actor)) return sql``;
  return sql`and exists (select 1 from contacts seen where seen.account_id = ${actor.accountId} and seen.id = t.contact_id and ${visible(sql, actor, 'seen')})`;
}

export type ViewCounts = Record<(typeof countedViews)[number], number>;

/** A view that holds this many or more is counted no further. */
export const COUNT_MOST = 1000;
/** Up to so many open conversations are gone through once for all views; where there are more, each view is counted for itself and stops early. */
const ONE_PASS_MOST = 5000;

/** Sizes of the views, each up to COUNT_MOST. One statement, but for accounts with thousands of open conversations, which need a second one. */
export async function countViews(sql: Queries, actor: Sight): Promise<ViewCounts> {
  // One look at each contact serves sight and all views; left to itself the planner would read all contacts of the account instead.
  const [row] = await sql<(ViewCounts & { scanned: number })[]>`
    with open as materialized (
      select t.is_read, t.waiting_since, t.status, t.contact_id from conversations t
      where t.account_id = ${actor.accountId} and t.status <> 'closed' limit ${ONE_PASS_MOST + 1}
    ), seen as (
      select open.*, c.responsible_user_id from open cross join lateral (
        select own.responsible_user_id, own.participant_ids from contacts own where own.account_id = ${actor.accountId} and own.id = open.contact_id limit 1
      ) c where ${visible(sql, actor, 'c')}
    )
    select (select count(*)::int from open) scanned,
      count(*) filter (where responsible_user_id = ${actor.userId})::int mine, count(*) filter (where responsible_user_id is null)::int unassigned,
      count(*) filter (where waiting_since is not null)::int waiting, count(*) filter (where not is_read)::int unread,
      count(*) filter (where status in ${sql(AWAITING)})::int awaiting, count(*)::int "all"
    from seen`;
  const { scanned, ...counts } = row!;
  if (scanned > ONE_PASS_MOST) return countEach(sql, actor);
  return Object.fromEntries(countedViews.map((view) => [view, Math.min(counts[view], COUNT_MOST)])) as ViewCounts;
}

async function countEach(sql: Queries, actor: Sight): Promise<ViewCounts> {
  const count = (view: ConversationView) =>
    sql`(select count(*) from (select 1 from conversations t where ${conversationCondition(sql, actor, { view })} limit ${COUNT_MOST}) counted)::int`;
  const [row] = await sql<ViewCounts[]>`
    select ${count('mine')} mine, ${count('unassigned')} unassigned, ${count('waiting')} waiting, ${count('unread')} unread,
      ${count('awaiting')} awaiting, ${count('all')} "all"`;
  return row!;
}
