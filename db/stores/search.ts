/**
 * Search over messages, contacts and leads. Postgres finds word forms (`search_words` of the migration); the account leads every index. Whatever is
 * typed stays quick: where few rows match, the index of words gives them all; where many do, the newest rows are read in order until a page is
 * full, a bounded stretch at a time, so that a page may be shorter than asked for and still name the next one.
 */
import type { Author } from '../../domain/conversation/model.ts';
import { HIT_END, HIT_START, type SearchWords } from '../../domain/search/words.ts';
import type { Queries } from '../connection.ts';
import { type Sight, seesAll, visible, visibleLead } from './sight.ts';

/** Up to so many matches are sorted; more are found by reading on from the newest. */
const FEW = 1000;
/** Rows that one page reads at most where many match. */
const STRETCH = { messages: 20_000, contacts: 5000 };
/** Rows that are read before anything is asked of the index: words that many messages hold fill a page from these alone. */
const FIRST_LOOK = 2000;
/** Relevance is told among so many matches, the newest where they stand close together. */
const RANKED_MOST = 1000;

const TEXT_MOST = 20_000;
const MARKS = `HighlightAll=true, StartSel="${HIT_START}", StopSel="${HIT_END}"`;

/**
 * What was typed as a tsquery: every word in any of its forms, of the last one the beginning too, as it stands: half an address is no word to the
 * parser. Or the phone that the digits are.
 */
const queryOf = (sql: Queries, { whole, last, phones }: SearchWords) => sql`((
  to_tsquery('russian', ${whole}) && (to_tsquery('russian', ${last}) || ${last}::tsquery))
  ${phones.length === 0 ? sql`` : sql`|| to_tsquery('simple', ${phones.map((digits) => `${digits}:*`).join(' | ')})`})`;

type Fragment = ReturnType<typeof queryOf>;

const marked = (sql: Queries, text: string, query: Fragment) =>
  sql`ts_headline('russian', search_plain(${sql.unsafe(text)}), ${query}, ${MARKS})`;

export type SearchOrder = 'newest' | 'relevance';

export interface MessageFilter {
  channelIds?: number[];
  contactId?: number;
  authorKinds?: Author['kind'][];
  /** A user. */
  authorId?: number;
  /** Written within, both included: epoch milliseconds. */
  from?: number;
  to?: number;
}

export interface MessageHitRow {
  id: string;
  number: number | null;
  contactId: number;
  contactName: string;
  channelId: number;
  channelType: string;
  channelName: string;
  direction: 'in' | 'out';
  authorKind: Author['kind'];
  authorId: number | null;
  authorName: string | null;
  writtenAt: number;
  text: string;
  marked: string;
  rank: number;
}

export interface Found<Row, Key> {
  rows: Row[];
  /** Where to read on although the page is not full. */
  beyond?: Key;
}
/** The row before: its instant and id; with relevance its rank first. */
export type MessageKey = { at: number; id: string; rank?: number };

