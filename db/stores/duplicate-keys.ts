/** Finds contacts that may be one person: in the background, from what triggers have marked. No client's message waits for it. */
import { type DuplicateRules, type Key, type KeyContext, type KeySource, keysOf, mergesByItself } from '../../domain/duplicates/keys.ts';
import type { Queries, Sql, Transaction } from '../connection.ts';
import { type ChangeItem, notify } from '../notify.ts';
import { readSettings } from './settings.ts';

/** Contacts a look takes at once. */
const AT_ONCE = 200;
/** What so many people share (an office's phone, a shop's e-mail) says nothing about any two of them. */
const SHARED_BY_MANY = 10;

interface Card extends KeySource {
  id: number;
}

/**
 * Compares some contacts that have changed; several workers may, each takes its own. Answers how many it took; 0: there is nothing to do.
 */
export async function compareChanged(sql: Sql, now: number): Promise<number> {
  const { taken, changed } = await sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const rows = await tx<{ accountId: number; contactId: number }[]>`
      delete from contact_changes x using (
        select account_id, id from contact_changes order by account_id, id limit ${AT_ONCE} for update skip locked) due
      where x.account_id = due.account_id and x.id = due.id returning x.account_id "accountId", x.contact_id "contactId"`;
    const byAccount = new Map<number, Set<number>>();
    for (const { accountId, contactId } of rows) byAccount.set(accountId, (byAccount.get(accountId) ?? new Set()).add(contactId));
    const changed: ChangeItem[] = [];
    for (const [accountId, marked] of [...byAccount].sort(([a], [b]) => a - b)) {
      const ids = [...marked].sort((a, b) => a - b);
      for (const id of await compare(tx, accountId, ids, now)) changed.push({ accountId, kind: 'contact', id });
    }
    return { taken: rows.length, changed };
  });
  notify(sql, changed);
  return taken;
}

/** What follows from a change of the rules, in its transaction. Throws nothing; a field that is not the account's compares nothing. */
export async function arrangeDuplicates(tx: Queries, accountId: number, before: DuplicateRules, after: DuplicateRules): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await forgetKeys(tx, accountId);
  if (after.enabled) await compareAll(tx, accountId);
}

/** All contacts of an account are compared anew: its rules have changed. */
async function compareAll(sql: Queries, accountId: number): Promise<void> {
  await sql`insert into contact_changes (account_id, contact_id) select account_id, id from contacts where account_id = ${accountId} and merged_into is null`;
}

/** Duplicate control was switched off: what was found is forgotten, what people decided is kept. */
async function forgetKeys(sql: Queries, accountId: number): Promise<void> {
  await sql`delete from contact_changes where account_id = ${accountId}`;
  await sql`delete from contact_keys where account_id = ${accountId}`;
  await sql`delete from duplicates where account_id = ${accountId} and state <> 'different'`;
}

/** Answers the contacts whose candidates have changed. */
async function compare(tx: Transaction, accountId: number, ids: number[], now: number): Promise<number[]> {
  const { duplicates: rules } = await readSettings(tx, accountId);
  if (!rules.enabled) return [];
  // One at a time per account: two that compare the same pair at once would each miss the other's keys.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`duplicates/${accountId}`}, 0))`;
  const [context, cards] = await Promise.all([keyContext(tx, accountId), readCards(tx, accountId, ids)]);
  const keys = cards.flatMap((card) => keysOf(card, rules, context).map((key) => ({ ...key, contactId: card.id })));
  await tx`delete from contact_keys where account_id = ${accountId} and contact_id = any(${ids}::bigint[])`;
  if (keys.length > 0)
    await tx`
      insert into contact_keys (account_id, signal, value, contact_id)
      select ${accountId}, * from unnest(${keys.map(({ signal }) => signal)}::text[], ${keys.map(({ value }) => value)}::text[], ${keys.map(({ contactId }) => contactId)}::bigint[])
      on conflict do nothing`;
  const before = await tx<{ firstId: number; secondId: number }[]>`
    delete from duplicates where account_id = ${accountId} and state <> 'different'
      and (first_id = any(${ids}::bigint[]) or second_id = any(${ids}::bigint[])) returning first_id "firstId", second_id "secondId"`;
  const pairs = await tx<{ firstId: number; secondId: number; reasons: Key[] }[]>`
    select least(mine.contact_id, other.contact_id) "firstId", greatest(mine.contact_id, other.contact_id) "secondId",
      jsonb_agg(distinct jsonb_build_object('signal', mine.signal, 'value', mine.value)) reasons
    from contact_keys mine
    cross join lateral (select k.contact_id from contact_keys k
      where k.account_id = mine.account_id and k.signal = mine.signal and k.value = mine.value limit ${SHARED_BY_MANY + 1}) other
    where mine.account_id = ${accountId} and mine.contact_id = any(${ids}::bigint[]) and other.contact_id <> mine.contact_id
      and (select count(*) from (select 1 from contact_keys k where k.account_id = mine.account_id and k.signal = mine.signal and k.value = mine.value
        limit ${SHARED_BY_MANY + 1}) all_of_it) <= ${SHARED_BY_MANY}
    group by 1, 2`;
  if (pairs.length > 0) {
    await tx`
      insert into duplicates ${tx(
        pairs.map(({ firstId, secondId, reasons }) => ({
          account_id: accountId,
          first_id: firstId,
          second_id: secondId,
          reasons: reasons as never,
          state: mergesByItself(rules, reasons) ? 'merging' : 'open',
          found_at: now,
        })),
      )} on conflict (account_id, first_id, second_id) do nothing`;
  }
  return [...new Set([...before, ...pairs].flatMap(({ firstId, secondId }) => [firstId, secondId]))];
}

async function keyContext(tx: Transaction, accountId: number): Promise<KeyContext> {
  const [rows, accounts] = await Promise.all([
    tx<{ id: number; code: string }[]>`
      select id, code from custom_fields where account_id = ${accountId} and entity = 'contact' and code in ('PHONE', 'EMAIL')`,
    tx<{ language: string }[]>`select language from accounts where id = ${accountId}`,
  ]);
  const of = (code: string) => rows.filter((row) => row.code === code).map(({ id }) => id);
  const country: KeyContext['country'] = accounts[0]?.language === 'ru' ? 'RU' : undefined;
  return { phoneFieldIds: of('PHONE'), emailFieldIds: of('EMAIL'), country };
}

async function readCards(tx: Transaction, accountId: number, ids: number[]): Promise<Card[]> {
  return tx<Card[]>`
    select c.id, c.fields,
      coalesce((select jsonb_agg(jsonb_build_object('channelType', ch.type, 'externalUserId', i.external_user_id, 'username', i.username))
        from contact_identities i join channels ch on ch.account_id = i.account_id and ch.id = i.channel_id
        where i.account_id = c.account_id and i.contact_id = c.id), '[]') identities,
      coalesce((select jsonb_agg(v.visitor_id) from visitors v where v.account_id = c.account_id and v.contact_id = c.id), '[]') "visitorIds"
    from contacts c where c.account_id = ${accountId} and c.id = any(${ids}::bigint[]) and c.merged_into is null`;
}
