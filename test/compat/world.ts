import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { CompatBotStart, CompatDeps, CompatEnv, CompatOrderOutcome } from '../../api/compat/model.ts';
import { compatRoutes } from '../../api/compat/routes.ts';
import type { ContactChange, LeadChange } from '../../api/contract/leads.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { rightsOfRole } from '../../domain/rights/rights.ts';
import { createTestDatabase } from '../../embedded/testing.ts';
import type { ChatKey, ConversationOrder } from '../../workflows/messages.ts';

/** Everything one account of the test world has. Ids are the account's own. */
export interface Account {
  id: number;
  admin: number;
  manager: number;
  reader: number;
  channel: number;
  pipeline: number;
  contact: number;
  /** The manager who sees only own contacts may not see this one's. */
  foreignContact: number;
  lead: number;
  bot: number;
  runOnLead: string;
  chat: string;
  openTalk: number;
  closedTalk: number;
  foreignTalk: number;
  file: string;
  firstEvent: number;
}

export type Role = 'admin' | 'manager' | 'reader';

export interface CompatWorld {
  sql: Sql;
  mine: Account;
  theirs: Account;
  orders: { key: ChatKey; id: string; order: ConversationOrder }[];
  starts: CompatBotStart[];
  stops: string[];
  changes: { leadId: number; change: LeadChange }[];
  contactChanges: { contactId: number; change: ContactChange }[];
  /** What the next orders are answered with. */
  outcome: CompatOrderOutcome;
  /** Calls the API as a user of an account; `as: null` is nobody, absent the administrator of `mine`. */
  call(path: string, options?: { as?: [Account, Role] | null; method?: string; body?: unknown; key?: string }): Promise<Reply>;
  end(): Promise<void>;
}

/** A list that an answer never leaves empty. */
type Some<Item> = [Item, ...Item[]];

/** What the tests name in answers of the vendor's shape; which of it there is depends on the path, and the rest they compare whole. */
export interface CompatJson {
  id: number | string;
  contact_id: number;
  status: number;
  updated_at: number;
  amojo_id?: string;
  custom_fields_values: unknown;
  _total_items: number;
  _links: { next?: { href: string } };
  _embedded: {
    chats: object[];
    contacts: { id: number }[];
    events: Some<{ id: string; type: string; _embedded: { entity: { id: number } } }>;
    events_types: object[];
    items: object[];
    leads: { name: string }[];
    messages: { text: string; message_type: string; attachments: { link: string }[] }[];
    talks: { talk_id: number }[];
    users: { rights: { is_admin: boolean } }[];
    webhooks: Some<{ sort: number; disabled: boolean }>;
  };
  'validation-errors': Some<{ request_id: string; errors: Some<{ code: string; path: string }> }>;
}

export interface Reply {
  status: number;
  type: string;
  text: string;
  /** Undefined where the answer is no JSON. */
  json: CompatJson;
}

/** 2026-03-02 10:00:00 UTC. */
export const START = Date.UTC(2026, 2, 2, 10);

