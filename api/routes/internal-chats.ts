import { createRoute } from '@hono/zod-openapi';
import { countUnreadInternal, listInternalChats } from '../../db/stores/internal-chats.ts';
import { mayWrite } from '../auth/guard.ts';
import { idInPath, pageQuery } from '../contract/common.ts';
import {
  internalChat,
  internalChatChange,
  internalChatPage,
  internalCounts,
  internalMemberInPath,
  internalMembers,
  newDirectChat,
  newGroupChat,
} from '../contract/internal.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { answeredOnce } from '../idempotency.ts';
import { addMembers, makeGroup, openDirect, openLeadChat, readableChat, removeMember, renameChat } from '../internal-write.ts';
import { answers, makes, nothing, router, takes } from '../openapi.ts';
import { internalChatView } from '../views/internal.ts';

const tags = ['internal chats'];

/** Chats of colleagues. Mounted where read-only users may come: they read along, writing asks `mayWrite`. */
export function internalChatRoutes(deps: ApiDeps) {
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/internal-chats',
        tags,
        summary: 'My internal chats, last used first',
        request: { query: pageQuery },
        responses: answers(internalChatPage),
      }),
      async (c) => {
        const { cursor, limit } = c.req.valid('query');
        const { actor } = c.var;
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const rows = await listInternalChats(deps.sql, actor, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
        return c.json(
          page(
            rows,
            limit,
            (row) => [row.activeAt, row.id],
            (row) => internalChatView(row, actor.userId),
          ),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/internal-chats/counts',
        tags,
        summary: 'How many of my internal chats hold something unread',
        responses: answers(internalCounts),
      }),
      async (c) => c.json({ unread: await countUnreadInternal(deps.sql, c.var.actor) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/internal-chats/direct',
        tags,
        summary: 'The chat with one colleague, made at the first time',
        middleware: [mayWrite, answeredOnce(deps)] as const,
        request: takes(newDirectChat),
        responses: { ...makes(internalChat), ...answers(internalChat, 'It was there') },
      }),
      async (c) => {
        const { chat, isNew } = await openDirect(deps, c.var.actor, c.req.valid('json').userId);
        return c.json(internalChatView(chat, c.var.actor.userId), isNew ? 201 : 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/internal-chats',
        tags,
        summary: 'Make a group',
        middleware: [mayWrite, answeredOnce(deps)] as const,
        request: takes(newGroupChat),
        responses: makes(internalChat),
      }),
      async (c) => c.json(internalChatView(await makeGroup(deps, c.var.actor, c.req.valid('json')), c.var.actor.userId), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/internal-chats/{id}',
        tags,
        summary: 'One internal chat',
        request: { params: idInPath },
        responses: answers(internalChat),
      }),
      async (c) => c.json(internalChatView(await readableChat(deps, c.var.actor, c.req.valid('param').id), c.var.actor.userId), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/internal-chats/{id}',
        tags,
        summary: 'Rename a group',
        middleware: [mayWrite] as const,
        request: { params: idInPath, ...takes(internalChatChange) },
        responses: answers(internalChat),
      }),
      async (c) => {
        const chat = await renameChat(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json').title);
        return c.json(internalChatView(chat, c.var.actor.userId), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/internal-chats/{id}/members',
        tags,
        summary: 'Take colleagues in',
        middleware: [mayWrite] as const,
        request: { params: idInPath, ...takes(internalMembers) },
        responses: answers(internalChat),
      }),
      async (c) => {
        const chat = await addMembers(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json').userIds);
        return c.json(internalChatView(chat, c.var.actor.userId), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/internal-chats/{id}/members/{userId}',
        tags,
        summary: 'Take a colleague out, or leave',
        middleware: [mayWrite] as const,
        request: { params: internalMemberInPath },
        responses: nothing,
      }),
      async (c) => {
        const { id, userId } = c.req.valid('param');
        await removeMember(deps, c.var.actor, id, userId);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/leads/{id}/internal-chat',
        tags,
        summary: 'The chat of colleagues inside a lead’s card',
        request: { params: idInPath },
        responses: answers(internalChat),
      }),
      async (c) => c.json(internalChatView(await openLeadChat(deps, c.var.actor, c.req.valid('param').id), c.var.actor.userId), 200),
    );
}
