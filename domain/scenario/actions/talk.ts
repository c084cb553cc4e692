import { text } from '../read.ts';
import type { Action } from './action.ts';

/** Closes the conversation; the run's own remaining handlers still run. */
export const closeTalk: Action = () => (context) => context.emit({ type: 'closeTalk' });

/** "No reply needed". */
export const answerTalk: Action = () => (context) => context.emit({ type: 'answerTalk' });

/** "Change conversation status": closed or answered. */
export const changeTalkStatus: Action = (params, report) => {
  switch (text(params.value) ?? text(params.status)) {
    case 'closed':
    case 'close':
      return (context) => context.emit({ type: 'closeTalk' });
    case 'answered':
    case 'no_reply_needed':
      return (context) => context.emit({ type: 'answerTalk' });
    default:
      report('warning', 'unknown_type', 'value', { value: (text(params.value) ?? '').slice(0, 40) });
      return undefined;
  }
};
