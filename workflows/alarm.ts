import { sleep } from '@temporalio/workflow';

/**
 * Rings once the wanted instant has come. A later instant reuses the timer that runs (it costs nothing); an earlier one adds a timer and keeps the other.
 * Timers shorter than a second fire after a second: the server counts so.
 */
export function alarm() {
  let wanted: number | undefined;
  const running = new Set<number>();
  const arm = () => {
    const at = wanted;
    if (at === undefined || at <= Date.now() || [...running].some((end) => end <= at)) return;
    running.add(at);
    // The second handler keeps an operator's cancel from becoming an unhandled rejection, which would fail every workflow task.
    void sleep(at - Date.now()).then(
      () => {
        running.delete(at);
        arm();
      },
      () => undefined,
    );
  };
  return {
    /**
     * A past instant rings in a second, not at once: a rule that answers with the past costs a turn a second, not a hot loop. That second is not
     * begun again by turns that come meanwhile: a client who writes every second would never let it ring.
     */
    set(at: number | undefined) {
      const now = Date.now();
      const soonest = wanted !== undefined && wanted > now ? Math.min(wanted, now + 1000) : now + 1000;
      wanted = at === undefined ? undefined : Math.max(at, soonest);
      arm();
    },
    rings: () => wanted !== undefined && Date.now() >= wanted,
  };
}
