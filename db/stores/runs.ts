import type { Author } from '../../domain/conversation/model.ts';
import type { RunOutcome } from '../../domain/scenario/model.ts';
import type { Queries } from '../connection.ts';
import type { RunWait } from '../schema/bots.ts';
import { editableByCard, editableLead, type Sight, visibleByCard, visibleLead } from './sight.ts';

export interface RunView {
  id: string;
  botId: number;
  botName: string;
  version: number;
  status: 'new' | 'running' | 'ended';
  wait: RunWait | null;
  listens: boolean;
  leadId: number | null;
  customerId: number | null;
  contactId: number | null;
  chatId: string | null;
  conversationNumber: number | null;
  outcome: RunOutcome | null;
  outcomeWords: string;
  startedBy: Author | { kind: 'trigger'; triggerId: number };
  startedByName: string | null;
  endedBy: Author | null;
  endedByName: string | null;
  createdAt: number;
  endedAt: number | null;
  /** Whether the asker may change the client it runs with. */
  mayEdit: boolean;
}

const columns = (sql: Queries, actor: Sight) => sql`
  r.id, r.bot_id "botId", b.name "botName", r.version, r.status, r.wait,
  r.status <> 'ended' and exists (select 1 from chats c where c.account_id = r.account_id and c.listener_run_id = r.id) listens,
  r.lead_id "leadId", r.customer_id "customerId", r.contact_id "contactId", r.chat_id "chatId", r.conversation_number "conversationNumber", r.outcome, r.outcome_words "outcomeWords",
  r.started_by "startedBy", ${authorName(sql, 'started_by')} "startedByName", r.ended_by "endedBy", ${authorName(sql, 'ended_by')} "endedByName",
  r.created_at "createdAt", r.ended_at "endedAt", ${editableByCard(sql, actor, 'r')} "mayEdit"`;

/** The name of an author kept as JSON in a column of `bot_runs`. */
function authorName(sql: Queries, column: string) {
  return sql`case r.${sql(column)}->>'kind'
    when 'user' then (select u.name from users u where u.account_id = r.account_id and u.id = (r.${sql(column)}->>'id')::bigint)
    when 'bot' then (select by.name from bots by where by.account_id = r.account_id and by.id = (r.${sql(column)}->>'botId')::bigint) end`;
}

const joins = (sql: Queries) => sql`join bots b on b.account_id = r.account_id and b.id = r.bot_id`;

/** The card that runs work on. */
export interface RunCard {
  type: 'lead' | 'customer';
  id: number;
}

/** Runs on a card, newest first; `alive`: only those that have not ended. */
export function runsOfCard(sql: Queries, actor: Sight, card: RunCard, alive: boolean, limit: number): Promise<RunView[]> {
  return sql<RunView[]>`
    select ${columns(sql, actor)} from bot_runs r ${joins(sql)}
    where r.account_id = ${actor.accountId} and r.${sql(card.type === 'lead' ? 'lead_id' : 'customer_id')} = ${card.id} and ${visibleByCard(sql, actor, 'r')} ${alive ? sql`and r.status <> 'ended'` : sql``}
    order by r.created_at desc limit ${limit}`;
}

/** Runs with a contact, on any of its leads or on none. */
export function runsOfContact(sql: Queries, actor: Sight, contactId: number, alive: boolean, limit: number): Promise<RunView[]> {
  return sql<RunView[]>`
    select ${columns(sql, actor)} from bot_runs r ${joins(sql)}
    where r.account_id = ${actor.accountId} and r.contact_id = ${contactId} and ${visibleByCard(sql, actor, 'r')} ${alive ? sql`and r.status <> 'ended'` : sql``}
    order by r.created_at desc limit ${limit}`;
}

export async function findRun(sql: Queries, actor: Sight, runId: string): Promise<RunView | undefined> {
  const [row] = await sql<RunView[]>`
    select ${columns(sql, actor)} from bot_runs r ${joins(sql)}
    where r.account_id = ${actor.accountId} and r.id = ${runId} and ${visibleByCard(sql, actor, 'r')}`;
  return row;
}

export interface TraceRow {
  id: number;
  at: number;
  step: number;
  title: string | null;
  handler: string;
  outcome: string;
  data: Record<string, string | number | boolean | null>;
}

/** A run's trace with the names of its steps, oldest first; the latest 1,000 lines of a very long one. */
export async function traceOf(sql: Queries, accountId: number, runId: string): Promise<TraceRow[]> {
  const rows = await sql<TraceRow[]>`
    select t.id, t.at, t.step, v.scenario #>> array['steps', t.step::text, 'title'] title, t.handler, t.outcome, t.data
    from run_traces t join bot_runs r on r.account_id = t.account_id and r.id = t.run_id
    left join bot_versions v on v.account_id = r.account_id and v.bot_id = r.bot_id and v.version = r.version
    where t.account_id = ${accountId} and t.run_id = ${runId} order by t.id desc limit 1000`;
  return rows.reverse();
}

export async function runOfKey(sql: Queries, accountId: number, startKey: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`select id from bot_runs where account_id = ${accountId} and start_key = ${startKey}`;
  return row?.id;
}

export interface AliveRun {
  id: string;
  /** When it began or the client last wrote to it: what "has waited over an hour" counts from. */
  movedAt: number;
}

