import { randomUUID } from 'node:crypto';
import { notify } from '../db/notify.ts';
import type { BotSettings } from '../db/settings.ts';
import { findBot } from '../db/stores/bots.ts';
import { type AliveRun, aliveRun, insertRun, runOfKey, type StartPlace, startPlace } from '../db/stores/runs.ts';
import type { Actor } from './actor.ts';
import { mustEdit, mustHave } from './auth/may.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError } from './errors.ts';

export interface StartOrder {
  botId: number;
  of: { leadId?: number | undefined; customerId?: number | undefined; contactId?: number | undefined; conversation?: number | undefined };
  /** What a person chose; absent: the bot's setting. */
  ifRunning?: 'restart' | 'return' | undefined;
  /** The same key returns the first run. */
  key: string;
}

/** `made`: this request started it. `taken` false: its first turn is certain, but was not seen yet. */
export interface Started {
  runId: string;
  made: boolean;
  taken: boolean;
}

const HOUR_MS = 3_600_000;
type Deps = Pick<ApiDeps, 'sql' | 'now' | 'orders'>;

/**
 * Starts a published bot by hand or by program. A run of the same key is the answer to a repeat; a run of this bot that is there already is returned or
 * restarted, as chosen or set. The row is made first, so that the start cannot be lost; its first turn is an order to its workflow.
 */
export async function startBot(deps: Deps, actor: Actor, order: StartOrder): Promise<Started> {
  mustHave(actor, 'runBots');
  const startKey = `api/${actor.userId}/${order.botId}/${order.key}`;
  const bot = await findBot(deps.sql, actor.accountId, order.botId, deps.now());
  if (bot === undefined) throw new ApiError('not_found', 'No such bot');
  const place = await startPlace(deps.sql, actor, order.of);
  if (place === undefined) throw new ApiError('not_found', 'No such lead, customer, contact or conversation');
  mustEdit(place);
  if (place.customerId !== null && place.contactId === null)
    throw new ApiError('conflict', 'This customer has no client to talk to: hang a conversation on the card first');
  const known = await runOfKey(deps.sql, actor.accountId, startKey);
  if (known !== undefined) return begin(deps, actor, bot, place, known, order.key, false);
  if (bot.liveVersion === null) throw new ApiError('conflict', 'This bot was never published: publish it first');
  if (bot.state !== 'on') throw new ApiError('conflict', 'This bot is off: switch it on first');

  const running = await aliveRun(deps.sql, actor.accountId, {
    botId: bot.id,
    leadId: place.leadId,
    customerId: place.customerId,
    chatId: place.chatId,
  });
  if (running !== undefined) {
    if (!restarts(running, bot.settings, order.ifRunning, deps.now())) return { runId: running.id, made: false, taken: true };
    const old = { accountId: actor.accountId, runId: running.id, botId: bot.id, botName: bot.name };
    await deps.orders.sendToRun(old, { type: 'stop', by: actor.userId, as: 'restarted' }, `${startKey}/restart`);
  }
  const run = {
    id: randomUUID(),
    botId: bot.id,
    version: bot.liveVersion,
    leadId: place.leadId,
    customerId: place.customerId,
    contactId: place.contactId,
    chatId: place.chatId,
    conversationNumber: place.conversationNumber,
    startKey,
    startedBy: { kind: 'user' as const, id: actor.userId },
  };
  const made = await insertRun(deps.sql, actor.accountId, run, deps.now());
  const runId = made ? run.id : ((await runOfKey(deps.sql, actor.accountId, startKey)) ?? run.id);
  return begin(deps, actor, bot, place, runId, order.key, made);
}

/** The first turn. Harmless when repeated: a run that has begun or ended answers so. */
async function begin(
  deps: Deps,
  actor: Actor,
  bot: { id: number; name: string },
  place: StartPlace,
  runId: string,
  key: string,
  made: boolean,
): Promise<Started> {
  const run = {
    accountId: actor.accountId,
    runId,
    botId: bot.id,
    botName: bot.name,
    ...(place.channelId === null ? {} : { channelId: place.channelId }),
  };
  const outcome = await deps.orders.sendToRun(run, { type: 'begin' }, `${key}/begin`);
  notify(deps.sql, [
    { accountId: actor.accountId, kind: 'run', id: runId },
    ...(place.leadId === null ? [] : [{ accountId: actor.accountId, kind: 'lead' as const, id: place.leadId }]),
    ...(place.customerId === null ? [] : [{ accountId: actor.accountId, kind: 'customer' as const, id: place.customerId }]),
  ]);
  return { runId, made, taken: outcome.taken };
}

/** Whether a run that is there already makes room for a new one: as chosen, else as the bot is set. `now` in epoch ms. */
export function restarts(running: AliveRun, settings: BotSettings, chosen: StartOrder['ifRunning'], now: number): boolean {
  if (chosen !== undefined) return chosen === 'restart';
  const rule = settings.whenRunning ?? 'restartAfterHour';
  return rule === 'restart' || (rule === 'restartAfterHour' && now - running.movedAt > HOUR_MS);
}
