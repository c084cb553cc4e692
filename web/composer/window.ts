import type { ContactChat } from '../../api/contract/index.ts';
import { abilitiesOf, CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { windowEndsAt } from '../../domain/message/window.ts';
import { useNow } from '../lib/use-now.ts';

export interface MessengerWindow {
  /** Only approved templates pass, or nothing. */
  closed: boolean;
  takesTemplates: boolean;
  /** How long anything may still be written (ms); 0 once closed. */
  leftMs: number;
  /** How long it is open after the client's last message (ms). */
  windowMs: number;
}

/** The messenger's window for a chat, as it stands now; undefined where it has none. Without a `chat` ours would be the first to write. */
export function useWindow(
  channelType: string | undefined,
  chat: Pick<ContactChat, 'lastClientAt' | 'windowMs'> | undefined,
): MessengerWindow | undefined {
  const now = useNow(30_000);
  if (channelType === undefined || !CHANNEL_TYPES.includes(channelType)) return undefined;
  const { templates, windowMs: ofChannel } = abilitiesOf(channelType);
  const windowMs = (chat === undefined ? ofChannel : chat.windowMs) ?? undefined;
  if (windowMs === undefined) return undefined;
  const leftMs = Math.max(0, (windowEndsAt({ windowMs }, chat?.lastClientAt ?? null) ?? now) - now);
  return { closed: leftMs === 0, takesTemplates: templates === true, leftMs, windowMs };
}
