import { isIP } from 'node:net';
import { createRoute } from '@hono/zod-openapi';
import { isPublic } from '../../channels/open-address.ts';
import { notify } from '../../db/notify.ts';
import { changeNotificationSettings, readNotificationSettings } from '../../db/stores/notification-settings.ts';
import { countUnread, listNotifications, readNotifications } from '../../db/stores/notifications.ts';
import { deletePushSubscription, listPushSubscriptions, savePushSubscription } from '../../db/stores/push-subscriptions.ts';
import { vapidKeys } from '../../db/vapid.ts';
import { id as idShape } from '../contract/common.ts';
import { notificationPage, readNotifications as readBody } from '../contract/events.ts';
import {
  newPushSubscription,
  notificationQuery,
  notificationSettings,
  notificationSettingsChange,
  pushKey,
  pushSubscription,
  pushSubscriptions,
} from '../contract/notifications.ts';
import { decodeCursor, isNumbers, page } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answers, makes, mayTake, nothing, router, takes, z } from '../openapi.ts';

const tags = ['notifications'];
/** Tells the senders that a browser came or went. */
export const PUSH_SUBSCRIPTIONS = 'push-subscriptions';

/** A person's notifications, what they want to be told of, and the browsers that get pushes. */
export function notificationRoutes(deps: ApiDeps) {
  const { sql } = deps;
  const noUser = () => new ApiError('not_found', 'There is no such user any more');
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/notifications',
        tags,
        summary: 'Mine and everybody’s, newest first',
        request: { query: notificationQuery },
        responses: answers(notificationPage),
      }),
      async (c) => {
        const { cursor, limit, group, unread } = c.req.valid('query');
        const after = decodeCursor(cursor, isNumbers(2)) as [number, number] | undefined;
        const [rows, count] = await Promise.all([
          listNotifications(sql, c.var.actor, {
            limit: limit + 1,
            unread: unread === 'true',
            ...(group === undefined ? {} : { group }),
            ...(after === undefined ? {} : { after }),
          }),
          countUnread(sql, c.var.actor),
        ]);
        const shown = page(
          rows,
          limit,
          (row) => [row.at, row.id],
          (row) => row,
        );
        return c.json({ ...shown, unread: count }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/notifications/read',
        tags,
        summary: 'Mark as read: those named, those of a group, or all of mine',
        request: mayTake(readBody),
        responses: answers(z.object({ unread: z.number().int() })),
      }),
      async (c) => {
        const which = readBody.parse(c.req.valid('json') ?? {});
        const { actor } = c.var;
        const changed = await readNotifications(sql, actor, which, deps.now());
        notify(
          sql,
          changed.map((id) => ({ accountId: actor.accountId, kind: 'notification' as const, id })),
        );
        return c.json({ unread: await countUnread(sql, actor) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/me/notifications',
        tags,
        summary: 'What I want to be told, and how',
        responses: answers(notificationSettings),
      }),
      async (c) => {
        const settings = await readNotificationSettings(sql, c.var.actor);
        if (settings === undefined) throw noUser();
        return c.json(settings, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/me/notifications',
        tags,
        summary: 'Change what is named',
        request: takes(notificationSettingsChange),
        responses: answers(notificationSettings),
      }),
      async (c) => {
        const { actor } = c.var;
        const change = c.req.valid('json');
        const settings = await sql.begin((tx) =>
          changeNotificationSettings(tx, actor, change as Parameters<typeof changeNotificationSettings>[2]),
        );
        if (settings === undefined) throw noUser();
        notify(sql, [{ accountId: actor.accountId, kind: 'notification', id: 0 }]);
        return c.json(settings, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/push-key',
        tags,
        summary: 'The key that browsers subscribe to pushes with (applicationServerKey)',
        responses: answers(pushKey),
      }),
      (c) => c.json({ publicKey: vapidKeys(deps.secretKey).publicKey }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/me/push-subscriptions',
        tags,
        summary: 'My browsers that get pushes',
        responses: answers(pushSubscriptions),
      }),
      async (c) => c.json({ items: await listPushSubscriptions(sql, c.var.actor) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/push-subscriptions',
        tags,
        summary: 'Send pushes to this browser; repeating it is harmless',
        request: takes(newPushSubscription),
        responses: makes(pushSubscription),
      }),
      async (c) => {
        const { endpoint, keys, device } = c.req.valid('json');
        refusePrivate(endpoint, deps.allowPrivateAddresses === true);
        const { actor } = c.var;
        const row = await sql.begin((tx) => savePushSubscription(tx, deps.secretKey, actor, { endpoint, ...keys, device }, deps.now()));
        notify(sql, [{ accountId: actor.accountId, kind: 'notification', id: PUSH_SUBSCRIPTIONS }]);
        return c.json(row, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/me/push-subscriptions/{id}',
        tags,
        summary: 'No more pushes to this browser',
        request: { params: z.object({ id: z.coerce.number().pipe(idShape) }) },
        responses: nothing,
      }),
      async (c) => {
        if (!(await deletePushSubscription(sql, c.var.actor, c.req.valid('param').id)))
          throw new ApiError('not_found', 'None of your browsers has this id: GET /api/me/push-subscriptions lists them');
        return c.body(null, 204);
      },
    );
}

/** What can be told of an address without asking for it; names are looked up when a push is sent, and checked again. */
function refusePrivate(endpoint: string, allowed: boolean): void {
  if (allowed) return;
  const { protocol, hostname } = new URL(endpoint);
  const literal = hostname.replace(/^\[|\]$/g, '');
  const refused = protocol !== 'https:' || hostname === 'localhost' || (isIP(literal) !== 0 && !isPublic(literal));
  if (!refused) return;
  throw new ApiError('invalid', 'endpoint: must be the https address of a push service on the open internet', {
    fields: [{ field: 'endpoint', message: 'must be the https address of a push service on the open internet' }],
  });
}
