import type { Action } from '../actions/action.ts';
import { changeResponsibleUser } from '../actions/change-responsible-user.ts';
import { changeStatus } from '../actions/change-status.ts';
import { setBudget, setCustomFields } from '../actions/set-custom-fields.ts';
import { setTag, unsetTag } from '../actions/tags.ts';
import { answerTalk, changeTalkStatus, closeTalk } from '../actions/talk.ts';
import { record, text } from '../read.ts';
import { define, type HandlerContext, NEXT } from './handler.ts';

/** Every action this release performs, by the vendor's name. One that is missing here is skipped and traced. */
const ACTIONS: Readonly<Record<string, Action>> = {
  change_status: changeStatus,
  set_tag: setTag,
  unset_tag: unsetTag,
  set_custom_fields: setCustomFields,
  set_budget: setBudget,
  change_responsible_user: changeResponsibleUser,
  close_talk: closeTalk,
  talk_close: closeTalk,
  'talk-close': closeTalk,
  answer_talk: answerTalk,
  talk_answered: answerTalk,
  change_talk_status: changeTalkStatus,
  change_conversation_status: changeTalkStatus,
};

interface ActionParams {
  name: string;
  perform?: (context: HandlerContext) => void;
}

/** Changes the lead, the contact or the conversation. Actions never decide the way. */
export const action = define<ActionParams>({
  name: 'action',
  unreadable: 'skip',
  read(params, report) {
    const tree = record(params);
    const name = text(tree?.name);
    if (tree === undefined || name === undefined) {
      report('warning', 'unreadable_params');
      return undefined;
    }
    if (!Object.hasOwn(ACTIONS, name)) {
      report('warning', 'unsupported_acts', 'name', { handler: `action ${name.slice(0, 60)}` });
      return { name };
    }
    const perform = ACTIONS[name]!(record(tree.params) ?? {}, (severity, code, path, details) =>
      report(severity, code, path === undefined || path === '' ? 'params' : `params.${path}`, details),
    );
    return perform === undefined ? undefined : { name, perform };
  },
  inspect: ({ perform }) => ({ supported: perform !== undefined }),
  run({ name, perform }, context) {
    if (perform === undefined) context.note('skippedUnsupported', { action: name.slice(0, 60) });
    else perform(context);
    return NEXT;
  },
});
