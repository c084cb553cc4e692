import { clientWaits, replyFails, replyStops, ring, stopClock } from './clock.ts';
import type { Author, ChatTalk, ConversationEffect, ConversationEvent, ConversationRules, Decision, Talk } from './model.ts';
import { closed, endPoll, isPolling, missPoll, planPoll, ringPoll } from './poll.ts';
import { openTalk } from './status.ts';
import { isOnlyThanks } from './thanks.ts';

const HOUR_MS = 3_600_000;
/** How long after the close thanks alone do not reopen, where that setting is on. */
const THANKS_WINDOW_MS = 15 * 60_000;

type ClientWrote = Extract<ConversationEvent, { type: 'clientWrote' }>;

/**
 * The rules of a conversation: what one event makes of a chat's latest conversation, and what the turn must do besides storing it.
 * Pure; "now" is the event's `at` (epoch ms). The caller has already dropped events it has taken before (by event id or the messenger's
 * message id). Whatever does not apply (an order for a closed or absent conversation, a group chat) returns the same state and no effects.
 * A state whose talk has no `number` after an `opened` effect `born` gets the account's next number in the same transaction.
 */
export function decide(state: ChatTalk, event: ConversationEvent, rules: ConversationRules): Decision {
  if (state.kind === 'group') return unchanged(state);
  if (event.type === 'clientWrote') return clientWrote(state, event, rules);
  // A manager's message, an order or a deadline gives no number, reopens nothing and starts no clock.
  const talk = openTalk(state);
  if (talk === undefined) return unchanged(state);

  switch (event.type) {
    case 'personWrote':
      return next(state, { ...talk, isRead: true }, [{ type: 'withdrawNotifications' }]);
    case 'replyAccepted':
      return replyAccepted(state, talk, event, rules);
    case 'replyRefused':
      return next(state, replyFails(talk, event.messageId, rules));
    case 'wasOpened':
      return event.counts ? opened(state, talk, { kind: 'user', id: event.userId }) : unchanged(state);
    case 'markUnreadAsked':
      if (!talk.isRead) return unchanged(state);
      return next(state, { ...talk, isRead: false }, [record('talk_unread', { kind: 'user', id: event.userId })]);
    case 'noReplyNeededAsked':
      return noReplyNeeded(state, talk, event.by);
    case 'closeAsked':
      return close(state, talk, event, rules);
    case 'pollEnded':
      return endPoll(state, talk, event);
    case 'pollMissed':
      return missPoll(state, talk, event, rules);
    case 'deadlineReached': {
      if (isPolling(talk)) return ringPoll(state, talk, event.at, rules);
      const { talk: rung, missed } = ring(talk, event.at, rules);
      return next(state, rung, missed ? [record('talk_missed_event', { kind: 'system' }), { type: 'notify', what: 'missed' }] : []);
    }
  }
}

/** When the conversation next wants a turn by itself (epoch ms): the answer becomes late, or the poll is due or over. Absent: nothing to wait for. */
export function nextDeadline(state: ChatTalk): number | undefined {
  const talk = openTalk(state);
  return talk !== undefined && isPolling(talk) ? talk.poll?.dueAt : talk?.answerDueAt;
}

function clientWrote(state: ChatTalk, event: ClientWrote, rules: ConversationRules): Decision {
  const { talk } = state;
  const client: Author = { kind: 'client' };
  // Stored by the caller, and that is all: no number, no reopening, no clock, nobody is told.
  if (state.blocked === true) return unchanged(state);
  if (talk === undefined) return born(state, event, rules);

  switch (talk.status) {
    case 'in_work':
    case 'with_error':
      return next(state, clientWaits({ ...talk, isRead: false }, event.at, rules), [
        { type: 'notify', what: 'clientWrote', ...(talk.isRead ? {} : { again: true as const }) },
      ]);
    case 'nps_scheduled': {
      if (isThanksAfter(talk.poll?.askedAt, event, rules)) return unchanged(state);
      // The planned poll is dropped: a question is never lost to it.
      const { poll: _planned, ...rest } = talk;
      return next(state, clientWaits({ ...rest, status: 'in_work', isRead: false }, event.at, rules), [
        { type: 'notify', what: 'clientWrote' },
      ]);
    }
    case 'nps_in_progress':
      // The turn gives it to the poll's run, and asks again (`pollMissed`) when it was no answer to it.
      return unchanged(state);
    case 'closed': {
      if (isThanksAfter(talk.closedAt, event, rules)) return unchanged(state);
      const closedForMs = event.at - (talk.closedAt ?? event.at);
      if (startsAnew(closedForMs, rules)) return born(state, event, rules);
      const { closedAt: _closed, poll: _poll, ...rest } = talk;
      const reopened: Talk = { ...rest, status: 'in_work', isRead: false, opening: talk.opening + 1, openedAt: event.at };
      return next(state, clientWaits(reopened, event.at, rules), [
        { type: 'opened', how: 'reopened' },
        record('talk_reopened', client),
        { type: 'notify', what: 'clientWrote' },
      ]);
    }
  }
}

