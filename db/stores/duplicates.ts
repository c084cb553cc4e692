import type { Key } from '../../domain/duplicates/keys.ts';
import type { Queries } from '../connection.ts';
import type { FieldValues } from '../schema/people.ts';
import { tagsOf } from './contacts.ts';
import { editable, type Sight, visible } from './sight.ts';

export interface DuplicateSide {
  id: number;
  name: string;
  createdAt: number;
  responsibleId: number | null;
  responsibleName: string | null;
  tags: { id: number; name: string }[];
  fields: FieldValues;
  channels: { id: number; type: string; name: string }[];
  openConversations: number[];
  leads: { id: number; name: string }[];
  isBlocked: boolean;
  mayEdit: boolean;
}

export interface DuplicateRow {
  firstId: number;
  secondId: number;
  reasons: Key[];
  foundAt: number;
  first: DuplicateSide;
  second: DuplicateSide;
}

/** Candidates both of whom the actor sees, the latest found first; `contactId`: those of one contact. `merging` ones are on their way. */
export function listDuplicates(
  sql: Queries,
  actor: Sight,
  page: { limit: number; after?: number[] | undefined; contactId?: number | undefined },
): Promise<DuplicateRow[]> {
  const { after, contactId } = page;
  return sql<DuplicateRow[]>`
    with page as materialized (
      select d.* from duplicates d
      join contacts a on a.account_id = d.account_id and a.id = d.first_id and a.merged_into is null and ${visible(sql, actor, 'a')}
      join contacts b on b.account_id = d.account_id and b.id = d.second_id and b.merged_into is null and ${visible(sql, actor, 'b')}
      where d.account_id = ${actor.accountId} and d.state = 'open'
        ${contactId === undefined ? sql`` : sql`and (d.first_id = ${contactId} or d.second_id = ${contactId})`}
        ${after === undefined ? sql`` : sql`and (d.found_at, d.first_id, d.second_id) < (${sql.typed.instant(after[0]!)}, ${after[1]!}::bigint, ${after[2]!}::bigint)`}
      order by d.found_at desc, d.first_id desc, d.second_id desc limit ${page.limit})
    select d.first_id "firstId", d.second_id "secondId", d.reasons, d.found_at "foundAt", ${side(sql, actor, 'd.first_id')} "first",
      ${side(sql, actor, 'd.second_id')} "second"
    from page d order by d.found_at desc, d.first_id desc, d.second_id desc`;
}

/** Two contacts to compare, whether anything says that they are one or not; undefined for one that is not seen. */
export async function pairOf(sql: Queries, actor: Sight, firstId: number, secondId: number): Promise<DuplicateRow | undefined> {
  const [row] = await sql<DuplicateRow[]>`
    select a.id "firstId", b.id "secondId", coalesce(d.reasons, '[]') reasons, coalesce(d.found_at, greatest(a.created_at, b.created_at)) "foundAt",
      ${side(sql, actor, 'a.id')} "first", ${side(sql, actor, 'b.id')} "second"
    from contacts a join contacts b on b.account_id = a.account_id and b.id = ${secondId} and b.merged_into is null and ${visible(sql, actor, 'b')}
    left join duplicates d on d.account_id = a.account_id and d.first_id = least(a.id, b.id) and d.second_id = greatest(a.id, b.id)
    where a.account_id = ${actor.accountId} and a.id = ${firstId} and a.merged_into is null and a.id <> b.id and ${visible(sql, actor, 'a')}`;
  return row;
}

/** One contact as the comparison shows it. `column` is an expression of ours, never of a request. */
function side(sql: Queries, actor: Sight, column: 'd.first_id' | 'd.second_id' | 'a.id' | 'b.id') {
  return sql`(
    select jsonb_build_object('id', c.id, 'name', c.name, 'createdAt', floor(extract(epoch from c.created_at) * 1000), 'responsibleId', c.responsible_user_id,
      'responsibleName', (select u.name from users u where u.account_id = c.account_id and u.id = c.responsible_user_id), 'tags', ${tagsOf(sql, 'c')},
      'fields', c.fields, 'isBlocked', c.blocked_at is not null, 'mayEdit', ${editable(sql, actor, 'c')},
      'channels', coalesce((select jsonb_agg(distinct jsonb_build_object('id', ch.id, 'type', ch.type, 'name', ch.name)) from contact_identities i
        join channels ch on ch.account_id = i.account_id and ch.id = i.channel_id where i.account_id = c.account_id and i.contact_id = c.id), '[]'),
      'openConversations', coalesce((select jsonb_agg(t.number order by t.number) from conversations t
        where t.account_id = c.account_id and t.contact_id = c.id and t.status <> 'closed'), '[]'),
      'leads', coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name) order by l.id) from (select * from leads
        where account_id = c.account_id and contact_id = c.id order by updated_at desc limit 10) l), '[]'))
    from contacts c where c.account_id = ${actor.accountId} and c.id = ${sql.unsafe(column)})`;
}

/** Somebody says that these are two people: they are not shown again, whatever they share. */
export async function markDifferent(sql: Queries, accountId: number, userId: number, a: number, b: number, at: number): Promise<void> {
  await sql`
    insert into duplicates (account_id, first_id, second_id, reasons, state, found_at, decided_by, decided_at)
    values (${accountId}, ${Math.min(a, b)}, ${Math.max(a, b)}, '[]', 'different', ${at}, ${userId}, ${at})
    on conflict (account_id, first_id, second_id) do update set state = 'different', decided_by = ${userId}, decided_at = ${at}`;
}

/** Pairs that a rule merges, over all accounts. */
export function pairsToMerge(sql: Queries, limit: number): Promise<{ accountId: number; firstId: number; secondId: number }[]> {
  return sql<{ accountId: number; firstId: number; secondId: number }[]>`
    select account_id "accountId", first_id "firstId", second_id "secondId" from duplicates where state = 'merging'
    order by account_id, found_at limit ${limit}`;
}
