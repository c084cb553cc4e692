/**
 * Sends pushes, beside everything else: no message waits for one. The rows are the truth. A sender is woken by what the database tells of new and
 * settled notifications, and sweeps for what it did not hear; several may run at once.
 */
import type { Sql } from '../../db/connection.ts';
import { type ChangeEvent, listen } from '../../db/notify.ts';
import { openPushAddress } from '../../db/stores/push-subscriptions.ts';
import { vapidKeys } from '../../db/vapid.ts';
import { type PushPayload, pushOf } from '../../domain/notifications/push-words.ts';
import { completeNotificationSettings } from '../../domain/notifications/settings.ts';
import type { Log } from '../deps.ts';
import {
  accountsWithBrowsers,
  claimDeliveries,
  closeSettled,
  type Delivery,
  dropDelivery,
  forgetBrowser,
  forgetOld,
  markShown,
  nextAttemptAt,
  noteError,
  retryLater,
} from './deliveries.ts';
import { planPushes } from './plan.ts';
import { postPush } from './post-push.ts';

const AT_ONCE = 16;
const SWEEP_MS = 30_000;
/** Told by the API when a browser comes. */
const PUSH_SUBSCRIPTIONS = 'push-subscriptions';

export interface PushDeps {
  sql: Sql;
  log: Log;
  secretKey: Uint8Array;
  /** Where push services may complain: the installation's https address or a mailto. */
  subject: string;
  allowPrivateAddresses: boolean;
  sweepMs?: number;
}

/** Begins to send. `stop` ends it when what is under way has ended. */
export function startPushes(deps: PushDeps): { stop(): Promise<void> } {
  const { sql, log } = deps;
  const vapid = vapidKeys(deps.secretKey);
  let accounts = new Set<number>();
  const woken = new Set<number>();
  const sending = new Set<Promise<void>>();
  let working: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const wake = () => {
    if (stopped || working !== undefined) return;
    working = work()
      .catch((error: unknown) => log.warn({ err: error }, 'pushes were not sent; the next sweep does it'))
      .finally(() => {
        working = undefined;
        if (woken.size > 0) wake();
      });
  };

  async function work(): Promise<void> {
    for (;;) {
      const now = Date.now();
      const changed = [...woken].filter((id) => accounts.has(id));
      woken.clear();
      for (const accountId of changed) while (!stopped && (await planPushes(sql, accountId, now)));
      if (changed.length > 0) await closeSettled(sql, changed, now);
      if (stopped || accounts.size === 0) break;
      const claimed = await claimDeliveries(sql, [...accounts], now, AT_ONCE - sending.size);
      for (const delivery of claimed) {
        const sent = deliver(delivery).finally(() => sending.delete(sent));
        sending.add(sent);
      }
      if (sending.size > 0) await Promise.race(sending);
      else if (claimed.length === 0 && woken.size === 0) break;
    }
    if (stopped || accounts.size === 0) return;
    const nextAt = await nextAttemptAt(sql, [...accounts]);
    clearTimeout(timer);
    if (nextAt !== undefined) timer = setTimeout(wake, Math.max(50, nextAt - Date.now()));
  }

  async function deliver(delivery: Delivery): Promise<void> {
    try {
      const payload = payloadOf(delivery);
      if (payload === undefined) return await dropDelivery(sql, delivery);
      const address = openPushAddress(deps.secretKey, delivery);
      // Safari takes the right to push from who pushes without showing anything; its pages close what is over when they open.
      if (payload.type === 'withdraw' && new URL(address.endpoint).hostname.endsWith('.push.apple.com'))
        return await dropDelivery(sql, delivery);
      const outcome = await postPush({ address, payload, vapid, subject: deps.subject, allowPrivateAddresses: deps.allowPrivateAddresses });
      switch (outcome.type) {
        case 'taken':
          await (payload.type === 'show' ? markShown(sql, delivery) : dropDelivery(sql, delivery));
          await noteError(sql, delivery, '');
          // It may have been settled while it went out.
          woken.add(delivery.accountId);
          return;
        case 'gone':
          return await forgetBrowser(sql, delivery);
        case 'refused':
          await noteError(sql, delivery, outcome.words);
          return await dropDelivery(sql, delivery);
        case 'later':
          await noteError(sql, delivery, outcome.words);
          return await retryLater(sql, delivery, Date.now(), outcome.retryAfterMs);
        default:
          outcome satisfies never;
      }
    } catch (error) {
      log.warn({ err: error, deliveryId: delivery.deliveryId }, 'a push was not settled; it is tried again when its claim is over');
    }
  }

  const sweep = async () => {
    accounts = new Set(await accountsWithBrowsers(sql));
    for (const accountId of accounts) woken.add(accountId);
    await forgetOld(sql, [...accounts], Date.now());
    wake();
  };
  const quietly = (what: Promise<unknown>) =>
    void what.catch((error: unknown) => log.warn({ err: error }, 'browsers for pushes were not looked through; the next sweep does it'));
  const hear = ({ accountId, kind, ids }: ChangeEvent) => {
    if (kind !== 'notification') return;
    if (ids.includes(PUSH_SUBSCRIPTIONS)) quietly(sweep());
    else if (accounts.has(accountId)) {
      woken.add(accountId);
      wake();
    }
  };
  const listening = listen(sql, hear, () => quietly(sweep()));
  quietly(listening.then(sweep));
  const sweeping = setInterval(() => quietly(sweep()), deps.sweepMs ?? SWEEP_MS);

  return {
    async stop() {
      stopped = true;
      clearInterval(sweeping);
      clearTimeout(timer);
      await listening.then((end) => end()).catch(() => undefined);
      await working;
      await Promise.all(sending);
    },
  };
}

/** What is to be said now; undefined when nothing is any more. */
function payloadOf(delivery: Delivery): PushPayload | undefined {
  if (delivery.state === 'closing') return delivery.isReplaced ? undefined : { type: 'withdraw', tag: delivery.tag, upTo: delivery.id };
  if (delivery.isOver) return undefined;
  const settings = completeNotificationSettings(delivery.stored, delivery);
  return pushOf(delivery, settings.language, settings.showText);
}
