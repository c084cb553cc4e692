import { createRoute } from '@hono/zod-openapi';
import { findContact } from '../../db/stores/contacts.ts';
import { keptContactId } from '../../db/stores/merge-contacts.ts';
import { runsOfContact } from '../../db/stores/runs.ts';
import { seeingAll } from '../../db/stores/sight.ts';
import { baseUrl } from '../base-url.ts';
import { changeContact } from '../change-card.ts';
import { idInPath } from '../contract/common.ts';
import { contact, contactChange } from '../contract/leads.ts';
import { threadPage, threadQuery } from '../contract/messages.ts';
import { runQuery, runs } from '../contract/runs.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answers, router, takes } from '../openapi.ts';
import { readThread } from '../thread.ts';
import { contactView } from '../views/people.ts';
import { runView } from '../views/runs.ts';

const tags = ['contacts'];
const RUNS_MOST = 200;

export function contactRoutes(deps: ApiDeps) {
  /** Ids of contacts that were merged lead to the one that stayed. */
  const kept = (c: AppContext, id: number) => keptContactId(deps.sql, c.var.actor.accountId, id);
  async function view(c: AppContext, id: number, actor = c.var.actor) {
    const found = await contactView(deps, actor, id);
    if (found === undefined) throw new ApiError('not_found', 'No such contact');
    return found;
  }
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/contacts/{id}',
        tags,
        summary: 'A contact with identities and chats',
        request: { params: idInPath },
        responses: answers(contact),
      }),
      async (c) => c.json(await view(c, await kept(c, c.req.valid('param').id)), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/contacts/{id}',
        tags,
        summary: 'Change what is named',
        request: { params: idInPath, ...takes(contactChange) },
        responses: answers(contact),
      }),
      async (c) => {
        const id = await kept(c, c.req.valid('param').id);
        await changeContact(deps, c.var.actor, id, c.req.valid('json'));
        return c.json(await view(c, id, seeingAll(c.var.actor)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/contacts/{id}/thread',
        tags,
        summary: 'All chats of the contact as one thread',
        request: { params: idInPath, query: threadQuery },
        responses: answers(threadPage),
      }),
      async (c) => {
        const id = await kept(c, c.req.valid('param').id);
        const { limit, cursor, lead } = c.req.valid('query');
        if ((await findContact(deps.sql, c.var.actor, id)) === undefined) throw new ApiError('not_found', 'No such contact');
        const of = { contactId: id, ...(lead === undefined ? {} : { leadId: lead }) };
        return c.json(await readThread(deps, c.var.actor, of, { limit, cursor }, baseUrl(deps, c)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/contacts/{id}/runs',
        tags,
        summary: 'Runs of bots with the contact',
        request: { params: idInPath, query: runQuery },
        responses: answers(runs),
      }),
      async (c) => {
        const id = await kept(c, c.req.valid('param').id);
        if ((await findContact(deps.sql, c.var.actor, id)) === undefined) throw new ApiError('not_found', 'No such contact');
        const rows = await runsOfContact(deps.sql, c.var.actor, id, c.req.valid('query').state === 'alive', RUNS_MOST);
        return c.json({ items: rows.map(runView) }, 200);
      },
    );
}
