import { z } from '@hono/zod-openapi';
import { author, id, idsInQuery, instant, named, pageOf, pageQuery } from './common.ts';
import { conversationItem } from './conversations.ts';
import { contact, fieldDefinition, fieldValues, tag } from './leads.ts';
import { runView } from './runs.ts';

export const customerStage = z.object({ id, name: z.string(), sort: z.number().int() }).openapi('CustomerStage');
export type CustomerStage = z.infer<typeof customerStage>;
export const customerStages = z.object({ items: z.array(customerStage) });

export const customerItem = z
  .object({
    id,
    name: z.string(),
    stage: customerStage.nullable(),
    responsible: named.nullable(),
    contact: named.nullable(),
    tags: z.array(tag),
    nextPurchaseAt: instant.nullable(),
    /** Whether who asks may change it. */
    mayEdit: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('CustomerItem');
export type CustomerItem = z.infer<typeof customerItem>;
export const customerPage = pageOf(customerItem).openapi('CustomerPage');
export type CustomerPage = z.infer<typeof customerPage>;
export const customerQuery = pageQuery.extend({
  stage: idsInQuery.optional(),
  /** 0 stands for nobody. */
  responsible: idsInQuery.optional(),
  contact: z.coerce.number().int().positive().optional(),
  search: z.string().trim().max(200).optional(),
});

/** The card of a customer. */
export const customer = customerItem
  .omit({ contact: true })
  .extend({
    contact: contact.nullable(),
    fields: fieldValues,
    stages: z.array(customerStage),
    /** Definitions of the customer's and the contact's fields. */
    definitions: z.array(fieldDefinition),
    conversations: z.array(conversationItem),
    /** Bots that are at work on it. */
    runs: z.array(runView),
  })
  .openapi('Customer');
export type Customer = z.infer<typeof customer>;

/** Only what is named changes. `fields`: named fields are replaced, `[]` empties one. `tags`: names, the whole list. */
export const customerChange = z
  .object({
    name: z.string().trim().min(1).max(300),
    stageId: id.nullable(),
    responsibleId: id.nullable(),
    tags: z.array(z.string().trim().min(1).max(100)).max(100),
    fields: fieldValues,
    nextPurchaseAt: instant.nullable(),
  })
  .partial();
export type CustomerChange = z.infer<typeof customerChange>;
export const newCustomer = customerChange.extend({ name: z.string().trim().min(1).max(300), contactId: id.optional() });
export type NewCustomer = z.infer<typeof newCustomer>;

/** Where a conversation is to hang: a lead or a customer of the same client. */
export const attachTo = z.object({ type: z.enum(['lead', 'customer']), id });
export type AttachTo = z.infer<typeof attachTo>;

export const cardKind = z.enum(['lead', 'customer', 'contact']);
export type CardKind = z.infer<typeof cardKind>;

export const task = z
  .object({
    id,
    entity: z.object({ type: cardKind, id }),
    text: z.string(),
    responsible: named.nullable(),
    dueAt: instant,
    completedAt: instant.nullable(),
    author,
    createdAt: instant,
  })
  .openapi('Task');
export type Task = z.infer<typeof task>;
/** Those to be done first, the next one due above; then the done ones, the latest above. */
export const tasks = z.object({ items: z.array(task) });
/** Absent `responsibleId`: whoever makes it. */
export const newTask = z.object({ text: z.string().trim().min(1).max(2000), dueAt: instant, responsibleId: id.nullable().optional() });
export type NewTask = z.infer<typeof newTask>;
export const taskChange = z
  .object({ text: z.string().trim().min(1).max(2000), dueAt: instant, responsibleId: id.nullable(), completed: z.boolean() })
  .partial();
export type TaskChange = z.infer<typeof taskChange>;

/** A note of the card, for colleagues only; notes inside a thread are the conversation's. */
export const note = z.object({ id, text: z.string(), author, createdAt: instant }).openapi('Note');
export type Note = z.infer<typeof note>;
export const notePage = pageOf(note).openapi('NotePage');
export type NotePage = z.infer<typeof notePage>;
export const newNote = z.object({ text: z.string().trim().min(1).max(10_000) });
