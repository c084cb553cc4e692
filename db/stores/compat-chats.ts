import type { Queries, Sql } from '../connection.ts';
import { editable, type Sight, visible } from './sight.ts';

/** Which contact a chat belongs to. */
export interface ChatLink {
  chatId: string;
  contactId: number;
}

/** Chats of contacts or by their own ids, as far as the asker may see the contacts; newest chat first. */
export function listChatLinks(
  sql: Queries,
  actor: Sight,
  filter: { contactIds?: number[]; chatIds?: string[] },
  most: number,
): Promise<(ChatLink & { editable: boolean })[]> {
  return sql<(ChatLink & { editable: boolean })[]>`
    select h.id "chatId", h.contact_id "contactId", ${editable(sql, actor, 'c')} editable from chats h join contacts c on c.account_id = h.account_id and c.id = h.contact_id
    where h.account_id = ${actor.accountId} and h.kind = 'private' and ${visible(sql, actor, 'c')}
      ${filter.contactIds === undefined ? sql`` : sql`and h.contact_id = any(${filter.contactIds}::bigint[])`}
      ${filter.chatIds === undefined ? sql`` : sql`and h.id = any(${filter.chatIds}::uuid[])`}
    order by h.created_at desc, h.id limit ${most}`;
}

/** Who of the ids is a contact that the asker may see and change. */
export async function seenContacts(sql: Queries, actor: Sight, ids: number[]): Promise<Map<number, boolean>> {
  const rows = await sql<{ id: number; seen: boolean }[]>`
    select c.id, (${visible(sql, actor, 'c')} and ${editable(sql, actor, 'c')}) seen from contacts c where c.account_id = ${actor.accountId} and c.id = any(${ids}::bigint[])`;
  return new Map(rows.map((row) => [row.id, row.seen]));
}

/**
 * Gives chats to other contacts, with their conversations, runs and the person's identity in the channel. Chats that the account has not, or that
 * are the contact's already, stay as they are. The leads of the conversations stay: they tell where the question was worked on.
 */
export async function giveChats(sql: Sql, accountId: number, links: ChatLink[]): Promise<void> {
  const chatIds = links.map(({ chatId }) => chatId);
  const contactIds = links.map(({ contactId }) => contactId);
  await sql.begin(async (tx) => {
    const wanted = tx`unnest(${chatIds}::uuid[], ${contactIds}::bigint[]) as wanted (chat_id, contact_id)`;
    await tx`select 1 from chats where account_id = ${accountId} and id = any(${chatIds}::uuid[]) order by id for update`;
    const moved = await tx<{ id: string; channelId: number; before: number; after: number }[]>`
      update chats h set contact_id = wanted.contact_id from ${wanted}, chats old
      where h.account_id = ${accountId} and h.id = wanted.chat_id and old.account_id = h.account_id and old.id = h.id
        and h.contact_id <> wanted.contact_id and h.kind = 'private'
      returning h.id, h.channel_id "channelId", old.contact_id before, wanted.contact_id after`;
    if (moved.length === 0) return;
    const ids = moved.map(({ id }) => id);
    await tx`
      update conversations t set contact_id = h.contact_id from chats h
      where t.account_id = ${accountId} and t.chat_id = any(${ids}::uuid[]) and h.account_id = t.account_id and h.id = t.chat_id`;
    await tx`
      update bot_runs r set contact_id = h.contact_id from chats h
      where r.account_id = ${accountId} and r.chat_id = any(${ids}::uuid[]) and r.status <> 'ended' and h.account_id = r.account_id and h.id = r.chat_id`;
    // The person's identity goes with the chat, unless the old contact has another chat in that channel.
    await tx`
      update contact_identities i set contact_id = moved.after
      from unnest(${moved.map(({ channelId }) => channelId)}::bigint[], ${moved.map(({ before }) => before)}::bigint[],
        ${moved.map(({ after }) => after)}::bigint[]) as moved (channel_id, before, after)
      where i.account_id = ${accountId} and i.channel_id = moved.channel_id and i.contact_id = moved.before
        and not exists (select 1 from chats h where h.account_id = i.account_id and h.channel_id = i.channel_id and h.contact_id = i.contact_id)`;
  });
}
