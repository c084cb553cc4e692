import { createRoute } from '@hono/zod-openapi';
import type { LeadFilter } from '../../db/stores/lead-filter.ts';
import { findLead, listLeads, stageTotals as stageTotalsOf } from '../../db/stores/leads.ts';
import { listPipelines } from '../../db/stores/pipelines.ts';
import { runsOfCard } from '../../db/stores/runs.ts';
import { seeingAll } from '../../db/stores/sight.ts';
import { acceptLead, declineLead } from '../accept-lead.ts';
import { baseUrl } from '../base-url.ts';
import { changeLead, makeLead } from '../change-card.ts';
import { idInPath } from '../contract/common.ts';
import { type LeadFilterQuery, lead, leadChange, leadPage, leadQuery, newLead, stageTotals, stageTotalsQuery } from '../contract/leads.ts';
import { threadPage, threadQuery } from '../contract/messages.ts';
import { runQuery, runs } from '../contract/runs.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, router, takes } from '../openapi.ts';
import { readThread } from '../thread.ts';
import { leadItem, leadView } from '../views/people.ts';
import { runView } from '../views/runs.ts';

const tags = ['leads'];
const RUNS_MOST = 200;

function filterOf(asked: LeadFilterQuery): LeadFilter {
  const { pipeline, stage, responsible, tag, channel, contact, conversations, open, incoming, from, to, search } = asked;
  return {
    ...(pipeline === undefined ? {} : { pipelineId: pipeline }),
    ...(stage === undefined ? {} : { stageIds: stage }),
    ...(responsible === undefined ? {} : { responsibleIds: responsible }),
    ...(tag === undefined ? {} : { tagIds: tag }),
    ...(channel === undefined ? {} : { channelIds: channel }),
    ...(contact === undefined ? {} : { contactId: contact }),
    ...(conversations === undefined ? {} : { talks: conversations }),
    ...(open === undefined ? {} : { open: open === 'true' }),
    ...(incoming === undefined ? {} : { incoming: incoming === 'true' }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(search === undefined ? {} : { search }),
  };
}

export function leadRoutes(deps: ApiDeps) {
  async function view(c: AppContext, id: number, actor = c.var.actor) {
    const found = await leadView(deps, actor, id);
    if (found === undefined) throw new ApiError('not_found', 'No such lead');
    return found;
  }
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/leads',
        tags,
        summary: 'Leads, most recently changed first',
        request: { query: leadQuery },
        responses: answers(leadPage),
      }),
      async (c) => {
        const { cursor, limit, ...asked } = c.req.valid('query');
        const filter = filterOf(asked);
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const rows = await listLeads(deps.sql, c.var.actor, filter, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
        return c.json(
          page(rows, limit, (row) => [row.updatedAt, row.id], leadItem),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/leads/totals',
        tags,
        summary: 'Size and worth of each stage of a pipeline under a filter',
        request: { query: stageTotalsQuery },
        responses: answers(stageTotals),
      }),
      async (c) => {
        const asked = c.req.valid('query');
        const { actor } = c.var;
        const pipelineId = asked.pipeline ?? (await listPipelines(deps.sql, actor.accountId)).find(({ isMain }) => isMain)?.id;
        if (pipelineId === undefined) throw wrongField('pipeline', 'the account has no main pipeline: name one');
        return c.json({ pipelineId, items: await stageTotalsOf(deps.sql, actor, { ...filterOf(asked), pipelineId }) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/leads',
        tags,
        summary: 'Make a lead',
        middleware: answeredOnce(deps),
        request: takes(newLead),
        responses: makes(lead),
      }),
      async (c) => c.json(await view(c, await makeLead(deps, c.var.actor, c.req.valid('json')), seeingAll(c.var.actor)), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/leads/{id}',
        tags,
        summary: 'The card of a lead',
        request: { params: idInPath },
        responses: answers(lead),
      }),
      async (c) => c.json(await view(c, c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/leads/{id}',
        tags,
        summary: 'Change what is named',
        request: { params: idInPath, ...takes(leadChange) },
        responses: answers(lead),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        await changeLead(deps, c.var.actor, id, c.req.valid('json'));
        return c.json(await view(c, id, seeingAll(c.var.actor)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/leads/{id}/accept',
        tags,
        summary: 'Take an incoming lead into the pipeline; repeating it is harmless',
        request: { params: idInPath },
        responses: answers(lead),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        await acceptLead(deps, c.var.actor, id);
        return c.json(await view(c, id), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/leads/{id}/decline',
        tags,
        summary: 'Close an incoming lead as lost, and its conversations without a poll; repeating it is harmless',
        request: { params: idInPath },
        responses: answers(lead),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        await declineLead(deps, c.var.actor, id, c.var.idempotencyKey);
        return c.json(await view(c, id), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/leads/{id}/thread',
        tags,
        summary: 'All chats of the main contact as one thread',
        request: { params: idInPath, query: threadQuery },
        responses: answers(threadPage),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { limit, cursor } = c.req.valid('query');
        const row = await findLead(deps.sql, c.var.actor, id);
        if (row === undefined) throw new ApiError('not_found', 'No such lead');
        return c.json(
          await readThread(deps, c.var.actor, { contactId: row.contactId, leadId: id }, { limit, cursor }, baseUrl(deps, c)),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/leads/{id}/runs',
        tags,
        summary: 'Runs of bots on the lead',
        request: { params: idInPath, query: runQuery },
        responses: answers(runs),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        if ((await findLead(deps.sql, c.var.actor, id)) === undefined) throw new ApiError('not_found', 'No such lead');
        const rows = await runsOfCard(deps.sql, c.var.actor, { type: 'lead', id }, c.req.valid('query').state === 'alive', RUNS_MOST);
        return c.json({ items: rows.map(runView) }, 200);
      },
    );
}
