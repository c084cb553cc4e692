import { chatsOf } from '../db/stores/contacts.ts';
import { lineTypes, listEvents } from '../db/stores/events.ts';
import { messagesOfChats } from '../db/stores/messages.ts';
import { listPipelines } from '../db/stores/pipelines.ts';
import { listUsers } from '../db/stores/users.ts';
import type { Actor } from './actor.ts';
import type { ThreadItem, ThreadPage } from './contract/messages.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { messageView, threadLine } from './views/messages.ts';

/** How far each chat and the lines have been read. */
interface ThreadCursor {
  chats: Record<string, number>;
  line: [number, number] | null;
}

/**
 * All chats of a contact as one thread, newest first: each chat keeps its own order, chats and lines are merged by time. The cursor holds a place in each, so
 * that nothing is shown twice or left out, whatever arrives meanwhile.
 */
export async function readThread(
  deps: ApiDeps,
  actor: Actor,
  of: { contactId: number | null; leadId?: number },
  page: { limit: number; cursor?: string | undefined },
  base: string,
): Promise<ThreadPage> {
  const cursor = decodeCursor(page.cursor, isThreadCursor);
  const chats = of.contactId === null ? [] : await chatsOf(deps.sql, actor, of.contactId);
  const below = (chatId: string) => cursor?.chats[chatId] ?? Number.MAX_SAFE_INTEGER;
  const who = of.contactId === null ? { leadId: of.leadId ?? 0 } : { contactId: of.contactId };
  const [messages, events, pipelines, users, bots] = await Promise.all([
    messagesOfChats(
      deps.sql,
      actor.accountId,
      chats.map((chat) => ({ chatId: chat.id, below: below(chat.id) })),
      page.limit + 1,
    ),
    listEvents(
      deps.sql,
      actor,
      { types: lineTypes, ...who },
      { limit: page.limit + 1, ...(cursor?.line == null ? {} : { after: cursor.line }) },
    ),
    listPipelines(deps.sql, actor.accountId),
    listUsers(deps.sql, actor.accountId),
    deps.sql<{ id: number; name: string }[]>`select id, name from bots where account_id = ${actor.accountId}`,
  ]);
  const names = { stages: pipelines.flatMap((pipeline) => pipeline.stages), users, bots };
  const items: { at: number; item: ThreadItem }[] = [
    ...messages.map((row) => ({ at: row.writtenAt, item: { kind: 'message' as const, message: messageView(row, deps.secretKey, base) } })),
    ...events.flatMap((event) => {
      const line = threadLine(event, names);
      return line === undefined ? [] : [{ at: event.at, item: { kind: 'line' as const, line } }];
    }),
  ].sort(newestFirst);
  const shown = items.slice(0, page.limit);
  return {
    items: shown.map(({ item }) => item),
    nextCursor:
      items.length > page.limit
        ? encodeCursor(
            advance(
              start(cursor, chats),
              shown.map(({ item }) => item),
            ),
          )
        : null,
  };
}

/** By time; within a chat by position; a line of the same instant stands before the message that caused it is shown, that is, after it in time. */
function newestFirst(a: { at: number; item: ThreadItem }, b: { at: number; item: ThreadItem }): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.item.kind === 'message' && b.item.kind === 'message') return b.item.message.position - a.item.message.position;
  if (a.item.kind === 'line' && b.item.kind === 'line') return b.item.line.id - a.item.line.id;
  return a.item.kind === 'line' ? -1 : 1;
}

/** What arrives after the first page is not the thread's past: each chat is read below where it stood then. */
const start = (cursor: ThreadCursor | undefined, chats: { id: string; lastPosition: number }[]): ThreadCursor => ({
  chats: Object.fromEntries(chats.map((chat) => [chat.id, cursor?.chats[chat.id] ?? chat.lastPosition + 1])),
  line: cursor?.line ?? null,
});

function advance(before: ThreadCursor, items: ThreadItem[]): ThreadCursor {
  const next: ThreadCursor = { chats: { ...before.chats }, line: before.line };
  for (const item of items) {
    if (item.kind === 'line') next.line = [item.line.at, item.line.id];
    else next.chats[item.message.chatId] = item.message.position;
  }
  return next;
}

function isThreadCursor(value: unknown): value is ThreadCursor {
  if (typeof value !== 'object' || value === null) return false;
  const { chats, line } = value as Partial<ThreadCursor>;
  const isLine = line === null || (Array.isArray(line) && line.length === 2 && line.every((key) => Number.isSafeInteger(key)));
  return isLine && typeof chats === 'object' && chats !== null && Object.values(chats).every((key) => Number.isSafeInteger(key));
}
