import { connectionFields } from './business.ts';
import { ApiFailure, badRequest } from './failure.ts';
import { type Call, chatOf, sendFile, sendMediaGroup, sendMessage } from './sending.ts';

const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;
const PRESS_LIFE_MS = 15 * 60_000;

type Method = (call: Call, onGone: (forget: () => void) => void) => unknown;

/** Every method the fake knows, by lower-case name: Telegram ignores the case. */
export const METHODS: Record<string, Method> = {
  getme: ({ bot }) => ({
    ...bot.user,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: true,
  }),
  setwebhook: setWebhook,
  deletewebhook({ bot, params }) {
    bot.updates.setWebhook(undefined, params.drop_pending_updates === true);
    return true;
  },
  getwebhookinfo({ bot }) {
    const { webhook, lastError, pendingCount, allowed } = bot.updates;
    return {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: pendingCount,
      ...(webhook === undefined ? {} : { max_connections: webhook.maxConnections }),
      ...(allowed === undefined ? {} : { allowed_updates: [...allowed] }),
      ...(lastError === undefined ? {} : { last_error_date: Math.floor(lastError.at / 1000), last_error_message: lastError.message }),
    };
  },
  getupdates({ bot, params }, onGone) {
    readAllowed(bot, params);
    const offset = params.offset === undefined ? undefined : Number(params.offset);
    return bot.updates.poll({ offset, limit: Number(params.limit ?? 100), timeoutSeconds: Number(params.timeout ?? 0) }, onGone);
  },
  sendmessage: sendMessage,
  sendphoto: (call) => sendFile(call, 'photo'),
  senddocument: (call) => sendFile(call, 'document'),
  sendvideo: (call) => sendFile(call, 'video'),
  sendanimation: (call) => sendFile(call, 'animation'),
  sendaudio: (call) => sendFile(call, 'audio'),
  sendvoice: (call) => sendFile(call, 'voice'),
  sendmediagroup: sendMediaGroup,
  sendchataction: (call) => chatOf(call) !== undefined,
  getfile({ bot, params }) {
    const file = bot.files.get(String(params.file_id ?? ''));
    if (file === undefined) throw badRequest('invalid file_id');
    if (file.bytes.length > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big');
    return { file_id: file.fileId, file_unique_id: file.uniqueId, file_size: file.bytes.length, file_path: file.path };
  },
  getbusinessconnection({ bot, params }) {
    const connection = bot.connections.get(String(params.business_connection_id ?? ''));
    if (connection === undefined) throw badRequest('business connection not found');
    return connectionFields(connection);
  },
  answercallbackquery({ bot, params }) {
    const press = bot.presses.get(String(params.callback_query_id ?? ''));
    if (press === undefined || Date.now() - press.at > PRESS_LIFE_MS) {
      throw badRequest('query is too old and response timeout expired or query ID is invalid');
    }
    press.answered = true;
    return true;
  },
};

function setWebhook({ bot, params }: Call): true {
  const url = String(params.url ?? '');
  const dropPending = params.drop_pending_updates === true || params.drop_pending_updates === 'true';
  if (url === '') {
    bot.updates.setWebhook(undefined, dropPending);
    return true;
  }
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const local = address !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(address.hostname);
  // The real server wants HTTPS everywhere; a test's own server is spared.
  if (address === undefined || (address.protocol !== 'https:' && !local))
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  if (!local && !['', '443', '80', '88', '8443'].includes(address.port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  }
  const secretToken = params.secret_token === undefined ? undefined : String(params.secret_token);
  if (secretToken !== undefined && !/^[\w-]{1,256}$/.test(secretToken)) {
    throw badRequest(secretToken.length > 256 ? 'secret token is too long' : 'secret token contains unallowed characters');
  }
  readAllowed(bot, params);
  const maxConnections = Math.max(1, Math.min(Number(params.max_connections ?? 40), 100));
  bot.updates.setWebhook({ url, secretToken, maxConnections }, dropPending);
  return true;
}

/** A list that is left out keeps the previous one; an empty list is Telegram's default. */
function readAllowed(bot: Call['bot'], params: Call['params']): void {
  const list = params.allowed_updates;
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new ApiFailure(400, "Bad Request: can't parse allowed_updates: must be an Array of String");
  bot.updates.allowed = list.length === 0 ? undefined : new Set(list.map(String));
}
