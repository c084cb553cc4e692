import { entity, whole } from '../read.ts';
import { type Action, present } from './action.ts';

/** Makes a user responsible for the lead (default) or the contact. A user of another account is skipped and traced. */
export const changeResponsibleUser: Action = (params, report) => {
  const userId = whole(params.value);
  const kind = entity(params.type) ?? entity(params.element_type) ?? 'lead';
  if (userId === undefined) {
    report('warning', 'missing_id', 'value');
    return undefined;
  }
  return (context) => {
    const { knownUsers } = context.view;
    if (knownUsers !== undefined && !knownUsers.includes(userId)) context.note('skippedUnknownId', { id: userId });
    else if (present(kind, context)) {
      context.emit({ type: 'changeResponsible', entity: kind, userId });
      context.note('changed', { responsible: userId });
    }
  };
};
