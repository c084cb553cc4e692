/** Runs of bots inside a turn: starting, stepping, the listener's slot, ending. What a scenario decides is carried out by commands.ts. */
import { randomUUID } from 'node:crypto';
import type { BotSettings } from '../../db/settings.ts';
import type { ChatRow, RunRow, TraceRow } from '../../db/turns/rows.ts';
import type { Author } from '../../domain/conversation/model.ts';
import { describe } from '../../domain/scenario/describe.ts';
import type { EndReason } from '../../domain/scenario/end-reason.ts';
import type { RunEvent, RunOutcome, Scenario } from '../../domain/scenario/model.ts';
import type { Outcome } from '../../domain/scenario/outcomes.ts';
import { begin, nextTimerAt } from '../../domain/scenario/state.ts';
import { step } from '../../domain/scenario/step.ts';
import { carryOut } from './commands.ts';
import { viewOf } from './view.ts';
import { addEvent, changeChat, changeRun, customerOf, isPollRun, notificationOf, runEntity, type TurnRun, type World } from './world.ts';

/** Bots that start one another, this deep, end as looped. */
const MAX_DEPTH = 10;
const HOUR_MS = 3_600_000;

export interface StartOrder {
  botId: number;
  version: number;
  settings: BotSettings;
  chat: ChatRow | undefined;
  leadId: number | null;
  /** Whose card it is to work on without a lead; absent: that of the chat's conversation. */
  customerId?: number | null;
  startKey: string;
  startedBy: RunRow['startedBy'];
  triggerId: number | null;
  depth: number;
  /** Text of the message that starts it: its `{{message_text}}`, never its answer. */
  messageText?: string;
  /** Of the deep link by which the client came with it. */
  startPayload?: string;
  delaySeconds: number;
  /** A poll's run stands beside others of the same bot. */
  isPoll?: true;
}

/** Starts a bot, unless it already runs on the card and its setting says to leave it. Answers the run that works now. */
export async function startRun(w: World, order: StartOrder): Promise<TurnRun | undefined> {
  const found = await w.directory.scenario(w.accountId, order.botId, order.version, w.tx);
  if (found === undefined) return undefined;
  const customerId = order.leadId !== null ? null : (order.customerId ?? customerOf(w, order.chat));
  const running = [...w.runs.values()].find(
    (run) =>
      run.botId === order.botId &&
      order.isPoll !== true &&
      !isPollRun(run) &&
      run.status !== 'ended' &&
      run.leadId === order.leadId &&
      run.customerId === customerId &&
      (order.leadId !== null || customerId !== null || run.chatId === order.chat?.id),
  );
  if (running !== undefined) {
    if (!restarts(w, running, order.settings)) return running;
    endRun(w, running, 'restarted', '', { kind: 'system' });
  }
  const delayed = order.delaySeconds > 0;
  const run: TurnRun = {
    botName: found.name,
    botSettings: order.settings,
    accountId: w.accountId,
    id: randomUUID(),
    botId: order.botId,
    version: order.version,
    leadId: order.leadId,
    customerId,
    contactId: w.contact?.id ?? null,
    chatId: order.chat?.id ?? null,
    conversationNumber: (order.chat && w.talks.get(order.chat.id)?.number) ?? null,
    status: 'new',
    state: null,
    wait: null,
    outcome: null,
    outcomeWords: '',
    endedBy: null,
    deadlineAt: delayed ? w.at + order.delaySeconds * 1000 : null,
    armedAt: null,
    wakeDue: true,
    startKey: order.startKey,
    startedBy: order.startedBy,
    triggerId: order.triggerId,
    depth: order.depth,
    createdAt: w.at,
    endedAt: null,
  };
  w.changes.newRuns.push(run);
  w.runs.set(run.id, run);
  if (order.depth > MAX_DEPTH) endRun(w, run, 'looped', '', { kind: 'system' }, 'tooDeep');
  else if (!delayed) await beginRun(w, run, order.messageText, order.startPayload);
  return run;
}

/** First turn of a run whose row stands: by its trigger, from the card, by API. */
export async function beginRun(w: World, run: TurnRun, messageText: string | undefined, startPayload?: string): Promise<void> {
  const found = await w.directory.scenario(w.accountId, run.botId, run.version, w.tx);
  if (found === undefined) return endRun(w, run, 'failed', 'The version this run started with is gone', { kind: 'system' });
  const author: Author = run.startedBy.kind === 'trigger' ? { kind: 'system' } : run.startedBy;
  addEvent(
    w,
    run.chatId === null ? undefined : w.chats.get(run.chatId),
    {
      ...runEntity(w, run),
      type: 'bot_started',
      runId: run.id,
      valueAfter: [{ bot: { id: run.botId, name: found.name, version: run.version } }],
    },
    author,
  );
  changeRun(w, run, { status: 'running', state: begin(found.scenario), deadlineAt: null });
  const message = messageText === undefined ? undefined : { text: messageText, ...(startPayload === undefined ? {} : { startPayload }) };
  await stepRun(w, run, { type: 'started', at: w.at, ...(message === undefined ? {} : { message }) });
}

