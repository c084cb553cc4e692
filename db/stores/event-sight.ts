/** Who sees a row of the list of events, and the customer that it tells of. */
import type { Queries } from '../connection.ts';
import { type Sight, seesAll, visibleByCard, visibleLead } from './sight.ts';

/** The customer that an event is about: itself, or one of its tasks; null for every other event. `table`: the alias of `events`. */
export function customerOfEvent(sql: Queries, table: string) {
  const e = sql(table);
  return sql`case ${e}.entity_type when 'customer' then ${e}.entity_id when 'task' then (
    select k.entity_id from tasks k where k.account_id = ${e}.account_id and k.id = ${e}.entity_id and k.entity_type = 'customer') end`;
}

/** As rows with a contact and a lead are seen; what tells of a customer without a client is seen by whom that customer answers to. */
export function visibleEvent(sql: Queries, actor: Sight, table: string) {
  if (seesAll(actor)) return sql`true`;
  return sql`(${visibleByCard(sql, actor, table)} and (${sql(table)}.contact_id is not null or ${sql(table)}.lead_id is not null or not exists (
    select 1 from customers bought where bought.account_id = ${actor.accountId} and bought.id = ${customerOfEvent(sql, table)}
      and not ${visibleLead(sql, actor, 'bought')})))`;
}
