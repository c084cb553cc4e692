import type { Sql } from '../db/connection.ts';
import { type ChangeEvent, listen } from '../db/notify.ts';

export type LiveNews = { type: 'resync' } | ({ type: 'change' } & ChangeEvent);

/** Fans out what the one LISTEN connection of this process hears. */
export interface LiveHub {
  /** Hears an account's changes, and `resync` whenever something may have been missed. Returns the end of it. */
  subscribe(accountId: number, listener: (news: LiveNews) => void): () => void;
  stop(): Promise<void>;
}

/** `onEvent`: caches of this process hear every account. */
export async function createLiveHub(sql: Sql, onEvent: (event: ChangeEvent | 'resync') => void = () => undefined): Promise<LiveHub> {
  const listeners = new Map<number, Set<(news: LiveNews) => void>>();
  const stop = await listen(
    sql,
    (event) => {
      onEvent(event);
      for (const listener of listeners.get(event.accountId) ?? []) listener({ type: 'change', ...event });
    },
    () => {
      onEvent('resync');
      for (const ofAccount of listeners.values()) for (const listener of ofAccount) listener({ type: 'resync' });
    },
  );
  return {
    subscribe(accountId, listener) {
      const ofAccount = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, ofAccount.add(listener));
      return () => {
        ofAccount.delete(listener);
        if (ofAccount.size === 0 && listeners.get(accountId) === ofAccount) listeners.delete(accountId);
      };
    },
    stop,
  };
}
