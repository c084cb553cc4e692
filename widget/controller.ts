import type { WireAuthor, WireConfig, WireEvents, WireFile } from '../api/webchat/wire.ts';
import { CallError, type Client, createClient } from './client.ts';
import { createOutbox, type Outbox, type Pending } from './outbox.ts';
import { openKeep } from './storage.ts';
import { createStream } from './stream.ts';
import { createThread, type Thread } from './thread.ts';

const CONFIRM_READ_MS = 300;
const CONFIRM_DELIVERED_MS = 1500;
const OFFLINE_SHOWN_MS = 2500;

export type Change = 'thread' | 'connection' | 'typing';

/** What the views know and may ask for. */
export interface Chat {
  client: Client;
  thread: Thread;
  config: WireConfig;
  pending(): Pending[];
  send(message: { text: string; files: WireFile[]; buttonKey?: string }): void;
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): void;
  loadEarlier(): Promise<void>;
  /** The visitor looks at the newest message now. */
  markRead(): void;
  /** Told once the panel was opened: an empty thread needs no connection before. */
  begin(): void;
  isOffline(): boolean;
  typing(): WireAuthor | undefined;
  /** `fresh` are messages of ours that have come in while the page was open. */
  onChange(listener: (change: Change) => void): void;
  onFresh(listener: (message: WireEvents['message']) => void): void;
}

/** Ties session, stream, outbox and thread of one channel together. Answers undefined where the chat may not stand on this page. */
export async function openChat(origin: string, channelKey: string): Promise<Chat | undefined> {
  const keep = openKeep(channelKey);
  const thread = createThread();
  const changeListeners: ((change: Change) => void)[] = [];
  const freshListeners: ((message: WireEvents['message']) => void)[] = [];
  const tell = (change: Change) => {
    for (const listener of changeListeners) listener(change);
  };
  let offline = false;
  let offlineTimer: ReturnType<typeof setTimeout> | undefined;
  let typing: { author: WireAuthor; timer: ReturnType<typeof setTimeout> } | undefined;
  let loading: Promise<void> | undefined;
  let outbox: Outbox | undefined;

  const client = createClient(`${origin}/webchat/${encodeURIComponent(channelKey)}/`, keep, `beseda:${channelKey}`, () => {
    thread.clear();
    tell('thread');
  });
  const confirm = createConfirmations(client, thread);
  const stream = createStream(client, { cursor: () => thread.lastCursor(), onEvent, onConnected });

  function onEvent<T extends keyof WireEvents>(type: T, data: WireEvents[T]): void {
    if (type === 'resync') {
      const { cursor, continued } = data as WireEvents['resync'];
      if (!continued) thread.clear(); // a first look, or a thread that is not the one we knew
      thread.setCursor(cursor);
      if (thread.messages().length === 0) void loadEarlier();
      outbox?.hurry();
    } else if (type === 'message') {
      onMessage(data as WireEvents['message']);
    } else if (type === 'state') {
      thread.setState(data as WireEvents['state']);
      tell('thread');
    } else if (type === 'typing') {
      const { author, seconds } = data as WireEvents['typing'];
      setTyping(seconds > 0 ? author : undefined, seconds);
    }
  }

  function onMessage(message: WireEvents['message']): void {
    if (message.clientMessageId !== undefined) outbox?.remove(message.clientMessageId);
    const isNew = thread.add([message]);
    if (isNew && message.author.kind !== 'visitor') {
      setTyping(undefined, 0);
      for (const listener of freshListeners) listener(message);
      confirm.delivered();
    }
    tell('thread');
  }

  function onConnected(connected: boolean): void {
    if (!connected) setTyping(undefined, 0); // nobody can be known to type
    if (connected || document.hidden) {
      clearTimeout(offlineTimer);
      offlineTimer = undefined;
      if (connected) setOffline(false);
    } else {
      // A break of a moment (another server took over, the page was asleep) is not worth a word.
      offlineTimer ??= setTimeout(() => setOffline(true), OFFLINE_SHOWN_MS);
    }
  }

  function setOffline(next: boolean): void {
    if (offline === next) return;
    offline = next;
    tell('connection');
  }

  function setTyping(author: WireAuthor | undefined, seconds: number): void {
    if (typing === undefined && author === undefined) return;
    clearTimeout(typing?.timer);
    typing = author === undefined ? undefined : { author, timer: setTimeout(() => setTyping(undefined, 0), Math.min(seconds, 10) * 1000) };
    tell('typing');
  }

  function loadEarlier(): Promise<void> {
    loading ??= (async () => {
      try {
        const page = await client.history({ before: thread.messages()[0]?.cursor });
        thread.addHistory(page);
        for (const { clientMessageId } of page.messages) if (clientMessageId !== undefined) outbox?.remove(clientMessageId);
        // Taken by the server and older than the whole page: it comes with an earlier page, in its place.
        const oldestAt = page.more ? (page.messages[0]?.at ?? 0) : 0;
        for (const { clientMessageId, status, sentAt } of outbox?.list() ?? []) {
          if (status === 'sent' && sentAt < oldestAt) outbox?.remove(clientMessageId);
        }
        tell('thread');
      } catch {
        setTimeout(() => stream.hurry(), 1000); // the stream comes back with resync, which asks again while nothing is shown
      } finally {
        loading = undefined;
      }
    })();
    return loading;
  }

  const config = await readConfig(client);
  if (config === undefined) return undefined;
  outbox = createOutbox(client, keep, () => tell('thread'));
  if (client.hasSession()) {
    void client.renew().catch(() => undefined); // the stream asks for what it needs itself; this only keeps the session young
    stream.start();
  } else if (outbox.list().length > 0) {
    stream.start();
  }

  return {
    client,
    thread,
    config,
    pending: () => outbox.list(),
    send(message) {
      outbox.add(message);
      stream.start();
    },
    retry: (id) => outbox.retry(id),
    discard(id) {
      outbox.remove(id);
      tell('thread');
    },
    loadEarlier,
    markRead: () => {
      if (confirm.read()) tell('thread');
    },
    begin() {
      if (client.hasSession()) stream.start();
    },
    isOffline: () => offline,
    typing: () => typing?.author,
    onChange: (listener) => changeListeners.push(listener),
    onFresh: (listener) => freshListeners.push(listener),
  };
}

