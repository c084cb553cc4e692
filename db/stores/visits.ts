import type { Queries } from '../connection.ts';

/** Pages within this time are one visit: one note and one event. */
const VISIT_MS = 30 * 60_000;
/** More contacts with one phone are not persons any more. */
const MOST_TIED = 5;

/** The pages that may speak for an account; undefined: no such account. */
export async function pixelSites(sql: Queries, accountId: number): Promise<string[] | undefined> {
  const [row] = await sql<{ sites: string[] }[]>`
    select coalesce(s.data -> 'pixelSites', '[]') sites from accounts a left join settings s on s.account_id = a.id where a.id = ${accountId}`;
  return row?.sites;
}

export interface Visit {
  visitorId: string;
  /** Under which id a short link brought this browser here, where it had another one already. */
  cameAs?: string | undefined;
  page: string;
  title: string;
  at: number;
}

/** A client of ours began a visit. */
export interface VisitNoted {
  accountId: number;
  contactId: number;
  eventId: number;
}

/** Stores a page that was shown. Where the visitor is known, the first of half an hour is a note on the contact and an event; answers that. */
export function storeVisit(sql: Queries, accountId: number, { visitorId, cameAs, page, title, at }: Visit): Promise<VisitNoted[]> {
  const as = cameAs ?? null;
  return sql<VisitNoted[]>`
    with tied as (
      insert into visitors (account_id, visitor_id, contact_id, how, at)
      select account_id, ${visitorId}, contact_id, 'link', ${at}::timestamptz from visitors where account_id = ${accountId} and visitor_id = ${as}
      on conflict do nothing
    ), known as (
      select contact_id from visitors where account_id = ${accountId} and visitor_id in (${visitorId}, ${as}) order by at desc limit 1
    ), visited as (
      insert into site_visits (account_id, visitor_id, page, title, at) values (${accountId}, ${visitorId}, ${page}, ${title}, ${at}::timestamptz)
    ), noted as (
      insert into notes (account_id, entity_type, entity_id, type, text, params, created_by, created_at)
      select ${accountId}::bigint, 'contact', contact_id, 'site_visit', ${page}::text, jsonb_build_object('url', ${page}::text, 'title', ${title}::text),
        '{"kind":"client"}'::jsonb, ${at}::timestamptz
      from known where not exists (
        select 1 from site_visits s where s.account_id = ${accountId} and s.visitor_id = ${visitorId} and s.at > ${at - VISIT_MS}::timestamptz)
      returning id, entity_id, created_at
    )
    insert into events (account_id, type, entity_type, entity_id, author_kind, value_after, contact_id, at)
    select ${accountId}::bigint, 'site_visit_note_added', 'contact', entity_id, 'client',
      jsonb_build_array(jsonb_build_object('note', jsonb_build_object('id', id), 'url', ${page}::text)), entity_id, created_at
    from noted returning account_id "accountId", contact_id "contactId", id "eventId"`;
}

export interface FormData {
  visitorId: string;
  kind: 'phone' | 'email';
  /** A phone's digits, or an e-mail in lower case. */
  value: string;
  at: number;
}

/** Keeps what a visitor gave in a form, and ties the visitor to the contacts that have it: found by the index of words, then compared. */
export async function storeForm(sql: Queries, accountId: number, { visitorId, kind, value, at }: FormData): Promise<number[]> {
  const words = kind === 'phone' ? value.slice(-10) : value;
  const same =
    kind === 'phone'
      ? sql`right(regexp_replace(field #>> '{value}', '\\D', '', 'g'), 10) = ${words}`
      : sql`lower(field #>> '{value}') = ${words}`;
  const rows = await sql<{ contactId: number }[]>`
    with kept as (
      insert into visitor_forms (account_id, visitor_id, kind, value, at) values (${accountId}, ${visitorId}, ${kind}, ${value}, ${at}::timestamptz)
      on conflict (account_id, visitor_id, kind, value) do update set at = excluded.at
    )
    insert into visitors (account_id, visitor_id, contact_id, how, at)
    select ${accountId}::bigint, ${visitorId}, c.id, 'form', ${at}::timestamptz
    from contacts c where c.account_id = ${accountId} and c.id = any(array(
        select matching_contacts(${accountId}::bigint, phraseto_tsquery('simple', ${words}), ${MOST_TIED})))
      and exists (select 1 from jsonb_path_query(c.fields, '$.*[*]') field where ${same})
    on conflict do nothing returning contact_id "contactId"`;
  return rows.map(({ contactId }) => contactId);
}

export interface VisitRow {
  page: string;
  title: string;
  at: number;
}

/** Pages that a contact's browsers have shown, the latest first. */
export function visitsOfContact(sql: Queries, accountId: number, contactId: number, limit: number): Promise<VisitRow[]> {
  return sql<VisitRow[]>`
    select s.page, s.title, s.at from visitors v
    cross join lateral (
      select page, title, at from site_visits s where s.account_id = v.account_id and s.visitor_id = v.visitor_id order by at desc limit ${limit}
    ) s where v.account_id = ${accountId} and v.contact_id = ${contactId} order by s.at desc limit ${limit}`;
}

export interface FormRow {
  kind: 'phone' | 'email';
  value: string;
  at: number;
}

/** Phones and e-mails that a contact's browsers gave in forms of the account's sites and that the contact itself does not have, the latest first. */
export function formsOfContact(sql: Queries, accountId: number, contactId: number, limit: number): Promise<FormRow[]> {
  return sql<FormRow[]>`
    select f.kind, f.value, max(f.at) at from visitors v
    join visitor_forms f on f.account_id = v.account_id and f.visitor_id = v.visitor_id
    where v.account_id = ${accountId} and v.contact_id = ${contactId} and not exists (
      select 1 from contacts c, jsonb_path_query(c.fields, '$.*[*]') field where c.account_id = v.account_id and c.id = v.contact_id
        and case f.kind when 'phone' then right(regexp_replace(field #>> '{value}', '\\D', '', 'g'), 10) = right(f.value, 10)
          else lower(field #>> '{value}') = f.value end)
    group by f.kind, f.value order by max(f.at) desc limit ${limit}`;
}
