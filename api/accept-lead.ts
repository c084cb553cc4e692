/** Incoming leads: accepted into the pipeline, or declined with everything that is open on them. */
import { findLead, openTalksOfLead } from '../db/stores/leads.ts';
import { firstStage, listPipelines } from '../db/stores/pipelines.ts';
import type { Actor } from './actor.ts';
import { mustEdit, mustHave } from './auth/may.ts';
import { changeLead } from './change-card.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now' | 'orders'>;

const noLead = () => new ApiError('not_found', 'No such lead');

/**
 * Moves an incoming lead to the first open stage of its pipeline. One that was accepted before stays where it is, so that a repeat is harmless.
 * Throws ApiError not_found, forbidden, or conflict where it was declined.
 */
export async function acceptLead(deps: Deps, actor: Actor, leadId: number): Promise<void> {
  const lead = await findLead(deps.sql, actor, leadId);
  if (lead === undefined) throw noLead();
  mustEdit(lead);
  if (lead.stageKind === 'lost') throw new ApiError('conflict', 'This lead was declined: move it to a stage to take it up again');
  if (lead.stageKind !== 'incoming') return;
  const stage = await firstStage(deps.sql, actor.accountId, lead.pipelineId);
  if (stage === undefined) throw new ApiError('conflict', 'The pipeline has no stage to accept leads into: add one');
  await changeLead(deps, actor, leadId, { stageId: stage.id, pipelineId: stage.pipelineId });
}

/**
 * Closes an incoming lead as lost, and then its open conversations without a poll; their listening bots end with them. The lead goes first, so that a
 * message which arrives meanwhile finds it closed. A repeat closes what a first try left open. `key` names the orders: the same key never closes twice.
 * Throws ApiError not_found, forbidden, or conflict where it was accepted.
 */
export async function declineLead(deps: Deps, actor: Actor, leadId: number, key: string): Promise<void> {
  const lead = await findLead(deps.sql, actor, leadId);
  if (lead === undefined) throw noLead();
  mustHave(actor, 'closeConversations');
  mustEdit(lead);
  if (lead.stageKind === 'open' || lead.stageKind === 'won') {
    throw new ApiError('conflict', 'This lead was accepted: close it by moving it to the last stage');
  }
  if (lead.stageKind === 'incoming') {
    const [pipeline] = await listPipelines(deps.sql, actor.accountId, lead.pipelineId);
    const lost = pipeline?.stages.find(({ kind }) => kind === 'lost');
    if (lost === undefined) throw new ApiError('conflict', 'The pipeline has no stage for lost leads: add one');
    await changeLead(deps, actor, leadId, { stageId: lost.id, pipelineId: lost.pipelineId });
  }
  const talks = await openTalksOfLead(deps.sql, actor.accountId, leadId);
  await Promise.all(
    talks.map(({ number, channelId, externalChatId }) =>
      deps.orders.send(
        { accountId: actor.accountId, channelId, externalChatId },
        { type: 'close', by: actor.userId, force: true },
        `${key}/${number}`,
      ),
    ),
  );
}
