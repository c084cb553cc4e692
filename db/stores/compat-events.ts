import type { Author } from '../../domain/conversation/model.ts';
import type { Queries } from '../connection.ts';
import { customerOfEvent, visibleEvent } from './event-sight.ts';
import { type Sight, visible } from './sight.ts';

/** A row of the list of events. */
export interface EventRow {
  id: number;
  type: string;
  entityType: string;
  entityId: number;
  authorKind: Author['kind'];
  authorId: number | null;
  valueBefore: unknown[];
  valueAfter: unknown[];
  contactId: number | null;
  contactName: string | null;
  leadName: string | null;
  customerName: string | null;
  at: number;
  /** False where the asker may not see the contact or lead. */
  visible: boolean;
}

export interface EventFilter {
  ids?: number[];
  at?: { from?: number; to?: number };
  /** User ids; 0 stands for system, bot and client. */
  createdBy?: number[];
  entities?: string[];
  entityIds?: number[];
  types?: string[];
  /** One of these must be contained in the values after or before. */
  after?: object[];
  before?: object[];
}

/** A contact's chat messages are found by asking for the contact, although they hang on the lead. */
const CHAT_EVENTS = ['incoming_chat_message', 'outgoing_chat_message'];

/** Events, newest first; one row more than `limit` where there are more. */
export function listEvents(sql: Queries, actor: Sight, filter: EventFilter, limit: number, offset: number): Promise<EventRow[]> {
  const contained = (column: string, values: object[]) =>
    sql`and (false ${values.map((value) => sql`or e.${sql(column)} @> ${sql.typed.json([value])}`)})`;
  return sql<EventRow[]>`
    ${selectEvents(sql, actor)}
    where e.account_id = ${actor.accountId}
      ${filter.ids === undefined ? sql`` : sql`and e.id in ${sql([-1, ...filter.ids])}`}
      ${filter.at?.from === undefined ? sql`` : sql`and e.at >= ${sql.typed.instant(filter.at.from)}`}
      ${filter.at?.to === undefined ? sql`` : sql`and e.at <= ${sql.typed.instant(filter.at.to)}`}
      ${filter.types === undefined ? sql`` : sql`and e.type in ${sql(['', ...filter.types])}`}
      ${filter.createdBy === undefined ? sql`` : sql`and case when e.author_kind = 'user' then e.author_id else 0 end in ${sql([-1, ...filter.createdBy])}`}
      ${filter.entities === undefined ? sql`` : aboutEntities(sql, filter.entities, filter.entityIds)}
      ${filter.after === undefined ? sql`` : contained('value_after', filter.after)}
      ${filter.before === undefined ? sql`` : contained('value_before', filter.before)}
      and ${inSight(sql, actor)}
    order by e.at desc, e.id desc
    limit ${limit + 1} offset ${offset}`;
}

export async function findEvent(sql: Queries, actor: Sight, id: number): Promise<EventRow | undefined> {
  const [row] = await sql<EventRow[]>`
    ${selectEvents(sql, actor)} where e.account_id = ${actor.accountId} and e.id = ${id}`;
  return row;
}

function inSight(sql: Queries, actor: Sight) {
  return sql`((c.id is null or ${visible(sql, actor, 'c')}) and ${visibleEvent(sql, actor, 'e')})`;
}

function aboutEntities(sql: Queries, entities: string[], ids: number[] | undefined) {
  const own = ids === undefined ? sql`` : sql`and e.entity_id in ${sql([-1, ...ids])}`;
  const chats = ids === undefined ? sql`and e.contact_id is not null` : sql`and e.contact_id in ${sql([-1, ...ids])}`;
  const ofContacts = entities.includes('contact') ? sql`or (e.type in ${sql(CHAT_EVENTS)} ${chats})` : sql``;
  return sql`and ((e.entity_type in ${sql(entities)} ${own}) ${ofContacts})`;
}

function selectEvents(sql: Queries, actor: Sight) {
  return sql`
    select e.id, e.type, e.entity_type "entityType", e.entity_id "entityId", e.author_kind "authorKind", e.author_id "authorId",
      e.value_before "valueBefore", e.value_after "valueAfter", e.contact_id "contactId", c.name "contactName", l.name "leadName", cu.name "customerName", e.at,
      ${inSight(sql, actor)} visible
    from events e
    left join contacts c on c.account_id = e.account_id and c.id = case e.entity_type when 'contact' then e.entity_id else e.contact_id end
    left join leads l on l.account_id = e.account_id and l.id = case e.entity_type when 'lead' then e.entity_id else e.lead_id end
    left join customers cu on cu.account_id = e.account_id and cu.id = ${customerOfEvent(sql, 'e')}`;
}
