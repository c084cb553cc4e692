import type { Queries } from '../connection.ts';
import type { FieldValues } from '../schema/people.ts';
import { tagsOf } from './contacts.ts';
import { type LeadFilter, leadCondition } from './lead-filter.ts';
import { editableLead, type Sight, visibleLead } from './sight.ts';

export interface StageRow {
  id: number;
  pipelineId: number;
  name: string;
  kind: 'incoming' | 'open' | 'won' | 'lost';
  sort: number;
  colour: string;
}

export interface LeadRow {
  id: number;
  name: string;
  price: number;
  pipelineId: number;
  stageId: number;
  stageName: string;
  stageKind: StageRow['kind'];
  stageSort: number;
  stageColour: string;
  responsibleId: number | null;
  responsibleName: string | null;
  contactId: number | null;
  contactName: string | null;
  tags: { id: number; name: string }[];
  fields: FieldValues;
  createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  /** Whether the asker may change it. */
  mayEdit: boolean;
  /** Start of the longest wait among its conversations in work, the first deadline, the latest deadline that was missed. */
  waitingSince: number | null;
  answerDueAt: number | null;
  missedAt: number | null;
  hasUnread: boolean;
  /** Client messages nobody has read, 99 at most a conversation. */
  unread: number;
  hasInWork: boolean;
  bots: number;
  messageText: string | null;
  messageAuthor: string | null;
  messageAt: number | null;
}

/** Most unread messages that are counted for one conversation: more is shown as that many. */
const UNREAD_MOST = 99;

const columns = (sql: Queries, actor: Sight) => sql`
  ${editableLead(sql, actor, 'l')} "mayEdit", l.id, l.name, l.price, l.pipeline_id "pipelineId", l.status_id "stageId", s.name "stageName", s.kind "stageKind", s.sort "stageSort",
  s.colour "stageColour", l.responsible_user_id "responsibleId", u.name "responsibleName", l.contact_id "contactId", ct.name "contactName",
  ${tagsOf(sql, 'l')} tags, l.fields, l.created_at "createdAt", l.updated_at "updatedAt", l.closed_at "closedAt",
  talks.waiting_since "waitingSince", talks.due_at "answerDueAt", talks.missed_at "missedAt", coalesce(talks.has_unread, false) "hasUnread",
  coalesce(talks.unread, 0)::int unread, coalesce(talks.has_in_work, false) "hasInWork",
  (select count(*)::int from bot_runs r where r.account_id = l.account_id and r.lead_id = l.id and r.status <> 'ended') bots,
  chat.last_message_text "messageText", chat.last_message_author "messageAuthor", chat.last_message_at "messageAt"`;

const joins = (sql: Queries) => sql`
  join stages s on s.account_id = l.account_id and s.pipeline_id = l.pipeline_id and s.id = l.status_id
  left join users u on u.account_id = l.account_id and u.id = l.responsible_user_id
  left join contacts ct on ct.account_id = l.account_id and ct.id = l.contact_id
  left join lateral (
    select min(t.waiting_since) waiting_since, min(t.answer_due_at) due_at, max(t.missed_at) missed_at, bool_or(not t.is_read) has_unread,
      true has_in_work, sum(case when t.is_read then 0 else greatest(1, (
        select count(*) from (
          select 1 from messages m where m.account_id = t.account_id and m.chat_id = t.chat_id and m.direction = 'in' and m.status = 'accepted'
          limit ${UNREAD_MOST}) fresh)) end) unread
    from conversations t
    where t.account_id = l.account_id and t.entity_type = 'lead' and t.entity_id = l.id and t.status <> 'closed' having count(*) > 0
  ) talks on true
  left join lateral (
    select c.last_message_text, c.last_message_author, c.last_message_at from chats c
    where c.account_id = l.account_id and c.contact_id = l.contact_id and c.last_message_at is not null order by c.last_message_at desc limit 1
  ) chat on true`;

