import { useSyncExternalStore } from 'react';
import type { TypingBody } from '../../api/contract/index.ts';
import { call } from './client.ts';

type State = NonNullable<TypingBody['state']>;
export interface Typing {
  userId: number;
  state: Exclude<State, 'stopped'>;
}

/** As long as the server lets it stand. */
const LASTS_MS = 6000;
/** Said again this often while somebody goes on writing. */
const AGAIN_MS = 3000;

const nobody: readonly Typing[] = [];
const letters: Record<string, State> = { w: 'writing', n: 'note', s: 'stopped' };
const byChat = new Map<string, readonly Typing[]>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

function change(chatId: string, userId: number, state: State): void {
  const others = (byChat.get(chatId) ?? nobody).filter((one) => one.userId !== userId);
  const next = state === 'stopped' ? others : [...others, { userId, state }];
  if (next.length === 0) byChat.delete(chatId);
  else byChat.set(chatId, next);
  for (const listener of listeners) listener();
}

/** Takes what the stream says: `<chat id>/<user id>/<w|n|s>`. It is over by itself unless it is said again. */
export function heardTyping(ids: readonly (string | number)[]): void {
  for (const id of ids) {
    const [chatId = '', user = '', letter = ''] = String(id).split('/');
    const state = letters[letter];
    if (state === undefined) continue;
    const key = `${chatId}/${user}`;
    clearTimeout(timers.get(key));
    timers.delete(key);
    if (state !== 'stopped')
      timers.set(
        key,
        setTimeout(() => change(chatId, Number(user), 'stopped'), LASTS_MS),
      );
    change(chatId, Number(user), state);
  }
}

/** Who is writing in a chat at the moment, the reader left out. */
export function useTyping(chatId: string | undefined, me: number): readonly Typing[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => byChat.get(chatId ?? '') ?? nobody,
  );
  return all.some(({ userId }) => userId === me) ? all.filter(({ userId }) => userId !== me) : all;
}

let said: { number: number; state: State; at: number } | undefined;

/** Tells colleagues, and a web chat's visitor, that something is being written; once every few seconds is enough. Failures do not matter. */
export function tellTyping(number: number | null | undefined, state: State): void {
  if (number === null || number === undefined) return;
  if (state === 'stopped' && said?.number !== number) return;
  if (said?.number === number && said.state === state && Date.now() - said.at < AGAIN_MS) return;
  said = state === 'stopped' ? undefined : { number, state, at: Date.now() };
  call('POST', `/api/conversations/${number}/typing`, { body: { state } }).catch(() => undefined);
}
