import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

export interface ClosableConnection {
  connection: Connection;
  /** Repeats no call any more, lets the repeats that are due begin (5–6 s at most, mostly a fraction of one), then closes. */
  close(): Promise<void>;
}

/**
 * A lazy connection that can be closed while somebody's call is being repeated. The SDK repeats a failed call from a bare timer:
 * one that rings after the close meets a channel that is shut down and throws where nobody can catch it, which ends the process.
 */
export function closableConnection(options: Omit<ConnectionOptions, 'interceptors'>): ClosableConnection {
  const usual = defaultGrpcRetryOptions();
  let isClosing = false;
  let lastRepeatAt = 0;
  const interceptor = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !isClosing && usual.retryableDecider(attempt, status),
    delayFunction(attempt, status) {
      const pauseMs = usual.delayFunction(attempt, status);
      lastRepeatAt = Math.max(lastRepeatAt, Date.now() + pauseMs);
      return pauseMs;
    },
  });
  const connection = Connection.lazy({ ...options, interceptors: [interceptor] });
  return {
    connection,
    async close() {
      isClosing = true;
      // Timers ring in the order in which they are due, but for a millisecond of rounding.
      const pauseMs = lastRepeatAt - Date.now();
      if (pauseMs > -2) await delay(pauseMs + 2);
      await connection.close();
    },
  };
}
