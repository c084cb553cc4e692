import type { Scope } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';

/** The part of an actor that stores need: who asks, and whose clients they may see. */
export interface Sight {
  accountId: number;
  userId: number;
  rights: { see: Scope };
  /** Users of the actor's group, the actor among them. */
  colleagueIds: readonly number[];
}

/** Whether there is anything of the account's clients that the actor does not see. */
export const seesAll = (actor: Sight) => actor.rights.see === 'all';

/**
 * The one condition of sight, on a table or alias with the columns of `contacts` that name people: who answers for the client is oneself, or of
 * one's group, by right; a client nobody answers for is everybody's; who takes part sees the client whatever the rights say.
 */
export function visible(sql: Queries, actor: Sight, table: string) {
  if (seesAll(actor)) return sql`true`;
  return sql`(${sql(table)}.participant_ids @> array[${actor.userId}]::bigint[] or ${answeredFor(sql, actor, table)})`;
}

/** The same for a row that names a contact: `column` is an expression such as `c.contact_id`; rows without a contact are seen. */
export function visibleByContact(sql: Queries, actor: Sight, table: string, column = 'contact_id') {
  if (seesAll(actor)) return sql`true`;
  return sql`(${sql(table)}.${sql(column)} is null or exists (
    select 1 from contacts seen where seen.account_id = ${actor.accountId} and seen.id = ${sql(table)}.${sql(column)} and ${visible(sql, actor, 'seen')}))`;
}

/** Leads follow their contact; one without a contact is seen by whom it answers to. */
export function visibleLead(sql: Queries, actor: Sight, table: string) {
  if (seesAll(actor)) return sql`true`;
  return sql`case when ${sql(table)}.contact_id is null then ${answeredFor(sql, actor, table)} else ${visibleByContact(sql, actor, table)} end`;
}

function answeredFor(sql: Queries, actor: Sight, table: string) {
  const { see } = actor.rights;
  if (see === 'none') return sql`false`;
  const users = see === 'group' ? [...actor.colleagueIds] : [actor.userId];
  return sql`(${sql(table)}.responsible_user_id is null or ${sql(table)}.responsible_user_id = any(${users}::bigint[]))`;
}
