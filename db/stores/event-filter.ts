/** What of the list of events is asked for: the same filter serves pages, the live tail and exports. */
import type { Author } from '../../domain/conversation/model.ts';
import type { Queries } from '../connection.ts';

export interface EventFilter {
  types?: string[] | undefined;
  leadId?: number | undefined;
  contactId?: number | undefined;
  /** The customer itself and its tasks. */
  customerId?: number | undefined;
  conversationNumber?: number | undefined;
  entityTypes?: string[] | undefined;
  /** Any of these; without ids, everybody of that kind; 0: those of it that the account does not know. */
  authors?: { kind: Author['kind']; id?: number | undefined }[] | undefined;
  channelIds?: number[] | undefined;
  /** Who answers for the client now; 0: nobody. */
  responsibleIds?: number[] | undefined;
  /** Events about a bot's runs. */
  botIds?: number[] | undefined;
  /** How a run ended. */
  outcomes?: string[] | undefined;
  /** Rates from … to, both included. */
  rates?: [number, number] | undefined;
  /** Replies that ended a client's waiting: all, or the first of each opening. */
  answers?: 'any' | 'first' | undefined;
  /** How long the client had waited for them, in ms; the end is left out. */
  waited?: { leastMs: number; belowMs?: number } | undefined;
  /** Epoch ms, both included. */
  from?: number | undefined;
  to?: number | undefined;
}

/**
 * The conditions on `e` (events), each with its `and`; account and sight are the caller's. One type stands as an equality: only then does its index give the
 * rows in order, and a page is read instead of all of a kind.
 */
export function eventConditions(sql: Queries, accountId: number, filter: EventFilter) {
  const {
    types,
    leadId,
    contactId,
    customerId,
    conversationNumber,
    entityTypes,
    authors,
    channelIds,
    responsibleIds,
    botIds,
    outcomes,
    rates,
    answers,
    waited,
    from,
    to,
  } = filter;
  return sql`
      ${types === undefined ? sql`` : types.length === 1 ? sql`and e.type = ${types[0]!}` : sql`and e.type = any(${types}::text[])`}
      ${leadId === undefined ? sql`` : sql`and e.lead_id = ${leadId}`}
      ${contactId === undefined ? sql`` : sql`and e.contact_id = ${contactId}`}
      ${
        customerId === undefined
          ? sql``
          : sql`and (e.entity_type = 'customer' and e.entity_id = ${customerId} or e.entity_type = 'task' and e.entity_id = any(array(
              select k.id from tasks k where k.account_id = ${accountId} and k.entity_type = 'customer' and k.entity_id = ${customerId})))`
      }
      ${conversationNumber === undefined ? sql`` : sql`and e.conversation_number = ${conversationNumber}`}
      ${entityTypes === undefined ? sql`` : sql`and e.entity_type = any(${entityTypes}::text[])`}
      ${authors === undefined ? sql`` : byAuthors(sql, authors)}
      ${
        channelIds === undefined
          ? sql``
          : sql`and exists (select 1 from conversations t where t.account_id = ${accountId} and t.number = e.conversation_number and t.channel_id = any(${channelIds}::bigint[]))`
      }
      ${
        responsibleIds === undefined
          ? sql``
          : sql`and exists (select 1 from contacts a where a.account_id = ${accountId} and a.id = e.contact_id and coalesce(a.responsible_user_id, 0) = any(${responsibleIds}::bigint[]))`
      }
      ${botIds === undefined ? sql`` : sql`and (e.value_after -> 0 -> 'bot' ->> 'id')::bigint = any(${botIds}::bigint[])`}
      ${outcomes === undefined ? sql`` : sql`and e.value_after -> 0 ->> 'outcome' = any(${outcomes}::text[])`}
      ${rates === undefined ? sql`` : sql`and (e.value_after -> 0 -> 'nps' ->> 'rate')::int between ${rates[0]} and ${rates[1]}`}
      ${
        answers === undefined
          ? sql``
          : sql`and e.type = 'outgoing_chat_message' and exists (select 1 from responses r
              where r.account_id = ${accountId} and r.message_id = (e.value_after #>> '{0,message,id}')::uuid
                ${answers === 'first' ? sql`and r.is_first` : sql``}
                ${waited === undefined ? sql`` : sql`and r.raw_ms >= ${waited.leastMs}`}
                ${waited?.belowMs === undefined ? sql`` : sql`and r.raw_ms < ${waited.belowMs}`})`
      }
      ${from === undefined ? sql`` : sql`and e.at >= ${from}::timestamptz`}
      ${to === undefined ? sql`` : sql`and e.at <= ${to}::timestamptz`}`;
}

function byAuthors(sql: Queries, authors: NonNullable<EventFilter['authors']>) {
  const kinds = authors.filter(({ id }) => id === undefined).map(({ kind }) => kind);
  const named = authors.filter(({ id }) => id !== undefined);
  return sql`and (e.author_kind = any(${kinds as string[]}::text[])
    or (e.author_kind, coalesce(e.author_id, 0)) in (select * from unnest(${named.map(({ kind }) => kind as string)}::text[], ${named.map(({ id }) => id!)}::bigint[])))`;
}
