import type { Queries } from '../connection.ts';
import { groupBy } from './group-by.ts';
import type { StageRow } from './leads.ts';

export interface PipelineRow {
  id: number;
  name: string;
  isMain: boolean;
  sort: number;
  stages: StageRow[];
}

/** Pipelines in their order with their stages in theirs; `pipelineId`: that one alone. */
export async function listPipelines(sql: Queries, accountId: number, pipelineId?: number): Promise<PipelineRow[]> {
  const only = pipelineId === undefined ? sql`` : sql`and p.id = ${pipelineId}`;
  const [pipelines, stages] = await Promise.all([
    sql<Omit<PipelineRow, 'stages'>[]>`
      select p.id, p.name, p.is_main "isMain", p.sort from pipelines p where p.account_id = ${accountId} ${only} order by p.is_main desc, p.sort, p.id`,
    sql<StageRow[]>`
      select s.id, s.pipeline_id "pipelineId", s.name, s.kind, s.sort, s.colour from stages s join pipelines p on p.account_id = s.account_id and p.id = s.pipeline_id
      where s.account_id = ${accountId} ${only} order by s.sort, s.id`,
  ]);
  const stagesOf = groupBy(stages, (stage) => stage.pipelineId);
  return pipelines.map((pipeline) => ({ ...pipeline, stages: stagesOf.get(pipeline.id) ?? [] }));
}

/** A stage of a pipeline. */
export async function findStage(sql: Queries, accountId: number, pipelineId: number, stageId: number): Promise<StageRow | undefined> {
  const [row] = await sql<StageRow[]>`
    select s.id, s.pipeline_id "pipelineId", s.name, s.kind, s.sort, s.colour from stages s
    where s.account_id = ${accountId} and s.pipeline_id = ${pipelineId} and s.id = ${stageId}`;
  return row;
}

/** A stage by its id alone, the main pipeline's first (142 and 143 stand in every one); within a pipeline where one is given. */
export async function findStageAnywhere(
  sql: Queries,
  accountId: number,
  stageId: number,
  pipelineId?: number,
): Promise<StageRow | undefined> {
  if (pipelineId !== undefined) return findStage(sql, accountId, pipelineId, stageId);
  const [row] = await sql<StageRow[]>`
    select s.id, s.pipeline_id "pipelineId", s.name, s.kind, s.sort, s.colour
    from stages s join pipelines p on p.account_id = s.account_id and p.id = s.pipeline_id
    where s.account_id = ${accountId} and s.id = ${stageId} order by p.is_main desc, p.sort, p.id limit 1`;
  return row;
}

/** The first stage for leads that somebody made on purpose: the first open one. */
export async function firstStage(sql: Queries, accountId: number, pipelineId?: number): Promise<StageRow | undefined> {
  const [row] = await sql<StageRow[]>`
    select s.id, s.pipeline_id "pipelineId", s.name, s.kind, s.sort, s.colour
    from stages s join pipelines p on p.account_id = s.account_id and p.id = s.pipeline_id
    where s.account_id = ${accountId} and s.kind = 'open' ${pipelineId === undefined ? sql`and p.is_main` : sql`and p.id = ${pipelineId}`}
    order by s.sort, s.id limit 1`;
  return row;
}
