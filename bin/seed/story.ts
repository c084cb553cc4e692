/** One made-up conversation: who wrote when, where it was closed and opened again, who answered how fast. Pure: chance comes in. */
import type { Random } from './random.ts';
import { type Language, sentence } from './sentences.ts';

export interface StoryMessage {
  id: string;
  by: 'client' | 'user' | 'bot';
  userId: number | null;
  text: string;
  at: number;
  opening: number;
}

export interface StoryOpening {
  opening: number;
  openedAt: number;
  firstReplyAt: number | null;
  closedAt: number | null;
  rate: number | null;
}

/** A stretch in which the client waited, and the reply that ended it. */
export interface StoryResponse {
  message: StoryMessage;
  waitingSince: number;
  isFirst: boolean;
  missed: boolean;
}

export interface Story {
  messages: StoryMessage[];
  openings: StoryOpening[];
  responses: StoryResponse[];
  /** Instants at which an answer was late. */
  missedAt: number[];
  isClosed: boolean;
  waitingSince: number | null;
  hasBot: boolean;
}

export interface StoryWish {
  language: Language;
  startAt: number;
  /** Nothing happens after it. */
  untilAt: number;
  messages: number;
  isOpen: boolean;
  userIds: readonly number[];
  userId: number | null;
}

/** An answer after this time is late. */
export const LATE_MS = 15 * 60_000;
const MINUTE = 60_000;

export function storyOf(random: Random, wish: StoryWish): Story {
  const { language, startAt, isOpen } = wish;
  const hasBot = random.chance(0.3);
  const reopensAt = !isOpen && wish.messages >= 6 && random.chance(0.1) ? Math.floor(wish.messages / 2) : -1;
  const endsWithClient = isOpen && random.chance(0.4);
  const times = timesOf(random, wish, reopensAt);
  const story: Story = { messages: [], openings: [], responses: [], missedAt: [], isClosed: !isOpen, waitingSince: null, hasBot };
  let opening: StoryOpening = { opening: 1, openedAt: startAt, firstReplyAt: null, closedAt: null, rate: null };
  story.openings.push(opening);
  let waiting: number | undefined;
  let answered = 0;
  for (const [index, at] of times.entries()) {
    if (index === reopensAt) {
      const before = times[index - 1]!;
      opening.closedAt = Math.floor(before + (at - before) / 2);
      opening.rate = rateOf(random);
      opening = { opening: 2, openedAt: at, firstReplyAt: null, closedAt: null, rate: null };
      story.openings.push(opening);
      waiting = undefined;
      answered = 0;
    }
    const isLast = index === times.length - 1;
    const isClient = index === 0 || index === reopensAt || (isLast ? endsWithClient : random.chance(0.5));
    const by = isClient ? 'client' : hasBot && index < 4 ? 'bot' : 'user';
    const userId = by === 'user' ? (wish.userId ?? random.pick(wish.userIds)) : null;
    const message: StoryMessage = { id: random.uuid(), by, userId, text: sentence(random, language, by), at, opening: opening.opening };
    story.messages.push(message);
    if (by === 'client') waiting ??= at;
    if (by === 'user' && waiting !== undefined) {
      const missed = at - waiting > LATE_MS;
      if (missed) story.missedAt.push(waiting + LATE_MS);
      story.responses.push({ message, waitingSince: waiting, isFirst: answered === 0, missed });
      if (answered === 0) opening.firstReplyAt = at;
      answered += 1;
      waiting = undefined;
    }
  }
  const last = times.at(-1)!;
  if (isOpen) story.waitingSince = waiting ?? null;
  else {
    opening.closedAt = Math.min(wish.untilAt, last + Math.round(random.gap(30 * MINUTE)));
    opening.rate = rateOf(random);
  }
  if (isOpen && waiting !== undefined && wish.untilAt - waiting > LATE_MS) story.missedAt.push(waiting + LATE_MS);
  return story;
}

/** A quarter of the clients rate; most of them well. */
function rateOf(random: Random): number | null {
  if (!random.chance(0.25)) return null;
  return random.chance(0.7) ? 9 + random.below(2) : 1 + random.below(8);
}

/** Instants of the messages, rising, the last one not after `untilAt`. */
function timesOf(random: Random, wish: StoryWish, reopensAt: number): number[] {
  const gaps = Array.from({ length: wish.messages - 1 }, (_, index) =>
    index + 1 === reopensAt
      ? random.gap(5 * 24 * 60 * MINUTE) + 60 * MINUTE
      : random.gap(random.chance(0.1) ? 6 * 60 * MINUTE : 8 * MINUTE) + 1000,
  );
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  const room = Math.max(0, wish.untilAt - wish.startAt - 1000);
  const scale = whole > room ? room / whole : 1;
  const times = [wish.startAt];
  for (const gap of gaps) times.push(Math.floor(times.at(-1)! + gap * scale) + (scale < 1 ? 0 : 1));
  return times;
}
