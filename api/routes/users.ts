import { createRoute } from '@hono/zod-openapi';
import { findAccount } from '../../db/stores/accounts.ts';
import { findUser, insertUser, listUsers, otherAdministrators, type User as UserRow, updateUser } from '../../db/stores/users.ts';
import type { Rights } from '../../domain/rights/rights.ts';
import { administersOnly } from '../auth/guard.ts';
import { ensurePerson, joinOrganization, makeToken } from '../auth/people.ts';
import { idInPath } from '../contract/common.ts';
import { apiTokens, newToken, newUser, tokenMade, type User, user, userChange, userMade, users } from '../contract/session.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, nothing, router, takes, z } from '../openapi.ts';

const view = ({ id, name, email, role, groupId, rights, isActive }: UserRow): User => ({
  id,
  name,
  email,
  role,
  sees: role === 'administrator' || (rights.see ?? 'all') === 'all' ? 'all' : 'own',
  groupId,
  rights,
  isActive,
});

/** `sees` is the short form: it overrules the two rights it stands for. */
const rightsFrom = (sees: 'own' | 'all' | undefined, rights: Partial<Rights> | undefined): Partial<Rights> | undefined =>
  sees === undefined ? rights : { ...rights, see: sees, edit: sees };

/** Users of the account and their API tokens. Everybody sees who works here; administrators change it. */
export function userRoutes(deps: ApiDeps) {
  const { sql } = deps;
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
        if ((await listUsers(sql, accountId)).some((one) => one.email === email)) throw taken();
        const person = await ensurePerson(deps.auth, { email, name, ...(password === undefined ? {} : { password }) });
        const row = await insertUser(
          sql,
          accountId,
          { name, email, role, groupId: groupId ?? null, rights: rightsFrom(sees, rights) ?? {}, authUserId: person.authUserId },
          deps.now(),
        );
        if (row === undefined) throw taken();
        if (account?.organizationId != null) {
          await joinOrganization(deps.auth, account.organizationId, person.authUserId, role === 'administrator' ? 'admin' : 'member');
        }
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
          const { sees, ...rest } = change;
          return updateUser(tx, accountId, id, { ...rest, rights: rightsFrom(sees, change.rights) });
        });
        if (row === undefined) throw new ApiError('not_found', 'No such user');
        deps.tokens.forget();
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
        deps.tokens.forget();
        return c.body(null, 204);
      },
    );
}
