import { Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { takeToken, type WebchatEnv } from './guard.ts';
import type { StoredMessage, WebchatChannel, WebchatChat, WebchatDeps, WebchatLimits, WebchatNews } from './model.ts';
import { WebchatProblem } from './problem.ts';
import type { RateGate } from './rate.ts';
import type { WireEvents } from './wire.ts';
import { wired } from './wired.ts';

const PAGE = 100;
/** So many of the latest messages are looked through for files that are still being copied. */
const RECENT = 20;
/** Copies are tried for an hour. */
const COPYING_MS = 65 * 60_000;
const KEEP_ALIVE_MS = 15_000;
const STREAMS_PER_VISITOR = 8;

/** Server-sent events of one visitor's thread. */
export function streamRoutes(deps: WebchatDeps, gate: RateGate, limits: WebchatLimits): Hono<WebchatEnv> {
  const open = new Map<string, number>();
  return (
    new Hono<WebchatEnv>()
      /**
       * Begins with `resync`, then every message after `Last-Event-ID` (without one: what comes from now on; the page loads the history
       * after `resync`, so nothing falls between), then what happens. Subscribed before the first read: nothing falls between those either.
       */
      .get('/stream', (c) => {
        const { channel, chat } = c.var;
        const visitor = `${channel.id}/${chat.externalChatId}`;
        takeToken(gate, `streams/${visitor}`, limits.streams, deps.now());
        if ((open.get(visitor) ?? 0) >= STREAMS_PER_VISITOR) {
          throw new WebchatProblem('rate_limited', 'Too many open pages of this chat', { retryAfterSeconds: 30 });
        }
        const last = c.req.header('Last-Event-ID');
        const from = last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : undefined;
        open.set(visitor, (open.get(visitor) ?? 0) + 1);
        c.header('X-Accel-Buffering', 'no');
        return streamSSE(c, async (sse) => {
          try {
            await follow(deps, channel, chat, from, sse);
          } catch (error) {
            // The browser comes back with its cursor; only why it had to is worth a line.
            if (!sse.aborted) deps.logError(error, 'a web chat stream broke off', { accountId: channel.accountId, channelId: channel.id });
          } finally {
            const left = (open.get(visitor) ?? 1) - 1;
            if (left > 0) open.set(visitor, left);
            else open.delete(visitor);
          }
        });
      })
  );
}

async function follow(
  deps: WebchatDeps,
  channel: WebchatChannel,
  chat: WebchatChat,
  from: number | undefined,
  sse: SSEStreamingApi,
): Promise<void> {
  const bell = createBell();
  const typing: Extract<WebchatNews, { type: 'typing' }>[] = [];
  const stop = () => bell.ring();
  const unsubscribe = deps.hub.subscribe(chat, (news) => {
    if (news.type === 'typing') typing.push(news);
    bell.ring();
  });
  sse.onAbort(stop);
  deps.closing?.addEventListener('abort', stop);
  const send = <T extends keyof WireEvents>(event: T, data: WireEvents[T], id?: number) =>
    sse.writeSSE({ event, data: JSON.stringify(data), ...(id === undefined ? {} : { id: String(id) }) });
  try {
    let state = await deps.store.stateOf(chat);
    // A cursor beyond the thread is of another one (data were restored): the page begins anew.
    const continued = from !== undefined && from <= state.cursor;
    let cursor = continued ? from : state.cursor;
    // Messages with files that are still being copied are said again when those are there. Looked for before the page loads its history: it may have some.
    const awaitsFiles = (message: StoredMessage) => lacksFiles(message) && deps.now() - message.at < COPYING_MS;
    const incomplete = new Set(
      (await deps.store.listMessages(chat, { limit: RECENT })).filter(awaitsFiles).map((message) => message.cursor),
    );
    await send('resync', { cursor, continued }, cursor);
    await send('state', { seenUpTo: state.seenUpTo, readUpTo: state.readUpTo });
    const wire = (message: StoredMessage) => wired(message, { sessionKey: deps.sessionKey, channel, chat, now: deps.now() });
    while (!sse.aborted && deps.closing?.aborted !== true) {
      if (incomplete.size > 0) {
        const again = await deps.store.listMessages(chat, { after: Math.min(...incomplete) - 1, limit: PAGE });
        for (const message of again) {
          if (!incomplete.has(message.cursor) || message.cursor > cursor || awaitsFiles(message)) continue;
          await send('message', wire(message), cursor);
          incomplete.delete(message.cursor);
        }
      }
      const page = await deps.store.listMessages(chat, { after: cursor, limit: PAGE });
      for (const message of page) {
        await send('message', wire(message), message.cursor);
        cursor = message.cursor;
        if (awaitsFiles(message)) incomplete.add(message.cursor);
        else incomplete.delete(message.cursor);
      }
      if (page.length === PAGE) continue;
      const fresh = await deps.store.stateOf(chat);
      if (fresh.seenUpTo !== state.seenUpTo || fresh.readUpTo !== state.readUpTo) {
        await send('state', { seenUpTo: fresh.seenUpTo, readUpTo: fresh.readUpTo });
      }
      state = fresh;
      for (const news of typing.splice(0)) await send('typing', { author: news.author, seconds: news.seconds });
      while (!(await bell.rings(KEEP_ALIVE_MS))) await sse.write(': keep-alive\n\n');
    }
  } finally {
    unsubscribe();
    deps.closing?.removeEventListener('abort', stop);
  }
}

const lacksFiles = (message: StoredMessage) => message.attachments.some(({ fileId }) => fileId === undefined);

/** Remembers a ring that comes while nobody listens: no news is lost between a read and the next wait. */
function createBell(): { ring(): void; rings(mostMs: number): Promise<boolean> } {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async rings(mostMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, mostMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      const was = rung;
      rung = false;
      return was;
    },
  };
}
