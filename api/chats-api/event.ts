import type { ChannelFact } from '../../channels/channel.ts';
import { conversationIdOf, isUuid, ourId } from '../../channels/custom/ids.ts';
import { type ChatsApiEvent, factOf } from '../../channels/custom/parse.ts';
import { type ReactionCall, reactionFact } from '../../channels/custom/reaction.ts';
import {
  chatOfConversation,
  chatOfId,
  chatOfMsgid,
  ensureChat,
  type KnownChat,
  msgidOf,
  nameChat,
  type OfChannel,
  userOfAmojoId,
} from '../../db/stores/chats-api.ts';
import { isDatabaseAway } from '../away.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from './problem.ts';
import type { SignedCall } from './signed.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;
type NewMessage = Extract<ChatsApiEvent, { type: 'new_message' }>;
type Edit = Extract<ChatsApiEvent, { type: 'edit_message' }>;

export interface ResolvedEvent {
  fact: ChannelFact;
  answer: object;
}

/**
 * Replaces the ids of our side that an event names by what they stand for, and says what it is answered with. Ids of ours that the answer needs are made of
 * the integration's: they are the same at every repeat, and what the turn stores takes them.
 */
export function resolveEvent(deps: Deps, call: SignedCall, event: ChatsApiEvent): Promise<ResolvedEvent> {
  return event.type === 'new_message' ? resolveMessage(deps, call, event) : resolveEdit(deps, call, event);
}

async function resolveMessage(deps: Deps, call: SignedCall, event: NewMessage): Promise<ResolvedEvent> {
  const { channelUuid } = call;
  const of = ofChannel(call);
  const id = ourId(channelUuid, 'chat', event.conversationId);
  let chat = await whileAway(() => knownChat(deps, of, event));
  if (chat === undefined && event.direction === 'out') {
    // Only a client's message makes a chat in a turn; history may begin with ours.
    chat = await ensureChat(deps.sql, of, { id, conversationId: event.conversationId }, event.client, deps.now());
  }
  const chatId = chat?.id ?? id;
  const messageId = ourId(channelUuid, 'message', event.message.externalId);
  const repliedTo = event.replyToRef === undefined ? undefined : await whileAway(() => repliedMsgid(deps, of, event.replyToRef!));
  const clientId = ourId(channelUuid, 'user', event.client.externalUserId);
  const message = { ...event.message, id: messageId, ...(repliedTo === undefined ? {} : { replyToExternalId: repliedTo }) };
  const by = event.direction === 'out' && event.senderRef !== undefined ? await authorOf(deps, of, event.senderRef) : undefined;
  return {
    fact: factOf(
      { ...event, message },
      { externalChatId: event.conversationId, kind: 'private', id: chatId },
      by === undefined ? {} : { by },
    ),
    answer: {
      new_message: {
        // The vendor's naming: `msgid` is the message here, `ref_id` the integration's.
        msgid: messageId,
        ref_id: event.message.externalId,
        conversation_id: chatId,
        sender_id: event.direction === 'in' ? clientId : (event.senderRef ?? ''),
        receiver_id: event.direction === 'in' ? '' : clientId,
      },
    },
  };
}

/** The chat of a message; one that our side began is given its name by the client's first answer. */
async function knownChat(deps: Deps, of: OfChannel, event: NewMessage): Promise<KnownChat | undefined> {
  const named = await chatOfConversation(deps.sql, of, event.conversationId);
  if (named !== undefined || event.conversationRef === undefined || !isUuid(event.conversationRef)) return named;
  const begun = await chatOfId(deps.sql, of, event.conversationRef);
  if (begun === undefined || conversationIdOf(begun.externalChatId) !== undefined) return undefined;
  if (await nameChat(deps.sql, of, begun, event.conversationId, event.client, deps.now()))
    return { ...begun, externalChatId: event.conversationId };
  return chatOfConversation(deps.sql, of, event.conversationId);
}

/** A user of the account by their id of the chats API; whoever else writes on our side is the channel's bot. */
async function authorOf(deps: Deps, of: OfChannel, ref: string): Promise<{ kind: 'user'; id: number } | { kind: 'bot' }> {
  const userId = isUuid(ref) ? await userOfAmojoId(deps.sql, of.accountId, ref) : undefined;
  return userId === undefined ? { kind: 'bot' } : { kind: 'user', id: userId };
}

/** What a reply names by our id: the integration's own id of its message, or our id of one we sent. */
async function repliedMsgid(deps: Deps, of: OfChannel, ref: string): Promise<string> {
  const found = isUuid(ref) ? await msgidOf(deps.sql, of, ref) : undefined;
  return found?.msgid ?? ref;
}

async function resolveEdit(deps: Deps, call: SignedCall, event: Edit): Promise<ResolvedEvent> {
  const { channelUuid } = call;
  const of = ofChannel(call);
  const byRef = event.messageRef !== undefined && isUuid(event.messageRef) ? await msgidOf(deps.sql, of, event.messageRef) : undefined;
  const msgid = event.msgid ?? byRef?.msgid ?? undefined;
  if (msgid === undefined) throw notFound('There is no message of this id');
  // Without a conversation the message has to be stored already.
  const conversationId = event.conversationId ?? byRef?.externalChatId ?? (await chatOfMsgid(deps.sql, of, msgid))?.externalChatId;
  if (conversationId === undefined) throw notFound('There is no message of this id');
  const chat = await whileAway(() => chatOfConversation(deps.sql, of, conversationId));
  return {
    fact: factOf({ ...event, msgid }, { externalChatId: conversationId, kind: 'private' }),
    answer: {
      new_message: {
        msgid: ourId(channelUuid, 'message', msgid),
        ref_id: msgid,
        conversation_id: chat?.id ?? ourId(channelUuid, 'chat', conversationId),
        sender_id: '',
        receiver_id: '',
      },
    },
  };
}

/** A reaction names a message of either side, by the integration's id or ours. */
export async function resolveReaction(deps: Deps, call: SignedCall, reaction: ReactionCall): Promise<ChannelFact> {
  const of = ofChannel(call);
  const { messageRef } = reaction;
  const byRef = messageRef !== undefined && isUuid(messageRef) ? await whileAway(() => msgidOf(deps.sql, of, messageRef)) : undefined;
  // Our own messages have no other name than the one they went out with.
  const msgid = reaction.msgid ?? byRef?.msgid ?? messageRef!;
  const chat = await whileAway(() =>
    reaction.conversationId === undefined ? chatOfMsgid(deps.sql, of, msgid) : chatOfConversation(deps.sql, of, reaction.conversationId),
  );
  const conversationId = chat?.externalChatId ?? byRef?.externalChatId ?? reaction.conversationId;
  if (conversationId === undefined) throw notFound('There is no message of this id');
  return reactionFact(reaction, conversationId, msgid);
}

export const ofChannel = ({ channel }: SignedCall): OfChannel => ({ accountId: channel.accountId, channelId: channel.id });

/** A client's message is durable in Temporal, not here: while Postgres is away its ids are the ones it would get. */
async function whileAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isDatabaseAway(error)) return undefined;
    throw error;
  }
}
