import type { ChannelAbilities } from './model.ts';

/**
 * Until when anything may be sent to a client (epoch ms); undefined where the messenger sets no such bound. A client who has never written there
 * (`lastClientAt` null) has no window: it ended at 0.
 */
export function windowEndsAt({ windowMs }: Pick<ChannelAbilities, 'windowMs'>, lastClientAt: number | null): number | undefined {
  if (windowMs === undefined) return undefined;
  return lastClientAt === null ? 0 : lastClientAt + windowMs;
}

/** Whether only approved templates, or nothing, may be sent now (`at`: epoch ms). */
export function isWindowClosed(abilities: Pick<ChannelAbilities, 'windowMs'>, lastClientAt: number | null, at: number): boolean {
  const endsAt = windowEndsAt(abilities, lastClientAt);
  return endsAt !== undefined && at >= endsAt;
}

const TEMPLATE_WORDS =
  'The messenger takes only an approved template here: the client has not written within its window. Send "template" (GET /api/channels/{id}/templates lists them), or wait until the client writes';
const NOTHING_WORDS = 'The messenger takes nothing here: the client has not written within its window. Wait until the client writes';

/** What a writer is told once the window is closed: the same words wherever it is refused. */
export const windowRefusal = ({
  templates,
}: Pick<ChannelAbilities, 'templates'>): { code: 'window_closed' | 'unreachable'; words: string } =>
  templates === true ? { code: 'window_closed', words: TEMPLATE_WORDS } : { code: 'unreachable', words: NOTHING_WORDS };