/** This bot's run that has not ended on the card, or in the chat where there is none. */
export async function aliveRun(
  sql: Queries,
  accountId: number,
  where: { botId: number; leadId: number | null; customerId: number | null; chatId: string | null },
): Promise<AliveRun | undefined> {
  const place =
    where.leadId !== null
      ? sql`lead_id = ${where.leadId}`
      : where.customerId !== null
        ? sql`customer_id = ${where.customerId}`
        : sql`lead_id is null and customer_id is null and chat_id = ${where.chatId}`;
  const [row] = await sql<AliveRun[]>`
    select id, greatest(extract(epoch from created_at) * 1000, coalesce((state #>> '{counters,lastClientAt}')::numeric, 0))::bigint "movedAt"
    from bot_runs where account_id = ${accountId} and bot_id = ${where.botId} and status <> 'ended' and ${place} order by created_at desc limit 1`;
  return row;
}

export interface NewRun {
  id: string;
  botId: number;
  version: number;
  leadId: number | null;
  customerId: number | null;
  contactId: number | null;
  chatId: string | null;
  conversationNumber: number | null;
  startKey: string;
  startedBy: Author | { kind: 'trigger'; triggerId: number };
  triggerId?: number;
  /** Not before: a trigger's delay. */
  beginsAt?: number;
}

/** False when a run of the same key is there already. */
export async function insertRun(sql: Queries, accountId: number, run: NewRun, at: number): Promise<boolean> {
  const rows = await sql`
    insert into bot_runs (account_id, id, bot_id, version, lead_id, customer_id, contact_id, chat_id, conversation_number, status, wake_due, start_key, started_by, trigger_id, deadline_at, created_at)
    values (${accountId}, ${run.id}, ${run.botId}, ${run.version}, ${run.leadId}, ${run.customerId}, ${run.contactId}, ${run.chatId}, ${run.conversationNumber}, 'new', true,
      ${run.startKey}, ${run.startedBy as never}, ${run.triggerId ?? null}, ${run.beginsAt ?? null}, ${at})
    on conflict (account_id, start_key) do nothing returning id`;
  return rows.length > 0;
}

export interface StartPlace {
  leadId: number | null;
  /** The customer whose card it is; never beside a lead. */
  customerId: number | null;
  contactId: number | null;
  chatId: string | null;
  channelId: number | null;
  conversationNumber: number | null;
  /** Whether the asker may change the client. */
  mayEdit: boolean;
}

/**
 * With whom and where a run begins: the card's (or contact's) last active chat, or the conversation's. Its card is the one that was named, else the one
 * the conversation hangs on, else the contact's open lead. Undefined: no such thing, or not seen.
 */
export async function startPlace(
  sql: Queries,
  actor: Sight,
  of: {
    leadId?: number | undefined;
    customerId?: number | undefined;
    contactId?: number | undefined;
    conversation?: number | undefined;
  },
): Promise<StartPlace | undefined> {
  const account = actor.accountId;
  const lead =
    of.leadId === undefined ? sql`null::bigint` : sql`(select id from leads where account_id = ${account} and id = ${of.leadId})`;
  const customer =
    of.customerId === undefined || of.leadId !== undefined
      ? sql`null::bigint`
      : sql`(select id from customers where account_id = ${account} and id = ${of.customerId})`;
  const contact =
    of.conversation !== undefined
      ? sql`(select contact_id from conversations where account_id = ${account} and number = ${of.conversation})`
      : of.contactId !== undefined
        ? sql`(select id from contacts where account_id = ${account} and id = ${of.contactId})`
        : of.leadId === undefined && of.customerId !== undefined
          ? sql`(select contact_id from customers where account_id = ${account} and id = ${of.customerId})`
          : sql`(select contact_id from leads where account_id = ${account} and id = ${of.leadId ?? null})`;
  const [row] = await sql<(StartPlace & { wanted: boolean })[]>`
    with asked as (select ${lead} lead_id, ${customer} customer_id, ${contact} contact_id)
    select coalesce(a.lead_id, case when card.customer_id is null then coalesce(case when t.entity_type = 'lead' then t.entity_id end, own.id) end) "leadId",
      card.customer_id "customerId", a.contact_id "contactId", c.id "chatId", c.channel_id "channelId", c.talk_number "conversationNumber",
      (a.lead_id is not null or a.customer_id is not null or a.contact_id is not null) wanted,
      ${editableByCard(sql, actor, 'a')} and (a.lead_id is null or ${editableLead(sql, actor, 'named')})
        and (a.customer_id is null or ${editableLead(sql, actor, 'bought')}) "mayEdit"
    from asked a left join leads named on named.account_id = ${account} and named.id = a.lead_id
    left join customers bought on bought.account_id = ${account} and bought.id = a.customer_id
    left join lateral (
      select * from chats c where c.account_id = ${account} and c.contact_id = a.contact_id and c.kind = 'private'
      ${of.conversation === undefined ? sql`` : sql`and c.id = (select chat_id from conversations where account_id = ${account} and number = ${of.conversation})`}
      order by coalesce(c.last_client_at, c.last_message_at) desc nulls last limit 1
    ) c on true
    left join conversations t on t.account_id = ${account} and t.number = coalesce(${of.conversation ?? null}::bigint, c.talk_number)
    left join lateral (
      select case when a.lead_id is null then coalesce(a.customer_id, case when t.entity_type = 'customer' then t.entity_id end) end customer_id
    ) card on true
    left join lateral (
      select l.id from leads l join stages s on s.account_id = l.account_id and s.pipeline_id = l.pipeline_id and s.id = l.status_id
      where l.account_id = ${account} and l.contact_id = a.contact_id and s.kind in ('incoming', 'open') order by l.updated_at desc limit 1
    ) own on true
    where ${visibleByCard(sql, actor, 'a')} and (a.lead_id is null or ${visibleLead(sql, actor, 'named')})
      and (a.customer_id is null or ${visibleLead(sql, actor, 'bought')})`;
  return row?.wanted === true ? row : undefined;
}