/** Two accounts with the same kinds of things on a real database, and the routes over it; orders are only noted. */
export async function createCompatWorld(): Promise<CompatWorld> {
  const database = await createTestDatabase();
  const sql = connect(database.url, { max: 4 });
  const mine = await seedAccount(sql, 'mine');
  const theirs = await seedAccount(sql, 'theirs');
  const users = new Map<string, CompatEnv['Variables']['actor']>();
  for (const account of [mine, theirs]) {
    users.set(`${account.id}/admin`, {
      accountId: account.id,
      userId: account.admin,
      role: 'administrator',
      rights: rightsOfRole.administrator,
      colleagueIds: [account.admin],
    });
    users.set(`${account.id}/manager`, {
      accountId: account.id,
      userId: account.manager,
      role: 'manager',
      rights: { ...rightsOfRole.manager, see: 'own', edit: 'own' },
      colleagueIds: [account.manager],
    });
    users.set(`${account.id}/reader`, {
      accountId: account.id,
      userId: account.reader,
      role: 'readonly',
      rights: rightsOfRole.readonly,
      colleagueIds: [account.reader],
    });
  }
  const world: CompatWorld = {
    sql,
    mine,
    theirs,
    orders: [],
    starts: [],
    stops: [],
    changes: [],
    contactChanges: [],
    outcome: { taken: true, answer: { status: 'in_work', isRead: true, messageId: '0b5e6d3a-1111-4222-8333-abcdefabcdef' } },
    async call(path, { as, method = 'GET', body, key } = {}) {
      const [account, role] = as ?? [mine, 'admin' as const];
      const headers: Record<string, string> = as === null ? {} : { 'x-user': `${account.id}/${role}` };
      if (key !== undefined) headers['Idempotency-Key'] = key;
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await app.request(`https://crm.test${path}`, { method, headers, ...(text === undefined ? {} : { body: text }) });
      const reply = await answer.text();
      const type = answer.headers.get('content-type') ?? '';
      return { status: answer.status, type, text: reply, json: type.includes('json') ? JSON.parse(reply) : undefined };
    },
    async end() {
      await sql.end();
      await database.drop();
    },
  };
  const deps: CompatDeps = {
    sql,
    async order(key, id, order) {
      world.orders.push({ key, id, order });
      return world.outcome;
    },
    async startBot(start) {
      world.starts.push(start);
    },
    async stopRun(_accountId, runId) {
      world.stops.push(runId);
    },
    async changeLead(_accountId, leadId, change) {
      world.changes.push({ leadId, change });
      return START + 5000;
    },
    async changeContact(_accountId, contactId, change) {
      world.contactChanges.push({ contactId, change });
      return START + 5000;
    },
    fileUrl: (accountId, fileId) => `https://crm.test/files/${accountId}/${fileId}`,
    linkBase: async () => 'https://go.example',
    originOf: (type) => (type === 'telegram' ? 'telegram' : `com.example.${type}`),
    webhookSecret: ({ id }) => `secret-${id}`,
  };
  const app = new Hono<CompatEnv>();
  app.use(async (c, next) => {
    const actor = users.get(c.req.header('x-user') ?? '');
    if (actor !== undefined) c.set('actor', actor);
    await next();
  });
  app.route('/', compatRoutes(deps));
  return world;
}

