import type { Author } from '../../domain/conversation/model.ts';
import type { Attachment, AttachmentKind, Button, PartStatus } from '../../domain/message/model.ts';
import type { Queries } from '../connection.ts';
import type { MessageExtra, Reaction } from '../schema/chats.ts';
import { groupBy } from './group-by.ts';
import { type Sight, visibleByContact } from './sight.ts';

export interface AttachmentRow {
  index: number;
  kind: AttachmentKind;
  fileId: string | null;
  url: string | null;
  copy: 'waiting' | 'stored' | 'failed' | 'none';
  copyWords: string;
  name: string;
  mime: string;
  sizeBytes: number | null;
  widthPx: number | null;
  heightPx: number | null;
  durationSeconds: number | null;
}

export interface MessageRow {
  id: string;
  chatId: string;
  channelId: number;
  conversationNumber: number | null;
  position: number;
  direction: 'in' | 'out';
  authorKind: Author['kind'];
  authorId: number | null;
  authorName: string | null;
  runId: string | null;
  botVersion: number | null;
  step: number | null;
  key: string | null;
  text: string;
  previousText: string | null;
  buttons: Button[];
  extra: MessageExtra;
  status: PartStatus;
  statusWords: string;
  writtenAt: number;
  editedAt: number | null;
  deletedAt: number | null;
  reactions: Reaction[];
  /** The message it answers, where this chat holds it. */
  replyTo: { id: string; position: number; direction: 'in' | 'out'; text: string; kind: AttachmentKind | null } | null;
  attachments: AttachmentRow[];
  parts: { index: number; status: PartStatus; words: string; attachments: Attachment[] }[];
}

type BareMessage = Omit<MessageRow, 'attachments' | 'parts' | 'replyTo'>;

const columns = (sql: Queries) => sql`
  m.id, m.chat_id "chatId", m.channel_id "channelId", m.conversation_number "conversationNumber", m.position, m.direction, m.author_kind "authorKind",
  m.author_id "authorId", case m.author_kind when 'client' then ct.name when 'user' then u.name when 'bot' then b.name end "authorName", m.run_id "runId",
  m.bot_version "botVersion", m.step, m.key, m.text, m.previous_text "previousText", m.buttons, m.extra, m.status, m.status_words "statusWords",
  m.written_at "writtenAt", m.edited_at "editedAt", m.deleted_at "deletedAt", m.reactions`;

const joins = (sql: Queries) => sql`
  join chats c on c.account_id = m.account_id and c.id = m.chat_id
  join contacts ct on ct.account_id = c.account_id and ct.id = c.contact_id
  left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
  left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id`;

/** Messages of one conversation, and those written into its chat outside any conversation while it is the chat's latest. */
export async function messagesOfConversation(
  sql: Queries,
  accountId: number,
  talk: { number: number; chatId: string },
  page: { limit: number; after?: number; order: 'asc' | 'desc' },
): Promise<MessageRow[]> {
  const { number, chatId } = talk;
  const direction = page.order === 'asc' ? sql`asc` : sql`desc`;
  const beyond =
    page.after === undefined ? sql`` : page.order === 'asc' ? sql`and m.position > ${page.after}` : sql`and m.position < ${page.after}`;
  const rows = await sql<BareMessage[]>`
    select ${columns(sql)} from messages m ${joins(sql)}
    where m.account_id = ${accountId} and m.chat_id = ${chatId} ${beyond}
      and (m.conversation_number = ${number} or (m.conversation_number is null and c.talk_number = ${number}))
    order by m.position ${direction} limit ${page.limit}`;
  return withPieces(sql, accountId, rows);
}

