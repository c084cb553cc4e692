import type { Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { channelsByType } from '../channels/index.ts';
import { type Config, ConfigError, readConfig, temporalConnection } from '../config.ts';
import { chatHider } from '../db/chat-names.ts';
import { connect, type Sql } from '../db/connection.ts';
import { isMigrated, migrate } from '../db/migrate.ts';
import { searchAttributesReady, setUpTemporal } from '../embedded/temporal-setup.ts';
import { openByteStore } from '../files/open-byte-store.ts';
import { createFileStorage } from '../files/storage.ts';
import { dataConverter } from '../payload-codec.ts';
import { hideChatsWith } from '../workflows/messages.ts';
import { createApp } from './app.ts';
import { createAuth } from './auth/auth.ts';
import { createTokenCheck } from './auth/tokens.ts';
import { createChannelCache } from './channel-cache.ts';
import { clientIp } from './client-ip.ts';
import { ensureDemo, shopChannelKey } from './demo.ts';
import { DEMO_EMAIL, demoPassword } from './demo-secrets.ts';
import { createBotStarts } from './links/bot-starts.ts';
import { createClickWriter } from './links/click-writer.ts';
import { createLiveHub } from './live.ts';
import { createLogger } from './logging.ts';
import { createOrders } from './orders.ts';
import { createSignaller } from './signaller.ts';
import { closableConnection } from './temporal-connection.ts';

export interface RunningApi {
  url: string;
  /** Takes no more connections, lets requests end (10 s, then cut), ends streams and closes every connection. Harmless when repeated. */
  stop(): Promise<void>;
}

const POOL_SIZE = 20;
const DRAIN_MS = 10_000;
const READY_TIMEOUT_MS = 2000;

/** Starts pages and API in this process. The addresses of Postgres and Temporal must be configured; the schema must be the newest. */
export async function startApi({ config, log }: { config: Config; log: Logger }): Promise<RunningApi> {
  if (config.databaseUrl === undefined) {
    throw new ConfigError('DATABASE_URL must be given to an API that runs alone, such as postgres://user:password@host:5432/beseda.');
  }
  const root = fileURLToPath(new URL('..', import.meta.url));
  const sql = connect(config.databaseUrl, { max: POOL_SIZE, name: 'beseda-api' });
  // Lazy: the API starts and says so on /readyz while Temporal is still away.
  const { connection, close: closeTemporal } = closableConnection(temporalConnection(config));
  const client = new Client({ connection, namespace: config.temporalNamespace, dataConverter: dataConverter(config) });
  const host = config.host === '0.0.0.0' || config.host === '127.0.0.1' ? 'localhost' : config.host;
  const localUrl = `http://${host}:${config.port}`;
  const baseUrl = config.publicUrl ?? localUrl;
  const { secretKey, publicUrl } = config;
  hideChatsWith(chatHider(secretKey));
  const now = Date.now;
  const closing = new AbortController();
  const cache = createChannelCache({ sql, secretKey, publicUrl, now });
  const auth = createAuth({ sql, secretKey, baseUrl });
  const tokens = createTokenCheck(auth, sql, now);
  const live = await createLiveHub(sql, (event) => {
    if (event === 'resync' || event.kind === 'channel') cache.forget();
    if (event === 'resync' || event.kind === 'user') tokens.forget();
  });
  const orders = createOrders(client, baseUrl);
  const clicks = createClickWriter({
    sql,
    log,
    starts: createBotStarts({ sql, orders, log, now }),
  });
  const app = createApp(
    {
      clicks,
      sql,
      log,
      auth,
      tokens,
      channels: channelsByType({ allowPrivateAddresses: config.allowPrivateAddresses }),
      orders,
      signaller: createSignaller(client, baseUrl),
      files: createFileStorage({ sql, bytes: await openByteStore(config), now }),
      live,
      now,
      publicUrl,
      localUrl,
      secretKey,
      allowPrivateAddresses: config.allowPrivateAddresses,
      demo: { email: DEMO_EMAIL, password: demoPassword(secretKey) },
      clientIp,
      missing: () => missing(sql, connection, config.temporalNamespace),
      closing: closing.signal,
      folders: { pages: join(root, 'web/dist'), widget: join(root, 'dist/widget'), shop: join(root, 'widget/shop') },
      shopChannel: () => shopChannelKey(sql),
    },
    cache,
  );
  const server = await listen(app.fetch, config);
  let stopping: Promise<void> | undefined;
  return {
    url: localUrl,
    stop() {
      stopping ??= (async () => {
        closing.abort();
        await drained(server);
        await clicks.stop();
        await live.stop().catch(() => undefined);
        await sql.end({ timeout: 5 });
        await closeTemporal();
      })();
      return stopping;
    },
  };
}

function listen(fetch: Parameters<typeof serve>[0]['fetch'], config: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port: config.port, hostname: config.host }, () => resolve(server as Server)) as Server;
    // Clients that keep connections open must not meet one that closes at the very moment they use it.
    server.keepAliveTimeout = 65_000;
    server.once('error', reject);
  });
}

/** Waits for requests that are under way; idle connections are closed at once. */
function drained(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** What `/readyz` shows. Every question has its time: a server that hangs is a server that is missing. */
async function missing(sql: Sql, connection: Connection, namespace: string): Promise<string[]> {
  const within = <Value>(question: PromiseLike<Value>) =>
    Promise.race([question, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer in time')), READY_TIMEOUT_MS))]);
  const [postgres, migrations, attributes] = await Promise.allSettled([
    within(sql`select 1`),
    within(isMigrated(sql)),
    within(connection.withDeadline(Date.now() + READY_TIMEOUT_MS, () => searchAttributesReady(connection, namespace))),
  ]);
  const lacking: string[] = [];
  if (postgres.status === 'rejected') lacking.push('postgres');
  else if (migrations.status === 'rejected' || !migrations.value) lacking.push('migrations');
  if (attributes.status === 'rejected') lacking.push('temporal');
  else if (!attributes.value) lacking.push('search attributes');
  return lacking;
}

/** `npm run api`: pages and API alone, beside workers of their own. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  if (config.databaseUrl !== undefined) {
    await migrate(config.databaseUrl);
    // Whoever fixes the operator's token wants its account; without it an installation of one's own gets no demo.
    if (config.demoToken !== undefined) {
      await ensureDemo({ databaseUrl: config.databaseUrl, demoToken: config.demoToken, secretKey: config.secretKey, log });
    }
  }
  const connection = await Connection.connect(temporalConnection(config));
  await setUpTemporal(connection, config.temporalNamespace, log).finally(() => connection.close());
  const api = await startApi({ config, log });
  log.info({ url: api.url }, 'ready');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void api.stop().then(() => process.exit(0));
    });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}
