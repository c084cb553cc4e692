import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { startPostgres } from '../../embedded/postgres.ts';
import { commandLineOf } from '../../embedded/processes.ts';
import { temporaryFolder } from '../../embedded/testing.ts';
import { runProgram, untilGone } from './children.ts';

const folder = temporaryFolder();
const options = { folder: join(folder, 'data'), logFile: join(folder, 'log'), binFolder: folder, database: 'kept' };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a server that a crash left running is ended, its data is kept, and the next start serves them', async () => {
  const parent = runProgram('test/embedded/programs/holds-servers.ts', ['postgres', folder]);
  const left = JSON.parse(await parent.line(/pid/)) as { pid: number; guardPid: number; url: string };
  const before = postgres(left.url, { max: 1, onnotice: () => {}, onclose: () => {} });
  await before`create table survivors as select 1 as id`;
  // The guard goes first, so that nobody is left to end the server.
  process.kill(left.guardPid, 'SIGKILL');
  parent.process.kill('SIGKILL');
  await untilGone(left.guardPid);
  expect(commandLineOf(left.pid)).toContain(options.folder);

  const server = await startPostgres(options);
  expect(commandLineOf(left.pid)).toBeUndefined();
  const sql = postgres(server.url, { max: 1 });
  expect(await sql`select id from survivors`).toEqual([{ id: 1 }]);
  await sql.end();
  await before.end({ timeout: 0 });
  await server.stop();
  expect(existsSync(join(options.folder, 'postmaster.pid'))).toBe(false);
});

test('a pid file that names a stranger harms neither the stranger nor the start', async () => {
  writeFileSync(join(options.folder, 'postmaster.pid'), `${process.pid}\n${options.folder}\n`);
  const server = await startPostgres(options);
  expect(readFileSync(join(options.folder, 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${server.program.pid}\n`));
  await server.stop();
});

test('a server killed with -9 starts again with all that was committed', async () => {
  const first = await startPostgres(options);
  const sql = postgres(first.url, { max: 1 });
  await sql`insert into survivors values (2)`;
  await sql.end();
  first.program.kill9();
  await first.program.exited;
  const second = await startPostgres(options);
  const again = postgres(second.url, { max: 1 });
  expect(await again`select id from survivors order by id`).toEqual([{ id: 1 }, { id: 2 }]);
  await again.end();
  await second.stop();
});

test('a folder of another major version is refused and left alone', async () => {
  const old = join(folder, 'old');
  mkdirSync(old);
  writeFileSync(join(old, 'PG_VERSION'), '16\n');
  await expect(startPostgres({ ...options, folder: old })).rejects.toThrow('was made by PostgreSQL 16, this release brings 18');
  expect(readFileSync(join(old, 'PG_VERSION'), 'utf8')).toBe('16\n');
});
