import { ChannelError } from '../channel.ts';
import { TransportError } from '../http.ts';

const ACCOUNT = new Set([2, 8, 9, 10, 15, 23, 24]);
const CONTACT = new Set([5, 6, 7, 11, 21]);
const TOO_MANY = 12;

/** What Viber said instead of `ok`, at HTTP 200. The number decides, the words are only shown. */
export class ViberRefusal extends Error {
  readonly status: number;
  readonly words: string;

  constructor(status: number, words: string) {
    super(`Viber refused with status ${status}`);
    this.name = 'ViberRefusal';
    this.status = status;
    this.words = words;
  }
}

/** An answer that is no answer of Viber's API: a proxy's page, a failing server. */
export class NoAnswerError extends Error {
  readonly httpStatus: number;
  readonly retryAfterMs: number | undefined;

  constructor(httpStatus: number, retryAfterMs: number | undefined) {
    super(`HTTP ${httpStatus} without an answer of Viber's API`);
    this.name = 'NoAnswerError';
    this.httpStatus = httpStatus;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Sorts a failed call into the classes of ChannelError. `reading`: the call changes nothing, so no answer means "try again". Neither address nor request nor
 * token is carried along; other errors are returned as they are.
 */
export function toChannelError(error: unknown, { token, reading }: { token: string; reading: boolean }): unknown {
  if (error instanceof ViberRefusal) return fromStatus(error, token);
  if (error instanceof NoAnswerError) return fromHttp(error, reading);
  if (!(error instanceof TransportError)) return error;
  if (!error.left) return new ChannelError('unavailable', { code: error.code, words: `Viber could not be reached (${error.code})` });
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code: error.code, words: `No answer from Viber (${error.code})` });
}

function fromStatus({ status, words: given }: ViberRefusal, token: string): ChannelError {
  const said = token === '' ? given : given.replaceAll(token, '…');
  const words = said === '' ? `Viber refused with status ${status}` : said;
  const code = String(status);
  if (status === TOO_MANY) return new ChannelError('rateLimited', { code, words });
  return new ChannelError('refused', { scope: ACCOUNT.has(status) ? 'account' : CONTACT.has(status) ? 'contact' : 'message', code, words });
}

function fromHttp({ httpStatus, retryAfterMs }: NoAnswerError, reading: boolean): ChannelError {
  const code = String(httpStatus);
  const words = `Viber answered HTTP ${httpStatus}`;
  if (httpStatus === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs });
  if (httpStatus === 401 || httpStatus === 403) return new ChannelError('refused', { scope: 'account', code, words });
  if (httpStatus >= 400 && httpStatus < 500) return new ChannelError('refused', { code, words });
  // Also a 2xx that is no answer of the API: it says nothing about what happened to the call.
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code, words });
}
