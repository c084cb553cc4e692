import type { WireDraft, WireFile } from '../api/webchat/wire.ts';
import { CallError, type Client } from './client.ts';
import type { Keep } from './storage.ts';

const LONGEST_PAUSE_MS = 30_000;

/** A message on its way. It keeps its id over every attempt and reload, so that the server takes it once. */
export interface Pending extends WireDraft {
  files: WireFile[];
  /** `sent`: the server has it, it only has not come back in the thread yet. */
  status: 'sending' | 'sent' | 'failed';
  words?: string;
}

export interface Outbox {
  list(): Pending[];
  add(message: { text: string; files: WireFile[]; buttonKey?: string }): void;
  retry(clientMessageId: string): void;
  remove(clientMessageId: string): void;
  /** Tries at once: the connection is back. */
  hurry(): void;
}

/**
 * Sends messages one after another, in the order they were written, until each is taken. What waits is kept in the browser:
 * it goes out at the next visit at the latest. One name a message, so that two pages of a site do not overwrite each other's.
 */
export function createOutbox(client: Client, keep: Keep, onChange: () => void): Outbox {
  const pending = new Map<string, Pending>();
  let working = false;
  let endPause: (() => void) | undefined;

  for (const name of keep.names('out:')) {
    const draft = readDraft(keep.get(name));
    if (draft === undefined) keep.remove(name);
    else pending.set(draft.clientMessageId, draft);
  }
  const store = (message: Pending) => keep.set(`out:${message.clientMessageId}`, JSON.stringify(message));
  const list = () => [...pending.values()].sort((a, b) => a.sentAt - b.sentAt);

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    let failures = 0;
    for (let next = first(); next !== undefined; next = first()) {
      try {
        const { clientMessageId, text, attachments, buttonKey, sentAt } = next;
        await client.send({ clientMessageId, text, attachments, buttonKey, sentAt });
        failures = 0;
        next.status = 'sent';
        keep.remove(`out:${clientMessageId}`);
      } catch (error) {
        if (error instanceof CallError && !error.isPassing) {
          next.status = 'failed';
          next.words = error.message;
          if (pending.has(next.clientMessageId)) store(next);
        } else {
          const wait = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
          failures += 1;
          await pause(error instanceof CallError ? Math.max(wait, error.retryAfterMs ?? 0) : wait);
        }
      }
      onChange();
    }
    working = false;
  }

  const first = () => list().find((message) => message.status === 'sending');

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    list,
    add({ text, files, buttonKey }) {
      const latest = list().at(-1)?.sentAt ?? 0;
      const message: Pending = {
        clientMessageId: newId(),
        text,
        files,
        attachments: files.map(({ fileId }) => ({ fileId })),
        ...(buttonKey === undefined ? {} : { buttonKey }),
        sentAt: Math.max(Math.floor(client.serverNow()), latest + 1),
        status: 'sending',
      };
      pending.set(message.clientMessageId, message);
      store(message);
      onChange();
      void work();
    },
    retry(clientMessageId) {
      const message = pending.get(clientMessageId);
      if (message === undefined) return;
      message.status = 'sending';
      delete message.words;
      onChange();
      void work();
    },
    remove(clientMessageId) {
      keep.remove(`out:${clientMessageId}`);
      pending.delete(clientMessageId);
    },
    hurry() {
      endPause?.();
      void work();
    },
  };
}

function readDraft(text: string | undefined): Pending | undefined {
  try {
    const draft = JSON.parse(text ?? '') as Pending;
    if (typeof draft.clientMessageId !== 'string' || !Array.isArray(draft.files)) return undefined;
    return { ...draft, status: draft.status === 'failed' ? 'failed' : 'sending' };
  } catch {
    return undefined; // half written or of another version: nothing that could be sent
  }
}

/** A random UUID also where the page is not a secure context and has no crypto.randomUUID. */
function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
