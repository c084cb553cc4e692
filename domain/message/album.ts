/** Messengers announce neither the number of an album's items nor its end, so it counts as complete when nothing has come for a while. */
export const ALBUM_SILENCE_MS = 2_000;
/** Items that keep dripping in must not hold the bot's answer for ever. */
export const ALBUM_AT_MOST_MS = 10_000;

/**
 * When an album is one message to be notified and answered (epoch ms): 2 s after its last item, 10 s after its first at the latest. Items
 * that come later still join the message; they are no new answer. Both instants are the turn's own clock, not the messenger's.
 */
export function albumDueAt({ firstItemAt, lastItemAt }: { firstItemAt: number; lastItemAt: number }): number {
  return Math.min(lastItemAt + ALBUM_SILENCE_MS, firstItemAt + ALBUM_AT_MOST_MS);
}

/** Does the album count as complete at `at`? */
export function isAlbumComplete(album: { firstItemAt: number; lastItemAt: number }, at: number): boolean {
  return at >= albumDueAt(album);
}
