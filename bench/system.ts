import { mkdirSync, rmSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { connect, type Sql } from '../db/connection.ts';
import { temporaryFolder } from '../embedded/testing.ts';
import { echoBot } from '../test/system/echo-bot.ts';
import { type Product, startProduct } from '../test/system/product.ts';
import { startPostgresPart, startTemporalPart } from '../test/system/servers.ts';
import { type Driver, startDriver } from './driver-process.ts';
import { type Floor, startFloor } from './floor.ts';

export interface BenchSystem {
  product: Product;
  driver: Driver;
  floor: Floor;
  sql: Sql;
  connection: Connection;
  client: Client;
  accountId: number;
  /** A channel whose clients a salesbot answers. */
  answered: { channelId: number };
  /** One whose messages are only stored. */
  silent: { channelId: number; token: string };
  /** Process ids by name; servers that were given from outside are not among them. */
  pids: Record<string, number>;
  stop(): Promise<void>;
}

/**
 * Starts what is needed: servers as `npm start` runs them (written through to the disk) unless their addresses are given, one worker, one API,
 * the messenger with its clients, and the floor's worker.
 */
export async function startSystem(given: { databaseUrl?: string | undefined; temporalAddress?: string | undefined }): Promise<BenchSystem> {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.reverse()) await end();
  };
  const begun = async <Part>(starting: Promise<Part>, end: (part: Part) => Promise<void>): Promise<Part> => {
    const part = await starting;
    stops.push(() => end(part));
    return part;
  };
  try {
    const servers = { folder, durable: true };
    const postgres = given.databaseUrl ? undefined : await begun(startPostgresPart(servers), ({ part }) => part.stop());
    const temporal = given.temporalAddress ? undefined : await begun(startTemporalPart(servers), ({ part }) => part.stop());
    const databaseUrl = given.databaseUrl || postgres!.url;
    const temporalAddress = given.temporalAddress || temporal!.address;
    const driver = await begun(startDriver(), (part) => part.stop());
    const product = await begun(startProduct({ folder, databaseUrl, temporalAddress, workers: 1, apis: 1 }), (part) => part.stop());
    const connection = await begun(Connection.connect({ address: temporalAddress }), (part) => part.close());
    const client = new Client({ connection });
    const floor = await begun(startFloor(client, temporalAddress), (part) => part.stop());
    const sql = connect(databaseUrl, { max: 2, name: 'beseda-bench' });
    stops.push(() => sql.end({ timeout: 5 }));

    const telegram = (token: string, name: string) =>
      product.api.connectTelegram({ token, apiRoot: driver.url, name, callsPerSecond: 10_000 });
    const answered = await telegram(driver.token, 'Bench, answered');
    const { token } = await driver.order({ type: 'addBot' }, 'bot');
    const silent = await telegram(token, 'Bench, stored');
    const triggers = [{ type: 'conversation_started', filter: { channelIds: [answered.id] } }];
    await product.api.addBot({ file: echoBot(), joinSeconds: 0, triggers });
    const [row] = await sql<{ accountId: number }[]>`select account_id "accountId" from channels where id = ${answered.id}`;
    return {
      product,
      driver,
      floor,
      sql,
      connection,
      client,
      accountId: row!.accountId,
      answered: { channelId: answered.id },
      silent: { channelId: silent.id, token },
      pids: {
        api: product.apis[0]!.pid(),
        worker: product.workers[0]!.pid(),
        ...(postgres === undefined ? {} : { postgres: postgres.part.pid() }),
        ...(temporal === undefined ? {} : { temporal: temporal.part.pid() }),
      },
      stop,
    };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}