export async function searchMessages(
  sql: Queries,
  actor: Sight,
  words: SearchWords,
  filter: MessageFilter,
  page: { limit: number; order: SearchOrder; after?: MessageKey },
): Promise<Found<MessageHitRow, MessageKey>> {
  const { accountId } = actor;
  const { after, limit, order } = page;
  if (order === 'newest' && filter.contactId === undefined) {
    const look = sql`(select mw.* from (select st.* ${stretchOf(sql, accountId, filter, after)} limit ${FIRST_LOOK}) mw where mw.words @@ ${queryOf(sql, words)})`;
    const rows = await messagesFrom(sql, actor, queryOf(sql, words), look, filter, page);
    if (rows.length >= limit) return { rows };
  }
  if (filter.contactId !== undefined) {
    // The messages of one client are few enough to look at each.
    const theirs = sql`(select mw.* from chats fc join messages fm on fm.account_id = fc.account_id and fm.chat_id = fc.id
      join message_words mw on mw.account_id = fm.account_id and mw.written_at = fm.written_at and mw.message_id = fm.id
      where fc.account_id = ${accountId} and fc.contact_id = ${filter.contactId} and mw.words @@ ${queryOf(sql, words)})`;
    return { rows: await messagesFrom(sql, actor, queryOf(sql, words), theirs, filter, page) };
  }
  const { query, isFew } = await probe(sql, accountId, words, 'matching_messages');
  const asked = sql`${query}::tsquery`;
  const stretch = isFew ? undefined : stretchOf(sql, accountId, filter, order === 'newest' ? after : undefined);
  const base =
    stretch === undefined
      ? sql`matching_messages(${accountId}::bigint, ${query}::tsquery, ${FEW})`
      : sql`(select mw.* from (select st.* ${stretch} limit ${STRETCH.messages}) mw where mw.words @@ ${asked})`;
  const rows = await messagesFrom(sql, actor, asked, base, filter, page);
  if (stretch === undefined || rows.length >= limit) return { rows };
  if (order === 'relevance') {
    // They stand so far apart that hardly any is new: any of them, then.
    const some = sql`matching_messages(${accountId}::bigint, ${query}::tsquery, ${RANKED_MOST})`;
    return { rows: await messagesFrom(sql, actor, asked, some, filter, page) };
  }
  const [end] = await sql<MessageKey[]>`select st.written_at at, st.message_id id ${stretch} offset ${STRETCH.messages - 1} limit 1`;
  return end === undefined ? { rows } : { rows, beyond: end };
}

