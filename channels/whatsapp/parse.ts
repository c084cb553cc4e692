import { wellFormed } from '../../domain/message/clean.ts';
import type { InboundMessage, InboundSender } from '../../domain/message/model.ts';
import type { ChannelFact, ChatRef } from '../channel.ts';
import { type Content, contentOf, type Fields, optionalText, record, text } from './content.ts';
import { isRecord, wordsOf } from './errors.ts';

/** A clock that is wrong by more than this is not believed. */
const DAY_MS = 86_400_000;
/** A visitor of a site, or a chat's client, as links name them. */
const VISITOR = /(?:^|\s)ID:\s*([0-9a-f]{32}|[0-9A-Za-z]{22})(?=$|[\s.,!])/;
/** What was written on a phone by one of ours; the second name is that of newer subscriptions. */
const ECHOES = new Set(['smb_message_echoes', 'message_echoes']);

/** `unread`: something in the delivery could not be read; the caller keeps the whole of it. */
export interface ParsedDelivery {
  facts: ChannelFact[];
  unread: boolean;
}

/**
 * Turns one delivery into facts: it may hold many entries, changes, messages and statuses of several chats. What concerns another number of the same app is
 * left to that number's own channel. `nowAt` (epoch ms) stands in for a missing time.
 */
export function parseDelivery(body: Fields | undefined, phoneNumberId: string, nowAt: number): ParsedDelivery {
  if (body === undefined || !Array.isArray(body.entry)) return { facts: [], unread: true };
  const facts: ChannelFact[] = [];
  let unread = false;
  const read = (make: () => ChannelFact | undefined) => {
    try {
      const fact = make();
      if (fact !== undefined) facts.push(fact);
    } catch (error) {
      // A field missing or of another type than documented: its neighbours are still good.
      if (!(error instanceof TypeError)) throw error;
      unread = true;
    }
  };
  for (const change of body.entry.flatMap((entry) => (isRecord(entry) && Array.isArray(entry.changes) ? entry.changes : [undefined]))) {
    if (!isRecord(change) || !isRecord(change.value)) {
      unread = true;
      continue;
    }
    const { value } = change;
    if (isRecord(value.metadata) && value.metadata.phone_number_id !== phoneNumberId) continue;
    for (const message of listOf(value.messages)) read(() => messageFact(record(message), value, nowAt));
    for (const status of listOf(value.statuses)) read(() => receiptFact(record(status), nowAt));
    if (ECHOES.has(String(change.field))) for (const echo of listOf(value.message_echoes)) read(() => echoFact(record(echo), nowAt));
    // Out-of-band errors belong to no message: somebody should see them.
    if (value.messages === undefined && value.statuses === undefined && value.errors !== undefined) unread = true;
  }
  return { facts, unread };
}

function messageFact(message: Fields, value: Fields, nowAt: number): ChannelFact {
  const id = identity(message.id);
  const receivedAt = timeOf(message.timestamp, nowAt);
  const chat = chatOf(message.group_id, message.from, message.from_user_id);
  if (message.type === 'edit') return editFact(id, record(message.edit), chat, receivedAt);
  if (message.type === 'revoke') return revokeFact(id, message, chat, receivedAt);
  if (message.type === 'reaction') {
    const by = optionalText(message.from_user_id) || optionalText(message.from);
    return reactionFact(id, record(message.reaction), chat, { externalUserId: wellFormed(by), side: 'client' }, receivedAt);
  }
  const content = contentOf(message);
  return {
    type: 'messageReceived',
    id: `message/${id}`,
    chat,
    sender: senderOf(message, value),
    message: { ...inboundMessage(id, receivedAt, message, content), ...cameBy(content.text) },
  };
}

/** A WhatsApp link only writes the client's first words: `wa.me/<phone>?text=ID:%20{{session_id}}` says there who comes. */
function cameBy(words: string): Pick<InboundMessage, 'startPayload'> {
  const uid = VISITOR.exec(words)?.[1];
  return uid === undefined ? {} : { startPayload: uid };
}

function inboundMessage(id: string, receivedAt: number, message: Fields, content: Content): InboundMessage {
  const replyTo = replyTargetOf(message);
  return {
    externalId: id,
    receivedAt,
    // Seconds, and ids without an order: messages of one second keep the order in which they arrive.
    order: [receivedAt, 0],
    ...content,
    ...(replyTo === '' ? {} : { replyToExternalId: wellFormed(replyTo) }),
  };
}

function replyTargetOf(message: Fields): string {
  return isRecord(message.context) ? optionalText(message.context.id) : '';
}

function editFact(id: string, edit: Fields, chat: ChatRef, receivedAt: number): ChannelFact {
  return {
    type: 'messageEdited',
    id: `edit/${id}`,
    chat,
    externalId: identity(edit.original_message_id),
    text: contentOf(record(edit.message)).text,
    receivedAt,
  };
}

