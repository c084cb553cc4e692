import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Config, keptSecret } from '../config.ts';
import type { Progress } from './fetch-program.ts';
import type { GuardedProgram } from './guarded.ts';
import { freePort, isPortFree } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { StartError } from './start-error.ts';
import { startTemporal } from './temporal.ts';
import { findTemporalCli } from './temporal-cli.ts';

export interface EmbeddedServer {
  /** Address of the database (a URL) or of Temporal (host:port). */
  address: string;
  stop(): Promise<void>;
}

/** Where an embedded server's files lie in the data folder. */
export function logFileOf(config: Config, name: string): string {
  return join(config.dataFolder, 'logs', `${name}.log`);
}

/** Starts the embedded PostgreSQL on the data folder and keeps it running until stopped. */
export async function startEmbeddedPostgres(config: Config, log: Logger): Promise<EmbeddedServer> {
  const port = config.postgresPort;
  await requireFree(port, 'POSTGRES_PORT', 'the embedded PostgreSQL');
  const start = (again?: number) =>
    startPostgres({
      folder: join(config.dataFolder, 'postgres'),
      logFile: logFileOf(config, 'postgres'),
      binFolder: join(config.dataFolder, 'bin'),
      database: 'beseda',
      password: keptSecret(config.dataFolder, 'postgres.key').toString('base64url'),
      port: again ?? port,
    });
  const first = await start();
  return { address: first.url, stop: keepRunning('PostgreSQL', first, () => start(first.port), log) };
}

/** Finds Temporal's program, starts its development server on the data folder and keeps it running until stopped. */
export async function startEmbeddedTemporal(
  config: Config,
  log: Logger,
  progress: Progress,
): Promise<EmbeddedServer & { pagesUrl: string }> {
  await requireFree(config.temporalPort, 'TEMPORAL_PORT', 'the embedded Temporal');
  await requireFree(config.temporalUiPort, 'TEMPORAL_UI_PORT', "Temporal's pages");
  const cli = await findTemporalCli({
    wanted: config.temporalCli,
    path: config.searchPath,
    keptCopy: join(config.dataFolder, 'bin', 'temporal'),
    progress,
  });
  const uiPort = config.temporalUiPort ?? (await freePort());
  const start = (again?: number) =>
    startTemporal({
      cli,
      dbFile: join(config.dataFolder, 'temporal', 'temporal.db'),
      logFile: logFileOf(config, 'temporal'),
      namespace: config.temporalNamespace,
      port: again ?? config.temporalPort,
      uiPort,
      synchronous: 'FULL',
    });
  const first = await start();
  const port = Number(first.address.split(':')[1]);
  return { address: first.address, pagesUrl: `http://localhost:${uiPort}`, stop: keepRunning('Temporal', first, () => start(port), log) };
}

interface Running {
  program: GuardedProgram;
  stop(): Promise<void>;
}

const RESTARTS = 20;

/** Starts a server again at the same address when it ends by itself; its clients only see it away for a moment. Returns the way to stop it for good. */
function keepRunning(name: string, first: Running, again: () => Promise<Running>, log: Logger): () => Promise<void> {
  let current = first;
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();
  const watch = (restartsLeft: number) => {
    void current.program.exited.then((exit) => {
      if (stopping) return;
      if (restartsLeft === 0) return void log.fatal({ name }, `${name} keeps ending and is not started again: see its log`);
      log.error({ name, ...exit }, `${name} ended by itself and is started again`);
      restarting = again().then(
        (next) => {
          current = next;
          watch(restartsLeft - 1);
        },
        (error: Error) => log.fatal({ name, reason: error.message }, `${name} could not be started again`),
      );
    });
  };
  watch(RESTARTS);
  return async () => {
    stopping = true;
    await restarting;
    await current.stop();
  };
}

/** Refuses a configured port that somebody else listens on, before anything is started. */
export async function requireFree(port: number | undefined, variable: string, what: string, host?: string): Promise<void> {
  if (port === undefined || (await isPortFree(port, host))) return;
  throw new StartError(`Port ${port} for ${what} is in use: stop the program that listens there, or set ${variable} to another port.`);
}
