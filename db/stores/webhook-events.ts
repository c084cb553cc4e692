/** What feeds read: the list of events up to a safe place, and what those events are about. */

import type { FieldValue } from '../../domain/scenario/model.ts';
import type { FeedCard, FeedEvent, FeedMessage, FeedTalk, FeedTask } from '../../domain/webhooks/body.ts';
import { feedEventTypes } from '../../domain/webhooks/codes.ts';
import type { Queries } from '../connection.ts';
import type { MessageExtra } from '../schema/index.ts';

/** The newest event id that is seen, and a transaction number that is higher than that of every transaction which may hold a lower id. */
export interface Fence {
  topId: number;
  transaction: string;
}

/**
 * Ids are given before their transactions commit, so a lower id may become visible after a higher one. Whoever writes an event has locked or
 * written a row before and thus has its transaction number when it draws the id: all who drew an id below `topId` have a number below the one
 * that this statement takes for itself, after its snapshot. Once none of those runs any more (`isPast`), every event up to `topId` that will ever
 * be is there to be read, and ids are the order in which changes of one chat or card were made, since their transactions lock each other out.
 * Nothing is stored for it and the writers pay nothing. A transaction of hours that writes anything holds all feeds back as long.
 */
export async function takeFence(sql: Queries, accountId: number): Promise<Fence> {
  const [row] = await sql<{ topId: number; transaction: string }[]>`
    select coalesce((select max(id) from events where account_id = ${accountId}), 0)::bigint "topId", pg_current_xact_id()::text transaction`;
  return row!;
}

export async function isPast(sql: Queries, fence: Fence): Promise<boolean> {
  const [row] = await sql<{ past: boolean }[]>`select pg_snapshot_xmin(pg_current_snapshot()) >= ${fence.transaction}::text::xid8 past`;
  return row!.past;
}

export async function newestEventId(sql: Queries, accountId: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`select coalesce(max(id), 0)::bigint id from events where account_id = ${accountId}`;
  return row!.id;
}

/** Events that any code stands for, after the cursor and up to a fence that is past, in order. */
export function readFeed(sql: Queries, accountId: number, afterId: number, topId: number, limit: number): Promise<FeedEvent[]> {
  return sql<FeedEvent[]>`
    select id, type, entity_type "entityType", entity_id "entityId", author_kind "authorKind", author_id "authorId", value_before "valueBefore",
      value_after "valueAfter", conversation_number "conversationNumber", contact_id "contactId", at
    from events where account_id = ${accountId} and id > ${afterId} and id <= ${topId} and type in ${sql(feedEventTypes)}
    order by id limit ${limit}`;
}

export async function feedTalk(
  sql: Queries,
  accountId: number,
  number: number,
): Promise<(Omit<FeedTalk, 'origin'> & { channelType: string }) | undefined> {
  const [row] = await sql<(Omit<FeedTalk, 'origin'> & { channelType: string })[]>`
    select t.number, t.created_at "createdAt", t.updated_at "updatedAt", t.rate, t.contact_id "contactId", t.chat_id "chatId",
      t.entity_id "entityId", t.entity_type "entityType", t.status, t.is_read "isRead", n.type "channelType"
    from conversations t join channels n on n.account_id = t.account_id and n.id = t.channel_id
    where t.account_id = ${accountId} and t.number = ${number}`;
  return row;
}

export interface FeedMessageRow extends Omit<FeedMessage, 'origin' | 'messageType' | 'files'> {
  channelType: string;
  extra: MessageExtra;
  files: {
    kind: string;
    fileId: string | null;
    url: string | null;
    copy: 'waiting' | 'stored' | 'failed' | 'none';
    name: string;
    mime: string;
  }[];
}

