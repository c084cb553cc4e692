import { useSyncExternalStore } from 'react';
import type { PushSubscriptionView } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { stored } from '../lib/storage.ts';
import { refetchNotifications } from './data.ts';

/** Whether this browser gets pushes. `denied`: the person has forbidden it in the browser, and only they can allow it again. */
export type PushState = 'unknown' | 'unsupported' | 'denied' | 'off' | 'on';

const SUBSCRIPTION = 'pushSubscription';
/** Told to the server anew this often: addresses get lost on either side. */
const REFRESH_MS = 86_400_000;

let state: PushState = 'unknown';
const listeners = new Set<() => void>();

function tell(next: PushState): void {
  state = next;
  for (const listener of listeners) listener();
}

export const usePushState = (): PushState =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );

/** Where the page is not served securely (plain http, not on this machine) browsers know no pushes. */
const isSupported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const registered = async () => {
  await navigator.serviceWorker.register('/service-worker.js');
  return navigator.serviceWorker.ready;
};

/** Looks whether this browser is subscribed, and keeps the server's knowledge of it fresh. Called once the person is signed in. */
export async function lookAtPush(userId: number): Promise<void> {
  if (!isSupported()) return tell('unsupported');
  if (Notification.permission === 'denied') return tell('denied');
  try {
    const registration = await registered();
    const subscription = await registration.pushManager.getSubscription();
    const kept = readKept();
    if (subscription === null || kept?.userId !== userId) return tell('off');
    tell('on');
    if (Date.now() - kept.at > REFRESH_MS) await hand(subscription, userId);
  } catch {
    // No service worker here (a private window, a policy): pages ring by themselves.
    tell('unsupported');
  }
}

/** Asks the person, subscribes and tells the server. Rejects with what the browser or the server says. */
export async function turnPushOn(userId: number): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return tell(Notification.permission === 'denied' ? 'denied' : 'off');
  const registration = await registered();
  const { publicKey } = await call<{ publicKey: string }>('GET', '/api/push-key');
  const before = await registration.pushManager.getSubscription();
  // One made for another installation, or with a key that is no longer ours.
  if (before !== null && keyText(before.options.applicationServerKey) !== publicKey) await before.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  await hand(subscription, userId);
  tell('on');
  await refetchNotifications();
}

/** No more pushes here: neither from this account nor, after signing out, to whoever signs in next. */
export async function turnPushOff(): Promise<void> {
  const kept = readKept();
  stored.write(SUBSCRIPTION, undefined);
  if (kept !== undefined) await call('DELETE', `/api/me/push-subscriptions/${kept.id}`).catch(() => undefined);
  if (!isSupported()) return;
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  tell('off');
  await refetchNotifications();
}

/** The row of this browser in the list of devices. */
export const ownDeviceId = (): number | undefined => readKept()?.id;

/** What has just been shown may be newer than what the page knows. */
const FRESH_MS = 10_000;

/** Closes what the system still shows although it is read or settled; `open`: tags that still stand. */
export async function closeSettled(open: ReadonlySet<string>): Promise<void> {
  if (!isSupported() || Notification.permission !== 'granted') return;
  const registration = await navigator.serviceWorker.getRegistration();
  for (const shown of (await registration?.getNotifications()) ?? []) {
    const at = (shown.data as { at?: number } | null)?.at ?? 0;
    if (!open.has(shown.tag) && at < Date.now() - FRESH_MS) shown.close();
  }
}

async function hand(subscription: PushSubscription, userId: number): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  const { id } = await call<PushSubscriptionView>('POST', '/api/me/push-subscriptions', { body: { endpoint, keys, device: deviceName() } });
  stored.write(SUBSCRIPTION, JSON.stringify({ id, userId, at: Date.now() }));
}

function readKept(): { id: number; userId: number; at: number } | undefined {
  try {
    return JSON.parse(stored.read(SUBSCRIPTION) ?? '') as { id: number; userId: number; at: number };
  } catch {
    return undefined; // nothing is kept
  }
}

function keyText(key: ArrayBuffer | null): string {
  if (key === null) return '';
  return btoa(String.fromCharCode(...new Uint8Array(key)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** `Chrome · Windows`: enough to know one's devices apart. */
export function deviceName(agent = navigator.userAgent): string {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = find([
    [/YaBrowser/, 'Yandex Browser'],
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser, system].filter((name) => name !== undefined).join(' · ');
}
