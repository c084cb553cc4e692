import { ChannelError, type ConnectedChannel, type Received, type WebhookRequest } from '../channel.ts';
import { sameText } from '../same-text.ts';
import { groupIdOf, parseObject } from './api.ts';
import { completed } from './complete.ts';
import { confirmationCodeOf, secretOf } from './connect.ts';
import { eventOf, factsOf } from './events.ts';

/** VK takes exactly this for "taken"; `remove` would delete the server. */
const TAKEN = { status: 200, body: 'ok', contentType: 'text/plain' };
/** VK delivers again, up to five times within some two hours. */
const AGAIN = { status: 503, body: '', contentType: 'text/plain' };
/** From this repeat on (some three minutes later) an event is handed on as it is. */
const LAST_WAITING_REPEAT = 2;

/**
 * One call of the callback server. VK signs nothing: the secret in the body is all that proves where it comes from. The handshake alone may come without it
 * (a server that is being made does not send it yet) and tells nothing but the code.
 */
export async function receiveCall(channel: ConnectedChannel, request: WebhookRequest): Promise<Received> {
  const body = new TextDecoder().decode(request.body);
  const event = eventOf(parseObject(body));
  if (event === undefined || event.group_id !== groupIdOf(channel))
    throw notVk('unknown_group', 'The webhook call names another community or none');
  if (event.type === 'confirmation') return { facts: [], answer: { ...TAKEN, body: await confirmationCodeOf(channel) } };
  if (!sameText(typeof event.secret === 'string' ? event.secret : undefined, secretOf(channel)))
    throw notVk('bad_secret', 'The webhook secret is wrong');

  let whole = event;
  try {
    whole = await completed(channel, event);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (Number(request.headers['x-retry-counter'] ?? 0) < LAST_WAITING_REPEAT) return { facts: [], answer: AGAIN };
  }
  const facts = await factsOf(channel, whole);
  return facts === undefined ? { facts: [], answer: TAKEN, unparsed: body } : { facts, answer: TAKEN };
}

function notVk(code: string, words: string): ChannelError {
  return new ChannelError('refused', { scope: 'account', code, words });
}
