import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { isMigrated, migrate, migrationsFolder } from '../../db/migrate.ts';
import { startTestPostgres, type TestPostgres } from '../../embedded/testing.ts';

let server: TestPostgres;
let admin: Sql;
const name = `migrate_${process.pid}`;
let url = '';

beforeAll(async () => {
  server = await startTestPostgres();
  admin = connect(server.url, { max: 1 });
  await admin.unsafe(`create database ${name}`);
  const address = new URL(server.url);
  address.pathname = `/${name}`;
  url = address.href;
});
afterAll(async () => {
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.end();
  await server.stop();
});

test('several programs bring an empty database to the newest schema at once, each migration once', async () => {
  await Promise.all([migrate(url), migrate(url), migrate(url)]);
  await migrate(url);
  const sql = connect(url, { max: 1 });
  try {
    const files = readdirSync(migrationsFolder).filter((file) => file.endsWith('.sql'));
    const [done] = await sql<{ count: number }[]>`select count(*) from drizzle.__drizzle_migrations`;
    expect(done!.count).toBe(files.length);
    expect(await isMigrated(sql)).toBe(true);
  } finally {
    await sql.end();
  }
});

test('an empty database is known as not migrated', async () => {
  expect(await isMigrated(admin)).toBe(false);
});

test('every table of an account leads its keys and indexes with the account', async () => {
  const sql = connect(url, { max: 1 });
  try {
    const rows = await sql<{ table: string; index: string; first: string }[]>`
      select t.relname as table, i.relname as index, a.attname as first
      from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = t.relnamespace
      join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
      where n.nspname = 'public' and t.relname not like 'auth%' and exists (select 1 from pg_attribute c where c.attrelid = t.oid and c.attname = 'account_id')`;
    const others = rows.filter(({ first }) => first !== 'account_id').map(({ index }) => index);
    // What is looked up before the account is known, or over the whole installation.
    expect(others.sort()).toEqual(['bot_runs_overdue', 'channels_external', 'channels_id', 'short_links_code', 'users_auth']);
  } finally {
    await sql.end();
  }
});
