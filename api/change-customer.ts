/** Changes of a customer by a person: row and events in one transaction, live updates after it. */
import type { Transaction } from '../db/connection.ts';
import { notify } from '../db/notify.ts';
import { insertCustomer, type LockedCustomer, listCustomerStages, lockCustomer, updateCustomer } from '../db/stores/customers.ts';
import { insertEvents, type NewEvent } from '../db/stores/events.ts';
import type { Actor } from './actor.ts';
import { mustEdit, mustEditSome } from './auth/may.ts';
import { type CardEvent, changedCommon, contactToJoin, renamed } from './card-common.ts';
import type { CustomerChange, NewCustomer } from './contract/customers.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;

/** Changes what is named. Throws ApiError not_found, forbidden, or invalid naming the field. */
export async function changeCustomer(deps: Deps, actor: Actor, customerId: number, change: CustomerChange): Promise<void> {
  const at = deps.now();
  await deps.sql.begin(async (tx) => {
    const before = await lockCustomer(tx, actor, customerId);
    if (before === undefined) throw new ApiError('not_found', 'No such customer');
    mustEdit(before);
    await checkStage(tx, actor.accountId, change.stageId);
    const common = await changedCommon(tx, actor, 'customer', before, change);
    const after: LockedCustomer = {
      ...before,
      ...common.row,
      name: change.name ?? before.name,
      stageId: change.stageId === undefined ? before.stageId : change.stageId,
      nextPurchaseAt: change.nextPurchaseAt === undefined ? before.nextPurchaseAt : change.nextPurchaseAt,
    };
    await updateCustomer(tx, actor.accountId, after, at);
    const whose = { entityType: 'customer' as const, entityId: customerId, leadId: null, contactId: before.contactId };
    const events = [...common.events, ...ownEvents(before, after)].map((event): NewEvent => ({ ...whose, ...event }));
    await insertEvents(tx, actor.accountId, actor.userId, events, at);
  });
  notify(deps.sql, [{ accountId: actor.accountId, kind: 'customer', id: customerId }]);
}

/** Makes a customer in the first stage, unless another is named. The contact, where one is named, must be seen; its name, tags and answers stay its own. */
export async function makeCustomer(deps: Deps, actor: Actor, customer: NewCustomer): Promise<number> {
  mustEditSome(actor);
  const at = deps.now();
  const customerId = await deps.sql.begin(async (tx) => {
    const contact = await contactToJoin(tx, actor, customer.contactId);
    await checkStage(tx, actor.accountId, customer.stageId);
    const [first] = await listCustomerStages(tx, actor.accountId);
    const empty = { responsibleId: contact?.responsibleId ?? actor.userId, tagIds: [], fields: {} };
    const { row } = await changedCommon(tx, actor, 'customer', empty, customer);
    const id = await insertCustomer(
      tx,
      actor.accountId,
      {
        ...row,
        name: customer.name,
        stageId: customer.stageId === undefined ? (first?.id ?? null) : customer.stageId,
        contactId: customer.contactId ?? null,
        nextPurchaseAt: customer.nextPurchaseAt ?? null,
      },
      at,
    );
    const event: NewEvent = {
      type: 'customer_added',
      entityType: 'customer',
      entityId: id,
      leadId: null,
      contactId: customer.contactId ?? null,
    };
    await insertEvents(tx, actor.accountId, actor.userId, [event], at);
    return id;
  });
  notify(deps.sql, [{ accountId: actor.accountId, kind: 'customer', id: customerId }]);
  return customerId;
}

async function checkStage(tx: Transaction, accountId: number, stageId: number | null | undefined): Promise<void> {
  if (stageId === undefined || stageId === null) return;
  const stages = await listCustomerStages(tx, accountId);
  if (!stages.some(({ id }) => id === stageId)) throw wrongField('stageId', 'there is no such stage: GET /api/customers/stages lists them');
}

function ownEvents(before: LockedCustomer, after: LockedCustomer): CardEvent[] {
  const events: CardEvent[] = [];
  if (before.stageId !== after.stageId) {
    events.push({
      type: 'customer_status_changed',
      before: [{ customer_status: { id: before.stageId } }],
      after: [{ customer_status: { id: after.stageId } }],
    });
  }
  if (before.nextPurchaseAt !== after.nextPurchaseAt) {
    events.push({
      type: 'customer_next_purchase_changed',
      before: [{ next_purchase: { at: before.nextPurchaseAt } }],
      after: [{ next_purchase: { at: after.nextPurchaseAt } }],
    });
  }
  return [...events, ...renamed(before, after)];
}
