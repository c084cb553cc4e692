import { randomBytes } from 'node:crypto';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import type { Channel } from '../channel.ts';
import { ChannelError } from '../channel.ts';

/**
 * The chat on a site. Nobody outside is called: a stored part is already where the visitor's page reads it, and what visitors write
 * comes through our own routes (`/webchat/<public id>`), not through a webhook.
 */
export function webchatChannel(): Channel {
  return {
    type: 'webchat',
    abilities: abilitiesOf('webchat'),
    deliversByRow: true,
    defaultReceive: 'webhook',
    parseCredentials: () => ({}),
    /** Gives the public id that stands in the site's script tag; connecting again keeps it, so embedded pages go on working. */
    async connect(channel) {
      const key = channel.facts.key ?? `wc_${randomBytes(12).toString('base64url')}`;
      return { externalId: key, name: 'Web chat', facts: { ...channel.facts, key } };
    },
    async test(channel) {
      return { words: `Ready: pages load the chat with data-channel="${channel.facts.key ?? ''}"` };
    },
    async disconnect() {
      // Nothing is registered anywhere: the public routes look the channel's state up themselves.
    },
    async receive() {
      throw new ChannelError('refused', {
        scope: 'account',
        code: 'no_webhook',
        words: 'A web chat has no webhook: visitors write through /webchat',
      });
    },
    async send() {
      throw new ChannelError('refused', { code: 'delivers_by_row', words: 'A part of a web chat is delivered when it is stored' });
    },
  };
}
