import type { WireAttachment, WireAuthor, WireButton, WireMessage } from '../../api/webchat/wire.ts';
import type { Chat } from '../controller.ts';
import { startOfDay } from './times.ts';

export type OwnStatus = 'sending' | 'sent' | 'seen' | 'failed';

/** One line of the thread as it is to be shown. */
export type Item =
  | { type: 'day'; key: string; at: number }
  | {
      type: 'message';
      key: string;
      author: WireAuthor;
      at: number;
      text: string;
      attachments: WireAttachment[];
      buttons: WireButton[];
      /** Choices are open on the newest of our messages that has some. */
      buttonsOpen: boolean;
      /** Visitor's messages only. */
      status?: OwnStatus;
      words?: string;
      clientMessageId?: string;
      /** First and last of a group: same author, within a few minutes. */
      first: boolean;
      last: boolean;
    };
export type MessageItem = Extract<Item, { type: 'message' }>;

const GROUP_MS = 3 * 60_000;

/** What the thread shows now: stored messages, then those on their way, with day lines and groups. */
export function itemsOf(chat: Chat): Item[] {
  const { seenUpTo } = chat.thread.state();
  const stored = chat.thread.messages();
  const openButtons = stored.findLast((message) => message.author.kind !== 'visitor' && message.buttons.length > 0)?.cursor;
  const messages: MessageItem[] = stored.map((message) => ({
    type: 'message',
    key: message.clientMessageId ?? `c${message.cursor}`,
    author: message.author,
    at: message.at,
    text: message.text,
    attachments: message.attachments,
    buttons: message.buttons,
    buttonsOpen: message.cursor === openButtons,
    ...ownStatus(message, seenUpTo),
    first: false,
    last: false,
  }));
  const known = new Set(messages.map((message) => message.key));
  for (const pending of chat.pending()) {
    if (known.has(pending.clientMessageId)) continue;
    messages.push({
      type: 'message',
      key: pending.clientMessageId,
      clientMessageId: pending.clientMessageId,
      author: { kind: 'visitor' },
      at: pending.sentAt,
      text: pending.text,
      attachments: pending.files.map(({ fileId, ...file }) => ({ ...file, handle: fileId })),
      buttons: [],
      buttonsOpen: false,
      status: pending.status,
      words: pending.words,
      first: false,
      last: false,
    });
  }
  return grouped(messages);
}

function grouped(messages: MessageItem[]): Item[] {
  const items: Item[] = [];
  let before: MessageItem | undefined;
  for (const message of messages) {
    const newDay = before === undefined || startOfDay(before.at) !== startOfDay(message.at);
    if (newDay) items.push({ type: 'day', key: `d${startOfDay(message.at)}-${message.key}`, at: message.at });
    message.first = newDay || before === undefined || !sameAuthor(before.author, message.author) || message.at - before.at > GROUP_MS;
    message.last = true;
    if (before !== undefined && !message.first) before.last = false;
    items.push(message);
    before = message;
  }
  return items;
}

function ownStatus(message: WireMessage, seenUpTo: number): { status?: OwnStatus } {
  if (message.author.kind !== 'visitor') return {};
  return { status: message.cursor <= seenUpTo ? 'seen' : 'sent' };
}

function sameAuthor(a: WireAuthor, b: WireAuthor): boolean {
  return a.kind === b.kind && (a.kind === 'visitor' || b.kind === 'visitor' || a.name === b.name);
}
