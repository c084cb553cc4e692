import { randomBytes, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import { type Channel, ChannelError, type ChannelFact, ChannelInputError } from '../channel.ts';
import { isPublic, openAddress } from '../open-address.ts';
import { channelIdOf, hookVersionOf } from './hook.ts';
import { isUuid, unnamedChat } from './ids.ts';
import { factOf, parseEvent } from './parse.ts';
import { FieldError, jsonOf } from './payload.ts';
import { parseReaction, reactionFact } from './reaction.ts';
import { hookAddress, sendPart } from './send.ts';
import { flawOf } from './signature.ts';

const ACCEPTED = { status: 200, body: '{}', contentType: 'application/json' };

/**
 * Any messenger behind an integration that speaks the vendor's chats API: it calls `/v2/origin/custom/…` here and takes our hooks. The channel's id, its
 * secret and the account's `scope_id` are facts and credentials of the row; the account is connected by the integration's own call, not by ours.
 */
export function customChannel({ allowPrivateAddresses = false }: { allowPrivateAddresses?: boolean } = {}): Channel {
  return {
    type: 'custom',
    abilities: abilitiesOf('custom'),
    deliversByRow: false,
    defaultReceive: 'webhook',
    namesPeople: true,

    parseCredentials(input, before) {
      const { webhookUrl, secret, channelId } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
      if (typeof webhookUrl !== 'string' || !/^https?:\/\//i.test(webhookUrl.trim()) || !URL.canParse(webhookUrl.trim())) {
        throw new ChannelInputError('webhookUrl', 'Give the address that takes the hooks, such as https://example.com/hooks/:scope_id');
      }
      // An integration that is used elsewhere already may keep its id and its secret.
      if (secret !== undefined && (typeof secret !== 'string' || !/^[\x21-\x7e]{16,200}$/.test(secret))) {
        throw new ChannelInputError('secret', 'A secret has 16 to 200 characters without spaces; leave it out and one is made');
      }
      if (channelId !== undefined && (typeof channelId !== 'string' || !isUuid(channelId))) {
        throw new ChannelInputError('channelId', "Give the channel's id as a UUID, or leave it out and one is made");
      }
      return {
        webhookUrl: webhookUrl.trim(),
        secret: secret ?? before?.secret ?? randomBytes(20).toString('hex'),
        ...(channelId === undefined ? {} : { channelId: channelId.toLowerCase() }),
      };
    },

    async connect(channel) {
      const { hostname } = new URL(channel.credentials.webhookUrl ?? '');
      if (!allowPrivateAddresses && channel.apiRoot === undefined && isPrivateName(hostname)) {
        throw new ChannelInputError(
          'webhookUrl',
          'This is a private address, which this installation does not call: give a public one, or have BESEDA_ALLOW_PRIVATE_ADDRESSES set',
        );
      }
      const channelId = channel.credentials.channelId ?? channel.facts.channelId ?? randomUUID();
      // Another channel id is another scope: the integration has to connect anew.
      const kept = channel.facts.channelId === channelId ? channel.facts : {};
      return { externalId: channelId, name: hostname, facts: { ...kept, channelId } };
    },

    async test(channel) {
      const url = hookAddress(channel);
      return { words: `${channel.facts.title || channel.facts.scopeId}; hooks ${hookVersionOf(channel)} → ${url.host}` };
    },

    async disconnect() {
      // Nothing is registered with the integration: its calls find no channel any more.
    },

    reveal: (channel) => ({ channelId: channelIdOf(channel), secret: channel.credentials.secret ?? '' }),

    async receive(channel, request) {
      const nowAt = Date.now();
      const flaw = flawOf(channel.credentials.secret ?? '', { ...request, path: request.path ?? '' }, nowAt);
      if (flaw !== undefined) throw new ChannelError('refused', { scope: 'account', code: 'bad_signature', words: flaw });
      try {
        return { facts: [factIn(jsonOf(request.body), nowAt)], answer: ACCEPTED };
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        return { facts: [], answer: ACCEPTED, unparsed: new TextDecoder().decode(request.body) };
      }
    },

    beginChat(chatId, client) {
      if (client.phone === undefined)
        throw new ChannelInputError('phone', 'the integration reaches people by their phone: add it to the contact');
      return unnamedChat(chatId);
    },

    send: (channel, outgoing) => sendPart(channel, outgoing, allowPrivateAddresses),

    fetchMedia: (channel, ref, signal) =>
      openAddress(ref, {
        messenger: 'the integration',
        allowPrivateAddresses,
        signal,
        ...(channel.apiRoot === undefined ? {} : { trustedHost: new URL(channel.apiRoot).hostname }),
      }),
  };
}

/** What a call says, by the integration's own ids alone. Throws FieldError. */
function factIn(body: unknown, nowAt: number): ChannelFact {
  if (typeof body === 'object' && body !== null && !('event_type' in body) && 'emoji' in body) {
    const reaction = parseReaction(body, nowAt);
    const { conversationId, msgid } = reaction;
    if (conversationId === undefined || msgid === undefined) throw new FieldError('conversation_id and msgid are missing');
    return reactionFact(reaction, conversationId, msgid);
  }
  const event = parseEvent(body, nowAt);
  const externalChatId = event.conversationId;
  if (externalChatId === undefined) throw new FieldError('payload.conversation_id is missing');
  return factOf(event, { externalChatId, kind: 'private' });
}

/** Private as it is written; a name that leads to a private address is found out at each call. */
function isPrivateName(hostname: string): boolean {
  const literal = hostname.replace(/^\[|\]$/g, '');
  return literal === 'localhost' || literal.endsWith('.localhost') || (isIP(literal) !== 0 && !isPublic(literal));
}