function born(state: ChatTalk, event: ClientWrote, rules: ConversationRules): Decision {
  const talk: Talk = { status: 'in_work', isRead: false, opening: 1, openedAt: event.at, missedReported: false };
  return next(state, clientWaits(talk, event.at, rules), [
    { type: 'opened', how: 'born' },
    record('talk_created', { kind: 'client' }),
    { type: 'notify', what: 'clientWrote' },
  ]);
}

function isThanksAfter(closedAt: number | undefined, event: ClientWrote, rules: ConversationRules): boolean {
  const soon = event.at - (closedAt ?? event.at) <= THANKS_WINDOW_MS;
  return rules.thanksDoNotReopen && soon && !event.hasAttachments && isOnlyThanks(event.text);
}

function startsAnew(closedForMs: number, { newConversation }: ConversationRules): boolean {
  switch (newConversation.rule) {
    case 'reopen':
      return false;
    case 'newAfter':
      return closedForMs > newConversation.hours * HOUR_MS;
    case 'alwaysNew':
      return true;
  }
}

function replyAccepted(
  state: ChatTalk,
  talk: Talk,
  event: Extract<ConversationEvent, { type: 'replyAccepted' }>,
  rules: ConversationRules,
): Decision {
  const anybodyStops = rules.responseTime.enabled && rules.responseTime.stoppedBy === 'anybody';
  if (event.by === 'bot' && !anybodyStops) return unchanged(state);
  const stopped = replyStops(talk, event, rules);
  // A "too late" that rang while the reply was on its way has nothing left to say.
  const answeredLate = talk.missedReported && stopped.waitingSince === undefined && stopped.isRead;
  return next(state, stopped, answeredLate ? [{ type: 'withdrawNotifications' }] : []);
}

function opened(state: ChatTalk, talk: Talk, by: Author): Decision {
  if (!talk.isRead) return next(state, { ...talk, isRead: true }, [record('talk_read', by), { type: 'withdrawNotifications' }]);
  // Already read, but a "too late" may have been notified since.
  return next(state, talk, talk.missedReported ? [{ type: 'withdrawNotifications' }] : []);
}

function noReplyNeeded(state: ChatTalk, talk: Talk, by: Author): Decision {
  const { stoppedBy: _reply, ...rest } = talk;
  // Pressed a second time it says nothing new, so it gives no second event.
  if (talk.isRead && talk.waitingSince === undefined) return next(state, talk.stoppedBy === undefined ? talk : rest);
  return next(state, { ...stopClock(talk), isRead: true }, [record('conversation_answered', by), { type: 'withdrawNotifications' }]);
}

function close(state: ChatTalk, talk: Talk, event: Extract<ConversationEvent, { type: 'closeAsked' }>, rules: ConversationRules): Decision {
  // The close has been asked for; only force does not wait for the poll.
  if (isPolling(talk) && !event.force) return unchanged(state);
  return (event.force ? undefined : planPoll(state, talk, event, rules)) ?? closed(state, talk, event);
}

function record(event: Extract<ConversationEffect, { type: 'record' }>['event'], author: Author): ConversationEffect {
  return { type: 'record', event, author };
}

function next(state: ChatTalk, talk: Talk, effects: ConversationEffect[] = []): Decision {
  return talk === state.talk ? { state, effects } : { state: { ...state, talk }, effects };
}

function unchanged(state: ChatTalk): Decision {
  return { state, effects: [] };
}

export { outcomeOf } from './status.ts';
