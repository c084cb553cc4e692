import { Hono } from 'hono';
import { chatByHiddenName, isHiddenChat } from '../../db/chat-names.ts';
import { numberOfChat } from '../../db/stores/conversations.ts';
import { findRun } from '../../db/stores/runs.ts';
import { actorOf } from '../auth/guard.ts';
import { uuidInPath } from '../contract/common.ts';
import type { ApiDeps, Env } from '../deps.ts';

/** Addresses that stand in Temporal's pages: they know only what a webhook knew, and lead to the card. */
export function openRoutes(deps: ApiDeps): Hono<Env> {
  return new Hono<Env>()
    .get('/open/:channelId{[0-9]{1,15}}/:chat', async (c) => {
      const actor = await actorOf(deps, c);
      if (actor === undefined) return c.redirect('/');
      const name = c.req.param('chat');
      const channelId = Number(c.req.param('channelId'));
      const number = await numberOfChat(deps.sql, actor, channelId, name);
      if (number === undefined && isHiddenChat(name)) {
        const chat = await chatByHiddenName(deps.sql, deps.secretKey, { accountId: actor.accountId, channelId }, name);
        const found = chat === undefined ? undefined : await numberOfChat(deps.sql, actor, channelId, chat);
        return c.redirect(found === undefined ? '/' : `/inbox/${found}`);
      }
      return c.redirect(number === undefined ? '/' : `/inbox/${number}`);
    })
    .get('/open/run/:id', async (c) => {
      const id = uuidInPath.safeParse({ id: c.req.param('id') });
      const actor = await actorOf(deps, c);
      const run = actor === undefined || !id.success ? undefined : await findRun(deps.sql, actor, id.data.id);
      return c.redirect(run?.leadId == null ? '/' : `/leads/${run.leadId}`);
    });
}
