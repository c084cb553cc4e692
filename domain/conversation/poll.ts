/**
 * The poll after a close (NPS): planned, sent at a decent hour, ended in any way. It never stands between the client and an answer: a message
 * that is none of its answers puts the conversation back in work, and every state of it has a deadline of its own.
 */
import type { Schedule } from '../schedule/model.ts';
import { addWorkingTime } from '../schedule/working-time.ts';
import { clientWaits, stopClock } from './clock.ts';
import type { Author, ChatTalk, ConversationEvent, ConversationRules, Decision, Poll, Talk } from './model.ts';

const HOUR_MS = 3_600_000;
/** Nobody is asked more often than this, however many conversations they have. */
export const POLL_REST_MS = 30 * 24 * HOUR_MS;
/** A poll whose run is still not over by then is given up. */
export const POLL_LASTS_MS = 72 * HOUR_MS;
/** Local minutes between which a poll is sent, on any day. */
const FROM = 9 * 60;
const TO = 21 * 60;

type Event<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>;

/** Is the client being asked, or about to be? */
export function isPolling({ status }: Pick<Talk, 'status'>): boolean {
  return status === 'nps_scheduled' || status === 'nps_in_progress';
}

/** The first instant from `at` on (epoch ms) at which a poll may be sent: 9 to 21 by the clock of the time zone. Throws RangeError for an unknown zone. */
export function decentTime(timeZone: string, at: number): number {
  // A millisecond of decent time after `at` has passed just after it begins.
  return addWorkingTime(decentHours(timeZone), at, 1)! - 1;
}

/** What a close becomes when the client is to be asked first; undefined where it is a plain close. */
export function planPoll(
  state: ChatTalk,
  talk: Talk,
  { at, by }: Event<'closeAsked'>,
  { nps, schedule }: ConversationRules,
): Decision | undefined {
  // One poll an opening, even if the client asked something instead of answering it.
  if (nps === undefined || (talk.poll?.opening === talk.opening && talk.poll.sentAt !== undefined)) return undefined;
  const dueAt = decentTime(schedule.timeZone, at + nps.delaySeconds * 1000);
  if (!mayBeAsked(state, dueAt)) return undefined;
  const poll: Poll = { opening: talk.opening, by, askedAt: at, dueAt };
  return {
    state: { ...state, talk: { ...stopClock(talk), status: 'nps_scheduled', isRead: true, poll } },
    effects: [{ type: 'pollPlanned', by }, { type: 'withdrawNotifications' }],
  };
}

/** The deadline of a poll rang: it is sent, moved to a decent hour, or given up. What holds now counts, not what held at the close. */
export function ringPoll(state: ChatTalk, talk: Talk, at: number, rules: ConversationRules): Decision {
  const { poll } = talk;
  if (poll?.dueAt !== undefined && poll.dueAt > at) return { state, effects: [] };
  const by = poll?.by ?? { kind: 'system' };
  if (talk.status === 'nps_in_progress') {
    return after([{ type: 'pollDropped', by: { kind: 'system' }, why: 'ranOut' }], settled(state, talk, at, by));
  }
  if (poll === undefined || rules.nps === undefined || !mayBeAsked(state, at)) return settled(state, talk, at, by);
  const decentAt = decentTime(rules.schedule.timeZone, at);
  if (decentAt > at) return { state: { ...state, talk: { ...talk, poll: { ...poll, dueAt: decentAt } } }, effects: [] };
  const sent: Poll = { ...poll, sentAt: at, dueAt: at + POLL_LASTS_MS };
  return { state: { ...state, talk: { ...talk, status: 'nps_in_progress', poll: sent } }, effects: [{ type: 'pollDue' }] };
}

/** The poll's run is over: rated, nobody answered, stopped — closed by who asked for it; failed — in work, with the error shown. */
export function endPoll(state: ChatTalk, talk: Talk, { at, failed }: Event<'pollEnded'>): Decision {
  if (talk.status !== 'nps_in_progress') return { state, effects: [] };
  if (!failed) return settled(state, talk, at, talk.poll?.by ?? { kind: 'system' });
  return { state: { ...state, talk: { ...spent(talk), status: 'with_error' } }, effects: [] };
}

/** A question instead of an answer: back in work, unread, with the clock from that message. */
export function missPoll(state: ChatTalk, talk: Talk, { wroteAt }: Event<'pollMissed'>, rules: ConversationRules): Decision {
  if (talk.status !== 'nps_in_progress') return { state, effects: [] };
  return {
    state: { ...state, talk: clientWaits({ ...spent(talk), status: 'in_work', isRead: false }, wroteAt, rules) },
    effects: [
      { type: 'pollDropped', by: { kind: 'client' }, why: 'clientWrote' },
      { type: 'notify', what: 'clientWrote' },
    ],
  };
}

/** The close of an order: at once, with whatever poll there is ended. */
export function closed(state: ChatTalk, talk: Talk, { at, by, force }: Event<'closeAsked'>): Decision {
  const decision = closedBy(state, talk, at, by, force);
  const dropped = talk.status === 'nps_in_progress' ? [{ type: 'pollDropped' as const, by, why: 'closed' as const }] : [];
  return { state: decision.state, effects: [...dropped, ...decision.effects, { type: 'withdrawNotifications' }] };
}

/** The close that a poll ends in. Notifications were withdrawn when it was asked for; what came since (a low rate) stays. */
function settled(state: ChatTalk, talk: Talk, at: number, by: Author): Decision {
  return closedBy(state, talk, at, by, false);
}

function closedBy(state: ChatTalk, talk: Talk, at: number, by: Author, force: boolean): Decision {
  return {
    state: { ...state, talk: { ...stopClock(spent(talk)), status: 'closed', isRead: true, closedAt: at } },
    effects: [
      { type: 'closed', by, force },
      { type: 'record', event: 'talk_closed', author: by },
    ],
  };
}

const after = (effects: Decision['effects'], decision: Decision): Decision => ({
  state: decision.state,
  effects: [...effects, ...decision.effects],
});

/** Nothing of a poll is due any more; one that was sent is remembered, so that this opening is not asked about again. */
function spent(talk: Talk): Talk {
  const { poll, ...rest } = talk;
  if (poll?.sentAt === undefined) return rest;
  const { dueAt: _due, ...sent } = poll;
  return { ...rest, poll: sent };
}

function mayBeAsked({ kind, client }: ChatTalk, at: number): boolean {
  if (kind === 'group' || client?.reachable === false || client?.blocked === true) return false;
  return client?.polledAt === undefined || at - client.polledAt >= POLL_REST_MS;
}

/** The same object for the same zone: what working time prepares of a schedule is kept by it. */
const hours = new Map<string, Schedule>();

function decentHours(timeZone: string): Schedule {
  let schedule = hours.get(timeZone);
  if (schedule === undefined) {
    schedule = { timeZone, week: Array.from({ length: 7 }, () => [{ from: FROM, to: TO }]), holidays: [] };
    hours.set(timeZone, schedule);
  }
  return schedule;
}
