import type { Queries } from '../connection.ts';
import type { BotSettings, TriggerFilter } from '../settings.ts';

export interface LastStart {
  triggerId: number;
  at: number;
}

/** The card that a cool-down counts on, or the contact where there is none. */
export type StartCard = { leadId: number } | { customerId: number } | { contactId: number };

/** When these triggers last started a bot on a card, not before `since`; those that did not are left out. */
export function lastStarts(
  sql: Queries,
  accountId: number,
  { triggerIds, on, since }: { triggerIds: readonly number[]; on: StartCard; since: number },
): Promise<LastStart[]> {
  const card =
    'leadId' in on
      ? sql`lead_id = ${on.leadId}`
      : 'customerId' in on
        ? sql`customer_id = ${on.customerId}`
        : sql`lead_id is null and contact_id = ${on.contactId}`;
  return sql<LastStart[]>`
    select trigger_id "triggerId", max(created_at) at from bot_runs
    where account_id = ${accountId} and trigger_id = any(${[...triggerIds]}::bigint[]) and ${card} and created_at >= ${since}::timestamptz group by trigger_id`;
}

/** A trigger of a bot that may start. */
export interface LiveTrigger {
  id: number;
  botId: number;
  botName: string;
  version: number;
  settings: BotSettings;
  filter: TriggerFilter;
  delaySeconds: number;
  cooldownSeconds: number;
}

/** An account's triggers of one type whose bots are on and published, in their order. */
export function liveTriggers(sql: Queries, accountId: number, type: string): Promise<LiveTrigger[]> {
  return sql<LiveTrigger[]>`
    select t.id, t.bot_id "botId", b.name "botName", b.live_version version, b.settings, t.filter, t.delay_seconds "delaySeconds",
      t.cooldown_seconds "cooldownSeconds"
    from bot_triggers t join bots b on b.account_id = t.account_id and b.id = t.bot_id
    where t.account_id = ${accountId} and t.type = ${type} and b.state = 'on' and b.live_version is not null order by t.sort, t.id`;
}

export interface CardState {
  lead: { pipelineId: number; statusId: number } | undefined;
  /** Since when starts count for a cool-down: the conversation's opening, or its close, which ends every cool-down before it. 0: no conversation. */
  since: number;
}

/** What filters and cool-downs ask of the lead and the conversation with which a bot would start. */
export async function cardState(
  sql: Queries,
  accountId: number,
  { leadId, conversationNumber }: { leadId: number | null; conversationNumber: number | null },
): Promise<CardState> {
  const [row] = await sql<{ pipelineId: number | null; statusId: number | null; since: number | null }[]>`
    select l.pipeline_id "pipelineId", l.status_id "statusId", case when c.status = 'closed' then c.closed_at else c.opened_at end since
    from (values (1)) one left join leads l on l.account_id = ${accountId} and l.id = ${leadId}
    left join conversations c on c.account_id = ${accountId} and c.number = ${conversationNumber}`;
  const { pipelineId = null, statusId = null, since = null } = row ?? {};
  return { lead: pipelineId === null || statusId === null ? undefined : { pipelineId, statusId }, since: since ?? 0 };
}
