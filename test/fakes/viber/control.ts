import { pendingOf, totalOf, until, untilTaken } from '../base/control.ts';
import type { FakeBot } from './bot.ts';
import { messageOf, open, pressButton, receipt, sendMessage, setSubscribed } from './clients.ts';
import type { World } from './server.ts';
import type { FakeViberControl, TranscriptItem } from './types.ts';
import { sign } from './wire.ts';

/** The control of a running fake. Every call is asynchronous, so that it reads the same over HTTP. */
export function createControl(world: World): FakeViberControl {
  const botOf = (options: { token?: string } | undefined): FakeBot => {
    const bot = world.bots.get(options?.token ?? world.firstToken);
    if (bot === undefined) throw new Error('no bot with this token');
    return bot;
  };
  const sentNow = (userId: string, options: { token?: string }) =>
    (botOf(options).chats.get(userId)?.items ?? []).filter(({ from }) => from === 'bot');
  /** What is told of a chat includes the files the bot's messages point to. */
  const settled = async (userId: string, options: { token?: string }): Promise<TranscriptItem[]> => {
    await Promise.all(botOf(options).chats.get(userId)?.reading ?? []);
    return [...(botOf(options).chats.get(userId)?.items ?? [])];
  };
  const queues = () => [...world.bots.values()].map(({ events }) => events);

  return {
    info: async () => ({ url: world.url, apiRoot: world.apiRoot, token: world.firstToken, accountId: botOf(undefined).accountId }),
    async addBot({ token, name } = {}) {
      const number = world.bots.size + 1;
      const bot = world.addBot(
        token ?? `${String(number).padStart(16, '0')}-61a47a1e6778d187-f2c5a676a07050b3`,
        name ?? `Local bot ${number}`,
      );
      return { token: bot.token, accountId: bot.accountId };
    },
    async revokeToken(token) {
      botOf({ token }).revoked = true;
    },

    clientWrites: async (userId, text, options = {}) => sendMessage(botOf(options), userId, { type: 'text', text }, options),
    clientSends: async (userId, content, options = {}) => sendMessage(botOf(options), userId, messageOf(content, world.keepMedia), options),
    clientPresses: async (userId, label, options = {}) => pressButton(botOf(options), userId, label, options),
    clientOpens: async (userId, options = {}) => open(botOf(options), userId, options),
    block: async (userId, options) => setSubscribed(botOf(options), userId, false),
    unblock: async (userId, options) => setSubscribed(botOf(options), userId, true),
    deliver: async (userId, message, options) => receipt(botOf(options), userId, message, { event: 'delivered' }, options?.devices),
    see: async (userId, message, options) => receipt(botOf(options), userId, message, { event: 'seen' }),
    fail: async (userId, message, desc, options) => receipt(botOf(options), userId, message, { event: 'failed', desc }),
    pushEvent: async (event, options) => ({ messageToken: botOf(options).push(event, { lane: 'pushed' }) }),

    async refuse(times, status, words, match) {
      world.faults.add({ type: 'refuse', status, words }, match, times);
    },
    async break(httpStatus, match) {
      world.faults.add({ type: 'break', httpStatus }, match);
    },
    async rateLimit(match) {
      world.faults.add({ type: 'refuse', status: 12, words: 'tooManyRequests' }, match);
    },
    async stall(ms, { when = 'before', ...match } = {}) {
      world.faults.add({ type: 'stall', ms, when }, match);
    },
    async drop({ when = 'before', ...match } = {}) {
      world.faults.add({ type: 'drop', when }, match);
    },
    async clearFaults() {
      world.faults.clear();
    },

    async hold() {
      for (const events of queues()) events.hold();
    },
    async release(order = 'given') {
      for (const events of queues()) events.release(order);
    },
    redeliver: async (messageToken, options) => ({ status: await botOf(options).events.redeliver(messageToken) }),
    async eventOf(messageToken, options) {
      const bot = botOf(options);
      const body = bot.events.made.get(messageToken);
      if (body === undefined) throw new Error('no such event');
      return { body, signature: sign(bot.token, body) };
    },
    sign: async (body, options) => sign(botOf(options).token, body),

    sentTo: async (userId, options = {}) => (await settled(userId, options)).filter(({ from }) => from === 'bot'),
    transcript: (userId, options = {}) => settled(userId, options),
    chats: async (options) => [...botOf(options).chats.keys()],
    calls: async (since = 0) => world.calls.slice(since),
    async counters() {
      const own = { ...world.counts, byMethod: { ...world.counts.byMethod }, accepted: world.calls.length };
      return { ...own, ...totalOf(queues()), pending: pendingOf(queues()) };
    },
    async waitForSent(userId, count, options = {}) {
      await until(
        () => sentNow(userId, options).length >= count,
        options,
        () => {
          const texts = sentNow(userId, options).map(({ kind, text }) => `${kind} ${JSON.stringify(text)}`);
          return `client ${userId} got ${texts.length} of ${count} messages: ${texts.join('; ') || 'none'}`;
        },
      );
      return (await settled(userId, options)).filter(({ from }) => from === 'bot');
    },
    waitUntilTaken: (options = {}) => untilTaken(queues, options, 'events'),
  };
}
