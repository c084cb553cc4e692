/** The turn of a conversation: one transaction over everything its events mean, then a first try at sending, then the wakes that are due. */

import type { ChannelFact } from '../../channels/channel.ts';
import { loadByChat, seenMessages, takeEvents } from '../../db/turns/load.ts';
import type { ChatRow } from '../../db/turns/rows.ts';
import { nextDeadline } from '../../domain/conversation/decide.ts';
import type {
  ChatKey,
  ConversationState,
  ConversationTurn,
  ConversationTurnEvent,
  ConversationTurnResult,
  OrderAnswer,
} from '../../workflows/messages.ts';
import { conversationWorkflowId } from '../../workflows/messages.ts';
import { flushPending } from './client-message.ts';
import { isPassing } from './failures.ts';
import { receiveColleague, receiveDeletion, receiveEdit, receiveMessage, receiveReaction, receiveReceipt } from './inbound.ts';
import { receiveOpening } from './opening.ts';
import { answerAgain, answerOf, carryOutOrder, refusal } from './orders.ts';
import { settlePolls } from './poll.ts';
import { chatFor } from './sender.ts';
import { applyToTalk, talkOf } from './talk.ts';
import { type Committed, inTransaction, type TurnDeps } from './transaction.ts';
import { changeChat, type World } from './world.ts';

interface Outcome {
  state: ConversationState;
  answers: Record<string, OrderAnswer>;
}

export function createConversationTurn(deps: TurnDeps) {
  return async function conversationTurn({ key, events }: ConversationTurn): Promise<ConversationTurnResult> {
    const beganAt = performance.now();
    const { outcome, committed } = await commitOrPark(deps, key, inOrder(events));
    const left = await deps.afterCommit(committed, performance.now() - beganAt);
    const isOwn = (lane: ChatKey) => lane.channelId === key.channelId && lane.externalChatId === key.externalChatId;
    // A bot that writes to all chats of a contact: each chat's own workflow sends what is left there.
    // Likewise a conversation of another chat that a poll's end settled.
    const others = [...left, ...committed.flatMap(({ settled }) => settled)].filter((lane) => !isOwn(lane));
    await Promise.all(others.map((lane) => deps.checkLane(lane)));
    return { ...outcome, state: { ...outcome.state, lane: outcome.state.lane === 'waiting' || left.some(isOwn) ? 'waiting' : 'empty' } };
  };
}

/**
 * Messages that arrive together are taken in the messenger's order; everything else keeps its place. Overlapping webhooks of one chat
 * lose their order on the way here.
 */
export function inOrder(events: ConversationTurnEvent[]): ConversationTurnEvent[] {
  const isMessage = (event: ConversationTurnEvent): event is Extract<ConversationTurnEvent, { type: 'fact' }> =>
    event.type === 'fact' && event.fact.type === 'messageReceived';
  const orderOf = (fact: ChannelFact) => (fact.type === 'messageReceived' ? fact.message.order : [0, 0]);
  const messages = events.filter(isMessage).toSorted((a, b) => {
    const [dateA, idA] = orderOf(a.fact);
    const [dateB, idB] = orderOf(b.fact);
    return dateA! - dateB! || idA! - idB!;
  });
  if (messages.length < 2) return events;
  let next = 0;
  return events.map((event) => (isMessage(event) ? messages[next++]! : event));
}

