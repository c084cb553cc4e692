import type { Author } from '../../domain/conversation/model.ts';
import type { Queries } from '../connection.ts';
import { type Sight, visibleByCard } from './sight.ts';

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
  leadId: number | null;
  runId: string | null;
  at: number;
}

const columns = (sql: Queries) => sql`
  e.id, e.type, e.entity_type "entityType", e.entity_id "entityId", e.author_kind "authorKind", e.author_id "authorId",
  coalesce(u.name, b.name) "authorName", e.value_before "before", e.value_after "after", e.conversation_number "conversationNumber",
  e.contact_id "contactId", e.lead_id "leadId", e.run_id "runId", e.at`;

const joins = (sql: Queries) => sql`
  left join users u on e.author_kind = 'user' and u.account_id = e.account_id and u.id = e.author_id
  left join bots b on e.author_kind = 'bot' and b.account_id = e.account_id and b.id = e.author_id`;

export interface EventFilter {
  types?: string[];
  leadId?: number;
  contactId?: number;
  conversationNumber?: number;
  from?: number;
  to?: number;
}

/** Newest first. `after`: instant and id of the row before. */
export function listEvents(
  sql: Queries,
  actor: Sight,
  filter: EventFilter,
  page: { limit: number; after?: [number, number] },
): Promise<EventRow[]> {
  const { types, leadId, contactId, conversationNumber, from, to } = filter;
  return sql<EventRow[]>`
    select ${columns(sql)} from events e ${joins(sql)}
    where e.account_id = ${actor.accountId} and ${visibleByCard(sql, actor, 'e')}
      ${types === undefined ? sql`` : sql`and e.type = any(${types}::text[])`}
      ${leadId === undefined ? sql`` : sql`and e.lead_id = ${leadId}`}
      ${contactId === undefined ? sql`` : sql`and e.contact_id = ${contactId}`}
      ${conversationNumber === undefined ? sql`` : sql`and e.conversation_number = ${conversationNumber}`}
      ${from === undefined ? sql`` : sql`and e.at >= ${from}::timestamptz`}
      ${to === undefined ? sql`` : sql`and e.at <= ${to}::timestamptz`}
      ${page.after === undefined ? sql`` : sql`and (e.at, e.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
    order by e.at desc, e.id desc limit ${page.limit}`;
}

/** Events that a thread shows as lines between messages. */
export const lineTypes = [
  'talk_created',
  'talk_reopened',
  'talk_closed',
  'talk_missed_event',
  'conversation_answered',
  'bot_started',
  'bot_ended',
  'lead_status_changed',
  'entity_responsible_changed',
];

export interface NewEvent {
  type: string;
  entityType: EventRow['entityType'];
  entityId: number;
  contactId: number | null;
  leadId: number | null;
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
    at,
  }));
  await sql`insert into events ${sql(rows)}`;
}
