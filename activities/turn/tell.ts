/** Who is told of what clients do. A message is told of at the end of its turn, when it is known whether a bot has it. */
import type { ChatRow } from '../../db/turns/rows.ts';
import { whenToTell } from '../../domain/notifications/tell.ts';
import { addNotification, notificationOf, type World } from './world.ts';

/** Chats in which bots hold what the client writes. */
export function heldChats(w: World): Set<string> {
  return new Set([...w.chats.values()].filter((chat) => isHeld(w, chat)).map(({ id }) => id));
}

/** A listener holds, and so do lines that are gathered for an answer or for a bot that is about to start. */
function isHeld(w: World, chat: ChatRow): boolean {
  if (chat.pending !== null) return true;
  if (chat.listenerRunId === null || w.untaken.get(chat.id) === chat.listenerRunId) return false;
  const run = w.runs.get(chat.listenerRunId);
  return run === undefined || run.status !== 'ended';
}

/** Notifications of clients' messages that are due at the end of a turn; `heldBefore` is what `heldChats` said at its beginning. */
export function tellOfClients(w: World, heldBefore: ReadonlySet<string>): void {
  for (const chat of w.chats.values()) {
    const talk = w.talks.get(chat.id);
    if (talk === undefined) continue;
    const when = whenToTell({
      wrote: w.wrote.get(chat.id),
      isUnread: !talk.isRead && (talk.status === 'in_work' || talk.status === 'with_error'),
      waits: talk.waitingSince !== null,
      botHolds: isHeld(w, chat),
      botHeld: heldBefore.has(chat.id),
      alsoWhileBotListens: w.settings.notifyWhileBotListens,
    });
    if (when === 'now') addNotification(w, chat, 'clientWrote');
    if (when === 'unlessTold')
      w.changes.untoldNotifications.push({
        row: notificationOf(w, chat, 'clientWrote'),
        since: talk.waitingSince ?? talk.openedAt,
      });
  }
}

/** An answer is late: the responsible user hears of it, and whom the account has named for that. */
export function tellMissed(w: World, chat: ChatRow): void {
  addNotification(w, chat, 'missed');
  const responsible = w.changes.notifications.at(-1)?.userId;
  for (const userId of new Set(w.settings.responseTime.notifyUserIds)) {
    if (userId !== responsible && w.account.users.get(userId)?.isActive === true)
      w.changes.notifications.push(notificationOf(w, chat, 'missed', {}, userId));
  }
}
