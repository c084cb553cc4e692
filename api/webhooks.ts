import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ChannelError, type WebhookRequest } from '../channels/channel.ts';
import { insertUnparsed, learnFacts } from '../db/stores/channels.ts';
import type { ChannelCache } from './channel-cache.ts';
import type { ApiDeps, AppContext, Env } from './deps.ts';
import { ApiError } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { isAway } from './orders.ts';

const BODY_LIMIT_BYTES = 20 * 1024 * 1024;
const headersKept = (headers: Headers): Record<string, string> => Object.fromEntries(headers.entries());

/**
 * What messengers send: verify, parse, signal, answer. Nothing is acknowledged before Temporal has it; while Temporal is away the answer is 503 and the
 * messenger delivers again. What nobody can read is kept and answered, since sending it again would not help.
 */
export function webhookRoutes(deps: ApiDeps, cache: ChannelCache, metrics: Metrics): Hono<Env> {
  const limit = bodyLimit({
    maxSize: BODY_LIMIT_BYTES,
    onError: () => {
      throw new ApiError('too_large', 'A webhook body may have up to 20 MB');
    },
  });
  return new Hono<Env>().all('/:type/:channelId', limit, async (c) => {
    const type = c.req.param('type');
    const adapter = deps.channels.get(type);
    const id = Number(c.req.param('channelId'));
    const channel = adapter === undefined || !Number.isSafeInteger(id) ? undefined : await cache.byWebhook(type, id);
    if (adapter === undefined || channel === undefined) throw new ApiError('not_found', 'No channel has this webhook address');
    const request = await rawRequest(c);
    const refuse = (reason: string) => metrics.refusedWebhooks.inc({ type, reason });

    let received: Awaited<ReturnType<typeof adapter.receive>>;
    try {
      received = await adapter.receive(channel, request).catch(async (error: unknown) => {
        // Credentials may have changed a moment ago, in any process; Viber's handshake comes at that very moment.
        const anew = isRefusal(error) ? await cache.byWebhookAnew(type, id).catch(() => undefined) : undefined;
        if (anew === undefined) throw error;
        return adapter.receive(anew, request);
      });
    } catch (error) {
      if (isRefusal(error)) {
        refuse('secret');
        // Meta's own word for a verify token that is not ours.
        const code = isRefusal(error) && error.code === 'bad_verify_token' ? 'forbidden' : 'unauthorized';
        throw new ApiError(code, 'The secret or signature of this webhook is wrong', { cause: error });
      }
      // An adapter that stumbles over a body must not make the messenger send it for ever.
      c.var.log.error({ err: error, channelId: id, type }, 'a webhook body could not be read');
      refuse('unparsed');
      await keep(deps, channel, request, 'the adapter failed');
      return c.body(null, 200);
    }

    if (received.learned !== undefined) await learnFacts(deps.sql, channel, received.learned);
    if (received.facts.length > 0) {
      try {
        await deps.signaller.deliver(channel, received.facts);
      } catch (error) {
        refuse('unavailable');
        if (!isAway(error)) c.var.log.error({ err: error, channelId: id, type }, 'a webhook could not be handed on');
        throw new ApiError('unavailable', 'Not taken: deliver it again', { cause: error });
      }
      metrics.facts.inc({ type }, received.facts.length);
    }
    if (received.unparsed !== undefined) {
      refuse('unparsed');
      await keep(deps, channel, request, 'the adapter could not read it');
    }
    const { status, body, contentType } = received.answer;
    return new Response(body === '' ? null : body, { status, headers: { 'Content-Type': contentType } });
  });
}

const isRefusal = (error: unknown): error is ChannelError => error instanceof ChannelError && error.kind === 'refused';

async function rawRequest(c: AppContext): Promise<WebhookRequest> {
  return {
    method: c.req.method,
    headers: headersKept(c.req.raw.headers),
    query: c.req.query(),
    body: new Uint8Array(await c.req.arrayBuffer()),
  };
}

async function keep(deps: ApiDeps, channel: { accountId: number; id: number }, request: WebhookRequest, reason: string): Promise<void> {
  const body = new TextDecoder().decode(request.body);
  await insertUnparsed(deps.sql, {
    accountId: channel.accountId,
    channelId: channel.id,
    body,
    reason: reason.slice(0, 500),
    at: deps.now(),
  });
}
