import { abilitiesOf } from '../../domain/message/abilities.ts';
import { type Channel, ChannelError, ChannelInputError, type ConnectedChannel, type Received, type WebhookRequest } from '../channel.ts';
import { sameText } from '../same-text.ts';
import { parseObject } from './api.ts';
import { connect, disconnect, parseCredentials, test } from './connect.ts';
import { fetchMedia } from './media.ts';
import { parseDelivery } from './parse.ts';
import { sendPart } from './send.ts';
import { isSigned } from './signature.ts';
import { fetchTemplates } from './templates.ts';

/** Only 200 counts as taken. */
const TAKEN = { status: 200, body: '', contentType: 'text/plain' };

/** WhatsApp through the Cloud API. One phone number is one channel. `allowPrivateAddresses`: authors' files may be read from private addresses too. */
export function whatsappChannel({ allowPrivateAddresses = false }: { allowPrivateAddresses?: boolean } = {}): Channel {
  return {
    type: 'whatsapp',
    abilities: abilitiesOf('whatsapp'),
    deliversByRow: false,
    defaultReceive: 'webhook',
    parseCredentials,
    connect,
    test,
    disconnect,
    // For an app whose webhook somebody sets up by hand.
    reveal: ({ credentials }) => ({ channelId: credentials.phoneNumberId ?? '', secret: credentials.verifyToken ?? '' }),
    receive,
    send: (channel, outgoing) => sendPart(channel, outgoing, allowPrivateAddresses),
    fetchMedia: (channel, ref, signal) => fetchMedia(channel, ref, { allowPrivateAddresses, signal }),
    templates: fetchTemplates,
    // By a template only, which the window sees to. The chat is named as the client's own messages will name it.
    beginChat: (_chatId, { phone }) => chatOfPhone(phone ?? ''),
  };
}

/** The chat of a phone as it stands on a card: `+7 999 000-11-22`, `8 (999) 000-11-22`. Throws ChannelInputError where its country is missing. */
function chatOfPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  // In Russia and Kazakhstan people write 8 for their own country.
  const whole = /^8[3-9]\d{9}$/.test(digits) && !phone.trim().startsWith('+') ? `7${digits.slice(1)}` : digits;
  if (!/^[1-9]\d{9,14}$/.test(whole)) {
    throw new ChannelInputError('phone', 'WhatsApp reaches people by their phone: add it to the contact with its country code');
  }
  return `+${whole}`;
}

async function receive(channel: ConnectedChannel, request: WebhookRequest): Promise<Received> {
  if (request.method === 'GET') return challenge(channel, request.query);
  if (!isSigned(channel.credentials.appSecret ?? '', request.body, request.headers['x-hub-signature-256'])) {
    throw new ChannelError('refused', { scope: 'account', code: 'bad_signature', words: 'The signature of this webhook is wrong' });
  }
  const body = new TextDecoder().decode(request.body);
  const { facts, unread } = parseDelivery(parseObject(body), channel.credentials.phoneNumberId ?? '', Date.now());
  return { facts, answer: TAKEN, ...(unread ? { unparsed: body } : {}) };
}

/** Meta asks once, when the address is set, whether it is ours. */
function challenge(channel: ConnectedChannel, query: Record<string, string>): Received {
  const isOurs = sameText(query['hub.verify_token'], channel.credentials.verifyToken ?? '');
  if (query['hub.mode'] !== 'subscribe' || !isOurs) {
    throw new ChannelError('refused', { scope: 'account', code: 'bad_verify_token', words: 'The verify token is wrong' });
  }
  return { facts: [], answer: { ...TAKEN, body: query['hub.challenge'] ?? '' } };
}
