/**
 * What channels and links cost beside the least that such a thing can cost here: the plan of a message beside its JSON, a webhook's proof and parsing beside
 * JSON.parse of its bytes, the redirect of a short link beside a bare handler. Floor and product by turns in one process.
 */

import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Agent, request } from 'undici';
import { createClickWriter } from '../api/links/click-writer.ts';
import { redirectRoutes } from '../api/links/redirect.ts';
import type { ConnectedChannel, WebhookRequest } from '../channels/channel.ts';
import { connect, type Sql } from '../db/connection.ts';
import { migrate } from '../db/migrate.ts';
import { insertAccount } from '../db/stores/accounts.ts';
import { abilitiesOf, CHANNEL_TYPES } from '../domain/message/abilities.ts';
import type { MessageContent } from '../domain/message/model.ts';
import { planParts } from '../domain/message/plan.ts';
import { temporaryFolder } from '../embedded/testing.ts';
import { custom, type LocalMessenger, max, telegram, viber, vk, whatsapp } from '../test/channels/one-bot-messengers.ts';
import { connectLocal, startReceiver } from '../test/channels/receiver.ts';
import { startPostgresPart } from '../test/system/servers.ts';
import { describeFile, type FileResult, measureFile } from './file.ts';
import { median, percentile } from './numbers.ts';
import { describeQueue, measureQueue, type QueueResult } from './queue.ts';
import { describeQueued, measureQueued, type QueuedResult } from './queued.ts';
import { startSystem } from './system.ts';

/** A short link must not be slower than this many times the least that a handler can do. */
export const REDIRECT_AIM = 1.5;

export interface Beside {
  name: string;
  /** Microseconds of one, the middle of the rounds. */
  floorUs: number;
  productUs: number;
  ratio: number;
}

export interface RedirectResult {
  count: number;
  floor: { p50Ms: number; p99Ms: number };
  product: { p50Ms: number; p99Ms: number };
  /** The product's p99 to the floor's: the middle of the rounds' ratios, so that one stumble of the machine does not speak for all. */
  p99Ratio: number;
}

export interface ChannelsResult {
  plans: Beside[];
  webhooks: Beside[];
  redirect: RedirectResult;
  queue: QueueResult;
  file: FileResult;
  queued: QueuedResult;
  /** Smaller numbers than the aims are about. */
  short: boolean;
}

export async function measureChannels(options: { short: boolean; say(line: string): void }): Promise<ChannelsResult> {
  const { short, say } = options;
  say('plans of messages');
  const plans = [];
  for (const type of CHANNEL_TYPES) plans.push(await measurePlan(type, short ? 500 : 3_000));
  say('webhooks');
  const webhooks = [];
  for (const start of [telegram, vk, viber, max, whatsapp, custom]) webhooks.push(await measureWebhook(start, short ? 500 : 3_000));
  say('short links');
  return { plans, webhooks, ...(await withDatabase(short, say)), ...(await withProduct(short, say)), short };
}

/** Over the real product, with servers of its own: the queue that is left behind is nobody else's. */
async function withProduct(short: boolean, say: (line: string) => void): Promise<Pick<ChannelsResult, 'file' | 'queued'>> {
  say('starting PostgreSQL, Temporal, the messenger, one worker, one API');
  const system = await startSystem({});
  try {
    say('a file both ways');
    const file = await measureFile(system, short ? 3 : 9);
    say('a manager, alone and behind a queue of bots');
    // More than the 5,000 that should wait: some go out while the others are still planned.
    return { file, queued: await measureQueued(system, short ? { clients: 60, answers: 5 } : { clients: 620, answers: 20 }) };
  } finally {
    await system.stop();
  }
}

/** The result for people. */
export function describeChannels({ plans, webhooks, redirect, queue, file, queued, short }: ChannelsResult): string {
  const line = (what: string, { name, floorUs, productUs, ratio }: Beside) =>
    `${`${what}, ${name}`.padEnd(24)} ${productUs.toFixed(1).padStart(8)} µs   ${Math.round(1e6 / productUs).toLocaleString('en')}/s, ${ratio.toFixed(1)} of the floor (${floorUs.toFixed(1)} µs)`;
  const { floor, product, p99Ratio, count } = redirect;
  return [
    ...plans.map((one) => line('plan', one)),
    ...webhooks.map((one) => line('webhook', one)),
    `short link, bare handler p50 ${floor.p50Ms.toFixed(2)}  p99 ${floor.p99Ms.toFixed(2)} ms, ${count} calls`,
    `short link, redirect     p50 ${product.p50Ms.toFixed(2)}  p99 ${product.p99Ms.toFixed(2)} ms   p99 ${p99Ratio.toFixed(2)} of the floor (aim ${REDIRECT_AIM})`,
    describeQueue(queue),
    describeFile(file),
    describeQueued(queued),
    ...(short ? ['--short: fewer rounds and a queue a tenth as long'] : []),
  ].join('\n');
}

const ROUNDS = 9;

/** Both by turns, `count` each a round. */
async function beside(name: string, count: number, floor: () => unknown, product: () => unknown): Promise<Beside> {
  const times: Record<'floor' | 'product', number[]> = { floor: [], product: [] };
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [which, work] of [
      ['floor', floor],
      ['product', product],
    ] as const) {
      const begin = performance.now();
      for (let index = 0; index < count; index += 1) await work();
      // The first round warms up.
      if (round >= 0) times[which].push(((performance.now() - begin) * 1000) / count);
    }
  }
  const ratio = median(times.product.map((one, index) => one / times.floor[index]!));
  return { name, floorUs: median(times.floor), productUs: median(times.product), ratio };
}

