/**
 * npm run seed -- [--conversations 100000] [--messages 1000000] [--account <id>] [--seed 1] [--until <epoch ms>] [--force]
 * Fills an account with made-up clients and conversations, to look at and to measure with. Without --account a new account is made, and its way in printed.
 * It runs on the system of this data folder, or on DATABASE_URL. The same seed and --until make the same account.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createAuth } from '../api/auth/auth.ts';
import { makeToken } from '../api/auth/people.ts';
import { makeAccount } from '../api/make-account.ts';
import { ConfigError, readConfig } from '../config.ts';
import { connect } from '../db/connection.ts';
import { migrate } from '../db/migrate.ts';
import { withRunningSystem } from '../embedded/lock.ts';
import { seedAccount } from './seed/seed-account.ts';

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '100000' },
    messages: { type: 'string' },
    account: { type: 'string' },
    seed: { type: 'string', default: '1' },
    until: { type: 'string' },
    force: { type: 'boolean', default: false },
  },
});

const whole = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new ConfigError(`--${name}: a whole number from ${least}`);
  return value;
};

async function main(): Promise<void> {
  const conversations = whole('conversations', values.conversations, 1);
  const messages = whole('messages', values.messages ?? String(conversations * 10), 1);
  const seed = whole('seed', values.seed, 0);
  const untilAt = values.until === undefined ? Date.now() : whole('until', values.until, 0);
  const config = withRunningSystem(readConfig());
  const { databaseUrl } = config;
  if (databaseUrl === undefined)
    throw new ConfigError('No system runs on this data folder: start it, or give DATABASE_URL of the one that is meant.');
  await migrate(databaseUrl);
  const sql = connect(databaseUrl, { max: 2, name: 'beseda-seed' });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    const begin = performance.now();
    const accountId = values.account === undefined ? await newAccount() : whole('account', values.account, 1);
    const { rows } = await seedAccount({ databaseUrl, sql, accountId, conversations, messages, seed, untilAt, force: values.force, say });
    for (const [table, count] of Object.entries(rows)) say(`${table.padEnd(20)} ${count.toLocaleString('en').padStart(12)}`);
    say(`account ${accountId} filled in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  } finally {
    await sql.end({ timeout: 5 });
  }

  async function newAccount(): Promise<number> {
    const auth = createAuth({ sql, secretKey: config.secretKey, baseUrl: 'http://localhost' });
    const email = `seeded-${randomBytes(4).toString('hex')}@example.com`;
    const password = randomBytes(9).toString('base64url');
    const made = await makeAccount(
      { sql, auth, now: Date.now },
      {
        name: `Seeded, ${conversations}`,
        language: 'ru',
        timeZone: 'Europe/Moscow',
        isDemo: false,
        administrator: { name: 'Ада', email, password },
      },
    );
    const { token } = await makeToken(auth, { authUserId: made.authUserId, accountId: made.account.id, name: 'seeded' });
    say(`new account ${made.account.id}: sign in as ${email} with ${password}; API token ${token}`);
    return made.account.id;
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const isForPeople = error instanceof ConfigError || error instanceof RangeError;
    process.stderr.write(`${isForPeople ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
