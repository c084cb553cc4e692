const FAILURES = 5;
const OPEN_MS = 30_000;

/** Circuit breakers by channel: after five failures in a row a channel is left to the activity for half a minute, then one turn may try again. */
export function createBreaker(now: () => number = () => performance.now()) {
  const channels = new Map<number, { failures: number; openUntil: number }>();
  return {
    isOpen(channelId: number): boolean {
      const state = channels.get(channelId);
      return state !== undefined && state.failures >= FAILURES && state.openUntil > now();
    },
    worked: (channelId: number) => void channels.delete(channelId),
    failed(channelId: number): void {
      const failures = (channels.get(channelId)?.failures ?? 0) + 1;
      channels.set(channelId, { failures, openUntil: now() + OPEN_MS });
    },
  };
}
