/** Rows as turns leave them: one client with a chat, a conversation, a lead, a bot that waits. */
import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/connection.ts';
import type { Person, World } from './world.ts';

export interface Card {
  channelId: number;
  contactId: number;
  leadId: number;
  chatId: string;
  externalChatId: string;
  number: number;
  messageId: string;
  botId: number;
  runId: string;
  pipelineId: number;
  /** Ids of the open stages. */
  stageIds: number[];
}

export const greeting = JSON.stringify({
  model: {
    name: 'Greeting',
    type: 2,
    text: JSON.stringify({
      0: {
        question: [{ handler: 'show', params: { type: 'text', value: 'Hello! Which city?' } }],
        answer: [
          { handler: 'show', params: { type: 'text', value: 'Thank you' } },
          { handler: 'stop', params: {} },
        ],
      },
      conversation: false,
    }),
    positions: '[]',
  },
  type_functionality: 0,
});

export async function insertChannelRow(sql: Sql, accountId: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into channels (account_id, type, name, external_id, credentials_sealed, receive, webhook_secret, created_at, updated_at)
    values (${accountId}, 'webchat', 'Site', ${`wc_${randomUUID()}`}, '', 'webhook', '', ${Date.now()}, ${Date.now()}) returning id`;
  return row!.id;
}

/** `responsible`: whose contact and lead it is. */
export async function makeCard(world: World, owner: Person, options: { responsible?: number | null; at?: number } = {}): Promise<Card> {
  const { sql } = world;
  const { accountId } = owner;
  const at = options.at ?? Date.now();
  const responsible = options.responsible === undefined ? owner.userId : options.responsible;
  const channelId = await insertChannelRow(sql, accountId);
  const stages = await sql<{ id: number; pipelineId: number; kind: string }[]>`
    select id, pipeline_id "pipelineId", kind from stages where account_id = ${accountId} order by sort`;
  const open = stages.filter((stage) => stage.kind === 'open');
  const [contact] = await sql<{ id: number }[]>`
    insert into contacts (account_id, name, first_name, responsible_user_id, created_at, updated_at)
    values (${accountId}, 'Anna', 'Anna', ${responsible}, ${at}, ${at}) returning id`;
  const contactId = contact!.id;
  const [lead] = await sql<{ id: number }[]>`
    insert into leads (account_id, name, pipeline_id, status_id, responsible_user_id, contact_id, channel_id, created_at, updated_at)
    values (${accountId}, 'Order', ${open[0]!.pipelineId}, ${open[0]!.id}, ${responsible}, ${contactId}, ${channelId}, ${at}, ${at}) returning id`;
  const leadId = lead!.id;
  const chatId = randomUUID();
  const externalChatId = `visitor-${randomUUID()}`;
  const [counter] = await sql<{ number: number }[]>`
    update counters set conversation_number = conversation_number + 1 where account_id = ${accountId} returning conversation_number "number"`;
  const number = counter!.number;
  const messageId = randomUUID();
  const bot = await world.call(owner, 'POST', '/api/bots/import', greeting);
  if (bot.status !== 201) throw new Error(await bot.text());
  const { id: botId } = (await bot.json()) as { id: number };
  const published = await world.call(owner, 'POST', `/api/bots/${botId}/publish`, { acceptWarnings: true });
  if (published.status !== 200) throw new Error(await published.text());
  const runId = randomUUID();
  await sql`
    insert into bot_runs (account_id, id, bot_id, version, lead_id, contact_id, chat_id, conversation_number, status, state, wait, start_key, started_by, created_at)
    values (${accountId}, ${runId}, ${botId}, 1, ${leadId}, ${contactId}, ${chatId}, ${number}, 'running',
      ${{ counters: { lastClientAt: at } } as never}, ${{ step: 0, title: 'City', waits: 'message', question: 'Which city?' } as never},
      ${`trigger/${runId}`}, ${{ kind: 'trigger', triggerId: 1 } as never}, ${at})`;
  await sql`
    insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, listener_run_id, talk_number, last_position, last_message_at,
      last_message_text, last_message_author, last_client_at, created_at)
    values (${accountId}, ${chatId}, ${channelId}, ${externalChatId}, 'private', ${contactId}, ${runId}, ${number}, 2, ${at + 1}, 'Which city?', 'bot', ${at}, ${at})`;
  await sql`
    insert into conversations (account_id, number, chat_id, channel_id, contact_id, entity_type, entity_id, status, is_read, opening, opened_at, waiting_since,
      last_message_at, created_at, updated_at)
    values (${accountId}, ${number}, ${chatId}, ${channelId}, ${contactId}, 'lead', ${leadId}, 'in_work', false, 1, ${at}, ${at}, ${at + 1}, ${at}, ${at})`;
  await sql`insert into openings (account_id, number, opening, how, opened_at) values (${accountId}, ${number}, 1, 'born', ${at})`;
  await sql`
    insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, conversation_number, external_id, text, status, written_at)
    values (${accountId}, ${messageId}, ${chatId}, ${channelId}, 1, 'in', 'client', ${number}, ${randomUUID()}, 'Good day', 'accepted', ${at})`;
  await sql`
    insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, author_id, run_id, bot_version, step, conversation_number, key, text,
      status, part_count, written_at)
    values (${accountId}, ${randomUUID()}, ${chatId}, ${channelId}, 2, 'out', 'bot', ${botId}, ${runId}, 1, 0, ${number}, ${`${runId}/1`}, 'Which city?', 'accepted', 1,
      ${at + 1})`;
  const stagesOfMain = open.map((stage) => stage.id);
  return {
    channelId,
    contactId,
    leadId,
    chatId,
    externalChatId,
    number,
    messageId,
    botId,
    runId,
    pipelineId: open[0]!.pipelineId,
    stageIds: stagesOfMain,
  };
}

/** What a GET of the own API answers; throws on anything but 200. `path`: behind `/api`. */
export async function read<Answer>(world: World, person: Person, path: string): Promise<Answer> {
  const answer = await world.call(person, 'GET', `/api${path}`);
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** A row of the list of events, a client's new conversation unless `row` says otherwise; answers its id. */
export async function insertEvent(world: World, person: Person, row: Record<string, unknown>): Promise<number> {
  const full = {
    account_id: person.accountId,
    type: 'talk_created',
    entity_type: 'talk',
    entity_id: 1,
    author_kind: 'client',
    at: Date.now(),
    ...row,
  };
  const [made] = await world.sql<{ id: number }[]>`insert into events ${world.sql(full as never)} returning id`;
  return made!.id;
}
