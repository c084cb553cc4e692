/**
 * What a turn reads, and in which order it locks: lead and contact (where they are written) → the contact's chats by id → runs by id.
 * Every function sends its queries at once, so that a turn costs few round trips. Each query begins after the locks before it were taken,
 * and so sees what their last holders committed.
 */
import type { PendingQuery, Row } from 'postgres';
import type { Transaction } from '../connection.ts';
import type { AccountSettings } from '../settings.ts';
import { type ChatRow, type ContactRow, type ConversationRow, camelRows, type LeadRow, type LoadedRun, type TriggerRow } from './rows.ts';

export interface LoadedChats {
  chats: ChatRow[];
  talks: ConversationRow[];
  runs: LoadedRun[];
  contact: ContactRow | undefined;
  /** The lead of this chat's conversation, or of the run. */
  lead: LeadRow | undefined;
  settings: AccountSettings | undefined;
  triggers: TriggerRow[];
  /** Chats in whose lanes something is unfinished. */
  busyLanes: Set<string>;
  waitingMedia: Set<string>;
}

/** Locks the lead and the contact a turn is going to write: always before any chat. */
export async function lockCards(tx: Transaction, accountId: number, cards: { leadId?: number; contactId?: number }): Promise<void> {
  if (cards.leadId !== undefined) await tx`select 1 from leads where account_id = ${accountId} and id = ${cards.leadId} for update`;
  if (cards.contactId !== undefined)
    await tx`select 1 from contacts where account_id = ${accountId} and id = ${cards.contactId} for update`;
}

/** Everything around one chat, found by what the messenger knows; all chats of its contact are locked, in the order of their ids. */
export async function loadByChat(tx: Transaction, accountId: number, channelId: number, externalChatId: string): Promise<LoadedChats> {
  const contactOf = tx`(select contact_id from chats where account_id = ${accountId} and channel_id = ${channelId} and external_chat_id = ${externalChatId})`;
  return load(
    tx,
    accountId,
    contactOf,
    tx`(select entity_id from conversations c join chats on chats.account_id = c.account_id and chats.talk_number = c.number
    where c.account_id = ${accountId} and chats.channel_id = ${channelId} and chats.external_chat_id = ${externalChatId} and c.entity_type = 'lead')`,
  );
}

/** Everything around one run: its contact's chats, its lead. */
export async function loadByRun(tx: Transaction, accountId: number, runId: string): Promise<LoadedChats> {
  return load(
    tx,
    accountId,
    tx`(select contact_id from bot_runs where account_id = ${accountId} and id = ${runId})`,
    tx`(select lead_id from bot_runs where account_id = ${accountId} and id = ${runId})`,
  );
}

async function load(tx: Transaction, accountId: number, contactId: PendingQuery<Row[]>, leadId: PendingQuery<Row[]>): Promise<LoadedChats> {
  const [chats, talks, runs, contacts, leads, settings, triggers, lanes, media] = await Promise.all([
    tx`select * from chats where account_id = ${accountId} and contact_id = ${contactId} order by id for update`,
    tx`select c.* from conversations c join chats on chats.account_id = c.account_id and chats.talk_number = c.number
       where c.account_id = ${accountId} and chats.contact_id = ${contactId}`,
    // Asked: every part of the question has at least been handed to the messenger. (Not: answered by it. A client may be quicker than that answer.)
    tx`select r.*, b.settings as bot_settings, b.name as bot_name,
         (select case when bool_and(p.claimed_at is not null or p.accepted_at is not null) then max(coalesce(p.claimed_at, p.accepted_at)) end
          from messages m join parts p on p.account_id = m.account_id and p.message_id = m.id
          where m.account_id = r.account_id and m.chat_id = r.chat_id and m.key = r.id::text || '/' || (r.state ->> 'questionKey')) as question_asked_at
       from bot_runs r join bots b on b.account_id = r.account_id and b.id = r.bot_id where r.account_id = ${accountId} and (r.status <> 'ended' or r.wake_due)
       and (r.chat_id in (select id from chats where account_id = ${accountId} and contact_id = ${contactId}) or r.lead_id = ${leadId})
       order by r.id for update of r`,
    tx`select * from contacts where account_id = ${accountId} and id = ${contactId}`,
    tx`select * from leads where account_id = ${accountId} and id = ${leadId}`,
    tx`select data from settings where account_id = ${accountId}`,
    tx`select t.*, b.name as bot_name, b.live_version as version, b.settings as bot_settings from bot_triggers t
       join bots b on b.account_id = t.account_id and b.id = t.bot_id
       where t.account_id = ${accountId} and b.state = 'on' and b.live_version is not null order by t.sort, t.id`,
    tx`select distinct chat_id from parts where account_id = ${accountId} and status in ('planned', 'claimed')
       and chat_id in (select id from chats where account_id = ${accountId} and contact_id = ${contactId})`,
    tx`select distinct chat_id from attachments where account_id = ${accountId} and copy = 'waiting'
       and chat_id in (select id from chats where account_id = ${accountId} and contact_id = ${contactId})`,
  ]);
  return {
    chats: camelRows(chats),
    talks: camelRows(talks),
    runs: camelRows(runs),
    contact: camelRows<ContactRow>(contacts)[0],
    lead: camelRows<LeadRow>(leads)[0],
    settings: (settings[0] as { data: AccountSettings } | undefined)?.data,
    triggers: camelRows(triggers),
    busyLanes: new Set(lanes.map((row) => (row as unknown as { chat_id: string }).chat_id)),
    waitingMedia: new Set(media.map((row) => (row as unknown as { chat_id: string }).chat_id)),
  };
}

/** Which of these external ids the channel has brought before. */
export async function seenMessages(tx: Transaction, accountId: number, channelId: number, externalIds: string[]): Promise<Set<string>> {
  if (externalIds.length === 0) return new Set();
  const rows = await tx<{ external_id: string }[]>`
    select external_id from messages where account_id = ${accountId} and channel_id = ${channelId} and external_id in ${tx(externalIds)}`;
  return new Set(rows.map((row) => row.external_id));
}

/** Marks events of a chat or a run as taken; answers those that were not taken before. */
export async function takeEvents(
  tx: Transaction,
  accountId: number,
  scope: string,
  events: { id: string; at: number }[],
): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await tx<{ event_id: string }[]>`
    insert into taken_events ${tx(events.map((event) => ({ account_id: accountId, scope, event_id: event.id, at: new Date(event.at).toISOString() })))}
    on conflict do nothing returning event_id`;
  return new Set(rows.map((row) => row.event_id));
}

/** The account's next conversation number. Locks the counter until commit: the last lock of every turn. */
export async function nextNumber(tx: Transaction, accountId: number): Promise<number> {
  const rows = await tx<{ conversation_number: number }[]>`
    update counters set conversation_number = conversation_number + 1 where account_id = ${accountId} returning conversation_number`;
  if (rows[0] === undefined) throw new Error(`account ${accountId} has no counters`);
  return rows[0].conversation_number;
}

/** Ids for rows that other rows of the same transaction name. Gaps do not matter here. */
export async function nextIds(tx: Transaction, table: 'contacts' | 'leads', count: number): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`select nextval(pg_get_serial_sequence(${table}, 'id')) as id from generate_series(1, ${count})`;
  return rows.map((row) => row.id);
}