/** One page of the matches in `base`, rows of message_words. */
async function messagesFrom(
  sql: Queries,
  actor: Sight,
  query: Fragment,
  base: Fragment,
  filter: MessageFilter,
  { after, limit, order }: { limit: number; order: SearchOrder; after?: MessageKey },
): Promise<MessageHitRow[]> {
  const { accountId } = actor;
  const matches = sql`select w.* from ${base} w where ${messageCondition(sql, actor, filter)}`;
  const pageOf =
    order === 'newest'
      ? sql`select w.*, 0::float8 rank from (${matches}) w
          ${after === undefined ? sql`` : sql`where (w.written_at, w.message_id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
          order by w.written_at desc, w.message_id desc limit ${limit}`
      : sql`select * from (select w.*, ts_rank_cd(w.words, ${query})::float8 rank from (
            select * from (${matches}) w order by w.written_at desc, w.message_id desc limit ${RANKED_MOST}) w) w
          ${after === undefined ? sql`` : sql`where (w.rank, w.written_at, w.message_id) < (${after.rank ?? 0}::float8, ${after.at}::timestamptz, ${after.id}::uuid)`}
          order by w.rank desc, w.written_at desc, w.message_id desc limit ${limit}`;
  return sql<MessageHitRow[]>`
    with page as materialized (${pageOf})
    select m.id, coalesce(m.conversation_number, c.talk_number) number, ct.id "contactId", ct.name "contactName", ch.id "channelId", ch.type "channelType",
      ch.name "channelName", m.direction, m.author_kind "authorKind", m.author_id "authorId",
      case m.author_kind when 'client' then ct.name when 'user' then u.name when 'bot' then b.name end "authorName", m.written_at "writtenAt",
      left(m.text, ${TEXT_MOST}) text, ${marked(sql, 'm.text', query)} marked, w.rank
    from page w
    join messages m on m.account_id = ${accountId} and m.id = w.message_id
    join chats c on c.account_id = m.account_id and c.id = m.chat_id
    join contacts ct on ct.account_id = c.account_id and ct.id = c.contact_id
    join channels ch on ch.account_id = c.account_id and ch.id = c.channel_id
    left join users u on m.author_kind = 'user' and u.account_id = m.account_id and u.id = m.author_id
    left join bots b on m.author_kind = 'bot' and b.account_id = m.account_id and b.id = m.author_id
    order by w.rank desc, w.written_at desc, w.message_id desc`;
}

/** The newest rows of the account from a place on, in order. */
function stretchOf(sql: Queries, accountId: number, { to }: MessageFilter, after: MessageKey | undefined) {
  return sql`from message_words st where st.account_id = ${accountId}
    ${to === undefined ? sql`` : sql`and st.written_at <= ${to}::timestamptz`}
    ${after === undefined ? sql`` : sql`and (st.written_at, st.message_id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by st.written_at desc, st.message_id desc`;
}

function messageCondition(sql: Queries, actor: Sight, { channelIds, authorKinds, authorId, from, to }: MessageFilter) {
  return sql`true
    ${channelIds === undefined ? sql`` : sql`and w.channel_id = any(${channelIds}::bigint[])`}
    ${authorKinds === undefined ? sql`` : sql`and w.author_kind = any(${authorKinds}::text[])`}
    ${authorId === undefined ? sql`` : sql`and w.author_kind = 'user' and w.author_id = ${authorId}`}
    ${from === undefined ? sql`` : sql`and w.written_at >= ${from}::timestamptz`}
    ${to === undefined ? sql`` : sql`and w.written_at <= ${to}::timestamptz`}
    ${
      seesAll(actor)
        ? sql``
        : sql`and exists (select 1 from chats sc join contacts seen on seen.account_id = sc.account_id and seen.id = sc.contact_id
      where sc.account_id = ${actor.accountId} and sc.id = w.chat_id and ${visible(sql, actor, 'seen')})`
    }`;
}

/** The words as tsquery text, and whether so few rows match that they can be sorted. */
async function probe(sql: Queries, accountId: number, words: SearchWords, matching: 'matching_messages' | 'matching_contacts') {
  const [row] = await sql<{ query: string; found: number }[]>`
    with typed as materialized (select ${queryOf(sql, words)} query)
    select query::text, (select count(*)::int from ${sql(matching)}(${accountId}::bigint, query, ${FEW + 1})) found from typed`;
  return { query: row!.query, isFew: row!.found <= FEW };
}

const contactText = "(ct.name || ' ' || ct.first_name || ' ' || ct.last_name || ' ' || field_texts(ct.fields))";

export interface ContactHitRow {
  id: number;
  name: string;
  markedName: string;
  /** Phones, addresses and names in messengers, one line. */
  details: string;
  markedDetails: string;
  responsibleId: number | null;
  responsibleName: string | null;
  /** Conversation and lead that an opened hit shows. */
  number: number | null;
  leadId: number | null;
  updatedAt: number;
}
export type RowKey = { at: number; id: number };

/** Contacts by name, phone, e-mail, name in a messenger or the number of a conversation; the latest changed first. */
export async function searchContacts(
  sql: Queries,
  actor: Sight,
  words: SearchWords,
  page: { limit: number; after?: RowKey },
): Promise<Found<ContactHitRow, RowKey>> {
  const { accountId } = actor;
  const { after, limit } = page;
  const own = sql`search_words(${sql.unsafe(contactText)})`;
  const { query, isFew } = await probe(sql, accountId, words, 'matching_contacts');
  // What is found by other than the contact's own words is looked up, whichever way the rest is found.
  const others = sql`select matching_identities(${accountId}::bigint, ${query}::tsquery, ${FEW}) id
    ${words.number === undefined ? sql`` : sql`union select t.contact_id from conversations t where t.account_id = ${accountId} and t.number = ${words.number}`}`;
  const stretch = sql`from contacts st where st.account_id = ${accountId}
    ${after === undefined ? sql`` : sql`and (st.updated_at, st.id) < (${after.at}::timestamptz, ${after.id}::bigint)`} order by st.updated_at desc, st.id desc`;
  const base = isFew
    ? sql`(select ct.* from contacts ct where ct.account_id = ${accountId} and ct.id = any(array(
        select matching_contacts(${accountId}::bigint, ${query}::tsquery, ${FEW}) union ${others})))`
    : sql`(select * from (select st.* ${stretch} limit ${STRETCH.contacts}) ct where ${own} @@ ${query}::tsquery or ct.id = any(array(${others})))`;
  const rows = await sql<ContactHitRow[]>`
    with page as materialized (
      select ct.* from ${base} ct where ct.merged_into is null and ${visible(sql, actor, 'ct')}
      ${after === undefined ? sql`` : sql`and (ct.updated_at, ct.id) < (${after.at}::timestamptz, ${after.id}::bigint)`}
      order by ct.updated_at desc, ct.id desc limit ${limit}
    )
    select ct.id, ct.name, ${marked(sql, 'ct.name', sql`${query}::tsquery`)} "markedName", d.details, ${marked(sql, 'd.details', sql`${query}::tsquery`)} "markedDetails",
      ct.responsible_user_id "responsibleId", u.name "responsibleName", ct.updated_at "updatedAt",
      (select c.talk_number from chats c where c.account_id = ct.account_id and c.contact_id = ct.id and c.talk_number is not null
        order by c.last_message_at desc nulls last limit 1) number,
      (select l.id from leads l where l.account_id = ct.account_id and l.contact_id = ct.id order by l.updated_at desc limit 1) "leadId"
    from page ct
    left join users u on u.account_id = ct.account_id and u.id = ct.responsible_user_id
    cross join lateral (select left(coalesce(string_agg(distinct part, ' · '), ''), ${TEXT_MOST}) details from (
      select value #>> '{}' part from jsonb_path_query(ct.fields, '$.*[*].value') value
      union all select ci.username from contact_identities ci where ci.account_id = ct.account_id and ci.contact_id = ct.id
    ) parts where part <> '') d
    order by ct.updated_at desc, ct.id desc`;
  if (isFew || rows.length >= limit) return { rows };
  const [end] = await sql<RowKey[]>`select st.updated_at at, st.id ${stretch} offset ${STRETCH.contacts - 1} limit 1`;
  return end === undefined ? { rows } : { rows, beyond: end };
}

export interface LeadHitRow {
  id: number;
  name: string;
  markedName: string;
  contactId: number | null;
  contactName: string | null;
  markedContact: string | null;
  stageName: string;
  updatedAt: number;
}

/** Leads by name, number or contact; the latest changed first, among the first FEW that each way finds. */
export async function searchLeads(
  sql: Queries,
  actor: Sight,
  words: SearchWords,
  page: { limit: number; after?: RowKey },
): Promise<Found<LeadHitRow, RowKey>> {
  const { accountId } = actor;
  const { after } = page;
  const [row] = await sql<{ query: string }[]>`select ${queryOf(sql, words)}::text query`;
  const { query } = row!;
  const rows = await sql<LeadHitRow[]>`
    with found as materialized (
      select matching_leads(${accountId}::bigint, ${query}::tsquery, ${FEW}) id
      union (select l.id from leads l where l.account_id = ${accountId} and l.contact_id = any(array(
        select matching_contacts(${accountId}::bigint, ${query}::tsquery, ${FEW}))) limit ${FEW})
      ${words.number === undefined ? sql`` : sql`union (select l.id from leads l where l.account_id = ${accountId} and l.id = ${words.number})`}
    ), page as materialized (
      select l.* from leads l where l.account_id = ${accountId} and l.id = any(array(select id from found)) and ${visibleLead(sql, actor, 'l')}
      ${after === undefined ? sql`` : sql`and (l.updated_at, l.id) < (${after.at}::timestamptz, ${after.id}::bigint)`}
      order by l.updated_at desc, l.id desc limit ${page.limit}
    )
    select l.id, l.name, ${marked(sql, 'l.name', sql`${query}::tsquery`)} "markedName", ct.id "contactId", ct.name "contactName",
      ${marked(sql, "coalesce(ct.name, '')", sql`${query}::tsquery`)} "markedContact", s.name "stageName", l.updated_at "updatedAt"
    from page l
    join stages s on s.account_id = l.account_id and s.pipeline_id = l.pipeline_id and s.id = l.status_id
    left join contacts ct on ct.account_id = l.account_id and ct.id = l.contact_id
    order by l.updated_at desc, l.id desc`;
  return { rows };
}
