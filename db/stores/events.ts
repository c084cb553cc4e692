import type { Author } from '../../domain/conversation/model.ts';
import type { Queries } from '../connection.ts';
import { type EventFilter, eventConditions } from './event-filter.ts';
import { customerOfEvent, visibleEvent } from './event-sight.ts';
import type { Sight } from './sight.ts';

export type { EventFilter } from './event-filter.ts';

/** A turn's instant is older than its commit: a live tail looks this far back and drops what it knows. */
const COMMIT_LAG_MS = 10_000;

export interface EventRow {
  id: number;
  type: string;
  entityType: 'lead' | 'contact' | 'company' | 'customer' | 'task' | 'talk';
  entityId: number;
  authorKind: Author['kind'];
  authorId: number | null;
  authorName: string | null;
  before: unknown[];
  after: unknown[];
  conversationNumber: number | null;
  contactId: number | null;
  contactName: string | null;
  leadId: number | null;
  leadName: string | null;
  /** The customer it is about, or whose task. */
  customerId: number | null;
  customerName: string | null;
  /** The channel of its conversation, or of its message. */
  channelName: string | null;
  runId: string | null;
  at: number;
}

const columns = (sql: Queries) => sql`
  e.id, e.type, e.entity_type "entityType", e.entity_id "entityId", e.author_kind "authorKind", e.author_id "authorId",
  coalesce(u.name, b.name) "authorName", e.value_before "before", e.value_after "after", e.conversation_number "conversationNumber",
  e.contact_id "contactId", ct.name "contactName", e.lead_id "leadId", l.name "leadName", cu.id "customerId", cu.name "customerName", n.name "channelName", e.run_id "runId", e.at`;

const joins = (sql: Queries) => sql`
  left join users u on e.author_kind = 'user' and u.account_id = e.account_id and u.id = e.author_id
  left join bots b on e.author_kind = 'bot' and b.account_id = e.account_id and b.id = e.author_id
  left join contacts ct on ct.account_id = e.account_id and ct.id = e.contact_id
  left join leads l on l.account_id = e.account_id and l.id = e.lead_id
  left join customers cu on cu.account_id = e.account_id and cu.id = ${customerOfEvent(sql, 'e')}
  left join conversations t on t.account_id = e.account_id and t.number = e.conversation_number
  left join messages m on t.number is null and m.account_id = e.account_id and m.id = case when e.type in ('incoming_chat_message', 'outgoing_chat_message') then (e.value_after #>> '{0,message,id}')::uuid end
  left join channels n on n.account_id = e.account_id and n.id = coalesce(t.channel_id, m.channel_id)`;

/** Newest first. `after`: instant and id of the row before; `since`: only rows that may have come after this one. */
export function listEvents(
  sql: Queries,
  actor: Sight,
  filter: EventFilter,
  page: { limit: number; after?: [number, number]; since?: [number, number] },
): Promise<EventRow[]> {
  const { types, ...rest } = filter;
  const place = sql`
    ${page.after === undefined ? sql`` : sql`and (e.at, e.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
    ${page.since === undefined ? sql`` : sql`and e.at >= ${page.since[0] - COMMIT_LAG_MS}::timestamptz and e.id <> ${page.since[1]}`}`;
  const order = sql`order by e.at desc, e.id desc limit ${page.limit}`;
  const isOfOneThing = filter.leadId !== undefined || filter.contactId !== undefined || filter.conversationNumber !== undefined;
  // Of several types a page each by the index of types, then the newest of these: rare ones would else be looked for among all events.
  const found =
    types !== undefined && types.length > 1 && !isOfOneThing
      ? sql`
      select e.* from unnest(${[...new Set(types)]}::text[]) wanted (type) cross join lateral (
        select e.* from events e
        where e.account_id = ${actor.accountId} and e.type = wanted.type and ${visibleEvent(sql, actor, 'e')}
          ${eventConditions(sql, actor.accountId, rest)} ${place} ${order}
      ) e`
      : sql`
      select e.* from events e
      where e.account_id = ${actor.accountId} and ${visibleEvent(sql, actor, 'e')} ${eventConditions(sql, actor.accountId, filter)} ${place}`;
  // The page is cut first: names are looked up for the rows that are shown.
  return sql<EventRow[]>`
    with page as (${found} ${order})
    select ${columns(sql)} from page e ${joins(sql)} order by e.at desc, e.id desc`;
}

/** How many rows an export of this filter will have. */
export async function countEvents(sql: Queries, actor: Sight, filter: EventFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from events e where e.account_id = ${actor.accountId} and ${visibleEvent(sql, actor, 'e')} ${eventConditions(sql, actor.accountId, filter)}`;
  return row!.count;
}

/** Events that a thread shows as lines between messages. */
export const lineTypes = [
  'talk_created',
  'talk_reopened',
  'talk_closed',
  'talk_missed_event',
  'nps_rate_added',
  'conversation_answered',
  'talk_attached',
  'bot_started',
  'bot_ended',
  'lead_status_changed',
  'entity_responsible_changed',
  'participant_added',
  'participant_removed',
  'contact_blocked',
  'contact_unblocked',
];

export interface NewEvent {
  type: string;
  entityType: EventRow['entityType'];
  entityId: number;
  contactId: number | null;
  leadId: number | null;
  conversationNumber?: number;
  before?: unknown[];
  after?: unknown[];
}

/** Rows of the list, in the transaction of the change they tell of. */
export async function insertEvents(sql: Queries, accountId: number, userId: number, events: NewEvent[], at: number): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    account_id: accountId,
    type: event.type,
    entity_type: event.entityType,
    entity_id: event.entityId,
    author_kind: 'user',
    author_id: userId,
    value_before: (event.before ?? []) as never,
    value_after: (event.after ?? []) as never,
    contact_id: event.contactId,
    lead_id: event.leadId,
    conversation_number: event.conversationNumber ?? null,
    at,
  }));
  await sql`insert into events ${sql(rows)}`;
}
