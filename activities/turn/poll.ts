/** The run behind a poll (NPS): begun when the rules say that it is due, ended when they drop it; its end, however it came, settles the conversation. */

import type { BotSettings } from '../../db/settings.ts';
import type { ChatRow } from '../../db/turns/rows.ts';
import { endRun, startRun } from './bots.ts';
import { applyToTalk } from './talk.ts';
import { changeContact, leadOf, type PollStep, pollKey, type TurnRun, type World } from './world.ts';

/** The poll's run of the chat's conversation, while it is under way. */
export function pollRunOf(w: World, chat: ChatRow): TurnRun | undefined {
  const talk = w.talks.get(chat.id);
  if (talk?.status !== 'nps_in_progress') return undefined;
  const key = pollKey(talk);
  return [...w.runs.values()].find((run) => run.startKey === key && run.status !== 'ended');
}

/** Carries out what the rules and ended runs have left to be done for polls. Called after each event, and once more before a turn is stored. */
export async function settlePolls(w: World): Promise<void> {
  for (let step = w.polls.shift(); step !== undefined; step = w.polls.shift()) {
    const chat = w.chats.get(step.chatId);
    if (chat === undefined) continue;
    if ('ended' in step) await settle(w, chat, step);
    else if (step.effect.type === 'pollDue') await begin(w, chat);
    else drop(w, chat, step.effect);
  }
}

async function begin(w: World, chat: ChatRow): Promise<void> {
  const talk = w.talks.get(chat.id)!;
  const bot = await botOfPolls(w);
  // Switched off or gone: nobody is asked, and the close takes its course.
  if (bot === undefined) return void (await applyToTalk(w, chat, { type: 'pollEnded', at: w.at, failed: false }));
  if (w.contact !== undefined) changeContact(w, w.contact, { polledAt: w.at });
  const run = await startRun(w, {
    botId: bot.id,
    version: bot.version,
    settings: bot.settings,
    chat,
    leadId: leadOf(w, chat)?.id ?? null,
    startKey: pollKey(talk),
    startedBy: { kind: 'system' },
    triggerId: null,
    depth: 0,
    delaySeconds: 0,
    isPoll: true,
  });
  if (run === undefined) await applyToTalk(w, chat, { type: 'pollEnded', at: w.at, failed: true });
}

async function botOfPolls(w: World): Promise<{ id: number; version: number; settings: BotSettings } | undefined> {
  const { botId } = w.settings.nps;
  if (botId === null) return undefined;
  const [bot] = await w.tx<{ id: number; version: number; settings: BotSettings }[]>`
    select id, live_version as version, settings from bots
    where account_id = ${w.accountId} and id = ${botId} and kind = 'nps' and state = 'on' and live_version is not null`;
  return bot;
}

function drop(w: World, chat: ChatRow, { by, why }: Extract<PollStep, { effect: object }>['effect'] & { type: 'pollDropped' }): void {
  const talk = w.talks.get(chat.id)!;
  const key = pollKey(talk);
  const run = [...w.runs.values()].find((one) => one.startKey === key && one.status !== 'ended');
  if (run !== undefined) endRun(w, run, why === 'ranOut' ? 'expired' : 'stopped', '', by, why);
}

async function settle(w: World, chat: ChatRow, { ended, unheardSince }: Extract<PollStep, { ended: TurnRun }>): Promise<void> {
  const talk = w.talks.get(chat.id);
  if (talk?.status !== 'nps_in_progress' || pollKey(talk) !== ended.startKey) return;
  w.settled.add(chat.id);
  // Lines that were being gathered for the run have nobody to hear them now: they are a message that waits.
  if (unheardSince !== undefined) await applyToTalk(w, chat, { type: 'pollMissed', at: w.at, wroteAt: unheardSince });
  else await applyToTalk(w, chat, { type: 'pollEnded', at: w.at, failed: ended.outcome === 'failed' || ended.outcome === 'looped' });
}
