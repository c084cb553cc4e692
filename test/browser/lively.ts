/** An account in the middle of its day: clients with names, waiting times, a bot at work, rated conversations, leads on several stages, two months of totals. */
import { expect, vi } from 'vitest';
import type { ConversationItem, Lead, Pipeline, Settings } from '../../api/contract/index.ts';
import type { Sql } from '../../db/connection.ts';
import { type FakeIntegration, startFakeIntegration } from '../fakes/custom/index.ts';
import { type Line, type LivelyClient, livelyWords } from './lively-words.ts';
import type { Language } from './people.ts';
import { seedTotals } from './two-months.ts';

const MINUTE_MS = 60_000;
/** An answer is late after so many minutes. */
const LIMIT_MINUTES = 15;

export interface Lively {
  /** Number of the conversation by the key of its client. */
  numbers: Record<string, number>;
  leads: Record<string, number>;
  teamChat: number;
  channels: { first: number; second: number };
  stop(): Promise<void>;
}

export interface LivelyPlace {
  url: string;
  sql: Sql;
  /** The API's token of the demo account's administrator. */
  token: string;
  language: Language;
}

/** Calls of the API in the administrator's name, or with another person's cookie. Throws what was answered where it is no success. */
export function caller({ url, token }: { url: string; token: string }) {
  return async <Answer>(method: string, path: string, body?: unknown, cookie?: string): Promise<Answer> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(cookie === undefined ? { Authorization: `Bearer ${token}` } : { Cookie: cookie, Origin: url }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
}

/** Fills the demo account, whose bot speaks the language afterwards. The visitor of the site is the caller's: a real browser. */
export async function makeLively(place: LivelyPlace): Promise<Lively> {
  const { sql, language } = place;
  const words = livelyWords[language];
  const call = caller(place);
  const [account] = await sql<{ id: number; amojoId: string }[]>`select id, amojo_id "amojoId" from accounts where is_demo`;
  const accountId = account!.id;
  await rename(sql, accountId, language);
  const me = await call<{ user: { id: number } }>('GET', '/api/me');
  const colleagues: { id: number; email: string }[] = [];
  for (const [index, name] of words.colleagues.entries()) {
    const email = `colleague-${index + 1}@example.com`;
    colleagues.push({
      email,
      ...(await call<{ id: number }>('POST', '/api/users', { name, email, password: 'correct horse', role: 'manager' })),
    });
  }
  const settings = await call<Settings>('GET', '/api/settings');
  await call('PUT', '/api/settings', {
    responseTime: { ...settings.responseTime, enabled: true, seconds: LIMIT_MINUTES * 60 },
    nps: { enabled: true },
  });
  for (const [title, text] of words.quick) await call('POST', '/api/quick-replies', { title, text, shared: true });
  await speakingBot(call, words.ofBot);

  await seedTotals(sql, words.colleagues);
  const integrations: FakeIntegration[] = [];
  const channels = { first: 0, second: 0 };
  const byChannel = {} as Record<'first' | 'second', FakeIntegration>;
  for (const key of ['first', 'second'] as const) {
    const integration = await startFakeIntegration();
    integrations.push(integration);
    const made = await call<{ id: number; channelId: string; secret: string }>('POST', '/api/channels', {
      type: 'custom',
      name: words.channels[key],
      credentials: { webhookUrl: `${integration.url}/hooks/:scope_id` },
    });
    Object.assign(integration, { api: place.url, channelId: made.channelId, secret: made.secret });
    expect((await integration.connect(account!.amojoId)).status).toBe(200);
    channels[key] = made.id;
    byChannel[key] = integration;
  }

  const cookie = await signedIn(place.url, colleagues[0]!.email);
  const pipeline = (await call<{ items: Pipeline[] }>('GET', '/api/pipelines')).items[0]!;
  const users = [me.user.id, colleagues[0]!.id, colleagues[1]!.id];
  const numbers: Record<string, number> = {};
  const leads: Record<string, number> = {};
  for (const client of words.clients) {
    const talk = await play(call, byChannel[client.channel], client, cookie);
    numbers[client.key] = talk.number;
    leads[client.key] = talk.entity!.id;
    await settle(call, client, talk, { pipeline, users });
    await backdate(sql, accountId, talk.number, client);
  }
  const teamChat = await team(call, place.url, words, colleagues);
  return {
    numbers,
    leads,
    teamChat,
    channels,
    async stop() {
      for (const integration of integrations) await integration.stop();
    },
  };
}

type Call = ReturnType<typeof caller>;

async function rename(sql: Sql, accountId: number, language: Language): Promise<void> {
  const words = livelyWords[language];
  await sql`update accounts set name = ${words.account}, language = ${language} where id = ${accountId}`;
  await sql`update users set name = ${words.me} where account_id = ${accountId}`;
  await sql`update channels set name = ${words.channels.site} where account_id = ${accountId} and type = 'webchat'`;
  await sql`update pipelines set name = ${words.pipeline} where account_id = ${accountId} and is_main`;
  await sql`update custom_fields set name = ${words.phone} where account_id = ${accountId} and code = 'PHONE'`;
  const stages = await sql<{ id: number }[]>`
    select s.id from stages s join pipelines p on p.account_id = s.account_id and p.id = s.pipeline_id
    where s.account_id = ${accountId} and p.is_main order by s.sort, s.id`;
  for (const [index, { id }] of stages.entries()) {
    const name = words.stages[index];
    if (name !== undefined) await sql`update stages set name = ${name} where account_id = ${accountId} and id = ${id}`;
  }
}

/** The demo bot with other words, published and started by the same trigger; nothing where there are none to replace. */
async function speakingBot(call: Call, replaced: Record<string, string>): Promise<void> {
  if (Object.keys(replaced).length === 0) return;
  const { items } = await call<{ items: { id: number; name: string; kind: string }[] }>('GET', '/api/bots');
  for (const { id, kind } of items) {
    if (kind === 'nps') continue;
    const { source, triggers } = await call<{ source: string; triggers: { id: number }[] }>('GET', `/api/bots/${id}`);
    const other = Object.entries(replaced).reduce((text, [from, to]) => text.replaceAll(from, to), source);
    const name = Object.entries(replaced).find(([from]) => items.some((bot) => bot.name === from))?.[1] ?? 'Bot';
    await call('PATCH', `/api/bots/${id}`, { name, source: other });
    await call('POST', `/api/bots/${id}/publish`, {});
    await call(
      'PUT',
      `/api/bots/${id}/triggers`,
      triggers.map(({ id: _, ...trigger }) => trigger),
    );
  }
}

async function signedIn(url: string, email: string): Promise<string> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { Origin: url, 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse' }),
  });
  expect(answer.status).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');
}

