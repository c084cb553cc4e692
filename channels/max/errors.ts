import { ChannelError } from '../channel.ts';
import type { TransportError } from '../http.ts';

/** An upload that MAX is still working on: certainly not sent, the same message succeeds later. */
export const NOT_READY = 'attachment.not.ready';

/** What MAX says of a dialog that cannot be written to, in `code` or `message`; the HTTP status that comes with it is not the same everywhere. */
const DIALOG_GONE = /chat\.denied|chat\.not\.found|dialog\.(suspended|not\.?found)|user\.not\.found/i;
/** What a message names besides its chat and may be gone: a file, the message it answers. */
const ABOUT_CONTENT = /attach|upload|photo|image|video|audio|file|message|link/i;

export interface Refusal {
  status: number;
  /** The answer's object; absent for what is no answer of the API: a proxy's page. */
  body: Record<string, unknown> | undefined;
  retryAfter: string | string[] | undefined;
}

/**
 * Sorts an answer that is no success into the classes of ChannelError. Everything but a 5xx was certainly not done. The token is never carried along.
 * `reading`: the call changes nothing, so no answer means "try again".
 */
export function fromAnswer(
  { status, body, retryAfter }: Refusal,
  { token, path, reading }: { token: string; path: string; reading: boolean },
): ChannelError {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const given = text(body?.code);
  const said = [text(body?.message), text(body?.error)].find((one) => one !== '') ?? '';
  const code = given === '' ? String(status) : given.slice(0, 100);
  const shown = said === '' ? given : said;
  const words = shown === '' ? `MAX answered HTTP ${status}` : (token === '' ? shown : shown.replaceAll(token, '…')).slice(0, 1000);
  const about = `${given} ${said}`;

  if (about.includes(NOT_READY)) return new ChannelError('unavailable', { code: NOT_READY, words: 'MAX is still preparing the file' });
  if (status === 429) return new ChannelError('rateLimited', { code, words, ...waitOf(retryAfter) });
  if (status === 401) return new ChannelError('refused', { scope: 'account', code, words });
  if (status >= 500 || (status === 200 && body === undefined) || status === 408) {
    return new ChannelError(reading ? 'unavailable' : 'unknown', { code, words });
  }
  if (DIALOG_GONE.test(about)) return new ChannelError('refused', { scope: 'contact', code, words });
  if (status === 403) return new ChannelError('refused', { scope: path === 'messages' ? 'contact' : 'account', code, words });
  if (status === 404 && path === 'messages' && !ABOUT_CONTENT.test(about)) {
    return new ChannelError('refused', { scope: 'contact', code, words });
  }
  if (status === 405) return new ChannelError('refused', { scope: 'account', code, words });
  if ((status >= 400 && status < 500) || status === 200) return new ChannelError('refused', { code, words });
  // Neither success nor refusal: redirects of a proxy.
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code, words });
}

/** A request without an answer. */
export function fromTransport({ code, left }: TransportError, reading: boolean): ChannelError {
  const kind = !left || reading ? 'unavailable' : 'unknown';
  // The chain of MAX ends at an authority that Node does not know by itself.
  const remedy = /CERT|ISSUER|SIGNED/.test(code) ? ': set NODE_EXTRA_CA_CERTS to the certificate of the Russian state authority' : '';
  return new ChannelError(kind, { code, words: `${left ? 'No answer from MAX' : 'MAX could not be reached'} (${code})${remedy}` });
}

function waitOf(retryAfter: string | string[] | undefined): { retryAfterMs?: number } {
  const seconds = Number(retryAfter);
  return seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
}
