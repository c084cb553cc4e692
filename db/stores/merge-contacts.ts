/** Two contacts become one: every row that names the one that goes is given to the one that stays, in one transaction. */
import { dayOf } from '../../domain/analytics/periods.ts';
import { outcomeBuckets, type Total } from '../../domain/analytics/totals.ts';
import { type Card, type MergeChoices, mergedCard, runsToEnd } from '../../domain/duplicates/merge-card.ts';
import type { EndReason } from '../../domain/scenario/end-reason.ts';
import type { Sql, Transaction } from '../connection.ts';
import { type ChangeItem, notify } from '../notify.ts';
import { camelRows, snakeRow } from '../turns/rows.ts';
import { addCounts } from './new-counts.ts';

export interface MergeOrder {
  accountId: number;
  /** Stays. */
  into: number;
  /** Goes, and becomes a pointer. */
  from: number;
  choices?: MergeChoices;
  by: { kind: 'user'; id: number } | { kind: 'system' };
  at: number;
}

export interface Merged {
  into: number;
  /** Runs that another run of their bot has outlived. */
  endedRuns: string[];
  blocked: boolean;
}

const TRIES = 5;
const RETRIED = new Set(['40P01', '40001', '23505']);

/**
 * Merges, unless `allowed` (asked under the locks of both cards) refuses by throwing. Undefined: one of the two is not there any more. Locks as every turn
 * does: leads → contacts → chats → runs, each by id; what was made meanwhile without a lock is taken along by `settleMerges`.
 */
export async function mergeContacts(
  sql: Sql,
  order: MergeOrder,
  allowed: (tx: Transaction) => Promise<void> = async () => undefined,
): Promise<Merged | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const done = await sql.begin((tx) => merge(tx as Transaction, order, allowed));
      if (done !== undefined) notify(sql, done.changed);
      return done?.merged;
    } catch (error) {
      // A turn that made something between our locks may wait for us as we wait for it: one of the two begins again.
      if (attempt === TRIES || !RETRIED.has(String((error as { code?: unknown }).code))) throw error;
    }
  }
}

type LockedCard = Card & { mergedInto: number | null };
interface LockedRun {
  id: string;
  botId: number;
  version: number;
  botName: string;
  leadId: number | null;
  customerId: number | null;
  chatId: string | null;
  channelId: number | null;
  startKey: string;
  createdAt: number;
}

async function merge(tx: Transaction, order: MergeOrder, allowed: (tx: Transaction) => Promise<void>) {
  const { accountId, into, from, at } = order;
  const both = [into, from];
  await tx`select 1 from leads where account_id = ${accountId} and contact_id = any(${both}::bigint[]) order by id for update`;
  const cards = camelRows<LockedCard>(
    await tx`select * from contacts where account_id = ${accountId} and id = any(${both}::bigint[]) order by id for update`,
  );
  await allowed(tx);
  const [kept, gone] = both.map((id) => cards.find((card) => card.id === id && card.mergedInto === null));
  if (kept === undefined || gone === undefined || into === from) return undefined;
  await tx`select 1 from chats where account_id = ${accountId} and contact_id = any(${both}::bigint[]) order by id for update`;
  const runs = camelRows<LockedRun>(
    await tx`
      select r.id, r.bot_id, r.version, b.name bot_name, r.lead_id, r.customer_id, r.chat_id, h.channel_id, r.start_key, r.created_at
      from bot_runs r join bots b on b.account_id = r.account_id and b.id = r.bot_id
      left join chats h on h.account_id = r.account_id and h.id = r.chat_id
      where r.account_id = ${accountId} and r.status <> 'ended' and r.id = any(array(
        select id from bot_runs where account_id = ${accountId} and status <> 'ended'
          and chat_id = any(array(select id from chats where account_id = ${accountId} and contact_id = any(${both}::bigint[])))
        union select id from bot_runs where account_id = ${accountId} and status <> 'ended'
          and lead_id = any(array(select id from leads where account_id = ${accountId} and contact_id = any(${both}::bigint[])))
        union select id from bot_runs where account_id = ${accountId} and status <> 'ended'
          and customer_id = any(array(select id from customers where account_id = ${accountId} and contact_id = any(${both}::bigint[])))))
      order by r.id for update of r`,
  );

  const multiple = await multipleFields(tx, accountId);
  const card = mergedCard(kept, gone, (id) => multiple.has(id), order.choices);
  await takeOver(tx, accountId, into, from);
  await tx`update contacts set ${tx(snakeRow({ ...card, fields: card.fields, updatedAt: at }))} where account_id = ${accountId} and id = ${into}`;
  await tx`update contacts set merged_into = ${into}, merged_at = ${at}, updated_at = ${at} where account_id = ${accountId} and id = ${from}`;
  // Pointers point at the end of their way: following is one step however often a card was merged.
  await tx`update contacts set merged_into = ${into} where account_id = ${accountId} and merged_into = ${from}`;
  await tx`
    insert into contact_merges (account_id, from_id, into_id, at) values (${accountId}, ${from}, ${into}, ${at})
    on conflict (account_id, from_id) do update set into_id = excluded.into_id, at = excluded.at`;
  await tx`delete from duplicates where account_id = ${accountId} and (first_id = ${from} or second_id = ${from})`;
  await tx`delete from contact_keys where account_id = ${accountId} and contact_id = ${from}`;

  const isPoll = (run: LockedRun) => run.startKey.startsWith('nps/');
  const ends = new Set(runsToEnd(runs.map((run) => ({ ...run, isPoll: isPoll(run) }))));
  const ended = runs.filter((run) => ends.has(run.id));
  await noteMerge(tx, order, gone);
  await endRuns(tx, order, ended, card.responsibleUserId);

  const changed = await changedItems(tx, accountId, into, from, ended);
  return { merged: { into, endedRuns: ended.map(({ id }) => id), blocked: card.blockedAt !== null } satisfies Merged, changed };
}

