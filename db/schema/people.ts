import { sql } from 'drizzle-orm';
import { bigint, boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { FieldValue } from '../../domain/scenario/model.ts';
import { accountId, instant, numericId, reference } from './columns.ts';

/** Values by custom field id, as scenarios and the amoCRM-shaped API read them. */
export type FieldValues = Record<string, FieldValue[]>;

const tagIds = () => bigint('tag_ids', { mode: 'number' }).array().notNull().default(sql`'{}'`);
const fields = () => jsonb('fields').$type<FieldValues>().notNull().default({});

export const contacts = pgTable(
  'contacts',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    firstName: text('first_name').notNull().default(''),
    lastName: text('last_name').notNull().default(''),
    responsibleUserId: reference('responsible_user_id'),
    /** Users who take part besides the responsible one: they see the contact whatever their rights say, and their reading counts. */
    participantIds: bigint('participant_ids', { mode: 'number' }).array().notNull().default(sql`'{}'`),
    /** Blocked by us: what they write is stored, but gives no number, starts no bot and notifies nobody. */
    blockedAt: instant('blocked_at'),
    blockedBy: reference('blocked_by'),
    /** When a poll was last sent to them. */
    polledAt: instant('polled_at'),
    /** Merged away: the row stays as a pointer, so that old ids lead to the contact that stayed. Never a merged one itself. */
    mergedInto: reference('merged_into'),
    mergedAt: instant('merged_at'),
    companyId: reference('company_id'),
    tagIds: tagIds(),
    fields: fields(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    index('contacts_updated').on(t.accountId, t.updatedAt, t.id),
    index('contacts_responsible').on(t.accountId, t.responsibleUserId, t.id),
    index('contacts_merged').on(t.accountId, t.mergedInto).where(sql`merged_into is not null`),
    index('contacts_words').using(
      'gin',
      t.accountId,
      sql`search_words(name || ' ' || first_name || ' ' || last_name || ' ' || field_texts(fields))`,
    ),
  ],
);

/** Who a contact is in a channel. */
export const contactIdentities = pgTable(
  'contact_identities',
  {
    accountId: accountId(),
    channelId: reference('channel_id').notNull(),
    externalUserId: text('external_user_id').notNull(),
    contactId: reference('contact_id').notNull(),
    name: text('name').notNull(),
    username: text('username'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.channelId, t.externalUserId] }),
    index('contact_identities_contact').on(t.accountId, t.contactId),
    index('contact_identities_words').using('gin', t.accountId, sql`search_words(name || ' ' || coalesce(username, ''))`),
  ],
);

export const companies = pgTable(
  'companies',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    responsibleUserId: reference('responsible_user_id'),
    tagIds: tagIds(),
    fields: fields(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

export const pipelines = pgTable(
  'pipelines',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    sort: integer('sort').notNull().default(0),
    isMain: boolean('is_main').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

/** Stage ids are unique within a pipeline only: 142 (won) and 143 (lost) stand in every one, as in the vendor's accounts. */
export const stages = pgTable(
  'stages',
  {
    accountId: accountId(),
    pipelineId: reference('pipeline_id').notNull(),
    id: numericId(),
    name: text('name').notNull(),
    /** `incoming`: the system stage of leads nobody accepted yet; always first. */
    kind: text('kind').$type<'incoming' | 'open' | 'won' | 'lost'>().notNull(),
    sort: integer('sort').notNull().default(0),
    colour: text('colour').notNull().default('#d0d5dd'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.pipelineId, t.id] }),
    foreignKey({ columns: [t.accountId, t.pipelineId], foreignColumns: [pipelines.accountId, pipelines.id] }),
  ],
);

export const leads = pgTable(
  'leads',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    price: bigint('price', { mode: 'number' }).notNull().default(0),
    pipelineId: reference('pipeline_id').notNull(),
    statusId: reference('status_id').notNull(),
    responsibleUserId: reference('responsible_user_id'),
    /** The main contact; others stand in lead_contacts. */
    contactId: reference('contact_id'),
    companyId: reference('company_id'),
    channelId: reference('channel_id'),
    tagIds: tagIds(),
    fields: fields(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    index('leads_words').using('gin', t.accountId, sql`search_words(name)`),
    index('leads_contact').on(t.accountId, t.contactId, t.updatedAt),
    index('leads_updated').on(t.accountId, t.updatedAt, t.id),
    index('leads_stage').on(t.accountId, t.pipelineId, t.statusId, t.updatedAt),
    index('leads_responsible').on(t.accountId, t.responsibleUserId, t.updatedAt),
    foreignKey({ columns: [t.accountId, t.pipelineId, t.statusId], foreignColumns: [stages.accountId, stages.pipelineId, stages.id] }),
  ],
);

export const leadContacts = pgTable(
  'lead_contacts',
  { accountId: accountId(), leadId: reference('lead_id').notNull(), contactId: reference('contact_id').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.leadId, t.contactId] }), index('lead_contacts_contact').on(t.accountId, t.contactId)],
);

