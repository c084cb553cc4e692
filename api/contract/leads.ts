import { z } from '@hono/zod-openapi';
import { id, idsInQuery, instant, named, pageOf, pageQuery } from './common.ts';
import { channelRef, conversationItem } from './conversations.ts';
import { runView } from './runs.ts';

export const stage = z
  .object({ id, name: z.string(), kind: z.enum(['incoming', 'open', 'won', 'lost']), sort: z.number().int(), colour: z.string() })
  .openapi('Stage');
export type Stage = z.infer<typeof stage>;
export const pipeline = z
  .object({ id, name: z.string(), isMain: z.boolean(), sort: z.number().int(), stages: z.array(stage) })
  .openapi('Pipeline');
export type Pipeline = z.infer<typeof pipeline>;
export const pipelines = z.object({ items: z.array(pipeline) });

export const tag = z.object({ id, name: z.string() }).openapi('Tag');
export type Tag = z.infer<typeof tag>;
export const tags = z.object({ items: z.array(tag) });
export const tagQuery = z.object({ entity: z.enum(['lead', 'contact', 'company', 'customer']).default('lead') });

export const fieldEntity = z.enum(['contact', 'lead', 'company', 'customer']);
export const fieldDefinition = z
  .object({
    id,
    entity: fieldEntity,
    name: z.string(),
    code: z.string().nullable(),
    type: z.enum(['text', 'numeric', 'checkbox', 'select', 'multiselect', 'date', 'url', 'textarea', 'multitext']),
    enums: z.array(z.object({ id: z.number().int(), value: z.string() })),
    sort: z.number().int(),
  })
  .openapi('FieldDefinition');
export type FieldDefinition = z.infer<typeof fieldDefinition>;
export const fieldDefinitions = z.object({ items: z.array(fieldDefinition) });
export const fieldQuery = z.object({ entity: fieldEntity.optional() });
export const newField = z.object({
  entity: fieldEntity,
  name: z.string().trim().min(1).max(200),
  code: z
    .string()
    .regex(/^[A-Z0-9_]{1,60}$/, 'may hold capital letters, digits and underscores')
    .optional(),
  type: fieldDefinition.shape.type,
  enums: z.array(z.string().min(1).max(200)).max(500).default([]),
});
export type NewField = z.infer<typeof newField>;

/** `code`: WORK, MOB, OTHER… of a multitext. */
export const fieldValue = z.object({
  value: z.union([z.string().max(10_000), z.number(), z.boolean()]),
  enumId: z.number().int().optional(),
  code: z.string().max(60).optional(),
});
/** By field id; a field that is absent has no value. */
export const fieldValues = z.record(z.string().regex(/^\d{1,15}$/, 'must be field ids'), z.array(fieldValue).max(100));
export type FieldValuesView = z.infer<typeof fieldValues>;

