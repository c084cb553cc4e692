import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ChannelFact } from '../../channels/channel.ts';
import { parseEvent } from '../../channels/custom/parse.ts';
import { FieldError, identity, jsonOf, record } from '../../channels/custom/payload.ts';
import { parseReaction } from '../../channels/custom/reaction.ts';
import { isDatabaseAway } from '../away.ts';
import type { ChannelCache } from '../channel-cache.ts';
import type { ApiDeps, AppContext, Env } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { isAway } from '../orders.ts';
import { makeChat, readHistory } from './chats.ts';
import { connectAccount, disconnectAccount } from './connection.ts';
import { parseReport, takeReport } from './delivery.ts';
import { resolveEvent, resolveReaction } from './event.ts';
import { answerRefusal, badRequest, ChatsApiError } from './problem.ts';
import { type SignedCall, signedCalls } from './signed.ts';

/** Files travel as addresses: a body holds texts only. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * The chats API as integrations of the vendor know it, below `/v2/origin/custom`. Messages and reports take the way of every webhook: they are answered when
 * Temporal has them, and 503 while it is away.
 */
export function chatsApiRoutes(deps: ApiDeps, cache: ChannelCache, metrics: Metrics): Hono<Env> {
  const calls = signedCalls(deps, cache);
  const app = new Hono<Env>();

  app.onError((error, c) => {
    if (error instanceof ChatsApiError) return answerRefusal(c, error);
    if (error instanceof FieldError) return answerRefusal(c, badRequest(error.message));
    if (isDatabaseAway(error)) return answerRefusal(c, away(error));
    (c.get('log') ?? deps.log).error({ err: error, method: c.req.method }, 'a call of the chats API failed');
    return answerRefusal(c, new ChatsApiError(500, 'INTERNAL', 'The error is in the log of this installation'));
  });
  app.use(
    bodyLimit({
      maxSize: BODY_LIMIT_BYTES,
      onError: () => {
        throw new ChatsApiError(413, 'TOO_LARGE', 'A body may have up to 1 MB');
      },
    }),
  );

  const deliverOf =
    (c: AppContext, { channel }: SignedCall) =>
    async (facts: ChannelFact[]) => {
      try {
        await deps.signaller.deliver(channel, facts);
      } catch (error) {
        metrics.refusedWebhooks.inc({ type: channel.type, reason: 'unavailable' });
        if (!isAway(error))
          c.var.log.error({ err: error, channelId: channel.id, type: channel.type }, 'a call of the chats API could not be handed on');
        throw away(error);
      }
      metrics.facts.inc({ type: channel.type }, facts.length);
    };

  return app
    .post('/:id/connect', async (c) => {
      const call = await calls.ofChannel(c, c.req.param('id'));
      return c.json(await connectAccount(deps, cache, call, jsonOf(call.body)), 200);
    })
    .delete('/:id/disconnect', async (c) => {
      const call = await calls.ofChannel(c, c.req.param('id'));
      return c.json(await disconnectAccount(deps, cache, call, jsonOf(call.body)), 200);
    })
    .post('/:id/typing', async (c) => {
      const call = await calls.ofChannel(c, c.req.param('id'));
      const body = record(jsonOf(call.body), 'The body');
      identity(body.conversation_id, 'conversation_id');
      return c.body(null, 204);
    })
    .post('/:scope/chats', async (c) => {
      const call = await calls.ofScope(c, c.req.param('scope'));
      return c.json(await makeChat(deps, call, jsonOf(call.body)), 200);
    })
    .get('/:scope/chats/:conversation/history', async (c) => {
      const call = await calls.ofScope(c, c.req.param('scope'));
      const history = await readHistory(deps, call, c.req.param('conversation'), c.req.query());
      return history === undefined ? c.body(null, 204) : c.json(history, 200);
    })
    .post('/:scope/react', async (c) => {
      const call = await calls.ofScope(c, c.req.param('scope'));
      await deliverOf(c, call)([await resolveReaction(deps, call, parseReaction(jsonOf(call.body), deps.now()))]);
      return c.json({}, 200);
    })
    .post('/:scope/:msgid/delivery_status', async (c) => {
      const call = await calls.ofScope(c, c.req.param('scope'));
      const msgid = c.req.param('msgid');
      const report = parseReport(jsonOf(call.body), msgid);
      if (report !== undefined) await takeReport(deps, deliverOf(c, call), call, msgid, report);
      return c.json({}, 200);
    })
    .post('/:scope', async (c) => {
      const call = await calls.ofScope(c, c.req.param('scope'));
      const event = parseEvent(jsonOf(call.body), deps.now());
      const { fact, answer } = await resolveEvent(deps, call, event);
      await deliverOf(c, call)([fact]);
      return c.json(answer, 200);
    });
}

const away = (cause: unknown) => new ChatsApiError(503, 'UNAVAILABLE', 'Not taken: send it again', { cause });
