import { createRoute } from '@hono/zod-openapi';
import { notify } from '../../db/notify.ts';
import { deleteWebhook, listWebhookStates, MOST_WEBHOOKS, saveWebhook, webhookSecret } from '../../db/stores/webhooks.ts';
import { webhookCodes } from '../../domain/webhooks/codes.ts';
import { administersOnly } from '../auth/guard.ts';
import { idInPath } from '../contract/common.ts';
import { newWebhook, webhookMade, webhooks } from '../contract/webhooks.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, nothing, router, takes } from '../openapi.ts';

const tags = ['webhooks'];

/** Subscriptions of the account's webhooks, for the settings page: the same rows as `/api/v4/webhooks`, with how their receivers answer. */
export function accountWebhookRoutes(deps: ApiDeps) {
  const { sql } = deps;
  const tell = (accountId: number) => notify(sql, [{ accountId, kind: 'settings', id: 'webhooks' }]);
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/webhooks',
        tags,
        summary: 'Who is told of what, and how it goes',
        middleware: administersOnly,
        responses: answers(webhooks),
      }),
      async (c) => {
        const rows = await listWebhookStates(sql, c.var.actor.accountId);
        const items = rows.map(({ id, destination, settings, disabled, failingSince, nextAttemptAt, behind, recent, createdAt }) => ({
          id,
          destination,
          settings,
          disabled,
          failingSince,
          nextAttemptAt,
          behind,
          recent,
          createdAt,
        }));
        return c.json({ items, codes: webhookCodes }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/webhooks',
        tags,
        summary: 'Subscribe an address, change what it is told, or switch it on again',
        middleware: [administersOnly, answeredOnce(deps)] as const,
        request: takes(newWebhook),
        responses: makes(webhookMade),
      }),
      async (c) => {
        const { accountId, userId } = c.var.actor;
        const { destination, settings } = c.req.valid('json');
        const row = await saveWebhook(sql, { accountId, userId, destination, settings: [...new Set(settings)], at: deps.now() });
        if (row === undefined) throw new ApiError('conflict', `An account has ${MOST_WEBHOOKS} webhooks at most: delete one first`);
        tell(accountId);
        return c.json({ id: row.id, secret: webhookSecret(deps.secretKey, row) }, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/webhooks/{id}',
        tags,
        summary: 'End a subscription',
        middleware: administersOnly,
        request: { params: idInPath },
        responses: nothing,
      }),
      async (c) => {
        const { accountId } = c.var.actor;
        const row = (await listWebhookStates(sql, accountId)).find(({ id }) => id === c.req.valid('param').id);
        if (row === undefined || !(await deleteWebhook(sql, accountId, row.destination, deps.now())))
          throw new ApiError('not_found', 'No such webhook');
        tell(accountId);
        return c.body(null, 204);
      },
    );
}
