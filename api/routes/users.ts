import { createRoute } from '@hono/zod-openapi';
import type { Queries } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import { findAccount } from '../../db/stores/accounts.ts';
import { findGroup } from '../../db/stores/groups.ts';
import { findUser, insertUser, listUsers, otherAdministrators, type User as UserRow, updateUser } from '../../db/stores/users.ts';
import { effectiveRights, type Rights } from '../../domain/rights/rights.ts';
import { administersOnly } from '../auth/guard.ts';
import { ensurePerson, joinOrganization, makeToken } from '../auth/people.ts';
import { idInPath } from '../contract/common.ts';
import { apiTokens, newToken, newUser, tokenMade, type User, user, userChange, userMade, users } from '../contract/session.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, nothing, router, takes, z } from '../openapi.ts';

const view = ({ id, name, email, role, groupId, groupRights, rights, isActive }: UserRow): User => {
  const inForce = effectiveRights(role, groupRights, rights);
  return { id, name, email, role, sees: inForce.see === 'all' ? 'all' : 'own', groupId, rights, inForce, isActive };
};

/** `sees` is the short form: it overrules the two rights it stands for and leaves the others (`before`) alone. */
const rightsFrom = (
  { sees, rights }: { sees?: 'own' | 'all' | undefined; rights?: Partial<Rights> | undefined },
  before: Partial<Rights> = {},
): Partial<Rights> | undefined => (sees === undefined ? rights : { ...(rights ?? before), see: sees, edit: sees });

async function checkGroup(sql: Queries, accountId: number, groupId: number | null | undefined): Promise<void> {
  if (groupId == null || (await findGroup(sql, accountId, groupId)) !== undefined) return;
  throw wrongField('groupId', 'there is no such group: GET /api/groups lists them');
}

/** Users of the account and their API tokens. Everybody sees who works here; administrators change it. */
export function userRoutes(deps: ApiDeps) {
  const { sql } = deps;
  /** What this process believed of anybody's rights, and what every open page of the account shows, is asked anew. */
  const changed = (accountId: number, id: number) => {
    deps.tokens.forget();
    notify(sql, [{ accountId, kind: 'user', id }]);
  };
  return router()
    .openapi(
      createRoute({ method: 'get', path: '/users', tags: ['users'], summary: 'Users of the account', responses: answers(users) }),
      async (c) => c.json({ items: (await listUsers(sql, c.var.actor.accountId)).map(view) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/users',
        tags: ['users'],
        summary: 'Add a user; a made password is shown once',
        middleware: [administersOnly, answeredOnce(deps)] as const,
        request: takes(newUser),
        responses: makes(userMade),
      }),
      async (c) => {
        const { accountId } = c.var.actor;
        const { name, password, role, sees, groupId, rights } = c.req.valid('json');
        const email = c.req.valid('json').email.toLowerCase();
        const account = await findAccount(sql, accountId);
        const taken = () =>
          new ApiError('conflict', `email: ${email} is a user of this account already`, {
            fields: [{ field: 'email', message: 'is a user already' }],
          });
        await checkGroup(sql, accountId, groupId);
        if ((await listUsers(sql, accountId)).some((one) => one.email === email)) throw taken();
        const person = await ensurePerson(deps.auth, { email, name, ...(password === undefined ? {} : { password }) });
        const row = await insertUser(
          sql,
          accountId,
          { name, email, role, groupId: groupId ?? null, rights: rightsFrom({ sees, rights }) ?? {}, authUserId: person.authUserId },
          deps.now(),
        );
        if (row === undefined) throw taken();
        if (account?.organizationId != null) {
          await joinOrganization(deps.auth, account.organizationId, person.authUserId, role === 'administrator' ? 'admin' : 'member');
        }
        changed(accountId, row.id);
        return c.json({ ...view(row), password: person.password }, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/users/{id}',
        tags: ['users'],
        summary: 'Name, role, what is seen, active',
        middleware: administersOnly,
        request: { params: idInPath, ...takes(userChange) },
        responses: answers(user),
      }),
      async (c) => {
        const { accountId } = c.var.actor;
        const { id } = c.req.valid('param');
        const change = c.req.valid('json');
        const row = await sql.begin(async (tx) => {
          const losesRights = (change.role !== undefined && change.role !== 'administrator') || change.isActive === false;
          if (losesRights && (await otherAdministrators(tx, accountId, id)) === 0) {
            throw new ApiError('conflict', 'The account needs an administrator: make another user one first');
          }
          const { sees: _, ...rest } = change;
          await checkGroup(tx, accountId, change.groupId);
          const before = change.sees === undefined ? undefined : await findUser(tx, accountId, id);
          return updateUser(tx, accountId, id, { ...rest, rights: rightsFrom(change, before?.rights) });
        });
        if (row === undefined) throw new ApiError('not_found', 'No such user');
        changed(accountId, id);
        return c.json(view(row), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/tokens',
        tags: ['users'],
        summary: 'My API tokens of this account',
        responses: answers(apiTokens),
      }),
      async (c) => {
        const { accountId, userId } = c.var.actor;
        const authUserId = (await findUser(sql, accountId, userId))?.authUserId ?? '';
        const items = await sql<{ id: string; name: string; start: string | null; createdAt: number }[]>`
        select id, coalesce(name, '') "name", start, created_at "createdAt" from auth_api_keys
        where reference_id = ${authUserId} and metadata::jsonb->'accountId' = to_jsonb(${accountId}::bigint) and enabled order by created_at`;
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/tokens',
        tags: ['users'],
        summary: 'Make a token; it is shown once',
        middleware: answeredOnce(deps),
        request: takes(newToken),
        responses: makes(tokenMade),
      }),
      async (c) => {
        const { accountId, userId } = c.var.actor;
        const { name } = c.req.valid('json');
        const authUserId = (await findUser(sql, accountId, userId))?.authUserId;
        if (authUserId == null) throw new ApiError('conflict', 'This user cannot sign in and has no tokens');
        return c.json({ name, ...(await makeToken(deps.auth, { authUserId, accountId, name })) }, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/tokens/{id}',
        tags: ['users'],
        summary: 'End a token; it stops working within ten seconds',
        request: { params: z.object({ id: z.string().max(100) }) },
        responses: nothing,
      }),
      async (c) => {
        const { accountId, userId } = c.var.actor;
        const authUserId = (await findUser(sql, accountId, userId))?.authUserId ?? '';
        const rows = await sql`
          delete from auth_api_keys where id = ${c.req.valid('param').id} and reference_id = ${authUserId}
          and metadata::jsonb->'accountId' = to_jsonb(${accountId}::bigint) returning id`;
        if (rows.length === 0) throw new ApiError('not_found', 'No such token');
        changed(accountId, userId);
        return c.body(null, 204);
      },
    );
}
