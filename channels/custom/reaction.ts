import type { ChannelFact } from '../channel.ts';
import { FieldError, identity, instantOf, optionalIdentity, optionalRecord, record, text } from './payload.ts';

/** What `POST /{scope_id}/react` brings, before our side's ids in it are looked up. */
export interface ReactionCall {
  conversationId: string | undefined;
  /** The integration's id of the message, or ours. */
  msgid: string | undefined;
  messageRef: string | undefined;
  /** A manager is named by their id on our side. */
  by: { externalUserId: string; side: 'client' | 'user' };
  emoji: string[];
  receivedAt: number;
}

/** One emoji a person: a later one stands instead of the earlier, `unreact` takes it back. Throws FieldError. `nowAt`: epoch ms, where no time is told. */
export function parseReaction(body: unknown, nowAt: number): ReactionCall {
  const call = record(body, 'The body');
  const { type } = call;
  if (type !== 'react' && type !== 'unreact') throw new FieldError('type must be react or unreact');
  const msgid = optionalIdentity(call.msgid, 'msgid');
  const messageRef = optionalIdentity(call.id, 'id');
  if (msgid === undefined && messageRef === undefined) throw new FieldError('msgid is missing');
  const user = optionalRecord(call.user, 'user') ?? {};
  const managerId = optionalIdentity(user.ref_id, 'user.ref_id');
  const emoji = text(call.emoji, 'emoji').trim().slice(0, 50);
  if (type === 'react' && emoji === '') throw new FieldError('emoji is missing');
  return {
    conversationId: optionalIdentity(call.conversation_id, 'conversation_id'),
    msgid,
    messageRef,
    by:
      managerId === undefined
        ? { externalUserId: call.user === undefined ? 'client' : identity(user.id, 'user.id'), side: 'client' }
        : { externalUserId: managerId, side: 'user' },
    emoji: type === 'react' ? [emoji] : [],
    receivedAt: instantOf(call, nowAt),
  };
}

/** The fact of a reaction in a chat. `externalId`: the message as its messenger names it. */
export function reactionFact(call: ReactionCall, externalChatId: string, externalId: string): ChannelFact {
  const { by, emoji, receivedAt } = call;
  return {
    type: 'reactionChanged',
    id: `reaction/${externalId}/${by.externalUserId}/${receivedAt}/${emoji.join()}`,
    chat: { externalChatId, kind: 'private' },
    externalId,
    by,
    emoji,
    receivedAt,
  };
}
