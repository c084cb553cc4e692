/** What the chats API (`/v2/origin/custom/…`) asks of the tables: its chats, users and messages by the ids of both sides. */
import { splitName } from '../../domain/contact/names.ts';
import type { AttachmentKind, PartStatus } from '../../domain/message/model.ts';
import type { Queries, Sql } from '../connection.ts';
import type { MessageExtra } from '../schema/index.ts';

/** One channel of one account. */
export interface OfChannel {
  accountId: number;
  channelId: number;
}

/** The row id of a channel that was connected as `custom` under this UUID. */
export async function customChannelId(sql: Queries, channelUuid: string): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`select id from channels where type = 'custom' and external_id = ${channelUuid}`;
  return row?.id;
}

export interface KnownChat {
  id: string;
  externalChatId: string;
  contactId: number;
}

const chatColumns = (sql: Queries) => sql`id, external_chat_id "externalChatId", contact_id "contactId"`;

export async function chatOfConversation(sql: Queries, of: OfChannel, conversationId: string): Promise<KnownChat | undefined> {
  const [row] = await sql<KnownChat[]>`select ${chatColumns(sql)} from chats
    where account_id = ${of.accountId} and channel_id = ${of.channelId} and external_chat_id = ${conversationId}`;
  return row;
}

export async function chatOfId(sql: Queries, of: OfChannel, chatId: string): Promise<KnownChat | undefined> {
  const [row] = await sql<KnownChat[]>`select ${chatColumns(sql)} from chats
    where account_id = ${of.accountId} and channel_id = ${of.channelId} and id = ${chatId}`;
  return row;
}

export interface NewClient {
  externalUserId: string;
  name: string;
  phone?: string;
  email?: string;
}

/**
 * The chat of a conversation, made with its contact when it is not there; a known user keeps their contact. Answers the chat that stands, also where two calls
 * make it at once. Nothing is numbered: no client has written yet.
 */
export function ensureChat(
  sql: Sql,
  of: OfChannel,
  chat: { id: string; conversationId: string },
  client: NewClient,
  at: number,
): Promise<KnownChat> {
  const { accountId, channelId } = of;
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`chats-api/${channelId}/${client.externalUserId}`}, 0))`;
    const known = await chatOfConversation(tx, of, chat.conversationId);
    if (known !== undefined) return known;
    const contactId = (await contactOfUser(tx, of, client.externalUserId)) ?? (await insertContact(tx, of, client, at));
    await tx`insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
      values (${accountId}, ${chat.id}, ${channelId}, ${chat.conversationId}, 'private', ${contactId}, ${at})
      on conflict (account_id, channel_id, external_chat_id) do nothing`;
    return (await chatOfConversation(tx, of, chat.conversationId))!;
  });
}

async function contactOfUser(tx: Queries, of: OfChannel, externalUserId: string): Promise<number | undefined> {
  const [row] = await tx<{ contactId: number }[]>`select contact_id "contactId" from contact_identities
    where account_id = ${of.accountId} and channel_id = ${of.channelId} and external_user_id = ${externalUserId}`;
  return row?.contactId;
}

async function insertContact(tx: Queries, of: OfChannel, client: NewClient, at: number): Promise<number> {
  const { accountId } = of;
  const coded = await tx<{ id: number; code: string }[]>`
    select id, code from custom_fields where account_id = ${accountId} and entity = 'contact' and code in ('PHONE', 'EMAIL')`;
  const given: Record<string, string | undefined> = { PHONE: client.phone, EMAIL: client.email };
  const fields = Object.fromEntries(
    coded.flatMap(({ id, code }) => (given[code] === undefined ? [] : [[String(id), [{ value: given[code], code: 'WORK' }]]])),
  );
  const { firstName, lastName } = splitName(client.name);
  const [contact] = await tx<{ id: number }[]>`
    insert into contacts (account_id, name, first_name, last_name, fields, created_at, updated_at)
    values (${accountId}, ${client.name}, ${firstName}, ${lastName}, ${fields as never}, ${at}, ${at}) returning id`;
  await insertIdentity(tx, of, contact!.id, client, at);
  return contact!.id;
}

async function insertIdentity(tx: Queries, of: OfChannel, contactId: number, client: NewClient, at: number): Promise<void> {
  await tx`insert into contact_identities (account_id, channel_id, external_user_id, contact_id, name, created_at)
    values (${of.accountId}, ${of.channelId}, ${client.externalUserId}, ${contactId}, ${client.name}, ${at}) on conflict do nothing`;
}

/**
 * The integration names a chat that our side began: from now on the conversation is known by its id, and the client by theirs. False when the conversation is
 * another chat already, which then stays as it is.
 */
export function nameChat(
  sql: Sql,
  of: OfChannel,
  chat: KnownChat,
  conversationId: string,
  client: NewClient,
  at: number,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`chats-api/${of.channelId}/${client.externalUserId}`}, 0))`;
    const rows = await tx`update chats set external_chat_id = ${conversationId}
      where account_id = ${of.accountId} and id = ${chat.id} and external_chat_id = ${chat.externalChatId}
        and not exists (select 1 from chats other where other.account_id = ${of.accountId} and other.channel_id = ${of.channelId}
          and other.external_chat_id = ${conversationId})
      returning id`;
    if (rows.length === 0) return false;
    await insertIdentity(tx, of, chat.contactId, client, at);
    return true;
  });
}