function restarts(w: World, running: TurnRun, settings: BotSettings): boolean {
  const rule = settings.whenRunning ?? 'restartAfterHour';
  if (rule === 'restart') return true;
  if (rule === 'never') return false;
  const lastMoved = Math.max(running.createdAt, running.state?.counters.lastClientAt ?? 0);
  return w.at - lastMoved > HOUR_MS;
}

/** Advances a run by one event: the scenario decides, its commands are carried out, its waits are stored. */
export async function stepRun(w: World, run: TurnRun, event: RunEvent): Promise<void> {
  // A last message that nobody got makes a completed run go its way for that after all.
  const revives = event.type === 'refused' && run.status === 'ended' && run.outcome === 'completed';
  if ((run.status !== 'running' && !revives) || run.state === null) return;
  const found = await w.directory.scenario(w.accountId, run.botId, run.version, w.tx);
  if (found === undefined) return endRun(w, run, 'failed', 'The version this run started with is gone', { kind: 'system' });
  const chat = run.chatId === null ? undefined : w.chats.get(run.chatId);
  const text = messageOf(event);
  const result = step(found.scenario, run.state, event, viewOf(w, run, chat, text === undefined ? undefined : { text }));
  if (revives) {
    if (result.state === run.state) return;
    changeRun(w, run, { status: 'running', outcome: null, outcomeWords: '', endedBy: null, endedAt: null, wakeDue: true });
  }
  for (const entry of result.trace) {
    w.changes.traces.push({
      accountId: w.accountId,
      runId: run.id,
      at: entry.at,
      step: entry.step,
      handler: entry.handler,
      outcome: entry.outcome,
      data: entry.data ?? {},
    });
  }
  changeRun(w, run, { state: result.state });
  const done = await carryOut(w, run, result.commands, result.state);

  if (result.state.ended !== undefined) {
    endRun(w, run, result.state.ended.outcome, result.state.ended.words ?? '', { kind: 'bot', botId: run.botId, runId: run.id });
  } else if (run.status === 'running') {
    // A bot that closes the conversation goes on with timers; waiting for an answer ends with the conversation.
    if (done.closedTalk && result.state.listens) {
      endRun(w, run, 'stopped', '', { kind: 'bot', botId: run.botId, runId: run.id }, 'closedItself');
    } else {
      holdSlots(w, run, done.questionChats);
      storeWait(w, run, found.scenario);
    }
  }
  // What happened to messages at once (web chat takes them, a chat is unreachable) is the run's next event.
  for (const next of done.events) await stepRun(w, run, next);
  for (const start of done.starts) await startRun(w, { ...start, depth: run.depth + 1 });
}

function messageOf(event: RunEvent): string | undefined {
  if (event.type === 'started') return event.message?.text;
  return event.type === 'answered' ? event.answer.text : undefined;
}

/** The instant the run's workflow must ring at. The run's age (400 days) is left to the sweep of repair: no timer waits for that. */
export function timerOf(run: Pick<TurnRun, 'status' | 'state' | 'deadlineAt'>): number | null {
  if (run.status === 'new') return run.deadlineAt;
  return run.state === null ? null : (nextTimerAt(run.state) ?? null);
}

/** Stores what the run waits for, and asks for its workflow when that has to ring earlier than it knows. */
function storeWait(w: World, run: TurnRun, scenario: Scenario): void {
  const ringsAt = timerOf(run);
  const earlier = ringsAt !== null && (run.armedAt === null || ringsAt < run.armedAt);
  changeRun(w, run, {
    deadlineAt: run.state?.deadlineAt ?? null,
    wait: run.state === null ? null : describe(scenario, run.state),
    wakeDue: run.wakeDue || earlier,
  });
}

/**
 * A waiting run holds the slot in every chat that got its last question; without a question, in the chat it talks in; without a chat, in all
 * chats of the contact. An earlier holder ends as displaced. A run that no longer waits for the client frees its slots.
 */
function holdSlots(w: World, run: TurnRun, questionChats: ChatRow[] | undefined): void {
  if (run.state?.listens !== true) {
    freeSlots(w, run);
    return;
  }
  const own = run.chatId === null ? undefined : w.chats.get(run.chatId);
  const held = [...w.chats.values()].filter((chat) => chat.listenerRunId === run.id);
  const wanted =
    questionChats ?? (held.length > 0 ? held : own !== undefined ? [own] : [...w.chats.values()].filter((chat) => chat.kind === 'private'));
  for (const chat of w.chats.values()) {
    if (wanted.includes(chat)) {
      const holder = chat.listenerRunId === null || chat.listenerRunId === run.id ? undefined : w.runs.get(chat.listenerRunId);
      // A poll is not displaced: who comes meanwhile listens when it is over.
      if (holder !== undefined && isPollRun(holder)) continue;
      if (holder !== undefined) endRun(w, holder, 'displaced', '', { kind: 'bot', botId: run.botId, runId: run.id });
      if (chat.listenerRunId !== run.id) changeChat(w, chat, { listenerRunId: run.id });
    } else if (chat.listenerRunId === run.id) changeChat(w, chat, { listenerRunId: null });
  }
}

