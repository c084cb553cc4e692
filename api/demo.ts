/** The demo account: what a newcomer finds after `npm start`. Made once; later starts only bring its token and password up to date. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { webchatChannel } from '../channels/webchat/webchat.ts';
import { connect, type Sql } from '../db/connection.ts';
import { findDemoAccount } from '../db/stores/accounts.ts';
import { insertBot, publishVersion, replaceTriggers } from '../db/stores/bots.ts';
import { insertChannel, listChannels, updateChannel } from '../db/stores/channels.ts';
import { listUsers } from '../db/stores/users.ts';
import { createAuth } from './auth/auth.ts';
import { ensurePerson, fixToken, setPassword } from './auth/people.ts';
import { readImport } from './bot-drafts.ts';
import { DEMO_EMAIL, demoPassword, demoToken } from './demo-secrets.ts';
import { makeAccount } from './make-account.ts';

export interface DemoOptions {
  databaseUrl: string;
  /** Fixes the token; made from the key otherwise. */
  demoToken: string | undefined;
  secretKey: Uint8Array;
  log: Logger;
  now?: () => number;
}

export interface Demo {
  accountId: number;
  email: string;
  password: string;
  token: string;
  /** Public key of the shop's web chat. */
  channelKey: string;
}

/** Any number: it names this lock in the database, so that two processes that start together make one demo account. */
const LOCK = 1_815_006_332;

export async function ensureDemo(options: DemoOptions): Promise<Demo> {
  const { secretKey, log } = options;
  const now = options.now ?? Date.now;
  const sql = connect(options.databaseUrl, { max: 4, name: 'beseda-demo' });
  const lock = await sql.reserve();
  try {
    await lock`select pg_advisory_lock(${LOCK})`;
    const auth = createAuth({ sql, secretKey, baseUrl: 'http://localhost' });
    const password = demoPassword(secretKey);
    const person = await ensurePerson(auth, { email: DEMO_EMAIL, name: 'Демо', password });
    // The key may be another one than when the person was made.
    await setPassword(auth, person.authUserId, password);
    const found = await findDemoAccount(sql);
    const account =
      found ??
      (
        await makeAccount(
          { sql, auth, now },
          {
            name: 'Чайная лавка',
            subdomain: 'demo',
            language: 'ru',
            timeZone: 'Europe/Moscow',
            isDemo: true,
            administrator: { name: 'Демо', email: DEMO_EMAIL },
          },
        )
      ).account;
    const users = await listUsers(sql, account.id);
    const owner = users.find((user) => user.authUserId === person.authUserId) ?? users[0];
    const channelKey = await ensureShop(sql, account.id, owner?.id ?? 0, now());
    const token = options.demoToken ?? demoToken(secretKey);
    await fixToken(auth, 'demo', { authUserId: person.authUserId, accountId: account.id, name: 'demo', token });
    if (found === undefined) log.info({ accountId: account.id }, 'demo account made');
    return { accountId: account.id, email: DEMO_EMAIL, password, token, channelKey };
  } finally {
    await lock`select pg_advisory_unlock(${LOCK})`.catch(() => undefined);
    lock.release();
    await sql.end({ timeout: 5 });
  }
}

/** The shop's web chat and the bot that answers there, and there only. */
async function ensureShop(sql: Sql, accountId: number, userId: number, at: number): Promise<string> {
  const known = (await listChannels(sql, accountId)).find((channel) => channel.type === 'webchat');
  if (known !== undefined) return known.externalId;
  const adapter = webchatChannel();
  const settings = { origins: [], accent: '#2f7d4f', title: 'Чайная лавка', greeting: 'Спросите о чае: ответим сразу.' };
  return sql.begin(async (tx) => {
    const channelId = await insertChannel(
      tx,
      accountId,
      { type: 'webchat', name: 'Чат на сайте', apiRoot: null, receive: 'webhook', webhookSecret: '', settings, connectedBy: userId },
      at,
    );
    const connection = await adapter.connect({
      accountId,
      id: channelId,
      type: 'webchat',
      credentials: {},
      receive: 'webhook',
      webhookSecret: '',
      facts: {},
    });
    await updateChannel(
      tx,
      accountId,
      channelId,
      { externalId: connection.externalId, facts: connection.facts, state: 'connected', stateWords: '' },
      at,
    );
    const source = readFileSync(new URL('../db/demo/greeting-bot.json', import.meta.url), 'utf8');
    const draft = readImport(source);
    if (draft.scenario === undefined) throw new Error('The demo bot that is shipped with the program cannot run');
    const botId = await insertBot(tx, accountId, { name: draft.name, kind: draft.kind, source, problems: draft.problems }, at);
    await publishVersion(tx, accountId, botId, { source, scenario: draft.scenario, by: userId }, at);
    await replaceTriggers(tx, accountId, botId, [
      { type: 'conversation_started', filter: { channelIds: [channelId] }, delaySeconds: 0, cooldownSeconds: 0 },
    ]);
    return connection.externalId;
  });
}

/** Public key of the demo shop's web chat; undefined in an installation without demo account. */
export async function shopChannelKey(sql: Sql): Promise<string | undefined> {
  const [row] = await sql<{ key: string }[]>`
    select ch.external_id "key" from channels ch join accounts a on a.id = ch.account_id
    where a.is_demo and ch.type = 'webchat' and ch.state = 'connected' order by ch.id limit 1`;
  return row?.key;
}
