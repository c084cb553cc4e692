/** What people order in a chat. Every answer is read from the rows after the change, so that a repeat is answered like the first time. */

import type { ChatRow } from '../../db/turns/rows.ts';
import type { Author } from '../../domain/conversation/model.ts';
import { isWindowClosed, windowRefusal } from '../../domain/message/window.ts';
import type { ConversationOrder, OrderAnswer } from '../../workflows/messages.ts';
import { setBlocked } from './block.ts';
import { endListener, endRun } from './bots.ts';
import { loadFiles } from './files.ts';
import { planMessage } from './outgoing.ts';
import { acceptIncoming, applyToTalk } from './talk.ts';
import { abilitiesOfChat, changeChat, customerOf, leadOf, type World } from './world.ts';

type Refusal = NonNullable<OrderAnswer['refused']>;

export async function carryOutOrder(w: World, chat: ChatRow, id: string, order: ConversationOrder): Promise<OrderAnswer> {
  const by: Author = { kind: 'user', id: order.by };
  switch (order.type) {
    case 'write':
      return write(w, chat, id, order, by);
    case 'close': {
      if (!w.talks.has(chat.id)) return noConversation(w, chat);
      const outcome = await applyToTalk(w, chat, { type: 'closeAsked', at: w.at, by, force: order.force });
      if (outcome.closedBy !== undefined) endListener(w, chat, by, 'closed');
      if (order.stopBots === true) stopAll(w, chat, by);
      return answerOf(w, chat);
    }
    case 'noReplyNeeded':
      if (!w.talks.has(chat.id)) return noConversation(w, chat);
      await applyToTalk(w, chat, { type: 'noReplyNeededAsked', at: w.at, by });
      return answerOf(w, chat);
    case 'read':
      await applyToTalk(w, chat, { type: 'wasOpened', at: w.at, userId: order.by, counts: order.counts });
      return answerOf(w, chat);
    case 'markUnread':
      await applyToTalk(w, chat, { type: 'markUnreadAsked', at: w.at, userId: order.by });
      return answerOf(w, chat);
    case 'block':
      await setBlocked(w, chat, order.blocked, { kind: 'user', id: order.by });
      return answerOf(w, chat);
    case 'retry':
      return retry(w, chat, order.messageId);
    case 'arrived':
      return arrived(w, chat, order.messageId);
    default:
      return order satisfies never;
  }
}

/** Status of the chat's conversation as it now stands. */
export function answerOf(w: World, chat: ChatRow | undefined, extra: Partial<OrderAnswer> = {}): OrderAnswer {
  const talk = chat && w.talks.get(chat.id);
  return {
    status: talk?.status ?? 'none',
    isRead: talk?.isRead ?? true,
    ...(talk === undefined ? {} : { number: talk.number }),
    ...extra,
  };
}

/** An order that a turn has already taken: its message, where it made one, is found by its key. */
export async function answerAgain(w: World, chat: ChatRow | undefined, id: string, order: ConversationOrder): Promise<OrderAnswer> {
  if (order.type !== 'write' || chat === undefined) return answerOf(w, chat);
  const [row] = await w.tx<
    { id: string }[]
  >`select id from messages where account_id = ${w.accountId} and chat_id = ${chat.id} and key = ${`order/${id}`}`;
  if (row !== undefined) return answerOf(w, chat, { messageId: row.id });
  // Refused the first time, perhaps: the writer learns it now.
  return (await answeredSince(w, chat, order)) ?? answerOf(w, chat);
}

export const refusal = (w: World, chat: ChatRow | undefined, code: Refusal['code'], detail: string): OrderAnswer =>
  answerOf(w, chat, { refused: { code, detail } });
const noConversation = (w: World, chat: ChatRow) =>
  refusal(w, chat, 'no_conversation', 'This chat has no conversation: the client has not written yet');

