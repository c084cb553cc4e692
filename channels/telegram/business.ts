/** What a channel knows of the business accounts that its bot answers for. */
import type { BusinessConnection as TelegramConnection } from 'grammy/types';
import {
  type BusinessConnection,
  businessAccountsIn,
  businessConnectionsIn,
  businessFact,
  readBusinessChat,
} from '../../domain/message/business.ts';
import { ChannelError, ChannelInputError, type ConnectedChannel } from '../channel.ts';
import { idField, integerField, textField } from '../fields.ts';
import { botIdOf, call } from './api.ts';
import { BUSINESS_MUTE_WORDS, BUSINESS_OFF_WORDS } from './errors.ts';
import { type BusinessContext, nameOf } from './who.ts';

/** A message waits for the answer. */
const LOOKUP_TIMEOUT_MS = 10_000;

/**
 * Whose accounts these updates speak of: as the channel's facts say, or the updates themselves, else asked of Telegram. `learned` is to join the facts. A
 * connection that Telegram does not know (any more) stays unknown. Throws ChannelError while Telegram cannot be asked.
 */
export async function businessOf(
  channel: ConnectedChannel,
  updates: unknown[],
  signal?: AbortSignal,
): Promise<{ business: BusinessContext; learned?: Record<string, string> }> {
  const learned: Record<string, string> = {};
  const named = new Set<string>();
  for (const update of updates) {
    const told = toldIn(update);
    if (told !== undefined) Object.assign(learned, businessFact(told));
    for (const id of connectionsIn(update)) named.add(id);
  }
  const botId = Number(botIdOf(channel));
  const ownerOf = new Map<string, string>();
  const know = (facts: Record<string, string>) => {
    for (const { id, ownerId } of businessConnectionsIn(facts)) ownerOf.set(id, ownerId);
  };
  if (named.size > 0) know({ ...channel.facts, ...learned });
  for (const id of named) {
    if (ownerOf.has(id)) continue;
    const found = await askFor(channel, id, signal);
    if (found === undefined) continue;
    Object.assign(learned, businessFact(found));
    ownerOf.set(id, found.ownerId);
  }
  const business = { botId, ownerOf: (id: string) => ownerOf.get(id) };
  return Object.keys(learned).length === 0 ? { business } : { business, learned };
}

async function askFor(channel: ConnectedChannel, id: string, signal: AbortSignal | undefined): Promise<BusinessConnection | undefined> {
  const options = { timeoutMs: LOOKUP_TIMEOUT_MS, reading: true, ...(signal === undefined ? {} : { signal }) };
  try {
    return connectionOf(
      await call(channel, options, (api, apiSignal) => api.raw.getBusinessConnection({ business_connection_id: id }, apiSignal)),
    );
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'refused') return undefined;
    throw error;
  }
}

/** The connection that an update is about; undefined also for one that cannot be read. */
export function toldIn(update: unknown): BusinessConnection | undefined {
  const told = fieldOf(update, 'business_connection');
  try {
    return told === undefined ? undefined : connectionOf(told as TelegramConnection);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Bots from before the list of rights knew one only, `can_reply`; Telegram still sends both. */
function connectionOf(told: TelegramConnection & { can_reply?: boolean }): BusinessConnection {
  const { user } = told;
  return {
    id: idField(told.id),
    ownerId: String(integerField(user.id)),
    ownerName: nameOf(user),
    ...(user.username === undefined ? {} : { username: textField(user.username) }),
    connectedAt: integerField(told.date) * 1000,
    isEnabled: told.is_enabled === true,
    mayReply: (told.rights?.can_reply ?? told.can_reply) === true,
  };
}

/** The connections that an update's messages came by. */
function connectionsIn(update: unknown): string[] {
  const holders = [
    ...['business_message', 'edited_business_message', 'deleted_business_messages'].map((kind) => fieldOf(update, kind)),
    fieldOf(fieldOf(update, 'callback_query'), 'message'),
  ];
  return holders.map((holder) => fieldOf(holder, 'business_connection_id')).filter((id) => typeof id === 'string');
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Where a chat is written to. Throws ChannelError `refused` where its business account does not let the bot write. */
export function targetOf(channel: ConnectedChannel, externalChatId: string): { chat_id: number | string; business_connection_id?: string } {
  const chat = readBusinessChat(externalChatId);
  if (chat === undefined) {
    const number = Number(externalChatId);
    return { chat_id: Number.isSafeInteger(number) ? number : externalChatId };
  }
  const account = businessAccountsIn(channel.facts).find(({ ownerId }) => ownerId === chat.ownerId);
  if (account?.isEnabled !== true) throw new ChannelError('refused', { code: 'business_off', words: BUSINESS_OFF_WORDS });
  if (!account.mayReply) throw new ChannelError('refused', { code: 'business_mute', words: BUSINESS_MUTE_WORDS });
  return { chat_id: chat.clientId, business_connection_id: account.id };
}

/** The owner of a connected business account, by `@name`, its address or number: those are whose replies come by their author's number. */
export async function findColleague(channel: ConnectedChannel, given: string): Promise<{ externalId: string; name: string }> {
  const wanted = given
    .trim()
    .replace(/^(?:https?:\/\/)?(?:t\.me\/|@)?/i, '')
    .toLowerCase();
  const found = businessAccountsIn(channel.facts).find(({ ownerId, username }) => ownerId === wanted || username?.toLowerCase() === wanted);
  if (found !== undefined) return { externalId: found.ownerId, name: found.ownerName };
  throw new ChannelInputError(
    'externalId',
    `No business account "${given.slice(0, 100)}" is connected to this bot: connect it in Telegram first, then give its name, such as @anna`,
  );
}