export const customerStages = pgTable(
  'customer_stages',
  { accountId: accountId(), id: numericId(), name: text('name').notNull(), sort: integer('sort').notNull().default(0) },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

export const customers = pgTable(
  'customers',
  {
    accountId: accountId(),
    id: numericId(),
    name: text('name').notNull(),
    stageId: reference('stage_id'),
    responsibleUserId: reference('responsible_user_id'),
    contactId: reference('contact_id'),
    tagIds: tagIds(),
    fields: fields(),
    nextPurchaseAt: instant('next_purchase_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    index('customers_contact').on(t.accountId, t.contactId),
    index('customers_updated').on(t.accountId, t.updatedAt, t.id),
  ],
);

export const tags = pgTable(
  'tags',
  { accountId: accountId(), id: numericId(), entity: text('entity').notNull(), name: text('name').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), uniqueIndex('tags_name').on(t.accountId, t.entity, t.name)],
);

export const customFields = pgTable(
  'custom_fields',
  {
    accountId: accountId(),
    id: numericId(),
    entity: text('entity').$type<'contact' | 'lead' | 'company' | 'customer'>().notNull(),
    name: text('name').notNull(),
    /** PHONE, EMAIL and what integrations named; unique within its entity. */
    code: text('code'),
    type: text('type')
      .$type<'text' | 'numeric' | 'checkbox' | 'select' | 'multiselect' | 'date' | 'url' | 'textarea' | 'multitext'>()
      .notNull(),
    enums: jsonb('enums').$type<{ id: number; value: string }[]>().notNull().default([]),
    sort: integer('sort').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), uniqueIndex('custom_fields_code').on(t.accountId, t.entity, t.code)],
);

export const tasks = pgTable(
  'tasks',
  {
    accountId: accountId(),
    id: numericId(),
    entityType: text('entity_type').notNull(),
    entityId: reference('entity_id').notNull(),
    text: text('text').notNull(),
    responsibleUserId: reference('responsible_user_id'),
    dueAt: instant('due_at').notNull(),
    completedAt: instant('completed_at'),
    createdBy: jsonb('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    index('tasks_entity').on(t.accountId, t.entityType, t.entityId),
    index('tasks_open').on(t.accountId, t.responsibleUserId, t.dueAt).where(sql`completed_at is null`),
  ],
);

export const notes = pgTable(
  'notes',
  {
    accountId: accountId(),
    id: numericId(),
    entityType: text('entity_type').notNull(),
    entityId: reference('entity_id').notNull(),
    type: text('type').notNull().default('common'),
    text: text('text').notNull(),
    params: jsonb('params').notNull().default({}),
    createdBy: jsonb('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    editedAt: instant('edited_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('notes_entity').on(t.accountId, t.entityType, t.entityId, t.createdAt)],
);

export const catalogs = pgTable(
  'catalogs',
  { accountId: accountId(), id: numericId(), name: text('name').notNull(), createdAt: instant('created_at').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

export const catalogElements = pgTable(
  'catalog_elements',
  {
    accountId: accountId(),
    id: numericId(),
    catalogId: reference('catalog_id').notNull(),
    name: text('name').notNull(),
    fields: fields(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), index('catalog_elements_name').on(t.accountId, t.catalogId, t.name)],
);
