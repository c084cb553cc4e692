import type { InfiniteData } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ButtonToWrite, FileView, Message, TemplateToWrite, ThreadPage } from '../../api/contract/index.ts';
import { ApiProblem } from './client.ts';
import { order } from './orders.ts';
import { queryClient } from './query-client.ts';
import { refreshThreads } from './thread.ts';
import { problemWords } from './words.ts';

/** A message that was written here and that the server has not confirmed yet. `key` is its idempotency key: sending it again is harmless. */
export interface OutgoingMessage {
  key: string;
  /** `begin/…`: the chat begins with this message. */
  chatId: string;
  channelId: number;
  contactId: number;
  /** The chat's conversation; a chat without one is written to by its own address. */
  conversationNumber: number | null;
  author: { id: number; name: string };
  text: string;
  files: FileView[];
  /** Under the text; those of a template are its own and not sent again. */
  buttons: ButtonToWrite[];
  /** An approved template; `text` and `buttons` are what it reads as. */
  template?: TemplateToWrite | undefined;
  writtenAt: number;
  state: 'sending' | 'failed';
  words: string;
  /** The chat's last position that the writer saw; absent once they have said that it is to be sent anyway. */
  seenPosition?: number | undefined;
  /** What the writer chose about short links; absent: as the channel is set. */
  shorten?: boolean | undefined;
  /** Id of the message of the chat that is answered. */
  replyTo?: string | undefined;
  /** A colleague answered meanwhile, so it was not sent. `name` null: in the messenger's own app. */
  answered?: { name: string | null; at: number } | undefined;
}

const STORED = 'beseda.outbox';
let outbox: OutgoingMessage[] = restore();
const listeners = new Set<() => void>();
const busy = new Set<string>();

/** Kept until the server has it, also over a reload; what was under way then is offered as failed and retried with the same key. */
function restore(): OutgoingMessage[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? '[]') as OutgoingMessage[];
    // `buttons`: what a page of an earlier release kept has none.
    return kept.map((message) => ({ ...message, buttons: message.buttons ?? [], state: 'failed' }));
  } catch {
    return [];
  }
}

function change(next: OutgoingMessage[]): void {
  outbox = next;
  try {
    sessionStorage.setItem(STORED, JSON.stringify(outbox));
  } catch {
    // No room or no right to store: the message is still in the page.
  }
  for (const listener of listeners) listener();
}

const update = (key: string, values: Partial<OutgoingMessage>) =>
  change(outbox.map((message) => (message.key === key ? { ...message, ...values } : message)));

export const useOutbox = (): OutgoingMessage[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => outbox,
  );

/** Shows the message at once and sends it after those written before it in the same chat. */
export function send(message: Omit<OutgoingMessage, 'key' | 'writtenAt' | 'state' | 'words' | 'answered'>, writtenAt: number): void {
  change([...outbox, { ...message, key: crypto.randomUUID(), writtenAt, state: 'sending', words: '' }]);
  void drain(message.chatId);
}

export function sendAgain(key: string): void {
  const message = outbox.find((each) => each.key === key);
  if (message === undefined) return;
  update(key, { state: 'sending', words: '' });
  void drain(message.chatId);
}

/** The writer knows of the colleague's answer and sends all the same: a new order, since the first one was refused for good. */
export function sendAnyway(key: string): void {
  const message = outbox.find((each) => each.key === key);
  if (message === undefined) return;
  const again: OutgoingMessage = {
    ...message,
    key: crypto.randomUUID(),
    state: 'sending',
    words: '',
    seenPosition: undefined,
    answered: undefined,
  };
  change(outbox.map((each) => (each.key === key ? again : each)));
  void drain(message.chatId);
}

export const discard = (key: string): void => change(outbox.filter((message) => message.key !== key));

/** Called when a thread shows these keys: the server's own bubble has taken the place of ours. */
export function confirm(keys: ReadonlySet<string>): void {
  if (outbox.some(({ key }) => keys.has(key))) change(outbox.filter(({ key }) => !keys.has(key)));
}

async function drain(chatId: string): Promise<void> {
  if (busy.has(chatId)) return;
  busy.add(chatId);
  const tried = new Set<string>();
  try {
    for (;;) {
      const next = outbox.find((message) => message.chatId === chatId && message.state === 'sending' && !tried.has(message.key));
      if (next === undefined) return;
      tried.add(next.key);
      await sendOne(next);
    }
  } finally {
    busy.delete(chatId);
  }
}

async function sendOne(message: OutgoingMessage): Promise<void> {
  const begins = message.chatId.startsWith('begin/');
  const path = begins
    ? `/api/contacts/${message.contactId}/messages`
    : message.conversationNumber === null
      ? `/api/chats/${message.chatId}/messages`
      : `/api/conversations/${message.conversationNumber}/messages`;
  const { seenPosition } = message;
  const body = {
    ...(message.template === undefined
      ? { text: message.text, ...(message.buttons.length === 0 ? {} : { buttons: message.buttons }) }
      : { template: message.template }),
    attachments: message.files.map(({ id }) => ({ id })),
    ...(begins ? { channel: message.channelId } : {}),
    ...(seenPosition === undefined ? {} : { seenPosition }),
    ...(message.shorten === undefined ? {} : { shorten: message.shorten }),
    ...(message.replyTo === undefined || begins ? {} : { replyTo: message.replyTo }),
  };
  try {
    const answer = await order<Message | { accepted: true }>(path, body, message.key);
    if ('id' in answer) place(answer, message);
    // 202: certain to be sent; the bubble stays ours until the thread brings the server's.
    else refreshThreads();
  } catch (error) {
    update(message.key, { state: 'failed', words: problemWords(error), answered: answeredIn(error) });
  }
}

function answeredIn(error: unknown): OutgoingMessage['answered'] {
  if (!(error instanceof ApiProblem) || error.code !== 'answered_since') return undefined;
  const { by, at } = error.body.data as { by: { name: string } | null; at: number };
  return { name: by?.name ?? null, at };
}

/** Puts the server's answer into the threads that show this contact, so that the bubble changes in place. */
function place(message: Message, { contactId, key }: OutgoingMessage): void {
  queryClient.setQueriesData<InfiniteData<ThreadPage, string | undefined>>({ queryKey: ['thread', contactId] }, (data) => {
    const [first, ...rest] = data?.pages ?? [];
    if (data === undefined || first === undefined) return data;
    if (data.pages.some((page) => page.items.some((item) => item.kind === 'message' && item.message.id === message.id))) return data;
    return { ...data, pages: [{ ...first, items: [{ kind: 'message', message }, ...first.items] }, ...rest] };
  });
  confirm(new Set([key]));
  refreshThreads();
}
