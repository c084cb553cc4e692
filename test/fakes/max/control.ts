import { pendingOf, totalOf, until, untilTaken } from '../base/control.ts';
import type { FakeBot } from './bot.ts';
import { edit, press, remove, sendMessage, start, stop } from './clients.ts';
import type { World } from './server.ts';
import type { FakeMaxControl } from './types.ts';

/** The control of a running fake. Every call is asynchronous, so that it reads the same over HTTP. */
export function createControl(world: World): FakeMaxControl {
  const botOf = (options: { token?: string } | undefined): FakeBot => {
    const bot = world.bots.get(options?.token ?? world.firstToken);
    if (bot === undefined) throw new Error('no bot with this token');
    return bot;
  };
  const itemsOf = (chatId: number, options: { token?: string } | undefined) => [...(botOf(options).chats.get(chatId)?.items ?? [])];
  const sentNow = (chatId: number, options: { token?: string } | undefined) =>
    itemsOf(chatId, options).filter(({ from }) => from === 'bot');
  const queues = () => [...world.bots.values()].map(({ events }) => events);

  return {
    info: async () => ({ url: world.url, token: world.firstToken, botId: botOf(undefined).id }),
    async addBot({ token, name } = {}) {
      const number = world.bots.size + 1;
      const bot = world.addBot(token ?? `f9LHodD0cOIlocal${number}_${'k'.repeat(40)}`, name ?? `Local bot ${number}`);
      return { token: bot.token, botId: bot.id };
    },
    async revokeToken(token) {
      botOf({ token }).revoked = true;
    },

    clientStarts: async (chatId, options = {}) => start(botOf(options), chatId, options),
    clientWrites: async (chatId, text, options = {}) => sendMessage(botOf(options), world.keepMedia, chatId, [], text, options),
    clientSends: async (chatId, media, text = '', options = {}) =>
      sendMessage(botOf(options), world.keepMedia, chatId, media, text, options),
    clientEdits: async (chatId, mid, text, options = {}) => edit(botOf(options), chatId, mid, text, options),
    clientRemoves: async (chatId, mid, options = {}) => remove(botOf(options), chatId, mid, options),
    clientPresses: async (chatId, mid, label, options = {}) => press(botOf(options), chatId, mid, label, options),
    pressAnswered: async (callbackId, options) => botOf(options).presses.get(callbackId)?.answered ?? false,
    clientStops: async (chatId, options) => stop(botOf(options), chatId),
    pushUpdate: async (update, options) => ({ key: botOf(options).push(update, 'pushed') }),

    async refuse(times, status, code, message, match) {
      world.faults.add({ type: 'refuse', status, code, message }, match, times);
    },
    async break(httpStatus, match) {
      world.faults.add({ type: 'break', httpStatus }, match);
    },
    async rateLimit(retryAfterSeconds, match) {
      const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      world.faults.add({ type: 'refuse', status: 429, code: 'too.many.requests', message: 'Too many requests', ...wait }, match);
    },
    async stall(ms, { when = 'before', ...match } = {}) {
      world.faults.add({ type: 'stall', ms, when }, match);
    },
    async drop({ when = 'before', ...match } = {}) {
      world.faults.add({ type: 'drop', when }, match);
    },
    async notReady(times, options) {
      botOf(options).notReadyLeft = times;
    },
    async clearFaults() {
      world.faults.clear();
      for (const bot of world.bots.values()) bot.notReadyLeft = 0;
    },

    async hold() {
      for (const events of queues()) events.hold();
    },
    async release(order = 'given') {
      for (const events of queues()) events.release(order);
    },
    redeliver: async (key, options) => botOf(options).events.redeliver(key),
    async updateOf(key, options) {
      const update = botOf(options).events.made.get(key);
      if (update === undefined) throw new Error('no such update');
      return update.body;
    },
    subscriptions: async (options) =>
      [...botOf(options).events.subscriptions.values()].map(({ url, updateTypes, secret }) => ({
        url,
        updateTypes: [...updateTypes],
        ...(secret === undefined ? {} : { secret }),
      })),

    sentTo: async (chatId, options) => sentNow(chatId, options),
    transcript: async (chatId, options) => itemsOf(chatId, options),
    chats: async (options) => [...botOf(options).chats.keys()],
    calls: async (since = 0) => world.calls.slice(since),
    async counters() {
      const own = { ...world.counts, byMethod: { ...world.counts.byMethod }, accepted: world.calls.length };
      return { ...own, ...totalOf(queues()), pending: pendingOf(queues()) };
    },
    async waitForSent(chatId, count, options = {}) {
      await until(
        () => sentNow(chatId, options).length >= count,
        options,
        () => {
          const texts = sentNow(chatId, options).map(({ text }) => JSON.stringify(text));
          return `chat ${chatId} got ${texts.length} of ${count} messages: ${texts.join('; ') || 'none'}`;
        },
      );
      return sentNow(chatId, options);
    },
    waitUntilTaken: (options = {}) => untilTaken(queues, options, 'updates'),
  };
}
