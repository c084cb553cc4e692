/**
 * Sending what stands in the lanes. The turn makes the first try, an ordinary activity the rest; both claim one part at a time, so they never
 * interleave. A send that takes longer than its caller may wait goes on by itself and stores its own receipt.
 */
import { ChannelError } from '../../channels/channel.ts';
import { notify } from '../../db/notify.ts';
import { type AccountSettings, completeSettings } from '../../db/settings.ts';
import type { NewPart } from '../../db/turns/changes.ts';
import { loseChannel } from '../../db/turns/channel-state.ts';
import { acceptPlainPart, awaitPlace, claimNext, firstUnfinished, isWanted, type LanePart, postponePart } from '../../db/turns/lane.ts';
import type { ActivityDeps } from '../deps.ts';
import { AddressError } from '../own-copy.ts';
import type { Directory } from '../turn/directory.ts';
import { isPassing } from '../turn/failures.ts';
import { createBreaker } from './breaker.ts';
import { createChatPauses } from './chat-pause.ts';
import { lacksCopies } from './own-copies.ts';
import { createPacer } from './pace.ts';
import { sendPart } from './send-part.ts';

/** How long a messenger may take: text is quick, uploads are not. The claim outlives the call, so that no second attempt runs beside it. */
const TEXT_TIMEOUT_MS = 15_000;
const MEDIA_TIMEOUT_MS = 30_000;
const CLAIM_SLACK_MS = 2_000;
/** A call is not begun when its claim leaves it less than this. */
const LEAST_CALL_MS = 5_000;
/** How long a channel with a server of its own keeps to the messenger's published rate after "too many". */
const TOO_MANY_MS = 60_000;
/** A turn to send this near is waited for; for a later one the part goes back into the lane, so that nobody is kept busy. */
const NEAR_MS = 300;
/** A reserved place that was missed by more than this is asked for anew: after an outage all missed places would be used at once. */
const PLACE_KEPT_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

/** What outcomes need of the turns: they change conversations and runs, so they take the turns' locks. */
export interface Settling {
  /** Stores the receipt; where that makes a person's message, or a question whose timer waits for it, whole, the conversation and the run hear of it. */
  accepted(part: LanePart, externalIds: string[], at: number): Promise<void>;
  refused(part: LanePart, status: 'refused' | 'unknown', words: string, at: number, scope: ChannelError['scope']): Promise<void>;
}

export interface Lane {
  claim(part: Pick<NewPart, 'attachments'>): { status: 'claimed'; claimedAt: number; claimEndsAt: number; attempts: number };
  /** The channel failed repeatedly: only the activity tries it, so that turns stay short. */
  isBroken(channelId: number): boolean;
  /** Sends a claimed part and the rest of what its turn planned (`count` parts), until the time is over. True when nothing of it is left. */
  firstTry(part: LanePart, count: number, at: number, budgetMs: number): Promise<boolean>;
  /** Sends until the lane is empty. Answers how long to wait before the next try; undefined: empty. */
  drain(accountId: number, chatId: string, at: () => number, budgetMs: number): Promise<number | undefined>;
  /** Sends that outlived their callers; a worker waits for them before it ends. */
  settled(): Promise<void>;
}