/** The newest messages of several chats, each below its own position; newest first within a chat. */
export async function messagesOfChats(
  sql: Queries,
  accountId: number,
  chats: { chatId: string; below: number }[],
  limit: number,
): Promise<MessageRow[]> {
  if (chats.length === 0) return [];
  const rows = await sql<BareMessage[]>`
    select ${columns(sql)} from unnest(${chats.map(({ chatId }) => chatId)}::uuid[], ${chats.map(({ below }) => below)}::bigint[]) as wanted (chat_id, below)
    cross join lateral (
      select * from messages own where own.account_id = ${accountId} and own.chat_id = wanted.chat_id and own.position < wanted.below
      order by own.position desc limit ${limit}
    ) m ${joins(sql)}`;
  return withPieces(sql, accountId, rows);
}

export async function findMessage(sql: Queries, actor: Sight, messageId: string): Promise<MessageRow | undefined> {
  const rows = await sql<BareMessage[]>`
    select ${columns(sql)} from messages m ${joins(sql)}
    where m.account_id = ${actor.accountId} and m.id = ${messageId} and ${visibleByContact(sql, actor, 'c')}`;
  return (await withPieces(sql, actor.accountId, rows))[0];
}

/** Attachments and parts of all rows in one question each. */
async function withPieces(sql: Queries, accountId: number, rows: BareMessage[]): Promise<MessageRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [attachments, parts, replied] = await Promise.all([
    sql<(AttachmentRow & { messageId: string })[]>`
      select message_id "messageId", index, kind, file_id "fileId", url, copy, copy_words "copyWords", name, mime, size_bytes "sizeBytes", width_px "widthPx",
        height_px "heightPx", duration_seconds "durationSeconds"
      from attachments where account_id = ${accountId} and message_id = any(${ids}::uuid[]) order by message_id, index`,
    sql<(MessageRow['parts'][number] & { messageId: string })[]>`
      select message_id "messageId", index, status, status_words words, attachments
      from parts where account_id = ${accountId} and message_id = any(${ids}::uuid[]) order by message_id, index`,
    repliedTo(sql, accountId, rows),
  ]);
  const attachmentsOf = groupBy(attachments, (row) => row.messageId);
  const partsOf = groupBy(parts, (row) => row.messageId);
  return rows.map((row) => ({
    ...row,
    attachments: attachmentsOf.get(row.id) ?? [],
    parts: partsOf.get(row.id) ?? [],
    replyTo: replied.get(row.id) ?? null,
  }));
}

const QUOTE_CHARACTERS = 200;

/** What these rows answer, by their ids. The client's answers name a message as the messenger does, ours by our own id; nothing is asked where none answers. */
async function repliedTo(sql: Queries, accountId: number, rows: BareMessage[]): Promise<Map<string, NonNullable<MessageRow['replyTo']>>> {
  const answers = rows.filter(({ extra }) => extra.replyToMessageId !== undefined || extra.replyToExternalId !== undefined);
  if (answers.length === 0) return new Map();
  const asked = answers.map(({ id, chatId, channelId, extra }) => ({
    id,
    chat: chatId,
    channel: channelId,
    message: extra.replyToMessageId ?? null,
    external: extra.replyToExternalId ?? null,
  }));
  const found = await sql<(NonNullable<MessageRow['replyTo']> & { answer: string })[]>`
    select asked.id answer, m.id, m.position, m.direction, left(m.text, ${QUOTE_CHARACTERS}) as text,
      (select a.kind from attachments a where a.account_id = m.account_id and a.message_id = m.id order by a.index limit 1) kind
    from jsonb_to_recordset(${sql.json(asked)}) as asked (id uuid, chat uuid, channel bigint, message uuid, external text)
    join messages m on m.account_id = ${accountId} and m.chat_id = asked.chat and m.id = coalesce(asked.message,
      (select one.id from messages one where one.account_id = ${accountId} and one.channel_id = asked.channel and one.external_id = asked.external),
      (select p.message_id from parts p where p.account_id = ${accountId} and p.chat_id = asked.chat and p.external_ids <> '{}'
        and (p.external_ids[1] = asked.external or (cardinality(p.external_ids) > 1 and p.external_ids @> array[asked.external])) limit 1))`;
  return new Map(found.map(({ answer, ...message }) => [answer, message]));
}
