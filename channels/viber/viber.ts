import { abilitiesOf } from '../../domain/message/abilities.ts';
import { type Channel, ChannelError, ChannelInputError, type ConnectedChannel } from '../channel.ts';
import { digitsOf, parseExact } from '../exact-json.ts';
import { openAddress } from '../open-address.ts';
import { apiRootOf, call, tokenOf } from './api.ts';
import { parseEvent } from './parse.ts';
import { sendPart } from './send.ts';
import { isSigned } from './signature.ts';

/** What can be left out of the deliveries and is not. `message`, `subscribed` and `unsubscribed` always come. */
const EVENT_TYPES = ['delivered', 'seen', 'failed', 'subscribed', 'unsubscribed', 'conversation_started'];

const MAX_SENDER_NAME = 28;
const ACCEPTED = { status: 200, body: '', contentType: 'text/plain' };

/** Viber through the REST bot API. One bot is one channel. `allowPrivateAddresses`: clients' files may be read from private addresses too. */
export function viberChannel({ allowPrivateAddresses = false }: { allowPrivateAddresses?: boolean } = {}): Channel {
  return {
    type: 'viber',
    abilities: abilitiesOf('viber'),
    deliversByRow: false,
    defaultReceive: 'webhook',

    parseCredentials(input) {
      const { token, senderName } = (typeof input === 'object' && input !== null ? input : {}) as { token?: unknown; senderName?: unknown };
      if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token.trim())) {
        throw new ChannelInputError('token', "Give the token that Viber's admin panel shows under “Edit info”");
      }
      if (senderName !== undefined && typeof senderName !== 'string') {
        throw new ChannelInputError('senderName', 'Give the name that stands over your messages');
      }
      const name = (senderName ?? '').trim();
      if (name.length > MAX_SENDER_NAME) {
        throw new ChannelInputError('senderName', `Viber shows at most ${MAX_SENDER_NAME} characters of a name: give a shorter one`);
      }
      return { token: token.trim(), ...(name === '' ? {} : { senderName: name }) };
    },

    async connect(channel) {
      if (channel.webhookUrl === undefined) {
        throw new ChannelInputError('receive', 'Viber delivers by webhook only, which needs a public address: set PUBLIC_URL');
      }
      const account = await accountOf(channel).catch(explainToken);
      await setWebhook(channel, channel.webhookUrl).catch(explainAddress);
      return { externalId: account.id, name: account.name, facts: { accountId: account.id, uri: account.uri, name: account.name } };
    },

    async test(channel) {
      const account = await accountOf(channel);
      if (channel.webhookUrl !== undefined && account.webhook !== undefined && account.webhook !== channel.webhookUrl) {
        throw new ChannelError('refused', {
          scope: 'account',
          code: 'webhook_elsewhere',
          words: 'The webhook of this bot points elsewhere: connect the channel again',
        });
      }
      const uri = account.uri === '' ? '' : ` (${account.uri})`;
      return { words: `${account.name}${uri}${account.subscribers === undefined ? '' : `; subscribers: ${account.subscribers}`}` };
    },

    async disconnect(channel) {
      try {
        await setWebhook(channel, '');
      } catch (error) {
        // A revoked token has no webhook any more.
        if (!(error instanceof ChannelError && error.kind === 'refused' && error.scope === 'account')) throw error;
      }
    },

    async receive(channel, request) {
      if (!isSigned(tokenOf(channel), request.body, request.headers['x-viber-content-signature'])) {
        throw new ChannelError('refused', { scope: 'account', code: 'bad_signature', words: 'The signature of this webhook is wrong' });
      }
      const body = new TextDecoder().decode(request.body);
      const facts = parseEvent(parseExact(body), Date.now());
      // An empty answer: one with a message in it would be a welcome message to whoever opened the chat.
      return facts === undefined ? { facts: [], answer: ACCEPTED, unparsed: body } : { facts, answer: ACCEPTED };
    },

    send: sendPart,

    // Whoever holds a bot's token can sign a webhook with any address in it.
    fetchMedia: (channel, ref, signal) =>
      openAddress(ref, { messenger: 'Viber', trustedHost: new URL(apiRootOf(channel)).hostname, allowPrivateAddresses, signal }),
  };
}

interface Account {
  id: string;
  name: string;
  uri: string;
  webhook: string | undefined;
  subscribers: string | undefined;
}

async function accountOf(channel: ConnectedChannel): Promise<Account> {
  const answer = await call(channel, 'get_account_info', '{}', { reading: true });
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  if (text(answer.id) === '') throw new ChannelError('unavailable', { code: 'no_account', words: 'Viber did not say which bot this is' });
  return {
    id: text(answer.id),
    name: text(answer.name) || text(answer.uri) || 'Viber',
    uri: text(answer.uri),
    webhook: typeof answer.webhook === 'string' ? answer.webhook : undefined,
    subscribers: digitsOf(answer.subscribers_count),
  };
}

/** While this call lasts Viber calls the address and wants 200; setting the same one again does no harm. An empty address withdraws the webhook. */
async function setWebhook(channel: ConnectedChannel, url: string): Promise<void> {
  const options = url === '' ? {} : { event_types: EVENT_TYPES, send_name: true, send_photo: true };
  await call(channel, 'set_webhook', JSON.stringify({ url, ...options }), { reading: true });
}

function explainToken(error: unknown): never {
  if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'account') {
    throw new ChannelInputError('token', `Viber does not accept this token (${error.words}): copy it again from the admin panel`);
  }
  throw error;
}

function explainAddress(error: unknown): never {
  if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'message') {
    throw new ChannelInputError(
      'receive',
      `Viber refuses the webhook address (${error.words}): PUBLIC_URL must be an https address that Viber's servers reach`,
    );
  }
  throw error;
}
