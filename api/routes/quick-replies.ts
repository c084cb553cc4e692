import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import {
  deleteQuickReply,
  findQuickReply,
  insertQuickReply,
  listQuickReplies,
  type QuickReplyRow,
  updateQuickReply,
} from '../../db/stores/quick-replies.ts';
import { mustHave } from '../auth/may.ts';
import { baseUrl } from '../base-url.ts';
import { idInPath } from '../contract/common.ts';
import { filledReply, type QuickReply, quickReplies, quickReply, quickReplyBody, quickReplyFor } from '../contract/team.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError, wrongField } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { needFiles } from '../need-files.ts';
import { answers, makes, nothing, router, takes, type z } from '../openapi.ts';
import { fillQuickReply } from '../quick-reply-text.ts';
import { fileView } from '../talk-notes.ts';

const tags = ['quick replies'];

/** Texts that are written again and again: one's own, and the account's, which the right to settings changes. */
export function quickReplyRoutes(deps: ApiDeps) {
  const { sql } = deps;
  const view = (c: AppContext, { userId, files, ...row }: QuickReplyRow): QuickReply => ({
    ...row,
    shared: userId === null,
    files: files.map((file) => fileView(file, deps.secretKey, baseUrl(deps, c))),
  });
  async function one(c: AppContext, id: number): Promise<QuickReplyRow> {
    const row = await findQuickReply(sql, c.var.actor, id);
    if (row === undefined) throw new ApiError('not_found', 'No such quick reply');
    return row;
  }
  /** Whoever has them open fetches them again: their owner, or everybody where they are shared. */
  const tell = (c: AppContext, ...owners: (number | null)[]) =>
    notify(
      sql,
      owners.map((owner) => ({ accountId: c.var.actor.accountId, kind: 'quickReply', id: owner ?? 0 })),
    );
  async function checked(c: AppContext, body: z.output<typeof quickReplyBody>) {
    if (body.shared) mustHave(c.var.actor, 'settings');
    if (body.text === '' && body.files.length === 0) throw wrongField('text', 'a quick reply needs a text or a file');
    await needFiles(sql, c.var.actor, body.files, (index) => `files.${index}`);
    return { title: body.title, text: body.text, fileIds: body.files, shared: body.shared };
  }

  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/quick-replies',
        tags,
        summary: 'One’s own and the shared ones, by title',
        responses: answers(quickReplies),
      }),
      async (c) => c.json({ items: (await listQuickReplies(sql, c.var.actor)).map((row) => view(c, row)) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/quick-replies',
        tags,
        summary: 'Add one; shared ones need the right to settings',
        middleware: [answeredOnce(deps)] as const,
        request: takes(quickReplyBody),
        responses: makes(quickReply),
      }),
      async (c) => {
        const id = await insertQuickReply(sql, c.var.actor, await checked(c, c.req.valid('json')), deps.now());
        const made = await one(c, id);
        tell(c, made.userId);
        return c.json(view(c, made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/quick-replies/{id}',
        tags,
        summary: 'Replace one',
        request: { params: idInPath, ...takes(quickReplyBody) },
        responses: answers(quickReply),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const before = await one(c, id);
        if (before.userId === null) mustHave(c.var.actor, 'settings');
        await updateQuickReply(sql, c.var.actor, id, await checked(c, c.req.valid('json')), deps.now());
        const after = await one(c, id);
        tell(c, before.userId, after.userId);
        return c.json(view(c, after), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/quick-replies/{id}',
        tags,
        summary: 'Take one away',
        request: { params: idInPath },
        responses: nothing,
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { userId } = await one(c, id);
        if (userId === null) mustHave(c.var.actor, 'settings');
        await deleteQuickReply(sql, c.var.actor, id);
        tell(c, userId);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/quick-replies/{id}/filled',
        tags,
        summary: 'Its text with the placeholders of a client filled',
        request: { params: idInPath, query: quickReplyFor },
        responses: answers(filledReply),
      }),
      async (c) => {
        const { text } = await one(c, c.req.valid('param').id);
        return c.json({ text: await fillQuickReply(deps, c.var.actor, text, c.req.valid('query')) }, 200);
      },
    );
}
