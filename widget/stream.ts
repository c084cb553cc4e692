import type { WireEvents } from '../api/webchat/wire.ts';
import { CallError, type Client } from './client.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** The server says something every 15 s: longer silence means a connection that is dead without saying so. */
const SILENCE_MS = 40_000;
/** A page nobody looks at gives its connection back after this. */
const HIDDEN_MS = 30_000;

export interface StreamHandlers {
  /** The cursor to go on from; undefined before anything is known. */
  cursor(): number | undefined;
  onEvent<T extends keyof WireEvents>(type: T, data: WireEvents[T]): void;
  onConnected(connected: boolean): void;
}

export interface Stream {
  start(): void;
  /** Connects at once if it was waiting: the network is back, or the visitor acts. */
  hurry(): void;
}

/** Keeps a stream of events open while the page is looked at, coming back with the last cursor after every break. */
export function createStream(client: Client, handlers: StreamHandlers): Stream {
  let started = false;
  let failures = 0;
  let connection: AbortController | undefined;
  let endPause: (() => void) | undefined;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  async function keepOpen(): Promise<void> {
    for (;;) {
      while (document.hidden && hiddenTimer === undefined) await pause(LONGEST_PAUSE_MS);
      try {
        await readOnce();
      } catch (error) {
        const refused = error instanceof CallError && !error.isPassing && error.status !== 401;
        if (refused) failures = Math.max(failures, 6); // the site was taken off the list, or the channel is gone: ask seldom
      }
      handlers.onConnected(false);
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      failures += 1;
      await pause(longest * (0.5 + Math.random() / 2));
    }
  }

  async function readOnce(): Promise<void> {
    const abort = new AbortController();
    connection = abort;
    let watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const response = await client.stream(handlers.cursor(), abort.signal);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      handlers.onConnected(true);
      let text = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        failures = 0;
        text += value;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) dispatch(block);
      }
    } finally {
      clearTimeout(watchdog);
      connection = undefined;
    }
  }

  function dispatch(block: string): void {
    let type = '';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) type = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (type !== '' && data !== '') handlers.onEvent(type as keyof WireEvents, JSON.parse(data));
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function hurry(): void {
    failures = 0;
    endPause?.();
  }

  return {
    start() {
      if (started) return hurry();
      started = true;
      window.addEventListener('online', hurry);
      window.addEventListener('offline', () => connection?.abort());
      document.addEventListener('visibilitychange', () => {
        clearTimeout(hiddenTimer);
        hiddenTimer = undefined;
        if (!document.hidden) return hurry();
        hiddenTimer = setTimeout(() => {
          hiddenTimer = undefined;
          connection?.abort();
        }, HIDDEN_MS);
      });
      void keepOpen();
    },
    hurry,
  };
}
