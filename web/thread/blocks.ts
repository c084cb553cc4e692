import type { ThreadItem } from '../../api/contract/index.ts';
import { instantOf, itemId } from '../data/thread.ts';
import { sameDay } from '../lib/time.ts';

export type ThreadMessage = Extract<ThreadItem, { kind: 'message' }>['message'];
export type ThreadNote = Extract<ThreadItem, { kind: 'note' }>['note'];
export type SystemLine = Extract<ThreadItem, { kind: 'line' }>['line'];

/** What the thread is drawn from: day lines, groups of bubbles by author and minute, and runs of system lines. `id` stays the same while it grows. */
export type Block =
  | { type: 'day'; id: string; at: number }
  | { type: 'messages'; id: string; messages: ThreadMessage[] }
  | { type: 'note'; id: string; note: ThreadNote }
  | { type: 'lines'; id: string; lines: SystemLine[] };

const GROUP_MS = 60_000;

const joins = (a: ThreadMessage, b: ThreadMessage): boolean =>
  a.author.kind === b.author.kind &&
  a.author.id === b.author.id &&
  a.chatId === b.chatId &&
  a.bot?.version === b.bot?.version &&
  b.writtenAt - a.writtenAt < GROUP_MS;

/** What one turn did at one instant, in the order in which it makes sense to a reader: it opened, the client wrote, the bot began and answered. */
function rank(item: ThreadItem): number {
  if (item.kind === 'message') return item.message.direction === 'in' ? 1 : 3;
  if (item.kind === 'note') return 5;
  if (item.line.type === 'opened' || item.line.type === 'reopened') return 0;
  return item.line.type === 'botStarted' ? 2 : 4;
}

/** Oldest first, given newest first. */
export const inOrder = (items: readonly ThreadItem[]): ThreadItem[] =>
  items.toReversed().sort((a, b) => instantOf(a) - instantOf(b) || rank(a) - rank(b));

/** Builds the blocks of a thread given oldest first. */
export function blocksOf(items: readonly ThreadItem[]): Block[] {
  const blocks: Block[] = [];
  let before: number | undefined;
  for (const item of items) {
    const at = instantOf(item);
    if (before === undefined || !sameDay(before, at)) blocks.push({ type: 'day', id: `day-${new Date(at).toDateString()}`, at });
    before = at;
    const last = blocks.at(-1);
    if (item.kind === 'message') {
      const previous = last?.type === 'messages' ? last.messages.at(-1) : undefined;
      if (last?.type === 'messages' && previous !== undefined && joins(previous, item.message)) last.messages.push(item.message);
      else blocks.push({ type: 'messages', id: itemId(item), messages: [item.message] });
    } else if (item.kind === 'note') blocks.push({ type: 'note', id: itemId(item), note: item.note });
    else if (last?.type === 'lines') last.lines.push(item.line);
    else blocks.push({ type: 'lines', id: itemId(item), lines: [item.line] });
  }
  return blocks;
}
