/**
 * Writes a turn's changes inside its transaction. All rows whose keys the turn knows go in one statement, a data-modifying WITH: a statement each
 * costs more than the rows do. What looks rows up follows, sent at once behind it.
 */
import type { PendingQuery, Row } from 'postgres';
import { chatOfUid } from '../../domain/links/visitor-uid.ts';
import type { Transaction } from '../connection.ts';
import type { Changes } from './changes.ts';
import { namedParts } from './lane.ts';
import { runColumns, snakeRow } from './rows.ts';

type Statement = PendingQuery<Row[]>;

/**
 * Stores everything in `changes`. Answers the ids of the new parts, in the order of `changes.parts`.
 * Rejects with the first statement's error; the caller's transaction is then rolled back.
 */
export async function saveChanges(tx: Transaction, accountId: number, changes: Changes): Promise<number[]> {
  const rows = writeRows(tx, accountId, changes);
  const [parts] = await Promise.all([rows, ...lookUpAndWrite(tx, accountId, changes)]);
  return parts === undefined ? [] : parts.map((row) => row.id as number);
}

/** Every row at most once: the parts of a WITH statement do not see each other. */
function writeRows(tx: Transaction, accountId: number, changes: Changes): Statement | undefined {
  const statements: Statement[] = [];
  const insert = (table: string, rows: object[]) => {
    if (rows.length > 0) statements.push(tx`insert into ${tx(table)} ${tx(rows.map((row) => snakeRow({ ...row, accountId })))}`);
  };
  const update = (table: string, key: string, rows: Map<string | number, object>) => {
    for (const [id, columns] of rows)
      statements.push(tx`update ${tx(table)} set ${tx(snakeRow(columns))} where account_id = ${accountId} and ${tx(key)} = ${id}`);
  };
  const mainContacts = changes.newLeads.filter((lead) => lead.contactId !== null);

  insert('contacts', changes.newContacts);
  insert('contact_identities', changes.newIdentities);
  insert('leads', changes.newLeads);
  insert(
    'lead_contacts',
    mainContacts.map((lead) => ({ leadId: lead.id, contactId: lead.contactId })),
  );
  insert('chats', changes.newChats);
  insert('conversations', changes.newConversations);
  insert('openings', changes.openings.opened);
  insert('bot_runs', changes.newRuns.map(runColumns));
  insert('messages', changes.messages);
  insert('attachments', changes.attachments);
  insert('run_traces', changes.traces);
  insert('events', changes.events);
  insert('notifications', changes.notifications);
  insert('new_counts', changes.counts);
  if (changes.responses.length > 0)
    statements.push(tx`insert into responses ${tx(changes.responses.map(snakeRow))} on conflict do nothing`);
  update('contacts', 'id', changes.contacts);
  update('leads', 'id', changes.leads);
  update('chats', 'id', changes.chats);
  update('conversations', 'number', changes.conversations);
  update('bot_runs', 'id', changes.runs);
  const parts = changes.parts.map((part) => snakeRow({ ...part, accountId }));
  if (parts.length > 0) statements.push(tx`insert into parts ${tx(parts)} returning id`);

  const last = statements.pop();
  if (last === undefined || statements.length === 0) return last;
  const named = statements.map((statement, index) => tx`${tx.unsafe(`${index === 0 ? 'with' : ','} w${index} as (`)} ${statement})`);
  const ctes = named.reduce((all, one) => tx`${all} ${one}`);
  return tx`${ctes} ${last}`;
}

/** Statements that find their rows themselves. Each is sent after the rows above, and sees them. */
function lookUpAndWrite(tx: Transaction, accountId: number, changes: Changes): Statement[] {
  const pending: Statement[] = [];
  for (const { number, opening, at } of changes.openings.replied) {
    pending.push(
      tx`update openings set first_reply_at = ${at} where account_id = ${accountId} and number = ${number} and opening = ${opening} and first_reply_at is null`,
    );
  }
  for (const { number, opening, at, by } of changes.openings.closed) {
    pending.push(
      tx`update openings set closed_at = ${at}, closed_by = ${tx.json(by as never)} where account_id = ${accountId} and number = ${number} and opening = ${opening}`,
    );
  }
  for (const { number, opening, rate, comment } of changes.openings.rated) {
    pending.push(
      tx`update openings set rate = coalesce(${rate ?? null}, rate), comment = coalesce(${comment ?? null}, comment)
        where account_id = ${accountId} and number = ${number} and opening = ${opening}`,
    );
  }
  for (const { row, since } of changes.untoldNotifications) {
    pending.push(tx`
      insert into notifications (account_id, user_id, what, conversation_number, lead_id, data, at)
      select ${accountId}::bigint, ${row.userId}::bigint, ${row.what}::text, ${row.conversationNumber}::bigint, ${row.leadId}::bigint, ${tx.json(row.data)}, ${row.at}::timestamptz
      where not exists (select 1 from notifications where account_id = ${accountId} and conversation_number = ${row.conversationNumber}
        and what = ${row.what} and withdrawn_at is null and at >= ${since})`);
  }
  for (const { conversationNumber, at } of changes.withdrawnNotifications) {
    pending.push(
      tx`update notifications set withdrawn_at = ${at} where account_id = ${accountId} and conversation_number = ${conversationNumber} and withdrawn_at is null and at <= ${at} and what not in ('npsAlarm', 'mentioned', 'transferred', 'invited')`,
    );
  }
  for (const { runId, chatId } of changes.withdrawnParts) {
    // The message says what became of it as a whole: withdrawn only where nothing of it went out. A part in flight speaks for it later.
    pending.push(tx`
      with gone as (
        update parts set status = 'withdrawn' where account_id = ${accountId} and run_id = ${runId} and status = 'planned'
        ${chatId === undefined ? tx`` : tx`and chat_id = ${chatId}`} returning message_id)
      update messages m set status = case when exists (select 1 from parts p where p.account_id = m.account_id and p.message_id = m.id
          and p.status in ('accepted', 'delivered', 'read')) then 'accepted' else 'withdrawn' end
      where m.account_id = ${accountId} and m.status = 'planned' and m.id in (select message_id from gone)
        and not exists (select 1 from parts p where p.account_id = m.account_id and p.message_id = m.id and p.status = 'claimed')`);
  }
  for (const { channelId, externalId, text, at } of changes.edits) {
    pending.push(tx`update messages set previous_text = coalesce(previous_text, text), text = ${text}, edited_at = ${at}
      where account_id = ${accountId} and channel_id = ${channelId} and external_id = ${externalId} and text <> ${text}`);
  }
  for (const receipt of changes.receipts) pending.push(moveForward(tx, accountId, receipt));
  for (const { chatId, externalId, at } of changes.deletions) {
    // What we sent is known by its parts.
    pending.push(tx`update messages set deleted_at = ${at} where account_id = ${accountId} and deleted_at is null and id in (
      select m.id from chats c join messages m on m.account_id = c.account_id and m.channel_id = c.channel_id and m.external_id = ${externalId}
        and m.chat_id = c.id where c.account_id = ${accountId} and c.id = ${chatId}
      union all select message_id from parts where ${namedParts(tx, accountId, chatId, [externalId])})`);
  }
  for (const reaction of changes.reactions) pending.push(react(tx, accountId, reaction));
  for (const { contactId, uid, named, at } of changes.comers) pending.push(tieComer(tx, accountId, { contactId, uid, named, at }));
  for (const { chatId, position } of changes.readUpTo) {
    pending.push(
      tx`update messages set status = 'read' where account_id = ${accountId} and chat_id = ${chatId} and direction = 'in' and status = 'accepted' and position <= ${position}`,
    );
  }
  return pending;
}

/**
 * Forward only: accepted → delivered → read; a late failure overrules what was only accepted. A message is as far as the part that is least far.
 * "Up to" begins after the last message that was read before: everything older was told of then.
 */
function moveForward(tx: Transaction, accountId: number, receipt: Changes['receipts'][number]): Statement {
  const { chatId, externalIds, status, words } = receipt;
  const from = status === 'read' ? ['accepted', 'delivered', 'unknown'] : ['accepted', 'unknown'];
  const named = namedParts(tx, accountId, chatId, externalIds);
  const meant = receipt.upTo
    ? tx`account_id = ${accountId} and message_id in (
        select m.id from messages m, (
          select greatest((select max(position) from parts where ${named}),
            (select max(n.position) from chats c join messages n on n.account_id = c.account_id and n.channel_id = c.channel_id and n.chat_id = c.id
             where c.account_id = ${accountId} and c.id = ${chatId} and n.external_id = any(${externalIds}::text[]))) as last) mark
        where m.account_id = ${accountId} and m.chat_id = ${chatId} and m.direction = 'out' and m.position <= mark.last
          and m.position > coalesce((select max(r.position) from messages r where r.account_id = ${accountId} and r.chat_id = ${chatId}
            and r.direction = 'out' and r.status = 'read' and r.position <= mark.last), 0))`
    : named;
  const left = (states: string[]) => tx`exists (select 1 from parts p where p.account_id = m.account_id and p.message_id = m.id
    and p.id not in (select id from moved) and p.status not in ${tx(states)})`;
  const reached =
    status === 'refused'
      ? tx`'refused'`
      : tx`case when ${status === 'read'} and not ${left(['read', 'withdrawn'])} then 'read' when not ${left(['delivered', 'read', 'withdrawn'])} then 'delivered' else m.status end`;
  return tx`
    with moved as (
      update parts set status = ${status}, status_words = ${words} where ${meant} and status in ${tx(from)} returning id, message_id)
    update messages m set status = ${reached}, status_words = ${words}
    where m.account_id = ${accountId} and m.id in (select message_id from moved) and m.status in ${tx(from)}`;
}

/** Most entries a message keeps: a busy group shows the latest. */
const MOST_REACTIONS = 100;

/** Under the message that the messenger names, the client's or one of ours. What is older than this person's entry changes nothing. */
function react(tx: Transaction, accountId: number, { chatId, externalId, by, side, emoji, at }: Changes['reactions'][number]): Statement {
  return tx`
    update messages m set reactions = coalesce((
      select jsonb_agg(kept.entry order by kept.place) from (
        select entry, place from jsonb_array_elements(m.reactions) with ordinality each (entry, place)
        where entry ->> 'by' <> ${by} order by place desc limit ${MOST_REACTIONS - 1}) kept), '[]') || ${tx.json([{ by, side, emoji, at }])}::jsonb
    where m.account_id = ${accountId} and m.chat_id = ${chatId} and m.id = coalesce(
      (select one.id from chats c join messages one on one.account_id = c.account_id and one.channel_id = c.channel_id
       where c.account_id = ${accountId} and c.id = ${chatId} and one.external_id = ${externalId}),
      (select message_id from parts where ${namedParts(tx, accountId, chatId, [externalId])} limit 1))
      and not exists (select 1 from jsonb_array_elements(m.reactions) entry where entry ->> 'by' = ${by} and (entry ->> 'at')::bigint > ${at})`;
}

/**
 * The client is who was on the site under this id; where the id is that of another of our chats (a link that a bot wrote there), the client of that
 * chat is tied to it as well, which makes the two a candidate for merging.
 */
function tieComer(tx: Transaction, accountId: number, { contactId, uid, named, at }: Changes['comers'][number]): Statement {
  const chatId = chatOfUid(uid) ?? null;
  return tx`
    with came_from as (select contact_id from chats where account_id = ${accountId} and id = ${chatId}::uuid)
    insert into visitors (account_id, visitor_id, contact_id, how, at)
    select ${accountId}::bigint, ${uid}::text, contact, 'start', ${at}::timestamptz from (select ${contactId}::bigint contact union select contact_id from came_from) tied
    where exists (select 1 from came_from) or (${chatId}::uuid is null and ${named}) or exists (
      select 1 from site_visits where account_id = ${accountId} and visitor_id = ${uid})
    on conflict do nothing`;
}
