import { createRoute, z } from '@hono/zod-openapi';
import { findContact } from '../../db/stores/contacts.ts';
import { findCustomer } from '../../db/stores/customers.ts';
import { listEvents } from '../../db/stores/events.ts';
import { findLead } from '../../db/stores/leads.ts';
import { keptContactId } from '../../db/stores/merge-contacts.ts';
import { type Card, notesOf, tasksOf } from '../../db/stores/tasks.ts';
import type { Actor } from '../actor.ts';
import { changeTask, makeNote, makeTask } from '../change-task.ts';
import { idInPath, pageQuery } from '../contract/common.ts';
import { newNote, newTask, note, notePage, task, taskChange, tasks } from '../contract/customers.ts';
import { eventPage } from '../contract/events.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, router, takes } from '../openapi.ts';
import { noteView, taskView } from '../views/customers.ts';
import { eventView } from '../views/events.ts';

/** Done tasks stay on the card; nobody scrolls through more. */
const TASKS_MOST = 200;

const kinds = { leads: 'lead', customers: 'customer', contacts: 'contact' } as const;
const cardInPath = z.object({ card: z.enum(['leads', 'customers', 'contacts']), id: idInPath.shape.id });
const tags = ['cards'];

/** Tasks, notes and events of leads, customers and contacts. */
export function taskRoutes(deps: ApiDeps) {
  /** The id of the card; a contact that was merged leads to the one that stayed. */
  const kept = async ({ accountId }: Actor, { card, id }: z.output<typeof cardInPath>) =>
    card === 'contacts' ? keptContactId(deps.sql, accountId, id) : id;
  /** The card named in the path, where it is seen. */
  async function cardOf(actor: Actor, path: z.output<typeof cardInPath>): Promise<Card & { contactId: number | null }> {
    const type = kinds[path.card];
    const find = { lead: findLead, customer: findCustomer, contact: findContact }[type];
    const id = await kept(actor, path);
    const row = await find(deps.sql, actor, id);
    if (row === undefined) throw new ApiError('not_found', `No such ${type}`);
    return { type, id, contactId: 'contactId' in row ? row.contactId : id };
  }
  const body = { middleware: answeredOnce(deps) };
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/{card}/{id}/tasks',
        tags,
        summary: 'Tasks of a card: those to be done first',
        request: { params: cardInPath },
        responses: answers(tasks),
      }),
      async (c) => {
        const card = await cardOf(c.var.actor, c.req.valid('param'));
        return c.json({ items: (await tasksOf(deps.sql, c.var.actor.accountId, card, TASKS_MOST)).map(taskView) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/{card}/{id}/tasks',
        tags,
        summary: 'Give a task',
        ...body,
        request: { params: cardInPath, ...takes(newTask) },
        responses: makes(task),
      }),
      async (c) => {
        const path = c.req.valid('param');
        const id = await kept(c.var.actor, path);
        return c.json(taskView(await makeTask(deps, c.var.actor, { type: kinds[path.card], id }, c.req.valid('json'))), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/tasks/{id}',
        tags,
        summary: 'Change what is named; `completed` both ways',
        request: { params: idInPath, ...takes(taskChange) },
        responses: answers(task),
      }),
      async (c) => c.json(taskView(await changeTask(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json'))), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/{card}/{id}/notes',
        tags,
        summary: 'Notes of a card, newest first',
        request: { params: cardInPath, query: pageQuery },
        responses: answers(notePage),
      }),
      async (c) => {
        const card = await cardOf(c.var.actor, c.req.valid('param'));
        const { cursor, limit } = c.req.valid('query');
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const rows = await notesOf(deps.sql, c.var.actor.accountId, card, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
        return c.json(
          page(rows, limit, (row) => [row.createdAt, row.id], noteView),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/{card}/{id}/notes',
        tags,
        summary: 'Write a note for colleagues',
        ...body,
        request: { params: cardInPath, ...takes(newNote) },
        responses: makes(note),
      }),
      async (c) => {
        const path = c.req.valid('param');
        const id = await kept(c.var.actor, path);
        return c.json(noteView(await makeNote(deps, c.var.actor, { type: kinds[path.card], id }, c.req.valid('json').text)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/{card}/{id}/events',
        tags,
        summary: 'What happened with the card and its client, newest first',
        request: { params: cardInPath, query: pageQuery },
        responses: answers(eventPage),
      }),
      async (c) => {
        const card = await cardOf(c.var.actor, c.req.valid('param'));
        const { cursor, limit } = c.req.valid('query');
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const ofCustomer = card.contactId === null ? { customerId: card.id } : { contactId: card.contactId };
        const of = card.type === 'lead' ? { leadId: card.id } : ofCustomer;
        const rows = await listEvents(deps.sql, c.var.actor, of, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
        return c.json(
          page(rows, limit, (row) => [row.at, row.id], eventView),
          200,
        );
      },
    );
}
