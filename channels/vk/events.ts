import type { ChannelFact, ConnectedChannel } from '../channel.ts';
import { isRecord } from './api.ts';
import { withNames } from './names.ts';
import { parseEvent } from './parse.ts';
import { wasSent } from './sent.ts';
import type { VkEvent } from './wire.ts';

/** The facts of one event, with names; `undefined` for what cannot be read. */
export async function factsOf(channel: ConnectedChannel, event: VkEvent): Promise<ChannelFact[] | undefined> {
  const facts = parseEvent(event, { nowAt: Date.now(), isOwn: (peerId, randomId) => wasSent(channel, peerId, randomId) });
  return facts === undefined ? undefined : await withNames(channel, facts);
}

/** An event's envelope; `undefined` for anything else. */
export function eventOf(value: unknown): VkEvent | undefined {
  return isRecord(value) && typeof value.type === 'string' && typeof value.group_id === 'number'
    ? (value as unknown as VkEvent)
    : undefined;
}