export const leadItem = z
  .object({
    id,
    name: z.string(),
    price: z.number().int(),
    pipelineId: id,
    stage,
    responsible: named.nullable(),
    /** Whether who asks may change it. */
    mayEdit: z.boolean(),
    contact: named.nullable(),
    tags: z.array(tag),
    lastMessage: z.object({ text: z.string(), author: z.string(), at: instant }).nullable(),
    /** Start of the longest wait among its conversations in work, the first deadline of an answer, and the latest that was missed. */
    waitingSince: instant.nullable(),
    answerDueAt: instant.nullable(),
    missedAt: instant.nullable(),
    unread: z.boolean(),
    /** Client messages that nobody has read. */
    unreadCount: z.number().int(),
    bots: z.number().int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('LeadItem');
export type LeadItem = z.infer<typeof leadItem>;
export const leadPage = pageOf(leadItem).openapi('LeadPage');
export type LeadPage = z.infer<typeof leadPage>;
const leadFilter = z.object({
  pipeline: z.coerce.number().int().positive().optional(),
  stage: idsInQuery.optional(),
  /** 0 stands for nobody. */
  responsible: idsInQuery.optional(),
  tag: idsInQuery.optional(),
  channel: idsInQuery.optional(),
  contact: z.coerce.number().int().positive().optional(),
  /** State of its conversations in work: read (there are some, all read) · unread · waiting (somebody waits) · none (there are none). */
  conversations: z.enum(['read', 'unread', 'waiting', 'none']).optional(),
  open: z.enum(['true', 'false']).optional(),
  /** Not accepted yet. */
  incoming: z.enum(['true', 'false']).optional(),
  /** Made within: epoch milliseconds. */
  from: z.coerce.number().int().nonnegative().max(8.64e15).optional(),
  to: z.coerce.number().int().nonnegative().max(8.64e15).optional(),
  search: z.string().trim().max(200).optional(),
});
export type LeadFilterQuery = z.output<typeof leadFilter>;
export const leadQuery = pageQuery.extend(leadFilter.shape);
export type LeadQuery = z.input<typeof leadQuery>;

/** Size and worth of each stage of one pipeline under a filter; stages without leads are left out. Absent `pipeline`: the main one. */
export const stageTotals = z
  .object({ pipelineId: id, items: z.array(z.object({ stageId: id, count: z.number().int(), sum: z.number().int() })) })
  .openapi('StageTotals');
export type StageTotals = z.infer<typeof stageTotals>;
export const stageTotalsQuery = leadFilter;

export const identity = z.object({ channelId: id, name: z.string(), username: z.string().nullable() }).openapi('Identity');
export const contactChat = z
  .object({
    id: z.uuid(),
    channel: channelRef,
    kind: z.enum(['private', 'group']),
    reachable: z.boolean(),
    words: z.string(),
    lastMessageAt: instant.nullable(),
    lastClientAt: instant.nullable(),
    /** So long after the client's last message the messenger takes anything here (ms); null: it sets no such bound. */
    windowMs: z.number().int().nullable(),
    conversationNumber: id.nullable(),
    bot: z.object({ runId: z.uuid(), name: z.string() }).nullable(),
  })
  .openapi('ContactChat');
export type ContactChat = z.infer<typeof contactChat>;
export const contact = z
  .object({
    id,
    name: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    responsible: named.nullable(),
    /** Whether who asks may change it. */
    mayEdit: z.boolean(),
    tags: z.array(tag),
    fields: fieldValues,
    identities: z.array(identity),
    chats: z.array(contactChat),
    /** Channels without a chat in which the contact can be written to first. */
    canBegin: z.array(channelRef),
    /** Users who take part besides the responsible one. */
    participants: z.array(named),
    /** We have blocked them: what they write is stored, and that is all. */
    blocked: z.object({ at: instant, by: named.nullable() }).nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Contact');
export type Contact = z.infer<typeof contact>;
/** A new `name` is split into the parts where they are not named too, new parts make a new name. */
export const contactChange = z
  .object({
    name: z.string().trim().min(1).max(300),
    firstName: z.string().trim().max(300),
    lastName: z.string().trim().max(300),
    responsibleId: id.nullable(),
    tags: z.array(z.string().trim().min(1).max(100)).max(100),
    fields: fieldValues,
  })
  .partial();
export type ContactChange = z.infer<typeof contactChange>;

/** The card of a lead. */
export const lead = z
  .object({
    id,
    name: z.string(),
    price: z.number().int(),
    pipeline,
    stage,
    responsible: named.nullable(),
    /** Whether who asks may change it. */
    mayEdit: z.boolean(),
    contact: contact.nullable(),
    tags: z.array(tag),
    fields: fieldValues,
    /** Definitions of the lead's and the contact's fields. */
    definitions: z.array(fieldDefinition),
    conversations: z.array(conversationItem),
    runs: z.array(runView),
    /** It has conversations in work and all of them are read. */
    isRead: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
    closedAt: instant.nullable(),
  })
  .openapi('Lead');
export type Lead = z.infer<typeof lead>;

/** Only what is named changes. `fields`: named fields are replaced, `[]` empties one. `tags`: names, the whole list. */
export const leadChange = z
  .object({
    name: z.string().trim().min(1).max(300),
    price: z.number().int().min(0).max(1e15),
    pipelineId: id,
    stageId: id,
    responsibleId: id.nullable(),
    tags: z.array(z.string().trim().min(1).max(100)).max(100),
    fields: fieldValues,
  })
  .partial();
export type LeadChange = z.infer<typeof leadChange>;
/** A lead made by hand or by a program. */
export const newLead = leadChange.extend({ name: z.string().trim().min(1).max(300), contactId: id.optional() });
export type NewLead = z.infer<typeof newLead>;
