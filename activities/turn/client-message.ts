/** What a client's message sets going, in this order: the poll under way, the run that listens, then triggers. Several short messages wait for silence and are one answer. */

import { lastStarts } from '../../db/stores/trigger-starts.ts';
import type { ChatRow, TriggerRow } from '../../db/turns/rows.ts';
import { fitsPlace } from '../../domain/conversation/trigger-filter.ts';
import { ALBUM_SILENCE_MS, albumDueAt } from '../../domain/message/album.ts';
import { answersAtOnce, isStart, takesAnswer } from '../../domain/scenario/answers.ts';
import type { ClientAnswer } from '../../domain/scenario/model.ts';
import { startRun, stepRun } from './bots.ts';
import { payloadOfOpening } from './opening.ts';
import { pollRunOf, settlePolls } from './poll.ts';
import { applyToTalk } from './talk.ts';
import { changeChat, customerOf, leadOf, type TurnRun, type World } from './world.ts';

/** However slowly the client types, ten seconds make an answer. */
const JOIN_AT_MOST_MS = 10_000;

export interface Heard {
  messageId: string;
  answer: ClientAnswer;
  /** The run whose button was pressed. */
  pressedRunId?: string;
  isPress: boolean;
  album: boolean;
  opened?: 'born' | 'reopened';
  /** When our side got it: a message that came before the question was accepted is not its answer. */
  arrivedAt: number;
}

interface Said {
  text: string;
  startPayload: string | undefined;
}

export async function hearClient(w: World, chat: ChatRow, heard: Heard): Promise<void> {
  if (chat.kind === 'group') return;
  const polled = await giveToPoll(w, chat, heard);
  const listener = chat.listenerRunId === null ? undefined : w.runs.get(chat.listenerRunId);
  const taken = polled || (listener !== undefined && (await giveToListener(w, chat, listener, heard)));
  if (listener !== undefined && !taken) w.untaken.set(chat.id, listener.id);
  if (heard.opened !== undefined) await fireStarted(w, chat, heard);
  if (!heard.isPress) await giveToTriggers(w, chat, heard, taken);
}

/**
 * True when the poll under way has the message: a rate, a comment, a press of its own buttons. Everything else is a question: the conversation is back
 * in work, and the message goes on to whoever listens next.
 */
async function giveToPoll(w: World, chat: ChatRow, heard: Heard): Promise<boolean> {
  const talk = w.talks.get(chat.id);
  if (talk?.status !== 'nps_in_progress') return false;
  const run = pollRunOf(w, chat);
  if (run !== undefined && heard.isPress && heard.pressedRunId === run.id) {
    // One that is no longer waited for moves nothing, and is no question either.
    await giveToListener(w, chat, run, heard);
    return true;
  }
  const hears =
    run?.state?.listens === true && !heard.isPress && wasAsked(w, chat, run, heard.arrivedAt) && takesAnswer(run.state, heard.answer);
  if (run !== undefined && hears) {
    // Comments come in several lines, rates do not: only the first would be kept waiting for nothing.
    const silenceMs = 1000 * (run.botSettings?.joinSeconds ?? w.settings.joinSeconds);
    if (talk.poll?.rated === true && silenceMs > 0) {
      keep(w, chat, heard, { runId: run.id }, silenceMs);
      return true;
    }
    if (await answersPoll(w, chat, run, heard.answer)) return true;
  }
  await missPoll(w, chat, w.at);
  return false;
}

/** Steps the poll's run; true when what the client wrote was a rate or a comment to it. */
async function answersPoll(w: World, chat: ChatRow, run: TurnRun, clientAnswer: ClientAnswer): Promise<boolean> {
  w.rated.delete(run.id);
  await answer(w, chat, run, clientAnswer);
  return w.rated.has(run.id);
}

async function missPoll(w: World, chat: ChatRow, wroteAt: number): Promise<void> {
  await applyToTalk(w, chat, { type: 'pollMissed', at: w.at, wroteAt });
  await settlePolls(w);
}

