import { abilitiesOf } from '../../domain/message/abilities.ts';
import { type Channel, ChannelError } from '../channel.ts';
import { openAddress } from '../open-address.ts';
import { call, trustedHostOf } from './api.ts';
import { findColleague } from './colleagues.ts';
import { connect, disconnect, parseCredentials, test } from './connect.ts';
import { poll } from './long-poll.ts';
import { receiveCall } from './receive.ts';
import { sendPart } from './send.ts';

const abilities = abilitiesOf('vk');

/** VK communities: messages by callback server or long poll. One community is one channel. */
export function vkChannel(options: { allowPrivateAddresses?: boolean } = {}): Channel {
  const allowPrivateAddresses = options.allowPrivateAddresses ?? false;
  return {
    type: 'vk',
    abilities,
    deliversByRow: false,
    defaultReceive: 'polling',
    parseCredentials,
    connect,
    test,
    disconnect,
    receive: receiveCall,
    poll,
    findColleague,
    send: (channel, outgoing) => sendPart(channel, outgoing, allowPrivateAddresses),

    async answerPress(channel, pressToken) {
      const [, userId, peerId, eventId] = /^(\d+)\/(\d+)\/(.+)$/.exec(pressToken) ?? [];
      if (eventId === undefined) return;
      try {
        await call(
          channel,
          'messages.sendMessageEventAnswer',
          { event_id: eventId, user_id: userId, peer_id: peerId },
          { timeoutMs: 5_000, reading: true },
        );
      } catch (error) {
        // Later than a minute, or VK is away: the spinner ends by itself.
        if (!(error instanceof ChannelError)) throw error;
      }
    },

    /** VK gives files as addresses that are signed and need no key. */
    fetchMedia: (channel, ref, signal) =>
      openAddress(ref, { messenger: 'VK', trustedHost: trustedHostOf(channel), allowPrivateAddresses, signal }),
  };
}
