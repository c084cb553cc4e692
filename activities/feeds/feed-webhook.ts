/** Delivers a subscription's events in order. Everything it knows stands in the subscription's row: it may be killed at any place and begun again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import { findAccount } from '../../db/stores/compat-account.ts';
import { isPast, newestEventId, readFeed, takeFence } from '../../db/stores/webhook-events.ts';
import {
  type FeedRow,
  findFeed,
  letFeedSleep,
  removeFeed,
  saveFeed,
  switchOffFeed,
  wakeFeed,
  webhookSecret,
} from '../../db/stores/webhooks.ts';
import { bodyOf, type FeedAccount, type FeedEvent } from '../../domain/webhooks/body.ts';
import { codesOf, groupLength } from '../../domain/webhooks/codes.ts';
import { encodeForm } from '../../domain/webhooks/form.ts';
import { isValidAnswer, judge } from '../../domain/webhooks/schedule.ts';
import type { WebhookFeedInput, WebhookFeedResult } from '../../workflows/messages.ts';
import type { Log } from '../deps.ts';
import { type FactsDeps, gatherFacts } from './facts.ts';
import { postWebhook } from './post-webhook.ts';

export interface FeedDeps extends FactsDeps {
  sql: Sql;
  log: Log;
  secretKey: Uint8Array;
  /** The installation's address, told in the account's block. */
  baseUrl: string;
  allowPrivateAddresses: boolean;
}

const BATCH = 50;
/** Transactions take milliseconds; one that takes longer is waited for without keeping a worker busy. */
const FENCE_MS = 3_000;
const LOOK_AGAIN_MS = 1_000;
/** How long a message waits for the copies of its files: a hook without a link is worth less than a late one. */
const COPY_MS = 30_000;

/**
 * Works until everything is told, an answer was invalid, or `forMs` have passed. The cursor moves only after a valid answer or when the event is
 * given up: a crash in between delivers once more under the same event id. `now` is epoch ms.
 */
export async function feedWebhook(
  deps: FeedDeps,
  { accountId, webhookId }: WebhookFeedInput,
  { now, forMs, signal }: { now: () => number; forMs: number; signal?: AbortSignal },
): Promise<WebhookFeedResult> {
  const { sql } = deps;
  const untilAt = now() + forMs;
  const account = await accountOf(deps, accountId);
  for (;;) {
    const feed = await findFeed(sql, accountId, webhookId);
    if (feed?.deletedAt != null) await removeFeed(sql, accountId, webhookId);
    if (feed === undefined || feed.deletedAt !== null || feed.disabled || account === undefined) return { ended: true, more: false };
    if (feed.nextAttemptAt !== null && feed.nextAttemptAt > now()) return waiting(feed.nextAttemptAt);

    const topId = await safeTop(deps, accountId, signal);
    if (topId === undefined) return waiting(now() + LOOK_AGAIN_MS);
    const events = topId > feed.cursorId ? await readFeed(sql, accountId, feed.cursorId, topId, BATCH) : [];
    const halted = await deliverAll({ deps, feed, account, now, untilAt, signal }, events, events.length < BATCH ? topId : undefined);
    if (halted !== undefined) return halted;
    if (now() >= untilAt || signal?.aborted) return { ended: false, more: true };
    if (events.length === 0) {
      // Laid to sleep first, then looked once more: what is committed before the look is seen, what is committed after it sends a wake.
      await letFeedSleep(sql, accountId, webhookId);
      if ((await newestEventId(sql, accountId)) <= topId) return { ended: false, more: false };
      await wakeFeed(sql, accountId, webhookId);
    }
  }
}

interface Delivery {
  deps: FeedDeps;
  feed: FeedRow;
  account: FeedAccount;
  now: () => number;
  untilAt: number;
  signal: AbortSignal | undefined;
}

const isWanted = (event: FeedEvent, wanted: ReadonlySet<string>) => codesOf(event).some((code) => wanted.has(code));
const waiting = (nextAt: number): WebhookFeedResult => ({ ended: false, more: false, nextAt });