/** True when the listener has the message: stepped at once, or kept until the client falls silent. */
async function giveToListener(w: World, chat: ChatRow, run: TurnRun, heard: Heard): Promise<boolean> {
  if (run.state === null || !run.state.listens) return false;
  // A press on another bot's, or an older, question is stored and moves nothing.
  if (heard.isPress && heard.pressedRunId !== run.id) return true;
  if (!wasAsked(w, chat, run, heard.arrivedAt) && !heard.isPress) return false;
  if (!takesAnswer(run.state, heard.answer)) return heard.isPress;
  const found = await w.directory.scenario(w.accountId, run.botId, run.version, w.tx);
  if (found === undefined) return false;
  const silenceMs = 1000 * (run.botSettings?.joinSeconds ?? w.settings.joinSeconds);
  const atOnce = !heard.album && (silenceMs === 0 || answersAtOnce(found.scenario, run.state, heard.answer));
  if (!atOnce) {
    keep(w, chat, heard, { runId: run.id }, silenceMs);
    return true;
  }
  if (chat.pending !== null) changeChat(w, chat, { pending: null });
  await answer(w, chat, run, heard.answer);
  return true;
}

/** The question the run waits for is with the client: one still on its way has no answer yet. */
function wasAsked(w: World, chat: ChatRow, run: TurnRun, arrivedAt: number): boolean {
  if (run.state?.questionKey === undefined || run.chatId !== chat.id) return true;
  if (run.questionAskedAt != null) return arrivedAt >= run.questionAskedAt;
  // Asked in this very turn: the message that made it ask is not its answer; with a web chat it was accepted at once.
  return !w.planned.has(chat.id) && !w.busyLanes.has(chat.id);
}

async function answer(w: World, chat: ChatRow, run: TurnRun, clientAnswer: ClientAnswer): Promise<void> {
  if (run.chatId !== chat.id) {
    // The first answer frees the other chats; from now on the run talks here.
    run.chatId = chat.id;
    for (const other of w.chats.values())
      if (other !== chat && other.listenerRunId === run.id) changeChat(w, other, { listenerRunId: null });
  }
  await stepRun(w, run, { type: 'answered', at: w.at, answer: clientAnswer });
}

function keep(w: World, chat: ChatRow, heard: Heard, whom: NonNullable<ChatRow['pending']>['for'], silenceMs: number): void {
  const nothing: NonNullable<ChatRow['pending']> = { for: whom, messageIds: [], texts: [], firstAt: w.at, dueAt: w.at };
  const before = chat.pending !== null && sameListener(chat.pending.for, whom) ? chat.pending : nothing;
  const index = before.messageIds.indexOf(heard.messageId);
  const texts = [...before.texts];
  if (index >= 0) texts[index] = heard.answer.text;
  else texts.push(heard.answer.text);
  const startPayload = heard.answer.startPayload ?? before.startPayload;
  const firstAt = before.firstAt;
  const joined = Math.min(w.at + silenceMs, firstAt + JOIN_AT_MOST_MS);
  const dueAt = heard.album ? Math.max(joined, albumDueAt({ firstItemAt: firstAt, lastItemAt: w.at })) : joined;
  changeChat(w, chat, {
    pending: {
      for: whom,
      messageIds: index >= 0 ? before.messageIds : [...before.messageIds, heard.messageId],
      texts,
      ...(startPayload === undefined ? {} : { startPayload }),
      firstAt,
      dueAt: Math.max(dueAt, w.at + 1),
    },
  });
}

function sameListener(one: NonNullable<ChatRow['pending']>['for'], other: NonNullable<ChatRow['pending']>['for']): boolean {
  if (one === 'triggers' || other === 'triggers') return one === other;
  return one.runId === other.runId;
}

/** The client fell silent: the lines kept are one answer, or start the bots that wait for messages. */
export async function flushPending(w: World, chat: ChatRow): Promise<void> {
  const { pending } = chat;
  if (pending === null || pending.dueAt > w.at) return;
  changeChat(w, chat, { pending: null });
  const text = pending.texts.filter((line) => line !== '').join('\n');
  const run = pending.for === 'triggers' || chat.listenerRunId !== pending.for.runId ? undefined : w.runs.get(pending.for.runId);
  if (run !== undefined) {
    const given = { text, ...(pending.startPayload === undefined ? {} : { startPayload: pending.startPayload }) };
    if (run !== pollRunOf(w, chat)) return answer(w, chat, run, given);
    if (await answersPoll(w, chat, run, given)) return;
    await missPoll(w, chat, pending.firstAt);
  }
  const lastMessage = pending.messageIds.at(-1)!;
  const triggers = await firing(w, chat, 'message_received');
  if (triggers.length === 0) return;
  const startPayload = pending.startPayload ?? (await payloadOfOpening(w, chat, pending.messageIds));
  for (const trigger of triggers) await fire(w, chat, trigger, { text, startPayload }, `message/${lastMessage}`);
}

