import type { Queries } from '../connection.ts';
import type { ChangeKind } from '../notify.ts';
import { mayReadInternal } from './internal-chats.ts';
import { type Sight, visible, visibleByCard, visibleByContact, visibleLead } from './sight.ts';

/** Those of the changed ids that this user may see; a live update about anything else is not even hinted at. */
export async function seenIds(sql: Queries, actor: Sight, kind: ChangeKind, ids: (string | number)[]): Promise<(string | number)[]> {
  const query = queryOf(sql, actor, kind, ids.map(String));
  if (query === undefined) return ids;
  const rows = await query;
  return rows.map((row) => row.id);
}

function queryOf(sql: Queries, actor: Sight, kind: ChangeKind, ids: string[]): PromiseLike<{ id: string | number }[]> | undefined {
  const account = actor.accountId;
  switch (kind) {
    case 'contact':
      return sql`select t.id from contacts t where t.account_id = ${account} and t.id = any(${ids}::text[]::bigint[]) and ${visible(sql, actor, 't')}`;
    case 'lead':
      return sql`
        select t.id from leads t where t.account_id = ${account} and t.id = any(${ids}::text[]::bigint[]) and ${visibleLead(sql, actor, 't')}`;
    case 'customer':
      return sql`
        select t.id from customers t where t.account_id = ${account} and t.id = any(${ids}::text[]::bigint[]) and ${visibleLead(sql, actor, 't')}`;
    case 'conversation':
      return sql`
        select t.number id from conversations t where t.account_id = ${account} and t.number = any(${ids}::text[]::bigint[])
        and ${visibleByContact(sql, actor, 't')}`;
    case 'chat':
      return sql`
        select t.id from chats t where t.account_id = ${account} and t.id = any(${ids}::text[]::uuid[]) and ${visibleByContact(sql, actor, 't')}`;
    case 'run':
      return sql`
        select t.id from bot_runs t where t.account_id = ${account} and t.id = any(${ids}::text[]::uuid[]) and ${visibleByCard(sql, actor, 't')}`;
    case 'typing':
      return sql`
        select said.id from unnest(${ids}::text[]) said (id) join chats t on t.account_id = ${account} and t.id = split_part(said.id, '/', 1)::uuid
        where ${visibleByContact(sql, actor, 't')}`;
    case 'internal':
      // `left/<user id>`: who was taken out is told so, and nobody else.
      return sql`
        select c.id::text id from internal_chats c
        where c.id = any(${ids.filter((id) => !id.startsWith('left/'))}::text[]::bigint[]) and ${mayReadInternal(sql, actor, 'c')}
        union all select own from unnest(${ids}::text[]) own where own = ${`left/${actor.userId}`}`;
    case 'quickReply':
      return sql`select own id from unnest(${ids}::text[]) own where own = any(${['0', String(actor.userId)]}::text[])`;
    case 'export':
      return sql`
        select e.id from exports e where e.account_id = ${account} and e.id = any(${ids}::text[]::uuid[]) and e.user_id = ${actor.userId}`;
    default:
      return undefined; // bots, channels and settings are everybody's, notifications name nothing
  }
}