/** All events in one transaction; where one of them cannot be stored, each alone, and that one parked. */
async function commitOrPark(
  deps: TurnDeps,
  key: ChatKey,
  events: ConversationTurnEvent[],
): Promise<{ outcome: Outcome; committed: Committed[] }> {
  try {
    const { result, committed } = await commit(deps, key, events);
    return { outcome: result, committed: [committed] };
  } catch (error) {
    if (isPassing(error)) throw error;
    if (events.length === 1) await park(deps, key, events[0]!, error);
    const committed: Committed[] = [];
    const answers: Outcome['answers'] = {};
    let state: ConversationState | undefined;
    for (const event of events.length === 1 ? [] : events) {
      const alone = await commitOrPark(deps, key, [event]);
      committed.push(...alone.committed);
      Object.assign(answers, alone.outcome.answers);
      state = alone.outcome.state;
    }
    if (state === undefined) {
      const looked = await commit(deps, key, []);
      committed.push(looked.committed);
      state = looked.result.state;
      for (const event of events)
        if (event.type === 'order')
          answers[event.id] = {
            status: state.status,
            isRead: true,
            refused: { code: 'no_message', detail: 'This order could not be stored' },
          };
    }
    return { outcome: { state, answers }, committed };
  }
}

function commit(deps: TurnDeps, key: ChatKey, events: ConversationTurnEvent[]): Promise<{ result: Outcome; committed: Committed }> {
  const { accountId, channelId, externalChatId } = key;
  const lastAt = events.at(-1)?.at ?? Date.now();
  const externalIds = events.flatMap((event) => {
    if (event.type !== 'fact') return [];
    const { fact } = event;
    return fact.type === 'messageReceived' || fact.type === 'colleagueReplied' ? [fact.message.externalId] : [];
  });
  return inTransaction(deps, {
    accountId,
    channelId,
    sends: true,
    at: events[0]?.at ?? lastAt,
    load: async (tx) => {
      const [loaded, seen] = await Promise.all([
        loadByChat(tx, accountId, channelId, externalChatId),
        seenMessages(tx, accountId, channelId, externalIds),
      ]);
      // A repeat of this turn made the chat between the two looks: its message is known, so the chat is there now, and the state is that chat's.
      const outrun = seen.size > 0 && loaded.chats.length === 0;
      return { loaded: outrun ? await loadByChat(tx, accountId, channelId, externalChatId) : loaded, extra: seen };
    },
    decide: async (w, seen) => {
      const chat = () => [...w.chats.values()].find((one) => one.channelId === channelId && one.externalChatId === externalChatId);
      const known = chat();
      const marked = markedEvents(events);
      // A chat that this turn makes has taken nothing yet.
      const fresh = known === undefined ? new Set(marked.map(({ id }) => id)) : await takeEvents(w.tx, accountId, known.id, marked);
      const answers: Outcome['answers'] = {};
      for (const event of events) {
        w.at = event.at;
        // The same order twice in one batch (as an update and as a signal): the first answer knows what it made.
        if (event.type === 'order') answers[event.id] ??= await order(w, chat(), event, fresh);
        else await happen(w, channelId, chat(), event, seen, fresh);
        await settlePolls(w);
      }
      w.at = lastAt;
      const own = chat();
      if (known === undefined && own !== undefined) await takeEvents(w.tx, accountId, own.id, marked);
      // The answers show the state after the whole turn.
      if (own !== undefined) for (const id in answers) answers[id] = { ...answers[id]!, ...answerOf(w, own) };
      return { state: stateOf(w, own), answers };
    },
  });
}

/** Orders, edits and album items, once each: taking them is marked. Messages are known by their own ids. */
function markedEvents(events: ConversationTurnEvent[]): ConversationTurnEvent[] {
  const marked = events.filter(
    (event) =>
      event.type === 'order' ||
      (event.type === 'fact' &&
        (event.fact.type !== 'messageReceived' || event.fact.message.albumId !== undefined) &&
        event.fact.type !== 'receiptCame'),
  );
  return [...new Map(marked.map((event) => [event.id, event])).values()];
}

async function order(
  w: World,
  chat: ChatRow | undefined,
  event: Extract<ConversationTurnEvent, { type: 'order' }>,
  fresh: Set<string>,
): Promise<OrderAnswer> {
  if (chat === undefined) return refusal(w, chat, 'no_chat', 'There is no such chat');
  if (!fresh.delete(event.id)) return answerAgain(w, chat, event.id, event.order);
  return carryOutOrder(w, chat, event.id, event.order);
}

