import { ChannelError } from '../channel.ts';
import { TransportError } from '../http.ts';

/** Certainly not sent; the wait where Meta names none (ms). The pair limit lets one message pass in six seconds. */
const WAIT_MS: Record<number, number> = { 4: 60_000, 80007: 60_000, 130429: 1_000, 131048: 3_600_000, 131056: 6_000, 131057: 60_000 };
/** Meta's own trouble: it does not say whether the call was carried out. */
const TROUBLE = new Set([1, 2, 131000, 131016, 133004]);
/** The token is gone, lacks rights, or Meta wants a person to look at the business account. */
const ACCOUNT = new Set([0, 3, 10, 102, 190, 368, 463, 467, 131005, 131031, 131037, 131042, 131045]);
/** This person cannot be written to: not on WhatsApp, outside the window, out of bounds for this number. */
const CONTACT = new Set([130497, 131021, 131026, 131030, 131047, 131050]);
export const WINDOW_CLOSED = 131047;
const WINDOW_WORDS =
  'More than 24 hours have passed since the client last wrote: until they write again WhatsApp takes only an approved template';

/** An error object of the Graph API. */
export interface GraphError {
  code: number;
  message: string;
  details: string;
}

/** What Meta said instead of doing it. `retryAfterMs`: the header, where it came. */
export class GraphRefusal extends Error {
  readonly error: GraphError | undefined;
  readonly httpStatus: number;
  readonly retryAfterMs: number | undefined;

  constructor(httpStatus: number, error: GraphError | undefined, retryAfterMs: number | undefined) {
    super(`HTTP ${httpStatus} from WhatsApp`);
    this.name = 'GraphRefusal';
    this.httpStatus = httpStatus;
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The `error` object of an answer; undefined where there is none. */
export function graphErrorOf(body: Record<string, unknown> | undefined): GraphError | undefined {
  const error = body?.error;
  if (!isRecord(error) || typeof error.code !== 'number') return undefined;
  const data = isRecord(error.error_data) ? error.error_data : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { code: error.code, message: text(error.message), details: text(data.details) };
}

/**
 * Sorts a failed call into the classes of ChannelError. `reading`: the call changes nothing that a client sees, so no answer means "try again". Neither
 * address nor token is carried along; other errors are returned as they are.
 */
export function toChannelError(error: unknown, { token, reading }: { token: string; reading: boolean }): unknown {
  if (error instanceof GraphRefusal) {
    return error.error === undefined ? fromHttp(error, reading) : fromGraph(error.error, error, { token, reading });
  }
  if (!(error instanceof TransportError)) return error;
  if (!error.left) return new ChannelError('unavailable', { code: error.code, words: `WhatsApp could not be reached (${error.code})` });
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code: error.code, words: `No answer from WhatsApp (${error.code})` });
}

function fromGraph(error: GraphError, answer: GraphRefusal, { token, reading }: { token: string; reading: boolean }): ChannelError {
  const code = String(error.code);
  const words = wordsOf(error, token);
  const waitMs = WAIT_MS[error.code];
  if (waitMs !== undefined) return new ChannelError('rateLimited', { code, words, retryAfterMs: answer.retryAfterMs ?? waitMs });
  if (answer.httpStatus === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs: answer.retryAfterMs });
  if (TROUBLE.has(error.code)) return new ChannelError(reading ? 'unavailable' : 'unknown', { code, words });
  // 200–299 are permissions.
  const isAccount = ACCOUNT.has(error.code) || (error.code >= 200 && error.code < 300);
  return new ChannelError('refused', { scope: isAccount ? 'account' : CONTACT.has(error.code) ? 'contact' : 'message', code, words });
}

function fromHttp({ httpStatus, retryAfterMs }: GraphRefusal, reading: boolean): ChannelError {
  const code = String(httpStatus);
  const words = `WhatsApp answered HTTP ${httpStatus}`;
  if (httpStatus === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs });
  if (httpStatus === 401 || httpStatus === 403) return new ChannelError('refused', { scope: 'account', code, words });
  if (httpStatus >= 400 && httpStatus < 500) return new ChannelError('refused', { code, words });
  // Also a 2xx that is no answer of the API: it says nothing about what happened to the call.
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code, words });
}

/** What a person reads: Meta's own words, the more exact ones where there are two; the closed window in ours, with what to do. */
export function wordsOf({ code, message, details }: GraphError, token = ''): string {
  if (code === WINDOW_CLOSED) return WINDOW_WORDS;
  const said = details === '' || message.includes(details) ? message : message === '' ? details : `${message}: ${details}`;
  const clean = (token === '' ? said : said.replaceAll(token, '…')).slice(0, 1000);
  return clean === '' ? `WhatsApp refused with code ${code}` : clean;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