/** A text, twelve pictures, a file and two buttons: what every messenger splits in its own way. */
function measurePlan(type: string, count: number): Promise<Beside> {
  const picture = (index: number) => ({
    kind: 'picture' as const,
    fileId: randomUUID(),
    name: `${index}.jpg`,
    mime: 'image/jpeg',
    sizeBytes: 150_000,
  });
  const content: MessageContent = {
    text: 'Your order is ready. You can take it from ten to eight, any day of the week. '.repeat(12),
    attachments: [
      ...Array.from({ length: 12 }, (_, index) => picture(index)),
      { kind: 'file', fileId: randomUUID(), name: 'price.pdf', mime: 'application/pdf', sizeBytes: 90_000 },
    ],
    buttons: ['Take it', 'Ask a person'].map((label) => ({ type: 'reply', label, key: randomUUID().slice(0, 22) })),
  };
  const abilities = abilitiesOf(type);
  return beside(
    type,
    count,
    () => JSON.parse(JSON.stringify(content)),
    () => planParts(content, abilities),
  );
}

/** The same delivery proven and parsed again and again. */
async function measureWebhook(start: () => Promise<LocalMessenger>, count: number): Promise<Beside> {
  const messenger = await start();
  const { channel } = messenger;
  let connected: ConnectedChannel;
  const receiver = await startReceiver(channel, () => connected);
  try {
    await connectLocal(channel, receiver, messenger, (now) => {
      connected = now;
    });
    messenger.deliverTo?.(receiver.url);
    await messenger.writes('Is my order 4711 ready? I would come by at six.');
    await receiver.facts(1);
    const delivery: WebhookRequest = receiver.requests[receiver.received.findIndex((one) => one.facts.length > 0)]!;
    return await beside(
      channel.type,
      count,
      async () => JSON.parse(Buffer.from(delivery.body).toString('utf8')),
      () => channel.receive(connected, delivery),
    );
  } finally {
    await receiver.stop();
    await messenger.stop();
  }
}

async function withDatabase(short: boolean, say: (line: string) => void): Promise<Pick<ChannelsResult, 'redirect' | 'queue'>> {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const postgres = await startPostgresPart({ folder, durable: true });
  const sql = connect(postgres.url, { max: 4, name: 'beseda-bench' });
  try {
    await migrate(postgres.url);
    const accountId = await storeLink(sql);
    const redirect = await measureRedirect(sql, short ? 8 : 30);
    say('a queue of bots and a person');
    return { redirect, queue: await measureQueue(sql, accountId, short ? 500 : 5_000) };
  } finally {
    await sql.end({ timeout: 5 });
    await postgres.part.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const CODE = 'Be5edaBench01';
const URL_BEHIND = 'https://shop.example/orders/4711?utm_source=chat';

/** Over loopback HTTP, one call at a time on one kept connection each; clicks are stored behind it, as in the program. */
async function measureRedirect(sql: Sql, rounds: number): Promise<RedirectResult> {
  const clicks = createClickWriter({ sql, log: { warn: () => undefined } });
  const servers: Server[] = [];
  const agents: Agent[] = [];
  try {
    const listen = async (app: Hono) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
      servers.push(server);
      await new Promise<void>((resolve) => (server.listening ? resolve() : server.once('listening', resolve)));
      const dispatcher = new Agent({ connections: 1 });
      agents.push(dispatcher);
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/${CODE}`;
      return async () => {
        const begin = performance.now();
        const answer = await request(address, { dispatcher, headers: { 'user-agent': BROWSER } });
        await answer.body.dump();
        if (answer.statusCode !== 302) throw new Error(`the link answered ${answer.statusCode}`);
        return performance.now() - begin;
      };
    };
    const routes = redirectRoutes({
      sql,
      clicks,
      log: { error: () => undefined },
      now: Date.now,
      clientIp: () => '127.0.0.1',
    });
    const floor = await listen(new Hono().get('/s/:code', (c) => c.redirect(URL_BEHIND, 302)));
    const product = await listen(new Hono().route('/s', routes));
    return await byTurns(rounds, floor, product);
  } finally {
    await clicks.stop();
    for (const agent of agents) await agent.close();
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
  }
}

const BROWSER = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
const CALLS_A_ROUND = 400;

async function byTurns(rounds: number, floor: () => Promise<number>, product: () => Promise<number>): Promise<RedirectResult> {
  const all = { floor: [] as number[], product: [] as number[] };
  const ratios: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const of = { floor: [] as number[], product: [] as number[] };
    // Call by call: a moment of the machine meets both.
    for (let index = 0; index < CALLS_A_ROUND; index += 1) {
      of.floor.push(await floor());
      of.product.push(await product());
    }
    if (round < 0) continue;
    all.floor.push(...of.floor);
    all.product.push(...of.product);
    ratios.push(percentile(of.product, 0.99) / percentile(of.floor, 0.99));
  }
  const quantiles = (times: number[]) => ({ p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) });
  return { count: all.floor.length, floor: quantiles(all.floor), product: quantiles(all.product), p99Ratio: median(ratios) };
}

async function storeLink(sql: Sql): Promise<number> {
  const names = { name: 'Bench', subdomain: randomUUID(), organizationId: randomUUID() };
  const at = Date.now();
  const { id } = await insertAccount(sql, { ...names, timeZone: 'Europe/Moscow', language: 'en', isDemo: false }, at);
  const [contact] = await sql<
    { id: number }[]
  >`insert into contacts (account_id, name, created_at, updated_at) values (${id}, 'Ann', ${at}, ${at}) returning id`;
  await sql`insert into short_links (account_id, code, contact_id, url, url_key, created_at) values (${id}, ${CODE}, ${contact!.id}, ${URL_BEHIND}, ${CODE}, ${at})`;
  return id;
}
