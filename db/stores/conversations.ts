import type { Author, TalkStatus } from '../../domain/conversation/model.ts';
import type { Queries } from '../connection.ts';
import { type ConversationFilter, conversationCondition } from './conversation-filter.ts';
import { editable, type Sight, visibleByContact } from './sight.ts';

export interface ConversationRow {
  number: number;
  chatId: string;
  contactId: number;
  contactName: string;
  channelId: number;
  channelType: string;
  channelName: string;
  status: TalkStatus;
  isRead: boolean;
  openedAt: number;
  closedAt: number | null;
  waitingSince: number | null;
  answerDueAt: number | null;
  missedAt: number | null;
  lastMessageAt: number;
  chatMessageAt: number | null;
  chatMessageText: string;
  chatMessageAuthor: Author['kind'] | null;
  chatMessageHasAttachments: boolean;
  unread: number;
  botRunId: string | null;
  botName: string | null;
  entityType: 'lead' | 'customer' | null;
  entityId: number | null;
  entityName: string | null;
  responsibleId: number | null;
  responsibleName: string | null;
  readById: number | null;
  readByName: string | null;
  readAt: number | null;
  chatKind: 'private' | 'group';
  reachable: boolean;
  unreachableWords: string;
  /** Whether the asker may write there and give orders. */
  mayEdit: boolean;
  /** The latest rating. */
  rate: number | null;
  /** A poll is planned for then (`nps_scheduled`) or given up then (`nps_in_progress`). */
  pollDueAt: number | null;
  participantIds: number[];
}

/** Most unread messages that are counted for one conversation: more is shown as that many. */
const UNREAD_MOST = 99;

const columns = (sql: Queries, actor: Sight) => sql`
  ${editable(sql, actor, 'ct')} "mayEdit", t.number, t.chat_id "chatId", t.contact_id "contactId", ct.name "contactName", t.channel_id "channelId", ch.type "channelType", ch.name "channelName",
  t.status, t.is_read "isRead", t.opened_at "openedAt", t.closed_at "closedAt", t.waiting_since "waitingSince", t.answer_due_at "answerDueAt",
  t.missed_at "missedAt", t.last_message_at "lastMessageAt", c.last_message_at "chatMessageAt", c.last_message_text "chatMessageText",
  c.last_message_author "chatMessageAuthor", coalesce(lm.has_attachments, false) "chatMessageHasAttachments",
  case when t.is_read then 0 else greatest(1, un.count) end::int unread,
  r.id "botRunId", b.name "botName", t.entity_type "entityType", t.entity_id "entityId", coalesce(l.name, cu.name) "entityName",
  ct.responsible_user_id "responsibleId", ru.name "responsibleName", t.read_by "readById", rb.name "readByName", t.read_at "readAt",
  c.kind "chatKind", c.reachable, c.unreachable_words "unreachableWords", t.rate,
  case when t.status in ('nps_scheduled', 'nps_in_progress') then (t.poll->>'dueAt')::bigint end "pollDueAt", ct.participant_ids "participantIds"`;

const joins = (sql: Queries) => sql`
  join chats c on c.account_id = t.account_id and c.id = t.chat_id
  join contacts ct on ct.account_id = t.account_id and ct.id = t.contact_id
  join channels ch on ch.account_id = t.account_id and ch.id = t.channel_id
  left join messages lm on lm.account_id = t.account_id and lm.chat_id = t.chat_id and lm.position = c.last_position
  left join bot_runs r on r.account_id = t.account_id and r.id = c.listener_run_id and c.talk_number = t.number
  left join bots b on b.account_id = r.account_id and b.id = r.bot_id
  left join leads l on t.entity_type = 'lead' and l.account_id = t.account_id and l.id = t.entity_id
  left join customers cu on t.entity_type = 'customer' and cu.account_id = t.account_id and cu.id = t.entity_id
  left join users ru on ru.account_id = t.account_id and ru.id = ct.responsible_user_id
  left join users rb on rb.account_id = t.account_id and rb.id = t.read_by
  left join lateral (
    select count(*) from (
      select 1 from messages m where m.account_id = t.account_id and m.conversation_number = t.number and m.direction = 'in'
      and (t.read_at is null or m.written_at > t.read_at) and not t.is_read
      order by m.position desc limit ${UNREAD_MOST}
    ) fresh
  ) un on true`;

