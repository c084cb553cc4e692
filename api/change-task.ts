/** Tasks and notes of cards: row and event in one transaction, live updates after it. */
import type { Transaction } from '../db/connection.ts';
import { type ChangeKind, notify } from '../db/notify.ts';
import { lockContact } from '../db/stores/contacts.ts';
import { lockCustomer } from '../db/stores/customers.ts';
import { insertEvents, type NewEvent } from '../db/stores/events.ts';
import { lockLead } from '../db/stores/leads.ts';
import { type Card, findTask, insertNote, insertTask, type NoteRow, type TaskRow, updateTask } from '../db/stores/tasks.ts';
import { findUser } from '../db/stores/users.ts';
import type { Actor } from './actor.ts';
import { mustEdit } from './auth/may.ts';
import type { NewTask, TaskChange } from './contract/customers.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now'>;

const noSuch: Record<Card['type'], string> = { lead: 'No such lead', customer: 'No such customer', contact: 'No such contact' };

type Locker = (tx: Transaction, actor: Actor, id: number) => Promise<{ mayEdit: boolean; contactId: number | null } | undefined>;
const lockerOf: Record<Card['type'], Locker> = {
  lead: lockLead,
  customer: lockCustomer,
  contact: async (tx, actor, id) => {
    const row = await lockContact(tx, actor, id);
    return row && { mayEdit: row.mayEdit, contactId: id };
  },
};

/** Locks a card that is seen and may be changed; answers whose it is. */
async function lockCard(tx: Transaction, actor: Actor, card: Card): Promise<Pick<NewEvent, 'contactId' | 'leadId'>> {
  const row = await lockerOf[card.type](tx, actor, card.id);
  if (row === undefined) throw new ApiError('not_found', noSuch[card.type]);
  mustEdit(row);
  return { leadId: card.type === 'lead' ? card.id : null, contactId: row.contactId };
}

async function checkUser(tx: Transaction, accountId: number, userId: number | null | undefined): Promise<void> {
  if (userId === undefined || userId === null) return;
  const user = await findUser(tx, accountId, userId);
  if (user?.isActive !== true) throw wrongField('responsibleId', 'the account has no such user');
}

const tell = (deps: Deps, accountId: number, card: Card) =>
  notify(deps.sql, [{ accountId, kind: card.type satisfies ChangeKind, id: card.id }]);

/** Gives somebody a task on a card; oneself where nobody is named. */
export async function makeTask(deps: Deps, actor: Actor, card: Card, task: NewTask): Promise<TaskRow> {
  const at = deps.now();
  const { accountId, userId } = actor;
  const made = await deps.sql.begin(async (tx) => {
    const whose = await lockCard(tx, actor, card);
    await checkUser(tx, accountId, task.responsibleId);
    const draft = { text: task.text, dueAt: task.dueAt, responsibleId: task.responsibleId === undefined ? userId : task.responsibleId };
    const id = await insertTask(tx, accountId, card, draft, userId, at);
    await insertEvents(
      tx,
      accountId,
      userId,
      [{ type: 'task_added', entityType: 'task', entityId: id, ...whose, after: [{ task: { text: task.text } }] }],
      at,
    );
    return (await findTask(tx, accountId, id))!;
  });
  tell(deps, accountId, card);
  return made;
}

/** Changes what is named; done and not done again too. Throws not_found for a task whose card is not seen. */
export async function changeTask(deps: Deps, actor: Actor, taskId: number, change: TaskChange): Promise<TaskRow> {
  const at = deps.now();
  const { accountId } = actor;
  const seen = await findTask(deps.sql, accountId, taskId);
  if (seen === undefined) throw new ApiError('not_found', 'No such task');
  const card: Card = { type: seen.entityType, id: seen.entityId };
  const after = await deps.sql.begin(async (tx) => {
    const whose = await lockCard(tx, actor, card).catch((error: unknown) => {
      throw error instanceof ApiError && error.code === 'not_found' ? new ApiError('not_found', 'No such task') : error;
    });
    const before = (await findTask(tx, accountId, taskId, true)) ?? seen;
    await checkUser(tx, accountId, change.responsibleId);
    const completedAt = change.completed === undefined ? before.completedAt : change.completed ? (before.completedAt ?? at) : null;
    const next = {
      text: change.text ?? before.text,
      dueAt: change.dueAt ?? before.dueAt,
      responsibleId: change.responsibleId === undefined ? before.responsibleId : change.responsibleId,
      completedAt,
    };
    await updateTask(tx, accountId, taskId, next);
    const event = (type: string, old: unknown, now: unknown): NewEvent => ({
      type,
      entityType: 'task',
      entityId: taskId,
      ...whose,
      before: [{ task: old }],
      after: [{ task: now }],
    });
    const events: NewEvent[] = [];
    if (next.text !== before.text) events.push(event('task_text_changed', { text: before.text }, { text: next.text }));
    if (next.dueAt !== before.dueAt)
      events.push(event('task_deadline_changed', { due_at: before.dueAt }, { due_at: next.dueAt, text: next.text }));
    if (next.responsibleId !== before.responsibleId) {
      const user = (id: number | null) => [{ responsible_user: { id } }];
      const given = event('entity_responsible_changed', {}, {});
      events.push({ ...given, before: user(before.responsibleId), after: user(next.responsibleId) });
    }
    if (before.completedAt === null && completedAt !== null) events.push(event('task_completed', {}, { text: next.text }));
    if (before.completedAt !== null && completedAt === null) events.push(event('task_reopened', {}, { text: next.text }));
    await insertEvents(tx, accountId, actor.userId, events, at);
    return (await findTask(tx, accountId, taskId))!;
  });
  tell(deps, accountId, card);
  return after;
}

/** Writes a note on a card, for colleagues only. */
export async function makeNote(deps: Deps, actor: Actor, card: Card, text: string): Promise<NoteRow> {
  const at = deps.now();
  const { accountId, userId } = actor;
  const made = await deps.sql.begin(async (tx) => {
    const whose = await lockCard(tx, actor, card);
    const note = await insertNote(tx, accountId, card, text, userId, at);
    const event: NewEvent = {
      type: 'common_note_added',
      entityType: card.type,
      entityId: card.id,
      ...whose,
      after: [{ note: { id: note.id } }],
    };
    await insertEvents(tx, accountId, userId, [event], at);
    return note;
  });
  tell(deps, accountId, card);
  return made;
}
