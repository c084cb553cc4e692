import { createRoute } from '@hono/zod-openapi';
import { findInternalChat } from '../../db/stores/internal-chats.ts';
import { type InternalMessageRow, internalMessages, searchInternal } from '../../db/stores/internal-messages.ts';
import { mayWrite } from '../auth/guard.ts';
import { baseUrl } from '../base-url.ts';
import { idInPath } from '../contract/common.ts';
import {
  editInternal,
  internalHitPage,
  internalMessage,
  internalMessageInPath,
  internalMessagePage,
  internalMessageQuery,
  internalRead,
  internalSearchQuery,
  readInternalBody,
  writeInternal,
} from '../contract/internal.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { deleteMessage, editMessage, markRead, readableChat, writeMessage } from '../internal-write.ts';
import { answers, makes, nothing, router, takes } from '../openapi.ts';
import { internalHitView, internalMessageView } from '../views/internal.ts';

const tags = ['internal chats'];

/** What colleagues write to each other. Mounted like `internalChatRoutes`, before them: `search` is no id. */
export function internalMessageRoutes(deps: ApiDeps) {
  const view = (c: AppContext, row: InternalMessageRow) => internalMessageView(row, deps.secretKey, baseUrl(deps, c));
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/internal-chats/search',
        tags,
        summary: 'Messages with all of these words, newest first, in every internal chat I may read or in one',
        request: { query: internalSearchQuery },
        responses: answers(internalHitPage),
      }),
      async (c) => {
        const { q, chat, cursor, limit } = c.req.valid('query');
        const words = q.match(/[\p{L}\p{N}]+/gu)?.slice(0, 20) ?? [];
        if (words.length === 0) return c.json({ items: [], nextCursor: null }, 200);
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const rows = await searchInternal(deps.sql, c.var.actor, words, {
          limit: limit + 1,
          ...(chat === undefined ? {} : { chatId: chat }),
          ...(after === undefined ? {} : { after }),
        });
        return c.json(
          page(rows, limit, (row) => [row.writtenAt, row.id], internalHitView),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/internal-chats/{id}/messages',
        tags,
        summary: 'Messages, oldest first: the newest ones, or those beside a position',
        request: { params: idInPath, query: internalMessageQuery },
        responses: answers(internalMessagePage),
      }),
      async (c) => {
        const chat = await readableChat(deps, c.var.actor, c.req.valid('param').id);
        const { before, after, around, limit } = c.req.valid('query');
        const read = (side: { before?: number; after?: number }, count: number) =>
          internalMessages(deps.sql, c.var.actor.accountId, chat.id, side, count);
        const rows =
          around === undefined
            ? await read({ ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }, limit)
            : (
                await Promise.all([read({ before: around + 1 }, Math.ceil(limit / 2)), read({ after: around }, Math.floor(limit / 2) || 1)])
              ).flat();
        // Positions have no gaps: the ends tell whether something lies beyond them.
        const first = rows.at(0)?.position;
        const last = rows.at(-1)?.position;
        return c.json(
          {
            items: rows.map((row) => view(c, row)),
            hasOlder: first === undefined ? (after ?? 0) > 0 && chat.lastPosition > 0 : first > 1,
            hasNewer: last === undefined ? before !== undefined && chat.lastPosition > 0 : last < chat.lastPosition,
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/internal-chats/{id}/messages',
        tags,
        summary: 'Write to colleagues. The same Idempotency-Key again answers with the first message',
        middleware: [mayWrite] as const,
        request: { params: idInPath, ...takes(writeInternal) },
        responses: makes(internalMessage),
      }),
      async (c) => {
        const { text, mentions, files } = c.req.valid('json');
        const draft = { text, mentions, fileIds: files.map(({ id }) => id) };
        return c.json(view(c, await writeMessage(deps, c.var.actor, c.req.valid('param').id, draft, c.var.idempotencyKey)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/internal-chats/{id}/messages/{messageId}',
        tags,
        summary: 'Correct a message of one’s own',
        middleware: [mayWrite] as const,
        request: { params: internalMessageInPath, ...takes(editInternal) },
        responses: answers(internalMessage),
      }),
      async (c) => {
        const { id, messageId } = c.req.valid('param');
        return c.json(view(c, await editMessage(deps, c.var.actor, id, messageId, c.req.valid('json'))), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/internal-chats/{id}/messages/{messageId}',
        tags,
        summary: 'Delete a message of one’s own: only its place stays',
        middleware: [mayWrite] as const,
        request: { params: internalMessageInPath },
        responses: nothing,
      }),
      async (c) => {
        const { id, messageId } = c.req.valid('param');
        await deleteMessage(deps, c.var.actor, id, messageId);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/internal-chats/{id}/read',
        tags,
        summary: 'Read up to a position',
        request: { params: idInPath, ...takes(readInternalBody) },
        responses: answers(internalRead),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        await readableChat(deps, c.var.actor, id);
        await markRead(deps, c.var.actor, id, c.req.valid('json').position);
        const chat = await findInternalChat(deps.sql, c.var.actor, id);
        return c.json({ readPosition: chat?.readPosition ?? null }, 200);
      },
    );
}
