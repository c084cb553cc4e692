/** What changes of leads, contacts and customers have in common. */
import type { Transaction } from '../db/connection.ts';
import type { FieldValues } from '../db/schema/people.ts';
import { lockContact } from '../db/stores/contacts.ts';
import type { NewEvent } from '../db/stores/events.ts';
import { ensureTags, type FieldEntity, type FieldRow, listFields, mergedFields, tagNames } from '../db/stores/fields.ts';
import type { LockedLead } from '../db/stores/leads.ts';
import { findUser } from '../db/stores/users.ts';
import type { FieldValue } from '../domain/scenario/model.ts';
import type { Actor } from './actor.ts';
import { mustEdit } from './auth/may.ts';
import type { LeadChange } from './contract/leads.ts';
import { wrongField } from './errors.ts';

export type CardEvent = Pick<NewEvent, 'type' | 'before' | 'after'>;
export type Common = Pick<LockedLead, 'responsibleId' | 'tagIds' | 'fields'>;

/** What leads, contacts and customers have in common: responsible, tags, fields; checked against the account. */
export async function changedCommon(
  tx: Transaction,
  actor: Actor,
  entity: FieldEntity,
  before: Common,
  change: Pick<LeadChange, 'responsibleId' | 'tags' | 'fields'>,
): Promise<{ row: Common; events: CardEvent[] }> {
  const { responsibleId, tags, fields } = change;
  if (responsibleId !== undefined && responsibleId !== null) {
    const user = await findUser(tx, actor.accountId, responsibleId);
    if (user?.isActive !== true) throw wrongField('responsibleId', 'the account has no such user');
  }
  await checkFields(tx, actor.accountId, entity, fields);
  const row: Common = {
    responsibleId: responsibleId === undefined ? before.responsibleId : responsibleId,
    tagIds: tags === undefined ? before.tagIds : await ensureTags(tx, actor.accountId, entity, tags),
    fields: mergedFields(before.fields, fields),
  };
  const names = new Map((await tagNames(tx, actor.accountId, [...before.tagIds, ...row.tagIds])).map((tag) => [tag.id, tag.name]));
  const tagValues = (ids: number[]) => ids.map((id) => ({ tag: { name: names.get(id) ?? '' } }));
  const added = row.tagIds.filter((id) => !before.tagIds.includes(id));
  const removed = before.tagIds.filter((id) => !row.tagIds.includes(id));
  const events: CardEvent[] = [];
  if (row.responsibleId !== before.responsibleId) {
    events.push({
      type: 'entity_responsible_changed',
      before: [{ responsible_user: { id: before.responsibleId } }],
      after: [{ responsible_user: { id: row.responsibleId } }],
    });
  }
  if (added.length > 0) events.push({ type: 'entity_tag_added', after: tagValues(added) });
  if (removed.length > 0) events.push({ type: 'entity_tag_deleted', before: tagValues(removed) });
  for (const id of Object.keys(fields ?? {})) {
    const [old, now] = [before.fields[id] ?? [], row.fields[id] ?? []];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    events.push({
      type: 'custom_field_value_changed',
      before: [{ custom_field_value: { field_id: Number(id), values: old } }],
      after: [{ custom_field_value: { field_id: Number(id), values: now } }],
    });
  }
  return { row, events };
}

/** The event of a new name; none where it stayed. */
export function renamed(before: { name: string }, after: { name: string }): CardEvent[] {
  if (before.name === after.name) return [];
  const told = ({ name }: { name: string }) => [{ name_field_value: { name } }];
  return [{ type: 'name_field_changed', before: told(before), after: told(after) }];
}

/** The contact that a new lead or customer is made for, locked; it must be one that may be changed. */
export async function contactToJoin(tx: Transaction, actor: Actor, contactId: number | undefined) {
  if (contactId === undefined) return undefined;
  const contact = await lockContact(tx, actor, contactId);
  if (contact === undefined) throw wrongField('contactId', 'there is no such contact');
  mustEdit(contact);
  return contact;
}

/** Values must be of fields that the account has, and fit them. */
async function checkFields(tx: Transaction, accountId: number, entity: FieldEntity, values: FieldValues | undefined): Promise<void> {
  if (values === undefined) return;
  const known = new Map((await listFields(tx, accountId, [entity])).map((field) => [String(field.id), field]));
  for (const [id, list] of Object.entries(values)) {
    const field = known.get(id);
    if (field === undefined) throw wrongField(`fields.${id}`, 'the account has no such field');
    const wrong = misfit(field, list);
    if (wrong !== undefined) throw wrongField(`fields.${id}`, wrong);
  }
}

/** Why values do not fit their field: a select names one of its options, a number is a number. Undefined where they do. */
export function misfit({ type, enums }: FieldRow, list: readonly FieldValue[]): string | undefined {
  for (const { value, enumId } of list) {
    if (type === 'numeric' && !Number.isFinite(Number(value))) return 'must be a number';
    const isChoice = type === 'select' || type === 'multiselect';
    if (isChoice && !enums.some((option) => option.id === enumId || option.value === value))
      return 'must be one of the options of the field';
  }
  return list.length > 1 && !['multiselect', 'multitext'].includes(type) ? 'takes one value' : undefined;
}
