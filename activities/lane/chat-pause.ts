/**
 * The pause that a messenger wants between the calls of one chat. A few at once are tolerated (an answer with its question), a queue is spread. Nothing
 * is asked of the database for it: this process remembers its own calls, and a claim brings those of the others along.
 */
import type { LanePart } from '../../db/turns/lane.ts';
import { MOST_BURST } from '../../domain/message/abilities.ts';

/** Chats whose last calls are remembered; of the others the claims still tell. */
const MOST_CHATS = 5_000;

export interface ChatPace {
  /** Between two calls once the burst is used up; 0: none. */
  pauseMs: number;
  /** Messages that may go out at once; an album counts by its items where the messenger makes a message of each. */
  burst: number;
}

export interface ChatPauses {
  /** In how many ms the chat may get its next call; 0: now. */
  waitMs(part: Pick<LanePart, 'chatId' | 'earlierCalls'>, pace: ChatPace): number;
  /** Call it as the call goes out, and for each further message that it turned out to have made. */
  noted(chatId: string, calls: number): void;
}

/** One a process. `now`: epoch ms, the clock of claims. */
export function createChatPauses(now: () => number = Date.now): ChatPauses {
  /** Instants of calls, the newest first. */
  const known = new Map<string, number[]>();
  return {
    waitMs(part, pace) {
      if (pace.pauseMs <= 0) return 0;
      const own = known.get(part.chatId) ?? [];
      const ofAll = (part.earlierCalls ?? []).flatMap(([at, messages]) => Array.from({ length: messages }, () => at)).sort((a, b) => b - a);
      return Math.max(waitAfter(own, pace, now()), waitAfter(ofAll, pace, now()));
    },
    noted(chatId, calls) {
      const at = now();
      const own = [...Array.from({ length: calls }, () => at), ...(known.get(chatId) ?? [])].slice(0, MOST_BURST);
      known.delete(chatId); // the order of a Map is that of insertion: the chat that was quiet longest stands first
      known.set(chatId, own);
      if (known.size > MOST_CHATS) known.delete(known.keys().next().value!);
    },
  };
}

/** Never more than `burst` calls in `burst` pauses, but for one a pause: what a bucket of that size, filled at that pace, gives out. */
function waitAfter(calls: readonly number[], { pauseMs, burst }: ChatPace, at: number): number {
  const first = calls[burst - 1];
  if (first === undefined || first <= at - burst * pauseMs) return 0;
  return Math.max(0, calls[0]! + pauseMs - at);
}
