/** Chats that our side begins. */
import type { Queries, Sql } from '../connection.ts';

export interface ChannelToBegin {
  id: number;
  type: string;
  name: string;
}

/** Connected channels of some types in which the contact has no chat. */
export function channelsToBegin(sql: Queries, accountId: number, contactId: number, types: readonly string[]): Promise<ChannelToBegin[]> {
  return sql<ChannelToBegin[]>`
    select c.id, c.type, c.name from channels c
    where c.account_id = ${accountId} and c.state = 'connected' and c.type = any(${[...types]}::text[])
      and not exists (select 1 from chats h where h.account_id = c.account_id and h.channel_id = c.id and h.contact_id = ${contactId})
    order by c.id`;
}

export async function phoneOfContact(sql: Queries, accountId: number, contactId: number): Promise<string | undefined> {
  const [row] = await sql<{ phone: string | null }[]>`
    select k.fields -> f.id::text -> 0 ->> 'value' phone from contacts k
    join custom_fields f on f.account_id = k.account_id and f.entity = 'contact' and f.code = 'PHONE'
    where k.account_id = ${accountId} and k.id = ${contactId}`;
  return row?.phone?.trim() || undefined;
}

/**
 * Makes the chat unless the contact has one there by now: two who write first at once write into one. Nothing is made where the messenger's name of the chat (a
 * phone) is already that of another contact's.
 */
export async function beginChat(
  sql: Sql,
  of: { accountId: number; channelId: number; contactId: number },
  chat: { id: string; externalChatId: string },
  at: number,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`begin-chat/${of.channelId}/${of.contactId}`}, 0))`;
    await tx`
      insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
      select ${of.accountId}::bigint, ${chat.id}::uuid, ${of.channelId}::bigint, ${chat.externalChatId}, 'private', coalesce(c.merged_into, c.id), ${at}::timestamptz
      from contacts c where c.account_id = ${of.accountId} and c.id = ${of.contactId} and not exists (select 1 from chats where account_id = ${of.accountId} and channel_id = ${of.channelId} and contact_id = ${of.contactId})
      for share of c
      on conflict (account_id, channel_id, external_chat_id) do nothing`;
  });
}