/** One emoji a person; without one it was taken back. */
function reactionFact(
  id: string,
  reaction: Fields,
  chat: ChatRef,
  by: { externalUserId: string; side: 'client' | 'user' },
  receivedAt: number,
): ChannelFact {
  const emoji = wellFormed(optionalText(reaction.emoji));
  return {
    type: 'reactionChanged',
    id: `reaction/${id}`,
    chat,
    externalId: identity(reaction.message_id),
    by,
    emoji: emoji === '' ? [] : [emoji],
    receivedAt,
  };
}

function revokeFact(id: string, message: Fields, chat: ChatRef, receivedAt: number): ChannelFact {
  const externalId = identity(record(message.revoke).original_message_id);
  return { type: 'messageDeleted', id: `revoke/${id}`, chat, externalId, receivedAt };
}

/** What one of ours did in the WhatsApp Business app: a reply, or a change of one. Who of them Meta does not say. */
function echoFact(echo: Fields, nowAt: number): ChannelFact {
  const id = identity(echo.id);
  const chat = chatOf(echo.group_id, echo.to, echo.to_user_id);
  const receivedAt = timeOf(echo.timestamp, nowAt);
  if (echo.type === 'edit') return editFact(id, record(echo.edit), chat, receivedAt);
  if (echo.type === 'revoke') return revokeFact(id, echo, chat, receivedAt);
  if (echo.type === 'reaction') {
    return reactionFact(
      id,
      record(echo.reaction),
      chat,
      { externalUserId: wellFormed(optionalText(echo.from)) || 'own', side: 'user' },
      receivedAt,
    );
  }
  return { type: 'colleagueReplied', id: `echo/${id}`, chat, message: inboundMessage(id, receivedAt, echo, contentOf(echo)) };
}

/** `sent` says nothing new: the call was already taken. A voice message that was played was read. */
function receiptFact(status: Fields, nowAt: number): ChannelFact | undefined {
  const id = identity(status.id);
  const said = text(status.status);
  const kind = said === 'played' ? 'read' : said;
  if (kind !== 'delivered' && kind !== 'read' && kind !== 'failed') return undefined;
  const words = kind === 'failed' ? failureOf(status.errors) : '';
  return {
    type: 'receiptCame',
    id: `${kind}/${id}`,
    chat: chatOf(undefined, status.recipient_id, status.recipient_user_id),
    status: kind,
    externalIds: [id],
    ...(words === '' ? {} : { words }),
    receivedAt: timeOf(status.timestamp, nowAt),
  };
}

function failureOf(errors: unknown): string {
  const [first] = listOf(errors);
  if (!isRecord(first)) return '';
  const data = isRecord(first.error_data) ? first.error_data : {};
  const words = (value: unknown) => (typeof value === 'string' ? wellFormed(value) : '');
  return wordsOf({
    code: typeof first.code === 'number' ? first.code : 0,
    message: words(first.title) || words(first.message),
    details: words(data.details),
  });
}

/** Who wrote: the id that belongs to this business where Meta names it, else the phone. */
function senderOf(message: Fields, value: Fields): InboundSender {
  const phone = wellFormed(optionalText(message.from));
  const userId = wellFormed(optionalText(message.from_user_id));
  const contact = listOf(value.contacts)
    .filter(isRecord)
    .find(({ wa_id, user_id }) => (phone !== '' && wa_id === phone) || (userId !== '' && user_id === userId));
  const profile = isRecord(contact?.profile) ? contact.profile : {};
  const name = typeof profile.name === 'string' ? wellFormed(profile.name).trim() : '';
  const username = typeof profile.username === 'string' ? wellFormed(profile.username) : '';
  return {
    externalUserId: userId || phone,
    name: name || (phone === '' ? userId : `+${phone}`),
    ...(username === '' ? {} : { username }),
    ...(/^\d{5,15}$/.test(phone) ? { phone: `+${phone}` } : {}),
  };
}

/**
 * A chat is known by the client's phone with its plus (so that it can be told for one), which messages, statuses and echoes alike name; by the id Meta gives clients who hide theirs. Groups have an id of
 * their own.
 */
function chatOf(groupId: unknown, phone: unknown, userId: unknown): ChatRef {
  const group = optionalText(groupId);
  if (group !== '') return { externalChatId: wellFormed(group), kind: 'group' };
  const digits = optionalText(phone).replace(/^\+/, '');
  return { externalChatId: digits === '' ? identity(userId) : `+${wellFormed(digits)}`, kind: 'private' };
}

function identity(value: unknown): string {
  const id = wellFormed(text(value));
  if (id === '') throw new TypeError('an id is empty');
  return id;
}

/** Epoch seconds as text, in ms. */
function timeOf(timestamp: unknown, nowAt: number): number {
  const at = typeof timestamp === 'string' && /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  return at > 0 && at < nowAt + DAY_MS ? at : nowAt;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
