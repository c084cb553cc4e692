import { pendingOf, totalOf, until, untilTaken } from '../base/control.ts';
import { adminWrites, edit, press, pressPayload, readAll, setAllowed, write } from './clients.ts';
import type { Community } from './community.ts';
import type { World } from './server.ts';
import type { FakeVkControl, TranscriptItem } from './types.ts';

const BY_HAND = ['message_new', 'message_reply', 'message_edit', 'message_event', 'message_allow', 'message_deny', 'message_read'];

/** The control of a running fake. Every call is asynchronous, so that it reads the same over HTTP. */
export function createControl(world: World): FakeVkControl {
  const communityOf = (token: string | undefined): Community => {
    const community = world.communities.get(token ?? world.firstToken);
    if (community === undefined) throw new Error('no community with this key');
    return community;
  };
  const sent = (peerId: number, token: string | undefined): TranscriptItem[] =>
    (communityOf(token).peers.get(peerId)?.items ?? []).filter(({ from }) => from === 'community');
  const all = () => [...world.communities.values()];
  const queues = () => all().map(({ events }) => events);

  return {
    info: async () => ({ url: world.url, token: world.firstToken, groupId: communityOf(undefined).groupId }),
    async addCommunity(options = {}) {
      const number = world.communities.size;
      const token = options.token ?? `vk1.a.LOCAL-fake_key_for_tests_only_${number}`;
      return { token, groupId: world.addCommunity(token, options.groupId ?? 77_000_077 + number).groupId };
    },
    async revokeToken(token) {
      communityOf(token).revoked = true;
    },
    async allow(settings, options = {}) {
      Object.assign(communityOf(options.token).allowed, settings);
    },
    async addServerByHand(url, secret, options = {}) {
      const { events } = communityOf(options.token);
      const code = options.code ?? 'handmade1';
      const server = events.addServer({ url, title: 'By hand', secret, code });
      for (const name of BY_HAND) server.events.add(name);
      await events.confirm(server);
      return { serverId: server.id, code, status: server.status };
    },
    servers: async (options = {}) =>
      [...communityOf(options.token).events.servers.values()].map(({ id, url, status, secret, events }) => ({
        id,
        url,
        status,
        secret,
        events: [...events],
      })),

    clientWrites: async (peerId, text, options = {}) => write(communityOf(options.token), world.url, peerId, text, [], options),
    clientSends: async (peerId, media, text = '', options = {}) =>
      write(communityOf(options.token), world.url, peerId, text, media, options),
    clientEdits: async (peerId, messageId, text, options = {}) => edit(communityOf(options.token), peerId, messageId, text),
    clientStarts: async (peerId, options = {}) =>
      write(communityOf(options.token), world.url, peerId, 'Начать', [], { ...options, payload: '{"command":"start"}' }),
    clientPresses: async (peerId, messageId, label, options = {}) =>
      press(communityOf(options.token), world.url, peerId, messageId, label, options),
    clientPressesPayload: async (peerId, payload, options = {}) => pressPayload(communityOf(options.token), peerId, payload, options),
    clientReads: async (peerId, options = {}) => readAll(communityOf(options.token), peerId),
    block: async (peerId, options = {}) => setAllowed(communityOf(options.token), peerId, false),
    unblock: async (peerId, options = {}) => setAllowed(communityOf(options.token), peerId, true),
    adminWrites: async (peerId, text, options = {}) => adminWrites(communityOf(options.token), peerId, text),
    pushEvent: async (type, object, options = {}) => ({ eventId: communityOf(options.token).events.push(type, object).event_id }),

    async refuse(times, code, words, match = {}) {
      world.faults.add({ type: 'refuse', code, words }, match, times);
    },
    async fail(status, { retryAfterSeconds, ...match } = {}) {
      world.faults.add({ type: 'status', status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }, match);
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
    redeliver: async (eventId, options = {}) => communityOf(options.token).events.redeliver(eventId),
    async loseLongPoll(failed, options = {}) {
      communityOf(options.token).events.lose(failed);
    },

    sentTo: async (peerId, options = {}) => sent(peerId, options.token),
    transcript: async (peerId, options = {}) => [...(communityOf(options.token).peers.get(peerId)?.items ?? [])],
    calls: async (since = 0) => world.calls.slice(since),
    async counters() {
      const own = { ...world.counts, byMethod: { ...world.counts.byMethod }, accepted: world.calls.length };
      return { ...own, ...totalOf(queues()), pending: pendingOf(queues()) };
    },
    pressAnswered: async (answerId) => all().some(({ presses }) => presses.get(answerId)?.answered === true),
    event: async (eventId, options = {}) => communityOf(options.token).events.made.get(eventId),
    async waitForSent(peerId, count, options = {}) {
      await until(
        () => sent(peerId, options.token).length >= count,
        options,
        () => {
          const texts = sent(peerId, options.token).map(({ text }) => JSON.stringify(text));
          return `chat ${peerId} got ${texts.length} of ${count} messages: ${texts.join('; ') || 'none'}`;
        },
      );
      return sent(peerId, options.token);
    },
    waitUntilTaken: (options = {}) => untilTaken(queues, options, 'events'),
  };
}
