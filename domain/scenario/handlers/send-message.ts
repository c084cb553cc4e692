import { flag, list, record, text, whole } from '../read.ts';
import { define, NEXT, type Outgoing, type RegisteredHandler } from './handler.ts';
import { nested } from './nested.ts';
import { readAttachments, readButtons, readRecipient, readShorten, readTemplate } from './outgoing.ts';

/** Ids of `[{id}]` or `[id]`; undefined for an empty list, which means every channel. */
function channelIds(value: unknown): number[] | undefined {
  const ids = (list(value) ?? []).map((entry) => whole(record(entry)?.id ?? entry)).filter((id) => id !== undefined);
  return ids.length === 0 ? undefined : ids;
}

/** Sends with buttons, attachments and a choice of recipients: the editor's way. */
export const sendMessage: RegisteredHandler = define<Outgoing & { unmapped?: string }>({
  name: 'send_message',
  unreadable: 'skip',
  read(params, report) {
    const tree = record(params);
    if (tree === undefined) {
      report('warning', 'unreadable_params');
      return undefined;
    }
    const type = text(tree.type) ?? 'external';
    if (type !== 'external') {
      report('warning', 'unknown_type', 'type', { value: type.slice(0, 40) }); // messages to colleagues are not sent to the client
      return undefined;
    }
    const everywhere = tree.send_to_all_chat_sources === undefined ? undefined : flag(tree.send_to_all_chat_sources);
    const channels = everywhere === true ? 'all' : channelIds(tree.chat_sources);
    const to = readRecipient(tree.recipient, channels);
    if (to === undefined) {
      report('warning', 'unsupported_recipients', 'recipient.type');
      return undefined;
    }
    const words = text(tree.text) ?? '';
    const attachments = readAttachments(tree.attachments);
    const { template, unmapped } = readTemplate(tree, report);
    const empty = words.trim() === '' && attachments.length === 0;
    if (empty && template === undefined && unmapped === undefined) report('warning', 'missing_text', 'text');
    const buttons = readButtons(tree.buttons, 'buttons', report);
    return {
      message: {
        text: words,
        buttons,
        attachments,
        to,
        ...readShorten(tree.shorten_links),
        ...(template === undefined ? {} : { template }),
      },
      onError: nested(tree.on_error, 'on_error', report),
      // Without a text there is nothing to send in its place.
      ...(empty && unmapped !== undefined ? { unmapped } : {}),
    };
  },
  inspect: ({ message, onError }) => ({
    offersButtons: message.buttons.some((button) => button.type === 'reply'),
    lists: [{ path: 'on_error', handlers: onError }],
  }),
  run({ unmapped, ...outgoing }, context) {
    if (unmapped === undefined) context.send(outgoing);
    else context.note('skippedUnknownId', { id: unmapped });
    return NEXT;
  },
});

/** The code dialect's message to chosen recipients and channels: the same params one level down. */
export const sendExternalMessage: RegisteredHandler = define<Outgoing>({
  name: 'send_external_message',
  unreadable: 'skip',
  read(params, report) {
    const tree = record(params);
    const message = record(tree?.message);
    if (tree === undefined || message === undefined) {
      report('warning', 'unreadable_params');
      return undefined;
    }
    const to = readRecipient(tree.recipient, channelIds(tree.channels));
    if (to === undefined) {
      report('warning', 'unsupported_recipients', 'recipient.type');
      return undefined;
    }
    const words = text(message.text) ?? '';
    const attachments = readAttachments(message.attachments);
    if (words.trim() === '' && attachments.length === 0) report('warning', 'missing_text', 'message.text');
    const buttons = readButtons(message.buttons, 'message.buttons', report);
    return {
      message: { text: words, buttons, attachments, to, ...readShorten(message.shorten_links) },
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
