import type { Queries } from '../connection.ts';
import type { FieldValues } from '../schema/index.ts';
import { editable, editableLead, type Sight, visible, visibleLead } from './sight.ts';

/** What contacts and leads have in common. Instants in epoch ms. */
export interface EntityRow {
  id: number;
  name: string;
  responsibleUserId: number | null;
  companyId: number | null;
  fields: FieldValues;
  tags: { id: number; name: string }[];
  createdAt: number;
  updatedAt: number;
  /** False where the asker may not see the contact, or may only see it. */
  visible: boolean;
  editable: boolean;
}

export interface ContactRow extends EntityRow {
  firstName: string;
  lastName: string;
  leadIds: number[];
}

export interface LeadRow extends EntityRow {
  price: number;
  pipelineId: number;
  statusId: number;
  closedAt: number | null;
  channelId: number | null;
  /** Main one first. */
  contactIds: number[];
  mainContactId: number | null;
}

export async function findContact(sql: Queries, actor: Sight, id: number): Promise<ContactRow | undefined> {
  return (await findContacts(sql, actor, [id]))[0];
}

/** Those of the ids that the account has, in sight or not. */
export function findContacts(sql: Queries, actor: Sight, ids: number[]): Promise<ContactRow[]> {
  return sql<ContactRow[]>`
    ${selectContacts(sql, actor)} where c.account_id = ${actor.accountId} and c.id = any(${ids}::bigint[]) and c.merged_into is null`;
}

export interface ContactFilter {
  ids?: number[];
  responsibleUserIds?: number[];
  createdAt?: Between;
  updatedAt?: Between;
  /** Part of the name, or of a phone or e-mail as it is written. */
  text?: string;
}

export type ListOrder = { by: 'id' | 'created_at' | 'updated_at'; descending: boolean };

/** Contacts; one row more than `limit` where there are more. */
export function listContacts(
  sql: Queries,
  actor: Sight,
  filter: ContactFilter,
  order: ListOrder,
  limit: number,
  offset: number,
): Promise<ContactRow[]> {
  return sql<ContactRow[]>`
    ${selectContacts(sql, actor)}
    where c.account_id = ${actor.accountId} and c.merged_into is null
      ${among(sql, 'c', 'id', filter.ids)} ${among(sql, 'c', 'responsible_user_id', filter.responsibleUserIds)}
      ${within(sql, 'c', 'created_at', filter.createdAt)} ${within(sql, 'c', 'updated_at', filter.updatedAt)}
      ${filter.text === undefined ? sql`` : sql`and (c.name ilike ${likeness(filter.text)} or c.fields::text ilike ${likeness(filter.text)})`}
      and ${visible(sql, actor, 'c')}
    order by c.${sql(order.by)} ${order.descending ? sql`desc` : sql`asc`}, c.id ${order.descending ? sql`desc` : sql`asc`}
    limit ${limit + 1} offset ${offset}`;
}

function selectContacts(sql: Queries, actor: Sight) {
  return sql`
    select c.id, c.name, c.first_name "firstName", c.last_name "lastName", c.responsible_user_id "responsibleUserId", c.company_id "companyId",
      c.fields, ${tagsOf(sql, 'c')} tags, c.created_at "createdAt", c.updated_at "updatedAt", ${visible(sql, actor, 'c')} visible,
      ${editable(sql, actor, 'c')} editable,
      (select coalesce(jsonb_agg(l.id order by l.id), '[]') from leads l
        where l.account_id = c.account_id and ${visibleLead(sql, actor, 'l')} and (l.contact_id = c.id
          or exists (select 1 from lead_contacts x where x.account_id = l.account_id and x.lead_id = l.id and x.contact_id = c.id))) "leadIds"
    from contacts c`;
}

interface Between {
  from?: number;
  to?: number;
}

const among = (sql: Queries, table: string, column: string, ids: number[] | undefined) =>
  ids === undefined ? sql`` : sql`and ${sql(table)}.${sql(column)} in ${sql([-1, ...ids])}`;

