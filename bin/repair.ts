/** `npm run repair`: starts the workflow of every conversation and run that Postgres holds alive and that has none. Safe at any time. */
import { Client, Connection } from '@temporalio/client';
import { repair } from '../activities/repair.ts';
import { repairOf } from '../activities/repair-temporal.ts';
import { ConfigError, readConfig, temporalConnection } from '../config.ts';
import { chatHider } from '../db/chat-names.ts';
import { connect } from '../db/connection.ts';
import { withRunningSystem } from '../embedded/lock.ts';
import { dataConverter } from '../payload-codec.ts';
import { hideChatsWith } from '../workflows/messages.ts';

async function main(): Promise<void> {
  const config = withRunningSystem(readConfig());
  if (config.databaseUrl === undefined)
    throw new ConfigError(
      'No system runs on this data folder: start it, or give DATABASE_URL and TEMPORAL_ADDRESS of the one that is meant.',
    );
  hideChatsWith(chatHider(config.secretKey));
  const connection = await Connection.connect(temporalConnection(config));
  const sql = connect(config.databaseUrl, { max: 2, name: 'beseda-repair' });
  try {
    const client = new Client({ connection, namespace: config.temporalNamespace, dataConverter: dataConverter(config) });
    const baseUrl = config.publicUrl ?? `http://localhost:${config.port}`;
    const { conversations, runs } = await repair(repairOf(client, sql, baseUrl));
    process.stdout.write(`conversations: ${conversations.alive} alive, ${conversations.repaired} started again\n`);
    process.stdout.write(`runs of bots: ${runs.alive} alive, ${runs.repaired} woken\n`);
  } finally {
    await sql.end({ timeout: 5 });
    await connection.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});
