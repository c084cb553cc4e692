import { isDeepStrictEqual } from 'node:util';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ChangeKind } from '../../db/notify.ts';
import { seenIds } from '../../db/stores/seen-ids.ts';
import { seesAll } from '../../db/stores/sight.ts';
import type { Actor } from '../actor.ts';
import { actorOf } from '../auth/guard.ts';
import type { ApiDeps, Env } from '../deps.ts';
import { ApiError } from '../errors.ts';
import type { LiveNews } from '../live.ts';
import type { Metrics } from '../metrics.ts';

const KEEP_ALIVE_MS = 15_000;
const STREAMS_PER_USER = 50;

/**
 * Server-sent events: `resync` first and after every gap, then `change` with ids of what is to be fetched again. Whenever users or groups change, and after
 * every gap, the request proves itself anew: a stream goes on with new rights and a resync, or ends.
 */
export function streamRoutes(deps: ApiDeps, metrics: Metrics): Hono<Env> {
  const open = new Map<string, number>();
  return new Hono<Env>().get('/stream', (c) => {
    const { log } = c.var;
    let { actor } = c.var;
    const user = `${actor.accountId}/${actor.userId}`;
    if ((open.get(user) ?? 0) >= STREAMS_PER_USER)
      throw new ApiError('rate_limited', 'Too many open pages: close some', { retryAfterSeconds: 30 });
    open.set(user, (open.get(user) ?? 0) + 1);
    metrics.streams.inc();
    c.header('X-Accel-Buffering', 'no');
    c.header('Cache-Control', 'no-store');
    return streamSSE(c, async (sse) => {
      const bell = createBell();
      let resync = true;
      let proven = true;
      let left = false;
      const changed = new Map<ChangeKind, Set<string | number>>();
      const unsubscribe = deps.live.subscribe(actor.accountId, (news: LiveNews) => {
        if (news.type === 'resync') {
          resync = true;
          proven = false;
        } else if (news.kind === 'sight') {
          left ||= concerns(news.ids, actor);
        } else for (const id of news.ids) changed.set(news.kind, (changed.get(news.kind) ?? new Set()).add(id));
        if (news.type === 'change' && news.kind === 'user') proven = false;
        bell.ring();
      });
      deps.closing.addEventListener('abort', bell.ring);
      sse.onAbort(bell.ring);
      try {
        while (!sse.aborted && !deps.closing.aborted) {
          if (!proven) {
            proven = true;
            const now = await actorOf(deps, c);
            if (now === undefined || now.userId !== actor.userId || now.accountId !== actor.accountId) return;
            resync ||= !isDeepStrictEqual([now.role, now.rights, now.colleagueIds], [actor.role, actor.rights, actor.colleagueIds]);
            actor = now;
          }
          if (resync) {
            resync = false;
            left = false;
            changed.clear();
            await sse.writeSSE({ event: 'resync', data: '{}' });
          }
          if (left) {
            left = false;
            // What left the lists is out of sight and not named any more.
            for (const kind of LISTS) await sse.writeSSE({ event: 'change', data: JSON.stringify({ kind, ids: [] }) });
          }
          const batch = [...changed];
          changed.clear();
          for (const [kind, ids] of batch) {
            // Colleagues' chats and own replies are no right's affair: even who sees all hears of their own only.
            const seen =
              seesAll(actor) && kind !== 'internal' && kind !== 'quickReply' ? [...ids] : await seenIds(deps.sql, actor, kind, [...ids]);
            if (seen.length > 0) await sse.writeSSE({ event: 'change', data: JSON.stringify({ kind, ids: seen }) });
          }
          if (!(await bell.wait(KEEP_ALIVE_MS))) await sse.write(': \n\n');
        }
      } catch (error) {
        if (!sse.aborted) log.warn({ err: error }, 'an event stream broke off; the page comes back with a resync');
      } finally {
        unsubscribe();
        deps.closing.removeEventListener('abort', bell.ring);
        metrics.streams.dec();
        const left = (open.get(user) ?? 1) - 1;
        if (left > 0) open.set(user, left);
        else open.delete(user);
      }
    });
  });
}

/** Kinds that a page's lists are made of. */
const LISTS = ['conversation', 'lead'] as const satisfies ChangeKind[];

/** Whether a client that these users answered for (0: nobody) may have left the actor's sight. */
function concerns(ids: (string | number)[], actor: Actor): boolean {
  if (seesAll(actor)) return false;
  const whose = actor.rights.see === 'group' ? actor.colleagueIds : [actor.userId];
  return ids.some((id) => id === 0 || whose.includes(Number(id)));
}

/** Wakes one waiter; a ring before the wait is not lost. */
function createBell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    /** False when nothing rang within the time. */
    async wait(ms: number): Promise<boolean> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      const heard = rung;
      rung = false;
      return heard;
    },
  };
}
