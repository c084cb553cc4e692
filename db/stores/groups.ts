import type { Rights } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';

export interface Group {
  id: number;
  name: string;
  /** What differs from the rights of its users' roles. */
  rights: Partial<Rights>;
  userIds: number[];
}

const columns = (sql: Queries) => sql`
  g.id, g.name, g.rights,
  array(select u.id from users u where u.account_id = g.account_id and u.group_id = g.id order by u.id) "userIds"`;

export function listGroups(sql: Queries, accountId: number): Promise<Group[]> {
  return sql<Group[]>`select ${columns(sql)} from groups g where g.account_id = ${accountId} order by g.name, g.id`;
}

export async function findGroup(sql: Queries, accountId: number, groupId: number): Promise<Group | undefined> {
  const [row] = await sql<Group[]>`select ${columns(sql)} from groups g where g.account_id = ${accountId} and g.id = ${groupId}`;
  return row;
}

/** Returns the new group's id. */
export async function insertGroup(sql: Queries, accountId: number, group: Pick<Group, 'name' | 'rights'>): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into groups (account_id, name, rights) values (${accountId}, ${group.name}, ${group.rights as never}) returning id`;
  return row!.id;
}

/** Changes what is given; `rights` takes the place of all before. False: the account has no such group. */
export async function updateGroup(
  sql: Queries,
  accountId: number,
  groupId: number,
  change: { name?: string | undefined; rights?: Group['rights'] | undefined },
): Promise<boolean> {
  const rows = await sql`
    update groups set name = coalesce(${change.name ?? null}, name), rights = ${change.rights === undefined ? sql`rights` : (change.rights as never)}
    where account_id = ${accountId} and id = ${groupId} returning id`;
  return rows.length > 0;
}

/** Its users stay, without a group. False: the account has no such group. In a transaction. */
export async function deleteGroup(sql: Queries, accountId: number, groupId: number): Promise<boolean> {
  await sql`update users set group_id = null where account_id = ${accountId} and group_id = ${groupId}`;
  const rows = await sql`delete from groups where account_id = ${accountId} and id = ${groupId} returning id`;
  return rows.length > 0;
}
