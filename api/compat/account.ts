import { type Context, Hono } from 'hono';
import { findAccount, listGroups, listUsers, type UserRow } from '../../db/stores/compat-account.ts';
import { effectiveRights, type Scope } from '../../domain/rights/rights.ts';
import { itemAnswer, pageAnswer, seconds, selfLink } from './answer.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { notFound } from './problem.ts';
import { pathId, readQuery } from './query.ts';

/** `/api/v4/account`; `with=amojo_id` adds the account's id in the chats API, `with=users_groups` the groups of its users. */
export function accountRoutes({ sql }: CompatDeps): Hono<CompatEnv> {
  return new Hono<CompatEnv>().get('/', async (c) => {
    const { accountId, userId } = c.var.actor;
    const row = await findAccount(sql, accountId);
    if (row === undefined) throw notFound('Account');
    const wanted = readQuery(c.req.url).with();
    return itemAnswer(c, {
      id: row.id,
      name: row.name,
      subdomain: row.subdomain,
      created_at: seconds(row.createdAt),
      current_user_id: userId,
      language: row.language,
      time_zone: row.timeZone,
      ...(wanted.has('amojo_id') ? { amojo_id: row.amojoId } : {}),
      _links: selfLink(c, 'account'),
      ...(wanted.has('users_groups') ? { _embedded: { users_groups: await listGroups(sql, accountId) } } : {}),
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
    rights: rightsOf(row),
    ...(wanted.has('amojo_id') ? { amojo_id: row.amojoId } : {}),
    _links: selfLink(c, `users/${row.id}`),
    ...(wanted.has('group') ? { _embedded: { groups: row.groupId === null ? [] : [{ id: row.groupId, name: row.groupName }] } } : {}),
  };
}

/** The vendor's letters: all, the group's, one's own, denied. */
const letters: Record<Scope, 'A' | 'G' | 'M' | 'D'> = { all: 'A', group: 'G', own: 'M', none: 'D' };

/** The rights in force in the vendor's shape, as far as this system has them: cards are never deleted, mail and catalogs do not exist. */
function rightsOf({ role, ofGroup, ofUser, isActive, groupId }: UserRow): object {
  const { see, edit, export: exports } = effectiveRights(role, ofGroup, ofUser);
  const cards = {
    view: letters[see],
    edit: letters[edit],
    add: edit === 'none' ? 'D' : 'A',
    delete: 'D',
    export: exports ? letters[see] : 'D',
  };
  return {
    leads: cards,
    contacts: cards,
    companies: cards,
    tasks: { edit: letters[edit], delete: 'D' },
    mail_access: false,
    catalog_access: false,
    is_admin: role === 'administrator',
    is_free: false,
    is_active: isActive,
    group_id: groupId,
    role_id: null,
  };
}
