/** Clicks are written behind the redirect, many at once: whoever opens a link never waits for it. */
import type { Sql, Transaction } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import { type NewClick, storeClicks } from '../../db/stores/clicks.ts';
import type { BotStarts } from './bot-starts.ts';

/** What a crash can lose: the clicks of this long, and those of the statement under way, while Postgres takes them. */
export const WRITTEN_EVERY_MS = 250;
/** While Postgres is away clicks are kept, up to so many; then the oldest go. */
const MOST_KEPT = 20_000;
const MOST_AT_ONCE = 1_000;

export interface ClickWriter {
  add(click: NewClick): void;
  /** Resolves when everything given so far was tried once. */
  flush(): Promise<void>;
  /** Writes what is left; clicks that come later are written at once. */
  stop(): Promise<void>;
}

interface Deps {
  sql: Sql;
  log: { warn(fields: object, message: string): void };
  /** Starts the bots of followed links. */
  starts?: BotStarts;
}

/** One a process. */
export function createClickWriter(deps: Deps): ClickWriter {
  let waiting: NewClick[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let stopped = false;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      const failed: NewClick[] = [];
      for (const [accountId, clicks] of byAccount(batch)) {
        try {
          const { followed, planned } = await deps.sql.begin(async (tx) => {
            const followed = await storeClicks(tx as Transaction, accountId, clicks);
            return { followed, planned: (await deps.starts?.plan(tx as Transaction, 'link_followed', followed)) ?? [] };
          });
          notify(
            deps.sql,
            followed.map(({ contactId }) => ({ accountId, kind: 'contact', id: contactId })),
          );
          void deps.starts?.begin(planned);
        } catch (err) {
          deps.log.warn({ err, accountId, count: clicks.length }, 'clicks could not be stored yet');
          failed.push(...clicks);
        }
      }
      if (failed.length === 0) continue;
      waiting = [...failed, ...waiting].slice(-MOST_KEPT);
      plan();
      return;
    }
  }
  const flush = () => {
    writing = writing.then(write);
    return writing;
  };
  function plan(): void {
    if (timer !== undefined || stopped) return;
    timer = setTimeout(() => void flush(), WRITTEN_EVERY_MS);
    timer.unref();
  }

  return {
    add(click) {
      waiting.push(click);
      if (waiting.length > MOST_KEPT) waiting.shift();
      if (stopped) void flush();
      else plan();
    },
    flush,
    async stop() {
      stopped = true;
      await flush();
    },
  };
}

function byAccount(clicks: NewClick[]): Map<number, NewClick[]> {
  const accounts = new Map<number, NewClick[]>();
  for (const click of clicks) {
    const own = accounts.get(click.accountId);
    if (own === undefined) accounts.set(click.accountId, [click]);
    else own.push(click);
  }
  return accounts;
}
