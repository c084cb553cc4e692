/** Duplicate control in the background: compares what has changed, merges by rule, and tells runs that a merge has ended. */
import type { Sql } from '../../db/connection.ts';
import { listen } from '../../db/notify.ts';
import type { AliveRun } from '../../db/stores/alive.ts';
import { compareChanged } from '../../db/stores/duplicate-keys.ts';
import { pairsToMerge } from '../../db/stores/duplicates.ts';
import { type Merged, mergeContacts, settleMerges } from '../../db/stores/merge-contacts.ts';
import { readSettings } from '../../db/stores/settings.ts';
import { type Key, mergesByItself } from '../../domain/duplicates/keys.ts';
import { olderFirst } from '../../domain/duplicates/merge-card.ts';
import type { Log } from '../deps.ts';

const LOOK_EVERY_MS = 5_000;
const PAIRS_AT_ONCE = 20;

export interface DuplicateDeps {
  sql: Sql;
  log: Log;
  now(): number;
  wakeRun(run: AliveRun): Promise<void>;
  lookEveryMs?: number;
}

/** Looks until it is stopped; `stop` waits for what is in hand. Any number of workers may. */
export function startDuplicates(deps: DuplicateDeps): { stop(): Promise<void> } {
  const { sql, log } = deps;
  let stopping = false;
  let again = false;
  let working: Promise<void> | undefined;
  const look = () => {
    if (stopping) return;
    if (working !== undefined) {
      again = true;
      return;
    }
    working = workThrough(deps, () => stopping)
      .catch((error: unknown) => log.warn({ err: error }, 'duplicates were not looked for; the next look does it'))
      .finally(() => {
        working = undefined;
        if (again && !stopping) {
          again = false;
          look();
        }
      });
  };
  // Merges end runs, whose workflows are to end too.
  const listening = listen(sql, ({ kind }) => (kind === 'contact' || kind === 'settings') && look(), look);
  listening.catch(() => undefined); // the looks every few seconds go on without it
  const looking = setInterval(look, deps.lookEveryMs ?? LOOK_EVERY_MS);
  look();
  return {
    async stop() {
      stopping = true;
      clearInterval(looking);
      await listening.then((end) => end()).catch(() => undefined);
      await working;
    },
  };
}

/** One look at everything there is to do. */
export async function workThrough(deps: DuplicateDeps, stopping: () => boolean = () => false): Promise<void> {
  const { sql, now } = deps;
  while (!stopping() && (await compareChanged(sql, now())) > 0);
  while (!stopping() && (await mergeSome(deps)) > 0);
  await wakeEnded(deps);
  while (!stopping() && (await settleMerges(sql, now())) > 0);
}

/** Merges pairs that a rule merges, the younger into the older. Answers how many pairs it settled. */
async function mergeSome({ sql, now }: DuplicateDeps): Promise<number> {
  const pairs = await pairsToMerge(sql, PAIRS_AT_ONCE);
  for (const { accountId, firstId, secondId } of pairs) {
    const cards = await sql<{ id: number; createdAt: number }[]>`
      select id, created_at "createdAt" from contacts where account_id = ${accountId} and id in (${firstId}, ${secondId}) and merged_into is null`;
    const [a, b] = cards;
    const merged = a === undefined || b === undefined ? undefined : await mergeByRule(sql, accountId, olderFirst(a, b), now());
    // Gone meanwhile, or the rule is off by now: nothing is left to merge.
    if (merged === undefined)
      await sql`update duplicates set state = 'open' where account_id = ${accountId} and first_id = ${firstId} and second_id = ${secondId} and state = 'merging'`;
  }
  return pairs.length;
}

/** Under the locks of both cards the pair is looked at once more: somebody may have said meanwhile that these are two people. */
async function mergeByRule(
  sql: Sql,
  accountId: number,
  [into, from]: [{ id: number }, { id: number }],
  at: number,
): Promise<Merged | undefined> {
  const { duplicates: rules } = await readSettings(sql, accountId);
  try {
    return await mergeContacts(sql, { accountId, into: into.id, from: from.id, by: { kind: 'system' }, at }, async (tx) => {
      const [pair] = await tx<{ reasons: Key[] }[]>`
        select reasons from duplicates where account_id = ${accountId} and first_id = ${Math.min(into.id, from.id)}
          and second_id = ${Math.max(into.id, from.id)} and state = 'merging'`;
      if (pair === undefined || !mergesByItself(rules, pair.reasons)) throw new NoLonger();
    });
  } catch (error) {
    if (error instanceof NoLonger) return undefined;
    throw error;
  }
}

class NoLonger extends Error {}

/** Runs that ended with a merge, whose own workflows do not know it yet. Told twice is harmless. */
async function wakeEnded({ sql, wakeRun }: DuplicateDeps): Promise<void> {
  const runs = await sql<AliveRun[]>`
    select r.account_id "accountId", r.id, r.bot_id "botId", b.name "botName", h.channel_id "channelId", r.wake_due "wakeDue"
    from contact_merges m
    join chats h on h.account_id = m.account_id and h.contact_id = m.into_id
    join bot_runs r on r.account_id = h.account_id and r.chat_id = h.id and r.wake_due and r.status = 'ended'
    join bots b on b.account_id = r.account_id and b.id = r.bot_id limit 200`;
  for (const run of runs) await wakeRun(run);
}
