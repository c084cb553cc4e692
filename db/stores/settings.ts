import type { Queries } from '../connection.ts';
import { type AccountSettings, completeSettings } from '../settings.ts';

/** Settings of an account; rows written before a setting was added get its default. */
export async function readSettings(sql: Queries, accountId: number): Promise<AccountSettings> {
  const [row] = await sql<{ data: Partial<AccountSettings> }[]>`select data from settings where account_id = ${accountId}`;
  return completeSettings(row?.data);
}

/** Changes settings under the row's lock: two people who save different fields do not overwrite each other. */
export async function changeSettings(
  sql: Queries,
  accountId: number,
  change: (settings: AccountSettings) => AccountSettings,
  at: number,
): Promise<AccountSettings> {
  const [row] = await sql<{ data: Partial<AccountSettings> }[]>`select data from settings where account_id = ${accountId} for update`;
  const settings = change(completeSettings(row?.data));
  await sql`
    insert into settings (account_id, data, updated_at) values (${accountId}, ${settings as never}, ${at})
    on conflict (account_id) do update set data = excluded.data, updated_at = excluded.updated_at`;
  await sql`update accounts set time_zone = ${settings.schedule.timeZone} where id = ${accountId} and time_zone <> ${settings.schedule.timeZone}`;
  return settings;
}
