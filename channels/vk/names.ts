import { wellFormed } from '../../domain/message/clean.ts';
import { ChannelError, type ChannelFact, type ConnectedChannel } from '../channel.ts';
import { apiRootOf, call, isRecord, tokenOf } from './api.ts';

/** A webhook waits for names no longer: without them it goes on. */
const NAMES_TIMEOUT_MS = 1_500;
const CROWDED_PAUSE_MS = 500;
/** After a failure nobody waits again for so long. */
const REST_MS = 5_000;
const KEPT_MS = 60 * 60_000;
const MOST_KEPT = 20_000;
/** Most ids of one users.get. */
const MOST_ASKED = 1_000;

interface Profile {
  name: string;
  username?: string;
}

interface Lookups {
  kept: Map<number, { profile: Profile; until: number }>;
  next: Set<number>;
  running: Promise<void> | undefined;
  restUntil: number;
}

const lookupsByKey = new Map<string, Lookups>();

/**
 * Fills in the senders' names, which VK leaves out of its events. Asked in batches, one call of a community at a time, and kept for an hour; a person
 * whose name cannot be had now is called as VK calls people without one, `id<number>`.
 */
export async function withNames(channel: ConnectedChannel, facts: ChannelFact[]): Promise<ChannelFact[]> {
  const ids = facts.flatMap((fact) => (fact.type === 'messageReceived' ? Number(fact.sender.externalUserId) : []));
  if (ids.length === 0) return facts;
  const profiles = await profilesOf(channel, new Set(ids.filter((id) => id > 0)));
  return facts.map((fact) => {
    if (fact.type !== 'messageReceived') return fact;
    const id = Number(fact.sender.externalUserId);
    const profile = profiles.get(id) ?? { name: id < 0 ? `club${-id}` : `id${id}` };
    return { ...fact, sender: { ...fact.sender, ...profile } };
  });
}

async function profilesOf(channel: ConnectedChannel, ids: Set<number>): Promise<Map<number, Profile>> {
  const lookups = lookupsOf(channel);
  const found = new Map<number, Profile>();
  const collect = () => {
    for (const id of ids) {
      const kept = lookups.kept.get(id);
      if (kept !== undefined && kept.until > Date.now()) found.set(id, kept.profile);
    }
    return found.size === ids.size;
  };
  if (collect() || lookups.restUntil > Date.now()) return found;
  for (const id of ids) if (!found.has(id)) lookups.next.add(id);
  // Ids that come while a call is under way travel together with the next one.
  await lookups.running;
  if (lookups.next.size > 0) lookups.running ??= askNext(channel, lookups).finally(() => (lookups.running = undefined));
  await lookups.running;
  collect();
  return found;
}

async function askNext(channel: ConnectedChannel, lookups: Lookups): Promise<void> {
  const ids = [...lookups.next].slice(0, MOST_ASKED);
  lookups.next.clear();
  const ask = () =>
    call<unknown>(
      channel,
      'users.get',
      { user_ids: ids.join(','), fields: 'screen_name', lang: 'ru' },
      { timeoutMs: NAMES_TIMEOUT_MS, reading: true },
    );
  try {
    const users = await ask().catch(async (error: unknown) => {
      // Too many calls this second: a name is worth another try, a contact keeps the one it was made with.
      if (!(error instanceof ChannelError && error.code === '6')) throw error;
      await new Promise((resolve) => setTimeout(resolve, CROWDED_PAUSE_MS));
      return await ask();
    });
    for (const user of Array.isArray(users) ? users : []) keep(lookups, user);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    lookups.restUntil = Date.now() + REST_MS;
  }
}

function keep({ kept }: Lookups, user: unknown): void {
  if (!isRecord(user) || typeof user.id !== 'number') return;
  const text = (value: unknown) => (typeof value === 'string' ? wellFormed(value).trim() : '');
  const name = [user.first_name, user.last_name].map(text).filter(Boolean).join(' ');
  const screenName = text(user.screen_name);
  if (name === '') return;
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? 0);
  kept.delete(user.id);
  kept.set(user.id, {
    profile: { name, ...(screenName === '' || screenName === `id${user.id}` ? {} : { username: screenName }) },
    until: Date.now() + KEPT_MS,
  });
}

function lookupsOf(channel: ConnectedChannel): Lookups {
  const key = `${apiRootOf(channel)} ${tokenOf(channel)}`;
  let lookups = lookupsByKey.get(key);
  if (lookups === undefined) {
    lookups = { kept: new Map(), next: new Set(), running: undefined, restUntil: 0 };
    if (lookupsByKey.size >= 500) lookupsByKey.delete(lookupsByKey.keys().next().value ?? '');
    lookupsByKey.set(key, lookups);
  }
  return lookups;
}
