/** Brings a database to the newest schema. Forward only; several processes may call it at once: one works, the others wait. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

export const migrationsFolder = join(fileURLToPath(new URL('.', import.meta.url)), 'migrations');
/** Any number, the same in every process: it names this lock in the database. */
const LOCK = 1_815_006_331;

export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    await runMigrations(drizzle(sql), { migrationsFolder });
    await sql`select pg_advisory_unlock(${LOCK})`;
  } finally {
    await sql.end();
  }
}

/** True when every migration of this program is in the database; `/readyz` asks. */
export async function isMigrated(sql: postgres.Sql | { unsafe: postgres.Sql['unsafe'] }): Promise<boolean> {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')) as { entries: { when: number }[] };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  const rows = await sql.unsafe(`select 1 from drizzle.__drizzle_migrations where created_at >= ${newest} limit 1`).catch(() => []);
  return rows.length > 0;
}
