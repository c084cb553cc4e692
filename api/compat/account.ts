import { type Context, Hono } from 'hono';
import { findAccount, listUsers, type UserRow } from '../../db/stores/compat-account.ts';
import { itemAnswer, pageAnswer, seconds, selfLink } from './answer.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { notFound } from './problem.ts';
import { pathId, readQuery } from './query.ts';

/** `/api/v4/account`; `with=amojo_id` adds the account's id in the chats API. */
export function accountRoutes({ sql }: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>().get('/', async (c) => {
    const { accountId, userId } = c.var.actor;
    const row = await findAccount(sql, accountId);
    if (row === undefined) throw notFound('Account');
    return itemAnswer(c, {
      id: row.id,
      name: row.name,
      subdomain: row.subdomain,
      created_at: seconds(row.createdAt),
      current_user_id: userId,
      language: row.language,
      time_zone: row.timeZone,
      ...(readQuery(c.req.url).with().has('amojo_id') ? { amojo_id: row.amojoId } : {}),
      _links: selfLink(c, 'account'),
    });
  });
}

/** `/api/v4/users`: list and one. */
export function userRoutes({ sql }: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>()
    .get('/', async (c) => {
      const query = readQuery(c.req.url);
      const page = query.page(250);
      query.finish();
      const rows = await listUsers(sql, c.var.actor.accountId, page.limit, (page.number - 1) * page.limit);
      return pageAnswer(c, 'users', rows, page, (row) => user(c, row, query.with()));
    })
    .get('/:id', async (c) => {
      const id = pathId(c.req.param('id'));
      const [row] = id === undefined ? [] : await listUsers(sql, c.var.actor.accountId, 1, 0, id);
      if (row === undefined) throw notFound('User');
      return itemAnswer(c, user(c, row, readQuery(c.req.url).with()));
    });
}

function user(c: Context<CompatEnv>, row: UserRow, wanted: Set<string>): object {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    rights: { is_admin: row.role === 'administrator', is_active: row.isActive, group_id: row.groupId, role_id: null },
    ...(wanted.has('amojo_id') ? { amojo_id: row.amojoId } : {}),
    _links: selfLink(c, `users/${row.id}`),
  };
}
