import { useSyncExternalStore } from 'react';
import type { FileView, InternalMessage } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { placeMessage } from './data.ts';

/** A message to colleagues that the server has not confirmed yet. `key` is its idempotency key: sending it again is harmless. */
export interface InternalDraft {
  key: string;
  chatId: number;
  text: string;
  mentions: { id: number; name: string }[];
  files: FileView[];
  writtenAt: number;
  /** Why it could not be sent; undefined: under way. */
  problem: string | undefined;
}

let drafts: InternalDraft[] = [];
const listeners = new Set<() => void>();
const busy = new Set<number>();

function change(next: InternalDraft[]): void {
  drafts = next;
  for (const listener of listeners) listener();
}

export const useInternalOutbox = (): InternalDraft[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => drafts,
  );

/** Shows the message at once and sends it after those written before it in the same chat. */
export function sendInternal(draft: Omit<InternalDraft, 'key' | 'problem'>): void {
  change([...drafts, { ...draft, key: crypto.randomUUID(), problem: undefined }]);
  void drain(draft.chatId);
}

export function sendInternalAgain(key: string): void {
  const draft = drafts.find((each) => each.key === key);
  if (draft === undefined) return;
  change(drafts.map((each) => (each.key === key ? { ...each, problem: undefined } : each)));
  void drain(draft.chatId);
}

export const discardInternal = (key: string): void => change(drafts.filter((draft) => draft.key !== key));

async function drain(chatId: number): Promise<void> {
  if (busy.has(chatId)) return;
  busy.add(chatId);
  try {
    for (;;) {
      const next = drafts.find((draft) => draft.chatId === chatId && draft.problem === undefined);
      if (next === undefined) return;
      const { key, text, mentions, files } = next;
      try {
        const body = { text, mentions: mentions.map(({ id }) => id), files: files.map(({ id }) => ({ id })) };
        placeMessage(await call<InternalMessage>('POST', `/api/internal-chats/${chatId}/messages`, { body, idempotencyKey: key }));
        discardInternal(key);
      } catch (error) {
        const problem = problemWords(error);
        change(drafts.map((draft) => (draft.key === key ? { ...draft, problem } : draft)));
      }
    }
  } finally {
    busy.delete(chatId);
  }
}
