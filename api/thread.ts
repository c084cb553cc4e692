import { chatsOf } from '../db/stores/contacts.ts';
import { type EventRow, lineTypes, listEvents } from '../db/stores/events.ts';
import { groupBy } from '../db/stores/group-by.ts';
import { type MessageRow, messagesOfChats } from '../db/stores/messages.ts';
import { listPipelines } from '../db/stores/pipelines.ts';
import { notesOfContact } from '../db/stores/talk-notes.ts';
import { listUsers } from '../db/stores/users.ts';
import type { Actor } from './actor.ts';
import type { ThreadItem, ThreadPage } from './contract/messages.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { noteView } from './talk-notes.ts';
import { messageView, threadLine } from './views/messages.ts';

/** How far each chat and the lines have been read. */
interface ThreadCursor {
  chats: Record<string, number>;
  line: [number, number] | null;
  /** Absent in cursors made before notes stood in threads. */
  note?: [number, number] | null;
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
  const [messages, events, pipelines, users, bots, notes] = await Promise.all([
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
    of.contactId === null
      ? []
      : notesOfContact(deps.sql, actor.accountId, of.contactId, {
          limit: page.limit + 1,
          ...(cursor?.note == null ? {} : { before: cursor.note }),
        }),
  ]);
  const names = { stages: pipelines.flatMap((pipeline) => pipeline.stages), users, bots };
  const items: { at: number; item: ThreadItem }[] = [
    ...inTime(messages).map(({ at, row }) => ({ at, item: { kind: 'message' as const, message: messageView(row, deps.secretKey, base) } })),
    ...notes.map((row) => ({ at: row.at, item: { kind: 'note' as const, note: noteView(row, deps.secretKey, base) } })),
    ...withoutEchoes(events).flatMap((event) => {
      const line = threadLine(event, names);
      return line === undefined ? [] : [{ at: event.at, item: { kind: 'line' as const, line } }];
    }),
  ];
  const shown = newestFirst(items).slice(0, page.limit);
  return {
    items: shown,
    // Rows, not items: an echo that is left out must not hide what lies behind it.
    nextCursor: messages.length + events.length + notes.length > page.limit ? encodeCursor(advance(start(cursor, chats), shown)) : null,
  };
}

/** A client who is handed over changes hands as contact and as card at one instant: the thread says it once. Whose a task is, stands on the card. */
function withoutEchoes(all: EventRow[]): EventRow[] {
  const events = all.filter(({ entityType }) => entityType !== 'task');
  const ofCards = new Set(events.flatMap(({ type, entityType, at }) => (entityType === 'contact' ? [] : [`${type} ${at}`])));
  return events.filter(
    ({ type, entityType, at }) => type !== 'entity_responsible_changed' || entityType !== 'contact' || !ofCards.has(`${type} ${at}`),
  );
}

/** Instants that never contradict a chat's own order, although clocks of two workers may differ: the cursor is a position. */
function inTime(rows: MessageRow[]): { at: number; row: MessageRow }[] {
  const latest = new Map<string, number>();
  return [...rows]
    .sort((a, b) => b.position - a.position)
    .map((row) => {
      const at = Math.min(row.writtenAt, latest.get(row.chatId) ?? row.writtenAt);
      latest.set(row.chatId, at);
      return { at, row };
    });
}

/**
 * Newest first. What one turn did has one instant: then a client's message comes before the lines it caused (opened, bot started), those before what was
 * answered, and all other lines after it. Messages of a chat keep their positions and lines their ids, as the cursor needs.
 */
function newestFirst(items: { at: number; item: ThreadItem }[]): ThreadItem[] {
  const instants = [...groupBy(items, ({ at }) => at)].sort(([a], [b]) => b - a);
  return instants.flatMap(([, group]) => arranged(group.map(({ item }) => item)).reverse());
}

function arranged(group: ThreadItem[]): ThreadItem[] {
  const messages = group.filter((item) => item.kind === 'message').sort((a, b) => a.message.position - b.message.position);
  const lines = group.filter((item) => item.kind === 'line').sort((a, b) => a.line.id - b.line.id);
  const notes = group.filter((item) => item.kind === 'note').sort((a, b) => a.note.id - b.note.id);
  const answer = messages.findIndex((item) => item.message.direction === 'out' && item.message.author.kind === 'bot');
  const before = lines.findLastIndex((item) => ['opened', 'reopened', 'botStarted'].includes(item.line.type)) + 1;
  const split = answer < 0 ? messages.length : answer;
  return [...messages.slice(0, split), ...lines.slice(0, before), ...messages.slice(split), ...lines.slice(before), ...notes];
}

/** What arrives after the first page is not the thread's past: each chat is read below where it stood then. */
const start = (cursor: ThreadCursor | undefined, chats: { id: string; lastPosition: number }[]): ThreadCursor => ({
  chats: Object.fromEntries(chats.map((chat) => [chat.id, cursor?.chats[chat.id] ?? chat.lastPosition + 1])),
  line: cursor?.line ?? null,
  note: cursor?.note ?? null,
});

function advance(before: ThreadCursor, items: ThreadItem[]): ThreadCursor {
  const next: ThreadCursor = { ...before, chats: { ...before.chats } };
  for (const item of items) {
    if (item.kind === 'line') next.line = [item.line.at, item.line.id];
    else if (item.kind === 'note') next.note = [item.note.at, item.note.id];
    else next.chats[item.message.chatId] = item.message.position;
  }
  return next;
}

function isThreadCursor(value: unknown): value is ThreadCursor {
  if (typeof value !== 'object' || value === null) return false;
  const { chats, line, note = null } = value as Partial<ThreadCursor>;
  const isPlace = (place: unknown) =>
    place === null || (Array.isArray(place) && place.length === 2 && place.every((key) => Number.isSafeInteger(key)));
  return (
    isPlace(line) &&
    isPlace(note) &&
    typeof chats === 'object' &&
    chats !== null &&
    Object.values(chats).every((key) => Number.isSafeInteger(key))
  );
}
