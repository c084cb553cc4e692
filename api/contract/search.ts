import { z } from '@hono/zod-openapi';
import { author, id, idsInQuery, instant, instantInQuery, named, pageQuery } from './common.ts';
import { channelRef, conversationItem } from './conversations.ts';

/** The filters and the order are for messages. */
export const searchQuery = pageQuery.extend({
  q: z
    .string()
    .max(200)
    .openapi({ description: 'Words in any form, the beginning of the last one, a phone, an e-mail, the number of a conversation' }),
  in: z.enum(['messages', 'contacts', 'leads']).default('messages'),
  /** relevance: among the newest 1,000 messages found. */
  order: z.enum(['newest', 'relevance']).default('newest'),
  channel: idsInQuery.optional(),
  contact: z.coerce.number().int().positive().optional(),
  author: z.enum(['client', 'user', 'bot', 'system']).optional(),
  /** Written by this user. */
  user: z.coerce.number().int().positive().optional(),
  from: instantInQuery.optional(),
  to: instantInQuery.optional(),
});
export type SearchQuery = z.input<typeof searchQuery>;

/** A text in pieces: `hit` ones are what was looked for. Plain text, never HTML. */
export const segments = z.array(z.object({ text: z.string(), hit: z.boolean() })).openapi('Segments');
export type Segments = z.infer<typeof segments>;

export const searchHit = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('message'),
      id: z.uuid(),
      /** The conversation that shows it. */
      number: id.nullable(),
      contact: named,
      channel: channelRef,
      author,
      direction: z.enum(['in', 'out']),
      writtenAt: instant,
      text: segments,
    }),
    z.object({
      kind: z.literal('contact'),
      id,
      name: segments,
      /** Phones, addresses and names in messengers. */
      details: segments,
      responsible: named.nullable(),
      number: id.nullable(),
      leadId: id.nullable(),
    }),
    z.object({ kind: z.literal('lead'), id, name: segments, contact: segments.nullable(), contactId: id.nullable(), stage: z.string() }),
  ])
  .openapi('SearchHit');
export type SearchHit = z.infer<typeof searchHit>;

/** A page may be shorter than asked for, even empty, and still be followed by more. `conversation`: the one whose number was typed. */
export const searchPage = z
  .object({ items: z.array(searchHit), nextCursor: z.string().nullable(), conversation: conversationItem.nullable() })
  .openapi('SearchPage');
export type SearchPage = z.infer<typeof searchPage>;