async function multipleFields(tx: Transaction, accountId: number): Promise<Set<string>> {
  const rows = await tx<{ id: number }[]>`
    select id from custom_fields where account_id = ${accountId} and entity = 'contact' and type in ('multitext', 'multiselect')`;
  return new Set(rows.map(({ id }) => String(id)));
}

/** Every row that names `from`. Identities first: a chat that is being made holds its own, and is seen by what follows. */
async function takeOver(tx: Transaction, accountId: number, into: number, from: number): Promise<void> {
  const mine = tx`account_id = ${accountId} and contact_id = ${from}`;
  await tx`update contact_identities set contact_id = ${into} where ${mine}`;
  await tx`update chats set contact_id = ${into} where ${mine}`;
  await tx`update conversations set contact_id = ${into} where ${mine}`;
  await tx`update leads set contact_id = ${into} where ${mine}`;
  await tx`update customers set contact_id = ${into} where ${mine}`;
  await tx`insert into lead_contacts (account_id, lead_id, contact_id) select account_id, lead_id, ${into} from lead_contacts where ${mine} on conflict do nothing`;
  await tx`delete from lead_contacts where ${mine}`;
  await tx`update bot_runs set contact_id = ${into} where ${mine}`;
  // One link per contact and address: a second one of the same address keeps its code and works on, beside the first.
  await tx`
    update short_links l set contact_id = ${into}, url_key = case when exists (select 1 from short_links other where other.account_id = l.account_id
      and other.contact_id = ${into} and other.url_key = l.url_key) then l.url_key || '/' || l.id else l.url_key end
    where l.account_id = ${accountId} and l.contact_id = ${from}`;
  await tx`
    insert into visitors (account_id, visitor_id, contact_id, how, at) select account_id, visitor_id, ${into}, how, at from visitors where ${mine}
    on conflict do nothing`;
  await tx`delete from visitors where ${mine}`;
  await tx`update notes set entity_id = ${into} where account_id = ${accountId} and entity_type = 'contact' and entity_id = ${from}`;
  await tx`update tasks set entity_id = ${into} where account_id = ${accountId} and entity_type = 'contact' and entity_id = ${from}`;
  await tx`update events set entity_id = ${into} where account_id = ${accountId} and entity_type = 'contact' and entity_id = ${from}`;
  await tx`update events set contact_id = ${into} where ${mine}`;
}

/** On the card that stays, with what the other one was called and had: the pointer's own row keeps the rest. */
async function noteMerge(tx: Transaction, { accountId, into, from, by, at }: MergeOrder, gone: Card): Promise<void> {
  await tx`insert into events ${tx(
    snakeRow({
      accountId,
      type: 'entity_merged',
      entityType: 'contact',
      entityId: into,
      authorKind: by.kind,
      authorId: by.kind === 'user' ? by.id : null,
      valueBefore: [{ contact: { id: from, name: gone.name } }],
      valueAfter: [{ contact: { id: into } }],
      contactId: into,
      at,
    }),
  )}`;
}

