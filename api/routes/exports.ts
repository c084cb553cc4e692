import { randomUUID } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import { cancelExport, type ExportRow, findExport, insertExport, listExports } from '../../db/stores/exports.ts';
import { filePath } from '../../files/address.ts';
import type { Actor } from '../actor.ts';
import { needs } from '../auth/guard.ts';
import { uuidInPath } from '../contract/common.ts';
import { type ExportJob, exportJob, exportJobs, newExport } from '../contract/events.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, router, takes } from '../openapi.ts';
import { readFilter } from './events.ts';

const tags = ['events'];
/** Unfinished ones a user may have at a time. */
const MOST = 5;
const SHOWN = 20;

/** Exports of the list of events. Nothing heavy happens here: a worker writes the file. */
export function exportRoutes(deps: ApiDeps) {
  const { sql } = deps;
  const view = ({ id, status, statusWords, rowsDone, rowsTotal, fileId, createdAt, finishedAt }: ExportRow): ExportJob => ({
    id,
    status,
    statusWords,
    rowsDone,
    rowsTotal,
    url: fileId === null || status !== 'done' ? null : `${filePath(deps.secretKey, fileId)}.csv`,
    createdAt,
    finishedAt,
  });
  const found = async (actor: Actor, id: string) => {
    const row = await findExport(sql, actor, id);
    if (row === undefined) throw new ApiError('not_found', 'No such export');
    return row;
  };
  return router()
    .openapi(
      createRoute({
        method: 'post',
        path: '/exports',
        tags,
        summary: 'Export the list of events by a filter',
        middleware: [needs('analytics'), needs('export'), answeredOnce(deps)] as const,
        request: takes(newExport),
        responses: makes(exportJob),
      }),
      async (c) => {
        const { actor } = c.var;
        const { filter, language } = c.req.valid('json');
        const draft = { id: randomUUID(), filter: await readFilter(deps, actor.accountId, filter), language, createdAt: deps.now() };
        const row = await insertExport(sql, actor, draft, MOST);
        if (row === undefined) throw new ApiError('conflict', `You have ${MOST} exports under way: wait for one, or cancel it`);
        notify(sql, [{ accountId: actor.accountId, kind: 'export', id: row.id }]);
        return c.json(view(row), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/exports',
        tags,
        summary: 'My latest exports',
        middleware: [needs('analytics'), needs('export')] as const,
        responses: answers(exportJobs),
      }),
      async (c) => c.json({ items: (await listExports(sql, c.var.actor, SHOWN)).map(view) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/exports/{id}',
        tags,
        summary: 'How far an export of mine is',
        middleware: [needs('analytics'), needs('export')] as const,
        request: { params: uuidInPath },
        responses: answers(exportJob),
      }),
      async (c) => c.json(view(await found(c.var.actor, c.req.valid('param').id)), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/exports/{id}/cancel',
        tags,
        summary: 'Cancel an export of mine; one that is finished stays',
        middleware: [needs('analytics'), needs('export')] as const,
        request: { params: uuidInPath },
        responses: answers(exportJob),
      }),
      async (c) => {
        const { actor } = c.var;
        const { id } = c.req.valid('param');
        await found(actor, id);
        // A worker that died may have left its file.
        if (await cancelExport(sql, actor, id, deps.now())) await deps.files.remove(actor.accountId, [id]);
        notify(sql, [{ accountId: actor.accountId, kind: 'export', id }]);
        return c.json(view(await found(actor, id)), 200);
      },
    );
}