const within = (sql: Queries, table: string, column: string, between: Between = {}) => sql`
  ${between.from === undefined ? sql`` : sql`and ${sql(table)}.${sql(column)} >= ${sql.typed.instant(between.from)}`}
  ${between.to === undefined ? sql`` : sql`and ${sql(table)}.${sql(column)} <= ${sql.typed.instant(between.to)}`}`;

const likeness = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

export interface LeadFilter {
  ids?: number[];
  statuses?: { pipelineId?: number; statusId?: number }[];
  pipelineIds?: number[];
  responsibleUserIds?: number[];
  createdAt?: Between;
  updatedAt?: Between;
  /** Part of the lead's or its contact's name. */
  text?: string;
}

/** Leads; one row more than `limit` where there are more. */
export function listLeads(
  sql: Queries,
  actor: Sight,
  filter: LeadFilter,
  order: ListOrder,
  limit: number,
  offset: number,
): Promise<LeadRow[]> {
  const stage = (status: { pipelineId?: number; statusId?: number }) => sql`
    or (${status.pipelineId === undefined ? sql`true` : sql`l.pipeline_id = ${status.pipelineId}`}
      and ${status.statusId === undefined ? sql`true` : sql`l.status_id = ${status.statusId}`})`;
  return sql<LeadRow[]>`
    ${selectLeads(sql, actor)}
    where l.account_id = ${actor.accountId}
      ${among(sql, 'l', 'id', filter.ids)} ${among(sql, 'l', 'pipeline_id', filter.pipelineIds)}
      ${among(sql, 'l', 'responsible_user_id', filter.responsibleUserIds)}
      ${within(sql, 'l', 'created_at', filter.createdAt)} ${within(sql, 'l', 'updated_at', filter.updatedAt)}
      ${filter.statuses === undefined ? sql`` : sql`and (false ${filter.statuses.map(stage)})`}
      ${filter.text === undefined ? sql`` : sql`and (l.name ilike ${likeness(filter.text)} or c.name ilike ${likeness(filter.text)})`}
      and ${visibleLead(sql, actor, 'l')}
    order by l.${sql(order.by)} ${order.descending ? sql`desc` : sql`asc`}, l.id ${order.descending ? sql`desc` : sql`asc`}
    limit ${limit + 1} offset ${offset}`;
}

export async function findLead(sql: Queries, actor: Sight, id: number): Promise<LeadRow | undefined> {
  return (await findLeads(sql, actor, [id]))[0];
}

/** Those of the ids that the account has, in sight or not. */
export function findLeads(sql: Queries, actor: Sight, ids: number[]): Promise<LeadRow[]> {
  return sql<LeadRow[]>`${selectLeads(sql, actor)} where l.account_id = ${actor.accountId} and l.id = any(${ids}::bigint[])`;
}

function selectLeads(sql: Queries, actor: Sight) {
  return sql`
    select l.id, l.name, l.price, l.pipeline_id "pipelineId", l.status_id "statusId", l.responsible_user_id "responsibleUserId",
      l.company_id "companyId", l.channel_id "channelId", l.fields, ${tagsOf(sql, 'l')} tags, l.created_at "createdAt",
      l.updated_at "updatedAt", l.closed_at "closedAt", l.contact_id "mainContactId", ${visibleLead(sql, actor, 'l')} visible,
      ${editableLead(sql, actor, 'l')} editable,
      (select coalesce(jsonb_agg(x.contact_id order by x.contact_id <> l.contact_id, x.contact_id), '[]') from (
        select l.contact_id where l.contact_id is not null
        union select y.contact_id from lead_contacts y join contacts other on other.account_id = y.account_id and other.id = y.contact_id
        where y.account_id = l.account_id and y.lead_id = l.id and ${visible(sql, actor, 'other')}) x) "contactIds"
    from leads l left join contacts c on c.account_id = l.account_id and c.id = l.contact_id`;
}

function tagsOf(sql: Queries, table: 'c' | 'l') {
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.name), '[]')
    from tags g where g.account_id = ${sql(table)}.account_id and g.id = any(${sql(table)}.tag_ids))`;
}