async function seedAccount(sql: Sql, name: string): Promise<Account> {
  const at = sql.typed.instant(START);
  const one = async (rows: Promise<postgresRow[]>) => Number((await rows)[0]!.id);
  const id = await one(sql`insert into accounts (name, subdomain, created_at) values (${name}, ${name}, ${at}) returning id`);
  const user = (who: string, role: string, sees: string) =>
    one(sql`insert into users (account_id, name, email, role, rights, created_at)
      values (${id}, ${who}, ${`${who}@${name}.test`}, ${role}, ${(sees === 'own' ? { see: 'own', edit: 'own' } : {}) as never}, ${at}) returning id`);
  const admin = await user('admin', 'administrator', 'all');
  const manager = await user('manager', 'manager', 'own');
  const reader = await user('reader', 'readonly', 'all');
  const channel =
    await one(sql`insert into channels (account_id, type, name, external_id, credentials_sealed, receive, webhook_secret, created_at, updated_at)
    values (${id}, 'telegram', 'Bot', ${name}, 'sealed', 'webhook', 'secret', ${at}, ${at}) returning id`);
  const pipeline = await one(sql`insert into pipelines (account_id, name, is_main) values (${id}, 'Sales', true) returning id`);
  await sql`insert into stages (account_id, pipeline_id, id, name, kind) values (${id}, ${pipeline}, 10, 'New', 'open'), (${id}, ${pipeline}, 142, 'Won', 'won')`;
  const phoneField = await one(
    sql`insert into custom_fields (account_id, entity, name, code, type, sort) values (${id}, 'contact', 'Phone', 'PHONE', 'multitext', 1) returning id`,
  );
  const emailField = await one(
    sql`insert into custom_fields (account_id, entity, name, code, type, sort) values (${id}, 'contact', 'E-mail', 'EMAIL', 'multitext', 2) returning id`,
  );
  const tag = await one(sql`insert into tags (account_id, entity, name) values (${id}, 'lead', 'hot') returning id`);
  const fields = { [phoneField]: [{ value: '+79990000000', code: 'WORK' }], [emailField]: [{ value: 'ann@example.test', code: 'WORK' }] };
  const contact =
    await one(sql`insert into contacts (account_id, name, first_name, last_name, responsible_user_id, fields, created_at, updated_at)
    values (${id}, 'Ann Lee', 'Ann', 'Lee', ${manager}, ${sql.typed.json(fields)}, ${at}, ${at}) returning id`);
  const foreignContact = await one(sql`insert into contacts (account_id, name, responsible_user_id, created_at, updated_at)
    values (${id}, 'Bob', ${admin}, ${at}, ${at}) returning id`);
  const lead =
    await one(sql`insert into leads (account_id, name, price, pipeline_id, status_id, responsible_user_id, contact_id, tag_ids, created_at, updated_at)
    values (${id}, 'Deal', 1500, ${pipeline}, 10, ${manager}, ${contact}, ${sql.array([tag], 20)}, ${at}, ${at}) returning id`);
  await sql`insert into leads (account_id, name, pipeline_id, status_id, responsible_user_id, created_at, updated_at)
    values (${id}, 'Won deal', ${pipeline}, 142, ${admin}, ${at}, ${sql.typed.instant(START + 60_000)})`;
  const bot = await one(
    sql`insert into bots (account_id, name, draft_source, live_version, created_at, updated_at) values (${id}, 'Greeter', '{}', 1, ${at}, ${at}) returning id`,
  );
  const runOnLead = randomUUID();
  await sql`insert into bot_runs (account_id, id, bot_id, version, lead_id, status, start_key, started_by, created_at)
    values (${id}, ${runOnLead}, ${bot}, 1, ${lead}, 'running', 'seed', ${sql.typed.json({ kind: 'system' })}, ${at})`;

  const chat = await seedChat(sql, id, channel, contact, `chat-${name}`);
  const foreignChat = await seedChat(sql, id, channel, foreignContact, `other-${name}`);
  await seedTalk(sql, { id, number: 1, chat, channel, contact, status: 'closed' });
  await seedTalk(sql, { id, number: 2, chat, channel, contact, status: 'in_work', leadId: lead });
  await seedTalk(sql, { id, number: 3, chat: foreignChat, channel, contact: foreignContact, status: 'in_work' });
  const file = await seedMessages(sql, { id, chat, channel, admin, bot });
  const firstEvent = await seedEvents(sql, { id, contact, foreignContact, lead, admin, pipeline });
  return {
    id,
    admin,
    manager,
    reader,
    channel,
    pipeline,
    contact,
    foreignContact,
    lead,
    bot,
    runOnLead,
    chat,
    openTalk: 2,
    closedTalk: 1,
    foreignTalk: 3,
    file,
    firstEvent,
  };
}

type postgresRow = Record<string, unknown>;

async function seedChat(sql: Sql, account: number, channel: number, contact: number, externalId: string): Promise<string> {
  const chat = randomUUID();
  await sql`insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, created_at)
    values (${account}, ${chat}, ${channel}, ${externalId}, 'private', ${contact}, ${sql.typed.instant(START)})`;
  return chat;
}

async function seedTalk(
  sql: Sql,
  talk: { id: number; number: number; chat: string; channel: number; contact: number; status: string; leadId?: number },
): Promise<void> {
  const at = sql.typed.instant(START + talk.number * 1000);
  await sql`insert into conversations (account_id, number, chat_id, channel_id, contact_id, entity_type, entity_id, status, is_read, opening,
      opened_at, last_message_at, created_at, updated_at)
    values (${talk.id}, ${talk.number}, ${talk.chat}, ${talk.channel}, ${talk.contact}, ${talk.leadId === undefined ? null : 'lead'},
      ${talk.leadId ?? null}, ${talk.status}, false, 1, ${at}, ${at}, ${at}, ${at})`;
}

