/** Bots that start when a client follows a short link or visits the site. */
import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import type { TriggerFilter } from '../../db/settings.ts';
import { aliveRun, insertRun, startPlace } from '../../db/stores/runs.ts';
import type { Orders } from '../orders.ts';

export interface ContactDid {
  accountId: number;
  contactId: number;
  /** Id of the event in the list: the same one starts a bot once. */
  eventId: number;
}

interface Starting {
  id: number;
  botId: number;
  botName: string;
  version: number;
  filter: TriggerFilter;
  cooldownSeconds: number;
}

/**
 * Starts the bots whose trigger of this type fits, with the contact's open lead in the chat that was last active. One that is at work there already is
 * left alone. Called after the commit of the events: what a crash in between loses is a start, never the note.
 */
export async function startByTriggers(
  deps: { sql: Sql; orders: Pick<Orders, 'sendToRun'>; now(): number },
  type: 'link_followed' | 'site_visited',
  done: readonly ContactDid[],
): Promise<void> {
  for (const accountId of new Set(done.map((one) => one.accountId))) {
    const triggers = await deps.sql<Starting[]>`
      select t.id, t.bot_id "botId", b.name "botName", b.live_version version, t.filter, t.cooldown_seconds "cooldownSeconds"
      from bot_triggers t join bots b on b.account_id = t.account_id and b.id = t.bot_id
      where t.account_id = ${accountId} and t.type = ${type} and b.state = 'on' and b.live_version is not null order by t.sort, t.id`;
    if (triggers.length === 0) continue;
    for (const one of done) if (one.accountId === accountId) await startFor(deps, type, one, triggers);
  }
}

async function startFor(
  deps: { sql: Sql; orders: Pick<Orders, 'sendToRun'>; now(): number },
  type: string,
  { accountId, contactId, eventId }: ContactDid,
  triggers: readonly Starting[],
): Promise<void> {
  const everybody = { accountId, userId: 0, rights: { see: 'all', edit: 'all' }, colleagueIds: [] } as const;
  const place = await startPlace(deps.sql, everybody, { contactId });
  if (place?.chatId == null) return; // nobody to write to
  for (const trigger of triggers) {
    const { channelIds = [] } = trigger.filter;
    if (channelIds.length > 0 && (place.channelId === null || !channelIds.includes(place.channelId))) continue;
    if ((await aliveRun(deps.sql, accountId, { ...place, botId: trigger.botId })) !== undefined) continue;
    if (await isCooling(deps, accountId, trigger, contactId)) continue;
    const run = {
      id: randomUUID(),
      botId: trigger.botId,
      version: trigger.version,
      leadId: place.leadId,
      customerId: place.customerId,
      contactId,
      chatId: place.chatId,
      conversationNumber: place.conversationNumber,
      startKey: `trigger/${trigger.id}/${type}/${eventId}`,
      startedBy: { kind: 'trigger' as const, triggerId: trigger.id },
      triggerId: trigger.id,
    };
    if (!(await insertRun(deps.sql, accountId, run, deps.now()))) continue;
    const to = {
      accountId,
      runId: run.id,
      botId: run.botId,
      botName: trigger.botName,
      ...(place.channelId === null ? {} : { channelId: place.channelId }),
    };
    await deps.orders.sendToRun(to, { type: 'begin' }, `${run.startKey}/begin`);
    notify(deps.sql, [{ accountId, kind: 'run', id: run.id }]);
  }
}

async function isCooling(
  deps: { sql: Sql; now(): number },
  accountId: number,
  { id, cooldownSeconds }: Starting,
  contactId: number,
): Promise<boolean> {
  if (cooldownSeconds === 0) return false;
  const rows = await deps.sql`
    select 1 from bot_runs where account_id = ${accountId} and trigger_id = ${id} and contact_id = ${contactId}
      and created_at > ${deps.now() - cooldownSeconds * 1000}::timestamptz limit 1`;
  return rows.length > 0;
}
