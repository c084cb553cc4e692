/** A whole API over a real database, with sign-in as it is; what goes to Temporal is noted instead, and answered as a test wants. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { createApp } from '../../api/app.ts';
import { createAuth } from '../../api/auth/auth.ts';
import { makeToken } from '../../api/auth/people.ts';
import { createTokenCheck } from '../../api/auth/tokens.ts';
import { createChannelCache } from '../../api/channel-cache.ts';
import { DEMO_EMAIL, demoPassword } from '../../api/demo-secrets.ts';
import type { Env } from '../../api/deps.ts';
import { createLiveHub } from '../../api/live.ts';
import { makeAccount } from '../../api/make-account.ts';
import type { Orders } from '../../api/orders.ts';
import type { Signaller } from '../../api/signaller.ts';
import type { Channel, ChannelFact } from '../../channels/channel.ts';
import { channelRegistry } from '../../channels/index.ts';
import { webchatChannel } from '../../channels/webchat/webchat.ts';
import { connect, type Sql } from '../../db/connection.ts';
import type { Rights } from '../../domain/rights/rights.ts';
import { createTestDatabase } from '../../embedded/testing.ts';
import { folderByteStore } from '../../files/byte-store.ts';
import { createFileStorage } from '../../files/storage.ts';
import type { ChatKey, ConversationOrder, RunOrder } from '../../workflows/messages.ts';

export interface Person {
  accountId: number;
  userId: number;
  token: string;
  email: string;
  password: string;
}

export interface NewMember {
  role: 'administrator' | 'manager' | 'readonly';
  sees?: 'own' | 'all';
  rights?: Partial<Rights>;
  groupId?: number;
}

export interface SentOrder {
  to: ChatKey | { accountId: number; runId: string };
  order: ConversationOrder | RunOrder;
  id: string;
}

export interface World {
  app: Hono<Env>;
  sql: Sql;
  /** Orders in the order they were sent. `answerOrder` and `answerRun` decide what comes back. */
  sent: SentOrder[];
  answerOrder: Orders['send'];
  answerRun: Orders['sendToRun'];
  delivered: ChannelFact[];
  deliver: Signaller['deliver'];
  closing: AbortController;
  ip: string;
  databaseUrl: string;
  /** Where the bytes of files lie. */
  folder: string;
  makePerson(options?: { isDemo?: boolean }): Promise<Person>;
  /** One more user of an account. */
  addUser(of: Person, user: NewMember): Promise<Person>;
  call(person: Person | undefined, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export const secretKey = randomBytes(32);

export async function startWorld(
  adapters: Channel[] = [webchatChannel()],
  options: { demo?: boolean; through?: string; localUrl?: string; fileBytesLimit?: number } = {},
): Promise<World> {
  const database = await createTestDatabase();
  // `through`: an address of the test's own, of which it knows that it leads to a migrated database.
  const sql = connect(options.through ?? database.url, { max: 8 });
  const folder = mkdtempSync(join(tmpdir(), 'beseda-api-'));
  const auth = createAuth({ sql, secretKey, baseUrl: 'http://localhost' });
  const now = () => Date.now();
  const tokens = createTokenCheck(auth, sql, now);
  const cache = createChannelCache({ sql, secretKey, publicUrl: undefined, now });
  const live = await createLiveHub(sql, (event) => {
    if (event === 'resync' || event.kind === 'channel') cache.forget();
    if (event === 'resync' || event.kind === 'user') tokens.forget();
  });
  const closing = new AbortController();
  const world: World = {
    app: undefined as never,
    sql,
    sent: [],
    answerOrder: async () => ({ taken: true, answer: { status: 'in_work', isRead: true } }),
    answerRun: async () => ({ taken: true, answer: { status: 'running' } }),
    delivered: [],
    deliver: async (_channel, facts) => {
      world.delivered.push(...facts);
    },
    closing,
    ip: '127.0.0.1',
    databaseUrl: database.url,
    folder,
    async makePerson(options = {}) {
      const email = `${randomUUID()}@example.com`;
      const password = 'correct horse';
      const made = await makeAccount(
        { sql, auth, now },
        {
          name: 'Test',
          language: 'en',
          timeZone: 'Europe/Moscow',
          isDemo: options.isDemo ?? false,
          administrator: { name: 'Ada', email, password },
        },
      );
      const { token } = await makeToken(auth, { authUserId: made.authUserId, accountId: made.account.id, name: 'test' });
      return { accountId: made.account.id, userId: made.userId, token, email, password };
    },
    async addUser(of, user) {
      const email = `${randomUUID()}@example.com`;
      const password = 'correct horse';
      const answer = await world.call(of, 'POST', '/api/users', { name: 'Bob', email, password, ...user });
      if (answer.status !== 201) throw new Error(await answer.text());
      const { id } = (await answer.json()) as { id: number };
      const [row] = await sql<
        { authUserId: string }[]
      >`select auth_user_id "authUserId" from users where account_id = ${of.accountId} and id = ${id}`;
      const { token } = await makeToken(auth, { authUserId: row!.authUserId, accountId: of.accountId, name: 'test' });
      return { accountId: of.accountId, userId: id, token, email, password };
    },
    async call(person, method, path, body, headers = {}) {
      const isForm = body instanceof FormData;
      return world.app.request(path, {
        method,
        headers: {
          Host: 'localhost',
          ...(person === undefined ? {} : { Authorization: `Bearer ${person.token}` }),
          ...(body === undefined || isForm || headers['Content-Type'] !== undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    },
    async stop() {
      closing.abort();
      await live.stop();
      await sql.end({ timeout: 5 });
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  world.app = createApp(
    {
      sql,
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
      auth,
      tokens,
      channels: channelRegistry(adapters),
      orders: {
        send(to, order, id) {
          world.sent.push({ to, order, id });
          return world.answerOrder(to, order, id);
        },
        sendToRun(to, order, id) {
          world.sent.push({ to, order, id });
          return world.answerRun(to, order, id);
        },
      },
      signaller: { deliver: (channel, facts) => world.deliver(channel, facts) },
      files: createFileStorage({ sql, bytes: folderByteStore(folder), now }),
      live,
      now,
      publicUrl: undefined,
      localUrl: options.localUrl ?? 'http://localhost:3000',
      secretKey,
      demo: options.demo === true ? { email: DEMO_EMAIL, password: demoPassword(secretKey) } : undefined,
      clientIp: () => world.ip,
      missing: async () => [],
      closing: closing.signal,
      folders: { pages: join(folder, 'pages'), widget: join(folder, 'widget'), shop: join(folder, 'shop') },
      shopChannel: async () => undefined,
      ...(options.fileBytesLimit === undefined ? {} : { fileBytesLimit: options.fileBytesLimit }),
    },
    cache,
  );
  return world;
}
