import { pendingOf, totalOf, until, untilTaken } from '../base/control.ts';
import type { FakeBot } from './bot.ts';
import { changeBusiness, connectBusiness, deletes, ownerWrites } from './business.ts';
import { editText, keyOf, press, sendContent, setBlocked, writeText } from './clients.ts';
import type { World } from './server.ts';
import type { FakeTelegramControl } from './types.ts';

/** The control of a running fake. Every call is asynchronous, so that it reads the same over HTTP. */
export function createControl(world: World): FakeTelegramControl {
  const botOf = (token: string | undefined): FakeBot => {
    const bot = world.bots.get(token ?? world.firstToken);
    if (bot === undefined) throw new Error('no bot with this token');
    return bot;
  };
  const queues = () => [...world.bots.values()].map(({ updates }) => updates);
  const infoOf = ({ token, id, username }: FakeBot) => ({ token, botId: id, username });

  return {
    info: async () => ({ url: world.url, ...infoOf(botOf(undefined)) }),
    async addBot(options = {}) {
      const number = world.bots.size + 1;
      const token = options.token ?? `${100_200_300 + number}:LOCAL-fake_token_for_tests_only`;
      return infoOf(world.addBot(token, options.username ?? `local_test_bot_${number}`));
    },
    async revokeToken(token) {
      botOf(token).revoked = true;
    },

    clientWrites: async (chatId, text, options = {}) => writeText(botOf(options.token), chatId, text, options),
    clientEdits: async (chatId, messageId, text, options = {}) => editText(botOf(options.token), chatId, messageId, text, options),
    clientSends: async (chatId, content, options = {}) => sendContent(botOf(options.token), chatId, content, options),
    async clientPresses(chatId, messageId, buttonLabel, options = {}) {
      const bot = botOf(options.token);
      const button = keyOf(bot, chatId, messageId, buttonLabel, options.business);
      return press(bot, chatId, button.messageId, button.key, options);
    },
    clientPressesData: async (chatId, messageId, data, options = {}) => press(botOf(options.token), chatId, messageId, data, options),
    block: async (chatId, options = {}) => setBlocked(botOf(options.token), chatId, true),
    unblock: async (chatId, options = {}) => setBlocked(botOf(options.token), chatId, false),
    connectBusiness: async (ownerId, options = {}) => connectBusiness(botOf(options.token), ownerId, options),
    changeBusiness: async (connectionId, rights, options = {}) => changeBusiness(botOf(options.token), connectionId, rights),
    ownerWrites: async (connectionId, chatId, text, options = {}) =>
      ownerWrites(botOf(options.token), connectionId, chatId, text, options.automatic),
    deletes: async (connectionId, chatId, messageIds, options = {}) => deletes(botOf(options.token), connectionId, chatId, messageIds),
    async upgradeGroup(chatId, newChatId, options = {}) {
      const bot = botOf(options.token);
      bot.openChat(chatId).movedTo = newChatId;
      bot.openChat(newChatId);
    },
    pushUpdate: async (update, options = {}) => ({ updateId: botOf(options.token).updates.push(update, 'pushed').update_id }),

    async refuse(times, code, description, match = {}) {
      world.faults.add({ type: 'refuse', code, description }, match, times);
    },
    async rateLimit(retryAfterSeconds, match = {}) {
      const description = `Too Many Requests: retry after ${retryAfterSeconds}`;
      world.faults.add({ type: 'refuse', code: 429, description, retryAfterSeconds }, match);
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
      for (const updates of queues()) updates.hold();
    },
    async release(order = 'given') {
      for (const updates of queues()) updates.release(order);
    },
    redeliver: async (updateId, options = {}) => ({ status: await botOf(options.token).updates.redeliver(updateId) }),

    sentTo: async (chatId, options = {}) => [...(botOf(options.token).find(chatId, options.business)?.sent ?? [])],
    transcript: async (chatId, options = {}) => [...(botOf(options.token).find(chatId, options.business)?.items ?? [])],
    chats: async (options = {}) => [...botOf(options.token).chats.keys()],
    calls: async (since = 0) => world.calls.slice(since),
    async counters() {
      const own = { ...world.counts, byMethod: { ...world.counts.byMethod }, accepted: world.calls.length };
      return { ...own, ...totalOf(queues()), pending: pendingOf(queues()) };
    },
    async pressAnswered(callbackId) {
      return [...world.bots.values()].some(({ presses }) => presses.get(callbackId)?.answered === true);
    },
    async fileContent(fileId) {
      for (const { files } of world.bots.values()) {
        const file = files.get(fileId);
        if (file !== undefined) return file.bytes.toString('base64');
      }
      throw new Error('no such file');
    },
    webhookSecret: async (options = {}) => botOf(options.token).updates.webhook?.secretToken ?? '',
    update: async (updateId, options = {}) => botOf(options.token).updates.made.get(updateId),
    async waitForSent(chatId, count, options = {}) {
      const sent = () => botOf(options.token).find(chatId, options.business)?.sent ?? [];
      await until(
        () => sent().length >= count,
        options,
        () => {
          const texts = sent().map(({ kind, text }) => `${kind} ${JSON.stringify(text)}`);
          return `chat ${chatId} got ${texts.length} of ${count} messages: ${texts.join('; ') || 'none'}`;
        },
      );
      return [...sent()];
    },
    waitUntilTaken: (options = {}) => untilTaken(queues, options, 'updates'),
  };
}
