import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from '@temporalio/client';
import { type LogLevel as CoreLogLevel, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { type Config, ConfigError, readConfig, temporalConnection } from './config.ts';
import { connect } from './db/connection.ts';
import { migrate } from './db/migrate.ts';
import { setUpTemporal } from './embedded/temporal-setup.ts';
import { dataConverter } from './payload-codec.ts';
import { createWork } from './worker-parts.ts';
import { workflowBundle } from './workflows/bundle.ts';
import { TASK_QUEUE } from './workflows/messages.ts';

export interface RunningWorker {
  /** Takes no more work, lets running turns end (6 s, then forced) and closes every connection. Harmless when repeated. */
  stop(): Promise<void>;
  /** Settles when the worker has ended; rejects when it ended by itself. */
  ended: Promise<void>;
}

/** Turns are short and mostly wait for Postgres, so many may be in flight; the pool is what really bounds them. */
const SLOTS = {
  maxConcurrentWorkflowTaskExecutions: 200,
  maxConcurrentLocalActivityExecutions: 400,
  maxConcurrentActivityTaskExecutions: 100,
};
/** Hundreds, not thousands: each costs about 0.3 MiB, and one that was evicted replays a short history. */
const MAX_CACHED_WORKFLOWS = 600;
/** How long a chat whose worker was killed waits before another worker takes it; the SDK's 10 s would be seen by the client. */
const STICKY_TIMEOUT = '3s';
const POOL_SIZE = 20;
const CONNECT_TIMEOUT_MS = 60_000;

/** Starts a worker in this process. The addresses of Postgres and Temporal must be configured; the schema must be the newest. */
export async function startWorker({ config, log }: { config: Config; log: Logger }): Promise<RunningWorker> {
  if (config.databaseUrl === undefined)
    throw new ConfigError('DATABASE_URL must be given to a worker that runs alone, such as postgres://user:password@host:5432/beseda.');
  installRuntime(config, log);
  const connection = await connectPatiently(config, log);
  const sql = connect(config.databaseUrl, { max: POOL_SIZE, name: 'beseda-worker' });
  const converter = dataConverter(config);
  const client = new Client({ connection, namespace: config.temporalNamespace, dataConverter: converter });
  const work = await createWork({ config, log, sql, client });
  const worker = await Worker.create({
    connection,
    namespace: config.temporalNamespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: await workflowBundle(coreLogger(log, 'WARN')),
    activities: work.activities,
    dataConverter: converter,
    ...SLOTS,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    shutdownGraceTime: '6s',
    shutdownForceTime: '10s',
  });

  const running = worker.run();
  const ended = running.finally(async () => {
    await work.stop();
    await sql.end({ timeout: 5 });
    await connection.close();
  });
  ended.catch(() => {}); // whoever waits for it hears of it
  return {
    ended,
    async stop() {
      while (worker.getState() === 'INITIALIZED') await delay(20); // it takes a moment to begin, and before that it cannot be asked to end
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

let runtimeInstalled = false;

/** Temporal's core is one per process and must leave the signals to us, or it would end the worker before the API has drained. */
function installRuntime(config: Config, log: Logger): void {
  if (runtimeInstalled) return;
  runtimeInstalled = true;
  Runtime.install({
    shutdownSignals: [],
    logger: coreLogger(log, 'INFO'),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(config.metricsPort === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: `${config.host}:${config.metricsPort}`,
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  });
}

/** Lines of Temporal's core and bundler, from `lowest` up, in our log. */
function coreLogger(log: Logger, lowest: CoreLogLevel): DefaultLogger {
  const levels: Record<CoreLogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
    TRACE: 'trace',
    DEBUG: 'debug',
    INFO: 'info',
    WARN: 'warn',
    ERROR: 'error',
  };
  return new DefaultLogger(lowest, ({ level, message, meta }) => log[levels[level]]({ ...meta }, message));
}

/** Processes that are started together come up in any order, so Temporal is given a minute. */
async function connectPatiently(config: Config, log: Logger): Promise<NativeConnection> {
  const options = temporalConnection(config);
  for (const until = Date.now() + CONNECT_TIMEOUT_MS; ; ) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (Date.now() > until)
        throw new Error(`Temporal does not answer at ${options.address}: check TEMPORAL_ADDRESS and that the server runs`, {
          cause: error,
        });
      log.warn({ address: options.address }, 'Temporal does not answer yet');
      await delay(2_000);
    }
  }
}

/** The worker as a process of its own: drains on SIGTERM and ends with 0, or with 1 when it could not go on. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = pino({ name: 'worker', level: config.logLevel });
  if (config.databaseUrl !== undefined) await migrate(config.databaseUrl);
  installRuntime(config, log);
  const connection = await connectPatiently(config, log);
  await setUpTemporal(connection, config.temporalNamespace, log);
  await connection.close();
  const worker = await startWorker({ config, log });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void worker.stop());
  log.info({ taskQueue: TASK_QUEUE }, 'worker ready');
  await worker.ended;
  log.info('worker ended');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: Error) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : (error.stack ?? error.message)}\n`);
    process.exitCode = 1;
    process.exit();
  });
}