export function createLane(deps: ActivityDeps & { directory: Directory }, settling: () => Settling): Lane {
  const breaker = createBreaker();
  const pacer = createPacer(deps.sql);
  const pauses = createChatPauses();
  /** Channels that were told so, until when it is remembered (epoch ms). */
  const saidTooMany = new Map<number, number>();
  const underWay = new Set<Promise<unknown>>();

  const claimTimes = (media: boolean, now = Date.now()) => ({
    claimedAt: now,
    claimEndsAt: now + (media ? MEDIA_TIMEOUT_MS : TEXT_TIMEOUT_MS) + CLAIM_SLACK_MS,
  });

  /** One part from the call to its receipt. `simple`: accepted, and nothing else came of it. */
  async function send(part: LanePart, at: () => number): Promise<{ simple: boolean }> {
    const { waitMs, isPlace } = await dueOf(part).catch(() => ({ waitMs: 0, isPlace: false }));
    if (waitMs > NEAR_MS) {
      await persistently(() => awaitPlace(deps.sql, part, Math.round(Date.now() + waitMs), isPlace));
      return { simple: false };
    }
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // A claim may have waited for a slow database: a call that outlived it would be repeated by the next sender.
    const leftMs = (part.claimEndsAt ?? 0) - CLAIM_SLACK_MS - Date.now();
    if (leftMs < LEAST_CALL_MS) {
      await persistently(() => awaitPlace(deps.sql, part, Date.now(), false));
      return { simple: false };
    }
    pauses.noted(part.chatId, 1);
    const timeoutMs = Math.min(part.attachments.length > 0 ? MEDIA_TIMEOUT_MS : TEXT_TIMEOUT_MS, leftMs);
    let externalIds: string[] | undefined;
    let failure: unknown;
    try {
      externalIds = await sendPart(deps, part, timeoutMs);
      countItems(part, externalIds.length - 1);
    } catch (error) {
      failure = error;
    }
    // The messenger has spoken: what it said must not be lost with a connection to the database.
    const simple = await persistently(async () => {
      if (externalIds === undefined) {
        await failed(part, failure, at());
        return false;
      }
      breaker.worked(part.channelId);
      // A bot's plain message moves nothing else: its receipt is one statement.
      const plain = part.authorKind === 'bot' && !part.tellsRun && (await acceptPlainPart(deps.sql, part, externalIds, at()));
      if (!plain) await settling().accepted(part, externalIds, at());
      return plain;
    });
    notify(deps.sql, [{ accountId: part.accountId, kind: 'chat', id: part.chatId }]);
    return { simple };
  }

  /**
   * In how many ms this part may go out, by the pause of its chat and by the channel's rate. `isPlace`: a place in the channel's schedule was taken for it.
   * A database that is away stops nothing here: the messenger will say when it is too much.
   */
  async function dueOf(part: LanePart): Promise<{ waitMs: number; isPlace: boolean }> {
    const row = (await deps.directory.account(part.accountId, part.channelId)).channels.get(part.channelId);
    const adapter = row && deps.channels.get(row.type);
    if (row === undefined || adapter === undefined || adapter.deliversByRow) return { waitMs: 0, isPlace: false };
    const late = part.placeAt === null ? undefined : Date.now() - part.placeAt;
    if (late !== undefined && late >= -NEAR_MS && late < PLACE_KEPT_MS) return { waitMs: Math.max(0, -late), isPlace: true };
    const { rate } = adapter.abilities;
    const own = row.settings;
    // A server of one's own or a proxy has limits of its own: the table's hold there once it has said "too many".
    const isFree = row.apiRoot !== null && (saidTooMany.get(row.id) ?? 0) < Date.now();
    const pauseMs = own.chatPauseMs ?? (isFree ? 0 : rate.perChatPauseMs);
    const pausedMs = pauses.waitMs(part, { pauseMs, burst: rate.perChatBurst ?? 1 });
    // The chat first: a place in the schedule that could not be used would be lost to the others.
    if (pausedMs > NEAR_MS || (isFree && own.callsPerSecond === undefined)) return { waitMs: pausedMs, isPlace: false };
    const { accountId, channelId } = part;
    const perSecond = own.callsPerSecond ?? rate.perSecond;
    const placeMs = await pacer.place({ accountId, channelId, byPerson: part.authorKind !== 'bot', perSecond });
    return { waitMs: Math.max(pausedMs, placeMs), isPlace: true };
  }

  /** A call made several messages (an album of Telegram): the messenger counts each. */
  function countItems(part: LanePart, more: number): void {
    if (more <= 0) return;
    pauses.noted(part.chatId, more);
    pacer.alsoSent(part.channelId, more);
  }

  async function failed(part: LanePart, error: unknown, at: number): Promise<void> {
    if (!(error instanceof ChannelError)) {
      // The database went away before the messenger was called: certainly not sent.
      if (isPassing(error)) return postponePart(deps.sql, part, Date.now() + 1000, '');
      deps.log.error(
        { accountId: part.accountId, channelId: part.channelId, partId: part.id, err: error },
        'a part could not be handed to its adapter',
      );
      return settling().refused(part, 'refused', 'This message could not be prepared for the messenger', at, 'message');
    }
    const { kind, words } = error;
    if (kind === 'refused' && error.scope !== 'account') return settling().refused(part, 'refused', words, at, error.scope);
    if (kind === 'refused') {
      await loseChannel(deps.sql, part.accountId, part.channelId, words, at);
      deps.directory.forget(part.accountId);
    }
    if (kind === 'rateLimited') saidTooMany.set(part.channelId, Date.now() + TOO_MANY_MS);
    else if (!(error instanceof AddressError)) breaker.failed(part.channelId);
    // `created_at` is on the turns' clock.
    if (at - part.createdAt > DAY_MS) return settling().refused(part, 'refused', words || 'Not delivered within 24 hours', at, 'message');
    if (kind === 'unknown' && !(await mayRepeat(part))) return settling().refused(part, 'unknown', words, at, 'message');
    const pauseMs = error.retryAfterMs ?? Math.min(60_000, 1000 * 2 ** Math.min(part.attempts, 6));
    await postponePart(deps.sql, part, Date.now() + pauseMs, words);
  }

  async function settingsOf(accountId: number): Promise<AccountSettings> {
    const rows = await deps.sql<{ data: AccountSettings }[]>`select data from settings where account_id = ${accountId}`;
    return completeSettings(rows[0]?.data);
  }
  async function mayRepeat(part: LanePart): Promise<boolean> {
    if (lacksCopies(part)) return true; // its files were still being copied: certainly not sent
    const type = (await deps.directory.account(part.accountId)).channels.get(part.channelId)?.type ?? '';
    return deps.channels.get(type)?.abilities.idempotentSend === true || (await settingsOf(part.accountId)).unknownOutcome === 'sendAgain';
  }

  /** Waits for a send at most this long; it goes on by itself afterwards (undefined). */
  async function waitFor<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
    underWay.add(work);
    const over = () => void underWay.delete(work);
    work.then(over, over);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  const isEmpty = async ({ accountId, chatId }: LanePart) => (await firstUnfinished(deps.sql, accountId, chatId)) === undefined;

  return {
    claim: (part) => ({ status: 'claimed', ...claimTimes(part.attachments.length > 0), attempts: 1 }),
    isBroken: (channelId) => breaker.isOpen(channelId),
    async firstTry(first, count, at, budgetMs) {
      const beganAt = performance.now();
      const left = () => budgetMs - (performance.now() - beganAt);
      let part: LanePart | undefined = first;
      let allSimple = true;
      for (let sent = 1; part !== undefined; sent += 1) {
        const done: { simple: boolean } | undefined = await waitFor(
          send(part, () => at + (performance.now() - beganAt)),
          left(),
        );
        if (done === undefined) return false;
        allSimple &&= done.simple;
        if (sent === count || left() <= 0 || breaker.isOpen(part.channelId)) return sent === count && (allSimple || (await isEmpty(first)));
        part = await claimNext(deps.sql, first.accountId, first.chatId, claimTimes(true), false);
      }
      return isEmpty(first);
    },
    async drain(accountId, chatId, at, budgetMs) {
      const beganAt = performance.now();
      while (performance.now() - beganAt < budgetMs) {
        const first = await firstUnfinished(deps.sql, accountId, chatId);
        if (first === undefined) return undefined;
        if (first.status === 'claimed' && first.claimEndsAt !== null && first.claimEndsAt >= Date.now())
          return Math.min(1000, first.claimEndsAt - Date.now() + 50);
        if (first.notBefore !== null && first.notBefore > Date.now()) return first.notBefore - Date.now();
        const channel = (await deps.directory.account(accountId, first.channelId)).channels.get(first.channelId);
        if (channel?.state !== 'connected' && at() - first.createdAt <= DAY_MS) return 30_000; // held until somebody connects the channel again
        const part = await claimNext(deps.sql, accountId, chatId, claimTimes(true), true);
        if (part === undefined) continue;
        if (first.status === 'claimed' && !((await isWanted(deps.sql, part)) && (await mayRepeat(part)))) {
          await settling().refused(part, 'unknown', 'The messenger did not say whether this arrived', at(), 'message');
          continue;
        }
        if (channel?.state !== 'connected') {
          await settling().refused(part, 'refused', channel?.stateWords || 'Not delivered within 24 hours', at(), 'message');
          continue;
        }
        await waitFor(send(part, at), MEDIA_TIMEOUT_MS + CLAIM_SLACK_MS);
      }
      return 0;
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}

/** Tries again while the database is away, for up to five minutes: longer than an outage that the claims could outlive. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  const beganAt = performance.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() - beganAt > 300_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
