/** Settings of polls put into effect: the bot that polls exists, is published and speaks the scale. */
import type { Transaction } from '../db/connection.ts';
import type { AccountSettings, NpsSettings } from '../db/settings.ts';
import { findAccount } from '../db/stores/accounts.ts';
import { insertBot, publishVersion, updateBot } from '../db/stores/bots.ts';
import { changeSettings } from '../db/stores/settings.ts';
import type { Actor } from './actor.ts';
import { readImport } from './bot-drafts.ts';
import { wrongField } from './errors.ts';
import { lowRate, shippedPoll, shippedScales } from './shipped-poll.ts';

/** What a person changed of the polls' settings. */
export type NpsChange = Partial<NpsSettings>;

/** Settings as they stand, and the bot that was made or changed for them. */
export interface ArrangedPolls {
  settings: AccountSettings;
  botId?: number;
}

/** Changed settings of polls made whole: a threshold fits its scale. Throws `ApiError` naming the field where what was named does not fit. */
export function mergedNps(before: NpsSettings, change: NpsChange = {}): NpsSettings {
  const nps = { ...before, ...change };
  if (nps.alarm.atOrBelow <= nps.scale.to) return nps;
  if (change.alarm !== undefined) throw wrongField('nps.alarm.atOrBelow', `must be on the scale: ${nps.scale.to} at most`);
  return { ...nps, alarm: { ...nps.alarm, atOrBelow: lowRate(nps.scale) } };
}

/**
 * In the transaction that changed the settings: checks the bot and the people that were named, makes the shipped bot where polls are on and have none, and gives
 * one that nobody has touched the new scale. Answers the settings as they then stand, and the bot that was made or changed.
 */
export async function arrangePolls(
  tx: Transaction,
  actor: Pick<Actor, 'accountId' | 'userId'>,
  settings: AccountSettings,
  change: NpsChange,
  at: number,
): Promise<ArrangedPolls> {
  const { accountId } = actor;
  const { nps } = settings;
  await checkPeople(tx, accountId, change);
  const bot = nps.botId === null ? undefined : await findPollBot(tx, accountId, nps.botId);
  if (change.botId != null && bot === undefined)
    throw wrongField('nps.botId', 'must be a published bot of type nps: import one, or give null for the one that is shipped');
  if (!nps.enabled) return { settings };

  const account = await findAccount(tx, accountId);
  const source = shippedPoll(account?.language ?? 'ru', nps.scale);
  if (bot === undefined) {
    const botId = await makeBot(tx, actor, source, at);
    return { botId, settings: await changeSettings(tx, accountId, (stored) => ({ ...stored, nps: { ...stored.nps, botId } }), at) };
  }
  const isUntouched = (['ru', 'en'] as const).some((language) =>
    shippedScales.some((scale) => shippedPoll(language, scale) === bot.draftSource),
  );
  if (change.scale === undefined || !isUntouched || bot.draftSource === source) return { settings };
  const { kind, problems, scenario } = readImport(source);
  await updateBot(tx, accountId, bot.id, { draft: { kind, source, problems } }, at);
  await publishVersion(tx, accountId, bot.id, { source, scenario: scenario!, by: actor.userId }, at);
  return { settings, botId: bot.id };
}

async function makeBot(
  tx: Transaction,
  { accountId, userId }: Pick<Actor, 'accountId' | 'userId'>,
  source: string,
  at: number,
): Promise<number> {
  const { name, kind, problems, scenario } = readImport(source);
  if (scenario === undefined) throw new Error('The poll that is shipped with the program cannot run');
  const botId = await insertBot(tx, accountId, { name, kind, source, problems }, at);
  await publishVersion(tx, accountId, botId, { source, scenario, by: userId }, at);
  return botId;
}

async function findPollBot(tx: Transaction, accountId: number, botId: number): Promise<{ id: number; draftSource: string } | undefined> {
  const [row] = await tx<{ id: number; draftSource: string }[]>`
    select id, draft_source "draftSource" from bots
    where account_id = ${accountId} and id = ${botId} and kind = 'nps' and state <> 'archived' and live_version is not null`;
  return row;
}

async function checkPeople(tx: Transaction, accountId: number, { alarm }: NpsChange): Promise<void> {
  if (alarm === undefined || alarm.userIds.length === 0) return;
  const rows = await tx<{ id: number }[]>`select id from users where account_id = ${accountId} and id = any(${alarm.userIds}::bigint[])`;
  const unknown = alarm.userIds.find((id) => !rows.some((row) => row.id === id));
  if (unknown !== undefined) throw wrongField('nps.alarm.userIds', `there is no user ${unknown} in this account`);
}
