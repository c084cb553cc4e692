import type { Queries } from '../connection.ts';
import type { FieldValues } from '../schema/people.ts';
import { tagsOf } from './contacts.ts';
import { editableLead, type Sight, visibleLead } from './sight.ts';

export interface CustomerStageRow {
  id: number;
  name: string;
  sort: number;
}

export interface CustomerRow {
  id: number;
  name: string;
  stageId: number | null;
  stageName: string | null;
  stageSort: number | null;
  responsibleId: number | null;
  responsibleName: string | null;
  contactId: number | null;
  contactName: string | null;
  tags: { id: number; name: string }[];
  fields: FieldValues;
  nextPurchaseAt: number | null;
  /** Whether the asker may change it. */
  mayEdit: boolean;
  createdAt: number;
  updatedAt: number;
}

const columns = (sql: Queries, actor: Sight) => sql`
  l.id, l.name, l.stage_id "stageId", s.name "stageName", s.sort "stageSort", l.responsible_user_id "responsibleId", u.name "responsibleName",
  l.contact_id "contactId", ct.name "contactName", ${tagsOf(sql, 'l')} tags, l.fields, l.next_purchase_at "nextPurchaseAt",
  ${editableLead(sql, actor, 'l')} "mayEdit", l.created_at "createdAt", l.updated_at "updatedAt"`;

const joins = (sql: Queries) => sql`
  left join customer_stages s on s.account_id = l.account_id and s.id = l.stage_id
  left join users u on u.account_id = l.account_id and u.id = l.responsible_user_id
  left join contacts ct on ct.account_id = l.account_id and ct.id = l.contact_id`;

export interface CustomerFilter {
  stageIds?: number[];
  /** 0 stands for nobody. */
  responsibleIds?: number[];
  contactId?: number;
  search?: string;
}

/** Most recently changed first. `after`: updated_at and id of the row before. Customers are seen like leads: by their contact. */
export function listCustomers(
  sql: Queries,
  actor: Sight,
  { stageIds, responsibleIds, contactId, search }: CustomerFilter,
  page: { limit: number; after?: [number, number] },
): Promise<CustomerRow[]> {
  const pattern = `%${(search ?? '').replace(/[\\%_]/g, '\\$&')}%`;
  return sql<CustomerRow[]>`
    with page as (
      select l.* from customers l where l.account_id = ${actor.accountId} and ${visibleLead(sql, actor, 'l')}
      ${stageIds === undefined ? sql`` : sql`and l.stage_id = any(${stageIds}::bigint[])`}
      ${responsibleIds === undefined ? sql`` : sql`and coalesce(l.responsible_user_id, 0) = any(${responsibleIds}::bigint[])`}
      ${contactId === undefined ? sql`` : sql`and l.contact_id = ${contactId}`}
      ${
        search === undefined || search === ''
          ? sql``
          : sql`and (l.name ilike ${pattern} or l.contact_id in (
              select named.id from contacts named where named.account_id = ${actor.accountId} and named.name ilike ${pattern}))`
      }
      ${page.after === undefined ? sql`` : sql`and (l.updated_at, l.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
      order by l.updated_at desc, l.id desc limit ${page.limit}
    )
    select ${columns(sql, actor)} from page l ${joins(sql)} order by l.updated_at desc, l.id desc`;
}

export async function findCustomer(sql: Queries, actor: Sight, customerId: number): Promise<CustomerRow | undefined> {
  const [row] = await sql<CustomerRow[]>`
    select ${columns(sql, actor)} from customers l ${joins(sql)}
    where l.account_id = ${actor.accountId} and l.id = ${customerId} and ${visibleLead(sql, actor, 'l')}`;
  return row;
}

export interface LockedCustomer {
  id: number;
  name: string;
  stageId: number | null;
  responsibleId: number | null;
  contactId: number | null;
  tagIds: number[];
  fields: FieldValues;
  nextPurchaseAt: number | null;
}

/** Locks a customer that is about to change: in the order of locks it stands where a lead stands, before chats. */
export async function lockCustomer(
  sql: Queries,
  actor: Sight,
  customerId: number,
): Promise<(LockedCustomer & { mayEdit: boolean }) | undefined> {
  const [row] = await sql<(LockedCustomer & { mayEdit: boolean })[]>`
    select l.id, l.name, l.stage_id "stageId", l.responsible_user_id "responsibleId", l.contact_id "contactId", l.tag_ids "tagIds", l.fields,
      l.next_purchase_at "nextPurchaseAt", ${editableLead(sql, actor, 'l')} "mayEdit"
    from customers l where l.account_id = ${actor.accountId} and l.id = ${customerId} and ${visibleLead(sql, actor, 'l')} for update of l`;
  return row;
}

export async function updateCustomer(sql: Queries, accountId: number, customer: LockedCustomer, at: number): Promise<void> {
  await sql`
    update customers set name = ${customer.name}, stage_id = ${customer.stageId}, responsible_user_id = ${customer.responsibleId},
      contact_id = ${customer.contactId}, tag_ids = ${customer.tagIds}::bigint[], fields = ${customer.fields as never},
      next_purchase_at = ${customer.nextPurchaseAt}::timestamptz, updated_at = ${at}
    where account_id = ${accountId} and id = ${customer.id}`;
}

export async function insertCustomer(sql: Queries, accountId: number, customer: Omit<LockedCustomer, 'id'>, at: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into customers (account_id, name, stage_id, responsible_user_id, contact_id, tag_ids, fields, next_purchase_at, created_at, updated_at)
    values (${accountId}, ${customer.name}, ${customer.stageId}, ${customer.responsibleId}, ${customer.contactId}, ${customer.tagIds}::bigint[],
      ${customer.fields as never}, ${customer.nextPurchaseAt}::timestamptz, ${at}, ${at})
    returning id`;
  return row!.id;
}

export function listCustomerStages(sql: Queries, accountId: number): Promise<CustomerStageRow[]> {
  return sql<CustomerStageRow[]>`select id, name, sort from customer_stages where account_id = ${accountId} order by sort, id`;
}
