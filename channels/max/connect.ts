import { createHmac } from 'node:crypto';
import { ChannelError, ChannelInputError, type ConnectedChannel, type Connection } from '../channel.ts';
import { digitsOf } from '../exact-json.ts';
import { type CallOptions, call, isAccountRefusal, isRecord, tokenOf } from './api.ts';

/** Everything this adapter understands. */
export const UPDATE_TYPES = ['message_created', 'message_edited', 'message_removed', 'message_callback', 'bot_started', 'bot_stopped'];

const ASKING: CallOptions = { reading: true };

interface Bot {
  id: string;
  name: string;
  username: string;
}

export function parseCredentials(input: unknown): Record<string, string> {
  const token = isRecord(input) ? input.token : undefined;
  if (typeof token !== 'string' || token.trim() === '') {
    throw new ChannelInputError('token', "Give the bot's token: in MAX for partners it stands under Chat bots → Integration");
  }
  if (!/^[\x21-\x7e]+$/.test(token.trim())) throw new ChannelInputError('token', 'A token has no spaces: copy it whole');
  return { token: token.trim() };
}

/** What updates carry as proof. It is made with the token, so that a bot which was replaced by another one is no longer heard. */
export function secretOf(channel: ConnectedChannel): string {
  return createHmac('sha256', channel.webhookSecret).update(tokenOf(channel)).digest('hex');
}

/**
 * Checks the token and lets MAX deliver: by a subscription with our secret, or, for polling, by none at all (with one MAX answers no polls). A bot is one
 * channel here, so what else it has at our address is left over from earlier; subscriptions of other programs stay, but for polling.
 */
export async function connect(channel: ConnectedChannel): Promise<Connection> {
  if (channel.receive === 'webhook' && channel.webhookUrl === undefined) {
    throw new ChannelInputError('receive', 'Receiving by webhook needs a public address: set PUBLIC_URL or choose polling');
  }
  const bot = await whoAmI(channel).catch(explainToken);
  const address = channel.receive === 'webhook' ? channel.webhookUrl : undefined;
  if (address === undefined) {
    for (const url of await subscriptionsOf(channel)) await unsubscribe(channel, url);
  } else {
    await subscribe(channel, address).catch(explainAddress);
    const ours = new URL('.', address).href;
    const isLeftOver = (url: string) => url !== address && (url.startsWith(ours) || url === channel.facts.webhookUrl);
    for (const url of (await subscriptionsOf(channel)).filter(isLeftOver)) await unsubscribe(channel, url);
  }
  return {
    externalId: bot.id,
    name: bot.name,
    facts: { botId: bot.id, username: bot.username, ...(address === undefined ? {} : { webhookUrl: address }) },
  };
}

/** Asks MAX whether the connection works; throws ChannelError with its words. */
export async function test(channel: ConnectedChannel): Promise<{ words: string }> {
  const bot = await whoAmI(channel);
  const urls = await subscriptionsOf(channel);
  if (channel.receive === 'webhook' && channel.webhookUrl !== undefined && !urls.includes(channel.webhookUrl)) {
    throw new ChannelError('refused', {
      scope: 'account',
      code: 'no_subscription',
      words: 'The subscription of this bot is gone: connect the channel again',
    });
  }
  if (channel.receive === 'polling' && urls.length > 0) {
    throw new ChannelError('refused', {
      scope: 'account',
      code: 'subscribed',
      words: 'Another program has subscribed this bot: connect the channel again',
    });
  }
  return { words: bot.username === '' ? bot.name : `${bot.name} (@${bot.username})` };
}

/** Takes our subscription away; a token that is no longer known has none. */
export async function disconnect(channel: ConnectedChannel): Promise<void> {
  const ours = new Set([channel.facts.webhookUrl, channel.receive === 'webhook' ? channel.webhookUrl : undefined]);
  for (const url of ours) if (url !== undefined) await unsubscribe(channel, url);
}

async function whoAmI(channel: ConnectedChannel): Promise<Bot> {
  const answer = await call(channel, 'GET', 'me', ASKING);
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const id = digitsOf(answer.user_id);
  if (id === undefined) throw new ChannelError('unavailable', { code: 'no_bot', words: 'MAX did not say which bot this is' });
  const username = text(answer.username);
  return { id, name: text(answer.first_name) || text(answer.name) || username || 'MAX', username };
}

async function subscriptionsOf(channel: ConnectedChannel): Promise<string[]> {
  const { subscriptions } = await call(channel, 'GET', 'subscriptions', ASKING);
  return (Array.isArray(subscriptions) ? subscriptions : []).flatMap((one) =>
    isRecord(one) && typeof one.url === 'string' ? [one.url] : [],
  );
}

/** Subscribing the same address again does no harm. */
async function subscribe(channel: ConnectedChannel, url: string): Promise<void> {
  await call(channel, 'POST', 'subscriptions', {
    body: { url, update_types: UPDATE_TYPES, secret: secretOf(channel) },
    reading: true,
  });
}

async function unsubscribe(channel: ConnectedChannel, url: string): Promise<void> {
  try {
    await call(channel, 'DELETE', 'subscriptions', { query: { url }, reading: true });
  } catch (error) {
    // One that is not there is as good as removed, and so is one of a token that was revoked.
    const isGone = error instanceof ChannelError && error.kind === 'refused' && error.scope === 'message';
    if (!isGone && !isAccountRefusal(error)) throw error;
  }
}

function explainToken(error: unknown): never {
  if (isAccountRefusal(error)) throw new ChannelInputError('token', 'MAX does not know this token: copy it again from the page of the bot');
  throw error;
}

function explainAddress(error: unknown): never {
  if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'message') {
    throw new ChannelInputError(
      'receive',
      `MAX refuses the webhook address (${error.words}): PUBLIC_URL must be an https address with a certificate the world knows, or choose polling`,
    );
  }
  throw error;
}
