import { createRoute } from '@hono/zod-openapi';
import { baseUrl } from '../base-url.ts';
import { numberInPath } from '../contract/conversations.ts';
import { noteInPath, talkNoteBody, talkNoteMade } from '../contract/team.ts';
import type { ApiDeps } from '../deps.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, nothing, router, takes } from '../openapi.ts';
import { removeNote, rewriteNote, writeNote } from '../talk-notes.ts';

const tags = ['team'];

/** Private notes of conversations. They are read with the thread; nothing of them ever reaches a client. */
export function talkNoteRoutes(deps: ApiDeps) {
  return router()
    .openapi(
      createRoute({
        method: 'post',
        path: '/conversations/{number}/notes',
        tags,
        summary: 'Add a private note; those who are mentioned are told',
        middleware: [answeredOnce(deps)] as const,
        request: { params: numberInPath, ...takes(talkNoteBody) },
        responses: makes(talkNoteMade),
      }),
      async (c) => c.json(await writeNote(deps, c.var.actor, c.req.valid('param').number, c.req.valid('json'), baseUrl(deps, c)), 201),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/conversations/{number}/notes/{id}',
        tags,
        summary: 'Change one’s own note',
        request: { params: noteInPath, ...takes(talkNoteBody) },
        responses: answers(talkNoteMade),
      }),
      async (c) => {
        const { number, id } = c.req.valid('param');
        return c.json(await rewriteNote(deps, c.var.actor, number, id, c.req.valid('json'), baseUrl(deps, c)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/conversations/{number}/notes/{id}',
        tags,
        summary: 'Take away one’s own note; an administrator anybody’s',
        request: { params: noteInPath },
        responses: nothing,
      }),
      async (c) => {
        const { number, id } = c.req.valid('param');
        await removeNote(deps, c.var.actor, number, id);
        return c.body(null, 204);
      },
    );
}
