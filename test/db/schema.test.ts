import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { migrate } from '../../db/migrate.ts';
import { startTestPostgres, type TestPostgres } from '../../embedded/testing.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const names = { migrated: `schema_migrated_${process.pid}`, declared: `schema_declared_${process.pid}` };
let server: TestPostgres;
let admin: Sql;
let migrated: Sql;
let declared: Sql;

const addressOf = (name: string) => {
  const address = new URL(server.url);
  address.pathname = `/${name}`;
  return address.href;
};

beforeAll(async () => {
  server = await startTestPostgres();
  admin = connect(server.url, { max: 1 });
  for (const name of Object.values(names)) await admin.unsafe(`create database ${name}`);
  await migrate(addressOf(names.migrated));
  migrated = connect(addressOf(names.migrated), { max: 1 });
  declared = connect(addressOf(names.declared), { max: 1 });
  await declared.unsafe('create extension btree_gin');
  // Functions are not declared in TypeScript; indexes over them (only unchanging ones can have any) need them to be there.
  const functions = await migrated<{ definition: string }[]>`
    select pg_get_functiondef(p.oid) definition from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.prokind = 'f' and p.provolatile = 'i' and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
  await declared.unsafe('set check_function_bodies = off');
  for (const { definition } of functions) await declared.unsafe(definition);
  await declared.unsafe(declaration());
}, 120_000);
afterAll(async () => {
  await migrated?.end();
  await declared?.end();
  for (const name of Object.values(names)) await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.end();
  await server.stop();
});

/** The tables of db/schema as SQL. */
function declaration(): string {
  const text = execFileSync('npx', ['drizzle-kit', 'export', '--sql'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text.slice(text.indexOf('CREATE '));
}

const columns = async (sql: Sql) =>
  (
    await sql<{ line: string }[]>`
      select concat_ws(' ', table_name || '.' || column_name, udt_name, is_nullable, column_default, is_identity) line
      from information_schema.columns where table_schema = 'public' order by 1`
  ).map(({ line }) => line);

const indexes = async (sql: Sql) =>
  (await sql<{ line: string }[]>`select indexdef line from pg_indexes where schemaname = 'public' order by 1`).map(({ line }) => line);

test('what migrations make is what the schema in TypeScript declares: columns with types and defaults, and indexes', async () => {
  expect(await columns(migrated)).toEqual(await columns(declared));
  expect(await indexes(migrated)).toEqual(await indexes(declared));
});
