import { abilitiesOf } from '../../domain/message/abilities.ts';
import { type Channel, ChannelError, type ConnectedChannel } from '../channel.ts';
import { parseExact } from '../exact-json.ts';
import { openAddress } from '../open-address.ts';
import { sameText } from '../same-text.ts';
import { call, isRecord, trustedHostOf } from './api.ts';
import { connect, disconnect, parseCredentials, secretOf, test } from './connect.ts';
import { readVideoRef } from './content.ts';
import { parseUpdate } from './parse.ts';
import { poll } from './poll.ts';
import { sendPart } from './send.ts';

/** MAX wants 200, nothing else; it delivers again for some eight hours. */
const ACCEPTED = { status: 200, body: '', contentType: 'text/plain' };
const ANSWER_TIMEOUT_MS = 5_000;

/** MAX through its bot API. One bot is one channel. `allowPrivateAddresses`: clients' files may be read from private addresses too. */
export function maxChannel({ allowPrivateAddresses = false }: { allowPrivateAddresses?: boolean } = {}): Channel {
  return {
    type: 'max',
    abilities: abilitiesOf('max'),
    deliversByRow: false,
    defaultReceive: 'polling',
    parseCredentials,
    connect,
    test,
    disconnect,

    async receive(channel, request) {
      if (!sameText(request.headers['x-max-bot-api-secret'], secretOf(channel))) {
        throw new ChannelError('refused', { scope: 'account', code: 'bad_secret', words: 'The webhook secret is wrong' });
      }
      const body = new TextDecoder().decode(request.body);
      const facts = parseUpdate(parseExact(body), channel.facts.botId ?? '');
      return facts === undefined ? { facts: [], answer: ACCEPTED, unparsed: body } : { facts, answer: ACCEPTED };
    },

    poll,
    send: (channel, outgoing) => sendPart(channel, outgoing, allowPrivateAddresses),

    async answerPress(channel, pressToken) {
      try {
        // An answer changes the message or shows a notice; the message stays as it is, so the notice says no more than "taken".
        await call(channel, 'POST', 'answers', {
          query: { callback_id: pressToken },
          body: { notification: '✓' },
          timeoutMs: ANSWER_TIMEOUT_MS,
          reading: true,
        });
      } catch (error) {
        // Too late, or MAX is away: no matter.
        if (!(error instanceof ChannelError)) throw error;
      }
    },

    async fetchMedia(channel, ref, signal) {
      const options = { messenger: 'MAX', allowPrivateAddresses, signal, ...trusted(channel) };
      const video = readVideoRef(ref);
      return openAddress(video === undefined ? ref : await videoAddress(channel, video, signal), options);
    },
  };
}

function trusted(channel: ConnectedChannel): { trustedHost?: string } {
  const host = trustedHostOf(channel);
  return host === undefined ? {} : { trustedHost: host };
}

/** The largest file of a video. MAX names none while it is preparing it. */
async function videoAddress(
  channel: ConnectedChannel,
  { token, url }: { token: string; url: string | undefined },
  signal: AbortSignal,
): Promise<string> {
  const { urls } = await call(channel, 'GET', `videos/${token}`, { signal, reading: true });
  const [best] = Object.entries(isRecord(urls) ? urls : {})
    .flatMap(([name, address]) => {
      const lines = Number(/^mp4_(\d+)$/.exec(name)?.[1]);
      return typeof address === 'string' && address !== '' && lines > 0 ? [{ lines, address }] : [];
    })
    .sort((a, b) => b.lines - a.lines);
  const address = best?.address ?? url;
  if (address === undefined) throw new ChannelError('unavailable', { code: 'no_video', words: 'MAX names no file of this video yet' });
  return address;
}
