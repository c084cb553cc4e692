import { randomBytes } from 'node:crypto';
import { ChannelError, ChannelInputError, type ConnectedChannel, type Connection } from '../channel.ts';
import { call, phoneNumberIdOf } from './api.ts';
import { isRecord } from './errors.ts';

/** The longest address Meta takes. */
const MAX_WEBHOOK_ADDRESS = 200;

/** Checks what the user gave; throws ChannelInputError naming the field. The verify token is made where none was given. */
export function parseCredentials(input: unknown, before?: Record<string, string>): Record<string, string> {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const field = (name: string) => (typeof given[name] === 'string' ? (given[name] as string).trim() : '');
  const token = field('token');
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ChannelInputError(
      'token',
      'Give the access token of a system user with the rights whatsapp_business_messaging and _management',
    );
  }
  const phoneNumberId = field('phoneNumberId');
  if (!/^\d{1,20}$/.test(phoneNumberId)) {
    throw new ChannelInputError(
      'phoneNumberId',
      'Give the phone number ID (digits) that stands under WhatsApp → API Setup; it is not the number itself',
    );
  }
  const appSecret = field('appSecret');
  if (!/^[\x21-\x7e]+$/.test(appSecret)) {
    throw new ChannelInputError('appSecret', 'Give the app secret from App settings → Basic: what Meta delivers is proven by it');
  }
  const businessAccountId = field('businessAccountId');
  if (!/^\d{0,20}$/.test(businessAccountId)) {
    throw new ChannelInputError('businessAccountId', 'The ID of the WhatsApp Business account has digits only');
  }
  const verifyToken = field('verifyToken');
  if (!/^[\x21-\x7e]{0,200}$/.test(verifyToken)) {
    throw new ChannelInputError('verifyToken', 'A verify token has up to 200 characters without spaces; leave it out and one is made');
  }
  return {
    token,
    phoneNumberId,
    appSecret,
    ...(businessAccountId === '' ? {} : { businessAccountId }),
    verifyToken: verifyToken || before?.verifyToken || randomBytes(24).toString('base64url'),
  };
}

/**
 * Checks the token with Meta and points the number's deliveries at us. Where Meta does not allow that, the channel is connected all the same and `webhook` in
 * its facts says `manual`: the address and the verify token are entered in the app's settings by hand.
 */
export async function connect(channel: ConnectedChannel): Promise<Connection> {
  if (channel.webhookUrl === undefined) {
    throw new ChannelInputError('receive', 'WhatsApp delivers by webhook only, which needs a public address: set PUBLIC_URL');
  }
  const number = await numberOf(channel).catch(explain);
  const webhook =
    channel.webhookUrl.length <= MAX_WEBHOOK_ADDRESS && (await pointHere(channel, channel.webhookUrl)) ? 'registered' : 'manual';
  return {
    externalId: phoneNumberIdOf(channel),
    name: number.name || number.phone || 'WhatsApp',
    facts: { phone: number.phone, name: number.name, webhook },
  };
}

export async function test(channel: ConnectedChannel): Promise<{ words: string }> {
  const number = await numberOf(channel);
  const { webhookUrl } = channel;
  if (webhookUrl !== undefined && number.webhooks.length > 0 && !number.webhooks.includes(webhookUrl)) {
    throw new ChannelError('refused', {
      scope: 'account',
      code: 'webhook_elsewhere',
      words: 'The webhook of this number points elsewhere: connect the channel again, or enter our address and verify token in the app',
    });
  }
  const quality = number.quality === '' ? '' : `; quality: ${number.quality}`;
  return { words: `${[number.name, number.phone].filter(Boolean).join(', ') || 'WhatsApp'}${quality}` };
}

/** Deliveries go where the app itself says again. */
export async function disconnect(channel: ConnectedChannel): Promise<void> {
  try {
    await setOverride(channel, { override_callback_uri: '' });
  } catch (error) {
    // A revoked token, or a number that never had an address of its own: nothing is delivered on our account either way.
    if (!(error instanceof ChannelError && error.kind === 'refused')) throw error;
  }
}

async function numberOf(channel: ConnectedChannel) {
  const answer = await call(channel, phoneNumberIdOf(channel), {
    method: 'GET',
    query: { fields: 'id,display_phone_number,verified_name,quality_rating,webhook_configuration' },
    reading: true,
  });
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const webhooks = isRecord(answer.webhook_configuration) ? Object.values(answer.webhook_configuration) : [];
  return {
    phone: text(answer.display_phone_number),
    name: text(answer.verified_name),
    quality: text(answer.quality_rating),
    webhooks: webhooks.filter((address): address is string => typeof address === 'string' && address !== ''),
  };
}

/** While the second call lasts Meta asks the address for its challenge. False where Meta refuses: somebody has to do it by hand. */
async function pointHere(channel: ConnectedChannel, url: string): Promise<boolean> {
  const { businessAccountId, verifyToken = '' } = channel.credentials;
  try {
    if (businessAccountId !== undefined) await call(channel, `${businessAccountId}/subscribed_apps`, { body: {}, reading: true });
    await setOverride(channel, { override_callback_uri: url, verify_token: verifyToken });
    return true;
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'refused') return false;
    throw error;
  }
}

async function setOverride(channel: ConnectedChannel, configuration: Record<string, string>): Promise<void> {
  await call(channel, phoneNumberIdOf(channel), { body: { webhook_configuration: configuration }, reading: true });
}

function explain(error: unknown): never {
  if (error instanceof ChannelError && error.kind === 'refused') {
    if (error.scope === 'account') {
      throw new ChannelInputError('token', `Meta does not accept this token (${error.words}): make another for the system user`);
    }
    throw new ChannelInputError('phoneNumberId', `Meta does not know this number (${error.words}): copy its ID again`);
  }
  throw error;
}
