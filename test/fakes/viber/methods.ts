import type { FakeBot } from './bot.ts';
import { ApiFailure, badData, missingData } from './failure.ts';
import { checkMessage } from './limits.ts';
import { toWire } from './wire.ts';

type Method = (bot: FakeBot, body: Record<string, unknown>) => Promise<Record<string, unknown>>;

const EVENT_TYPES = new Set(['delivered', 'seen', 'failed', 'subscribed', 'unsubscribed', 'conversation_started', 'message']);

/** The methods of the API by name; what they throw becomes a status. */
export const METHODS: Record<string, Method> = {
  /** Calls the address before it answers: a route that is not live, or refuses the signature, is no webhook. */
  async set_webhook(bot, body) {
    const { url, event_types: eventTypes } = body;
    if (typeof url !== 'string') throw missingData('url');
    if (url === '') {
      bot.events.setWebhook(undefined);
      return {};
    }
    if (!URL.canParse(url) || !isReachable(new URL(url))) throw new ApiFailure(1, 'invalidUrl');
    if (eventTypes !== undefined && !(Array.isArray(eventTypes) && eventTypes.every((type) => EVENT_TYPES.has(String(type))))) {
      throw badData('event_types');
    }
    const handshake = { event: 'webhook', timestamp: Date.now(), chat_hostname: 'SN-CALLBACK-01', message_token: bot.messageToken() };
    const status = await bot.events.post(url, toWire(handshake));
    if (status !== 200) throw new ApiFailure(1, `invalidUrl: the webhook answered ${status === 0 ? 'nothing' : status}`);
    bot.events.setWebhook(url);
    return { chat_hostname: 'SN-CALLBACK-01', event_types: eventTypes ?? [...EVENT_TYPES] };
  },

  async get_account_info(bot) {
    return {
      id: bot.accountId,
      name: bot.name,
      uri: bot.name.toLowerCase().replaceAll(' ', ''),
      icon: 'https://media-direct.cdn.example.org/icon.jpg',
      country: 'RU',
      webhook: bot.events.webhook ?? '',
      event_types: [...EVENT_TYPES],
      subscribers_count: [...bot.chats.values()].filter(({ subscribed }) => subscribed).length,
      members: [],
    };
  },

  async send_message(bot, body) {
    const message = checkMessage(body);
    if (bot.events.webhook === undefined) throw new ApiFailure(10, 'webhookNotSet');
    return { message_token: bot.accept(message), chat_hostname: 'SN-CHAT-05_', billing_status: 1 };
  },
};

/** A public address over https; the loopback stands in for it here. */
function isReachable(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname));
}
