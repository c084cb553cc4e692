import { useSyncExternalStore } from 'react';
import type { Change } from '../../api/contract/index.ts';
import { call } from './client.ts';
import { queryClient } from './query-client.ts';
import { refreshThreads } from './thread.ts';
import { heardTyping } from './typing.ts';

/** Changes are gathered this long before anything is fetched, and fetched at most this often: a busy account must not become a storm. */
const GATHER_MS = 40;
const PAUSE_MS = 300;

type Link = 'connecting' | 'open' | 'lost';
let link: Link = 'connecting';
const listeners = new Set<() => void>();
let source: EventSource | undefined;
let attempts = 0;
let opened: () => void = () => {};
/** Pages read only after the stream is open, so that no change falls between the answer and the stream. A broken stream delays them by 2 s at most. */
let ready: Promise<void> = Promise.resolve();

function tell(next: Link): void {
  link = next;
  for (const listener of listeners) listener();
}

/** Whether changes arrive at the moment; `lost` is shown to the user. */
export const useLink = (): Link =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => link,
  );

/** A GET of our API that waits for the stream first. */
export async function read<Answer>(
  path: string,
  query: Record<string, string | number | boolean | undefined> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  await ready;
  return call<Answer>('GET', path, { query, ...(signal === undefined ? {} : { signal }) });
}

/** Opens the page's one event stream. Returns what closes it. */
export function goLive(): () => void {
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  ready = new Promise((resolve) => {
    opened = resolve;
    setTimeout(resolve, 2000);
  });
  const open = () => {
    if (closed) return;
    let first = attempts === 0;
    source = new EventSource('/api/stream');
    source.addEventListener('resync', () => {
      attempts = 1;
      tell('open');
      opened();
      // The first one comes before anything was read; every later one means that changes may have been missed.
      if (first) first = false;
      else void queryClient.invalidateQueries();
    });
    source.addEventListener('change', (event) => note(JSON.parse(event.data) as Change));
    source.onerror = () => {
      tell('lost');
      if (source?.readyState !== EventSource.CLOSED) return;
      attempts += 1;
      timer = setTimeout(open, Math.min(500 * attempts, 5000));
    };
  };
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
    source?.close();
    attempts = 0;
  };
}

const changed = new Map<Change['kind'], Set<string>>();
/** Keys of queries that are to be fetched again. */
const stale = new Set<string>();
let flushing: ReturnType<typeof setTimeout> | undefined;
let flushedAt = 0;

function note(change: Change): void {
  // Nothing is fetched for it: what it says is all there is.
  if (change.kind === 'typing') {
    heardTyping(change.ids);
    return;
  }
  const ids = changed.get(change.kind) ?? new Set();
  for (const id of change.ids) ids.add(String(id));
  changed.set(change.kind, ids);
  gather();
}

function gather(): void {
  if (flushing === undefined) flushing = setTimeout(flush, Math.max(GATHER_MS, flushedAt + PAUSE_MS - Date.now()));
}

function flush(): void {
  flushing = undefined;
  flushedAt = Date.now();
  const has = (kind: Change['kind']) => changed.has(kind);
  const one = (kind: Change['kind'], key: string) => {
    for (const id of changed.get(kind) ?? [])
      void queryClient.invalidateQueries({ queryKey: [key, Number.isNaN(Number(id)) ? id : Number(id)] });
  };
  if (has('conversation') || has('chat') || has('contact'))
    for (const key of ['conversations', 'counts', 'conversation', 'leads']) stale.add(key);
  if (has('conversation') || has('run') || has('contact')) stale.add('lead');
  if (has('conversation') || has('contact') || has('chat')) stale.add('contact');
  if (has('contact') || has('settings')) stale.add('duplicates');
  if (has('lead')) for (const key of ['leads', 'conversations']) stale.add(key);
  if (has('lead') || has('customer') || has('contact')) for (const key of ['tasks', 'notes', 'card-events', 'customers']) stale.add(key);
  if (has('customer') || has('conversation') || has('contact') || has('chat') || has('run')) stale.add('customer');
  if (has('run')) for (const key of ['runs', 'bots']) stale.add(key);
  if (has('bot')) for (const key of ['bots', 'versions']) stale.add(key);
  if (has('channel')) stale.add('channels');
  if (has('settings')) for (const key of ['settings', 'pipelines', 'tags', 'fields', 'users']) stale.add(key);
  if (has('user')) for (const key of ['users', 'groups', 'session']) stale.add(key);
  if (has('notification')) stale.add('notifications');
  if (has('export')) stale.add('exports');
  if ((['conversation', 'chat', 'run', 'lead', 'contact', 'customer'] as const).some(has)) stale.add('event-tail');
  if (has('internal')) stale.add('internal');
  if (has('quickReply')) stale.add('quick-replies');
  one('lead', 'lead');
  one('bot', 'bot');
  one('run', 'trace');
  if (has('conversation') || has('chat') || has('run') || has('lead')) refreshThreads();
  changed.clear();
  for (const key of stale) {
    // What is on its way may have missed the change. It is let finish first: cut short by every change, a long list would never be shown in a busy account.
    if (queryClient.isFetching({ queryKey: [key] }) > 0) continue;
    stale.delete(key);
    void queryClient.invalidateQueries({ queryKey: [key] });
  }
  if (stale.size > 0) gather();
}
