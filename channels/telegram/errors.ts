import { GrammyError, HttpError } from 'grammy';
import { ChannelError } from '../channel.ts';
import { TransportError } from '../http.ts';

const WHERE = 'in Telegram under Settings → Telegram Business → Chatbots';
export const BUSINESS_OFF_WORDS = `The business account is not connected to the bot any more: connect it again ${WHERE}`;
export const BUSINESS_MUTE_WORDS = `The business account does not let the bot reply: allow it ${WHERE}`;
const BUSINESS_CHAT_WORDS = `The business account does not give this chat to the bot: add it ${WHERE}`;
const BUSINESS_WINDOW_WORDS =
  'More than 24 hours have passed since the client last wrote: until they write again Telegram lets the bot send nothing in this chat';

/** Our own stored file could not be read while it was uploaded: Telegram got half a request and threw it away. */
export class FileUnreadableError extends Error {
  constructor(name: string, cause: unknown) {
    super(`file ${name} could not be read`, { cause });
    this.name = 'FileUnreadableError';
  }
}

interface ErrorContext {
  /** Cut out of everything that is shown. */
  token: string;
  /** The call only reads: an unknown outcome may simply be tried again. */
  reading?: boolean;
}

/**
 * Sorts a failed Bot API call into the classes of ChannelError. Texts of Telegram are no contract: the error code decides first, the text second.
 * Nothing of the request (it holds what a client is told) and no address (it holds the token) is carried along. Other errors are returned as they are.
 */
export function toChannelError(error: unknown, context: ErrorContext): unknown {
  if (error instanceof GrammyError) return fromAnswer(error, context);
  const cause = error instanceof HttpError ? error.error : error;
  // Neither Telegram nor the network: a ChannelError made by us, or a bug that nobody should take for an outage.
  if (!(error instanceof HttpError) && !(cause instanceof TransportError)) return error;
  if (cause instanceof FileUnreadableError) {
    return new ChannelError('unavailable', { code: 'file_unreadable', words: 'The file to send could not be read from our storage' });
  }
  if (cause instanceof TransportError && !cause.left) {
    return new ChannelError('unavailable', { code: cause.code, words: `Telegram could not be reached (${cause.code})` });
  }
  const code = cause instanceof TransportError ? cause.code : 'no_answer';
  return new ChannelError(context.reading ? 'unavailable' : 'unknown', { code, words: `No answer from Telegram (${code})` });
}

function fromAnswer(error: GrammyError, context: ErrorContext): ChannelError {
  const words = withoutToken(error.description, context.token);
  const code = String(error.error_code);
  const retryAfterSeconds = error.parameters.retry_after;
  const ofBusiness = businessRefusal(words, code);
  if (ofBusiness !== undefined) return ofBusiness;
  switch (error.error_code) {
    case 401:
    case 404:
      return new ChannelError('refused', { scope: 'account', code, words });
    case 403:
      return new ChannelError('refused', { scope: 'contact', code, words });
    case 409:
      // Another program polls with this token, or a webhook is set: the operator has to choose one; until then nothing is lost at Telegram.
      return new ChannelError('unavailable', { scope: 'account', code, words });
    case 429:
      return new ChannelError('rateLimited', { code, words, retryAfterMs: (retryAfterSeconds ?? 1) * 1000 });
    default:
      break;
  }
  if (error.error_code >= 500) return new ChannelError(context.reading ? 'unavailable' : 'unknown', { code, words });
  if (error.parameters.migrate_to_chat_id !== undefined) return new ChannelError('refused', { scope: 'contact', code: 'migrated', words });
  if (/chat not found|user not found|PEER_ID_INVALID|have no rights|not enough rights|CHAT_WRITE_FORBIDDEN/i.test(words)) {
    return new ChannelError('refused', { scope: 'contact', code, words });
  }
  if (/temporarily unavailable/i.test(words) && context.reading) return new ChannelError('unavailable', { code, words });
  return new ChannelError('refused', { scope: 'message', code, words });
}

/** What a business account does not let its bot do, in words that say the remedy. Telegram's own codes are the texts here. */
function businessRefusal(words: string, code: string): ChannelError | undefined {
  if (/BUSINESS_CONNECTION_INVALID|business connection not found/i.test(words)) {
    return new ChannelError('refused', { code, words: BUSINESS_OFF_WORDS });
  }
  if (/BOT_ACCESS_FORBIDDEN/.test(words)) return new ChannelError('refused', { code, words: BUSINESS_MUTE_WORDS });
  // Both are over once the client's next message comes here.
  if (/BUSINESS_PEER_USAGE_MISSING/.test(words))
    return new ChannelError('refused', { scope: 'contact', code, words: BUSINESS_WINDOW_WORDS });
  if (/BUSINESS_PEER_INVALID/.test(words)) return new ChannelError('refused', { scope: 'contact', code, words: BUSINESS_CHAT_WORDS });
  return undefined;
}

/** Removes a token, should a description ever echo an address. */
function withoutToken(text: string, token: string): string {
  return token === '' ? text : text.replaceAll(token, '…').replaceAll(encodeURIComponent(token), '…');
}
