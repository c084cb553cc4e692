import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunningSystem, runningSystem } from '../../embedded/lock.ts';
import { freePort } from '../../embedded/ports.ts';
import { runningPostgres } from '../../embedded/postgres.ts';
import { commandLineOf } from '../../embedded/processes.ts';
import { runningTemporal } from '../../embedded/temporal.ts';
import { temporalCliPath, temporaryFolder } from '../../embedded/testing.ts';
import { type Child, runProgram, untilGone } from './children.ts';

const data = temporaryFolder();
const children: Child[] = [];
let env: Record<string, string>;

beforeAll(async () => {
  env = {
    BESEDA_DATA: data,
    PORT: String(await freePort()),
    TEMPORAL_CLI: await temporalCliPath(),
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
  };
});
afterEach(() => {
  for (const child of children.splice(0)) child.process.kill('SIGKILL');
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

function start(more: Record<string, string> = {}): Child {
  const child = runProgram('start.ts', [], { ...env, ...more });
  children.push(child);
  return child;
}

async function startedSystem(): Promise<{ child: Child; system: RunningSystem; servers: [number, number] }> {
  const child = start();
  await child.line(/^ready$/);
  const servers: [number, number] = [runningPostgres(join(data, 'postgres'))!, runningTemporal(join(data, 'temporal', 'temporal.db'))!];
  return { child, system: runningSystem(data)!, servers };
}

const query = async (system: RunningSystem, text: string) => {
  const sql = postgres(system.databaseUrl!, { max: 1, onnotice: () => {} });
  return sql.unsafe(text).finally(() => sql.end());
};

test('it says where everything is and then "ready"; a second start is refused; SIGTERM ends everything within 30 s', {
  timeout: 240_000,
}, async () => {
  const { child, system, servers } = await startedSystem();
  expect(child.output()).toContain(`http://localhost:${env.PORT}`);
  expect(child.output()).toMatch(/Temporal +127\.0\.0\.1:\d+, pages http:\/\/localhost:\d+/);
  expect(child.output()).toMatch(/API token +\S+/);
  expect((await fetch(`http://localhost:${env.PORT}/healthz`)).status).toBe(200);

  const second = start();
  expect(await second.exited).toBe(1);
  expect(second.output()).toBe(
    `Beseda already runs on ${data} (process ${child.process.pid}, http://localhost:${env.PORT}): stop it first, or start this one with another BESEDA_DATA and PORT.`,
  );
  await query(system, 'create table kept_by_test as select 1 as id');

  const from = performance.now();
  child.process.kill('SIGTERM');
  expect(await child.exited).toBe(0);
  for (const pid of servers) await untilGone(pid);
  expect(performance.now() - from).toBeLessThan(30_000);
  expect(existsSync(join(data, 'running.json'))).toBe(false);
});

test('kill -9 leaves nothing that hinders the next start, and the data is there', async () => {
  const first = await startedSystem();
  expect(await query(first.system, 'select id from kept_by_test')).toEqual([{ id: 1 }]);
  first.child.process.kill('SIGKILL');
  const second = await startedSystem(); // at once: the guards may still be at work
  for (const pid of first.servers) expect(commandLineOf(pid)).toBeUndefined();
  expect(await query(second.system, 'select id from kept_by_test')).toEqual([{ id: 1 }]);

  second.child.process.kill('SIGINT');
  expect(await second.child.exited).toBe(0);
  for (const pid of second.servers) await untilGone(pid);
});

test('an embedded server that dies is started again at the same address', async () => {
  const { child, system, servers } = await startedSystem();
  process.kill(servers[0], 'SIGKILL');
  await child.line(/PostgreSQL ended by itself and is started again/);
  await expect.poll(() => query(system, 'select id from kept_by_test').catch(() => []), { timeout: 30_000 }).toEqual([{ id: 1 }]);
  child.process.kill('SIGTERM');
  expect(await child.exited).toBe(0);
});

test('a port in use is one sentence, and nothing is started', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const refused = start({ PORT: String(port) });
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toBe(
    `Port ${port} for pages and API is in use: stop the program that listens there, or set PORT to another port.`,
  );
  expect(readFileSync(join(data, 'postgres', 'PG_VERSION'), 'utf8').trim()).toBe('18');
  other.close();
});

test('a folder that cannot be written and a wrong variable are one sentence each', async () => {
  const unwritable = start({ BESEDA_DATA: '/dev/null/beseda' });
  const wrong = start({ PORT: 'many' });
  expect(await unwritable.exited).toBe(1);
  expect(unwritable.output()).toMatch(/^The data folder \/dev\/null\/beseda cannot be written .*BESEDA_DATA.*\.$/);
  expect(await wrong.exited).toBe(1);
  expect(wrong.output()).toBe('PORT must be a port number: give one from 1 to 65535.');
});
