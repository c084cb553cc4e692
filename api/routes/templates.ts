import { createRoute } from '@hono/zod-openapi';
import { findChannel } from '../../db/stores/channels.ts';
import { idInPath } from '../contract/common.ts';
import { templateQuery, templates } from '../contract/templates.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answers, router } from '../openapi.ts';
import { templatesOf } from '../templates.ts';

/** Messages that a channel's messenger has approved beforehand: the composer offers them to everybody who may write. */
export function templateRoutes(deps: ApiDeps) {
  return router().openapi(
    createRoute({
      method: 'get',
      path: '/channels/{id}/templates',
      tags: ['channels'],
      summary: 'Approved templates of the messenger; none where it has no such thing',
      request: { params: idInPath, query: templateQuery },
      responses: answers(templates),
    }),
    async (c) => {
      const row = await findChannel(deps.sql, c.var.actor.accountId, c.req.valid('param').id);
      if (row === undefined) throw new ApiError('not_found', 'No such channel');
      return c.json(await templatesOf(deps, row, c.req.valid('query').fresh === 'true'), 200);
    },
  );
}
