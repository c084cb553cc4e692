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

export interface UserRow {
  id: number;
  name: string;
  email: string;
  role: 'administrator' | 'manager' | 'readonly';
  groupId: number | null;
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
    select id, name, email, role, group_id "groupId", amojo_id "amojoId", is_active "isActive" from users
    where account_id = ${accountId} ${id === undefined ? sql`` : sql`and id = ${id}`} order by id limit ${limit + 1} offset ${offset}`;
}
