import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { status } from './clients.ts';
import { ApiFailure, invalid } from './failure.ts';
import { checkMessage } from './limits.ts';
import type { FakeNumber } from './number.ts';

type Fields = Record<string, unknown>;

/** `POST /<number>/messages`: acceptance only; the outcome comes as a status. */
export function sendToClient(number: FakeNumber, body: Fields): Fields {
  const message = checkMessage(body);
  const { id, chat } = number.accept(message);
  status(number, chat, { id, ...(message.callbackData === undefined ? {} : { callbackData: message.callbackData }) }, 'sent');
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: message.to, wa_id: chat.phone, user_id: chat.userId }],
    messages: [{ id }],
  };
}

/** `GET /<number>`. */
export function describeNumber(number: FakeNumber, fields: string | null): Fields {
  const all: Fields = {
    id: number.phoneNumberId,
    display_phone_number: `+${number.phone}`,
    verified_name: number.name,
    quality_rating: 'GREEN',
    webhook_configuration: number.events.webhook === undefined ? {} : { phone_number: number.events.webhook },
  };
  if (fields === null) return all;
  const asked = fields.split(',');
  for (const field of asked) if (!(field in all)) throw new ApiFailure(100, `Tried accessing nonexisting field (${field})`);
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === 'id' || asked.includes(name)));
}

/** `POST /<number>` with `webhook_configuration`: an empty address takes the override away. */
export async function configure(number: FakeNumber, body: Fields): Promise<Fields> {
  const configuration = body.webhook_configuration;
  if (typeof configuration !== 'object' || configuration === null) throw invalid('webhook_configuration is missing');
  const { override_callback_uri: url, verify_token: verifyToken } = configuration as Fields;
  if (typeof url !== 'string' || url.length > 200) throw invalid('override_callback_uri must be an address of at most 200 characters');
  if (number.forbidsOverrides) throw new ApiFailure(200, 'Permissions error', 'overrides are not allowed for this app', 403);
  if (url === '') {
    number.events.setWebhook(undefined);
    return { success: true };
  }
  if (typeof verifyToken !== 'string' || verifyToken === '') throw invalid('verify_token is missing');
  await setWebhook(number, url, verifyToken);
  return { success: true };
}

/** Asks the address for its challenge; only one that answers it is taken. */
export async function setWebhook(number: FakeNumber, url: string, verifyToken: string): Promise<void> {
  if (!URL.canParse(url) || !isReachable(new URL(url))) throw invalid('the callback must be an https address');
  const challenge = String(parseInt(randomUUID().slice(0, 8), 16));
  const address = new URL(url);
  for (const [name, value] of [
    ['hub.mode', 'subscribe'],
    ['hub.challenge', challenge],
    ['hub.verify_token', verifyToken],
  ] as const) {
    address.searchParams.set(name, value);
  }
  const answered = await request(address).then(
    async (answer) => answer.statusCode === 200 && (await answer.body.text()) === challenge,
    () => false,
  );
  if (!answered) throw new ApiFailure(2200, 'Callback verification failed', 'the callback did not answer the challenge');
  number.events.setWebhook(url);
}

/** A public address over https; the loopback stands in for it here. */
function isReachable(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname));
}
