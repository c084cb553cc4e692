import type { Sql } from '../../db/connection.ts';

export interface LeaseKey {
  accountId: number;
  channelId: number;
}

export interface HeldLease extends LeaseKey {
  /** Where the last holder stopped; absent for a channel that was never polled. */
  cursor: string | undefined;
}

/**
 * Takes or renews the leases of these channels for `owner` and answers the ones it now holds for `leaseMs`. A lease of another owner is taken only
 * after it has run out, by the database's clock, so that clocks of machines need not agree.
 */
export async function holdLeases(sql: Sql, owner: string, keys: LeaseKey[], leaseMs: number): Promise<HeldLease[]> {
  if (keys.length === 0) return [];
  // Sorted, so that two processes lock the rows in one order.
  const rows = await sql<{ account_id: number; channel_id: number; cursor: string | null }[]>`
    insert into channel_leases (account_id, channel_id, owner, expires_at)
    select account_id, channel_id, ${owner}, clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from unnest(${keys.map((key) => key.accountId)}::int8[], ${keys.map((key) => key.channelId)}::int8[]) as wanted (account_id, channel_id)
    order by account_id, channel_id
    on conflict (account_id, channel_id) do update set owner = excluded.owner, expires_at = excluded.expires_at
    where channel_leases.owner is null or channel_leases.owner = excluded.owner or channel_leases.expires_at is null
      or channel_leases.expires_at < clock_timestamp()
    returning account_id, channel_id, cursor`;
  return rows.map((row) => ({ accountId: row.account_id, channelId: row.channel_id, cursor: row.cursor ?? undefined }));
}

/** Moves the cursor; false when the lease has gone to somebody else, who must not be set back. */
export async function saveCursor(sql: Sql, owner: string, key: LeaseKey, cursor: string): Promise<boolean> {
  const result = await sql`
    update channel_leases set cursor = ${cursor}
    where account_id = ${key.accountId} and channel_id = ${key.channelId} and owner = ${owner}`;
  return result.count > 0;
}

/** Lets go of these channels, so that another process takes them at its next look. */
export async function releaseLeases(sql: Sql, owner: string, keys: LeaseKey[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    update channel_leases set owner = null, expires_at = null
    where owner = ${owner} and (account_id, channel_id) in (
      select * from unnest(${keys.map((key) => key.accountId)}::int8[], ${keys.map((key) => key.channelId)}::int8[]))`;
}