export async function feedMessage(sql: Queries, accountId: number, id: string): Promise<FeedMessageRow | undefined> {
  const [row] = await sql<FeedMessageRow[]>`
    select m.id, m.chat_id "chatId", m.conversation_number "talkNumber", c.id "contactId", c.name "contactName", m.direction,
      m.author_kind "authorKind", m.author_id "authorId", coalesce(u.name, b.name) "authorName", m.text, m.extra, m.written_at "writtenAt",
      n.type "channelType",
      (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'fileId', a.file_id, 'url', a.url, 'copy', a.copy, 'name', a.name,
          'mime', a.mime) order by a.index), '[]')
        from attachments a where a.account_id = m.account_id and a.message_id = m.id) files
    from messages m
    join chats h on h.account_id = m.account_id and h.id = m.chat_id
    join contacts c on c.account_id = h.account_id and c.id = h.contact_id
    join channels n on n.account_id = m.account_id and n.id = m.channel_id
    left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
    left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id
    where m.account_id = ${accountId} and m.id = ${id}::text::uuid`;
  return row;
}

const cardTables = { lead: 'leads', contact: 'contacts', customer: 'customers' } as const;

export async function feedCard(sql: Queries, accountId: number, about: keyof typeof cardTables, id: number): Promise<FeedCard | undefined> {
  const own = {
    lead: sql`, x.status_id "statusId", x.pipeline_id "pipelineId", x.price`,
    contact: sql``,
    customer: sql`, x.stage_id "statusId", x.next_purchase_at "nextPurchaseAt"`,
  }[about];
  const [row] = await sql<(Omit<FeedCard, 'fields'> & { fields: Record<string, FieldValue[]> })[]>`
    select x.id, x.name, x.responsible_user_id "responsibleUserId", x.created_at "createdAt", x.updated_at "updatedAt", x.fields ${own},
      (select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.name), '[]')
        from tags g where g.account_id = x.account_id and g.id = any(x.tag_ids)) tags
    from ${sql(cardTables[about])} x where x.account_id = ${accountId} and x.id = ${id}`;
  if (row === undefined) return undefined;
  const described = await sql<{ id: number; name: string; code: string | null }[]>`
    select id, name, code from custom_fields where account_id = ${accountId} and entity = ${about} order by sort, id`;
  const fields = described.flatMap(({ id: fieldId, name, code }) => {
    const values = row.fields[fieldId] ?? [];
    if (values.length === 0) return [];
    return [{ id: fieldId, name, code, values: values.map(fieldValue) }];
  });
  return { ...row, fields };
}

export async function feedTask(sql: Queries, accountId: number, id: number): Promise<FeedTask | undefined> {
  const [row] = await sql<FeedTask[]>`
    select id, entity_type "entityType", entity_id "entityId", text, responsible_user_id "responsibleUserId", created_at "createdAt", due_at "dueAt",
      completed_at "completedAt", case when created_by->>'kind' = 'user' then (created_by->>'id')::bigint else 0 end "createdBy"
    from tasks where account_id = ${accountId} and id = ${id}`;
  return row;
}

/** What a person wrote on a card; undefined for a note that is gone. */
export async function feedNote(sql: Queries, accountId: number, id: number): Promise<{ text: string } | undefined> {
  const [row] = await sql<{ text: string }[]>`select text from notes where account_id = ${accountId} and id = ${id}`;
  return row;
}

/** What kind of stage it is; undefined for one that is gone, or of an event that names none. */
export async function stageKind(
  sql: Queries,
  accountId: number,
  pipelineId: number | undefined,
  stageId: number | undefined,
): Promise<string | undefined> {
  if (pipelineId === undefined || stageId === undefined) return undefined;
  const [row] = await sql<{ kind: string }[]>`
    select kind from stages where account_id = ${accountId} and pipeline_id = ${pipelineId} and id = ${stageId}`;
  return row?.kind;
}

function fieldValue({ value, enumId, code }: FieldValue): { value: string; enum?: string } {
  const kind = enumId ?? code;
  return { value: typeof value === 'boolean' ? (value ? '1' : '0') : String(value), ...(kind === undefined ? {} : { enum: String(kind) }) };
}
