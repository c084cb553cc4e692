/** A contact who is blocked by us, or let in again: one change over all their chats. */
import type { ChatRow } from '../../db/turns/rows.ts';
import type { Author } from '../../domain/conversation/model.ts';
import { endRun } from './bots.ts';
import { applyToTalk } from './talk.ts';
import { addEvent, changeChat, changeContact, type World } from './world.ts';

/**
 * Blocks or unblocks the contact of the chat. With the block everything that waits for the client or for us comes to rest: bots end, lines that wait are
 * dropped, conversations need no reply, a poll that is planned or under way ends without a rate. Repeating it changes nothing.
 */
export async function setBlocked(w: World, chat: ChatRow, blocked: boolean, by: Author & { kind: 'user' }): Promise<void> {
  const { contact } = w;
  if (contact === undefined || (contact.blockedAt !== null) === blocked) return;
  changeContact(w, contact, blocked ? { blockedAt: w.at, blockedBy: by.id } : { blockedAt: null, blockedBy: null });
  addEvent(w, chat, { type: blocked ? 'contact_blocked' : 'contact_unblocked', entityType: 'contact', entityId: contact.id }, by);
  if (!blocked) return;
  for (const run of w.runs.values()) if (run.status !== 'ended') endRun(w, run, 'stopped', '', by, 'blocked');
  for (const each of w.chats.values()) {
    if (each.pending !== null) changeChat(w, each, { pending: null });
    const status = w.talks.get(each.id)?.status;
    const polled = status === 'nps_scheduled' || status === 'nps_in_progress';
    await applyToTalk(w, each, polled ? { type: 'closeAsked', at: w.at, by, force: true } : { type: 'noReplyNeededAsked', at: w.at, by });
  }
}