async function write(
  w: World,
  chat: ChatRow,
  id: string,
  order: Extract<ConversationOrder, { type: 'write' }>,
  by: Author,
): Promise<OrderAnswer> {
  if (order.text.trim() === '' && order.fileIds.length === 0) return refusal(w, chat, 'empty', 'A message needs text or a file');
  const answered = await answeredSince(w, chat, order);
  if (answered !== undefined) return answered;
  const abilities = abilitiesOfChat(w, chat);
  const closed = isWindowClosed(abilities, chat.lastClientAt, w.at);
  if (closed && order.template === undefined) {
    const { code, words } = windowRefusal(abilities);
    return refusal(w, chat, code, words);
  }
  // What a closed window has refused before does not stand in a template's way; whatever else does, the messenger says.
  if (!chat.reachable && !closed)
    return refusal(w, chat, 'unreachable', chat.unreachableWords || 'The client cannot be reached until they write again');
  const files = await loadFiles(w.tx, w.accountId, order.fileIds);
  const missing = order.fileIds.find((fileId) => !files.has(fileId));
  if (missing !== undefined) return refusal(w, chat, 'empty', `There is no file ${missing}: upload it first`);
  const replyTo = order.replyTo === undefined ? undefined : await repliedTo(w, chat, order.replyTo);
  // The bot's unsent words are withdrawn before the person's are planned.
  if (w.settings.personReplyEndsBot || chat.listenerRunId !== null) {
    endListener(w, chat, by, 'replied', (run) => run.botSettings?.personReplyEnds ?? w.settings.personReplyEndsBot);
  }
  if (w.busyLanes.has(chat.id)) await hurry(w, chat);
  const { message } = await planMessage(w, chat, {
    key: `order/${id}`,
    text: order.text,
    attachments: order.fileIds.map((fileId) => files.get(fileId)!),
    buttons: order.buttons ?? [],
    ...(order.template === undefined ? {} : { template: order.template }),
    shortenLinks: order.shortenLinks,
    author: by,
    ...(replyTo === undefined ? {} : { replyTo }),
    tellsRun: false,
  });
  await applyToTalk(w, chat, { type: 'personWrote', at: w.at, userId: order.by, messageId: message.id });
  acceptIncoming(w, chat, by);
  return answerOf(w, chat, { messageId: message.id });
}

/** Parts before this person's that wait for a place in the channel's schedule take one now; pauses that the messenger asked for stay. */
async function hurry(w: World, chat: ChatRow): Promise<void> {
  const now = new Date().toISOString();
  const parts = await w.tx`update parts set not_before = null, place_at = ${now}
    where account_id = ${w.accountId} and chat_id = ${chat.id} and status = 'planned' and place_at is not null returning id`;
  if (parts.length > 0) w.hurried.add(chat.id);
}

/** The message that is answered, as the messenger knows it; undefined where this chat has none such: the words go out all the same. */
async function repliedTo(
  w: World,
  chat: ChatRow,
  messageId: string,
): Promise<{ messageId: string; externalId: string | undefined } | undefined> {
  const [row] = await w.tx<{ external_id: string | null }[]>`
    select coalesce(m.external_id, (select p.external_ids[1] from parts p
      where p.account_id = m.account_id and p.message_id = m.id and p.external_ids <> '{}' order by p.index limit 1)) as external_id
    from messages m where m.account_id = ${w.accountId} and m.id = ${messageId} and m.chat_id = ${chat.id}`;
  return row && { messageId, externalId: row.external_id ?? undefined };
}

