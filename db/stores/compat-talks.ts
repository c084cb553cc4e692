import type { Author, TalkStatus } from '../../domain/conversation/model.ts';
import type { AttachmentKind, PartStatus } from '../../domain/message/model.ts';
import type { Queries } from '../connection.ts';
import type { MessageExtra } from '../schema/index.ts';
import { editable, type Sight, visible } from './sight.ts';

/** A conversation as the amoCRM-shaped API shows it. Instants in epoch ms. */
export interface TalkRow {
  number: number;
  createdAt: number;
  updatedAt: number;
  rate: number | null;
  contactId: number;
  chatId: string;
  entityType: 'lead' | 'customer' | null;
  entityId: number | null;
  status: TalkStatus;
  isRead: boolean;
  channelId: number;
  channelType: string;
  externalChatId: string;
  missedAt: number | null;
  /** False where the asker may not see the contact. */
  visible: boolean;
  /** False also where the asker may only see it. */
  editable: boolean;
}

export interface TalkFilter {
  numbers?: number[];
  contactIds?: number[];
  entity?: { type: 'lead' | 'customer'; ids: number[] };
  onlyInWork?: boolean;
}

/** Conversations, newest number first; one row more than `limit` where there are more. */
export function listTalks(sql: Queries, actor: Sight, filter: TalkFilter, limit: number, offset: number): Promise<TalkRow[]> {
  return sql<TalkRow[]>`
    ${selectTalks(sql, actor)}
    where t.account_id = ${actor.accountId}
      ${filter.numbers === undefined ? sql`` : sql`and t.number in ${sql(some(filter.numbers))}`}
      ${filter.contactIds === undefined ? sql`` : sql`and t.contact_id in ${sql(some(filter.contactIds))}`}
      ${filter.entity === undefined ? sql`` : sql`and t.entity_type = ${filter.entity.type} and t.entity_id in ${sql(some(filter.entity.ids))}`}
      ${filter.onlyInWork === true ? sql`and t.status <> 'closed'` : sql``}
      and ${visible(sql, actor, 'c')}
    order by t.number desc
    limit ${limit + 1} offset ${offset}`;
}

export async function findTalk(sql: Queries, actor: Sight, number: number): Promise<TalkRow | undefined> {
  const [row] = await sql<TalkRow[]>`${selectTalks(sql, actor)} where t.account_id = ${actor.accountId} and t.number = ${number}`;
  return row;
}

export interface TalkMessageRow {
  id: string;
  chatId: string;
  direction: 'in' | 'out';
  authorKind: Author['kind'];
  authorId: number | null;
  authorName: string | null;
  contactId: number;
  contactName: string;
  text: string;
  status: PartStatus;
  statusWords: string;
  extra: MessageExtra;
  writtenAt: number;
  attachments: TalkAttachment[];
}

export interface TalkAttachment {
  kind: AttachmentKind;
  fileId: string | null;
  url: string | null;
  name: string;
  mime: string;
  sizeBytes: number | null;
}

/** Messages of a conversation in the chat's order, their files in theirs; one row more than `limit` where there are more. */
export function listTalkMessages(
  sql: Queries,
  accountId: number,
  number: number,
  written: { from?: number; to?: number },
  limit: number,
  offset: number,
): Promise<TalkMessageRow[]> {
  return sql<TalkMessageRow[]>`
    select m.id, m.chat_id "chatId", m.direction, m.author_kind "authorKind", m.author_id "authorId", coalesce(u.name, b.name) "authorName",
      c.id "contactId", c.name "contactName", m.text, m.status, m.status_words "statusWords", m.extra, m.written_at "writtenAt",
      (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'fileId', a.file_id, 'url', a.url, 'name', a.name, 'mime', a.mime,
          'sizeBytes', a.size_bytes) order by a.index), '[]')
        from attachments a where a.account_id = m.account_id and a.message_id = m.id) attachments
    from messages m
    join chats h on h.account_id = m.account_id and h.id = m.chat_id
    join contacts c on c.account_id = h.account_id and c.id = h.contact_id
    left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
    left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id
    where m.account_id = ${accountId} and m.conversation_number = ${number}
      ${written.from === undefined ? sql`` : sql`and m.written_at >= ${sql.typed.instant(written.from)}`}
      ${written.to === undefined ? sql`` : sql`and m.written_at <= ${sql.typed.instant(written.to)}`}
    order by m.position
    limit ${limit + 1} offset ${offset}`;
}

function selectTalks(sql: Queries, actor: Sight) {
  return sql`
    select t.number, t.created_at "createdAt", t.updated_at "updatedAt", t.rate, t.contact_id "contactId", t.chat_id "chatId",
      t.entity_type "entityType", t.entity_id "entityId", t.status, t.is_read "isRead", t.channel_id "channelId", n.type "channelType",
      h.external_chat_id "externalChatId", t.missed_at "missedAt", ${visible(sql, actor, 'c')} visible,
      ${editable(sql, actor, 'c')} editable
    from conversations t
    join chats h on h.account_id = t.account_id and h.id = t.chat_id
    join channels n on n.account_id = t.account_id and n.id = t.channel_id
    join contacts c on c.account_id = t.account_id and c.id = t.contact_id`;
}

/** `in ()` is no SQL: an empty list asks for an id that never exists. */
function some(ids: number[]): number[] {
  return ids.length === 0 ? [-1] : ids;
}
