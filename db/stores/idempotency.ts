import type { Queries } from '../connection.ts';

export interface KeptAnswer {
  request: string;
  /** 0: under way. */
  status: number;
  body: string;
}

/** Takes a key for a request that begins; returns what is there when it is taken. A claim older than `staleAt` without an answer is taken over. */
export async function claimKey(
  sql: Queries,
  claim: { accountId: number; key: string; request: string; at: number; staleAt: number },
): Promise<KeptAnswer | undefined> {
  const { accountId, key, request, at, staleAt } = claim;
  const taken = await sql`
    insert into idempotency_keys (account_id, key, request, status, body, created_at) values (${accountId}, ${key}, ${request}, 0, '', ${at})
    on conflict (account_id, key) do update set request = excluded.request, created_at = excluded.created_at
      where idempotency_keys.status = 0 and idempotency_keys.created_at < ${staleAt}
    returning key`;
  if (taken.length > 0) return undefined;
  const [row] = await sql<
    KeptAnswer[]
  >`select request, status, body from idempotency_keys where account_id = ${accountId} and key = ${key}`;
  return row;
}

export async function storeAnswer(sql: Queries, answer: { accountId: number; key: string; status: number; body: string }): Promise<void> {
  await sql`
    update idempotency_keys set status = ${answer.status}, body = ${answer.body} where account_id = ${answer.accountId} and key = ${answer.key}`;
}

export async function forgetKey(sql: Queries, accountId: number, key: string): Promise<void> {
  await sql`delete from idempotency_keys where account_id = ${accountId} and key = ${key} and status = 0`;
}
