import { createHash } from 'node:crypto';
import type { ConnectedChannel } from '../channel.ts';
import { groupIdOf } from './api.ts';

const MOST_REMEMBERED = 20_000;
const remembered = new Set<string>();

/**
 * The number by which VK drops a repeated send: made from the part's key, so every repeat carries the same. A positive int32; 0 would switch the check off.
 */
export function randomIdOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) & 0x7fff_ffff || 1;
}

/** Remembers what this process sends, so that VK's echo of it is known as ours even should it name an author. */
export function remember(channel: ConnectedChannel, peerId: number, randomId: number): void {
  if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  remembered.add(nameOf(channel, peerId, randomId));
}

export function wasSent(channel: ConnectedChannel, peerId: number, randomId: number): boolean {
  return remembered.has(nameOf(channel, peerId, randomId));
}

function nameOf(channel: ConnectedChannel, peerId: number, randomId: number): string {
  return `${groupIdOf(channel)}/${peerId}/${randomId}`;
}
