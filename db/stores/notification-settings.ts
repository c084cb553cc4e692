import {
  completeNotificationSettings,
  type NotificationSettings,
  type StoredNotificationSettings,
} from '../../domain/notifications/settings.ts';
import type { Queries } from '../connection.ts';

interface Row {
  stored: StoredNotificationSettings;
  language: string;
  timeZone: string;
}

/** What a user wants to be told; undefined where there is no such user. */
export async function readNotificationSettings(
  sql: Queries,
  user: { accountId: number; userId: number },
): Promise<NotificationSettings | undefined> {
  const [row] = await sql<Row[]>`
    select u.notification_settings stored, a.language, a.time_zone "timeZone" from users u join accounts a on a.id = u.account_id
    where u.account_id = ${user.accountId} and u.id = ${user.userId}`;
  return row && completeNotificationSettings(row.stored, row);
}

/** Changes what is named, under the row's lock; only what was ever chosen is stored. */
export async function changeNotificationSettings(
  sql: Queries,
  user: { accountId: number; userId: number },
  change: StoredNotificationSettings,
): Promise<NotificationSettings | undefined> {
  const [row] = await sql<Row[]>`
    select u.notification_settings stored, a.language, a.time_zone "timeZone" from users u join accounts a on a.id = u.account_id
    where u.account_id = ${user.accountId} and u.id = ${user.userId} for update of u`;
  if (row === undefined) return undefined;
  const kinds = { ...row.stored.kinds };
  for (const [kind, ways] of Object.entries(change.kinds ?? {})) {
    const name = kind as keyof typeof kinds;
    kinds[name] = { ...kinds[name], ...ways };
  }
  const stored: StoredNotificationSettings = { ...row.stored, ...change, kinds, quiet: { ...row.stored.quiet, ...change.quiet } };
  await sql`update users set notification_settings = ${stored as never} where account_id = ${user.accountId} and id = ${user.userId}`;
  return completeNotificationSettings(stored, row);
}
