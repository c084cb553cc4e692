import { abilitiesOf, CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { windowEndsAt } from '../../domain/message/window.ts';
import { useNow } from '../lib/use-now.ts';

export interface MessengerWindow {
  /** Only approved templates pass. */
  closed: boolean;
  /** How long anything may still be written (ms); 0 once closed. */
  leftMs: number;
  /** How long it is open after the client's last message (ms). */
  windowMs: number;
}

/** The messenger's window for a chat, as it stands now; undefined where it has none. `lastClientAt` null: the client has never written there. */
export function useWindow(channelType: string | undefined, lastClientAt: number | null): MessengerWindow | undefined {
  const now = useNow(30_000);
  if (channelType === undefined || !CHANNEL_TYPES.includes(channelType)) return undefined;
  const abilities = abilitiesOf(channelType);
  const endsAt = windowEndsAt(abilities, lastClientAt);
  if (endsAt === undefined) return undefined;
  const leftMs = Math.max(0, endsAt - now);
  return { closed: leftMs === 0, leftMs, windowMs: abilities.windowMs ?? 0 };
}
