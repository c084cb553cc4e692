import type { Rights, Role } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';

export interface User {
  id: number;
  name: string;
  email: string;
  role: Role;
  groupId: number | null;
  /** What differs from the rights of the group and the role. */
  rights: Partial<Rights>;
  /** What the group changes of the role's rights. */
  groupRights: Partial<Rights> | null;
  isActive: boolean;
  authUserId: string | null;
}

const columns = (sql: Queries) => sql`id, name, email, role, group_id "groupId", rights,
  (select g.rights from groups g where g.account_id = users.account_id and g.id = users.group_id) "groupRights", is_active "isActive", auth_user_id "authUserId"`;

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
  user: Omit<User, 'id' | 'isActive' | 'groupId' | 'groupRights'> & { groupId?: number | null },
  at: number,
): Promise<User | undefined> {
  const [row] = await sql<User[]>`
    insert into users (account_id, auth_user_id, name, email, role, group_id, rights, created_at)
    values (${accountId}, ${user.authUserId}, ${user.name}, ${user.email}, ${user.role}, ${user.groupId ?? null}, ${user.rights as never}, ${at})
    on conflict do nothing returning ${columns(sql)}`;
  return row;
}

export async function updateUser(
  sql: Queries,
  accountId: number,
  userId: number,
  change: { name?: string; role?: User['role']; groupId?: number | null; rights?: User['rights']; isActive?: boolean },
): Promise<User | undefined> {
  const [row] = await sql<User[]>`
    update users set name = coalesce(${change.name ?? null}, name), role = coalesce(${change.role ?? null}, role),
      group_id = ${change.groupId === undefined ? sql`group_id` : change.groupId}, rights = ${change.rights === undefined ? sql`rights` : (change.rights as never)},
      is_active = coalesce(${change.isActive ?? null}, is_active)
    where account_id = ${accountId} and id = ${userId} returning ${columns(sql)}`;
  return row;
}

/** Locks the account's administrators, so that two requests cannot take the last two away. */
export async function otherAdministrators(sql: Queries, accountId: number, userId: number): Promise<number> {
  const rows = await sql`
    select id from users where account_id = ${accountId} and role = 'administrator' and is_active order by id for update`;
  return rows.filter((row) => row.id !== userId).length;
}