/** Answers what to wait for, or undefined when all is done or the row has to be read again. `topId`: nothing is left below it after these. */
async function deliverAll(d: Delivery, events: FeedEvent[], topId: number | undefined): Promise<WebhookFeedResult | undefined> {
  const wanted = new Set(d.feed.settings);
  for (let index = 0; index < events.length; ) {
    index += groupLength(events, index);
    // A group goes by its last event. One that the batch cuts in two is told in two: the receiver hears the same state twice.
    const event = events[index - 1]!;
    if (d.now() >= d.untilAt || d.signal?.aborted) return { ended: false, more: true };
    const facts = isWanted(event, wanted) ? await gatherFacts(d.deps, d.feed.accountId, event, d.now() < event.at + COPY_MS) : 'gone';
    if (facts === 'waiting') return waiting(d.now() + LOOK_AGAIN_MS);
    const body = facts === 'gone' ? undefined : bodyOf(event, facts, wanted, d.account);
    if (body === undefined) continue; // the next one that is told, or the end of the batch, moves the cursor past it
    const result = await deliver(d, event, encodeForm(body));
    if (result !== 'next') return result;
  }
  const passed = topId ?? events.at(-1)?.id;
  if (passed !== undefined && passed > d.feed.cursorId) {
    await saveFeed(d.deps.sql, d.feed, { ...d.feed, cursorId: passed, tryingId: null, attempts: 0, nextAttemptAt: null });
  }
  return undefined;
}

async function deliver(d: Delivery, event: FeedEvent, body: string): Promise<WebhookFeedResult | undefined | 'next'> {
  const { deps, feed } = d;
  const beganAt = performance.now();
  // Other settings may have made another event the next one.
  const attempts = feed.tryingId === event.id ? feed.attempts : 0;
  const status = await postWebhook(
    {
      destination: feed.destination,
      body,
      eventId: event.id,
      attempt: attempts + 1,
      secret: webhookSecret(deps.secretKey, feed),
      at: d.now(),
      allowPrivateAddresses: deps.allowPrivateAddresses,
    },
    d.signal,
  );
  // A call that this process broke off says nothing of the receiver.
  if (d.signal?.aborted && !isValidAnswer(status)) return { ended: false, more: true };
  const delivery = {
    eventId: event.id,
    type: event.type,
    status,
    attempt: attempts + 1,
    at: d.now(),
    tookMs: Math.round(performance.now() - beganAt),
  };
  const { state, verdict } = judge({ ...feed, attempts }, { status, at: d.now(), eventAt: event.at });
  const again = verdict.type === 'again';
  const off = verdict.type === 'switchedOff';
  const cursorId = again || off ? feed.cursorId : event.id;
  const next = { ...state, cursorId, tryingId: again ? event.id : null, disabled: off };
  const fields = { accountId: feed.accountId, webhookId: feed.id, eventId: event.id, status };
  if (verdict.type === 'givenUp') deps.log.warn(fields, 'a webhook was given up after its last attempt');
  if (off) deps.log.warn(fields, 'a webhook was switched off after too many invalid answers');
  const saved = off ? await switchOffFeed(deps.sql, feed, next, delivery) : await saveFeed(deps.sql, feed, next, delivery);
  if (!saved) return undefined;
  Object.assign(feed, next);
  if (off) {
    notify(deps.sql, [{ accountId: feed.accountId, kind: 'notification', id: feed.id }]);
    return { ended: true, more: false };
  }
  return again ? waiting(verdict.at) : 'next';
}

/** The newest event below which nothing can appear any more; undefined while a transaction that may hold a lower id runs on. */
async function safeTop(deps: FeedDeps, accountId: number, signal: AbortSignal | undefined): Promise<number | undefined> {
  const fence = await takeFence(deps.sql, accountId);
  const giveUpAt = performance.now() + FENCE_MS;
  for (let pauseMs = 5; !(await isPast(deps.sql, fence)); pauseMs = Math.min(2 * pauseMs, 200)) {
    if (performance.now() > giveUpAt || signal?.aborted) return undefined;
    await delay(pauseMs);
  }
  return fence.topId;
}

async function accountOf({ sql, baseUrl }: FeedDeps, accountId: number): Promise<FeedAccount | undefined> {
  const row = await findAccount(sql, accountId);
  return row && { id: row.id, subdomain: row.subdomain, url: baseUrl };
}
