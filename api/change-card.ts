/** Changes of a card by a person: row and events in one transaction, live updates after it. Used by the own API and the amoCRM-shaped one. */
import type { Transaction } from '../db/connection.ts';
import { type ChangeItem, leftSightOf, notify } from '../db/notify.ts';
import type { FieldValues } from '../db/schema/people.ts';
import { lockContact, updateContact } from '../db/stores/contacts.ts';
import { insertEvents, type NewEvent } from '../db/stores/events.ts';
import { ensureTags, type FieldEntity, listFields, mergedFields, tagNames } from '../db/stores/fields.ts';
import type { StageRow } from '../db/stores/leads.ts';
import { insertLead, type LockedLead, lockLead, updateLead } from '../db/stores/leads.ts';
import { findStage, findStageAnywhere, firstStage } from '../db/stores/pipelines.ts';
import { findUser } from '../db/stores/users.ts';
import type { Actor } from './actor.ts';
import { mustEdit, mustEditSome } from './auth/may.ts';
import type { ContactChange, LeadChange, NewLead } from './contract/leads.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;

/** Changes a lead. Throws ApiError not_found, or invalid naming the field. Returns when it was changed. */
export async function changeLead(deps: Deps, actor: Actor, leadId: number, change: LeadChange): Promise<number> {
  const at = deps.now();
  const { conversations, left } = await deps.sql.begin(async (tx) => {
    const before = await lockLead(tx, actor, leadId);
    if (before === undefined) throw new ApiError('not_found', 'No such lead');
    mustEdit(before);
    const stage = await stageFor(tx, actor.accountId, before, change);
    const common = await changedCommon(tx, actor, 'lead', before, change);
    const after: LockedLead = {
      ...before,
      ...common.row,
      name: change.name ?? before.name,
      price: change.price ?? before.price,
      pipelineId: stage?.pipelineId ?? before.pipelineId,
      stageId: stage?.id ?? before.stageId,
    };
    const isClosed = stage === undefined ? undefined : stage.kind === 'won' || stage.kind === 'lost';
    await updateLead(tx, actor.accountId, after, isClosed, at);
    const whose = { entityType: 'lead' as const, entityId: leadId, leadId, contactId: before.contactId };
    const events = [
      ...common.events.map((event) => ({ ...whose, ...event })),
      ...ownEvents(before, after).map((event) => ({ ...whose, ...event })),
    ];
    await insertEvents(tx, actor.accountId, actor.userId, events, at);
    const rows = await tx<{ number: number }[]>`
      select number from conversations where account_id = ${actor.accountId} and entity_type = 'lead' and entity_id = ${leadId} and status <> 'closed'`;
    return { conversations: rows, left: leftSight(actor, common.events) };
  });
  notify(deps.sql, [
    { accountId: actor.accountId, kind: 'lead', id: leadId },
    ...left,
    ...conversations.map(({ number }): ChangeItem => ({ accountId: actor.accountId, kind: 'conversation', id: number })),
  ]);
  return at;
}

/** Makes a lead. The contact, where one is named, must be seen. */
export async function makeLead(deps: Deps, actor: Actor, lead: NewLead): Promise<number> {
  mustEditSome(actor);
  const at = deps.now();
  const leadId = await deps.sql.begin(async (tx) => {
    const contact = lead.contactId === undefined ? undefined : await lockContact(tx, actor, lead.contactId);
    if (lead.contactId !== undefined && contact === undefined) throw wrongField('contactId', 'there is no such contact');
    if (contact !== undefined) mustEdit(contact);
    const stage =
      lead.stageId === undefined
        ? await firstStage(tx, actor.accountId, lead.pipelineId)
        : await findStageAnywhere(tx, actor.accountId, lead.stageId, lead.pipelineId);
    if (stage === undefined) throw wrongField(lead.stageId === undefined ? 'pipelineId' : 'stageId', 'the account has no such stage');
    const empty = { responsibleId: actor.userId, tagIds: [], fields: {} };
    const { row } = await changedCommon(tx, actor, 'lead', empty, lead);
    const id = await insertLead(
      tx,
      actor.accountId,
      {
        ...empty,
        ...row,
        name: lead.name,
        price: lead.price ?? 0,
        pipelineId: stage.pipelineId,
        stageId: stage.id,
        contactId: lead.contactId ?? null,
      },
      stage.kind === 'won' || stage.kind === 'lost',
      at,
    );
    const event: NewEvent = {
      type: 'lead_added',
      entityType: 'lead',
      entityId: id,
      leadId: id,
      contactId: lead.contactId ?? null,
      after: [{ lead_status: { id: stage.id, pipeline_id: stage.pipelineId } }],
    };
    await insertEvents(tx, actor.accountId, actor.userId, [event], at);
    return id;
  });
  notify(deps.sql, [{ accountId: actor.accountId, kind: 'lead', id: leadId }]);
  return leadId;
}

