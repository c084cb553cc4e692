/**
 * What a turn reads, and in which order it locks: lead and contact (where they are written) → the contact's chats by id → runs by id.
 * Every function sends its queries at once, so that a turn costs few round trips. Each query begins after the locks before it were taken,
 * and so sees what their last holders committed.
 */
import type { Transaction } from '../connection.ts';
import type { AccountSettings } from '../settings.ts';
import { type ChatRow, type ContactRow, type ConversationRow, camelRows, type LeadRow, type LoadedRun, type TriggerRow } from './rows.ts';

/**
 * Two contacts were merged while a turn waited for its locks: what it has locked is not all chats of its contact, so it begins again. The code is that of a
 * failed serialisation, which passes when tried anew.
 */
export class ContactMoved extends Error {
  readonly code = '40001';

  constructor() {
    super('the contact was merged while its chats were being locked');
    this.name = 'ContactMoved';
  }
}

export interface LoadedChats {
  chats: ChatRow[];
  talks: ConversationRow[];
  runs: LoadedRun[];
  contact: ContactRow | undefined;
  /** The leads of these chats' conversations, and of the run. */
  leads: LeadRow[];
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
export async function loadByChat(
  tx: Transaction,
  accountId: number,
  channelId: number,
  externalChatId: string,
  /** A run that is wanted even if it has ended. */
  runId?: string,
): Promise<LoadedChats> {
  const [chats, rest] = await Promise.all([
    tx`select * from chats where account_id = ${accountId}
       and contact_id = (select contact_id from chats where account_id = ${accountId} and channel_id = ${channelId} and external_chat_id = ${externalChatId})
       order by id for update`,
    loadRules(tx, accountId),
  ]);
  if (chats.length === 0) {
    const there =
      await tx`select 1 from chats where account_id = ${accountId} and channel_id = ${channelId} and external_chat_id = ${externalChatId}`;
    if (there.length > 0) throw new ContactMoved();
  }
  return {
    ...rest,
    ...(await loadAround(
      tx,
      accountId,
      camelRows<ChatRow>(chats),
      runId === undefined ? undefined : { runId, contactId: null, leadId: null },
    )),
  };
}

/** Everything around one run: its contact's chats, its lead. */
export async function loadByRun(tx: Transaction, accountId: number, runId: string): Promise<LoadedChats> {
  const [chats, runs, rest] = await Promise.all([
    tx`select * from chats where account_id = ${accountId} and contact_id = (select contact_id from bot_runs where account_id = ${accountId} and id = ${runId})
       order by id for update`,
    tx<
      { contact_id: number | null; lead_id: number | null }[]
    >`select contact_id, lead_id from bot_runs where account_id = ${accountId} and id = ${runId}`,
    loadRules(tx, accountId),
  ]);
  return {
    ...rest,
    ...(await loadAround(tx, accountId, camelRows<ChatRow>(chats), {
      runId,
      contactId: runs[0]?.contact_id ?? null,
      leadId: runs[0]?.lead_id ?? null,
    })),
  };
}

/** Settings and triggers take effect at once, so every turn reads them. */
async function loadRules(tx: Transaction, accountId: number): Promise<Pick<LoadedChats, 'settings' | 'triggers'>> {
  const [settings, triggers] = await Promise.all([
    tx<{ data: AccountSettings }[]>`select data from settings where account_id = ${accountId}`,
    tx`select t.*, b.name as bot_name, b.live_version as version, b.settings as bot_settings from bot_triggers t
       join bots b on b.account_id = t.account_id and b.id = t.bot_id
       where t.account_id = ${accountId} and b.state = 'on' and b.live_version is not null order by t.sort, t.id`,
  ]);
  return { settings: settings[0]?.data, triggers: camelRows(triggers) };
}

interface Started {
  runId: string;
  contactId: number | null;
  leadId: number | null;
}

/** What hangs on the chats, asked by ids that are known now: plain index look-ups, whatever the planner knows of the tables. */
async function loadAround(
  tx: Transaction,
  accountId: number,
  chats: ChatRow[],
  run: Started | undefined,
): Promise<Omit<LoadedChats, 'settings' | 'triggers'>> {
  const contactId = chats[0]?.contactId ?? run?.contactId ?? null;
  if (contactId === null && run === undefined) {
    return { chats, talks: [], runs: [], contact: undefined, leads: [], busyLanes: new Set(), waitingMedia: new Set() };
  }
  const ids = chats.map(({ id }) => id);
  const numbers = chats.flatMap(({ talkNumber }) => talkNumber ?? []);
  const leadIds = tx`array(select entity_id from conversations where account_id = ${accountId} and number = any(${numbers}::bigint[]) and entity_type = 'lead') || ${run?.leadId == null ? [] : [run.leadId]}::bigint[]`;
  const customerIds = tx`array(select entity_id from conversations where account_id = ${accountId} and number = any(${numbers}::bigint[]) and entity_type = 'customer')`;
  const [talks, runs, contacts, leads, unfinished] = await Promise.all([
    tx`select * from conversations where account_id = ${accountId} and number = any(${numbers}::bigint[])`,
    // Asked: every part of the question has at least been handed to the messenger, and is not waiting for another try. (Not: answered by it. A client
    // may be quicker than that answer.)
    tx`select r.*, b.settings as bot_settings, b.name as bot_name,
         (select case when bool_and(p.status <> 'planned') then max(coalesce(p.claimed_at, p.accepted_at)) end
          from messages m join parts p on p.account_id = m.account_id and p.message_id = m.id
          where m.account_id = r.account_id and m.chat_id = r.chat_id and m.key = r.id::text || '/' || (r.state ->> 'questionKey')) as question_asked_at
       from bot_runs r join bots b on b.account_id = r.account_id and b.id = r.bot_id
       where r.account_id = ${accountId} and r.id = any(array(
         select id from bot_runs where account_id = ${accountId} and chat_id = any(${ids}::uuid[]) and status <> 'ended'
         union select id from bot_runs where account_id = ${accountId} and chat_id = any(${ids}::uuid[]) and wake_due
         union select id from bot_runs where account_id = ${accountId} and lead_id = any(${leadIds}) and status <> 'ended'
         union select id from bot_runs where account_id = ${accountId} and customer_id = any(${customerIds}) and status <> 'ended'
         union select ${run?.runId ?? null}::uuid))
       order by r.id for update of r`,
    tx`select c.*, (select count(*) from chats h where h.account_id = c.account_id and h.contact_id = c.id) as chat_count
       from contacts c where c.account_id = ${accountId} and c.id = ${contactId}`,
    tx`select * from leads where account_id = ${accountId} and id = any(${leadIds})`,
    tx<{ chat_id: string; what: 'lane' | 'media' }[]>`
      select distinct chat_id, 'lane' as what from parts
      where account_id = ${accountId} and status in ('planned', 'claimed') and chat_id = any(${ids}::uuid[])
      union all select distinct chat_id, 'media' from attachments where account_id = ${accountId} and copy = 'waiting' and chat_id = any(${ids}::uuid[])`,
  ]);
  const found = camelRows<ContactRow & { chatCount: number }>(contacts)[0];
  if (found !== undefined && (found.chatCount !== chats.length || (chats.length === 0 && found.mergedInto !== null)))
    throw new ContactMoved();
  return {
    chats,
    talks: camelRows(talks),
    runs: camelRows(runs),
    contact: found && withoutCount(found),
    leads: camelRows(leads),
    busyLanes: new Set(unfinished.filter(({ what }) => what === 'lane').map((row) => row.chat_id)),
    waitingMedia: new Set(unfinished.filter(({ what }) => what === 'media').map((row) => row.chat_id)),
  };
}

function withoutCount({ chatCount: _count, ...contact }: ContactRow & { chatCount: number }): ContactRow {
  return contact;
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
