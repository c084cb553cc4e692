import type { ChatTalk, OrderOutcome, Talk, TalkStatus } from './model.ts';

/**
 * Does the conversation count as in work (`is_in_work` of the amoCRM-shaped API)? A failed poll leaves it in work, and so does a poll
 * that is planned or under way: it becomes closed only when the poll has ended.
 */
export function isInWork(status: TalkStatus): boolean {
  switch (status) {
    case 'in_work':
    case 'with_error':
    case 'nps_scheduled':
    case 'nps_in_progress':
      return true;
    case 'closed':
      return false;
  }
}

/** The conversation of the chat, if there is one that is not closed. */
export function openTalk(state: ChatTalk): Talk | undefined {
  return state.talk !== undefined && isInWork(state.talk.status) ? state.talk : undefined;
}

/** What an order (close, no reply needed, mark unread) is answered with: read from the state after the change, so a repeat gets the same. */
export function outcomeOf(state: ChatTalk): OrderOutcome {
  const { talk } = state;
  // Where no conversation exists nothing can be unread.
  return talk === undefined ? { status: 'none', isRead: true } : { status: talk.status, isRead: talk.isRead };
}
