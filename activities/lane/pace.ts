/**
 * When the next call of a channel may go out, over all workers. Few calls cost nothing: they go out, and are told to the common schedule afterwards,
 * in one statement for many. Whoever comes near the messenger's rate, alone or together with others, reserves places in that schedule instead.
 * People have a share of their own: a queue of bots' messages never delays an answer.
 */
import type { Queries } from '../../db/connection.ts';
import { type Pace, reserveForBots, reserveForPerson } from '../../db/turns/pace.ts';

/** Shares of the messenger's rate. What is left of it holds what goes out unreserved before the processes learn of each other. */
const BOTS_SHARE = 0.75;
const PEOPLE_SHARE = 0.15;
/** Up to here a process that hears of no others does not reserve; a burst beyond a few calls does. */
const QUIET_SHARE = 0.8;
const QUIET_BURST = 2;
/** Calls that were not reserved are told this late at most. */
const TELL_MS = 200;
/** So long after the schedule was found full everybody reserves. */
const PRESSED_MS = 2_000;

interface Channel {
  accountId: number;
  channelId: number;
  perSecond: number;
  /** Where this process's own calls stand against its quiet share (ms of `performance.now`). */
  quietAt: number;
  pressedUntil: number;
  untold: number;
  telling: boolean;
  /** Calls of bots that wait for their places: one statement reserves for all of them. */
  waiting: { resolve: (waitMs: number) => void; reject: (error: unknown) => void }[];
  reserving: boolean;
}

export interface Pacer {
  /** In how many ms this call may go out; 0: now. The place is taken: a call that comes much later asks again. */
  place(call: { accountId: number; channelId: number; byPerson: boolean; perSecond: number }): Promise<number>;
  /** A call for which a place was asked turned out to count as so many more. */
  alsoSent(channelId: number, count: number): void;
}

export function createPacer(sql: Queries, now: () => number = () => performance.now()): Pacer {
  const channels = new Map<number, Channel>();

  function channelOf(accountId: number, channelId: number, perSecond: number): Channel {
    let channel = channels.get(channelId);
    if (channel === undefined) {
      channel = { accountId, channelId, perSecond, quietAt: 0, pressedUntil: 0, untold: 0, telling: false, waiting: [], reserving: false };
      channels.set(channelId, channel);
    }
    channel.perSecond = perSecond;
    return channel;
  }

  /** Whether the call may go out unreserved. */
  function isQuiet(channel: Channel): boolean {
    const at = now();
    if (channel.pressedUntil > at) return false;
    const stepMs = 1000 / (channel.perSecond * QUIET_SHARE);
    const next = Math.max(channel.quietAt, at - (QUIET_BURST - 1) * stepMs);
    if (next > at) return false;
    channel.quietAt = next + stepMs;
    return true;
  }

  const heard = (channel: Channel, waitMs: number) => {
    if (waitMs > 0) channel.pressedUntil = now() + PRESSED_MS;
    return waitMs;
  };

  /** Nothing depends on it but how soon others slow down: a lost telling is not repeated. */
  function tell(channel: Channel, calls: number): void {
    channel.untold += calls;
    if (channel.telling) return;
    channel.telling = true;
    const timer = setTimeout(() => {
      const count = channel.untold;
      channel.untold = 0;
      channel.telling = false;
      // A single call in this time fills no schedule.
      if (count < 2) return;
      reserveForBots(sql, channel.accountId, channel.channelId, paceOf(channel.perSecond), count).then(
        (waitMs) => heard(channel, waitMs),
        () => undefined,
      );
    }, TELL_MS);
    timer.unref();
  }

  async function reserve(channel: Channel): Promise<void> {
    if (channel.reserving) return;
    channel.reserving = true;
    try {
      while (channel.waiting.length > 0) {
        const batch = channel.waiting.splice(0);
        const pace = paceOf(channel.perSecond);
        try {
          const firstMs = heard(channel, await reserveForBots(sql, channel.accountId, channel.channelId, pace, batch.length));
          for (const [index, one] of batch.entries()) one.resolve(heard(channel, firstMs + index * pace.botStepMs));
        } catch (error) {
          for (const one of batch) one.reject(error);
        }
      }
    } finally {
      channel.reserving = false;
    }
  }

  return {
    async place({ accountId, channelId, byPerson, perSecond }) {
      const channel = channelOf(accountId, channelId, perSecond);
      if (isQuiet(channel)) {
        tell(channel, 1);
        return 0;
      }
      if (byPerson) return reserveForPerson(sql, accountId, channelId, paceOf(perSecond));
      const place = new Promise<number>((resolve, reject) => {
        channel.waiting.push({ resolve, reject });
      });
      void reserve(channel);
      return place;
    },
    alsoSent(channelId, count) {
      const channel = channels.get(channelId);
      if (channel !== undefined) tell(channel, count);
    },
  };
}

function paceOf(perSecond: number): Pace {
  return { botStepMs: 1000 / (perSecond * BOTS_SHARE), personStepMs: 1000 / (perSecond * PEOPLE_SHARE) };
}
