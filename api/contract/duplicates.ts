import { z } from '@hono/zod-openapi';
import { id, instant, named, pageOf, pageQuery } from './common.ts';
import { channelRef } from './conversations.ts';
import { fieldValues, tag } from './leads.ts';

export const duplicateReason = z.object({ signal: z.enum(['phone', 'email', 'messenger', 'field', 'visitor']), value: z.string() });
export type DuplicateReason = z.infer<typeof duplicateReason>;

/** One of two contacts that may be one person, as they are compared. */
export const duplicateSide = z
  .object({
    id,
    name: z.string(),
    createdAt: instant,
    responsible: named.nullable(),
    tags: z.array(tag),
    fields: fieldValues,
    channels: z.array(channelRef),
    openConversations: z.array(id),
    /** At most ten, the latest changed. */
    leads: z.array(named),
    isBlocked: z.boolean(),
    mayEdit: z.boolean(),
  })
  .openapi('DuplicateSide');
export type DuplicateSide = z.infer<typeof duplicateSide>;

/** `first` is the older one: it stays unless somebody says otherwise. */
export const duplicate = z
  .object({ first: duplicateSide, second: duplicateSide, reasons: z.array(duplicateReason), foundAt: instant })
  .openapi('Duplicate');
export type Duplicate = z.infer<typeof duplicate>;
/** `enabled` false: duplicate control is off, and the list is empty. */
export const duplicatePage = pageOf(duplicate).extend({ enabled: z.boolean() }).openapi('DuplicatePage');
export type DuplicatePage = z.infer<typeof duplicatePage>;
export const duplicateQuery = pageQuery.extend({ contact: z.coerce.number().int().positive().optional() });

const twoContacts = { first: z.coerce.number().int().positive(), second: z.coerce.number().int().positive() };
export const pairQuery = z.object(twoContacts);
export const pairBody = z.object({ first: id, second: id });
export type PairBody = z.infer<typeof pairBody>;

const side = z.enum(['into', 'from']);
/** `into` stays with its id; `from` goes. `choices`: whose value stays where both have one, by default that of `into`; several values are joined. */
export const mergeBody = z.object({
  into: id,
  from: id,
  choices: z
    .object({
      name: side,
      responsible: side,
      fields: z.record(z.string().regex(/^\d{1,15}$/, 'must be field ids'), side),
    })
    .partial()
    .optional(),
});
export type MergeBody = z.infer<typeof mergeBody>;
export const mergeAnswer = z
  .object({
    contactId: id,
    /** Runs that ended because another run of their bot goes on. */
    endedRuns: z.array(z.uuid()),
    /** One of the two was blocked, so the contact is. */
    blocked: z.boolean(),
  })
  .openapi('MergeAnswer');
export type MergeAnswer = z.infer<typeof mergeAnswer>;
