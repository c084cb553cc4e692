import { randomUUID } from 'node:crypto';
import type { Channel, ChannelError, ChannelFact, ConnectedChannel } from '../../channels/channel.ts';
import type { Sql } from '../../db/connection.ts';
import { type HeldLease, holdLeases, type LeaseKey, releaseLeases, saveCursor } from './leases.ts';
import { pollChannel } from './poll-channel.ts';

/** A holder that stops without a word is replaced after this and one look: below the 10 s that a takeover may take. */
const LEASE_MS = 6_000;
const RENEW_AFTER_MS = 2_000;
/** A channel that was connected, disconnected or switched is noticed at the next look. */
const LOOK_EVERY_MS = 1_500;
/** How long a stop waits for batches that are being handed on. */
const STOP_WAIT_MS = 5_000;

/** The part of a pino logger that is used; ids only, never what was said. */
export interface PollingLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface PollingDeps {
  sql: Sql;
  channels: { get(type: string): Channel | undefined };
  /** Every connected channel that receives by polling, in the whole installation, with its credentials. Asked every 1.5 s and at each nudge. */
  listPollingChannels(): Promise<ConnectedChannel[]>;
  /** Hands facts of one chat to Temporal; returns when they were accepted. Called with one fact at a time, and again after a failure. */
  deliver(channel: ConnectedChannel, facts: ChannelFact[]): Promise<void>;
  /** Stores updates that nobody could read, as they came. */
  keepUnparsed?(channel: ConnectedChannel, bodies: string[]): Promise<void>;
  /** Stores what joins the channel's facts. */
  keepLearned?(channel: ConnectedChannel, learned: Record<string, string>): Promise<void>;
  /** Polling fails with this error, or works (`undefined`): told at the beginning and at every change. A failure of it is logged only. */
  onState?(channel: ConnectedChannel, error: ChannelError | undefined): Promise<void>;
  log: PollingLog;
  /** Names this process in the lease; random when left out. */
  owner?: string;
}

export interface Polling {
  /** Looks for new, changed and vanished channels now. */
  nudge(): void;
  /** Ends all loops and gives the leases back. */
  stop(): Promise<void>;
  /** Ends all loops as a crash would: leases stay until they run out. For tests of the takeover. */
  abandon(): void;
}

interface Loop {
  channel: ConnectedChannel;
  /** What would make another loop necessary when it changes. */
  identity: string;
  abort: AbortController;
  done: Promise<void>;
  ended: boolean;
  /** It is ending because its channel vanished or changed; until then no other loop of it begins here. */
  unwanted: boolean;
  /** When the lease was last confirmed, by this process's monotonic clock. */
  confirmedAtMs: number;
}

/**
 * Polls the installation's polling channels, each in one process at a time: whoever holds the channel's lease. Run it in every worker. A worker that
 * dies is replaced within 10 s; a worker that only hangs loses its lease, and what it delivers late is recognised by its ids.
 */
