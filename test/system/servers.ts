import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../../embedded/postgres.ts';
import { startTemporal } from '../../embedded/temporal.ts';
import { temporalCliPath } from '../../embedded/testing.ts';
import { type Part, partOf } from './processes.ts';

export interface ServerOptions {
  /** Data and logs lie here; the database's own user must be able to enter it. */
  folder: string;
  /** True: written through to the disk as `npm start` does. False: survives the death of processes only, which is enough for crash tests. */
  durable: boolean;
}

/** PostgreSQL on a port that it keeps over restarts. */
export async function startPostgresPart({ folder, durable }: ServerOptions): Promise<{ part: Part; url: string }> {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const start = (port?: number) =>
    startPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      binFolder: join(folder, 'bin'),
      database: 'beseda',
      ...(port === undefined ? {} : { port }),
      settings: durable ? {} : { fsync: 'off', full_page_writes: 'off' },
    });
  let server = await start();
  const { url, port } = server;
  const part = partOf(
    'postgres',
    () => server.program,
    async () => {
      await server.stop();
      server = await start(port);
    },
  );
  return { part, url };
}

/** Temporal's dev server on a port that it keeps over restarts. */
export async function startTemporalPart({ folder, durable }: ServerOptions): Promise<{ part: Part; address: string }> {
  const cli = await temporalCliPath();
  const start = (port?: number) =>
    startTemporal({
      cli,
      dbFile: join(folder, 'temporal', 'temporal.db'),
      logFile: join(folder, 'temporal.log'),
      namespace: 'default',
      synchronous: durable ? 'FULL' : 'OFF',
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { address } = server;
  const part = partOf(
    'temporal',
    () => server.program,
    async () => {
      await server.stop();
      server = await start(Number(address.split(':')[1]));
    },
  );
  return { part, address };
}
