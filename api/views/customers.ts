import type { ChannelRegistry } from '../../channels/index.ts';
import type { Sql } from '../../db/connection.ts';
import { conversationsOfCustomer } from '../../db/stores/conversations.ts';
import { type CustomerRow, findCustomer, listCustomerStages } from '../../db/stores/customers.ts';
import { listFields } from '../../db/stores/fields.ts';
import { runsOfCard } from '../../db/stores/runs.ts';
import type { NoteRow, TaskRow } from '../../db/stores/tasks.ts';
import type { Actor } from '../actor.ts';
import type { Customer, CustomerItem, Note, Task } from '../contract/customers.ts';
import { authorOfJson, named } from './common.ts';
import { conversationItem } from './conversations.ts';
import { contactView } from './people.ts';
import { runView } from './runs.ts';

interface Deps {
  sql: Sql;
  channels: ChannelRegistry;
}

/** Most conversations and runs that a card carries; the rest is in their own lists. */
const SHOWN = 50;

export function customerItem(row: CustomerRow): CustomerItem {
  return {
    id: row.id,
    name: row.name,
    stage: row.stageId === null ? null : { id: row.stageId, name: row.stageName ?? '', sort: row.stageSort ?? 0 },
    responsible: named(row.responsibleId, row.responsibleName),
    contact: named(row.contactId, row.contactName),
    tags: row.tags,
    nextPurchaseAt: row.nextPurchaseAt,
    mayEdit: row.mayEdit,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** The card of a customer, whole. */
export async function customerView(deps: Deps, actor: Actor, customerId: number): Promise<Customer | undefined> {
  const row = await findCustomer(deps.sql, actor, customerId);
  if (row === undefined) return undefined;
  const [contact, stages, definitions, conversations, runs] = await Promise.all([
    row.contactId === null ? undefined : contactView(deps, actor, row.contactId),
    listCustomerStages(deps.sql, actor.accountId),
    listFields(deps.sql, actor.accountId, ['customer', 'contact']),
    conversationsOfCustomer(deps.sql, actor, customerId, SHOWN),
    runsOfCard(deps.sql, actor, { type: 'customer', id: customerId }, true, SHOWN),
  ]);
  return {
    ...customerItem(row),
    contact: contact ?? null,
    fields: row.fields,
    stages,
    definitions,
    conversations: conversations.map((conversation) => conversationItem(deps.channels, conversation)),
    runs: runs.map(runView),
  };
}

export const taskView = (row: TaskRow): Task => ({
  id: row.id,
  entity: { type: row.entityType, id: row.entityId },
  text: row.text,
  responsible: named(row.responsibleId, row.responsibleName),
  dueAt: row.dueAt,
  completedAt: row.completedAt,
  author: authorOfJson(row.createdBy, row.authorName),
  createdAt: row.createdAt,
});

export const noteView = (row: NoteRow): Note => ({
  id: row.id,
  text: row.text,
  author: authorOfJson(row.createdBy, row.authorName),
  createdAt: row.createdAt,
});
