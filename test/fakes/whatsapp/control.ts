import { pendingOf, totalOf, until, untilTaken } from '../base/control.ts';
import { echo, messageOf, pressButton, sendMessage, status } from './clients.ts';
import { setWebhook } from './methods.ts';
import type { FakeNumber } from './number.ts';
import type { World } from './server.ts';
import { templateFrom } from './templates.ts';
import type { FakeWhatsAppControl, NumberInfo } from './types.ts';
import { sign } from './wire.ts';

const CODE_OF_RATE_LIMIT = 130429;

/** The control of a running fake. Every call is asynchronous, so that it reads the same over HTTP. */
export function createControl(world: World): FakeWhatsAppControl {
  const numberOf = (id?: string): FakeNumber => {
    const number = world.numbers.get(id ?? world.firstNumber);
    if (number === undefined) throw new Error('no number with this id');
    return number;
  };
  const owning = (id: string): FakeNumber => {
    const number = [...world.numbers.values()].find(({ events }) => events.made.has(id));
    if (number === undefined) throw new Error('no such delivery');
    return number;
  };
  const infoOf = ({ phoneNumberId, businessAccountId, token, appSecret }: FakeNumber): NumberInfo => ({
    phoneNumberId,
    businessAccountId,
    token,
    appSecret,
  });
  const sentNow = (phone: string, number?: string) => (numberOf(number).find(phone)?.items ?? []).filter(({ from }) => from === 'business');
  const queues = () => [...world.numbers.values()].map(({ events }) => events);
  const chatOf = (phone: string, number?: string) => {
    const chat = numberOf(number).find(phone);
    if (chat === undefined) throw new Error(`nobody has the phone ${phone}`);
    return chat;
  };

  return {
    info: async () => ({ url: world.url, apiRoot: world.apiRoot, ...infoOf(numberOf()) }),
    addNumber: async ({ phoneNumberId, name } = {}) => infoOf(world.addNumber(phoneNumberId, name)),
    async revokeToken(number) {
      numberOf(number).revoked = true;
    },
    async forbidOverrides() {
      for (const number of world.numbers.values()) number.forbidsOverrides = true;
    },
    setWebhook: (url, verifyToken, number) => setWebhook(numberOf(number), url, verifyToken),
    async approveTemplate(name, language, definition) {
      for (const number of world.numbers.values()) number.templates.set(`${name}/${language}`, templateFrom(name, language, definition));
    },

    clientWrites: async (phone, text, options = {}) =>
      sendMessage(numberOf(options.number), phone, { type: 'text', text: { body: text } }, options),
    clientSends: async (phone, content, options = {}) =>
      sendMessage(numberOf(options.number), phone, messageOf(numberOf(options.number), content, world.keepMedia), options),
    clientPresses: async (phone, title, options = {}) => pressButton(numberOf(options.number), phone, title, options),
    clientEdits: async (phone, message, text, options = {}) =>
      sendMessage(
        numberOf(options.number),
        phone,
        { type: 'edit', edit: { original_message_id: message, message: { type: 'text', text: { body: text } } } },
        options,
      ),
    clientRevokes: async (phone, message, options = {}) =>
      sendMessage(numberOf(options.number), phone, { type: 'revoke', revoke: { original_message_id: message } }, options),
    async closeWindow(phone, number) {
      chatOf(phone, number).lastWroteAt = 0;
    },
    async lose(phone, number) {
      chatOf(phone, number).lost = true;
    },
    colleagueWrites: async (phone, text, number) => echo(numberOf(number), phone, text),
    async status(phone, message, said, error) {
      const item = message === 'last' ? sentNow(phone).at(-1) : sentNow(phone).find(({ id }) => id === message);
      if (item === undefined) throw new Error('nothing was said to this client');
      const failure = error && { code: error.code, title: error.title, message: error.title, error_data: { details: error.details } };
      status(numberOf(), chatOf(phone), item, said, failure);
    },
    async pushChange(change, number) {
      const id = numberOf(number).messageId();
      numberOf(number).events.push(id, change, 'pushed');
      return { id };
    },

    async refuse(times, code, words, match) {
      world.faults.add({ type: 'refuse', code, words, httpStatus: code === 190 ? 401 : 400 }, match, times);
    },
    async break(httpStatus, match) {
      world.faults.add({ type: 'break', httpStatus }, match);
    },
    async rateLimit({ code = CODE_OF_RATE_LIMIT, retryAfterSeconds, ...match } = {}) {
      const retry = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      world.faults.add({ type: 'refuse', code, words: 'Rate limit hit', httpStatus: 429, ...retry }, match);
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
    redeliver: async (id) => ({ status: await owning(id).events.redeliver(id) }),
    async eventOf(id) {
      const number = owning(id);
      const body = number.events.made.get(id) ?? '';
      return { body, signature: sign(number.appSecret, body) };
    },
    sign: async (body, number) => sign(numberOf(number).appSecret, body),

    sentTo: async (phone, number) => sentNow(phone, number),
    transcript: async (phone, number) => [...(numberOf(number).find(phone)?.items ?? [])],
    calls: async (since = 0) => world.calls.slice(since),
    async counters() {
      const own = { ...world.counts, byMethod: { ...world.counts.byMethod }, accepted: world.calls.length };
      return { ...own, ...totalOf(queues()), pending: pendingOf(queues()) };
    },
    async waitForSent(phone, count, options = {}) {
      await until(
        () => sentNow(phone, options.number).length >= count,
        options,
        () => `client ${phone} got ${sentNow(phone, options.number).length} of ${count} messages`,
      );
      return sentNow(phone, options.number);
    },
    waitUntilTaken: (options = {}) => untilTaken(queues, options, 'deliveries'),
  };
}