export function startPolling(deps: PollingDeps): Polling {
  const owner = deps.owner ?? randomUUID();
  const loops = new Map<string, Loop>();
  let ending = false;
  let looking = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  // Beside the looks: one of them may hang while the database is away.
  const expiry = setInterval(endExpired, 1_000);

  const look = () => {
    clearTimeout(timer);
    looking = looking
      .then(lookOnce)
      .catch((error: unknown) => deps.log.error({ err: error }, 'polling channels could not be looked through'));
    looking = looking.then(() => {
      clearTimeout(timer);
      if (!ending) timer = setTimeout(look, LOOK_EVERY_MS);
    });
  };

  async function lookOnce(): Promise<void> {
    if (ending) return;
    const wanted = new Map((await deps.listPollingChannels()).map((channel) => [keyOf(channel), channel]));
    endUnwanted(wanted);
    const nowMs = performance.now();
    const due = [...wanted.values()].filter((channel) => {
      const loop = loops.get(keyOf(channel));
      if (loop?.unwanted) return false;
      return loop === undefined || loop.ended || nowMs - loop.confirmedAtMs >= RENEW_AFTER_MS;
    });
    const held = await holdLeases(deps.sql, owner, due.map(leaseKeyOf), LEASE_MS);
    if (ending) return;
    const heldByKey = new Map(held.map((lease) => [`${lease.accountId}/${lease.channelId}`, lease]));
    for (const channel of due) take(channel, heldByKey.get(keyOf(channel)), nowMs);
  }

  /** Starts or prolongs the loop of a channel that is ours, ends the loop of one that is not. */
  function take(channel: ConnectedChannel, lease: HeldLease | undefined, nowMs: number): void {
    const key = keyOf(channel);
    const loop = loops.get(key);
    if (lease === undefined) {
      if (loop !== undefined && !loop.ended) deps.log.warn({ ...leaseKeyOf(channel) }, 'the lease of a polled channel was lost');
      loop?.abort.abort();
      loops.delete(key);
    } else if (loop !== undefined && !loop.ended) {
      loop.confirmedAtMs = nowMs;
    } else {
      loops.set(key, startLoop(channel, lease, nowMs));
    }
  }

  function startLoop(channel: ConnectedChannel, lease: HeldLease, nowMs: number): Loop {
    const abort = new AbortController();
    const loop: Loop = {
      channel,
      identity: identityOf(channel),
      abort,
      done: Promise.resolve(),
      ended: false,
      unwanted: false,
      confirmedAtMs: nowMs,
    };
    const adapter = deps.channels.get(channel.type);
    if (adapter?.poll === undefined) {
      deps.log.error({ ...leaseKeyOf(channel), type: channel.type }, 'a channel is set to polling, but its messenger has none');
      return loop;
    }
    deps.log.info({ ...leaseKeyOf(channel) }, 'polling begins');
    loop.done = pollChannel({
      channel,
      adapter,
      cursor: lease.cursor,
      signal: abort.signal,
      deliver: deps.deliver,
      keepUnparsed: async (to, bodies) => deps.keepUnparsed?.(to, bodies),
      keepLearned: async (of, learned) => deps.keepLearned?.(of, learned),
      saveCursor: (cursor) => saveCursor(deps.sql, owner, lease, cursor),
      onState: tellState,
      log: deps.log,
    })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) deps.log.error({ ...leaseKeyOf(channel), err: error }, 'a polling loop ended unexpectedly');
      })
      .finally(() => {
        loop.ended = true;
      });
    return loop;
  }

  async function tellState(channel: ConnectedChannel, error: ChannelError | undefined): Promise<void> {
    try {
      await deps.onState?.(channel, error);
    } catch (failure) {
      deps.log.warn({ ...leaseKeyOf(channel), err: failure }, 'the state of a channel could not be told');
    }
  }

  /** The database could not be asked for a whole lease: another process may have taken over. */
  function endExpired(): void {
    const nowMs = performance.now();
    for (const loop of loops.values()) if (nowMs - loop.confirmedAtMs >= LEASE_MS) loop.abort.abort();
  }

  /** Ends what is no longer to be polled, or not with these credentials; the lease is given back once its last batch is through. */
  function endUnwanted(wanted: Map<string, ConnectedChannel>): void {
    for (const [key, loop] of loops) {
      const channel = wanted.get(key);
      if (loop.unwanted || (channel !== undefined && identityOf(channel) === loop.identity)) continue;
      loop.unwanted = true;
      loop.abort.abort();
      void loop.done
        .then(() => releaseLeases(deps.sql, owner, [leaseKeyOf(loop.channel)]))
        .catch((error: unknown) => deps.log.warn({ ...leaseKeyOf(loop.channel), err: error }, 'a lease could not be given back'))
        .finally(() => {
          loops.delete(key);
          // A channel with another token starts again at once.
          if (!ending) look();
        });
    }
  }

  function end(): Loop[] {
    ending = true;
    clearTimeout(timer);
    clearInterval(expiry);
    for (const loop of loops.values()) loop.abort.abort();
    return [...loops.values()];
  }

  look();
  return {
    nudge() {
      if (!ending) look();
    },
    async stop() {
      const ended = end();
      await Promise.all([looking, settled(ended)]);
      // A look that was under way may have taken more.
      const all = new Set([...ended, ...end()]);
      await releaseLeases(
        deps.sql,
        owner,
        [...all].map((loop) => leaseKeyOf(loop.channel)),
      );
    },
    abandon() {
      end();
    },
  };
}

async function settled(loops: Loop[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_WAIT_MS);
  });
  await Promise.race([Promise.all(loops.map((loop) => loop.done)), late]);
  clearTimeout(timer);
}

function keyOf(channel: ConnectedChannel): string {
  return `${channel.accountId}/${channel.id}`;
}

function leaseKeyOf(channel: ConnectedChannel): LeaseKey {
  return { accountId: channel.accountId, channelId: channel.id };
}

/** Facts learned meanwhile and settings do not change how a channel is polled. */
function identityOf({ type, credentials, apiRoot }: ConnectedChannel): string {
  return JSON.stringify([type, credentials, apiRoot]);
}
