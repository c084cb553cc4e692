import { ChannelError } from '../channel.ts';

/** An error object of VK: HTTP 200, `error` instead of `response`. Its `request_params` echo what a client is told and are left out. */
export interface VkError {
  error_code: number;
  error_msg?: string;
}

interface ErrorContext {
  /** Cut out of everything that is shown. */
  token: string;
  /** The call changes nothing that a client sees: an unknown outcome may simply be tried again. */
  reading: boolean;
}

/** The key is revoked or lacks rights, or VK wants a person to look at the community (captcha, spam): nothing goes out until somebody does. */
const ACCOUNT = new Set([2, 4, 5, 7, 14, 15, 16, 17, 20, 21, 24, 25, 27, 28, 38, 40, 42, 983, 984, 1116, 1117]);
/** Blocked, never allowed, unknown, or a chat that cannot be reached any more. */
const CONTACT = new Set([18, 37, 39, 113, 900, 901, 902, 917, 922, 925, 927, 932, 935, 936, 945, 946, 950, 962, 985, 987, 988, 1012, 1021]);
/** Flood control and used-up quotas last; asking again soon makes them longer. */
const FLOOD_WAIT_MS = 60_000;
const QUOTA_WAIT_MS = 600_000;
const PER_SECOND_WAIT_MS = 1_000;

/** Sorts an error of VK into the classes of ChannelError. Codes are contractual, texts are not. */
export function fromVkError(error: VkError, context: ErrorContext): ChannelError {
  const words = withoutToken(error.error_msg ?? '', context.token) || `VK error ${error.error_code}`;
  const code = String(error.error_code);
  switch (error.error_code) {
    case 6:
    case 32:
      return new ChannelError('rateLimited', { code, words, retryAfterMs: PER_SECOND_WAIT_MS });
    case 9:
      return new ChannelError('rateLimited', { code, words, retryAfterMs: FLOOD_WAIT_MS });
    case 29:
      return new ChannelError('rateLimited', { code, words, retryAfterMs: QUOTA_WAIT_MS });
    case 1:
    case 10:
    case 36:
    case 43:
      // VK's own trouble: it does not say whether the call was carried out. A send is repeated with the same random_id.
      return new ChannelError(context.reading ? 'unavailable' : 'unknown', { code, words });
    case 912:
      return new ChannelError('refused', {
        code,
        words: `${words}. Switch on "Bot capabilities" in the community: Manage → Messages → Bot settings`,
      });
    case 100:
      // The parameter at fault is named in the text only.
      return new ChannelError('refused', { scope: /\b(peer_ids?|user_ids?|chat_id)\b/.test(words) ? 'contact' : 'message', code, words });
    default:
      break;
  }
  const scope = ACCOUNT.has(error.error_code) ? 'account' : CONTACT.has(error.error_code) ? 'contact' : 'message';
  return new ChannelError('refused', { scope, code, words });
}

/** An HTTP answer that is none of VK's: a proxy's page, an outage. */
export function fromStatus(status: number, retryAfter: string | undefined, reading: boolean): ChannelError {
  const code = String(status);
  const words = `HTTP ${status} without an answer of VK`;
  const seconds = Number(retryAfter);
  if (status === 429) return new ChannelError('rateLimited', { code, words, retryAfterMs: (seconds > 0 ? seconds : 1) * 1000 });
  if (status === 401 || status === 404) return new ChannelError('refused', { scope: 'account', code, words });
  if (status >= 400 && status < 500) return new ChannelError('refused', { code, words });
  // A 2xx or 3xx that is no answer of VK says nothing about what happened to the call.
  return new ChannelError(reading ? 'unavailable' : 'unknown', { code, words });
}

/** Removes a token, should a text of VK ever echo one. */
function withoutToken(text: string, token: string): string {
  return token === '' ? text : text.replaceAll(token, '…').replaceAll(encodeURIComponent(token), '…');
}
