import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, ChannelError, type ChannelFact, type ConnectedChannel } from '../../channels/channel.ts';
import type { PollingLog } from './polling.ts';

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 15_000;
const MAX_DELIVERY_PAUSE_MS = 5_000;
/** Chats whose facts are handed on at the same time. */
const PARALLEL_CHATS = 16;

export interface PollChannelJob {
  channel: ConnectedChannel;
  adapter: Channel;
  cursor: string | undefined;
  /** Ends the loop: at once while it polls or waits; a batch that is being handed on is finished unless it fails. */
  signal: AbortSignal;
  deliver(channel: ConnectedChannel, facts: ChannelFact[]): Promise<void>;
  keepUnparsed(channel: ConnectedChannel, bodies: string[]): Promise<void>;
  keepLearned(channel: ConnectedChannel, learned: Record<string, string>): Promise<void>;
  /** Stores the cursor; false when the lease is lost, which ends the loop. */
  saveCursor(cursor: string): Promise<boolean>;
  /** Called with the first outcome, when polling starts to fail or fails otherwise than before, and when it works again (`undefined`). */
  onState(channel: ConnectedChannel, error: ChannelError | undefined): Promise<void>;
  log: PollingLog;
}

/**
 * Polls one channel until its signal is aborted or its lease is lost. The cursor moves only after every fact of the batch was accepted; what was
 * accepted before a stop in between comes again and is recognised by its id.
 */
export async function pollChannel(job: PollChannelJob): Promise<void> {
  const { adapter, signal, log } = job;
  let { channel } = job;
  const about = { accountId: channel.accountId, channelId: channel.id };
  let { cursor } = job;
  let failures = 0;
  // 'nothing yet': the state stored by an earlier process may be out of date, so the first outcome is told whatever it is.
  let told: string | undefined = 'nothing yet';
  while (!signal.aborted) {
    try {
      const batch = await adapter.poll!(channel, cursor, signal);
      if (told !== undefined) await job.onState(channel, undefined);
      told = undefined;
      failures = 0;
      const { unparsed = [], learned } = batch;
      if (learned !== undefined) {
        await persist(() => job.keepLearned(channel, learned), job, 'what was learned of a channel could not be kept');
        channel = { ...channel, facts: { ...channel.facts, ...learned } };
      }
      if (unparsed.length > 0) await persist(() => job.keepUnparsed(channel, unparsed), job, 'unparsed updates could not be kept');
      await deliverAll(batch.facts, job);
      const next = batch.cursor;
      if (next === undefined || next === cursor) continue;
      if (!(await persist(() => job.saveCursor(next), job, 'the cursor could not be saved'))) return;
      cursor = next;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const known = error instanceof ChannelError ? error : undefined;
      log.warn({ ...about, failures, code: known?.code ?? 'unexpected', ...(known === undefined ? { err: error } : {}) }, 'polling failed');
      if (known !== undefined && known.code !== told) {
        told = known.code;
        await job.onState(channel, known);
      }
      await pause(known?.retryAfterMs ?? growing(failures, MAX_PAUSE_MS), signal);
    }
  }
}

/** Facts of one chat one after another, in their order; different chats beside each other. */
async function deliverAll(facts: ChannelFact[], job: PollChannelJob): Promise<void> {
  const byChat = new Map<string, ChannelFact[]>();
  for (const fact of facts) {
    const chat = byChat.get(fact.chat.externalChatId);
    if (chat === undefined) byChat.set(fact.chat.externalChatId, [fact]);
    else chat.push(fact);
  }
  const chats = [...byChat.values()];
  const work = async () => {
    for (let chat = chats.shift(); chat !== undefined; chat = chats.shift()) {
      for (const fact of chat) await persist(() => job.deliver(job.channel, [fact]), job, 'a fact was not accepted');
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(PARALLEL_CHATS, chats.length) }, work));
  for (const outcome of workers) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Tries until it works; gives up, with the last error, only when the loop is to end. */
async function persist<T>(attempt: () => Promise<T>, { signal, channel, log }: PollChannelJob, complaint: string): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn({ accountId: channel.accountId, channelId: channel.id, failures, err: error }, complaint);
      await pause(growing(failures, MAX_DELIVERY_PAUSE_MS), signal);
    }
  }
}

function growing(failures: number, mostMs: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), mostMs);
}

/** A wait that an abort ends early, without an error. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Aborted: the loop looks at its signal next.
  }
}
