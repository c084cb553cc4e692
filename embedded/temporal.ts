import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { type GuardedProgram, startGuarded } from './guarded.ts';
import { rotateLog, tailOf } from './logs.ts';
import { freePort, isListening } from './ports.ts';
import { commandLineOf, endProcess } from './processes.ts';
import { StartError } from './start-error.ts';

export interface TemporalOptions {
  cli: string;
  /** The file database; beside it lies the pid file. */
  dbFile: string;
  logFile: string;
  namespace: string;
  /** Undefined: any free one. */
  port?: number;
  /** Undefined: no pages. */
  uiPort?: number;
  /** How the database file is written; FULL survives a power cut, OFF only a crash of the program. */
  synchronous: 'FULL' | 'OFF';
  extraArgs?: string[];
}

export interface EmbeddedTemporal {
  /** host:port of the gRPC service. */
  address: string;
  program: GuardedProgram;
  stop(): Promise<void>;
}

/**
 * Limits that suit a small installation: nothing is refused for its rate, one partition per task queue (no forwarding, lower latency),
 * and a task whose worker crashed is tried again within seconds and not after minutes.
 */
const DYNAMIC_CONFIG: Record<string, unknown> = {
  'history.workflowTaskRetryMaxInterval': '5s',
  'frontend.rps': 100_000,
  'frontend.namespaceRPS': 100_000,
  'frontend.namespaceRPS.visibility': 1_000,
  'frontend.namespaceCount': 10_000,
  'history.rps': 100_000,
  'matching.rps': 100_000,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // A search attribute that was added a moment ago is usable at once.
  'system.forceSearchAttributesCacheRefreshOnRead': true,
};
const START_TIMEOUT_MS = 60_000;

/**
 * Starts Temporal's development server on a file database and returns once its namespace answers.
 * A server that a crash left running on the same file is ended first.
 */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  mkdirSync(dirname(options.dbFile), { recursive: true });
  rotateLog(options.logFile);
  await endLeftOver(options.dbFile);
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const program = await startGuarded({
      command: options.cli,
      args: [...argumentsOf(options, port), ...(options.extraArgs ?? [])],
      logFile: options.logFile,
      stopSignal: 'SIGTERM',
      graceMs: 5_000,
    });
    writeFileSync(pidFileOf(options.dbFile), `${program.pid}\n`);
    const address = `127.0.0.1:${port}`;
    const failure = await untilServing(program, port, options.namespace);
    if (failure === undefined) {
      return {
        address,
        program,
        async stop() {
          await program.stop();
          rmSync(pidFileOf(options.dbFile), { force: true });
        },
      };
    }
    await program.stop();
    if (attempt === 3)
      throw new StartError(`Temporal did not start (${failure}). The end of ${options.logFile}:\n${tailOf(options.logFile)}`);
  }
}

/** Process id of the server that works on this database file, or undefined. */
export function runningTemporal(dbFile: string): number | undefined {
  const pidFile = pidFileOf(dbFile);
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8').trim());
  return isServerOf(pid, dbFile) ? pid : undefined;
}

async function endLeftOver(dbFile: string): Promise<void> {
  const pid = runningTemporal(dbFile);
  if (pid !== undefined) await endProcess(pid, { signal: 'SIGTERM', graceMs: 10_000, isOurs: () => isServerOf(pid, dbFile) });
  rmSync(pidFileOf(dbFile), { force: true });
}

function isServerOf(pid: number, dbFile: string): boolean {
  const line = commandLineOf(pid);
  return line?.includes('server start-dev') === true && line.includes(`--db-filename ${dbFile} `);
}

function pidFileOf(dbFile: string): string {
  return `${dbFile}.pid`;
}

function argumentsOf(options: TemporalOptions, port: number): string[] {
  const config = Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]);
  const pragmas = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', `synchronous=${options.synchronous}`];
  const pages = options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort), '--ui-disable-news-fetch'];
  const place = ['--db-filename', options.dbFile, '--namespace', options.namespace, '--ip', '127.0.0.1', '--port', String(port)];
  return ['server', 'start-dev', ...place, ...pages, ...pragmas, ...config, '--log-level', 'warn'];
}

/** Undefined once the namespace can be used, else why not. */
async function untilServing(program: GuardedProgram, port: number, namespace: string): Promise<string | undefined> {
  const until = Date.now() + START_TIMEOUT_MS;
  let last = 'no answer';
  while (Date.now() < until) {
    if (program.hasExited()) return 'it ended at once';
    // A client that comes too early waits a second before it tries again.
    if (!(await isListening(port))) {
      await delay(20);
      continue;
    }
    let connection: Connection | undefined;
    try {
      connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1_000 });
      await connection.healthService.check({ service: 'temporal.api.workflowservice.v1.WorkflowService' });
      await connection.workflowService.describeNamespace({ namespace });
      return undefined;
    } catch (error) {
      last = (error as Error).message;
      await delay(100);
    } finally {
      await connection?.close();
    }
  }
  return last;
}
