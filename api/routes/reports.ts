import { createRoute } from '@hono/zod-openapi';
import { needs } from '../auth/guard.ts';
import {
  botsReport as botsShape,
  conversationsReport as conversationsShape,
  managersReport as managersShape,
  missedReport as missedShape,
  npsReport as npsShape,
  reportQuery,
  responsesReport as responsesShape,
} from '../contract/reports.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, router, type z } from '../openapi.ts';
import { botsReport, conversationsReport, managersReport, missedReport, npsReport, responsesReport } from '../reports.ts';

const describe = <Schema extends z.ZodType>(name: string, summary: string, schema: Schema) =>
  createRoute({
    method: 'get',
    path: `/reports/${name}` as const,
    tags: ['reports'],
    summary,
    middleware: needs('analytics'),
    request: { query: reportQuery },
    responses: answers(schema),
  });

/** Reports of the account, for whoever has the right to analytics; about the clients the asker sees. */
export function reportRoutes(deps: ApiDeps) {
  return router()
    .openapi(describe('conversations', 'Conversations opened and closed, messages, by day and channel', conversationsShape), async (c) =>
      c.json(await conversationsReport(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(describe('responses', 'How fast clients are answered: medians and 90th percentiles', responsesShape), async (c) =>
      c.json(await responsesReport(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(describe('missed', 'Answers that came late', missedShape), async (c) =>
      c.json(await missedReport(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(describe('nps', 'Rates after conversations', npsShape), async (c) =>
      c.json(await npsReport(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(describe('managers', 'Managers side by side', managersShape), async (c) =>
      c.json(await managersReport(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(describe('bots', 'What became of the runs of bots', botsShape), async (c) =>
      c.json(await botsReport(deps, c.var.actor, c.req.valid('query')), 200),
    );
}