export interface ReportedPart {
  chatId: string;
  externalChatId: string;
  status: PartStatus;
}

/** The part that a hook named; `candidates` are the messages it may belong to, by the index of the part. */
export async function partOfHook(sql: Queries, of: OfChannel, candidates: string[]): Promise<ReportedPart | undefined> {
  const [row] = await sql<ReportedPart[]>`
    select c.id "chatId", c.external_chat_id "externalChatId", p.status
    from (select unnest(${candidates}::uuid[]) message_id, generate_series(0, ${candidates.length - 1}) index) wanted
    join parts p on p.account_id = ${of.accountId} and p.message_id = wanted.message_id and p.index = wanted.index
    join chats c on c.account_id = p.account_id and c.id = p.chat_id
    where p.channel_id = ${of.channelId} limit 1`;
  return row;
}

/** The integration's id of one of its messages; undefined for a message that is not there or that we wrote. */
export async function msgidOf(
  sql: Queries,
  of: OfChannel,
  messageId: string,
): Promise<{ msgid: string | null; externalChatId: string } | undefined> {
  const [row] = await sql<{ msgid: string | null; externalChatId: string }[]>`
    select m.external_id msgid, c.external_chat_id "externalChatId" from messages m join chats c on c.account_id = m.account_id and c.id = m.chat_id
    where m.account_id = ${of.accountId} and m.channel_id = ${of.channelId} and m.id = ${messageId}`;
  return row;
}

/** The chat in which the integration's message stands. */
export async function chatOfMsgid(sql: Queries, of: OfChannel, msgid: string): Promise<KnownChat | undefined> {
  const [row] = await sql<KnownChat[]>`
    select c.id, c.external_chat_id "externalChatId", c.contact_id "contactId" from messages m join chats c on c.account_id = m.account_id and c.id = m.chat_id
    where m.account_id = ${of.accountId} and m.channel_id = ${of.channelId} and m.external_id = ${msgid}`;
  return row;
}

/** The user of the account with this id of the chats API. */
export async function userOfAmojoId(sql: Queries, accountId: number, amojoId: string): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`select id from users where account_id = ${accountId} and amojo_id = ${amojoId}`;
  return row?.id;
}

export interface Person {
  contactId: number;
  externalUserId: string | null;
  name: string;
  phone: string | null;
  email: string | null;
}

/** The contact of a chat as the channel knows them: the identity they had first there. */
export async function clientOfChat(sql: Queries, of: OfChannel, chatId: string): Promise<Person | undefined> {
  const value = (code: string) => sql`
    (select k.fields -> f.id::text -> 0 ->> 'value' from custom_fields f where f.account_id = k.account_id and f.entity = 'contact' and f.code = ${code} limit 1)`;
  const [row] = await sql<Person[]>`
    select k.id "contactId", k.name, ${value('PHONE')} phone, ${value('EMAIL')} email,
      (select i.external_user_id from contact_identities i
        where i.account_id = k.account_id and i.contact_id = k.id and i.channel_id = c.channel_id order by i.created_at, i.external_user_id limit 1) "externalUserId"
    from chats c join contacts k on k.account_id = c.account_id and k.id = c.contact_id
    where c.account_id = ${of.accountId} and c.channel_id = ${of.channelId} and c.id = ${chatId}`;
  return row;
}

export interface HistoryRow {
  id: string;
  msgid: string | null;
  direction: 'in' | 'out';
  authorAmojoId: string | null;
  authorName: string | null;
  at: number;
  text: string;
  albumId: string | null;
  extra: MessageExtra;
  attachments: { kind: AttachmentKind; fileId: string | null; url: string | null; name: string; sizeBytes: number | null }[];
}

/** Messages of a chat, the newest first. What was never sent is not told. */
export function historyOf(
  sql: Queries,
  of: OfChannel,
  chatId: string,
  { offset, limit }: { offset: number; limit: number },
): Promise<HistoryRow[]> {
  return sql<HistoryRow[]>`
    select m.id, m.external_id msgid, m.direction, u.amojo_id "authorAmojoId", coalesce(u.name, b.name) "authorName",
      coalesce(m.received_at, m.written_at) at, m.text, m.album_id "albumId", m.extra,
      (select coalesce(jsonb_agg(jsonb_build_object('kind', f.kind, 'fileId', f.file_id, 'url', f.url, 'name', f.name, 'sizeBytes', f.size_bytes)
          order by f.index), '[]') from attachments f where f.account_id = m.account_id and f.message_id = m.id) attachments
    from messages m
    left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
    left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id
    where m.account_id = ${of.accountId} and m.channel_id = ${of.channelId} and m.chat_id = ${chatId} and m.status not in ('withdrawn', 'refused')
    order by m.position desc limit ${limit} offset ${offset}`;
}

/** Who wrote an outgoing message: a user's id of the chats API, or a bot's name. */
export async function authorOfMessage(
  sql: Queries,
  accountId: number,
  messageId: string,
): Promise<{ amojoId: string | null; name: string | null } | undefined> {
  const [row] = await sql<{ amojoId: string | null; name: string | null }[]>`
    select u.amojo_id "amojoId", coalesce(u.name, b.name) name from messages m
    left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
    left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id
    where m.account_id = ${accountId} and m.id = ${messageId}`;
  return row;
}
