import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ApiClient, apiClient } from './api-client.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { freePorts, type Part, startNode, until } from './processes.ts';

export interface ProductOptions {
  /** Data and logs of the product's processes. */
  folder: string;
  databaseUrl: string;
  temporalAddress: string;
  workers: number;
  apis: number;
}

/** The product as it runs in production: workers and APIs as processes of their own, APIs behind one address. */
export interface Product {
  /** The address that messengers and programs use. */
  url: string;
  token: string;
  api: ApiClient;
  secretKey: Buffer;
  workers: Part[];
  apis: Part[];
  stop(): Promise<void>;
}

/** Prepares the database and the demo account and starts everything; returns when it is ready to serve. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { folder, databaseUrl, temporalAddress } = options;
  const token = randomBytes(24).toString('base64url');
  const secretKey = randomBytes(32);
  const ports = await freePorts(options.apis);
  // A single API needs nobody in front of it.
  const balancer: Balancer =
    ports.length === 1 ? { url: `http://127.0.0.1:${ports[0]}`, stop: async () => {} } : await startBalancer(ports);
  await prepare(databaseUrl, token, secretKey);

  const env = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    BESEDA_DATA: join(folder, 'data'),
    BESEDA_SECRET_KEY: secretKey.toString('base64'),
    BESEDA_DEMO_TOKEN: token,
    BESEDA_ALLOW_PRIVATE_ADDRESSES: 'true',
    PUBLIC_URL: balancer.url,
    LOG_LEVEL: 'warn',
  };
  // One worker first: it registers what Temporal must know.
  const workers: Part[] = [];
  for (let index = 1; index <= options.workers; index += 1) {
    const name = `worker ${index}`;
    workers.push(await startNode({ name, script: 'worker.ts', env, logFile: join(folder, `worker-${index}.log`) }));
  }
  const apis = await Promise.all(
    ports.map((port, index) =>
      startNode({
        name: `api ${index + 1}`,
        script: 'api/server.ts',
        env: { ...env, PORT: String(port) },
        logFile: join(folder, `api-${index + 1}.log`),
        serves: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
      }),
    ),
  );
  await until('the API says it is ready', 60_000, () => ready(balancer.url));
  return {
    url: balancer.url,
    token,
    api: apiClient(balancer.url, token),
    secretKey,
    workers,
    apis,
    async stop() {
      await Promise.all(apis.map((part) => part.stop()));
      await Promise.all(workers.map((part) => part.stop()));
      await balancer.stop();
    },
  };
}

const ready = (url: string) =>
  fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );

async function prepare(databaseUrl: string, demoToken: string, secretKey: Buffer): Promise<void> {
  const { migrate } = await import('../../db/migrate.ts');
  const { ensureDemo } = await import('../../api/demo.ts');
  const { default: pino } = await import('pino');
  await migrate(databaseUrl);
  await ensureDemo({ databaseUrl, demoToken, secretKey, log: pino({ level: 'silent' }) });
}
