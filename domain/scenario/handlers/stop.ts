import { record, text, whole } from '../read.ts';
import { define } from './handler.ts';

type StopParams = { action: 'end' } | { action: 'closeTalk' } | { action: 'startBot'; botId: number };

/** The last acts of a run: `talk-close`, `salesbot-start`. Several may stand in a row; a run outside `finish` ends after them. */
export const stop = define<StopParams>({
  name: 'stop',
  unreadable: 'skip',
  read(params, report) {
    const tree = record(params) ?? {};
    switch (text(tree.action) ?? '') {
      case '':
        return { action: 'end' };
      case 'talk-close':
      case 'talk_close':
        return { action: 'closeTalk' };
      case 'salesbot-start':
      case 'salesbot_start': {
        const botId = whole(tree.bot) ?? whole(tree.bot_id);
        if (botId === undefined) {
          report('warning', 'missing_id', 'bot');
          return undefined;
        }
        return { action: 'startBot', botId };
      }
      default:
        report('warning', 'unknown_action', 'action');
        return { action: 'end' };
    }
  },
  inspect: () => ({ decides: true }),
  run(params, context) {
    if (params.action === 'closeTalk') context.emit({ type: 'closeTalk' });
    if (params.action === 'startBot') context.emit({ type: 'startBot', botId: params.botId });
    return { type: 'stop' };
  },
});