function freeSlots(w: World, run: TurnRun): void {
  for (const chat of w.chats.values())
    if (chat.listenerRunId === run.id) changeChat(w, chat, { listenerRunId: isPollRun(run) ? nextListener(w, chat) : null });
}

/** The run that has waited in the chat behind a poll, the latest one. */
function nextListener(w: World, chat: ChatRow): string | null {
  const waiting = [...w.runs.values()].filter((run) => run.status === 'running' && run.state?.listens === true && run.chatId === chat.id);
  return waiting.filter((run) => !isPollRun(run)).sort((a, b) => b.createdAt - a.createdAt)[0]?.id ?? null;
}

/** Ends a run, visibly: slots free, unsent parts withdrawn unless it came to its own end, an event and a last line of the trace, its workflow woken to end too. */
export function endRun(w: World, run: TurnRun, outcome: RunOutcome, words: string, by: Author, why?: EndReason): void {
  if (run.status === 'ended') return;
  // A scenario that came to its own end has said so in the trace already.
  if (run.state?.ended === undefined) w.changes.traces.push(endLine(w, run, { outcome, words, by, why }));
  const isNew = w.changes.newRuns.includes(run);
  changeRun(w, run, {
    status: 'ended',
    outcome,
    outcomeWords: words,
    endedBy: by,
    endedAt: w.at,
    deadlineAt: null,
    wait: null,
    // A run that began and ended in one transaction never needed a workflow.
    wakeDue: !isNew,
  });
  freeSlots(w, run);
  if (isPollRun(run) && run.chatId !== null) w.polls.push({ chatId: run.chatId, ended: run, ...unheardBy(w, run) });
  if (outcome !== 'completed' && outcome !== 'failed') {
    // Lines that were kept for it are nobody's answer now; taken by a listener once, they start no bot either.
    for (const chat of w.chats.values()) {
      const { pending } = chat;
      if (pending !== null && pending.for !== 'triggers' && pending.for.runId === run.id) changeChat(w, chat, { pending: null });
    }
    w.changes.withdrawnParts.push({ runId: run.id });
    // Planned in this very transaction: nothing of these has gone out, and no row says so yet.
    for (const part of w.changes.parts) if (part.runId === run.id && part.status === 'planned') part.status = 'withdrawn';
    for (const message of w.changes.messages) if (message.runId === run.id && message.status === 'planned') message.status = 'withdrawn';
  }
  const chat = run.chatId === null ? undefined : w.chats.get(run.chatId);
  addEvent(
    w,
    chat,
    {
      ...runEntity(w, run),
      type: 'bot_ended',
      runId: run.id,
      valueAfter: [{ bot: { id: run.botId, version: run.version, name: run.botName ?? '' }, outcome, words }],
    },
    by,
  );
  if (outcome === 'failed' || outcome === 'looped') {
    const data = { runId: run.id, botId: run.botId, words, ...(run.customerId !== null && { customerId: run.customerId }) };
    const told = notificationOf(w, chat, 'botFailed', data);
    w.changes.notifications.push({ ...told, leadId: told.leadId ?? run.leadId });
  }
}

function endLine(
  w: World,
  run: TurnRun,
  { outcome, words, by, why }: { outcome: RunOutcome; words: string; by: Author; why: EndReason | undefined },
): TraceRow {
  return {
    accountId: w.accountId,
    runId: run.id,
    at: w.at,
    step: run.state?.step ?? 0,
    handler: 'run',
    outcome: 'ended' satisfies Outcome,
    data: {
      outcome,
      by: by.kind,
      ...(by.kind === 'user' && { userId: by.id }),
      ...(by.kind === 'bot' && by.runId !== run.id && { botId: by.botId, runId: by.runId }),
      ...(why !== undefined && { why }),
      ...(words !== '' && { words }),
    },
  };
}

/** Lines of the client that are being gathered for the run. */
function unheardBy(w: World, run: TurnRun): { unheardSince: number } | Record<string, never> {
  const pending = run.chatId === null ? null : (w.chats.get(run.chatId)?.pending ?? null);
  return pending !== null && pending.for !== 'triggers' && pending.for.runId === run.id ? { unheardSince: pending.firstAt } : {};
}

/** Ends the run that waits in a chat: a person took over, or the conversation was closed. A poll goes its own way (see poll.ts). */
export function endListener(
  w: World,
  chat: ChatRow,
  by: Author,
  why: 'replied' | 'closed',
  mayEnd: (run: TurnRun) => boolean = () => true,
): void {
  const run = chat.listenerRunId === null ? undefined : w.runs.get(chat.listenerRunId);
  if (run !== undefined && !isPollRun(run) && mayEnd(run)) endRun(w, run, 'stopped', '', by, why);
}
