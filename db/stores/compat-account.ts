import type { Rights } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';

export interface AccountRow {
  id: number;
  name: string;
  subdomain: string;
  amojoId: string;
  timeZone: string;
  language: string;
  createdAt: number;
}

export interface GroupRow {
  id: number;
  name: string;
}

/** Groups of users by id. */
export function listGroups(sql: Queries, accountId: number): Promise<GroupRow[]> {
  return sql<GroupRow[]>`select id, name from groups where account_id = ${accountId} order by id`;
}

export interface UserRow {
  id: number;
  name: string;
  email: string;
  role: 'administrator' | 'manager' | 'readonly';
  groupId: number | null;
  groupName: string | null;
  /** What the group and the user change of the role's rights. */
  ofGroup: Partial<Rights> | null;
  ofUser: Partial<Rights>;
  amojoId: string;
  isActive: boolean;
}

export async function findAccount(sql: Queries, accountId: number): Promise<AccountRow | undefined> {
  const [row] = await sql<AccountRow[]>`
    select id, name, subdomain, amojo_id "amojoId", time_zone "timeZone", language, created_at "createdAt" from accounts where id = ${accountId}`;
  return row;
}

/** Users by id; one row more than `limit` where there are more. `id`: that one alone. */
export function listUsers(sql: Queries, accountId: number, limit: number, offset: number, id?: number): Promise<UserRow[]> {
  return sql<UserRow[]>`
    select u.id, u.name, u.email, u.role, u.group_id "groupId", g.name "groupName", g.rights "ofGroup", u.rights "ofUser", u.amojo_id "amojoId",
      u.is_active "isActive"
    from users u left join groups g on g.account_id = u.account_id and g.id = u.group_id
    where u.account_id = ${accountId} ${id === undefined ? sql`` : sql`and u.id = ${id}`} order by u.id limit ${limit + 1} offset ${offset}`;
}
