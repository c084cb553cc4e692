/**
 * Live updates between processes: ids only, after commit, coalesced over 20 ms (a NOTIFY inside a transaction serialises commits).
 * An event means "fetch again"; whatever is lost with a connection is made good by `onReconnect`.
 */
import type { Sql } from './connection.ts';

/**
 * `user`: users, groups or tokens changed, with them perhaps anybody's rights. `sight`: a client left the sight of this user (0: of everybody who sees nobody's
 * clients), who would not hear of the client's own change any more. `quickReply`: the user whose own replies changed; 0 for the shared ones.
 */
export type ChangeKind =
  | 'conversation'
  | 'chat'
  | 'run'
  | 'lead'
  | 'customer'
  | 'contact'
  | 'bot'
  | 'channel'
  | 'settings'
  | 'notification'
  | 'export'
  | 'internal'
  | 'quickReply'
  | 'user'
  | 'sight'
  | 'typing';

export interface ChangeItem {
  accountId: number;
  kind: ChangeKind;
  id: string | number;
}

/** Changed rows of one kind and account, as they reach a listener. */
export interface ChangeEvent {
  accountId: number;
  kind: ChangeKind;
  ids: (string | number)[];
}

/** Whose sight a client has left, by the value before of an event `entity_responsible_changed`. */
export function leftSightOf(before: readonly unknown[] | undefined): number {
  const [value] = (before ?? []) as { responsible_user?: { id?: number | null } }[];
  return value?.responsible_user?.id ?? 0;
}

const CHANNEL = 'beseda';
const COALESCE_MS = 20;
/** Postgres refuses payloads of 8,000 bytes; a UUID in JSON takes 39. */
const IDS_A_PAYLOAD = 150;

const waiting = new WeakMap<Sql, Map<string, ChangeEvent & { known: Set<string | number> }>>();

/**
 * Tells every process what has changed. Call it after the commit; it returns at once. Failures are dropped: without a database
 * there is nothing to fetch, and every reconnection begins with fetching everything.
 */
export function notify(sql: Sql, items: readonly ChangeItem[]): void {
  if (items.length === 0) return;
  let pending = waiting.get(sql);
  if (pending === undefined) {
    pending = new Map();
    waiting.set(sql, pending);
    setTimeout(() => void flush(sql), COALESCE_MS);
  }
  for (const { accountId, kind, id } of items) {
    const key = `${accountId}/${kind}`;
    let event = pending.get(key);
    if (event === undefined) {
      event = { accountId, kind, ids: [], known: new Set() };
      pending.set(key, event);
    }
    if (event.known.has(id)) continue;
    event.known.add(id);
    event.ids.push(id);
  }
}

async function flush(sql: Sql): Promise<void> {
  const pending = waiting.get(sql);
  waiting.delete(sql);
  if (pending === undefined) return;
  const payloads = [...pending.values()].flatMap(({ accountId, kind, ids }) =>
    Array.from({ length: Math.ceil(ids.length / IDS_A_PAYLOAD) }, (_, page) =>
      JSON.stringify({ a: accountId, k: kind, ids: ids.slice(page * IDS_A_PAYLOAD, (page + 1) * IDS_A_PAYLOAD) }),
    ),
  );
  try {
    await sql`select pg_notify(${CHANNEL}, payload) from unnest(${payloads}::text[]) payload`;
  } catch {
    // Dropped on purpose, see notify.
  }
}

/**
 * Hears every process's changes over one connection of its own. `onReconnect` is called whenever the connection is made again: anything may have
 * been missed. Resolves when it listens; the returned function ends it. Rejects when the database is away at the start.
 */
export async function listen(sql: Sql, onEvent: (event: ChangeEvent) => void, onReconnect: () => void): Promise<() => Promise<void>> {
  let listening = false;
  const subscription = await sql.listen(
    CHANNEL,
    (payload) => {
      const { a, k, ids } = JSON.parse(payload) as { a: number; k: ChangeKind; ids: (string | number)[] };
      onEvent({ accountId: a, kind: k, ids });
    },
    () => {
      if (listening) onReconnect();
      listening = true;
    },
  );
  return () => subscription.unlisten();
}
