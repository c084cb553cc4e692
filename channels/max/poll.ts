import { createHash } from 'node:crypto';
import type { ChannelFact, ConnectedChannel } from '../channel.ts';
import { digitsOf } from '../exact-json.ts';
import { call, tokenOf } from './api.ts';
import { UPDATE_TYPES } from './connect.ts';
import { parseUpdate } from './parse.ts';

/** How long MAX holds a poll open while nothing happens, and how much later we give up on it. */
const POLL_SECONDS = 25;
const POLL_TIMEOUT_MS = (POLL_SECONDS + 10) * 1000;

/** One long poll. Passing a marker tells MAX that everything before it was taken; without one it answers all since the last marker it was told. */
export async function poll(
  channel: ConnectedChannel,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ facts: ChannelFact[]; cursor: string | undefined; unparsed: string[] }> {
  const answer = await call(channel, 'GET', 'updates', {
    query: { limit: '100', timeout: String(POLL_SECONDS), types: UPDATE_TYPES.join(','), marker: markerOf(channel, cursor) },
    timeoutMs: POLL_TIMEOUT_MS,
    signal,
    reading: true,
  });
  const facts: ChannelFact[] = [];
  const unparsed: string[] = [];
  for (const update of Array.isArray(answer.updates) ? answer.updates : []) {
    const parsed = parseUpdate(update, channel.facts.botId ?? '');
    if (parsed === undefined) unparsed.push(JSON.stringify(update));
    else facts.push(...parsed);
  }
  const marker = digitsOf(answer.marker);
  return { facts, unparsed, cursor: marker === undefined ? cursor : `${nameOf(channel)}/${marker}` };
}

/** The cursor names its token: after a channel got another bot's the old numbers mean nothing. */
function markerOf(channel: ConnectedChannel, cursor: string | undefined): string | undefined {
  const [name, marker] = (cursor ?? '').split('/');
  return name === nameOf(channel) && marker !== undefined && /^-?\d+$/.test(marker) ? marker : undefined;
}

function nameOf(channel: ConnectedChannel): string {
  return createHash('sha256').update(tokenOf(channel)).digest('hex').slice(0, 12);
}
