import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import pino, { type Logger } from 'pino';
import { ensureDemo } from './api/demo.ts';
import { startApi } from './api/server.ts';
import { type Config, ConfigError, readConfig, temporalConnection } from './config.ts';
import { migrate } from './db/migrate.ts';
import { type FolderLock, lockFolder } from './embedded/lock.ts';
import { rotateLog } from './embedded/logs.ts';
import { buildPages } from './embedded/pages.ts';
import { logFileOf, requireFree, startEmbeddedPostgres, startEmbeddedTemporal } from './embedded/servers.ts';
import { StartError } from './embedded/start-error.ts';
import { setUpTemporal } from './embedded/temporal-setup.ts';
import { startWorker } from './worker.ts';

/** What has been started, in that order; it is stopped from the end. */
type Started = { name: string; stop(): Promise<void> }[];

/** Everything must be over within 30 s of SIGTERM; guards need up to 8 s of that for the servers when we have to leave early. */
const STOP_TIMEOUT_MS = 20_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Everything in one process for a laptop: `npm start`. */
async function main(): Promise<void> {
  process.stdout.on('error', () => {}); // the terminal may be closed before us
  const started: Started = [];
  const abort = new AbortController();
  let stopping: Promise<void> | undefined;
  const stop = (code: number) => {
    stopping ??= (async () => {
      abort.abort();
      setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
      await Promise.race([starting, delay(5_000)]).catch(() => {});
      for (const part of started.reverse())
        await part.stop().catch((error: Error) => say(`${part.name} did not stop in order: ${error.message}`));
      process.exit(code);
    })();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

  const starting = start(started, abort.signal, (error) => {
    process.stderr.write(`The worker ended: ${error.message}\n`);
    void stop(1);
  });
  try {
    await starting;
  } catch (error) {
    if (stopping === undefined) process.stderr.write(`${explain(error)}\n`);
    await stop(1);
  }
}

async function start(started: Started, signal: AbortSignal, onWorkerLost: (error: Error) => void): Promise<void> {
  const config = readConfig();
  const lock = lockFolder(config.dataFolder);
  started.push({ name: 'data folder', stop: async () => lock.release() });
  await requireFree(config.port, 'PORT', 'pages and API', config.host);
  const log = openLog(config);

  const pages = buildPages(logFileOf(config, 'pages'), say, signal);
  pages.catch(() => {}); // awaited below
  const servers = await startServers(config, log, started);
  const full: Config = { ...config, databaseUrl: servers.databaseUrl, temporalAddress: servers.temporalAddress };
  signal.throwIfAborted();
  await migrate(servers.databaseUrl);
  await prepareTemporal(full, log);
  const demo = await ensureDemo({ databaseUrl: servers.databaseUrl, demoToken: config.demoToken, secretKey: config.secretKey, log });
  await pages;

  signal.throwIfAborted();
  const worker = await startWorker({ config: full, log });
  started.push({ name: 'worker', stop: () => worker.stop() });
  worker.ended.catch(onWorkerLost);
  const api = await startApi({ config: full, log });
  started.push({ name: 'API', stop: () => api.stop() });
  signal.throwIfAborted();
  announce(full, lock, servers.temporalPages, demo);
}

/** Embedded servers start side by side; when one fails, the other is stopped like everything else. */
async function startServers(
  config: Config,
  log: Logger,
  started: Started,
): Promise<{ databaseUrl: string; temporalAddress: string; temporalPages?: string }> {
  if (config.databaseUrl === undefined || config.temporalAddress === undefined) say(`starting on ${config.dataFolder}`);
  const [postgres, temporal] = await Promise.allSettled([
    config.databaseUrl === undefined ? startEmbeddedPostgres(config, log) : undefined,
    config.temporalAddress === undefined ? startEmbeddedTemporal(config, log, say) : undefined,
  ]);
  if (postgres.status === 'fulfilled' && postgres.value !== undefined) started.push({ name: 'PostgreSQL', stop: postgres.value.stop });
  if (temporal.status === 'fulfilled' && temporal.value !== undefined) started.push({ name: 'Temporal', stop: temporal.value.stop });
  if (postgres.status === 'rejected') throw postgres.reason;
  if (temporal.status === 'rejected') throw temporal.reason;
  return {
    databaseUrl: postgres.value?.address ?? config.databaseUrl!,
    temporalAddress: temporal.value?.address ?? config.temporalAddress!,
    temporalPages: temporal.value?.pagesUrl,
  };
}

async function prepareTemporal(config: Config, log: Logger): Promise<void> {
  const connection = await Connection.connect(temporalConnection(config)).catch((error: unknown) => {
    throw new StartError(
      `Temporal does not answer at ${config.temporalAddress}: check TEMPORAL_ADDRESS and that the server runs (${(error as Error).message}).`,
    );
  });
  try {
    await setUpTemporal(connection, config.temporalNamespace, log);
  } finally {
    await connection.close();
  }
}

function announce(
  config: Config,
  lock: FolderLock,
  temporalPages: string | undefined,
  demo: { email: string; password: string; token: string },
): void {
  const host = config.host === '127.0.0.1' || config.host === '0.0.0.0' ? 'localhost' : config.host;
  const url = `http://${host}:${config.port}`;
  lock.publish({ url, databaseUrl: config.databaseUrl, temporalAddress: config.temporalAddress });
  say(`Beseda       ${url}`);
  say(`Shop page    ${url}/shop`);
  say(`Temporal     ${config.temporalAddress}${temporalPages === undefined ? '' : `, pages ${temporalPages}`}`);
  say(`Logs         ${join(config.dataFolder, 'logs')}`);
  say(`Demo user    ${demo.email}, password ${demo.password}`);
  say(`API token    ${demo.token}`);
  say('ready');
}

/** Logs go to the data folder, so that the terminal shows what a person needs; errors are shown there too, as one line. */
function openLog(config: Config): Logger {
  const file = logFileOf(config, 'beseda');
  rotateLog(file);
  const terminal = {
    write: (line: string) => void process.stderr.write(`error: ${(JSON.parse(line) as { msg?: string }).msg ?? 'see the log'} (${file})\n`),
  };
  return pino(
    { level: config.logLevel },
    pino.multistream([
      { level: config.logLevel === 'silent' ? 'fatal' : config.logLevel, stream: pino.destination({ dest: file, sync: true }) },
      { level: 'error', stream: terminal },
    ]),
  );
}

/** Whole sentences are for people; anything else is a fault of ours and comes with its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await main();
