import type { Queries, Sql } from '../connection.ts';
import { notify } from '../notify.ts';
import type { ChannelSettings } from '../settings.ts';

export interface ChannelRow {
  accountId: number;
  id: number;
  type: string;
  name: string;
  externalId: string;
  credentialsSealed: string;
  apiRoot: string | null;
  receive: 'webhook' | 'polling';
  webhookSecret: string;
  facts: Record<string, string>;
  settings: ChannelSettings;
  shortLinks: boolean;
  state: 'connected' | 'disconnected';
  stateWords: string;
  connectedBy: { id: number; name: string } | null;
  createdAt: number;
  updatedAt: number;
}

const columns = (sql: Queries) => sql`
  ch.account_id "accountId", ch.id, ch.type, ch.name, ch.external_id "externalId", ch.credentials_sealed "credentialsSealed", ch.api_root "apiRoot",
  ch.receive, ch.webhook_secret "webhookSecret", ch.facts, ch.settings, ch.short_links "shortLinks", ch.state, ch.state_words "stateWords",
  ch.created_at "createdAt", ch.updated_at "updatedAt",
  (select jsonb_build_object('id', u.id, 'name', u.name) from users u where u.account_id = ch.account_id and u.id = ch.connected_by) "connectedBy"`;

export function listChannels(sql: Queries, accountId: number): Promise<ChannelRow[]> {
  return sql<ChannelRow[]>`select ${columns(sql)} from channels ch where ch.account_id = ${accountId} order by ch.id`;
}

export async function findChannel(sql: Queries, accountId: number, channelId: number): Promise<ChannelRow | undefined> {
  const [row] = await sql<
    ChannelRow[]
  >`select ${columns(sql)} from channels ch where ch.account_id = ${accountId} and ch.id = ${channelId}`;
  return row;
}

/** A webhook's address names type and id only: the one lookup that does not know the account yet. */
export async function channelOfWebhook(sql: Queries, type: string, channelId: number): Promise<ChannelRow | undefined> {
  const [row] = await sql<ChannelRow[]>`select ${columns(sql)} from channels ch where ch.id = ${channelId} and ch.type = ${type}`;
  return row;
}

/** The channel that holds a messenger's account, in whichever account of ours. */
export async function channelOfExternalId(sql: Queries, type: string, externalId: string): Promise<ChannelRow | undefined> {
  const [row] = await sql<ChannelRow[]>`
    select ${columns(sql)} from channels ch where ch.type = ${type} and ch.external_id = ${externalId} and ch.state = 'connected'`;
  return row;
}

/** The web chat whose script tag carries this public key. */
export async function channelOfKey(sql: Queries, key: string): Promise<ChannelRow | undefined> {
  const [row] = await sql<ChannelRow[]>`
    select ${columns(sql)} from channels ch where ch.type = 'webchat' and ch.external_id = ${key} and ch.state = 'connected'`;
  return row;
}

export interface ChannelDraft {
  type: string;
  name: string;
  apiRoot: string | null;
  receive: 'webhook' | 'polling';
  webhookSecret: string;
  settings: ChannelSettings;
  connectedBy: number;
}

/** The row that a messenger's handshake finds while the channel is being connected: not connected yet, without credentials. */
export async function insertChannel(sql: Queries, accountId: number, draft: ChannelDraft, at: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into channels (account_id, type, name, external_id, credentials_sealed, api_root, receive, webhook_secret, settings, state, state_words,
      connected_by, created_at, updated_at)
    values (${accountId}, ${draft.type}, ${draft.name}, '', '', ${draft.apiRoot}, ${draft.receive}, ${draft.webhookSecret},
      ${draft.settings as never}, 'disconnected', 'connecting', ${draft.connectedBy}, ${at}, ${at})
    returning id`;
  return row!.id;
}

export interface ChannelChange {
  name?: string;
  externalId?: string;
  credentialsSealed?: string;
  apiRoot?: string | null;
  receive?: 'webhook' | 'polling';
  facts?: Record<string, string>;
  settings?: ChannelSettings;
  shortLinks?: boolean;
  state?: 'connected' | 'disconnected';
  stateWords?: string;
}

/** Throws Postgres' unique violation (23505, `channels_external`) when what is connected is connected elsewhere in the installation. */
export async function updateChannel(sql: Queries, accountId: number, channelId: number, change: ChannelChange, at: number): Promise<void> {
  const { apiRoot, facts, settings } = change;
  await sql`
    update channels set name = coalesce(${change.name ?? null}, name), external_id = coalesce(${change.externalId ?? null}, external_id),
      credentials_sealed = coalesce(${change.credentialsSealed ?? null}, credentials_sealed),
      api_root = ${apiRoot === undefined ? sql`api_root` : sql`${apiRoot}`}, receive = coalesce(${change.receive ?? null}, receive),
      facts = ${facts === undefined ? sql`facts` : sql`${facts as never}`},
      settings = ${settings === undefined ? sql`settings` : sql`${settings as never}`},
      short_links = coalesce(${change.shortLinks ?? null}, short_links), state = coalesce(${change.state ?? null}, state),
      state_words = coalesce(${change.stateWords ?? null}, state_words), updated_at = ${at}
    where account_id = ${accountId} and id = ${channelId}`;
}

/** What a messenger told of a connected channel joins its facts; every process reads them anew. */
export async function learnFacts(sql: Sql, channel: { accountId: number; id: number }, learned: Record<string, string>): Promise<void> {
  const { accountId, id } = channel;
  await sql`update channels set facts = facts || ${learned as never} where account_id = ${accountId} and id = ${id}`;
  notify(sql, [{ accountId, kind: 'channel', id }]);
}

/** Removes a channel nobody has written through; false when it has chats, which keep their history. */
export async function deleteUnusedChannel(sql: Queries, accountId: number, channelId: number): Promise<boolean> {
  const rows = await sql`
    delete from channels where account_id = ${accountId} and id = ${channelId}
    and not exists (select 1 from chats where account_id = ${accountId} and channel_id = ${channelId}) returning id`;
  if (rows.length > 0) await sql`delete from channel_leases where account_id = ${accountId} and channel_id = ${channelId}`;
  return rows.length > 0;
}

export async function insertUnparsed(
  sql: Queries,
  row: { accountId: number; channelId: number; body: string; reason: string; at: number },
): Promise<void> {
  await sql`
    insert into unparsed_webhooks (account_id, channel_id, body, reason, at)
    values (${row.accountId}, ${row.channelId}, ${row.body.replaceAll('\0', '\uFFFD')}, ${row.reason}, ${row.at})`;
}
