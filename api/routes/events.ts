import { createRoute } from '@hono/zod-openapi';
import { type EventFilter, listEvents } from '../../db/stores/events.ts';
import { timeZoneOf } from '../../db/stores/reports.ts';
import { eventTypes } from '../../domain/analytics/event-types.ts';
import { addDays, startOfDay } from '../../domain/analytics/periods.ts';
import { needs } from '../auth/guard.ts';
import { type eventFilter, eventPage, eventQuery, eventTypeList } from '../contract/events.ts';
import { decodeCursor, encodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, router, type z } from '../openapi.ts';
import { eventView } from '../views/events.ts';

/** The list of events. */
export function eventRoutes(deps: ApiDeps) {
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/events',
        tags: ['events'],
        summary: 'What happened, newest first',
        middleware: needs('analytics'),
        request: { query: eventQuery },
        responses: answers(eventPage),
      }),
      async (c) => {
        const { cursor, since: known, limit, ...asked } = c.req.valid('query');
        const filter = await readFilter(deps, c.var.actor.accountId, asked);
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const since = decodeCursor(known, isNumbers(2)) as [number, number] | undefined;
        const rows = await listEvents(deps.sql, c.var.actor, filter, {
          limit: limit + 1,
          ...(after === undefined ? {} : { after }),
          ...(since === undefined ? {} : { since }),
        });
        const newest = rows[0];
        return c.json(
          {
            ...page(rows, limit, (row) => [row.at, row.id], eventView),
            newestCursor: newest === undefined ? (known ?? null) : encodeCursor([newest.at, newest.id]),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/events/types',
        tags: ['events'],
        summary: 'Types of events with their titles',
        responses: answers(eventTypeList),
      }),
      (c) => c.json({ items: eventTypes.map(({ key, ru, en }) => ({ key, ru, en })) }, 200),
    );
}

/** The filter as the store takes it; days become instants of the account's time zone. */
export async function readFilter(deps: Pick<ApiDeps, 'sql'>, accountId: number, asked: z.output<typeof eventFilter>): Promise<EventFilter> {
  const { fromDay, toDay } = asked;
  const timeZone = fromDay === undefined && toDay === undefined ? 'UTC' : await timeZoneOf(deps.sql, accountId);
  return {
    types: asked.type,
    leadId: asked.lead,
    contactId: asked.contact,
    conversationNumber: asked.conversation,
    entityTypes: asked.entity,
    authors: asked.author?.map((text) => {
      const [kind, id] = text.split(':') as ['user' | 'bot' | 'client' | 'system', string | undefined];
      return { kind, ...(id === undefined ? {} : { id: Number(id) }) };
    }),
    channelIds: asked.channel,
    responsibleIds: asked.user,
    botIds: asked.bot,
    outcomes: asked.outcome,
    rates: asked.rate,
    answers: asked.answer ?? (asked.waited === undefined ? undefined : 'any'),
    waited: asked.waited,
    from: asked.from ?? (fromDay === undefined ? undefined : startOfDay(fromDay, timeZone)),
    to: asked.to ?? (toDay === undefined ? undefined : startOfDay(addDays(toDay, 1), timeZone) - 1),
  };
}
