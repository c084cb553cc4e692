import type { Queries } from '../connection.ts';

export interface User {
  id: number;
  name: string;
  email: string;
  role: 'administrator' | 'manager' | 'readonly';
  sees: 'own' | 'all';
  isActive: boolean;
  authUserId: string | null;
}

const columns = (sql: Queries) => sql`id, name, email, role, sees, is_active "isActive", auth_user_id "authUserId"`;

export function listUsers(sql: Queries, accountId: number): Promise<User[]> {
  return sql<User[]>`select ${columns(sql)} from users where account_id = ${accountId} order by id`;
}

export async function findUser(sql: Queries, accountId: number, userId: number): Promise<User | undefined> {
  const [row] = await sql<User[]>`select ${columns(sql)} from users where account_id = ${accountId} and id = ${userId}`;
  return row;
}

/** Undefined when the account has a user with this e-mail already. */
export async function insertUser(
  sql: Queries,
  accountId: number,
  user: Omit<User, 'id' | 'isActive'>,
  at: number,
): Promise<User | undefined> {
  const [row] = await sql<User[]>`
    insert into users (account_id, auth_user_id, name, email, role, sees, created_at)
    values (${accountId}, ${user.authUserId}, ${user.name}, ${user.email}, ${user.role}, ${user.sees}, ${at})
    on conflict do nothing returning ${columns(sql)}`;
  return row;
}

export async function updateUser(
  sql: Queries,
  accountId: number,
  userId: number,
  change: { name?: string; role?: User['role']; sees?: User['sees']; isActive?: boolean },
): Promise<User | undefined> {
  const [row] = await sql<User[]>`
    update users set name = coalesce(${change.name ?? null}, name), role = coalesce(${change.role ?? null}, role),
      sees = coalesce(${change.sees ?? null}, sees), is_active = coalesce(${change.isActive ?? null}, is_active)
    where account_id = ${accountId} and id = ${userId} returning ${columns(sql)}`;
  return row;
}

/** Locks the account's administrators, so that two requests cannot take the last two away. */
export async function otherAdministrators(sql: Queries, accountId: number, userId: number): Promise<number> {
  const rows = await sql`
    select id from users where account_id = ${accountId} and role = 'administrator' and is_active order by id for update`;
  return rows.filter((row) => row.id !== userId).length;
}
