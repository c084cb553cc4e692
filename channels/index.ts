/** Every messenger this program knows. Adding one is a folder and a row here. */
import type { Channel } from './channel.ts';
import { customChannel } from './custom/custom.ts';
import { maxChannel } from './max/max.ts';
import { telegramChannel } from './telegram/telegram.ts';
import { viberChannel } from './viber/viber.ts';
import { vkChannel } from './vk/vk.ts';
import { webchatChannel } from './webchat/webchat.ts';
import { whatsappChannel } from './whatsapp/whatsapp.ts';

export interface ChannelRegistry {
  /** Undefined for a type this program does not know. */
  get(type: string): Channel | undefined;
  all(): Channel[];
}

/** A registry of the adapters given; tests bring their own. */
export function channelRegistry(adapters: Channel[]): ChannelRegistry {
  const byType = new Map(adapters.map((adapter) => [adapter.type, adapter]));
  return { get: (type) => byType.get(type), all: () => adapters };
}

/** `allowPrivateAddresses`: files of clients may be read from private addresses too; only a process that reads them needs to say so. */
export const channelsByType = (options: { allowPrivateAddresses?: boolean } = {}): ChannelRegistry =>
  channelRegistry([
    telegramChannel(),
    vkChannel(options),
    viberChannel(options),
    maxChannel(options),
    whatsappChannel(options),
    customChannel(options),
    webchatChannel(),
  ]);
