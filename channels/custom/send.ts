import { ChannelError, type ConnectedChannel, type Outgoing, type SendReceipt } from '../channel.ts';
import { type HttpAnswer, post, TransportError, withinTime } from '../http.ts';
import { dispatcherFor, PRIVATE_ADDRESS } from '../open-address.ts';
import { hookBody, hookMessageId } from './hook.ts';
import { hookSignature } from './signature.ts';

/** The documented time for an integration's answer. */
const HOOK_TIMEOUT_MS = 5_000;
const MAX_WORDS = 300;

/**
 * Sends one part as one hook. The hook carries our id of the part, by which the integration drops a repeat: an unknown outcome may be tried again. That id is
 * also what its delivery status names.
 */
export async function sendPart(channel: ConnectedChannel, outgoing: Outgoing, allowPrivateAddresses: boolean): Promise<SendReceipt> {
  const secret = channel.credentials.secret ?? '';
  const url = hookAddress(channel);
  const body = JSON.stringify(hookBody(channel, outgoing, Date.now()));
  let answer: HttpAnswer;
  try {
    const isTrusted = allowPrivateAddresses || channel.apiRoot !== undefined;
    const headers = { 'content-type': 'application/json', 'x-signature': hookSignature(secret, body) };
    const guard = isTrusted ? {} : { dispatcher: guarded(url) };
    answer = await withinTime(HOOK_TIMEOUT_MS, outgoing.signal, (signal) => post({ url, headers, body, signal, ...guard }));
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    if (error.code === PRIVATE_ADDRESS) throw privateHook();
    if (!error.left)
      throw new ChannelError('unavailable', { code: error.code, words: `The integration could not be reached (${error.code})` });
    throw new ChannelError('unknown', { code: error.code, words: `No answer from the integration (${error.code})` });
  }
  if (answer.status >= 200 && answer.status < 300) return { externalIds: [hookMessageId(channel, outgoing.key)] };
  throw refusal(answer, secret);
}

/** Where hooks go: the address given with the channel, with its placeholder filled, or the same path under `apiRoot`. */
export function hookAddress(channel: ConnectedChannel): URL {
  const { scopeId } = channel.facts;
  if (scopeId === undefined) {
    throw new ChannelError('refused', {
      scope: 'account',
      code: 'not_connected',
      words: 'The integration is not connected: it must call /connect of the chats API with the id of this account',
    });
  }
  const url = new URL((channel.credentials.webhookUrl ?? '').replaceAll(':scope_id', encodeURIComponent(scopeId)));
  if (channel.apiRoot === undefined) return url;
  const root = new URL(channel.apiRoot);
  return new URL(root.pathname.replace(/\/+$/, '') + url.pathname + url.search, root.origin);
}

function guarded(url: URL) {
  try {
    return dispatcherFor(url);
  } catch (error) {
    if (error instanceof ChannelError) throw privateHook();
    throw error;
  }
}

function privateHook(): ChannelError {
  return new ChannelError('refused', {
    scope: 'account',
    code: 'private_address',
    words: 'The webhook address leads to a private address, which this installation does not call: give a public one',
  });
}

/**
 * What an answer other than 2xx means. 401 and 403 (our signature is not believed) and 410 (the hook is withdrawn for good) concern the whole account, and so
 * does a redirect: a hook is signed for one address. 404 is the integration's "no such chat" only when it says so in JSON; a web server's own page comes and
 * goes with a deployment, and what waits is tried again. 5xx may come after the message was taken.
 */
function refusal(answer: HttpAnswer, secret: string): ChannelError {
  const { status, headers } = answer;
  const said = wordsOf(answer, secret);
  const code = String(status);
  const words = said.text === '' ? `The integration answered HTTP ${status}` : said.text;
  if (status === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs: retryAfterMs(headers['retry-after']) });
  if (status >= 500) return new ChannelError('unknown', { code, words });
  if (status === 401 || status === 403 || status === 410) return new ChannelError('refused', { scope: 'account', code, words });
  if (status < 400) {
    return new ChannelError('refused', { scope: 'account', code, words: 'The webhook address leads on to another one: give that one' });
  }
  if (status === 404)
    return said.isJson ? new ChannelError('refused', { scope: 'contact', code, words }) : new ChannelError('unavailable', { code, words });
  if (status === 408) return new ChannelError('unknown', { code, words });
  return new ChannelError('refused', { code, words });
}

/** The integration's own words, where its answer is JSON that has some. */
function wordsOf({ body }: HttpAnswer, secret: string): { isJson: boolean; text: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return { isJson: false, text: '' };
  }
  if (typeof parsed !== 'object' || parsed === null) return { isJson: false, text: '' };
  const fields = parsed as Record<string, unknown>;
  const found = [fields.error_description, fields.detail, fields.message, fields.error].find(
    (one) => typeof one === 'string' && one.trim() !== '',
  );
  const text = typeof found === 'string' ? found.trim().slice(0, MAX_WORDS) : '';
  return { isJson: true, text: secret === '' ? text : text.replaceAll(secret, '…') };
}

/** Seconds or a date; a second where it is neither. */
function retryAfterMs(value: string | string[] | undefined): number {
  const text = String(value ?? '');
  const seconds = Number(text);
  if (text !== '' && Number.isFinite(seconds)) return Math.max(0, seconds) * 1000;
  const until = Date.parse(text) - Date.now();
  return until > 0 ? until : 1000;
}