/** Says the lines of a conversation one after another, the way they come in life. */
async function play(call: Call, integration: FakeIntegration, client: LivelyClient, cookie: string): Promise<ConversationItem> {
  integration.open(client.key);
  let talk: ConversationItem | undefined;
  const find = async () => {
    const { items } = await call<{ items: ConversationItem[] }>('GET', '/api/conversations?limit=50');
    talk = items.find(({ contact }) => contact.name === client.name);
    return talk;
  };
  for (const [who, text] of client.lines) {
    if (who === 'client') {
      const sender = {
        id: `u-${client.key}`,
        name: client.name,
        profile: { phone: `7999${String(1_000_000 + client.key.length * 7919)}` },
      };
      const event = integration.newMessage(client.key, { type: 'text', text }, { sender });
      expect((await integration.scoped('POST', '', event)).status).toBe(200);
      await vi.waitFor(async () => expect((await find())?.lastMessage?.text).toBe(text), { timeout: 20_000, interval: 100 });
    } else if (who === 'note') await call('POST', `/api/conversations/${talk!.number}/notes`, { text });
    else await call('POST', `/api/conversations/${talk!.number}/messages`, { text }, who === 'colleague' ? cookie : undefined);
  }
  return talk!;
}

/** What people did with it: the card's name, price, stage and tags, who answers for it, and how it ended. */
async function settle(
  call: Call,
  client: LivelyClient,
  talk: ConversationItem,
  { pipeline, users }: { pipeline: Pipeline; users: number[] },
): Promise<void> {
  const { stage, of } = client;
  const leadId = talk.entity!.id;
  if (stage > 0) await call('POST', `/api/leads/${leadId}/accept`, {});
  const responsibleId = of === undefined ? null : users[of]!;
  await call<Lead>('PATCH', `/api/leads/${leadId}`, {
    name: client.lead,
    price: client.price,
    tags: client.tags ?? [],
    responsibleId,
    ...(stage > 1 ? { stageId: pipeline.stages.toSorted((a, b) => a.sort - b.sort)[stage]!.id } : {}),
  });
  await call('PATCH', `/api/contacts/${talk.contact.id}`, { responsibleId });
  if (client.rate !== undefined) await call('POST', `/api/conversations/${talk.number}/close`, { force: true });
}

