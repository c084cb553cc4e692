import type { ConnectedChannel } from '../../channels/channel.ts';
import { isUuid } from '../../channels/custom/ids.ts';
import { flawOf } from '../../channels/custom/signature.ts';
import type { Sql } from '../../db/connection.ts';
import { customChannelId } from '../../db/stores/chats-api.ts';
import type { ChannelCache } from '../channel-cache.ts';
import type { AppContext } from '../deps.ts';
import { ChatsApiError, notFound } from './problem.ts';

const TYPE = 'custom';
const MOST_KEPT = 10_000;

export interface SignedCall {
  channel: ConnectedChannel;
  /** The channel's own UUID. */
  channelUuid: string;
  body: Uint8Array;
}

export interface SignedCalls {
  /** A call about the channel itself: its address names the channel's id. A scope's id is taken too. Throws ChatsApiError 403 or 404. */
  ofChannel(c: AppContext, id: string): Promise<SignedCall>;
  /** A call in an account: its address names the scope that `connect` answered. Throws ChatsApiError 403 or 404. */
  ofScope(c: AppContext, id: string): Promise<SignedCall>;
}

/** Finds the channel of a call and believes nothing of it before its signature was checked, on the raw bytes. */
export function signedCalls(deps: { sql: Sql; now(): number }, cache: ChannelCache): SignedCalls {
  /** A channel keeps its UUID, so the row of one is looked up once. */
  const rows = new Map<string, number>();
  async function rowOf(channelUuid: string): Promise<number | undefined> {
    const known = rows.get(channelUuid);
    if (known !== undefined) return known;
    const id = await customChannelId(deps.sql, channelUuid);
    if (rows.size >= MOST_KEPT) rows.clear();
    if (id !== undefined) rows.set(channelUuid, id);
    return id;
  }

  async function signed(c: AppContext, id: string, accepts: (channel: ConnectedChannel) => boolean): Promise<SignedCall> {
    const channelUuid = id.split('_', 1)[0]!.toLowerCase();
    const row = isUuid(channelUuid) ? await rowOf(channelUuid) : undefined;
    let channel = row === undefined ? undefined : await cache.byWebhook(TYPE, row);
    if (row === undefined || channel === undefined) throw notFound('There is no channel of this id');
    const body = new Uint8Array(await c.req.arrayBuffer());
    const request = {
      method: c.req.method,
      path: new URL(c.req.url).pathname,
      headers: Object.fromEntries(c.req.raw.headers.entries()),
      body,
    };
    const refusalOf = (one: ConnectedChannel) => {
      const flaw = flawOf(one.credentials.secret ?? '', request, deps.now());
      if (flaw !== undefined) return new ChatsApiError(403, 'INVALID_SIGNATURE', flaw);
      // The UUID may have been given to the channel anew.
      if (one.facts.channelId !== channelUuid) return notFound('There is no channel of this id');
      return accepts(one) ? undefined : notFound('This account is not connected to the channel: call /connect first');
    };
    let refusal = refusalOf(channel);
    if (refusal !== undefined) {
      // Its secret, or the account's connection, may have changed a moment ago, in any process.
      channel = (await cache.byWebhookAnew(TYPE, row)) ?? channel;
      refusal = refusalOf(channel);
    }
    if (refusal !== undefined) {
      rows.delete(channelUuid);
      throw refusal;
    }
    return { channel, channelUuid, body };
  }

  return {
    ofChannel: (c, id) => signed(c, id, ({ facts }) => !id.includes('_') || facts.scopeId === id.toLowerCase()),
    ofScope: (c, id) => signed(c, id, ({ facts }) => facts.scopeId === id.toLowerCase()),
  };
}