async function happen(
  w: World,
  channelId: number,
  known: ChatRow | undefined,
  event: Exclude<ConversationTurnEvent, { type: 'order' }>,
  seen: Set<string>,
  fresh: Set<string>,
): Promise<void> {
  if (event.type !== 'fact') {
    if (known === undefined) return;
    // Lines that are being gathered for a poll are heard before it can run out.
    const gathering = known.pending !== null && w.talks.get(known.id)?.status === 'nps_in_progress';
    if (!gathering) await applyToTalk(w, known, { type: 'deadlineReached', at: w.at });
    await flushPending(w, known);
    return;
  }
  const { fact } = event;
  if (fact.type === 'messageReceived' || fact.type === 'colleagueReplied') {
    if (seen.has(fact.message.externalId)) return;
    seen.add(fact.message.externalId);
    if (fact.type === 'messageReceived' && fact.message.albumId !== undefined && !fresh.delete(event.id)) return;
  } else if (fact.type !== 'receiptCame' && !fresh.delete(event.id)) return;

  const chat = known ?? (await chatFor(w, channelId, fact));
  if (chat === undefined) return; // Nothing is known of a chat in which no client has written.
  switch (fact.type) {
    case 'messageReceived':
      return receiveMessage(w, chat, fact, event.arrivedAt ?? event.at);
    case 'chatOpened':
      return receiveOpening(w, chat, fact);
    case 'messageEdited':
      return receiveEdit(w, chat, fact);
    case 'messageDeleted':
      return receiveDeletion(w, chat, fact);
    case 'reactionChanged':
      return receiveReaction(w, chat, fact);
    case 'colleagueReplied':
      return receiveColleague(w, chat, fact);
    case 'receiptCame':
      return receiveReceipt(w, chat, fact);
    case 'clientBlocked':
      return changeChat(w, chat, { reachable: false, unreachableWords: 'The client has blocked this channel' });
    case 'clientUnblocked':
      return changeChat(w, chat, { reachable: true, unreachableWords: '' });
    default:
      fact satisfies never;
  }
}

function stateOf(w: World, chat: ChatRow | undefined): ConversationState {
  const talk = chat && w.talks.get(chat.id);
  const deadlines = [chat?.pending?.dueAt, talk && nextDeadline({ kind: 'private', talk: talkOf(talk) })].filter(
    (at) => at !== undefined && at !== null,
  );
  return {
    status: talk?.status ?? 'none',
    // Parts of this turn count only when their first try is over; see the caller.
    lane: chat !== undefined && w.busyLanes.has(chat.id) ? 'waiting' : 'empty',
    ...(deadlines.length === 0 ? {} : { deadlineAt: Math.min(...deadlines) }),
    ...(chat !== undefined && w.waitingMedia.has(chat.id) ? { media: 'waiting' as const } : {}),
    ...(talk === undefined ? {} : { number: talk.number }),
  };
}

/** Keeps what could not be stored, tells administrators, and lets the conversation go on. */
async function park(deps: TurnDeps, key: ChatKey, event: ConversationTurnEvent, error: unknown): Promise<void> {
  const workflowId = conversationWorkflowId(key);
  deps.log.error({ workflowId, eventId: event.id, err: error }, 'an event could not be stored and was parked');
  // JSON.stringify writes NUL and lone surrogates as escapes, which text columns take.
  const text = (value: unknown) => JSON.stringify(value);
  await deps.sql.begin(async (tx) => {
    await tx`
      insert into parked_events (account_id, workflow_id, event_id, event, error, at)
      values (${key.accountId}, ${text(workflowId).slice(1, -1)}, ${text(event.id).slice(1, -1)}, ${text(event)}, ${text(String(error)).slice(0, 2000)}, ${event.at})
      on conflict do nothing`;
    await tx`insert into notifications (account_id, what, data, at) values (${key.accountId}, 'eventParked', ${tx.json({ channelId: key.channelId })}, ${event.at})`;
  });
}
