/** Orders for many conversations: in portions with progress, and after a moment in which they can still be taken back. */
import { useSyncExternalStore } from 'react';
import type { BulkAnswer } from '../../api/contract/index.ts';
import type { BulkAction } from '../../domain/conversation/views.ts';
import { ApiProblem } from './client.ts';
import { order } from './orders.ts';
import { queryClient } from './query-client.ts';
import { problemWords } from './words.ts';

/** How long closing and "no reply needed" wait for a second thought: neither can be undone once the server has them. */
export const SECOND_THOUGHT_MS = 5000;
/** Conversations of one request: small enough that progress is seen to move. */
const PORTION = 20;

export type Many = BulkAction | 'assign';
/** Refused conversations with the reason in words. */
export interface Refusal {
  number: number;
  words: string;
}
export interface ManyDone {
  action: Many;
  done: number[];
  /** Certain to be carried out, not known yet. */
  accepted: number[];
  refused: Refusal[];
  /** Done, but still unread: reading counts only for who answers for the client. */
  stillUnread: number[];
  /** In the rating's delay instead of closed. */
  awaiting: number[];
}
export interface Progress {
  action: Many;
  done: number;
  total: number;
}

let progress: Progress | undefined;
const listeners = new Set<() => void>();
function tell(next: Progress | undefined): void {
  progress = next;
  for (const listener of listeners) listener();
}

/** What is being worked off at the moment. */
export const useProgress = (): Progress | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => progress,
  );

/** Gives the order to all, portion by portion. A portion that cannot reach the server is a refusal of each of its numbers. */
export async function orderMany(action: BulkAction, numbers: readonly number[], key: string = crypto.randomUUID()): Promise<ManyDone> {
  const result = nothingDone(action);
  tell({ action, done: 0, total: numbers.length });
  for (let at = 0; at < numbers.length; at += PORTION) {
    const portion = numbers.slice(at, at + PORTION);
    try {
      const answer = await order<BulkAnswer>('/api/conversations/bulk', { numbers: portion, action }, `${key}-${at}`);
      for (const item of answer.items) note(result, item);
    } catch (error) {
      result.refused.push(...portion.map((number) => ({ number, words: problemWords(error) })));
    }
    tell({ action, done: Math.min(at + PORTION, numbers.length), total: numbers.length });
  }
  tell(undefined);
  await refetch();
  return result;
}

function note(result: ManyDone, { number, outcome, answer, problem }: BulkAnswer['items'][number]): void {
  if (outcome === 'refused') {
    // The same words as for a single order that is refused.
    const statuses: Record<string, number> = { forbidden: 403, not_found: 404 };
    result.refused.push({
      number,
      words: problemWords(new ApiProblem(statuses[problem?.code ?? ''] ?? 409, { code: problem?.code, detail: problem?.detail ?? '' })),
    });
  } else if (outcome === 'accepted') result.accepted.push(number);
  else {
    result.done.push(number);
    if (result.action === 'read' && answer?.isRead === false) result.stillUnread.push(number);
    if (result.action === 'close' && answer !== null && answer.status !== 'closed') result.awaiting.push(number);
  }
}

/** Hands each conversation to a user, four at a time. */
export async function assignMany(numbers: readonly number[], userId: number): Promise<ManyDone> {
  const result = nothingDone('assign');
  const waiting = [...numbers];
  let done = 0;
  tell({ action: 'assign', done, total: numbers.length });
  const worker = async () => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      try {
        await order(`/api/conversations/${number}/transfer`, { userId });
        result.done.push(number);
      } catch (error) {
        result.refused.push({ number, words: problemWords(error) });
      }
      done += 1;
      tell({ action: 'assign', done, total: numbers.length });
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  tell(undefined);
  await refetch();
  return result;
}

const nothingDone = (action: Many): ManyDone => ({ action, done: [], accepted: [], refused: [], stillUnread: [], awaiting: [] });
const refetch = () =>
  Promise.all(['conversations', 'counts', 'conversation', 'lead'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));

/**
 * Does it after the moment for a second thought, unless it is taken back before. Whoever leaves the page has had no second thought: the orders
 * are sent with it. Returns what takes it back.
 */
export function afterSecondThought(action: BulkAction, numbers: readonly number[], then: (result: ManyDone) => void): () => void {
  const key = crypto.randomUUID();
  const timer = setTimeout(() => {
    window.removeEventListener('pagehide', leave);
    void orderMany(action, numbers, key).then(then);
  }, SECOND_THOUGHT_MS);
  const leave = () => {
    clearTimeout(timer);
    for (let at = 0; at < numbers.length; at += PORTION)
      void fetch('/api/conversations/bulk', {
        method: 'POST',
        keepalive: true,
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'idempotency-key': `${key}-${at}` },
        body: JSON.stringify({ numbers: numbers.slice(at, at + PORTION), action }),
      });
  };
  window.addEventListener('pagehide', leave, { once: true });
  return () => {
    clearTimeout(timer);
    window.removeEventListener('pagehide', leave);
  };
}
