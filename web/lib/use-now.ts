import { useSyncExternalStore } from 'react';

/** One ticker a second for the whole page, running only while something on it counts. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();
/** The server's clock minus this device's: a wrong clock on a desk must not show wrong waiting times. */
let skewMs = 0;

function tick(): void {
  now = Date.now() + skewMs;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now() + skewMs;
    timer = setInterval(tick, 1000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** Tells the ticker what the server's clock said. Differences under two seconds are the way of the answer, not a wrong clock. */
export function learnServerTime(serverNow: number): void {
  const difference = serverNow - Date.now();
  skewMs = Math.abs(difference) < 2000 ? 0 : difference;
}

export const serverNow = (): number => Date.now() + skewMs;

/**
 * The server's time, moving in steps of `everyMs` (1 s at least): whoever shows minutes is drawn once a minute, not sixty times.
 */
export function useNow(everyMs = 1000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / everyMs) * everyMs);
}
