import type { ContactNames } from '../../domain/contact/names.ts';
import type { Queries } from '../connection.ts';
import type { FieldValues } from '../schema/people.ts';
import { editable, type Sight, visible, visibleByContact } from './sight.ts';

export interface ContactRow {
  id: number;
  name: string;
  firstName: string;
  lastName: string;
  responsibleId: number | null;
  responsibleName: string | null;
  tags: { id: number; name: string }[];
  fields: FieldValues;
  /** Whether the asker may change the contact and write to it. */
  mayEdit: boolean;
  createdAt: number;
  updatedAt: number;
}

export async function findContact(sql: Queries, actor: Sight, contactId: number): Promise<ContactRow | undefined> {
  const [row] = await sql<ContactRow[]>`
    select c.id, c.name, c.first_name "firstName", c.last_name "lastName", c.responsible_user_id "responsibleId", u.name "responsibleName", c.fields,
      ${tagsOf(sql, 'c')} tags, ${editable(sql, actor, 'c')} "mayEdit", c.created_at "createdAt", c.updated_at "updatedAt"
    from contacts c left join users u on u.account_id = c.account_id and u.id = c.responsible_user_id
    where c.account_id = ${actor.accountId} and c.id = ${contactId} and c.merged_into is null and ${visible(sql, actor, 'c')}`;
  return row;
}

/** Names of an entity's tags in the order they were given. */
export function tagsOf(sql: Queries, table: string) {
  return sql`coalesce((
    select jsonb_agg(jsonb_build_object('id', tag.id, 'name', tag.name) order by tag.name)
    from tags tag where tag.account_id = ${sql(table)}.account_id and tag.id = any(${sql(table)}.tag_ids)), '[]'::jsonb)`;
}

export interface IdentityRow {
  channelId: number;
  name: string;
  username: string | null;
}

export function identitiesOf(sql: Queries, accountId: number, contactId: number): Promise<IdentityRow[]> {
  return sql<IdentityRow[]>`
    select channel_id "channelId", name, username from contact_identities where account_id = ${accountId} and contact_id = ${contactId} order by created_at`;
}

export interface ChatRow {
  id: string;
  channelId: number;
  channelType: string;
  channelName: string;
  channelFacts: Record<string, string>;
  externalChatId: string;
  kind: 'private' | 'group';
  reachable: boolean;
  words: string;
  lastPosition: number;
  lastMessageAt: number | null;
  lastClientAt: number | null;
  talkNumber: number | null;
  botRunId: string | null;
  botName: string | null;
}

/** A contact's chats, the last active one first. */
export function chatsOf(sql: Queries, actor: Sight, contactId: number): Promise<ChatRow[]> {
  return sql<ChatRow[]>`
    select c.id, c.channel_id "channelId", ch.type "channelType", ch.name "channelName", ch.facts "channelFacts",
      c.external_chat_id "externalChatId", c.kind, c.reachable, c.unreachable_words words,
      c.last_position "lastPosition", c.last_message_at "lastMessageAt", c.last_client_at "lastClientAt", c.talk_number "talkNumber", r.id "botRunId",
      b.name "botName"
    from chats c join channels ch on ch.account_id = c.account_id and ch.id = c.channel_id
    left join bot_runs r on r.account_id = c.account_id and r.id = c.listener_run_id
    left join bots b on b.account_id = r.account_id and b.id = r.bot_id
    where c.account_id = ${actor.accountId} and c.contact_id = ${contactId} and ${visibleByContact(sql, actor, 'c')}
    order by c.last_message_at desc nulls last, c.created_at desc`;
}

/** What of a contact a change rewrites. */
type ChangingContact = ContactNames & { responsibleId: number | null; tagIds: number[]; fields: FieldValues };

/** Locks a contact that is about to change. */
export async function lockContact(
  sql: Queries,
  actor: Sight,
  contactId: number,
): Promise<(ChangingContact & { mayEdit: boolean }) | undefined> {
  const [row] = await sql<(ChangingContact & { mayEdit: boolean })[]>`
    select ${editable(sql, actor, 'c')} "mayEdit", c.name, c.first_name "firstName", c.last_name "lastName", c.responsible_user_id "responsibleId",
      c.tag_ids "tagIds", c.fields from contacts c
    where c.account_id = ${actor.accountId} and c.id = ${contactId} and c.merged_into is null and ${visible(sql, actor, 'c')} for update`;
  return row;
}

export async function updateContact(sql: Queries, accountId: number, contactId: number, row: ChangingContact, at: number): Promise<void> {
  await sql`
    update contacts set name = ${row.name}, first_name = ${row.firstName}, last_name = ${row.lastName}, responsible_user_id = ${row.responsibleId},
      tag_ids = ${row.tagIds}::bigint[], fields = ${row.fields as never}, updated_at = ${at}
    where account_id = ${accountId} and id = ${contactId}`;
}