/** Talk 2: a text, an album of two pictures, a bot's answer that was delivered, a person's that was refused, a location. */
async function seedMessages(
  sql: Sql,
  { id, chat, channel, admin, bot }: { id: number; chat: string; channel: number; admin: number; bot: number },
) {
  const write = async (position: number, row: Record<string, unknown>) => {
    const message = {
      account_id: id,
      id: randomUUID(),
      chat_id: chat,
      channel_id: channel,
      position,
      direction: 'in',
      author_kind: 'client',
      conversation_number: 2,
      text: '',
      status: 'delivered',
      written_at: START + position * 1000,
      extra: {},
      ...row,
    };
    await sql`insert into messages ${sql(message as unknown as Record<string, string>)}`;
    return message.id;
  };
  await write(1, { text: 'Hi' });
  const album = await write(2, { text: 'Two pictures' });
  const files = [randomUUID(), randomUUID()];
  for (const [index, file] of files.entries()) {
    await sql`insert into files (account_id, id, name, mime, size_bytes, sha256, storage_key, created_by, created_at)
      values (${id}, ${file}, ${`${index}.png`}, 'image/png', 10, 'x', ${file}, 'test', ${sql.typed.instant(START)})`;
    await sql`insert into attachments (account_id, message_id, index, chat_id, channel_id, kind, file_id, copy, name, mime, size_bytes)
      values (${id}, ${album}, ${index}, ${chat}, ${channel}, 'picture', ${file}, 'stored', ${`${index}.png`}, 'image/png', 10)`;
  }
  await write(3, { direction: 'out', author_kind: 'bot', author_id: bot, text: 'Hello!', status: 'delivered' });
  await write(4, {
    direction: 'out',
    author_kind: 'user',
    author_id: admin,
    text: 'Refused',
    status: 'refused',
    status_words: 'chat not found',
  });
  await write(5, { extra: { location: { latitude: 1, longitude: 2 } } });
  return files[0]!;
}

async function seedEvents(
  sql: Sql,
  {
    id,
    contact,
    foreignContact,
    lead,
    admin,
    pipeline,
  }: { id: number; contact: number; foreignContact: number; lead: number; admin: number; pipeline: number },
): Promise<number> {
  let first = 0;
  const write = async (offset: number, row: Record<string, unknown>) => {
    const event = {
      account_id: id,
      author_kind: 'system',
      contact_id: contact,
      at: START + offset * 1000,
      value_before: [],
      value_after: [],
      ...row,
    };
    const [made] = await sql`insert into events ${sql(event as unknown as Record<string, string>)} returning id`;
    first ||= Number(made!.id);
  };
  await write(0, { type: 'talk_created', entity_type: 'talk', entity_id: 2, author_kind: 'client' });
  await write(1, {
    type: 'incoming_chat_message',
    entity_type: 'lead',
    entity_id: lead,
    author_kind: 'client',
    value_after: [{ message: { id: 'm1' } }],
  });
  await write(2, {
    type: 'lead_status_changed',
    entity_type: 'lead',
    entity_id: lead,
    author_kind: 'user',
    author_id: admin,
    value_before: [{ lead_status: { id: 10, pipeline_id: pipeline } }],
    value_after: [{ lead_status: { id: 142, pipeline_id: pipeline } }],
  });
  await write(3, {
    type: 'nps_rate_added',
    entity_type: 'talk',
    entity_id: 2,
    author_kind: 'bot',
    author_id: 5,
    value_after: [{ nps: { rate: 9 } }],
  });
  await write(4, {
    type: 'talk_closed',
    entity_type: 'talk',
    entity_id: 3,
    author_kind: 'user',
    author_id: admin,
    contact_id: foreignContact,
  });
  return first;
}
