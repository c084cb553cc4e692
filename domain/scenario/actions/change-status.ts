import type { RunView } from '../model.ts';
import { whole } from '../read.ts';
import { type Action, present } from './action.ts';

/**
 * Moves the lead to a stage; 142 is won and 143 lost in every pipeline. Without a pipeline the lead's own is meant, else the one that has the
 * stage; a stage of another account is skipped and traced. The found duplicate's lead (`entity: double`) is not at hand.
 */
export const changeStatus: Action = (params, report) => {
  const statusId = whole(params.value) ?? whole(params.status_id);
  const pipelineId = whole(params.pipeline_id);
  if (statusId === undefined) {
    report('warning', 'missing_id', 'value');
    return undefined;
  }
  if (params.entity === 'double') {
    report('warning', 'unsupported_acts', 'entity', { handler: 'change_status double' });
    return (context) => context.note('skippedUnsupported', { action: 'change_status double' });
  }
  return (context) => {
    if (!present('lead', context)) return;
    const target = pipelineOf(context.view, statusId, pipelineId);
    if (target === undefined) return context.note('skippedUnknownId', { id: statusId });
    context.emit({ type: 'changeStatus', statusId, ...(target === 'own' ? {} : { pipelineId: target }) });
    context.note('changed', { status: statusId });
  };
};

/** The pipeline a stage is meant in; `own`: the lead's. Undefined where the account has no such stage. */
function pipelineOf({ knownStages, lead }: RunView, statusId: number, pipelineId: number | undefined): number | 'own' | undefined {
  if (knownStages === undefined) return pipelineId ?? 'own';
  const pipelines = knownStages.filter((stage) => stage.id === statusId).map((stage) => stage.pipelineId);
  if (pipelineId !== undefined && pipelines.includes(pipelineId)) return pipelineId;
  if (lead !== undefined && pipelines.includes(lead.pipelineId)) return 'own';
  return pipelineId === undefined ? pipelines[0] : undefined;
}
