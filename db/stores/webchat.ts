import type { AttachmentKind, Button } from '../../domain/message/model.ts';
import type { Queries } from '../connection.ts';

/** One visitor's thread as the public routes name it. */
export interface VisitorChat {
  accountId: number;
  channelId: number;
  externalChatId: string;
}

export interface VisitorMessage {
  position: number;
  externalId: string | null;
  direction: 'in' | 'out';
  authorKind: 'user' | 'bot' | 'client' | 'system';
  /** The user's or bot's name; the account's for what the system says. */
  authorName: string;
  text: string;
  buttons: Button[];
  writtenAt: number;
  attachments: {
    kind: AttachmentKind;
    fileId: string | null;
    name: string;
    mime: string;
    sizeBytes: number | null;
    widthPx: number | null;
    heightPx: number | null;
  }[];
}

/** Our own id of the thread; undefined before its first message. */
export async function chatIdOfVisitor(sql: Queries, chat: VisitorChat): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from chats where account_id = ${chat.accountId} and channel_id = ${chat.channelId} and external_chat_id = ${chat.externalChatId}`;
  return row?.id;
}

/** The name under which a user's messages are shown to visitors. */
export async function nameOfUser(sql: Queries, accountId: number, userId: number): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`select name from users where account_id = ${accountId} and id = ${userId}`;
  return row?.name;
}

/**
 * Messages of a thread that its visitor may see, oldest first: after a position, before one, or the latest. A stored message is with the
 * visitor already, so planned ones count; what was withdrawn or refused was never said. Positions of a chat are given and committed in
 * order (its turns hold the chat's lock): none ever appears below one that was read.
 */
export async function messagesOfVisitor(
  sql: Queries,
  chat: VisitorChat,
  { after, before, limit }: { after?: number; before?: number; limit: number },
): Promise<VisitorMessage[]> {
  const forward = after !== undefined;
  const rows = await sql<VisitorMessage[]>`
    select m.position, m.external_id "externalId", m.direction, m.author_kind "authorKind",
      coalesce(m.extra #>> '{sent,text}', m.text) text, coalesce(m.extra #> '{sent,buttons}', m.buttons) buttons, m.written_at "writtenAt",
      coalesce(case m.author_kind when 'user' then u.name when 'bot' then b.name end, a.name) "authorName",
      (select coalesce(jsonb_agg(jsonb_build_object('kind', f.kind, 'fileId', f.file_id, 'name', f.name, 'mime', f.mime, 'sizeBytes', f.size_bytes,
          'widthPx', f.width_px, 'heightPx', f.height_px) order by f.index), '[]')
        from attachments f where f.account_id = m.account_id and f.message_id = m.id) attachments
    from messages m
    join chats c on c.account_id = m.account_id and c.id = m.chat_id
    join accounts a on a.id = m.account_id
    left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
    left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id
    where m.account_id = ${chat.accountId} and c.channel_id = ${chat.channelId} and c.external_chat_id = ${chat.externalChatId}
      and m.status not in ('withdrawn', 'refused')
      ${forward ? sql`and m.position > ${after}` : sql``} ${before === undefined ? sql`` : sql`and m.position < ${before}`}
    order by m.position ${forward ? sql`asc` : sql`desc`} limit ${limit}`;
  return forward ? rows : [...rows].reverse();
}

/** The thread's greatest position and how far both sides have read; zeros before its first message. */
export async function stateOfVisitor(sql: Queries, chat: VisitorChat): Promise<{ cursor: number; seenUpTo: number; readUpTo: number }> {
  const [row] = await sql<{ cursor: number; seenUpTo: number | null; readUpTo: number | null }[]>`
    select c.last_position "cursor",
      (select max(m.position) from messages m
        where m.account_id = c.account_id and m.chat_id = c.id and m.direction = 'in' and m.status = 'read') "seenUpTo",
      (select max(m.position) from messages m
        where m.account_id = c.account_id and m.chat_id = c.id and m.direction = 'out' and m.status = 'read') "readUpTo"
    from chats c where c.account_id = ${chat.accountId} and c.channel_id = ${chat.channelId} and c.external_chat_id = ${chat.externalChatId}`;
  return { cursor: row?.cursor ?? 0, seenUpTo: row?.seenUpTo ?? 0, readUpTo: row?.readUpTo ?? 0 };
}

const MOST_RECEIPTS = 200;

/** External ids of our parts up to a position that have not come as far as `status` yet; the newest 200. */
export async function unconfirmedOfVisitor(sql: Queries, chat: VisitorChat, upTo: number, status: 'delivered' | 'read'): Promise<string[]> {
  const before = status === 'read' ? ['accepted', 'delivered', 'unknown'] : ['accepted', 'unknown'];
  const rows = await sql<{ externalId: string }[]>`
    select distinct unnest(p.external_ids) "externalId" from (
      select m.id from messages m join chats c on c.account_id = m.account_id and c.id = m.chat_id
      where m.account_id = ${chat.accountId} and c.channel_id = ${chat.channelId} and c.external_chat_id = ${chat.externalChatId}
        and m.direction = 'out' and m.position <= ${upTo} and m.status in ${sql(before)}
      order by m.position desc limit ${MOST_RECEIPTS}) recent
    join parts p on p.account_id = ${chat.accountId} and p.message_id = recent.id and p.status in ${sql(before)}`;
  return rows.map(({ externalId }) => externalId);
}
