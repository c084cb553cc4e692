import { ApiError } from './errors.ts';

/** Counts tries by name within this process; refuses with 429 and the time to wait. */
export function createLimiter({ most, perMs }: { most: number; perMs: number }, now: () => number) {
  const tries = new Map<string, { count: number; endsAt: number }>();
  return {
    take(name: string): void {
      const at = now();
      if (tries.size > 10_000) for (const [key, entry] of tries) if (entry.endsAt <= at) tries.delete(key);
      const entry = tries.get(name);
      if (entry === undefined || entry.endsAt <= at) {
        tries.set(name, { count: 1, endsAt: at + perMs });
        return;
      }
      entry.count += 1;
      if (entry.count > most) {
        throw new ApiError('rate_limited', `Too many tries: wait ${Math.ceil((entry.endsAt - at) / 1000)} s`, {
          retryAfterSeconds: Math.ceil((entry.endsAt - at) / 1000),
        });
      }
    },
  };
}
