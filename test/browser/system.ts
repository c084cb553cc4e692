import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import pino from 'pino';
import { ensureDemo } from '../../api/demo.ts';
import { startApi } from '../../api/server.ts';
import { readConfig, temporalConnection } from '../../config.ts';
import { buildPages } from '../../embedded/pages.ts';
import { freePort } from '../../embedded/ports.ts';
import { setUpTemporal } from '../../embedded/temporal-setup.ts';
import { createTestDatabase, startTestTemporal, temporaryFolder } from '../../embedded/testing.ts';
import { startWorker } from '../../worker.ts';

export interface TestSystem {
  url: string;
  databaseUrl: string;
  stop(): Promise<void>;
}

/** The real system in this process: own database and Temporal, worker, API, pages, demo account. `demoToken`: the API token of its administrator. */
export async function startSystem({
  demoToken,
  allowPrivateAddresses = false,
  isPublic = false,
}: {
  demoToken?: string;
  allowPrivateAddresses?: boolean;
  /** Its own address is the one that outsiders use: short links lead there. */
  isPublic?: boolean;
} = {}): Promise<TestSystem> {
  const started: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of started.reverse()) await end();
  };
  try {
    const folder = temporaryFolder();
    const log = pino({ level: 'warn' }, pino.destination(join(folder, 'beseda.log')));
    await buildPages(join(folder, 'pages.log'), () => {}, new AbortController().signal);
    const database = await createTestDatabase();
    started.push(() => database.drop());
    const temporal = await startTestTemporal();
    started.push(() => temporal.stop());
    const port = await freePort();
    const config = readConfig({
      PORT: String(port),
      ...(isPublic ? { PUBLIC_URL: `http://127.0.0.1:${port}` } : {}),
      BESEDA_DATA: folder,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      LOG_LEVEL: 'warn',
      BESEDA_ALLOW_PRIVATE_ADDRESSES: String(allowPrivateAddresses),
    });
    const connection = await Connection.connect(temporalConnection(config));
    await setUpTemporal(connection, config.temporalNamespace, log).finally(() => connection.close());
    await ensureDemo({ databaseUrl: database.url, demoToken, secretKey: config.secretKey, log });
    const worker = await startWorker({ config, log });
    started.push(() => worker.stop());
    const api = await startApi({ config, log });
    started.push(() => api.stop());
    return { url: api.url, databaseUrl: database.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
