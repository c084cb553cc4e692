import type { Sql } from '../../db/connection.ts';
import type { ChatKey, ConversationOrder, OrderAnswer } from '../../workflows/messages.ts';
import type { Actor } from '../actor.ts';
import type { ContactChange, LeadChange } from '../contract/leads.ts';

/** Who asks; put on the context by the API's authentication before these routes. */
export type CompatActor = Pick<Actor, 'accountId' | 'userId' | 'role' | 'rights' | 'colleagueIds'>;

export interface CompatEnv {
  Variables: { actor: CompatActor };
}

/** `taken` is false where the order is certain to be carried out but was not answered in time. */
export type CompatOrderOutcome = { taken: true; answer: OrderAnswer } | { taken: false };

export interface CompatBotStart {
  accountId: number;
  botId: number;
  leadId?: number;
  contactId?: number;
  /** A user id. */
  by: number;
  /** The same key returns the first run. */
  startKey: string;
}

/** What the amoCRM-shaped API needs of the rest; everything it only reads it reads from Postgres itself. */
export interface CompatDeps {
  sql: Sql;
  /** Sends an order to a chat; `id` is its idempotency key. */
  order(key: ChatKey, id: string, order: ConversationOrder): Promise<CompatOrderOutcome>;
  /** Starts a published bot that is on; what becomes of a run that already is there follows the bot's setting. */
  startBot(start: CompatBotStart): Promise<void>;
  stopRun(accountId: number, runId: string, by: number): Promise<void>;
  /** Changes a lead, writes its events and returns when it was changed (epoch ms); throws ApiError for what cannot be. */
  changeLead(accountId: number, leadId: number, change: LeadChange, by: number): Promise<number>;
  /** The same for a contact. */
  changeContact(accountId: number, contactId: number, change: ContactChange, by: number): Promise<number>;
  /** Absolute address of a stored file: unguessable, without a token. */
  fileUrl(accountId: number, fileId: string): string;
  /** Where an account's short links stand, without a trailing slash. */
  linkBase(accountId: number, requestUrl: string): Promise<string>;
  /** Code of a channel's type in talks (`origin`). */
  originOf(channelType: string): string;
  /** What a subscription's receiver checks signatures with. */
  webhookSecret(webhook: { accountId: number; id: number; secretSalt: string }): string;
}