async function fireStarted(w: World, chat: ChatRow, heard: Heard): Promise<void> {
  const triggers = (await firing(w, chat, 'conversation_started')).filter(
    ({ filter }) => filter.firstOnly !== true || heard.opened === 'born',
  );
  if (triggers.length === 0) return;
  const said = await saidBy(w, chat, heard);
  for (const trigger of triggers) await fire(w, chat, trigger, said, `opened/${heard.messageId}`);
}

async function giveToTriggers(w: World, chat: ChatRow, heard: Heard, taken: boolean): Promise<void> {
  const all = await firing(w, chat, 'message_received');
  const triggers = taken ? all.filter((trigger) => trigger.filter.alsoWhileBotWaits === true) : all;
  if (triggers.length === 0) return;
  const atOnce = !heard.album && isStart(heard.answer.text);
  const silenceMs = atOnce
    ? 0
    : 1000 *
      Math.max(
        ...triggers.map((trigger) => trigger.botSettings.joinSeconds ?? w.settings.joinSeconds),
        heard.album ? ALBUM_SILENCE_MS / 1000 : 0,
      );
  // Lines a listener keeps stay its own: such triggers then fire by the single message.
  if (silenceMs > 0 && !taken) return keep(w, chat, heard, 'triggers', silenceMs);
  const said = await saidBy(w, chat, heard);
  for (const trigger of triggers) await fire(w, chat, trigger, said, `message/${heard.messageId}`);
}

/** What starts a bot: the text, and the payload of the link by which the client came, where the messenger told of it apart too. */
async function saidBy(w: World, chat: ChatRow, { answer: { text, startPayload }, messageId }: Heard): Promise<Said> {
  return { text, startPayload: startPayload ?? (await payloadOfOpening(w, chat, [messageId])) };
}

/** Triggers of a type whose filter fits this chat and whose cool-down is over. */
async function firing(w: World, chat: ChatRow, type: TriggerRow['type']): Promise<TriggerRow[]> {
  const lead = leadOf(w, chat);
  const place = { channelId: chat.channelId, lead };
  const fitting = w.triggers.filter(({ type: own, filter }) => own === type && fitsPlace(filter, place));
  const cooling = fitting.filter((trigger) => trigger.cooldownSeconds > 0);
  const customerId = customerOf(w, chat);
  if (cooling.length === 0 || (lead === undefined && customerId === null)) return fitting;
  // The close ends a cool-down: only starts of the present opening count.
  const since = w.talks.get(chat.id)?.openedAt ?? 0;
  const started = await lastStarts(w.tx, w.accountId, {
    triggerIds: cooling.map(({ id }) => id),
    on: lead === undefined ? { customerId: customerId! } : { leadId: lead.id },
    since,
  });
  const last = new Map(started.map(({ triggerId, at }) => [triggerId, at]));
  for (const run of w.changes.newRuns) {
    const onCard = lead === undefined ? run.customerId === customerId : run.leadId === lead.id;
    if (run.triggerId !== null && onCard) last.set(run.triggerId, run.createdAt);
  }
  return fitting.filter((trigger) => w.at - (last.get(trigger.id) ?? Number.NEGATIVE_INFINITY) >= trigger.cooldownSeconds * 1000);
}

async function fire(w: World, chat: ChatRow, trigger: TriggerRow, { text, startPayload }: Said, firing: string): Promise<void> {
  const came = startPayload === undefined ? {} : { startPayload };
  await startRun(w, {
    botId: trigger.botId,
    version: trigger.version,
    settings: trigger.botSettings,
    chat,
    leadId: leadOf(w, chat)?.id ?? null,
    startKey: `trigger/${trigger.id}/${firing}`,
    startedBy: { kind: 'trigger', triggerId: trigger.id, messageText: text, ...came },
    triggerId: trigger.id,
    depth: 0,
    messageText: text,
    ...came,
    delaySeconds: trigger.delaySeconds,
  });
}