/** As a turn ends a run: slots free, unsent parts withdrawn, an event, its workflow woken to end (the worker does, after the commit). */
async function endRuns(
  tx: Transaction,
  { accountId, into, at }: MergeOrder,
  runs: LockedRun[],
  responsibleId: number | null,
): Promise<void> {
  if (runs.length === 0) return;
  const ids = runs.map(({ id }) => id);
  await tx`
    update bot_runs set status = 'ended', outcome = 'displaced', outcome_words = '', ended_by = ${{ kind: 'system' } as never}::jsonb, ended_at = ${at},
      deadline_at = null, wait = null, wake_due = true
    where account_id = ${accountId} and id = any(${ids}::uuid[])`;
  const ended = { outcome: 'displaced', by: 'system', why: 'merged' satisfies EndReason };
  const lines = ids.map((runId) => snakeRow({ accountId, runId, at, step: 0, handler: 'run', outcome: 'ended', data: ended }));
  await tx`insert into run_traces ${tx(lines)}`;
  await tx`update chats set listener_run_id = null where account_id = ${accountId} and listener_run_id = any(${ids}::uuid[])`;
  await tx`update chats set pending = null where account_id = ${accountId} and contact_id = ${into} and pending -> 'for' ->> 'runId' = any(${ids}::text[])`;
  await tx`
    with gone as (update parts set status = 'withdrawn' where account_id = ${accountId} and run_id = any(${ids}::uuid[]) and status = 'planned' returning message_id)
    update messages m set status = case when exists (select 1 from parts p where p.account_id = m.account_id and p.message_id = m.id
        and p.status in ('accepted', 'delivered', 'read')) then 'accepted' else 'withdrawn' end
    where m.account_id = ${accountId} and m.status = 'planned' and m.id in (select message_id from gone)
      and not exists (select 1 from parts p where p.account_id = m.account_id and p.message_id = m.id and p.status = 'claimed')`;
  const events = runs.map((run) =>
    snakeRow({
      accountId,
      type: 'bot_ended',
      entityType: run.leadId !== null ? 'lead' : run.customerId !== null ? 'customer' : 'contact',
      entityId: run.leadId ?? run.customerId ?? into,
      authorKind: 'system',
      authorId: null,
      valueBefore: [],
      valueAfter: [{ bot: { id: run.botId, version: run.version, name: run.botName }, outcome: 'displaced', words: '' }],
      contactId: into,
      leadId: run.leadId,
      runId: run.id,
      at,
    }),
  );
  await tx`insert into events ${tx(events)}`;
  const [account] = await tx<{ timeZone: string }[]>`select time_zone "timeZone" from accounts where id = ${accountId}`;
  const counts = runs.map(
    (run): Total => ({
      metric: 'bot_ended',
      day: dayOf(at, account!.timeZone),
      channelId: run.channelId ?? 0,
      responsibleId: responsibleId ?? 0,
      userId: 0,
      botId: run.botId,
      bucket: outcomeBuckets.displaced,
      count: 1,
      sum: 0,
    }),
  );
  await addCounts(tx, accountId, counts);
}

async function changedItems(tx: Transaction, accountId: number, into: number, from: number, ended: LockedRun[]): Promise<ChangeItem[]> {
  const rows = await tx<{ kind: 'chat' | 'conversation' | 'lead'; id: string }[]>`
    select 'chat' kind, id::text from chats where account_id = ${accountId} and contact_id = ${into}
    union all select 'conversation', number::text from conversations where account_id = ${accountId} and contact_id = ${into} and status <> 'closed'
    union all select 'lead', id::text from leads where account_id = ${accountId} and contact_id = ${into}`;
  return [
    ...rows.map(({ kind, id }): ChangeItem => ({ accountId, kind, id: kind === 'chat' ? id : Number(id) })),
    ...ended.map(({ id }): ChangeItem => ({ accountId, kind: 'run', id })),
    { accountId, kind: 'contact', id: into },
    { accountId, kind: 'contact', id: from },
    // What was seen by who took part in one of the two may now be seen by others.
    { accountId, kind: 'sight', id: 0 },
  ];
}

/** A request that had read the card before it went may have written about it afterwards. */
const SETTLED_MS = 30_000;

/** Takes along what was written about merged-away contacts while they were merged. Answers how many merges are settled. */
export async function settleMerges(sql: Sql, now: number): Promise<number> {
  return sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const rows = await tx<{ accountId: number; fromId: number; intoId: number }[]>`
      select account_id "accountId", from_id "fromId", into_id "intoId" from contact_merges where at < ${now - SETTLED_MS}
      order by account_id, from_id limit 20 for update skip locked`;
    for (const { accountId, fromId, intoId } of rows) {
      await takeOver(tx, accountId, intoId, fromId);
      await tx`delete from contact_merges where account_id = ${accountId} and from_id = ${fromId}`;
    }
    return rows.length;
  });
}

/** The contact an id leads to: itself, or the one it was merged into. */
export async function keptContactId(sql: Sql, accountId: number, contactId: number): Promise<number> {
  const [row] = await sql<{ mergedInto: number | null }[]>`
    select merged_into "mergedInto" from contacts where account_id = ${accountId} and id = ${contactId}`;
  return row?.mergedInto ?? contactId;
}
