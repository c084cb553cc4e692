import { whole } from '../read.ts';
import { type Action, present } from './action.ts';

/** Moves the lead to a stage; 142 is won and 143 lost in every pipeline. The found duplicate's lead (`entity: double`) is not at hand. */
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
    context.emit({ type: 'changeStatus', statusId, ...(pipelineId === undefined ? {} : { pipelineId }) });
    context.note('changed', { status: statusId });
  };
};