/** Undefined where the chat is refused, or the server does not come back within about a minute. */
async function readConfig(client: Client): Promise<WireConfig | undefined> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    try {
      return await client.config();
    } catch (error) {
      // A browser hides from the page why a call to another site failed: a refused origin looks like a broken line.
      if (attempt === 0) console.warn('Beseda: the chat does not answer. Check data-channel and the allowed sites of this web chat.');
      if (!(error instanceof CallError) || !error.isPassing) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
    }
  }
  return undefined;
}

/** Tells the server how far we have come: one call for many messages, and none for what it knows already. */
function createConfirmations(client: Client, thread: Thread): { delivered(): void; read(): boolean } {
  const told = { delivered: 0, read: 0 };
  const timers: Partial<Record<'delivered' | 'read', ReturnType<typeof setTimeout>>> = {};

  function later(status: 'delivered' | 'read', ms: number): void {
    timers[status] ??= setTimeout(async () => {
      delete timers[status];
      const upTo = status === 'read' ? thread.state().readUpTo : thread.latestOfOurs();
      if (upTo <= told[status] || upTo <= told.read) return;
      try {
        await client.seen({ upTo, status });
        told[status] = Math.max(told[status], upTo);
      } catch {
        later(status, 5000);
      }
    }, ms);
  }

  return {
    delivered: () => later('delivered', CONFIRM_DELIVERED_MS),
    read() {
      const latest = thread.latestOfOurs();
      if (latest <= thread.state().readUpTo) return false;
      thread.setState({ seenUpTo: 0, readUpTo: latest });
      later('read', CONFIRM_READ_MS);
      return true;
    },
  };
}