/** Moves a conversation that has just been played to the minutes its lines name. */
async function backdate(sql: Sql, accountId: number, number: number, client: LivelyClient): Promise<void> {
  const now = Date.now();
  const at = ([, , minutes]: Line) => now - minutes * MINUTE_MS;
  const said = client.lines.filter(([who]) => who !== 'note');
  const [{ chatId } = { chatId: '' }] = await sql<{ chatId: string }[]>`
    select chat_id "chatId" from conversations where account_id = ${accountId} and number = ${number}`;
  const rows = await sql<
    { id: string }[]
  >`select id from messages where account_id = ${accountId} and chat_id = ${chatId} order by position`;
  for (const [index, { id }] of rows.entries()) {
    const line = said[index];
    if (line === undefined) continue;
    await sql`update messages set written_at = ${at(line)}, received_at = case when received_at is not null then ${at(line)}::timestamptz end,
      accepted_at = case when accepted_at is not null then ${at(line) + 900}::timestamptz end where account_id = ${accountId} and id = ${id}`;
  }
  const first = at(client.lines[0]!);
  const last = at(client.lines.at(-1)!);
  const reply = client.lines.findLastIndex(([who]) => who === 'us' || who === 'colleague');
  const unanswered =
    client.rate === undefined && client.read !== true ? client.lines.slice(reply + 1).filter(([who]) => who === 'client') : [];
  const since = unanswered[0] === undefined ? null : at(unanswered[0]);
  const due = since === null ? null : since + LIMIT_MINUTES * MINUTE_MS;
  const firstReply = client.lines.find(([who]) => who === 'us' || who === 'colleague');
  const closed = client.rate === undefined ? null : last + 20 * MINUTE_MS;
  await sql`update conversations set opened_at = ${first}, created_at = ${first}, last_message_at = ${last}, waiting_since = ${since},
    unanswered_at = ${since === null ? null : sql.json(unanswered.map(at))}, answer_due_at = ${due},
    missed_at = ${due !== null && due < now ? due : null}, missed_reported = ${due !== null && due < now},
    is_read = ${since === null}, rate = ${client.rate ?? null}, closed_at = ${closed} where account_id = ${accountId} and number = ${number}`;
  await sql`update openings set opened_at = ${first}, first_reply_at = ${firstReply === undefined ? null : at(firstReply)}, closed_at = ${closed},
    rate = ${client.rate ?? null} where account_id = ${accountId} and number = ${number}`;
  await sql`update chats set last_message_at = ${last}, last_client_at = ${last}, created_at = ${first} where account_id = ${accountId} and id = ${chatId}`;
  const [talk] = await sql<{ contactId: number; leadId: number }[]>`
    select contact_id "contactId", entity_id "leadId" from conversations where account_id = ${accountId} and number = ${number}`;
  await sql`update contacts set created_at = ${first} where account_id = ${accountId} and id = ${talk!.contactId}`;
  await sql`update leads set created_at = ${first} where account_id = ${accountId} and id = ${talk!.leadId}`;
  await sql`update events set at = case when type = 'talk_closed' then ${closed}::timestamptz else ${first}::timestamptz + (id % 50) * interval '1 ms' end
    where account_id = ${accountId} and (conversation_number = ${number} or lead_id = ${talk!.leadId} or contact_id = ${talk!.contactId})`;
  await sql`update notifications set at = ${last} where account_id = ${accountId} and conversation_number = ${number}`;
  const note = client.lines.find(([who]) => who === 'note');
  if (note !== undefined)
    await sql`update notes set created_at = ${at(note)} where account_id = ${accountId} and entity_type = 'talk' and entity_id = ${number}`;
}

async function team(
  call: Call,
  url: string,
  words: (typeof livelyWords)[Language],
  colleagues: { id: number; email: string }[],
): Promise<number> {
  const { id } = await call<{ id: number }>('POST', '/api/internal-chats', {
    title: words.group,
    userIds: colleagues.map((each) => each.id),
  });
  const cookie = await signedIn(url, colleagues[0]!.email);
  for (const { theirs, mine } of words.team) {
    await call('POST', `/api/internal-chats/${id}/messages`, { text: theirs }, cookie);
    await call('POST', `/api/internal-chats/${id}/messages`, { text: mine });
  }
  const direct = await call<{ id: number }>('POST', '/api/internal-chats/direct', { userId: colleagues[0]!.id });
  await call('POST', `/api/internal-chats/${direct.id}/messages`, { text: words.team[0]!.mine });
  return id;
}
