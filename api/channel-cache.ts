import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectedChannel } from '../channels/channel.ts';
import type { Sql } from '../db/connection.ts';
import { channelContext, unseal } from '../db/secrets.ts';
import { type ChannelRow, channelOfKey, channelOfWebhook } from '../db/stores/channels.ts';
import { isDatabaseAway } from './away.ts';

/** Channels of the paths that every message takes: a lookup in memory. Changes arrive by `forget` (live updates) and within `KEPT_MS`. */
const KEPT_MS = 5000;
/** A refused call waits until what is remembered is this old: forged ones cost the database at most five readings a second and channel. */
const FRESH_MS = 200;
const MOST_KEPT = 10_000;

export interface ChannelCache {
  byWebhook(type: string, channelId: number): Promise<ConnectedChannel | undefined>;
  /** The same, read anew. For a call that was refused: its credentials may have changed meanwhile. */
  byWebhookAnew(type: string, channelId: number): Promise<ConnectedChannel | undefined>;
  /** The web chat of a public key, connected ones only. */
  byKey(key: string): Promise<ChannelRow | undefined>;
  forget(): void;
}

export function createChannelCache(deps: { sql: Sql; secretKey: Uint8Array; publicUrl: string | undefined; now(): number }): ChannelCache {
  const known = new Map<string, { until: number; value: Promise<unknown> }>();

  function remembered<Value>(name: string, ask: () => Promise<Value>): Promise<Value> {
    const hit = known.get(name);
    if (hit !== undefined && hit.until > deps.now()) return hit.value as Promise<Value>;
    if (known.size >= MOST_KEPT) known.clear();
    // While Postgres is away, what was known goes on: messages are durable in Temporal, not here.
    const value =
      hit === undefined
        ? ask()
        : ask().catch((error: unknown) => {
            if (!isDatabaseAway(error)) throw error;
            return hit.value as Promise<Value>;
          });
    known.set(name, { until: deps.now() + KEPT_MS, value });
    value.then(
      // Nobody can fill the memory with made-up addresses, and a channel made this moment is found at once.
      (found) => found === undefined && known.delete(name),
      () => known.delete(name),
    );
    return value;
  }

  const byWebhook = (type: string, channelId: number) =>
    remembered(`webhook/${type}/${channelId}`, async () => {
      const row = await channelOfWebhook(deps.sql, type, channelId);
      return row === undefined || isWithdrawn(row) ? undefined : connectedChannel(row, deps);
    });

  return {
    byWebhook,
    async byWebhookAnew(type, channelId) {
      const name = `webhook/${type}/${channelId}`;
      const hit = known.get(name);
      if (hit !== undefined) {
        await delay(Math.max(0, hit.until - KEPT_MS + FRESH_MS - deps.now()));
        // Whoever waited too may have read it already.
        if (known.get(name) === hit) known.delete(name);
      }
      return byWebhook(type, channelId);
    },
    byKey: (key) => remembered(`key/${key}`, () => channelOfKey(deps.sql, key)),
    forget: () => known.clear(),
  };
}

/** Disconnected by a person: its webhook is no longer ours to answer. */
const isWithdrawn = (row: ChannelRow) => row.state === 'disconnected' && row.credentialsSealed === '';

/** A channel as its adapter gets it. */
export function connectedChannel(row: ChannelRow, deps: { secretKey: Uint8Array; publicUrl: string | undefined }): ConnectedChannel {
  return {
    accountId: row.accountId,
    id: row.id,
    type: row.type,
    // A web chat has none; neither has a channel that was disconnected.
    credentials: row.credentialsSealed === '' ? {} : unseal(deps.secretKey, row.credentialsSealed, channelContext(row.accountId, row.id)),
    ...(row.apiRoot === null ? {} : { apiRoot: row.apiRoot }),
    receive: row.receive,
    ...(deps.publicUrl === undefined ? {} : { webhookUrl: webhookUrl(deps.publicUrl, row.type, row.id) }),
    webhookSecret: row.webhookSecret,
    facts: row.facts,
  };
}

export const webhookUrl = (baseUrl: string, type: string, channelId: number) => `${baseUrl}/webhooks/${type}/${channelId}`;