/** Most recently changed first. `after`: updated_at and id of the row before. */
export function listLeads(
  sql: Queries,
  actor: Sight,
  filter: LeadFilter,
  page: { limit: number; after?: [number, number] },
): Promise<LeadRow[]> {
  // The page is cut first: what is joined and counted is counted for the rows that are shown.
  return sql<LeadRow[]>`
    with page as (
      select l.* from leads l where ${leadCondition(sql, actor, filter)}
      ${page.after === undefined ? sql`` : sql`and (l.updated_at, l.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
      order by l.updated_at desc, l.id desc limit ${page.limit}
    )
    select ${columns(sql, actor)} from page l ${joins(sql)} order by l.updated_at desc, l.id desc`;
}

export interface StageTotal {
  stageId: number;
  count: number;
  sum: number;
}

/** How many leads of a pipeline the filter finds in each stage, and what they are worth together. Stages without any are left out. */
export function stageTotals(sql: Queries, actor: Sight, filter: LeadFilter & { pipelineId: number }): Promise<StageTotal[]> {
  return sql<StageTotal[]>`
    select l.status_id "stageId", count(*)::int count, coalesce(sum(l.price), 0)::bigint sum from leads l
    where ${leadCondition(sql, actor, filter)} group by l.status_id`;
}

export async function findLead(sql: Queries, actor: Sight, leadId: number): Promise<LeadRow | undefined> {
  const [row] = await sql<LeadRow[]>`
    select ${columns(sql, actor)} from leads l ${joins(sql)}
    where l.account_id = ${actor.accountId} and l.id = ${leadId} and ${visibleLead(sql, actor, 'l')}`;
  return row;
}

export interface LockedLead {
  id: number;
  name: string;
  price: number;
  pipelineId: number;
  stageId: number;
  responsibleId: number | null;
  contactId: number | null;
  tagIds: number[];
  fields: FieldValues;
}

/** Locks a lead that is about to change: first in the order of locks. */
export async function lockLead(sql: Queries, actor: Sight, leadId: number): Promise<(LockedLead & { mayEdit: boolean }) | undefined> {
  const [row] = await sql<(LockedLead & { mayEdit: boolean })[]>`
    select l.id, l.name, l.price, l.pipeline_id "pipelineId", l.status_id "stageId", l.responsible_user_id "responsibleId", l.contact_id "contactId",
      l.tag_ids "tagIds", l.fields, ${editableLead(sql, actor, 'l')} "mayEdit"
    from leads l where l.account_id = ${actor.accountId} and l.id = ${leadId} and ${visibleLead(sql, actor, 'l')} for update of l`;
  return row;
}

/** `isClosed`: whether the stage it moved to is a final one; undefined: it did not move. */
export async function updateLead(
  sql: Queries,
  accountId: number,
  lead: LockedLead,
  isClosed: boolean | undefined,
  at: number,
): Promise<void> {
  const closedAt = isClosed === undefined ? sql`closed_at` : isClosed ? sql`coalesce(closed_at, ${at}::timestamptz)` : sql`null`;
  await sql`
    update leads set name = ${lead.name}, price = ${lead.price}, pipeline_id = ${lead.pipelineId}, status_id = ${lead.stageId},
      responsible_user_id = ${lead.responsibleId}, tag_ids = ${lead.tagIds}::bigint[], fields = ${lead.fields as never}, updated_at = ${at},
      closed_at = ${closedAt}
    where account_id = ${accountId} and id = ${lead.id}`;
}

/** `isClosed`: it is made in a final stage. */
export async function insertLead(
  sql: Queries,
  accountId: number,
  lead: Omit<LockedLead, 'id'>,
  isClosed: boolean,
  at: number,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into leads (account_id, name, price, pipeline_id, status_id, responsible_user_id, contact_id, tag_ids, fields, created_at, updated_at, closed_at)
    values (${accountId}, ${lead.name}, ${lead.price}, ${lead.pipelineId}, ${lead.stageId}, ${lead.responsibleId}, ${lead.contactId},
      ${lead.tagIds}::bigint[], ${lead.fields as never}, ${at}, ${at}, ${isClosed ? at : null}::timestamptz)
    returning id`;
  if (lead.contactId !== null) {
    await sql`insert into lead_contacts (account_id, lead_id, contact_id) values (${accountId}, ${row!.id}, ${lead.contactId}) on conflict do nothing`;
  }
  return row!.id;
}

/** Where the lead's conversations in work live: what their workflows are named after. */
export function openTalksOfLead(
  sql: Queries,
  accountId: number,
  leadId: number,
): Promise<{ number: number; channelId: number; externalChatId: string }[]> {
  return sql<{ number: number; channelId: number; externalChatId: string }[]>`
    select t.number, c.channel_id "channelId", c.external_chat_id "externalChatId"
    from conversations t join chats c on c.account_id = t.account_id and c.id = t.chat_id
    where t.account_id = ${accountId} and t.entity_type = 'lead' and t.entity_id = ${leadId} and t.status <> 'closed' order by t.number`;
}
