/**
 * Who is writing an answer at the moment. Stored nowhere: it travels over the live updates only, and is over after `TYPING_SECONDS` unless it is said again.
 */

export const TYPING_SECONDS = 6;

/** `writing` to the client, `note` to colleagues only, `stopped`: sent, or thought better of. */
export type TypingState = 'writing' | 'note' | 'stopped';

export interface Typing {
  chatId: string;
  userId: number;
  state: TypingState;
}

/** Short, so that a NOTIFY holds as many as of other changes. */
export const typingId = ({ chatId, userId, state }: Typing): string => `${chatId}/${userId}/${state[0]}`;

export function readTypingId(id: string | number): Typing | undefined {
  const [chatId, user, letter] = String(id).split('/');
  const state = (['writing', 'note', 'stopped'] as const).find((one) => one[0] === letter);
  if (chatId === undefined || user === undefined || state === undefined || !/^\d{1,15}$/.test(user)) return undefined;
  return { chatId, userId: Number(user), state };
}
