import { z } from '@hono/zod-openapi';
import { id, instant, named, pageOf, pageQuery } from './common.ts';
import { file } from './messages.ts';

/** A chat of colleagues: two people, a named group, or the one inside a lead's card. Clients see none of it. */
export const internalChat = z
  .object({
    id,
    kind: z.enum(['direct', 'group', 'lead']),
    /** The other one's name, the group's title, or the lead's name. */
    title: z.string(),
    lead: named.nullable(),
    members: z.array(named.extend({ isActive: z.boolean() })),
    /** False: it is read by right of seeing the lead. Writing makes a member. */
    isMember: z.boolean(),
    createdBy: id,
    /** Messages of others that were not read, 100 at most. */
    unread: z.number().int(),
    isMentioned: z.boolean(),
    /** The position read to; null for who is no member. */
    readPosition: z.number().int().nullable(),
    lastPosition: z.number().int(),
    last: z.object({ text: z.string(), author: named, files: z.number().int(), isDeleted: z.boolean(), at: instant }).nullable(),
    activeAt: instant,
  })
  .openapi('InternalChat');
export type InternalChat = z.infer<typeof internalChat>;
export const internalChatPage = pageOf(internalChat).openapi('InternalChatPage');
export type InternalChatPage = z.infer<typeof internalChatPage>;
export const internalCounts = z
  .object({ unread: z.number().int().openapi({ description: 'Chats with something unread' }) })
  .openapi('InternalCounts');
export type InternalCounts = z.infer<typeof internalCounts>;

export const newDirectChat = z.object({ userId: id });
export const newGroupChat = z.object({ title: z.string().trim().min(1).max(200), userIds: z.array(id).max(500).default([]) });
export const internalChatChange = z.object({ title: z.string().trim().min(1).max(200) });
export const internalMembers = z.object({ userIds: z.array(id).min(1).max(500) });

export const internalMessage = z
  .object({
    id,
    chatId: id,
    /** Order within its chat, without gaps. */
    position: z.number().int(),
    author: named,
    /** The Idempotency-Key it was written with: a page finds its own bubble by it. */
    key: z.string(),
    text: z.string(),
    mentions: z.array(named),
    files: z.array(file),
    writtenAt: instant,
    editedAt: instant.nullable(),
    /** A deleted message keeps its place and nothing else. */
    deletedAt: instant.nullable(),
  })
  .openapi('InternalMessage');
export type InternalMessage = z.infer<typeof internalMessage>;
/** Oldest first. `before`/`after` of the next request are the positions at the page's ends. */
export const internalMessagePage = z
  .object({ items: z.array(internalMessage), hasOlder: z.boolean(), hasNewer: z.boolean() })
  .openapi('InternalMessagePage');
export type InternalMessagePage = z.infer<typeof internalMessagePage>;

const position = z.coerce.number().int().min(0);
export const internalMessageQuery = z
  .object({
    before: position.optional().openapi({ description: 'Messages before this position' }),
    after: position.optional().openapi({ description: 'Messages after this position' }),
    around: position.optional().openapi({ description: 'Half a page to both sides of this position' }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })
  .refine((query) => [query.before, query.after, query.around].filter((each) => each !== undefined).length < 2, {
    message: 'name one of before, after and around',
    path: ['around'],
  });

const text = z.string().max(20_000).default('');
const mentions = z
  .array(id)
  .max(100)
  .default([])
  .openapi({ description: 'Users named in the text: members of the chat, or in a lead’s chat anybody, who becomes a member by it' });
export const writeInternal = z.object({
  text,
  mentions,
  files: z
    .array(z.object({ id: z.uuid() }))
    .max(50)
    .default([]),
});
export type WriteInternal = z.input<typeof writeInternal>;
export const editInternal = z.object({ text, mentions });
export const readInternalBody = z.object({ position: z.number().int().min(0) });
export const internalRead = z.object({ readPosition: z.number().int().nullable() }).openapi('InternalRead');

export const internalMessageInPath = z.object({ id: z.coerce.number().int().positive(), messageId: z.coerce.number().int().positive() });
export const internalMemberInPath = z.object({ id: z.coerce.number().int().positive(), userId: z.coerce.number().int().positive() });

export const internalSearchQuery = pageQuery.extend({
  q: z.string().trim().min(1).max(200),
  chat: z.coerce.number().int().positive().optional(),
});
/** A found message; the text around the hits comes in segments, so that no page has to trust markup. */
export const internalHit = z
  .object({
    id,
    chat: z.object({ id, kind: z.enum(['direct', 'group', 'lead']), title: z.string() }),
    position: z.number().int(),
    author: named,
    segments: z.array(z.object({ text: z.string(), hit: z.boolean() })),
    writtenAt: instant,
  })
  .openapi('InternalHit');
export type InternalHit = z.infer<typeof internalHit>;
export const internalHitPage = pageOf(internalHit).openapi('InternalHitPage');
export type InternalHitPage = z.infer<typeof internalHitPage>;
