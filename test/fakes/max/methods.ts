import type { FakeBot } from './bot.ts';
import { ApiFailure, badPayload } from './failure.ts';
import { checkMessage, isRecord } from './limits.ts';
import type { World } from './server.ts';

export interface Call {
  world: World;
  bot: FakeBot;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** What stands after the first word of the path. */
  rest: string;
  /** Runs when the caller has gone. */
  onGone: (forget: () => void) => void;
}

const UPDATE_TYPES = new Set([
  'message_created',
  'message_edited',
  'message_removed',
  'message_callback',
  'message_chat_created',
  'bot_started',
  'bot_stopped',
  'bot_added',
  'bot_removed',
  'user_added',
  'user_removed',
  'chat_title_changed',
  'dialog_muted',
  'dialog_unmuted',
  'dialog_cleared',
  'dialog_removed',
]);
const UPLOAD_TYPES = ['image', 'video', 'audio', 'file'];

/** Every call the fake knows, by verb and first word of the path; what they throw becomes an error of the API. */
export const METHODS: Record<string, (call: Call) => Record<string, unknown> | Promise<Record<string, unknown>>> = {
  'GET me': ({ bot }) => ({ ...bot.botFields(), description: 'a local bot' }),

  'POST messages'({ bot, query, body }) {
    const chatId = query.get('chat_id');
    const userId = query.get('user_id');
    if ((chatId === null) === (userId === null)) throw badPayload('chat_id or user_id: exactly one is needed');
    const given = chatId ?? userId ?? '';
    if (!/^-?\d+$/.test(given)) throw badPayload(`${chatId === null ? 'user_id' : 'chat_id'}: must be an integer`);
    const message = checkMessage(body, bot);
    const id = chatId === null ? [...bot.chats.keys()].find((one) => one > 0 && bot.personOf(one).userId === Number(given)) : Number(given);
    if (id === undefined) throw new ApiFailure(404, 'dialog.not.found', 'error.dialog.notfound');
    return { message: bot.accept(id, message) };
  },

  'POST uploads'({ world, bot, query }) {
    const type = query.get('type') ?? '';
    if (!UPLOAD_TYPES.includes(type)) throw badPayload('type: must be one of image, video, audio, file');
    const ticket = bot.newToken();
    const token = bot.newToken();
    bot.tickets.set(ticket, { type, token });
    const early = type === 'video' || type === 'audio';
    // Before its bytes are there the token of a video is known and not ready.
    if (early) bot.uploads.set(token, { type, token, name: '', bytes: undefined });
    return { url: `${world.url}/upload/${bot.id}/${ticket}`, ...(early ? { token } : {}) };
  },

  'POST answers'({ bot, query, body }) {
    const press = bot.presses.get(query.get('callback_id') ?? '');
    if (press === undefined) throw new ApiFailure(404, 'not.found', 'Callback is not found or expired');
    const { message, notification } = body;
    if (typeof notification !== 'string' && !isRecord(message)) throw badPayload('message or notification: must not be empty');
    if (isRecord(message)) checkMessage(message, bot);
    press.answered = true;
    return { success: true };
  },

  'GET subscriptions': ({ bot }) => ({
    subscriptions: [...bot.events.subscriptions.values()].map(({ url, time, updateTypes }) => ({
      url,
      time,
      update_types: [...updateTypes],
    })),
  }),

  'POST subscriptions'({ bot, body }) {
    const { url, update_types: types, secret } = body;
    if (typeof url !== 'string' || !URL.canParse(url) || !isReachable(new URL(url))) throw badPayload('url: must be an https address');
    if (secret !== undefined && !(typeof secret === 'string' && /^[A-Za-z0-9_-]{5,256}$/.test(secret)))
      throw badPayload('secret: malformed');
    if (types !== undefined && !(Array.isArray(types) && types.every((type) => UPDATE_TYPES.has(String(type))))) {
      throw badPayload('update_types: unknown type');
    }
    const updateTypes = new Set(types === undefined ? UPDATE_TYPES : (types as string[]));
    bot.events.subscriptions.set(url, { url, time: Date.now(), updateTypes, secret: secret as string | undefined });
    return { success: true };
  },

  'DELETE subscriptions'({ bot, query }) {
    const url = query.get('url');
    if (url === null) throw badPayload('url: must not be empty');
    return bot.events.unsubscribe(url) ? { success: true } : { success: false, message: 'Subscription not found' };
  },

  async 'GET updates'({ bot, query, onGone }) {
    if (bot.events.subscriptions.size > 0) throw new ApiFailure(405, 'method.not.allowed', 'Bot has a WebHook subscription');
    const number = (name: string, usual: number, least: number, most: number) => {
      const value = Number(query.get(name) ?? usual);
      if (!Number.isInteger(value) || value < least || value > most) throw badPayload(`${name}: must be between ${least} and ${most}`);
      return value;
    };
    const marker = query.get('marker');
    if (marker !== null && !/^\d+$/.test(marker)) throw badPayload('marker: must be an integer');
    const types = query.get('types');
    return await bot.events.poll({
      marker: marker === null ? undefined : BigInt(marker),
      limit: number('limit', 100, 1, 1000),
      waitMs: number('timeout', 30, 0, 90) * 1000,
      types: types === null ? undefined : new Set(types.split(',')),
      onGone,
    });
  },

  'GET videos'({ bot, rest }) {
    const video = bot.videos.get(rest);
    if (video === undefined) throw new ApiFailure(404, 'not.found', 'Video is not found');
    const urls = video.preparing ? null : { mp4_144: `${video.url}?small`, mp4_720: video.url, hls: `${video.url}?hls` };
    return { token: rest, urls, thumbnail: null, width: 1280, height: 720, duration: video.durationSeconds };
  },
};

/** A public address over https; the loopback stands in for it here. */
function isReachable(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname));
}
