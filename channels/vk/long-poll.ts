import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelError, type ChannelFact, type ConnectedChannel } from '../channel.ts';
import { CALL_TIMEOUT_MS, call, getJson, groupIdOf, isRecord, tokenOf } from './api.ts';
import { completed } from './complete.ts';
import { eventOf, factsOf } from './events.ts';

/** How long VK holds a poll open while nothing happens, and how much later we give up on it. */
const POLL_SECONDS = 25;
const POLL_TIMEOUT_MS = (POLL_SECONDS + 10) * 1000;
/** Keys expire after an hour or so: a poll that meets that gets a new one and asks again, this often. */
const MAX_ATTEMPTS = 3;

export interface LongPollServer {
  server: string;
  key: string;
  ts: string;
}

/** Sessions by channel; a lost one is simply made anew. */
const sessions = new Map<string, LongPollServer>();

/** Asks for a session. VK refuses with code 15 or 100 where Long Poll is switched off. Throws ChannelError only. */
export async function longPollServer(channel: ConnectedChannel, signal?: AbortSignal): Promise<LongPollServer> {
  const answer = await call<unknown>(
    channel,
    'groups.getLongPollServer',
    { group_id: groupIdOf(channel) },
    { timeoutMs: CALL_TIMEOUT_MS, reading: true, ...(signal === undefined ? {} : { signal }) },
  );
  if (!isRecord(answer) || typeof answer.server !== 'string' || typeof answer.key !== 'string') {
    throw new ChannelError('unavailable', { code: 'no_session', words: 'VK did not name its long poll server' });
  }
  const server = answer.server.includes('://') ? answer.server : `https://${answer.server}`;
  return { server, key: answer.key, ts: String(answer.ts) };
}

/**
 * One long poll. The cursor is `<community>/<ts>`: VK keeps events for a while, so a new session goes on where the last one stopped. The first poll only
 * learns where "now" is, so that from then on nothing falls between two polls.
 */
export async function poll(
  channel: ConnectedChannel,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ facts: ChannelFact[]; cursor: string | undefined; unparsed: string[] }> {
  const name = `${channel.accountId}/${channel.id}/${tokenOf(channel)}`;
  let ts = tsOf(channel, cursor);
  const gaps: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const session = sessions.get(name) ?? (await longPollServer(channel, signal).catch((error: unknown) => offIsNoFailure(channel, error)));
    if (session === undefined) {
      await rest(signal);
      return { facts: [], unparsed: [], cursor };
    }
    sessions.set(name, session);
    if (ts === undefined) return { facts: [], unparsed: gaps, cursor: cursorOf(channel, session.ts) };
    const answer = await getJson(addressOf(session, ts), POLL_TIMEOUT_MS, signal);
    if (Array.isArray(answer.updates)) return { ...(await read(channel, answer.updates, signal)), cursor: cursorOf(channel, answer.ts) };
    // 1: what lies before this ts is gone, go on from it. 2: the key expired. 3: both are lost.
    if (answer.failed === 1 && answer.ts !== undefined)
      return { facts: [], unparsed: [lost(answer, ts)], cursor: cursorOf(channel, answer.ts) };
    sessions.delete(name);
    if (answer.failed === 3) {
      gaps.push(lost(answer, ts));
      ts = undefined;
    }
    if (attempt === MAX_ATTEMPTS) {
      throw new ChannelError('unavailable', {
        code: `long_poll_${String(answer.failed ?? 'broken')}`,
        words: 'The long poll server of VK takes no session',
      });
    }
  }
}

/** VK no longer knows what happened since: kept with what could not be read, so that whoever operates this can tell that something is missing. */
function lost(answer: Record<string, unknown>, since: string): string {
  return JSON.stringify({ ...answer, since });
}

async function read(
  channel: ConnectedChannel,
  updates: unknown[],
  signal: AbortSignal,
): Promise<{ facts: ChannelFact[]; unparsed: string[] }> {
  const read = await Promise.all(
    updates.map(async (update) => {
      const event = eventOf(update);
      const facts = event?.group_id === groupIdOf(channel) ? await factsOf(channel, await completed(channel, event, signal)) : undefined;
      return { update, facts };
    }),
  );
  return {
    facts: read.flatMap(({ facts }) => facts ?? []),
    unparsed: read.flatMap(({ update, facts }) => (facts === undefined ? [JSON.stringify(update)] : [])),
  };
}

/**
 * Whoever gave the code of a callback server made by hand receives by that; without a public address of ours Long Poll is tried beside it, and its being
 * switched off is as it should be.
 */
function offIsNoFailure(channel: ConnectedChannel, error: unknown): undefined {
  const isOff = error instanceof ChannelError && error.kind === 'refused' && error.code !== '5';
  if (channel.credentials.confirmationCode === undefined || !isOff) throw error;
}

/** As long as a poll in which nothing happened. */
async function rest(signal: AbortSignal): Promise<void> {
  await sleep(POLL_SECONDS * 1000, undefined, { signal }).catch(() => undefined);
}

function addressOf({ server, key }: LongPollServer, ts: string): URL {
  const url = new URL(server);
  for (const [name, value] of Object.entries({ act: 'a_check', key, ts, wait: String(POLL_SECONDS) })) url.searchParams.set(name, value);
  return url;
}

/** The cursor names its community: after a channel got another one's key the old numbers mean nothing. */
function tsOf(channel: ConnectedChannel, cursor: string | undefined): string | undefined {
  const [group, ts] = (cursor ?? '').split('/');
  return group === String(groupIdOf(channel)) && ts !== undefined && ts !== '' ? ts : undefined;
}

function cursorOf(channel: ConnectedChannel, ts: unknown): string {
  return `${groupIdOf(channel)}/${String(ts)}`;
}
