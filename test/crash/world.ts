import { mkdirSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { connect, type Sql } from '../../db/connection.ts';
import { echoBot } from '../system/echo-bot.ts';
import { type FakeProcess, startFakeProcess } from '../system/fake-process.ts';
import type { Part } from '../system/processes.ts';
import { type Product, startProduct } from '../system/product.ts';
import { startPostgresPart, startTemporalPart } from '../system/servers.ts';

/** Everything real, each its own process. Only the local Telegram is never killed. */
export interface CrashWorld {
  folder: string;
  fake: FakeProcess;
  postgres: Part;
  temporal: Part;
  product: Product;
  accountId: number;
  channelId: number;
  sql: Sql;
  client: Client;
  stop(): Promise<void>;
}

/** Waits between a messenger's repeats, as a part of Telegram's own: a crash test must not wait minutes for the next try. */
const FAKE_TIME_SCALE = 0.2;

/** Starts the system with a Telegram bot connected by webhook and a bot with buttons that answers every conversation. */
export async function startCrashWorld(folder: string): Promise<CrashWorld> {
  mkdirSync(folder, { recursive: true });
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse()) await end();
  };
  try {
    const servers = { folder, durable: false };
    const [fake, postgres, temporal] = await Promise.all([
      startFakeProcess({ timeScale: FAKE_TIME_SCALE }),
      startPostgresPart(servers),
      startTemporalPart(servers),
    ]);
    stops.push(fake.stop, postgres.part.stop, temporal.part.stop);
    const product = await startProduct({ folder, databaseUrl: postgres.url, temporalAddress: temporal.address, workers: 2, apis: 2 });
    stops.push(product.stop);
    const channel = await product.api.connectTelegram({ token: fake.token, apiRoot: fake.url, name: 'Crash' });
    const triggers = [{ type: 'conversation_started', filter: { channelIds: [channel.id] } }];
    await product.api.addBot({ file: echoBot(), joinSeconds: 0, triggers });

    const sql = connect(postgres.url, { max: 4, name: 'crash-test' });
    stops.push(() => sql.end({ timeout: 5 }));
    const connection = await Connection.connect({ address: temporal.address });
    stops.push(() => connection.close());
    const [row] = await sql<{ accountId: number }[]>`select account_id "accountId" from channels where id = ${channel.id}`;
    return {
      folder,
      fake,
      postgres: postgres.part,
      temporal: temporal.part,
      product,
      accountId: row!.accountId,
      channelId: channel.id,
      sql,
      client: new Client({ connection }),
      stop,
    };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}
