import { createRoute } from '@hono/zod-openapi';
import { ChannelError } from '../../channels/channel.ts';
import { notify } from '../../db/notify.ts';
import { type ChannelRow, findChannel, listChannels } from '../../db/stores/channels.ts';
import { administersOnly } from '../auth/guard.ts';
import { connectedChannel, webhookUrl } from '../channel-cache.ts';
import { changeChannel, connectChannel, disconnectChannel, reachable } from '../connect-channel.ts';
import { type Channel, channel, channelChange, channels, channelTest, newChannel } from '../contract/channels.ts';
import { idInPath } from '../contract/common.ts';
import type { ApiDeps, AppContext } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answeredOnce } from '../idempotency.ts';
import { answers, makes, nothing, router, takes } from '../openapi.ts';
import { originOf } from '../views/conversations.ts';

const tags = ['channels'];

/** Messengers: connect, test, change, disconnect. Everybody sees the list (the composer needs it), administrators change it. */
export function channelRoutes(deps: ApiDeps) {
  async function find(c: AppContext, id: number): Promise<ChannelRow> {
    const row = await findChannel(deps.sql, c.var.actor.accountId, id);
    if (row === undefined) throw new ApiError('not_found', 'No such channel');
    return row;
  }
  const changed = (c: AppContext, id: number) => notify(deps.sql, [{ accountId: c.var.actor.accountId, kind: 'channel', id }]);

  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/channels',
        tags,
        summary: 'Connected channels, and the messengers this program knows',
        responses: answers(channels),
      }),
      async (c) => {
        const rows = await listChannels(deps.sql, c.var.actor.accountId);
        const types = deps.channels.all().map((adapter) => ({
          type: adapter.type,
          origin: adapter.abilities.origin,
          polls: adapter.poll !== undefined,
          ownPage: adapter.deliversByRow,
          abilities: { ...adapter.abilities },
        }));
        return c.json({ items: rows.map((row) => view(deps, row)), types }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/channels',
        tags,
        summary: 'Connect; it takes effect before the answer',
        middleware: [administersOnly, answeredOnce(deps)] as const,
        request: takes(newChannel),
        responses: makes(channel),
      }),
      async (c) => {
        const id = await connectChannel(deps, c.var.actor, c.req.valid('json'));
        changed(c, id);
        return c.json(revealed(deps, await find(c, id)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/channels/{id}',
        tags,
        summary: 'One channel',
        request: { params: idInPath },
        responses: answers(channel),
      }),
      async (c) => c.json(view(deps, await find(c, c.req.valid('param').id)), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/channels/{id}',
        tags,
        summary: 'Change what is named; new credentials or another way to receive connect anew',
        middleware: administersOnly,
        request: { params: idInPath, ...takes(channelChange) },
        responses: answers(channel),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const change = c.req.valid('json');
        await changeChannel(deps, row, change);
        changed(c, row.id);
        const after = await find(c, row.id);
        return c.json(change.credentials === undefined ? view(deps, after) : revealed(deps, after), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/channels/{id}',
        tags,
        summary: 'Disconnect; chats and their history stay',
        middleware: administersOnly,
        request: { params: idInPath },
        responses: nothing,
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        await disconnectChannel(deps, row, c.var.log);
        changed(c, row.id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/channels/{id}/test',
        tags,
        summary: 'Ask the messenger whether the connection works',
        middleware: administersOnly,
        request: { params: idInPath },
        responses: answers(channelTest),
      }),
      async (c) => {
        const row = await find(c, c.req.valid('param').id);
        const adapter = deps.channels.get(row.type);
        if (adapter === undefined) throw new ApiError('conflict', 'This program no longer knows this messenger');
        if (row.state === 'disconnected') return c.json({ ok: false, words: 'Disconnected: connect it again' }, 200);
        try {
          const { words } = await adapter.test(reachable(deps, row));
          return c.json({ ok: true, words }, 200);
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error;
          return c.json({ ok: false, words: error.words }, 200);
        }
      },
    );
}

/** The same for whoever has just connected it: what was made here and belongs into the other side's settings is shown this once. */
function revealed(deps: ApiDeps, row: ChannelRow): Channel {
  return { ...view(deps, row), ...deps.channels.get(row.type)?.reveal?.(connectedChannel(row, deps)) };
}

/** A channel as people see it: never its credentials or secrets. */
function view(deps: ApiDeps, row: ChannelRow): Channel {
  return {
    id: row.id,
    type: row.type,
    origin: originOf(deps.channels, row.type),
    name: row.name,
    externalId: row.externalId,
    receive: row.receive,
    webhookUrl: webhookUrl(deps.publicUrl ?? deps.localUrl, row.type, row.id),
    apiRoot: row.apiRoot,
    facts: row.facts,
    settings: row.settings,
    shortLinks: row.shortLinks,
    state: row.state,
    words: row.stateWords,
    connectedBy: row.connectedBy,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
