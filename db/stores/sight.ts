import type { Queries } from '../connection.ts';

/** The part of an actor that stores need. */
export interface Sight {
  accountId: number;
  userId: number;
  role: 'administrator' | 'manager' | 'readonly';
  sees: 'own' | 'all';
}

/** Whether the actor sees only contacts and leads of their own and of nobody. Administrators always see all. */
export const seesOwnOnly = (actor: Sight) => actor.role !== 'administrator' && actor.sees === 'own';

/**
 * The one condition of sight, on a table or alias that has `responsible_user_id` (contacts, leads): own ones, and those nobody answers for.
 */
export function visible(sql: Queries, actor: Sight, table: string) {
  if (!seesOwnOnly(actor)) return sql`true`;
  return sql`(${sql(table)}.responsible_user_id is null or ${sql(table)}.responsible_user_id = ${actor.userId})`;
}

/** The same for a row that names a contact: `column` is an expression such as `c.contact_id`; rows without a contact are seen. */
export function visibleByContact(sql: Queries, actor: Sight, table: string, column = 'contact_id') {
  if (!seesOwnOnly(actor)) return sql`true`;
  return sql`(${sql(table)}.${sql(column)} is null or exists (
    select 1 from contacts seen where seen.account_id = ${actor.accountId} and seen.id = ${sql(table)}.${sql(column)}
    and (seen.responsible_user_id is null or seen.responsible_user_id = ${actor.userId})))`;
}

/** Leads follow their contact; one without a contact is seen by whom it answers to. */
export function visibleLead(sql: Queries, actor: Sight, table: string) {
  if (!seesOwnOnly(actor)) return sql`true`;
  return sql`case when ${sql(table)}.contact_id is null then ${visible(sql, actor, table)} else ${visibleByContact(sql, actor, table)} end`;
}
