import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { migrate } from '../db/migrate.ts';
import { startPostgres } from './postgres.ts';
import { type EmbeddedTemporal, startTemporal } from './temporal.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { findTemporalTestServer } from './temporal-test-server.ts';

/** Names and types of the search attributes as the dev server's flags want them; the product registers the same through the API. */
const SEARCH_ATTRIBUTES = ['BesedaAccount', 'BesedaChannel', 'BesedaStatus', 'BesedaBot'].flatMap((name) => [
  '--search-attribute',
  `${name}=Keyword`,
]);
const TEMPLATE = 'beseda_template';

export interface TestPostgres {
  /** Address of the maintenance database; make your own with createTestDatabase. */
  url: string;
  stop(): Promise<void>;
}

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export interface TestTemporal {
  address: string;
  stop(): Promise<void>;
  /** Ends the server as a crash would. */
  kill9(): void;
  /** Starts it again after kill9, on the same address and with the same data. */
  restart(): Promise<void>;
}

/**
 * A PostgreSQL for tests. Inside a vitest run there is one for all files, started when the first one asks; elsewhere (benchmarks, long crash
 * tests) a server of the caller's own, which the caller must stop.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const shared = process.env.BESEDA_TEST_SERVER;
  if (shared === undefined) return launchTestPostgres();
  return { url: await ask(shared, '/postgres'), stop: async () => {} };
}

/** A fresh database with all migrations applied. Call `drop` when done; connections that are still open are cut. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = process.env.BESEDA_TEST_SERVER;
  const own = shared === undefined ? await launchTestPostgres() : undefined;
  const server = own?.url ?? (await ask(shared!, '/template'));
  if (own !== undefined) await makeTemplate(own.url);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withMaintenance(server, (sql) => sql`create database ${sql(name)} template ${sql(TEMPLATE)}`);
  return {
    url: databaseUrl(server, name),
    async drop() {
      await withMaintenance(server, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
      await own?.stop();
    },
  };
}

/** A real Temporal dev server of the caller's own; its data lies in a temporary folder and survives `kill9` and `restart`. */
export async function startTestTemporal(options: { extraArgs?: string[]; namespace?: string } = {}): Promise<TestTemporal> {
  const folder = temporaryFolder();
  const cli = await temporalCliPath();
  const start = (port?: number) =>
    startTemporal({
      cli,
      dbFile: join(folder, 'temporal.db'),
      logFile: join(folder, 'temporal.log'),
      namespace: options.namespace ?? 'default',
      synchronous: 'OFF',
      extraArgs: [...SEARCH_ATTRIBUTES, ...(options.extraArgs ?? [])],
      ...(port === undefined ? {} : { port }),
    });
  let server: EmbeddedTemporal = await start();
  const { address } = server;
  return {
    address,
    kill9: () => server.program.kill9(),
    async restart() {
      await server.stop();
      server = await start(Number(address.split(':')[1]));
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Path of the Temporal CLI, fetched once per machine. */
export function temporalCliPath(): Promise<string> {
  return findTemporalCli({
    wanted: process.env.TEMPORAL_CLI || undefined,
    path: process.env.PATH ?? '',
    keptCopy: join(cacheFolder(), 'temporal'),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
}

/** Path of the time-skipping test server, fetched once per machine. */
export function timeSkippingServerPath(): Promise<string> {
  return findTemporalTestServer(join(cacheFolder(), 'temporal-test-server'), (line) => process.stderr.write(`${line}\n`));
}

/** A temporary folder that the database's own user may enter when tests run as root. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'beseda-test-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** Starts a throw-away PostgreSQL that trusts everybody on loopback and does not wait for the disk. */
export async function launchTestPostgres(): Promise<TestPostgres> {
  const folder = temporaryFolder();
  const server = await startPostgres({
    folder: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
    binFolder: cacheFolder(),
    database: 'postgres',
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300', autovacuum: 'off' },
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the database that every test database is copied from. */
export async function makeTemplate(serverUrl: string): Promise<void> {
  await withMaintenance(serverUrl, (sql) => sql`create database ${sql(TEMPLATE)}`);
  await migrate(databaseUrl(serverUrl, TEMPLATE));
}

async function withMaintenance(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function cacheFolder(): string {
  return resolve(process.env.BESEDA_TEST_CACHE ?? new URL('../node_modules/.cache/beseda', import.meta.url).pathname);
}

async function ask(server: string, path: string): Promise<string> {
  const response = await fetch(server + path);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
