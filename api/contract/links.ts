import { z } from '@hono/zod-openapi';
import { id, instant, pageOf, pageQuery } from './common.ts';

export const link = z
  .object({
    id,
    contactId: id,
    url: z.string(),
    /** For the client only: opened by anybody else it counts as the client's click. */
    shortUrl: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    /** `count`: by a person; `repeats`: by the same within half an hour; `previews`: by programs. */
    clicks: z.object({ count: z.number().int(), repeats: z.number().int(), previews: z.number().int(), lastAt: instant.nullable() }),
  })
  .openapi('Link');
export type Link = z.infer<typeof link>;
export const linkPage = pageOf(link).openapi('LinkPage');
export type LinkPage = z.infer<typeof linkPage>;
export const linkQuery = pageQuery.extend({ contact: z.coerce.number().int().positive().optional() });
/** The same contact and address is the same link. */
export const newLink = z.object({ contactId: id, url: z.string().max(4096), expiresAt: instant.nullable().optional() });

/** Pages of the account's sites, the latest first; one after another of the same page counts once. */
export const visits = z.object({
  items: z.array(z.object({ page: z.string(), title: z.string(), at: instant })),
  /** What was given in forms there and the contact itself does not have: a phone's digits, an e-mail in small letters. */
  forms: z.array(z.object({ kind: z.enum(['phone', 'email']), value: z.string(), at: instant })),
});
export type Visits = z.infer<typeof visits>;

export const pixel = z
  .object({
    /** Public: which account a page belongs to. */
    key: z.string(),
    scriptUrl: z.string(),
    /** Where short links would stand; null: nowhere, since no public address is configured. */
    linkBase: z.string().nullable(),
  })
  .openapi('Pixel');
export type Pixel = z.infer<typeof pixel>;
