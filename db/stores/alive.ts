import type { Queries } from '../connection.ts';

/** Where a page begins: after this row. */
type After = { accountId: number; id: string } | undefined;

export interface AliveConversation {
  accountId: number;
  /** The chat's id. */
  id: string;
  channelId: number;
  externalChatId: string;
}

export interface AliveRun {
  accountId: number;
  id: string;
  botId: number;
  botName: string;
  channelId: number | null;
  wakeDue: boolean;
}

/**
 * Chats that something is still expected of, over all accounts: an open conversation, parts that have not gone out,
 * short messages that wait for more lines, or files that have not been copied.
 */
export function aliveConversations(sql: Queries, after: After, limit: number): Promise<AliveConversation[]> {
  return sql<AliveConversation[]>`
    select h.account_id "accountId", h.id, h.channel_id "channelId", h.external_chat_id "externalChatId"
    from chats h
    where ${beyond(sql, after, 'h')} and (
      h.pending is not null
      or exists (select 1 from conversations t where t.account_id = h.account_id and t.chat_id = h.id and t.number = h.talk_number and t.status <> 'closed')
      or exists (select 1 from parts p where p.account_id = h.account_id and p.chat_id = h.id and p.status in ('planned', 'claimed'))
      or exists (select 1 from attachments a where a.account_id = h.account_id and a.chat_id = h.id and a.copy = 'waiting'))
    order by h.account_id, h.id limit ${limit}`;
}

/** Runs that have not ended, or whose end their workflow has not been told, over all accounts. */
export function aliveRuns(sql: Queries, after: After, limit: number): Promise<AliveRun[]> {
  return sql<AliveRun[]>`
    select r.account_id "accountId", r.id, r.bot_id "botId", coalesce(b.name, '') "botName", h.channel_id "channelId", r.wake_due "wakeDue"
    from bot_runs r
    left join bots b on b.account_id = r.account_id and b.id = r.bot_id
    left join chats h on h.account_id = r.account_id and h.id = r.chat_id
    where ${beyond(sql, after, 'r')} and (r.status <> 'ended' or r.wake_due)
    order by r.account_id, r.id limit ${limit}`;
}

/** Runs whose deadline passed before `at` and that nobody woke, over all accounts; a thousand at a time. */
export function overdueRuns(sql: Queries, at: number): Promise<AliveRun[]> {
  return sql<AliveRun[]>`
    select r.account_id "accountId", r.id, r.bot_id "botId", coalesce(b.name, '') "botName", h.channel_id "channelId", r.wake_due "wakeDue"
    from bot_runs r
    left join bots b on b.account_id = r.account_id and b.id = r.bot_id
    left join chats h on h.account_id = r.account_id and h.id = r.chat_id
    where r.status <> 'ended' and r.deadline_at < ${at}
    order by r.deadline_at limit 1000`;
}

function beyond(sql: Queries, after: After, table: string) {
  return after === undefined ? sql`true` : sql`(${sql(table)}.account_id, ${sql(table)}.id) > (${after.accountId}, ${after.id})`;
}
