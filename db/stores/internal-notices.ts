/** What internal chats put into the notification centre: one open notification a chat and person, until they read. */
import type { Queries } from '../connection.ts';

/**
 * Tells members of a message: those it names, and in a direct chat the other one. A notification of the chat that is still unread takes the new
 * words and comes first again; a mention in it stays a mention.
 */
export async function tellMembers(
  sql: Queries,
  accountId: number,
  message: { id: number; chatId: number; authorId: number; authorName: string; chatTitle: string; text: string },
  told: { everybody: boolean; mentions: readonly number[] },
  at: number,
): Promise<number[]> {
  if (!told.everybody && told.mentions.length === 0) return [];
  const data = {
    internalChatId: message.chatId,
    internalMessageId: message.id,
    name: message.authorName,
    ...(message.chatTitle === '' ? {} : { chat: message.chatTitle }),
    words: message.text.length > 200 ? `${message.text.slice(0, 199).trimEnd()}…` : message.text,
  };
  const rows = await sql<{ id: number }[]>`
    with told as (
      select m.user_id, m.notification_id, m.user_id = any(${[...told.mentions]}::bigint[]) mentioned
      from internal_members m join users u on u.account_id = m.account_id and u.id = m.user_id and u.is_active
      where m.account_id = ${accountId} and m.chat_id = ${message.chatId} and m.user_id <> ${message.authorId}
        and (${told.everybody} or m.user_id = any(${[...told.mentions]}::bigint[]))
      order by m.user_id
    ), renewed as (
      update notifications n set data = ${data as never}::jsonb, at = ${at}, push_state = 'due', what = case when told.mentioned then 'mentioned' else n.what end from told
      where n.account_id = ${accountId} and n.id = told.notification_id and n.read_at is null and n.withdrawn_at is null
      returning n.id, n.user_id
    ), made as (
      insert into notifications (account_id, user_id, what, data, at)
      select ${accountId}, told.user_id, case when told.mentioned then 'mentioned' else 'internalMessage' end, ${data as never}::jsonb, ${at} from told
      where told.user_id not in (select user_id from renewed)
      returning id, user_id
    ), kept as (
      update internal_members m set notification_id = made.id from made
      where m.account_id = ${accountId} and m.chat_id = ${message.chatId} and m.user_id = made.user_id
    )
    select id from renewed union all select id from made`;
  return rows.map((row) => row.id);
}

/**
 * Reads up to a position, never back; what the chat told this person is withdrawn once nothing after it is unread. Returns what was withdrawn.
 * The chat's row is held first, as writers do: a message that is being written is either read too or keeps its notification.
 */
export async function readInternal(
  sql: Queries,
  accountId: number,
  chatId: number,
  userId: number,
  position: number,
  at: number,
): Promise<{ moved: boolean; withdrawn: number[] }> {
  const [row] = await sql<{ moved: boolean; withdrawn: number[] | null }[]>`
    with chat as (
      select last_position from internal_chats where account_id = ${accountId} and id = ${chatId} for share
    ), before as (
      select own.read_position, own.notification_id from chat, internal_members own
      where own.account_id = ${accountId} and own.chat_id = ${chatId} and own.user_id = ${userId} for update of own
    ), after as (
      update internal_members m set read_position = greatest(before.read_position, least(${position}::bigint, chat.last_position)),
        notification_id = case when ${position} >= chat.last_position then null else before.notification_id end
      from before, chat where m.account_id = ${accountId} and m.chat_id = ${chatId} and m.user_id = ${userId}
      returning m.read_position > before.read_position moved, before.notification_id was, m.notification_id is_now
    ), withdrawn as (
      update notifications n set withdrawn_at = ${at} from after
      where n.account_id = ${accountId} and n.id = after.was and after.is_now is null and n.withdrawn_at is null returning n.id
    )
    select moved, (select array_agg(id) from withdrawn) withdrawn from after`;
  return { moved: row?.moved ?? false, withdrawn: row?.withdrawn ?? [] };
}

/** A deleted message tells nobody any more. Returns what was withdrawn. */
export async function withdrawInternalMessage(
  sql: Queries,
  accountId: number,
  chatId: number,
  messageId: number,
  at: number,
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    update notifications n set withdrawn_at = ${at} from internal_members m
    where m.account_id = ${accountId} and m.chat_id = ${chatId} and n.account_id = m.account_id and n.id = m.notification_id and n.withdrawn_at is null
      and (n.data->>'internalMessageId')::bigint = ${messageId}
    returning n.id`;
  return rows.map((row) => row.id);
}
