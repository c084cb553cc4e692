/**
 * Lists, cards, search, events and reports of a large account, asked over HTTP of the real API, one request at a time: what a page waits for when the
 * machine has nothing else to do.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAuth } from '../api/auth/auth.ts';
import { ensurePerson, makeToken } from '../api/auth/people.ts';
import { makeAccount } from '../api/make-account.ts';
import { seedAccount } from '../bin/seed/seed-account.ts';
import { COMMON_WORD, RARE_WORD } from '../bin/seed/sentences.ts';
import { connect, type Sql } from '../db/connection.ts';
import { migrate } from '../db/migrate.ts';
import { temporaryFolder } from '../embedded/testing.ts';
import { type ApiClient, apiClient } from '../test/system/api-client.ts';
import { freePorts, startNode, until } from '../test/system/processes.ts';
import { startPostgresPart, startTemporalPart } from '../test/system/servers.ts';
import { percentile } from './numbers.ts';

/** A page that takes longer is one that people wait for. */
export const LIST_AIM_MS = 100;
const REPEATS = 40;
const WARM = 5;
const SECRET = Buffer.alloc(32, 7);

export interface ListResult {
  name: string;
  /** `all`: who sees every client; `own`: a manager with the clients of one's own. */
  as: 'all' | 'own';
  count: number;
  p50Ms: number;
  p95Ms: number;
  /** Of the last answer. */
  bytes: number;
}

export interface ListsOptions {
  conversations: number;
  messages: number;
  /** Absent: a PostgreSQL of its own. */
  databaseUrl?: string | undefined;
  /** An account of that database that was seeded before. */
  accountId?: number | undefined;
  say(line: string): void;
}

