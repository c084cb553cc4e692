import { createRoute } from '@hono/zod-openapi';
import { findRun, traceOf } from '../../db/stores/runs.ts';
import { needs } from '../auth/guard.ts';
import { mustEdit } from '../auth/may.ts';
import { uuidInPath } from '../contract/common.ts';
import { runAnswer, runView as runSchema, trace } from '../contract/runs.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answers, ordered, router } from '../openapi.ts';
import { runView } from '../views/runs.ts';

const tags = ['runs'];

export function runRoutes(deps: ApiDeps) {
  async function find(c: AppContext, id: string) {
    const row = await findRun(deps.sql, c.var.actor, id);
    if (row === undefined) throw new ApiError('not_found', 'No such run');
    return row;
  }
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs/{id}',
        tags,
        summary: 'One run of a bot',
        request: { params: uuidInPath },
        responses: answers(runSchema),
      }),
      async (c) => c.json(runView(await find(c, c.req.valid('param').id)), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs/{id}/trace',
        tags,
        summary: 'What the run met and decided',
        request: { params: uuidInPath },
        responses: answers(trace),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const items = await traceOf(deps.sql, c.var.actor.accountId, row.id);
        return c.json({ run: runView(row), items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/runs/{id}/stop',
        tags,
        summary: 'Stop; an ended run answers how it ended',
        middleware: needs('runBots'),
        request: { params: uuidInPath },
        responses: ordered(runAnswer),
      }),
      async (c) => {
        const { actor, idempotencyKey } = c.var;
        const row = await find(c, c.req.valid('param').id);
        mustEdit(row);
        // Its workflow may be gone: the row alone knows.
        if (row.status === 'ended') return c.json({ id: row.id, status: row.status, outcome: row.outcome }, 200);
        const run = { accountId: actor.accountId, runId: row.id, botId: row.botId, botName: row.botName };
        const outcome = await deps.orders.sendToRun(run, { type: 'stop', by: actor.userId }, idempotencyKey);
        if (!outcome.taken) return c.json({ accepted: true as const, idempotencyKey }, 202);
        return c.json({ id: row.id, status: outcome.answer.status, outcome: outcome.answer.outcome ?? null }, 200);
      },
    );
}
