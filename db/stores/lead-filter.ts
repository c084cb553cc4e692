import type { Queries } from '../connection.ts';
import { type Sight, visibleLead } from './sight.ts';

/** State of a lead's conversations in work. `read`: there are some, and all of them are read (domain/conversation/lead-read.ts). */
export type LeadTalks = 'read' | 'unread' | 'waiting' | 'none';

export interface LeadFilter {
  pipelineId?: number;
  stageIds?: number[];
  /** 0 stands for nobody. */
  responsibleIds?: number[];
  tagIds?: number[];
  channelIds?: number[];
  contactId?: number;
  talks?: LeadTalks;
  open?: boolean;
  /** In the system stage of leads that nobody has accepted yet. */
  incoming?: boolean;
  /** Made within: epoch milliseconds. */
  from?: number;
  to?: number;
  search?: string;
}

/** What a filter asks of `leads l`, the account and sight included. */
export function leadCondition(sql: Queries, actor: Sight, filter: LeadFilter) {
  const { pipelineId, stageIds, responsibleIds, tagIds, channelIds, contactId, talks, open, incoming, from, to, search } = filter;
  return sql`
    l.account_id = ${actor.accountId} and ${visibleLead(sql, actor, 'l')}
    ${pipelineId === undefined ? sql`` : sql`and l.pipeline_id = ${pipelineId}`}
    ${stageIds === undefined ? sql`` : sql`and l.status_id = any(${stageIds}::bigint[])`}
    ${responsibleIds === undefined ? sql`` : answeredBy(sql, responsibleIds)}
    ${tagIds === undefined ? sql`` : sql`and l.tag_ids && ${tagIds}::bigint[]`}
    ${channelIds === undefined ? sql`` : inChannels(sql, channelIds)}
    ${contactId === undefined ? sql`` : sql`and l.contact_id = ${contactId}`}
    ${talks === undefined ? sql`` : withTalks(sql, talks)}
    ${open === undefined ? sql`` : open ? sql`and not ${inStage(sql, actor.accountId, ['won', 'lost'])}` : sql`and ${inStage(sql, actor.accountId, ['won', 'lost'])}`}
    ${incoming === undefined ? sql`` : incoming ? sql`and ${inStage(sql, actor.accountId, ['incoming'])}` : sql`and not ${inStage(sql, actor.accountId, ['incoming'])}`}
    ${from === undefined ? sql`` : sql`and l.created_at >= ${from}::timestamptz`}
    ${to === undefined ? sql`` : sql`and l.created_at <= ${to}::timestamptz`}
    ${search === undefined || search === '' ? sql`` : searched(sql, actor.accountId, search)}`;
}

/** Stages are few: the pairs of those kinds are found once, not per lead. */
const inStage = (sql: Queries, accountId: number, kinds: string[]) => sql`(l.pipeline_id, l.status_id) in (
  select st.pipeline_id, st.id from stages st where st.account_id = ${accountId} and st.kind = any(${kinds}::text[]))`;

function answeredBy(sql: Queries, ids: number[]) {
  const users = ids.filter((id) => id !== 0);
  const nobody = users.length < ids.length ? sql`l.responsible_user_id is null` : sql`false`;
  return users.length === 0 ? sql`and ${nobody}` : sql`and (l.responsible_user_id = any(${users}::bigint[]) or ${nobody})`;
}

const talksOf = (sql: Queries) =>
  sql`select 1 from conversations t where t.account_id = l.account_id and t.entity_type = 'lead' and t.entity_id = l.id`;

function inChannels(sql: Queries, ids: number[]) {
  return sql`and (l.channel_id = any(${ids}::bigint[]) or exists (${talksOf(sql)} and t.channel_id = any(${ids}::bigint[])))`;
}

function withTalks(sql: Queries, talks: LeadTalks) {
  const inWork = sql`${talksOf(sql)} and t.status <> 'closed'`;
  switch (talks) {
    case 'read':
      return sql`and exists (${inWork}) and not exists (${inWork} and not t.is_read)`;
    case 'unread':
      return sql`and exists (${inWork} and not t.is_read)`;
    case 'waiting':
      return sql`and exists (${inWork} and t.waiting_since is not null)`;
    case 'none':
      return sql`and not exists (${inWork})`;
    default:
      return talks satisfies never;
  }
}

/** Part of the lead's or the contact's name, or the lead's id. Contacts are looked through once, not per lead. */
function searched(sql: Queries, accountId: number, words: string) {
  const pattern = `%${words.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`and (l.name ilike ${pattern} or l.id::text = ${words}
    or l.contact_id in (select named.id from contacts named where named.account_id = ${accountId} and named.name ilike ${pattern}))`;
}
