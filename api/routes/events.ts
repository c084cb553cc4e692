import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import { type EventRow, listEvents } from '../../db/stores/events.ts';
import { countUnread, listNotifications, readNotifications } from '../../db/stores/notifications.ts';
import { pageQuery } from '../contract/common.ts';
import { type Event, eventPage, eventQuery, notificationPage, readNotifications as readBody } from '../contract/events.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, mayTake, router, z } from '../openapi.ts';
import { authorOf } from '../views/common.ts';

/** The list of events and a person's notifications. */
export function eventRoutes(deps: ApiDeps) {
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/events',
        tags: ['events'],
        summary: 'What happened, newest first',
        request: { query: eventQuery },
        responses: answers(eventPage),
      }),
      async (c) => {
        const { type, lead, contact, conversation, from, to, cursor, limit } = c.req.valid('query');
        const filter = {
          ...(type === undefined ? {} : { types: type }),
          ...(lead === undefined ? {} : { leadId: lead }),
          ...(contact === undefined ? {} : { contactId: contact }),
          ...(conversation === undefined ? {} : { conversationNumber: conversation }),
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        };
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const rows = await listEvents(deps.sql, c.var.actor, filter, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
        return c.json(
          page(rows, limit, (row) => [row.at, row.id], eventView),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/notifications',
        tags: ['notifications'],
        summary: 'Mine and everybody’s, newest first',
        request: { query: pageQuery },
        responses: answers(notificationPage),
      }),
      async (c) => {
        const { cursor, limit } = c.req.valid('query');
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const [rows, unread] = await Promise.all([
          listNotifications(deps.sql, c.var.actor, { limit: limit + 1, ...(after === undefined ? {} : { after }) }),
          countUnread(deps.sql, c.var.actor),
        ]);
        return c.json(
          {
            ...page(
              rows,
              limit,
              (row) => [row.at, row.id],
              (row) => row,
            ),
            unread,
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/notifications/read',
        tags: ['notifications'],
        summary: 'Mark as read: those named, or all of mine',
        request: mayTake(readBody),
        responses: answers(z.object({ unread: z.number().int() })),
      }),
      async (c) => {
        const { ids } = readBody.parse(c.req.valid('json') ?? {});
        const { actor } = c.var;
        const changed = await readNotifications(deps.sql, actor, ids, deps.now());
        notify(
          deps.sql,
          changed.map((id) => ({ accountId: actor.accountId, kind: 'notification' as const, id })),
        );
        return c.json({ unread: await countUnread(deps.sql, actor) }, 200);
      },
    );
}

function eventView(row: EventRow): Event {
  return {
    id: row.id,
    type: row.type,
    entity: { type: row.entityType, id: row.entityId },
    author: authorOf(row.authorKind, row.authorId, row.authorName),
    before: row.before,
    after: row.after,
    conversationNumber: row.conversationNumber,
    contactId: row.contactId,
    leadId: row.leadId,
    runId: row.runId,
    at: row.at,
  };
}
