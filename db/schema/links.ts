import { index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { accountId, instant, numericId, reference } from './columns.ts';

/** One short link is one contact and one address. */
export const shortLinks = pgTable(
  'short_links',
  {
    accountId: accountId(),
    id: numericId(),
    /** What stands behind `/s/`: random, so that nobody guesses another one. */
    code: text('code').notNull(),
    contactId: reference('contact_id').notNull(),
    url: text('url').notNull(),
    /** SHA-256 of `url`: addresses may be longer than an index takes. */
    urlKey: text('url_key').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Absent: never. */
    expiresAt: instant('expires_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    // The address that a client opens names only the code: codes are unique over the installation.
    uniqueIndex('short_links_code').on(t.code),
    uniqueIndex('short_links_target').on(t.accountId, t.contactId, t.urlKey),
    index('short_links_contact').on(t.accountId, t.contactId, t.id),
  ],
);

/** Each time a short link was asked for. */
export const linkClicks = pgTable(
  'link_clicks',
  {
    accountId: accountId(),
    id: numericId(),
    linkId: reference('link_id').notNull(),
    at: instant('at').notNull(),
    /** `repeat`: by the same visitor within half an hour; `preview`: by a program. */
    kind: text('kind').$type<'person' | 'repeat' | 'preview'>().notNull(),
    /** Absent for previews. */
    visitorId: text('visitor_id'),
    /** A class (`mobile`, `desktop`, `telegram`…), never what the browser sent. */
    agent: text('agent').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('link_clicks_link').on(t.accountId, t.linkId, t.at)],
);

/**
 * Who a browser belongs to: a contact whose short link it opened, who gave a phone or an e-mail in a form, or who came to a messenger from the site.
 * A visitor with two contacts is the sign of a duplicate.
 */
export const visitors = pgTable(
  'visitors',
  {
    accountId: accountId(),
    visitorId: text('visitor_id').notNull(),
    contactId: reference('contact_id').notNull(),
    how: text('how').$type<'link' | 'form' | 'start'>().notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.visitorId, t.contactId] }), index('visitors_contact').on(t.accountId, t.contactId)],
);

/** Pages of the account's sites that a browser with the pixel has shown. */
export const siteVisits = pgTable(
  'site_visits',
  {
    accountId: accountId(),
    id: numericId(),
    visitorId: text('visitor_id').notNull(),
    /** Without its query and fragment. */
    page: text('page').notNull(),
    title: text('title').notNull().default(''),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('site_visits_visitor').on(t.accountId, t.visitorId, t.at)],
);

/** Phones (digits only) and e-mails (lower case) that a visitor gave in forms. */
export const visitorForms = pgTable(
  'visitor_forms',
  {
    accountId: accountId(),
    visitorId: text('visitor_id').notNull(),
    kind: text('kind').$type<'phone' | 'email'>().notNull(),
    value: text('value').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.visitorId, t.kind, t.value] }),
    index('visitor_forms_value').on(t.accountId, t.kind, t.value),
  ],
);
