import type { Queries } from '../connection.ts';

/** Another click of the same visitor on the same link within this time is the same interest. */
export const REPEAT_MS = 30 * 60_000;

export interface OpenedLink {
  accountId: number;
  id: number;
  url: string;
  expiresAt: number | null;
  /** Sites of the account that carry the pixel. */
  pixelSites: string[];
}

/** A short link by its code: one read of the index of codes, with what the redirect needs of the account's settings. */
export async function linkOfCode(sql: Queries, code: string): Promise<OpenedLink | undefined> {
  const [row] = await sql<OpenedLink[]>`
    select l.account_id "accountId", l.id, l.url, l.expires_at "expiresAt", coalesce(s.data -> 'pixelSites', '[]') "pixelSites"
    from short_links l left join settings s on s.account_id = l.account_id where l.code = ${code}`;
  return row;
}

export interface NewClick {
  accountId: number;
  linkId: number;
  at: number;
  visitorId: string | null;
  agent: string;
  isProgram: boolean;
}

/** A person followed a link: what starts bots. */
export interface FollowedLink {
  accountId: number;
  contactId: number;
  eventId: number;
}

/**
 * Stores an account's clicks in one statement: which are new interest, which repeats, which programs' (in the order given); the visitor is the
 * contact's from now on; each new interest is a note on the contact and an event. Answers these.
 */
export function storeClicks(sql: Queries, accountId: number, clicks: readonly NewClick[]): Promise<FollowedLink[]> {
  const of = <Value>(read: (click: NewClick) => Value) => clicks.map(read);
  // As text: Drizzle's part of the pool lets arrays of instants through unread.
  const ats = of(({ at }) => new Date(at).toISOString());
  return sql<FollowedLink[]>`
    with given as (
      select g.link_id, g.happened_at::timestamptz at, g.visitor_id, g.agent, g.program, g.n, l.contact_id, l.url
      from unnest(${of(({ linkId }) => linkId)}::bigint[], ${ats}::text[], ${of(({ visitorId }) => visitorId)}::text[],
        ${of(({ agent }) => agent)}::text[], ${of(({ isProgram }) => (isProgram ? 1 : 0))}::int[]) with ordinality g (link_id, happened_at, visitor_id, agent, program, n)
      join short_links l on l.account_id = ${accountId} and l.id = g.link_id
    ), judged as (
      select g.*, case when g.program = 1 then 'preview'
        when exists (select 1 from link_clicks p where p.account_id = ${accountId} and p.link_id = g.link_id and p.visitor_id = g.visitor_id
          and p.kind = 'person' and p.at > g.at - ${`${REPEAT_MS} milliseconds`}::interval) then 'repeat'
        when exists (select 1 from given e where e.link_id = g.link_id and e.visitor_id = g.visitor_id and e.n < g.n and e.program = 0) then 'repeat'
        else 'person' end kind
      from given g
    ), stored as (
      insert into link_clicks (account_id, link_id, at, kind, visitor_id, agent)
      select ${accountId}::bigint, link_id, at, kind, visitor_id, agent from judged order by n
    ), tied as (
      insert into visitors (account_id, visitor_id, contact_id, how, at)
      select ${accountId}::bigint, visitor_id, contact_id, 'link', min(at) from judged where kind <> 'preview' and visitor_id is not null group by 2, 3
      on conflict do nothing
    ), noted as (
      insert into notes (account_id, entity_type, entity_id, type, text, params, created_by, created_at)
      select ${accountId}::bigint, 'contact', contact_id, 'link_followed', url, jsonb_build_object('url', url), '{"kind":"client"}'::jsonb, at
      from judged where kind = 'person' order by n returning id, entity_id, params, created_at
    )
    insert into events (account_id, type, entity_type, entity_id, author_kind, value_after, contact_id, at)
    select ${accountId}::bigint, 'link_followed', 'contact', entity_id, 'client',
      jsonb_build_array(jsonb_build_object('note', jsonb_build_object('id', id), 'url', params -> 'url')), entity_id, created_at
    from noted returning account_id "accountId", contact_id "contactId", id "eventId"`;
}
