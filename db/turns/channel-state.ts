/** A channel that its messenger refuses as a whole: a revoked token, a bot that was deleted. */
import type { Sql } from '../connection.ts';
import { notify } from '../notify.ts';

/**
 * Marks a connected channel as disconnected, with the messenger's words, and tells every administrator; one statement, so that no state stands without
 * its notification. False when it was disconnected before.
 */
export async function loseChannel(sql: Sql, accountId: number, channelId: number, words: string, at: number): Promise<boolean> {
  const told = await sql<{ id: number }[]>`
    with lost as (
      update channels set state = 'disconnected', state_words = ${words}, updated_at = ${at}
      where account_id = ${accountId} and id = ${channelId} and state = 'connected' returning account_id, id, name
    ), told as (
      insert into notifications (account_id, user_id, what, data, at)
      select u.account_id, u.id, 'channelDisconnected', jsonb_build_object('channelId', lost.id, 'name', lost.name, 'words', ${words}::text), ${at}::timestamptz
      from lost join users u on u.account_id = lost.account_id and u.role = 'administrator' and u.is_active
    )
    select id from lost`;
  if (told.length === 0) return false;
  notify(sql, [
    { accountId, kind: 'channel', id: channelId },
    { accountId, kind: 'notification', id: channelId },
  ]);
  return true;
}

/** It works again: nobody has to be told any longer that it does not. */
export async function settleLostChannel(sql: Sql, accountId: number, channelId: number, at: number): Promise<void> {
  const settled = await sql`
    update notifications set withdrawn_at = ${at} where account_id = ${accountId} and what = 'channelDisconnected' and withdrawn_at is null
    and data -> 'channelId' = to_jsonb(${channelId}::bigint) returning id`;
  if (settled.length > 0) notify(sql, [{ accountId, kind: 'notification', id: channelId }]);
}
