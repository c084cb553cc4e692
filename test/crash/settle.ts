import { until } from '../system/processes.ts';
import type { Ledger } from './clients.ts';
import type { CrashWorld } from './world.ts';

const SETTLE_MS = 150_000;

/**
 * Waits until nothing is under way any more: every webhook acknowledged, every message of the ledgers stored or parked, every lane empty.
 * What does not come in time is left for the checks to name.
 */
export async function settle({ fake, sql, accountId, channelId }: CrashWorld, ledgers: Ledger[]): Promise<void> {
  const expected = ledgers.reduce((sum, { texts, presses }) => sum + texts.length + presses, 0);
  await fake.control.waitUntilTaken({ timeoutMs: SETTLE_MS });
  const quiet = async () => {
    const [row] = await sql<{ stored: number; unsent: number }[]>`
      select (select count(*) from messages where account_id = ${accountId} and channel_id = ${channelId} and direction = 'in') stored,
        (select count(*) from parts where account_id = ${accountId} and channel_id = ${channelId} and status in ('planned', 'claimed')) unsent`;
    return row !== undefined && row.stored >= expected && row.unsent === 0;
  };
  await until('all messages stored and all lanes empty', SETTLE_MS, () => quiet().catch(() => false)).catch(() => {});
}