export async function changeContact(deps: Deps, actor: Actor, contactId: number, change: ContactChange): Promise<void> {
  const at = deps.now();
  const left = await deps.sql.begin(async (tx) => {
    const before = await lockContact(tx, actor, contactId);
    if (before === undefined) throw new ApiError('not_found', 'No such contact');
    mustEdit(before);
    const common = await changedCommon(tx, actor, 'contact', before, change);
    await updateContact(tx, actor.accountId, contactId, { ...before, ...common.row, name: change.name ?? before.name }, at);
    const whose = { entityType: 'contact' as const, entityId: contactId, leadId: null, contactId };
    await insertEvents(
      tx,
      actor.accountId,
      actor.userId,
      common.events.map((event) => ({ ...whose, ...event })),
      at,
    );
    return leftSight(actor, common.events);
  });
  notify(deps.sql, [{ accountId: actor.accountId, kind: 'contact', id: contactId }, ...left]);
}

/** Tells those who no longer see the card that their lists have changed: the card's own change does not reach them any more. */
function leftSight(actor: Actor, events: CardEvent[]): ChangeItem[] {
  const { accountId } = actor;
  return events
    .filter(({ type }) => type === 'entity_responsible_changed')
    .map(({ before }) => ({ accountId, kind: 'sight', id: leftSightOf(before) }));
}

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

function ownEvents(before: LockedLead, after: LockedLead): CardEvent[] {
  const events: CardEvent[] = [];
  if (before.stageId !== after.stageId || before.pipelineId !== after.pipelineId) {
    events.push({
      type: 'lead_status_changed',
      before: [{ lead_status: { id: before.stageId, pipeline_id: before.pipelineId } }],
      after: [{ lead_status: { id: after.stageId, pipeline_id: after.pipelineId } }],
    });
  }
  if (before.price !== after.price) {
    events.push({
      type: 'sale_field_changed',
      before: [{ sale_field_value: { sale: before.price } }],
      after: [{ sale_field_value: { sale: after.price } }],
    });
  }
  if (before.name !== after.name) {
    events.push({
      type: 'name_field_changed',
      before: [{ name_field_value: { name: before.name } }],
      after: [{ name_field_value: { name: after.name } }],
    });
  }
  return events;
}

/** The stage a lead moves to; undefined: it stays. A stage id that stands in one pipeline only may come without it. */
async function stageFor(tx: Transaction, accountId: number, lead: LockedLead, change: LeadChange): Promise<StageRow | undefined> {
  const { stageId, pipelineId } = change;
  if (stageId === undefined && pipelineId === undefined) return undefined;
  if (stageId === undefined) {
    if (pipelineId === lead.pipelineId) return undefined;
    const first = await firstStage(tx, accountId, pipelineId);
    if (first === undefined) throw wrongField('pipelineId', 'the account has no such pipeline');
    return first;
  }
  const stage =
    pipelineId === undefined
      ? ((await findStage(tx, accountId, lead.pipelineId, stageId)) ?? (await findStageAnywhere(tx, accountId, stageId)))
      : await findStage(tx, accountId, pipelineId, stageId);
  if (stage === undefined) throw wrongField('stageId', 'there is no such stage: GET /api/pipelines lists them');
  return stage;
}

/** Values must fit their fields: a select names one of its options, a number is a number. */
async function checkFields(tx: Transaction, accountId: number, entity: FieldEntity, values: FieldValues | undefined): Promise<void> {
  if (values === undefined) return;
  const known = new Map((await listFields(tx, accountId, [entity])).map((field) => [String(field.id), field]));
  for (const [id, list] of Object.entries(values)) {
    const field = known.get(id);
    if (field === undefined) throw wrongField(`fields.${id}`, 'the account has no such field');
    for (const { value, enumId } of list) {
      if (field.type === 'numeric' && !Number.isFinite(Number(value))) throw wrongField(`fields.${id}`, 'must be a number');
      const isChoice = field.type === 'select' || field.type === 'multiselect';
      if (isChoice && !field.enums.some((option) => option.id === enumId || option.value === value)) {
        throw wrongField(`fields.${id}`, 'must be one of the options of the field');
      }
    }
    if (list.length > 1 && !['multiselect', 'multitext'].includes(field.type)) throw wrongField(`fields.${id}`, 'takes one value');
  }
}