export async function measureLists(options: ListsOptions): Promise<ListResult[]> {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    const servers = { folder, durable: true };
    const own = options.databaseUrl === undefined ? await startPostgresPart(servers) : undefined;
    if (own !== undefined) stops.push(() => own.part.stop());
    const databaseUrl = options.databaseUrl ?? own!.url;
    const temporal = await startTemporalPart(servers);
    stops.push(() => temporal.part.stop());
    await migrate(databaseUrl);
    const sql = connect(databaseUrl, { max: 4, name: 'beseda-bench' });
    stops.push(() => sql.end({ timeout: 5 }));
    const tokens = await seeded(sql, databaseUrl, options);
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    // Without a worker: nothing but the API is at work while it is measured.
    const api = await startNode({
      name: 'api',
      script: 'api/server.ts',
      env: {
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporal.address,
        BESEDA_DATA: join(folder, 'data'),
        BESEDA_SECRET_KEY: SECRET.toString('base64'),
        LOG_LEVEL: 'warn',
        PORT: String(port),
      },
      logFile: join(folder, 'api.log'),
    });
    stops.push(() => api.stop());
    await until('the API answers', 60_000, async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true);
    const results: ListResult[] = [];
    for (const as of ['all', 'own'] as const) {
      options.say(as === 'all' ? 'asking as one who sees all clients' : 'asking as a manager who sees own clients');
      const client = apiClient(url, tokens[as]);
      for (const [name, paths] of await requestsOf(client)) {
        const result = await measure(name, as, client, paths);
        results.push(result);
      }
    }
    return results;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** One line for people. */
export function describeList({ name, as, p50Ms, p95Ms, bytes }: ListResult): string {
  const late = p95Ms > LIST_AIM_MS ? `   over the aim of ${LIST_AIM_MS} ms` : '';
  return `${`${name}${as === 'own' ? ', own clients' : ''}`.padEnd(52)} p50 ${p50Ms.toFixed(1).padStart(7)}  p95 ${p95Ms.toFixed(1).padStart(7)} ms  ${(bytes / 1024).toFixed(0).padStart(4)} KiB${late}`;
}

/** The account that is measured, with a token of its administrator and one of the manager with the most clients, who sees no others. */
async function seeded(sql: Sql, databaseUrl: string, options: ListsOptions): Promise<{ all: string; own: string }> {
  const auth = createAuth({ sql, secretKey: SECRET, baseUrl: 'http://localhost' });
  const email = `bench-${Date.now()}@example.com`;
  let { accountId } = options;
  if (accountId === undefined) {
    const administrator = { name: 'Bench', email };
    const made = await makeAccount(
      { sql, auth, now: Date.now },
      { name: 'Bench', language: 'ru', timeZone: 'Europe/Moscow', isDemo: false, administrator },
    );
    accountId = made.account.id;
    const { conversations, messages } = options;
    options.say(`seeding ${conversations.toLocaleString('en')} conversations and ${messages.toLocaleString('en')} messages`);
    await seedAccount({
      databaseUrl,
      sql,
      accountId,
      conversations,
      messages,
      seed: 1,
      untilAt: Date.now(),
      force: false,
      say: () => undefined,
    });
  }
  const [administrator] = await sql<{ authUserId: string }[]>`
    select auth_user_id "authUserId" from users where account_id = ${accountId} and role = 'administrator' and auth_user_id is not null order by id limit 1`;
  if (administrator === undefined) throw new RangeError(`Account ${accountId} has no administrator who can sign in`);
  const [busiest] = await sql<{ id: number; authUserId: string | null }[]>`
    select u.id, u.auth_user_id "authUserId" from users u where u.account_id = ${accountId} and u.role <> 'administrator'
    order by (select count(*) from contacts c where c.account_id = u.account_id and c.responsible_user_id = u.id) desc, u.id limit 1`;
  const person = busiest!.authUserId ?? (await ensurePerson(auth, { email: `own-${email}`, name: 'Own' })).authUserId;
  await sql`
    update users set auth_user_id = ${person}, rights = ${{ see: 'own', edit: 'own' } as never}
    where account_id = ${accountId} and id = ${busiest!.id}`;
  const token = async (authUserId: string) => (await makeToken(auth, { authUserId, accountId: accountId!, name: 'bench' })).token;
  return { all: await token(administrator.authUserId), own: await token(person) };
}

/** What is asked, by name; several paths take turns. */
async function requestsOf(client: ApiClient): Promise<[string, string[]][]> {
  interface Talk {
    number: number;
    contact: { id: number };
    entity: { id: number } | null;
  }
  const page = (path: string) => client.call<{ items: Talk[]; nextCursor: string | null }>('GET', path);
  /** The page after so many others. */
  const deep = async (path: string, pages: number) => {
    let cursor: string | null = null;
    for (let index = 0; index < pages; index += 1) {
      cursor = (await page(`${path}&limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)).nextCursor;
      if (cursor === null) break;
    }
    return cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
  };
  const talks = [...(await page('/api/conversations?limit=100')).items, ...(await page('/api/conversations?view=closed&limit=100')).items];
  const each = (path: (talk: Talk) => string) => talks.map(path);
  const word = encodeURIComponent;
  const now = Date.now();
  const daysAgo = (days: number) => now - days * 86_400_000;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const views = ['mine', 'unassigned', 'waiting', 'unread', 'all', 'awaiting', 'closed'];
  const year = `period=custom&from=${day(daysAgo(364))}&to=${day(now)}`;
  const reports = ['conversations', 'responses', 'missed', 'nps', 'managers', 'bots'];
  return [
    ...views.flatMap((view): [string, string[]][] =>
      (view === 'closed' || view === 'awaiting' ? ['time'] : ['waiting', 'time']).map((order) => [
        `inbox, ${view}, by ${order}`,
        [`/api/conversations?view=${view}&order=${order}&limit=50`],
      ]),
    ),
    ['inbox, closed, page 21', [await deep('/api/conversations?view=closed', 20)]],
    ['inbox, closed, rated 0 to 6', ['/api/conversations?view=closed&rateFrom=0&rateTo=6&limit=50']],
    ['inbox, missed, waiting over an hour', ['/api/conversations?missed=true&waitingSeconds=3600&limit=50']],
    ['inbox, counts', ['/api/conversations/counts']],
    ['conversation', each(({ number }) => `/api/conversations/${number}`)],
    ['conversation, messages', each(({ number }) => `/api/conversations/${number}/messages?limit=60`)],
    ['card of a lead', each(({ entity }) => `/api/leads/${entity?.id}`)],
    ['card, thread', each(({ entity }) => `/api/leads/${entity?.id}/thread?limit=60`)],
    ['contact', each(({ contact }) => `/api/contacts/${contact.id}`)],
    ['leads', ['/api/leads?limit=50']],
    ['leads, open', ['/api/leads?open=true&limit=50']],
    ['leads, with unread', ['/api/leads?conversations=unread&limit=50']],
    ['leads, whose conversations are read', ['/api/leads?conversations=read&limit=50']],
    ['leads, sums of the board', ['/api/leads/totals']],
    ['search, rare word', [`/api/search?q=${word(RARE_WORD.ru)}`, `/api/search?q=${RARE_WORD.en}`]],
    ['search, common word', [`/api/search?q=${word(COMMON_WORD.ru)}`, `/api/search?q=${COMMON_WORD.en}`]],
    ['search, common word, by relevance', [`/api/search?q=${word(COMMON_WORD.ru)}&order=relevance`]],
    ['search, two words', [`/api/search?q=${word('заказ передан')}`, '/api/search?q=check%20order']],
    ['search, clients by name', [`/api/search?q=${word('Анна Ким')}&in=contacts`]],
    ['search, leads', [`/api/search?q=${word('диван')}&in=leads`]],
    ['events', ['/api/events?limit=50']],
    ['events, page 21', [await deep('/api/events?', 20)]],
    ['events, conversations created', ['/api/events?type=talk_created&limit=50']],
    ['events, of a user', [`/api/events?author=user&type=talk_closed&limit=50`]],
    ['events, rates and late answers', ['/api/events?type=nps_rate_added,talk_missed_event&limit=50']],
    ['events, of a year ago', [`/api/events?to=${daysAgo(364)}&limit=50`]],
    ['events, of a lead', each(({ entity }) => `/api/events?lead=${entity?.id}`)],
    ['events, rates 0 to 6', ['/api/events?type=nps_rate_added&rate=0-6&limit=50']],
    ...reports.flatMap((name): [string, string[]][] => [
      [`report ${name}, month`, [`/api/reports/${name}?period=month`]],
      [`report ${name}, year`, [`/api/reports/${name}?${year}&group=week`]],
    ]),
    ['notifications', ['/api/notifications?limit=30']],
  ];
}

async function measure(name: string, as: ListResult['as'], client: ApiClient, paths: string[]): Promise<ListResult> {
  const times: number[] = [];
  let bytes = 0;
  for (let index = 0; index < WARM + REPEATS; index += 1) {
    const begin = performance.now();
    const answer = await client.call<unknown>('GET', paths[index % paths.length]!);
    const took = performance.now() - begin;
    if (index >= WARM) times.push(took);
    if (index === WARM + REPEATS - 1) bytes = JSON.stringify(answer).length;
  }
  return { name, as, count: times.length, p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95), bytes };
}
