import type { Scope } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';

/** What an actor has that stores need: who asks, whose clients they may see, and whose they may change. */
export interface Sight {
  accountId: number;
  userId: number;
  /** `edit` is never wider than `see`. */
  rights: { see: Scope; edit: Scope };
  /** Users of the actor's group, the actor among them. */
  colleagueIds: readonly number[];
}

/** Whether there is nothing of the account's clients that the actor does not see. */
export const seesAll = (actor: Sight) => actor.rights.see === 'all';

/** The same actor with sight of everything: only to show somebody what they have just changed, even where it left their sight by that. */
export const seeingAll = <One extends Sight>(actor: One): One => ({ ...actor, rights: { ...actor.rights, see: 'all' } });

/**
 * The one condition of sight, on a table or alias with the columns of `contacts` that name people: who answers for the client is oneself, or of
 * one's group, by right; a client nobody answers for is everybody's; who takes part sees the client whatever the rights say.
 */
export function visible(sql: Queries, actor: Sight, table: string) {
  if (seesAll(actor)) return sql`true`;
  return sql`(${takesPart(sql, actor, table)} or ${answeredFor(sql, actor, actor.rights.see, table)})`;
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
  return sql`case when ${sql(table)}.contact_id is null then ${answeredFor(sql, actor, actor.rights.see, table)} else ${visibleByContact(sql, actor, table)} end`;
}

/**
 * For a row with `contact_id` and `lead_id` (runs, events, notifications): its contact decides, without one its lead; a row about neither is
 * about no client and is everybody's.
 */
export function visibleByCard(sql: Queries, actor: Sight, table: string) {
  if (seesAll(actor)) return sql`true`;
  return sql`case when ${sql(table)}.contact_id is not null then ${visibleByContact(sql, actor, table)} when ${sql(table)}.lead_id is null then true
    else exists (select 1 from leads card where card.account_id = ${actor.accountId} and card.id = ${sql(table)}.lead_id and ${visibleLead(sql, actor, 'card')}) end`;
}

/**
 * The one condition of changing, on the same columns as `visible`. Who takes part may write like the responsible user, unless the right to change is
 * `none`. Asked beside `visible`, never instead of it: what is not seen is not there (404), what is seen only is refused (403).
 */
export function editable(sql: Queries, actor: Sight, table: string) {
  const { edit } = actor.rights;
  if (edit === 'all' || edit === 'none') return sql`${edit === 'all'}::boolean`;
  return sql`(${takesPart(sql, actor, table)} or ${answeredFor(sql, actor, edit, table)})`;
}

/** The same for leads, which follow their contact. */
export function editableLead(sql: Queries, actor: Sight, table: string) {
  const { edit } = actor.rights;
  if (edit === 'all' || edit === 'none') return editable(sql, actor, table);
  return sql`case when ${sql(table)}.contact_id is null then ${answeredFor(sql, actor, edit, table)} else ${editableContact(sql, actor, table)} end`;
}

/** The same for a row with `contact_id` and `lead_id`; a row about neither is changed by whoever may change anything. */
export function editableByCard(sql: Queries, actor: Sight, table: string) {
  const { edit } = actor.rights;
  if (edit === 'all' || edit === 'none') return editable(sql, actor, table);
  return sql`case when ${sql(table)}.contact_id is not null then ${editableContact(sql, actor, table)} when ${sql(table)}.lead_id is null then true
    else exists (select 1 from leads card where card.account_id = ${actor.accountId} and card.id = ${sql(table)}.lead_id and ${editableLead(sql, actor, 'card')}) end`;
}

function editableContact(sql: Queries, actor: Sight, table: string) {
  return sql`exists (select 1 from contacts mine where mine.account_id = ${actor.accountId} and mine.id = ${sql(table)}.contact_id
    and ${editable(sql, actor, 'mine')})`;
}

function takesPart(sql: Queries, actor: Sight, table: string) {
  return sql`${sql(table)}.participant_ids @> array[${actor.userId}]::bigint[]`;
}

function answeredFor(sql: Queries, actor: Sight, scope: Scope, table: string) {
  if (scope === 'none') return sql`false`;
  const users = scope === 'group' ? [...actor.colleagueIds] : [actor.userId];
  return sql`(${sql(table)}.responsible_user_id is null or ${sql(table)}.responsible_user_id = any(${users}::bigint[]))`;
}
