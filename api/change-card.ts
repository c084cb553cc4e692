/** Changes of a card by a person: row and events in one transaction, live updates after it. Used by the own API and the amoCRM-shaped one. */
import type { Transaction } from '../db/connection.ts';
import { type ChangeItem, leftSightOf, notify } from '../db/notify.ts';
import { lockContact, updateContact } from '../db/stores/contacts.ts';
import { insertEvents, type NewEvent } from '../db/stores/events.ts';
import type { StageRow } from '../db/stores/leads.ts';
import { insertLead, type LockedLead, lockLead, updateLead } from '../db/stores/leads.ts';
import { findStage, findStageAnywhere, firstStage } from '../db/stores/pipelines.ts';
import { changedNames } from '../domain/contact/names.ts';
import type { Actor } from './actor.ts';
import { mustEdit, mustEditSome } from './auth/may.ts';
import { type CardEvent, changedCommon, contactToJoin, renamed } from './card-common.ts';
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
    await contactToJoin(tx, actor, lead.contactId);
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

/** Changes a contact. Throws ApiError not_found, or invalid naming the field. Returns when it was changed. */
export async function changeContact(deps: Deps, actor: Actor, contactId: number, change: ContactChange): Promise<number> {
  const at = deps.now();
  const left = await deps.sql.begin(async (tx) => {
    const before = await lockContact(tx, actor, contactId);
    if (before === undefined) throw new ApiError('not_found', 'No such contact');
    mustEdit(before);
    const common = await changedCommon(tx, actor, 'contact', before, change);
    const names = changedNames(before, change);
    await updateContact(tx, actor.accountId, contactId, { ...names, ...common.row }, at);
    const whose = { entityType: 'contact' as const, entityId: contactId, leadId: null, contactId };
    await insertEvents(
      tx,
      actor.accountId,
      actor.userId,
      [...common.events, ...renamed(before, names)].map((event) => ({ ...whose, ...event })),
      at,
    );
    return leftSight(actor, common.events);
  });
  notify(deps.sql, [{ accountId: actor.accountId, kind: 'contact', id: contactId }, ...left]);
  return at;
}

/** Tells those who no longer see the card that their lists have changed: the card's own change does not reach them any more. */
function leftSight(actor: Actor, events: CardEvent[]): ChangeItem[] {
  const { accountId } = actor;
  return events
    .filter(({ type }) => type === 'entity_responsible_changed')
    .map(({ before }) => ({ accountId, kind: 'sight', id: leftSightOf(before) }));
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
  return [...events, ...renamed(before, after)];
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
