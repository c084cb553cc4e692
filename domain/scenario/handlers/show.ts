import type { SendButton } from '../model.ts';
import { blank, record, text } from '../read.ts';
import { define, NEXT, type Outgoing } from './handler.ts';
import { nested } from './nested.ts';
import { readAttachments, readButtons, readShorten } from './outgoing.ts';

/** Sends to the chat the run talks in: the code dialect's way. */
export const show = define<Outgoing>({
  name: 'show',
  unreadable: 'skip',
  read(params, report) {
    const tree = record(params);
    if (tree === undefined) {
      report('warning', 'unreadable_params');
      return undefined;
    }
    const type = text(tree.type) ?? 'text';
    if (type !== 'text' && type !== 'buttons' && type !== 'buttons_url')
      report('warning', 'unknown_type', 'type', { value: type.slice(0, 40) });
    const buttons: SendButton[] = blank(tree.buttons) ? [] : readButtons(tree.buttons, 'buttons', report);
    const words = text(tree.value) ?? text(tree.text) ?? '';
    const attachments = readAttachments(tree.attachments);
    if (words.trim() === '' && attachments.length === 0) report('warning', 'missing_text', 'value');
    return {
      message: { text: words, buttons, attachments, to: 'current', ...readShorten(tree.shorten_links) },
      onError: nested(tree.on_error, 'on_error', report),
    };
  },
  inspect: ({ message, onError }) => ({
    offersButtons: message.buttons.some((button) => button.type === 'reply'),
    lists: [{ path: 'on_error', handlers: onError }],
  }),
  run(outgoing, context) {
    context.send(outgoing);
    return NEXT;
  },
});
