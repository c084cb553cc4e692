import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import { deleteGroup, findGroup, insertGroup, listGroups, updateGroup } from '../../db/stores/groups.ts';
import { administersOnly } from '../auth/guard.ts';
import { idInPath } from '../contract/common.ts';
import { group, groupChange, groups, newGroup } from '../contract/groups.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, nothing, router, takes } from '../openapi.ts';

const tags = ['users'];

/** Groups of users and what their users may do. Everybody sees them, as everybody sees who works here; administrators change them. */
export function groupRoutes(deps: ApiDeps) {
  const { sql } = deps;

  /** What this process believed of anybody's rights, and what every open page of the account shows, is asked anew. */
  function changed(c: AppContext): void {
    deps.tokens.forget();
    notify(sql, [{ accountId: c.var.actor.accountId, kind: 'user', id: c.var.actor.userId }]);
  }
  async function find(c: AppContext, id: number) {
    const row = await findGroup(sql, c.var.actor.accountId, id);
    if (row === undefined) throw new ApiError('not_found', 'No such group');
    return row;
  }

  return router()
    .openapi(
      createRoute({ method: 'get', path: '/groups', tags, summary: 'Groups of users with their rights', responses: answers(groups) }),
      async (c) => c.json({ items: await listGroups(sql, c.var.actor.accountId) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/groups',
        tags,
        summary: 'Make a group',
        middleware: [administersOnly, answeredOnce(deps)] as const,
        request: takes(newGroup),
        responses: makes(group),
      }),
      async (c) => {
        const id = await insertGroup(sql, c.var.actor.accountId, c.req.valid('json'));
        changed(c);
        return c.json(await find(c, id), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/groups/{id}',
        tags,
        summary: 'Name, and rights that take the place of all before; in force at once',
        middleware: administersOnly,
        request: { params: idInPath, ...takes(groupChange) },
        responses: answers(group),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { name, rights } = c.req.valid('json');
        if (!(await updateGroup(sql, c.var.actor.accountId, id, { name, rights }))) throw new ApiError('not_found', 'No such group');
        changed(c);
        return c.json(await find(c, id), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/groups/{id}',
        tags,
        summary: 'Its users stay and have the rights of their roles',
        middleware: administersOnly,
        request: { params: idInPath },
        responses: nothing,
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        if (!(await sql.begin((tx) => deleteGroup(tx, c.var.actor.accountId, id)))) throw new ApiError('not_found', 'No such group');
        changed(c);
        return c.body(null, 204);
      },
    );
}