/** Newest message first. `after`: last message's instant and number of the row before. */
export function listByTime(
  sql: Queries,
  actor: Sight,
  filter: ConversationFilter,
  page: { limit: number; after?: [number, number]; notWaiting?: boolean },
): Promise<ConversationRow[]> {
  // The page is cut first: what is joined and counted is counted for the rows that are shown.
  return sql<ConversationRow[]>`
    with page as (
      select t.* from conversations t where ${conversationCondition(sql, actor, filter)}
      ${page.notWaiting === true ? sql`and t.waiting_since is null` : sql``}
      ${page.after === undefined ? sql`` : sql`and (t.last_message_at, t.number) < (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
      order by t.last_message_at desc, t.number desc limit ${page.limit}
    )
    select ${columns(sql, actor)} from page t ${joins(sql)} order by t.last_message_at desc, t.number desc`;
}

/** Those where somebody waits, longest first. */
export function listWaiting(
  sql: Queries,
  actor: Sight,
  filter: ConversationFilter,
  page: { limit: number; after?: [number, number] },
): Promise<ConversationRow[]> {
  return sql<ConversationRow[]>`
    with page as (
      select t.* from conversations t where ${conversationCondition(sql, actor, filter)} and t.waiting_since is not null
      ${page.after === undefined ? sql`` : sql`and (t.waiting_since, t.number) > (${page.after[0]}::timestamptz, ${page.after[1]}::bigint)`}
      order by t.waiting_since, t.number limit ${page.limit}
    )
    select ${columns(sql, actor)} from page t ${joins(sql)} order by t.waiting_since, t.number`;
}

export async function findConversation(sql: Queries, actor: Sight, number: number): Promise<ConversationRow | undefined> {
  const [row] = await sql<ConversationRow[]>`
    select ${columns(sql, actor)} from conversations t ${joins(sql)}
    where t.account_id = ${actor.accountId} and t.number = ${number} and ${visibleByContact(sql, actor, 't')}`;
  return row;
}

/** The latest conversations of a lead's chats, newest first. */
export function conversationsOfLead(sql: Queries, actor: Sight, leadId: number, limit: number): Promise<ConversationRow[]> {
  return sql<ConversationRow[]>`
    select ${columns(sql, actor)} from conversations t ${joins(sql)}
    where t.account_id = ${actor.accountId} and t.entity_type = 'lead' and t.entity_id = ${leadId} and ${visibleByContact(sql, actor, 't')}
    order by t.last_message_at desc limit ${limit}`;
}

/** The same of a customer. */
export function conversationsOfCustomer(sql: Queries, actor: Sight, customerId: number, limit: number): Promise<ConversationRow[]> {
  return sql<ConversationRow[]>`
    select ${columns(sql, actor)} from conversations t ${joins(sql)}
    where t.account_id = ${actor.accountId} and t.entity_type = 'customer' and t.entity_id = ${customerId} and ${visibleByContact(sql, actor, 't')}
    order by t.last_message_at desc limit ${limit}`;
}

export interface OpeningRow {
  opening: number;
  how: 'born' | 'reopened';
  openedAt: number;
  firstReplyAt: number | null;
  closedAt: number | null;
  closedBy: Author | null;
  closedByName: string | null;
  rate: number | null;
  comment: string;
}

export function openingsOf(sql: Queries, accountId: number, number: number): Promise<OpeningRow[]> {
  return sql<OpeningRow[]>`
    select o.opening, o.how, o.opened_at "openedAt", o.first_reply_at "firstReplyAt", o.closed_at "closedAt", o.closed_by "closedBy",
      coalesce(u.name, b.name) "closedByName", o.rate, o.comment
    from openings o
    left join users u on o.closed_by->>'kind' = 'user' and u.account_id = o.account_id and u.id = (o.closed_by->>'id')::bigint
    left join bots b on o.closed_by->>'kind' = 'bot' and b.account_id = o.account_id and b.id = (o.closed_by->>'botId')::bigint
    where o.account_id = ${accountId} and o.number = ${number} order by o.opening desc`;
}

/** Where a conversation lives: what its workflow is named after. */
export interface ChatAddress {
  chatId: string;
  channelId: number;
  externalChatId: string;
  contactId: number;
  reachable: boolean;
  unreachableWords: string;
  channelType: string;
  /** When the client last wrote there: what the messenger's window counts from. */
  lastClientAt: number | null;
  responsibleId: number | null;
  participantIds: number[];
  /** Whether the asker may write there and give orders. */
  mayEdit: boolean;
}

const address = (sql: Queries, actor: Sight) => sql`
  c.id "chatId", c.channel_id "channelId", c.external_chat_id "externalChatId", c.contact_id "contactId", c.reachable,
  c.unreachable_words "unreachableWords", c.last_client_at "lastClientAt",
  (select ch.type from channels ch where ch.account_id = c.account_id and ch.id = c.channel_id) "channelType", ct.responsible_user_id "responsibleId", ct.participant_ids "participantIds", ${editable(sql, actor, 'ct')} "mayEdit"`;

export async function addressOfConversation(sql: Queries, actor: Sight, number: number): Promise<ChatAddress | undefined> {
  const [row] = await sql<ChatAddress[]>`
    select ${address(sql, actor)} from conversations t join chats c on c.account_id = t.account_id and c.id = t.chat_id
    join contacts ct on ct.account_id = c.account_id and ct.id = c.contact_id
    where t.account_id = ${actor.accountId} and t.number = ${number} and ${visibleByContact(sql, actor, 't')}`;
  return row;
}

/** The same for many, by number; those that are not there or not seen are missing. */
export async function addressesOfConversations(sql: Queries, actor: Sight, numbers: number[]): Promise<Map<number, ChatAddress>> {
  const rows = await sql<(ChatAddress & { number: number })[]>`
    select t.number, ${address(sql, actor)} from conversations t join chats c on c.account_id = t.account_id and c.id = t.chat_id
    join contacts ct on ct.account_id = c.account_id and ct.id = c.contact_id
    where t.account_id = ${actor.accountId} and t.number = any(${numbers}::bigint[]) and ${visibleByContact(sql, actor, 't')}`;
  return new Map(rows.map(({ number, ...address }) => [number, address]));
}

export async function addressOfChat(sql: Queries, actor: Sight, chatId: string): Promise<ChatAddress | undefined> {
  const [row] = await sql<ChatAddress[]>`
    select ${address(sql, actor)} from chats c join contacts ct on ct.account_id = c.account_id and ct.id = c.contact_id
    where c.account_id = ${actor.accountId} and c.id = ${chatId} and ${visibleByContact(sql, actor, 'c')}`;
  return row;
}

/** The contact's chat in another channel; the latest one where there are several. */
export async function addressInChannel(sql: Queries, actor: Sight, contactId: number, channelId: number): Promise<ChatAddress | undefined> {
  const [row] = await sql<ChatAddress[]>`
    select ${address(sql, actor)} from chats c join contacts ct on ct.account_id = c.account_id and ct.id = c.contact_id
    where c.account_id = ${actor.accountId} and c.contact_id = ${contactId} and c.channel_id = ${channelId} and ${visibleByContact(sql, actor, 'c')}
    order by c.last_message_at desc nulls last limit 1`;
  return row;
}

/** Number of the latest conversation of a chat, for the address in Temporal's pages. */
export async function numberOfChat(sql: Queries, actor: Sight, channelId: number, externalChatId: string): Promise<number | undefined> {
  const [row] = await sql<{ number: number | null }[]>`
    select c.talk_number number from chats c
    where c.account_id = ${actor.accountId} and c.channel_id = ${channelId} and c.external_chat_id = ${externalChatId} and ${visibleByContact(sql, actor, 'c')}`;
  return row?.number ?? undefined;
}
