import type { Queries } from '../connection.ts';
import type { FieldValues } from '../schema/people.ts';

export type FieldEntity = 'contact' | 'lead' | 'company' | 'customer';

export interface FieldRow {
  id: number;
  entity: FieldEntity;
  name: string;
  code: string | null;
  type: 'text' | 'numeric' | 'checkbox' | 'select' | 'multiselect' | 'date' | 'url' | 'textarea' | 'multitext';
  enums: { id: number; value: string }[];
  sort: number;
}

export function listFields(sql: Queries, accountId: number, entities?: FieldEntity[]): Promise<FieldRow[]> {
  return sql<FieldRow[]>`
    select id, entity, name, code, type, enums, sort from custom_fields where account_id = ${accountId}
    ${entities === undefined ? sql`` : sql`and entity = any(${entities}::text[])`} order by entity, sort, id`;
}

/** Undefined when the entity has a field of this code. */
export async function insertField(sql: Queries, accountId: number, field: Omit<FieldRow, 'id' | 'sort'>): Promise<FieldRow | undefined> {
  const [row] = await sql<FieldRow[]>`
    insert into custom_fields (account_id, entity, name, code, type, enums, sort)
    select ${accountId}, ${field.entity}, ${field.name}, ${field.code}, ${field.type}, ${field.enums as never}::jsonb, coalesce(max(sort), 0) + 10
    from custom_fields where account_id = ${accountId} and entity = ${field.entity}
    on conflict do nothing returning id, entity, name, code, type, enums, sort`;
  return row;
}

export interface TagRow {
  id: number;
  name: string;
}

export function listTags(sql: Queries, accountId: number, entity: FieldEntity): Promise<TagRow[]> {
  return sql<TagRow[]>`select id, name from tags where account_id = ${accountId} and entity = ${entity} order by name limit 1000`;
}

/** Ids of tags by name, made where they are missing; the order of names is kept. */
export async function ensureTags(sql: Queries, accountId: number, entity: FieldEntity, names: string[]): Promise<number[]> {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return [];
  await sql`insert into tags (account_id, entity, name) select ${accountId}, ${entity}, unnest(${wanted}::text[]) on conflict do nothing`;
  const rows = await sql<
    TagRow[]
  >`select id, name from tags where account_id = ${accountId} and entity = ${entity} and name = any(${wanted}::text[])`;
  const ids = new Map(rows.map((row) => [row.name, row.id]));
  return wanted.flatMap((name) => ids.get(name) ?? []);
}

/** Those of the tags that the account has; of one kind of card, where it is named. */
export async function tagNames(sql: Queries, accountId: number, ids: number[], entity?: FieldEntity): Promise<TagRow[]> {
  return sql<TagRow[]>`
    select id, name from tags where account_id = ${accountId} and id = any(${ids}::bigint[])
    ${entity === undefined ? sql`` : sql`and entity = ${entity}`}`;
}

/** Values after a change: named fields are replaced, an empty list empties one. */
export function mergedFields(before: FieldValues, change: FieldValues | undefined): FieldValues {
  const merged = { ...before, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, values]) => values.length > 0));
}
