/**
 * The response clock: one unanswered stretch at a time. It starts at the first client message nobody has answered, and what it knows is when
 * the stretch's messages came, because a reply answers only those that were there when it was written (sending may take minutes).
 */
import { addWorkingTime } from '../schedule/working-time.ts';
import type { ConversationRules, Talk } from './model.ts';

/** Instants kept of one stretch. Beyond that the latest takes the last place: who waits is never forgotten, only the hole's exact start. */
export const MAX_UNANSWERED = 50;
/** Later replies remembered beside the one that stopped the clock. */
const MAX_ALSO_BY = 20;

/** A client message at `at`: begins a stretch or belongs to the one that runs. */
export function clientWaits(talk: Talk, at: number, rules: ConversationRules): Talk {
  const earlier = unansweredOf(talk);
  if (earlier.length === 0) return startStretch(talk, [at], rules);
  const kept = earlier.length < MAX_UNANSWERED ? earlier : earlier.slice(0, MAX_UNANSWERED - 1);
  const last = kept.at(-1)!;
  return withDeadline({ ...talk, unansweredAt: at > last ? [...kept, at] : kept }, rules);
}

/** The messenger accepted a reply written at `writtenAt`; what the client wrote later still waits. */
export function replyStops(talk: Talk, reply: { messageId: string; writtenAt: number }, rules: ConversationRules): Talk {
  const unanswered = unansweredOf(talk);
  const later = unanswered.filter((at) => at > reply.writtenAt);
  if (later.length === unanswered.length) return rememberReply(talk, reply);
  const stopped: Talk = {
    ...stopClock(talk),
    stoppedBy: { messageId: reply.messageId, waitingSince: unanswered[0]!, missedReported: talk.missedReported },
  };
  return later.length === 0 ? stopped : startStretch(stopped, later, rules);
}

/** A reply that had been accepted was refused after all: unless another one stands, the stretch it had ended runs on from its old start. */
export function replyFails(talk: Talk, messageId: string, rules: ConversationRules): Talk {
  const { stoppedBy } = talk;
  if (stoppedBy === undefined) return talk;
  const alsoBy = (stoppedBy.alsoBy ?? []).filter((id) => id !== messageId);
  if (stoppedBy.messageId !== messageId) return { ...talk, stoppedBy: { ...stoppedBy, alsoBy } };
  const [next, ...rest] = alsoBy;
  if (next !== undefined) return { ...talk, stoppedBy: { ...stoppedBy, messageId: next, alsoBy: rest } };

  const unansweredAt = [stoppedBy.waitingSince, ...unansweredOf(talk)].slice(0, MAX_UNANSWERED);
  // Either stretch reported means reported: they are one stretch now, and one stretch gives one event.
  const missedReported = stoppedBy.missedReported || (talk.waitingSince !== undefined && talk.missedReported);
  return withDeadline({ ...stopClock(talk), waitingSince: stoppedBy.waitingSince, unansweredAt, missedReported }, rules);
}

/** Nobody waits any longer: an answer, "no reply needed", or the close. `missedAt` stays to be shown until the next stretch. */
export function stopClock(talk: Talk): Talk {
  const { waitingSince: _since, unansweredAt: _all, answerDueAt: _due, stoppedBy: _stopped, ...rest } = talk;
  return { ...rest, missedReported: false };
}

/**
 * The deadline rang at `at`. `missed` is set when the stretch has become late by today's rules; otherwise the deadline moves to where they
 * put it (they may have been changed or switched off since it was armed).
 */
export function ring(talk: Talk, at: number, rules: ConversationRules): { talk: Talk; missed: boolean } {
  if (talk.answerDueAt === undefined || talk.answerDueAt > at) return { talk, missed: false };
  const { answerDueAt: _due, ...unarmed } = talk;
  const current = withDeadline(unarmed, rules);
  if (current.answerDueAt === undefined || current.answerDueAt > at) return { talk: current, missed: false };
  const { answerDueAt: missedAt, ...reported } = current;
  return { talk: { ...reported, missedAt, missedReported: true }, missed: true };
}

function startStretch(talk: Talk, unansweredAt: number[], rules: ConversationRules): Talk {
  const { missedAt: _missed, answerDueAt: _due, ...rest } = talk;
  return withDeadline({ ...rest, waitingSince: unansweredAt[0]!, unansweredAt, missedReported: false }, rules);
}

/** A reply that found nobody waiting still counts as an answer to the stretch that the one before it ended. */
function rememberReply(talk: Talk, reply: { messageId: string; writtenAt: number }): Talk {
  const { stoppedBy } = talk;
  if (stoppedBy === undefined || stoppedBy.messageId === reply.messageId || reply.writtenAt < stoppedBy.waitingSince) return talk;
  const alsoBy = stoppedBy.alsoBy ?? [];
  if (alsoBy.includes(reply.messageId) || alsoBy.length >= MAX_ALSO_BY) return talk;
  return { ...talk, stoppedBy: { ...stoppedBy, alsoBy: [...alsoBy, reply.messageId] } };
}

/** Arms the deadline where it is due and missing. One that stands stays: the clock of a stretch does not move with later messages. */
function withDeadline(talk: Talk, rules: ConversationRules): Talk {
  const { responseTime } = rules;
  if (!responseTime.enabled || talk.missedReported || talk.waitingSince === undefined || talk.answerDueAt !== undefined) return talk;
  const waitMs = responseTime.seconds * 1000;
  const answerDueAt =
    responseTime.time === 'calendar' ? talk.waitingSince + waitMs : addWorkingTime(rules.schedule, talk.waitingSince, waitMs);
  return answerDueAt === undefined ? talk : { ...talk, answerDueAt };
}

function unansweredOf(talk: Talk): number[] {
  return talk.unansweredAt ?? (talk.waitingSince === undefined ? [] : [talk.waitingSince]);
}