/** The refusal for a writer who has not seen a colleague's answer; undefined where there is none, or where nothing was said of what was seen. */
async function answeredSince(
  w: World,
  chat: ChatRow,
  { seenPosition, by }: Extract<ConversationOrder, { type: 'write' }>,
): Promise<OrderAnswer | undefined> {
  if (seenPosition === undefined || seenPosition >= chat.lastPosition) return undefined;
  const [stored] = await w.tx<{ user_id: number | null; at: number; position: number }[]>`
    select author_id user_id, written_at at, position from messages
    where account_id = ${w.accountId} and chat_id = ${chat.id} and position > ${seenPosition} and direction = 'out' and author_kind = 'user'
      and author_id is distinct from ${by} and status not in ('refused', 'withdrawn')
    order by position desc limit 1`;
  const fresh = w.changes.messages.findLast(
    (one) => one.chatId === chat.id && one.position > seenPosition && one.authorKind === 'user' && one.authorId !== by,
  );
  const last = fresh === undefined ? stored : { user_id: fresh.authorId, at: fresh.writtenAt, position: fresh.position };
  if (last === undefined) return undefined;
  return answerOf(w, chat, {
    refused: {
      code: 'answered_since',
      detail: 'A colleague has answered since: look at it, and send without seenPosition if it is still to be sent',
      answered: { userId: last.user_id, at: last.at, position: last.position },
    },
  });
}

/** Only what did not get through goes out once more; parts that were accepted stay as they are. */
async function retry(w: World, chat: ChatRow, messageId: string): Promise<OrderAnswer> {
  const parts = await w.tx`
    update parts set status = 'planned', status_words = '', not_before = null, place_at = null, attempts = 0, created_at = ${w.at}
    where account_id = ${w.accountId} and chat_id = ${chat.id} and message_id = ${messageId} and status in ('refused', 'unknown') returning id`;
  if (parts.length === 0) return refusal(w, chat, 'no_message', 'Nothing of this message is waiting to be sent again');
  await w.tx`update messages set status = 'planned', status_words = '' where account_id = ${w.accountId} and id = ${messageId}`;
  w.planned.add(chat.id);
  w.busyLanes.add(chat.id);
  return answerOf(w, chat, { messageId });
}

/** The unknown parts of a message count as accepted from now on; what stood behind them goes out. */
async function arrived(w: World, chat: ChatRow, messageId: string): Promise<OrderAnswer> {
  const known = await w.tx`
    update parts set status = 'accepted', status_words = '', accepted_at = ${w.at}
    where account_id = ${w.accountId} and chat_id = ${chat.id} and message_id = ${messageId} and status = 'unknown' returning id`;
  if (known.length === 0) return refusal(w, chat, 'no_message', 'Of this message it is known what became of it');
  const rest = await w.tx`
    update parts set status = 'planned', status_words = '', not_before = null, place_at = null, attempts = 0, created_at = ${w.at}
    where account_id = ${w.accountId} and message_id = ${messageId} and status = 'refused' returning id`;
  const whole = rest.length === 0;
  const [message] = await w.tx<{ author_kind: Author['kind']; author_id: number | null; run_id: string | null; written_at: number }[]>`
    update messages set status = ${whole ? 'accepted' : 'planned'}, status_words = '', accepted_at = ${whole ? w.at : null}
    where account_id = ${w.accountId} and id = ${messageId} returning author_kind, author_id, run_id, written_at`;
  if (!whole) {
    w.planned.add(chat.id);
    w.busyLanes.add(chat.id);
  } else if (message !== undefined) {
    const { author_kind: kind, author_id: id, run_id: runId, written_at: writtenAt } = message;
    const author: Author = kind === 'bot' ? { kind, botId: id ?? 0, runId: runId ?? '' } : { kind: 'user', id: id ?? 0 };
    await applyToTalk(w, chat, { type: 'replyAccepted', at: w.at, by: kind === 'bot' ? 'bot' : 'person', messageId, writtenAt }, author);
  }
  // Pages learn of it though no other row of the chat may have changed.
  changeChat(w, chat, { reachable: chat.reachable });
  return answerOf(w, chat, { messageId });
}

function stopAll(w: World, chat: ChatRow, by: Author): void {
  const lead = leadOf(w, chat);
  const customerId = customerOf(w, chat);
  for (const run of w.runs.values()) {
    const onCard = (lead !== undefined && run.leadId === lead.id) || (customerId !== null && run.customerId === customerId);
    if (run.status !== 'ended' && (run.chatId === chat.id || onCard)) endRun(w, run, 'stopped', '', by);
  }
}
