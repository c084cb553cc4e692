import { expect, test } from 'vitest';
import { type Hearing, whenToTell } from './tell.ts';

const hearing = (change: Partial<Hearing>): Hearing => ({
  wrote: undefined,
  isUnread: true,
  waits: true,
  botHolds: false,
  botHeld: false,
  alsoWhileBotListens: false,
  ...change,
});

test.each<[string, Partial<Hearing>, ReturnType<typeof whenToTell>]>([
  ['a first message that no bot has is told of at once', { wrote: 'first' }, 'now'],
  ['a further one is not: the first stands', { wrote: 'again' }, 'no'],
  ['a message that a bot took is not told of', { wrote: 'first', botHolds: true, botHeld: true }, 'no'],
  ['nor one that started a bot which now listens', { wrote: 'first', botHolds: true }, 'no'],
  ['by setting it is, while the bot listens', { wrote: 'first', botHolds: true, alsoWhileBotListens: true }, 'now'],
  [
    'the setting tells once a stretch, not with every line',
    { wrote: 'again', botHolds: true, botHeld: true, alsoWhileBotListens: true },
    'unlessTold',
  ],
  ['a bot that hands over leaves an unread client who waits: told, unless it was', { botHeld: true }, 'unlessTold'],
  ['the last answer that ends the bot counts like that', { wrote: 'again', botHeld: true }, 'unlessTold'],
  ['a bot that ends after it answered everything leaves nobody waiting', { botHeld: true, waits: false }, 'no'],
  ['what was read meanwhile is not told of', { botHeld: true, wrote: 'first', isUnread: false }, 'no'],
  ['a bot that goes on is no news', { botHeld: true, botHolds: true }, 'no'],
  ['a turn about something else tells nothing', {}, 'no'],
])('%s', (_name, change, expected) => {
  expect(whenToTell(hearing(change))).toBe(expected);
});
