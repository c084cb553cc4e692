import { type Context, Hono } from 'hono';
import { listPipelines, type PipelineRow } from '../../db/stores/pipelines.ts';
import { itemAnswer, selfLink } from './answer.ts';
import type { CompatDeps, CompatEnv } from './model.ts';
import { notFound } from './problem.ts';
import { pathId } from './query.ts';

type StageRow = PipelineRow['stages'][number];

/** `/api/v4/leads/pipelines`: pipelines with their statuses. */
export function pipelineRoutes({ sql }: CompatDeps): Hono<CompatEnv> {
  const find = async (c: Context<CompatEnv>): Promise<PipelineRow> => {
    const id = pathId(c.req.param('id') ?? '');
    const [row] = id === undefined ? [] : await listPipelines(sql, c.var.actor.accountId, id);
    if (row === undefined) throw notFound('Pipeline');
    return row;
  };
  return new Hono<CompatEnv>()
    .get('/', async (c) => {
      const rows = await listPipelines(sql, c.var.actor.accountId);
      return itemAnswer(c, {
        _total_items: rows.length,
        _links: selfLink(c, 'leads/pipelines'),
        _embedded: { pipelines: rows.map((row) => pipeline(c, row)) },
      });
    })
    .get('/:id', async (c) => itemAnswer(c, pipeline(c, await find(c))))
    .get('/:id/statuses', async (c) => {
      const row = await find(c);
      return itemAnswer(c, {
        _total_items: row.stages.length,
        _links: selfLink(c, `leads/pipelines/${row.id}/statuses`),
        _embedded: { statuses: row.stages.map((stage) => status(c, stage)) },
      });
    })
    .get('/:id/statuses/:statusId', async (c) => {
      const stage = (await find(c)).stages.find(({ id }) => id === pathId(c.req.param('statusId')));
      if (stage === undefined) throw notFound('Status');
      return itemAnswer(c, status(c, stage));
    });
}

function pipeline(c: Context<CompatEnv>, row: PipelineRow): object {
  return {
    id: row.id,
    name: row.name,
    sort: row.sort,
    is_main: row.isMain,
    is_unsorted_on: row.stages.some(({ kind }) => kind === 'incoming'),
    is_archive: false,
    account_id: c.var.actor.accountId,
    _links: selfLink(c, `leads/pipelines/${row.id}`),
    _embedded: { statuses: row.stages.map((stage) => status(c, stage)) },
  };
}

/** `type` 1 is the stage of incoming leads; it, won and lost cannot be edited. */
function status(c: Context<CompatEnv>, stage: StageRow): object {
  return {
    id: stage.id,
    name: stage.name,
    sort: stage.sort,
    is_editable: stage.kind === 'open',
    pipeline_id: stage.pipelineId,
    color: stage.colour,
    type: stage.kind === 'incoming' ? 1 : 0,
    account_id: c.var.actor.accountId,
    _links: selfLink(c, `leads/pipelines/${stage.pipelineId}/statuses/${stage.id}`),
  };
}
